//! Why an LPAR was not booted from the network.

/// Why an LPAR was not booted from the network, or its adapters not found so.
/// The texts are xCAT's where it has the same error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is no LPAR.
    #[error("Node must be LPAR")]
    NoLpar,
    /// A name has no IPv4 address.
    #[error("Cannot resolve '{name}'; give it an IPv4 address: chdef -t node -o {name} ip=")]
    NoAddress {
        /// The name.
        name: String,
    },
    /// No network of the database has the node's address.
    #[error(
        "Node not defined in 'networks' database: no network there has its address {address}; define one with mkdef -t network"
    )]
    NoNetwork {
        /// The address.
        address: String,
    },
    /// Nothing says which machine it is to boot from.
    #[error("Unable to identify master; set xcatmaster of the node, or master in the site table")]
    NoServer,
    /// The adapter to boot from is not known.
    #[error("'mac' not defined in 'mac' database")]
    NoMac,
    /// The adapter to boot from has no address that could be sent.
    #[error("mac of the node is {0:?}, which is neither a MAC address nor a location code")]
    BadMac(String),
    /// The node is not to be installed.
    #[error(
        "Node is in boot state. Use nodeset command before rnetboot or use -F option with rnetboot"
    )]
    InBootState,
    /// `lpar_netboot` types at the Open Firmware prompt, which there is none
    /// of with secure boot.
    #[error(
        "secure boot is on, with which lpar_netboot cannot boot from the network; nothing was done: set secure_boot=0 in its profile first"
    )]
    SecureBoot,
    /// It is not where `-o` wants it to be.
    #[error("the LPAR is in state {0:?}, not at Open Firmware (-o); nothing was done")]
    NotAtFirmware(String),
    /// `lpar_netboot` failed.
    #[error("{reason}{hint}")]
    Failed {
        /// What it said.
        reason: String,
        /// What that means, where it is known.
        hint: &'static str,
    },
}
