//! Connections of HMCs to service processors: listed, made, removed.
//!
//! [`gather`] reads the systems and frames with their addresses and passwords,
//! [`list`], [`make`] and [`remove`] work on all HMCs at the same time,
//! [`define`] writes who manages what from then on.

mod deeds;
mod gather;

pub use deeds::{Listed, Told, list, make, remove};
pub use gather::{Connected, Node, Through, define, gather};

use crate::hmc::refusal::printable;

/// Why a connection is not listed, made or removed. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The node is neither a system nor a frame, nor an HMC where that is
    /// possible.
    #[error("Node type of node(s) {0} is not supported for this command.")]
    Kind(String),
    /// The address of the service processor is not known; xCAT's text, and
    /// more.
    #[error(
        "Cannot get IP address. Please check table 'hosts' or name resolution; set it with chdef {0} ip="
    )]
    Address(String),
    /// The password of the service processor is not known.
    #[error("Cannot get password of userid 'HMC'. Please check table 'passwd' or 'ppcdirect'.")]
    Password,
    /// There is no such connection; xCAT's text.
    #[error("Connection not found")]
    NotFound,
    /// The HMC has the connection, but it is not one.
    #[error("there is a connection to {address} already, in state {:?}; remove it with rmhwconn first", printable(.state))]
    NotConnected {
        /// Where to.
        address: String,
        /// Its state.
        state: String,
    },
}
