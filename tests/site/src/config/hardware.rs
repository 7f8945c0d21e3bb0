//! The hardware of a site: frames, managed systems and their partitions.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A frame and its cages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameConfig {
    /// User-defined name.
    pub name: String,
    /// Type and model.
    pub type_model: String,
    /// Serial number.
    pub serial: String,
    /// Frame number.
    pub number: u32,
    /// Addresses of the two power controllers.
    pub ip: [String; 2],
    /// Cage number → managed system in it.
    #[serde(default)]
    pub cages: BTreeMap<String, String>,
    /// Password of the power controllers; by default `abc123`, as they come from the factory
    /// if it is empty.
    pub password: Option<String>,
    /// Passwords that were changed since the start, by type.
    #[serde(skip)]
    pub passwords: BTreeMap<String, String>,
    /// Attributes of `lslic -t power` that differ from the defaults.
    #[serde(default)]
    pub lic: BTreeMap<String, String>,
    /// Attributes of `lshwinfo -r frame` that differ from the defaults.
    #[serde(default)]
    pub hardware: BTreeMap<String, String>,
}

/// A managed system (CEC).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CecConfig {
    /// User-defined name.
    pub name: String,
    /// Type and model.
    pub type_model: String,
    /// Serial number.
    pub serial: String,
    /// Address of the service processor.
    pub ip: String,
    /// Which listing formats its rows have: `v7-power5`, `v7-power7`, `v8-power8`, `v10-power9`.
    pub level: String,
    /// State at the start.
    #[serde(default = "operating")]
    pub state: String,
    /// `connection_error_code` of lssysconn, for states that have one.
    #[serde(default)]
    pub connection_error: Option<String>,
    /// Attributes of `lssyscfg -r sys` that differ from the level's defaults.
    #[serde(default)]
    pub attrs: BTreeMap<String, String>,
    /// Attributes of `lshwres -r mem|proc --level sys` that differ from the defaults.
    #[serde(default)]
    pub resources: BTreeMap<String, String>,
    /// Attributes of `lslic -t sys` that differ from the defaults.
    #[serde(default)]
    pub lic: BTreeMap<String, String>,
    /// Password of the service processor; by default `abc123`, as it comes from the factory if
    /// it is empty.
    pub password: Option<String>,
    /// State of the attention LED: `on` or `off`.
    pub led: Option<String>,
    /// Temperature in degrees Celsius that the frame reports for its cage.
    pub temperature: Option<u32>,
    /// Reference code that the service processor shows; empty when there is none.
    #[serde(default)]
    pub refcode: String,
    /// Physical ports of host Ethernet adapters: attribute → value of `lshwres -r hea`.
    #[serde(default)]
    pub hea: Vec<BTreeMap<String, String>>,
    /// SR-IOV adapters: attribute → value of `lshwres -r sriov --rsubtype adapter`.
    #[serde(default)]
    pub sriov: Vec<BTreeMap<String, String>>,
    /// Physical ports of SR-IOV adapters: attribute → value of `--rsubtype physport`.
    #[serde(default)]
    pub sriov_port: Vec<BTreeMap<String, String>>,
    /// Physical I/O slots: attribute → value.
    #[serde(default)]
    pub slot: Vec<BTreeMap<String, String>>,
    /// LPARs, in listing order.
    #[serde(default)]
    pub lpar: Vec<LparConfig>,
}

/// A partition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LparConfig {
    /// Name.
    pub name: String,
    /// Partition id.
    pub id: u32,
    /// `aixlinux` or `vioserver`.
    #[serde(default = "aixlinux")]
    pub env: String,
    /// State at the start.
    #[serde(default = "not_activated")]
    pub state: String,
    /// What RMC reports as operating system; empty: unknown.
    #[serde(default)]
    pub os: String,
    /// Loopback address of its own SSH server, or `auto`; without it there is none.
    pub ssh: Option<String>,
    /// Address RMC runs on; empty: no RMC.
    #[serde(default)]
    pub rmc_ip: String,
    /// RMC is configured but does not answer.
    #[serde(default)]
    pub rmc_broken: bool,
    /// Default profile; by default the first one, else the partition's name.
    pub default_profile: Option<String>,
    /// Last activated profile; by default the default one when it is up, else empty.
    pub curr_profile: Option<String>,
    /// Attributes of `lssyscfg -r lpar` that differ from the level's defaults.
    #[serde(default)]
    pub attrs: BTreeMap<String, String>,
    /// Profiles; one with the defaults of the level is made when there is none.
    #[serde(default)]
    pub profile: Vec<ProfileConfig>,
    /// Virtual Ethernet adapters: attribute → value of `lshwres --rsubtype eth`.
    #[serde(default)]
    pub eth: Vec<BTreeMap<String, String>>,
    /// Virtual SCSI adapters: attribute → value of `lshwres --rsubtype scsi`.
    #[serde(default)]
    pub scsi: Vec<BTreeMap<String, String>>,
    /// Virtual fibre channel adapters: attribute → value of `lshwres --rsubtype fc`.
    #[serde(default)]
    pub fc: Vec<BTreeMap<String, String>>,
    /// Physical fibre channel ports of a VIOS: column → value of `lsnports`.
    #[serde(default)]
    pub fcs: Vec<BTreeMap<String, String>>,
    /// Logical ports of host Ethernet adapters: attribute → value of `--rsubtype logical`.
    #[serde(default)]
    pub hea: Vec<BTreeMap<String, String>>,
    /// SR-IOV logical ports: attribute → value of `lshwres -r sriov --rsubtype logport`.
    #[serde(default)]
    pub sriov: Vec<BTreeMap<String, String>>,
    /// vNICs: attribute → value of `lshwres -r virtualio --rsubtype vnic`.
    #[serde(default)]
    pub vnic: Vec<BTreeMap<String, String>>,
    /// Host fabric interfaces (POWER7 775): attribute → value of `lshwres -r hfi`.
    #[serde(default)]
    pub hfi: Vec<BTreeMap<String, String>>,
    /// Physical network adapters as the firmware sees them: `location`, `mac`, `path`.
    #[serde(default)]
    pub phys: Vec<BTreeMap<String, String>>,
    /// State of the virtual LED: `on` or `off`.
    pub led: Option<String>,
    /// Duration of each step of `lpar_netboot` where it is not the site's.
    pub netboot_ms: Option<u64>,
    /// No boot server answers: `bootp operation failed`, with status 0.
    #[serde(default)]
    pub bootp_fails: bool,
}

/// A partition profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileConfig {
    /// Name.
    pub name: String,
    /// Attributes of `lssyscfg -r prof` that differ from the level's defaults.
    #[serde(default)]
    pub attrs: BTreeMap<String, String>,
}

/// A blade chassis with its management module.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChassisConfig {
    /// Host name of the management module.
    pub name: String,
    /// Loopback address; by default 127.3.0.1 and up.
    pub address: Option<String>,
    /// Login user.
    #[serde(default = "userid")]
    pub user: String,
    /// Password of that user; by default the site's.
    pub password: Option<String>,
    /// Machine type and model.
    pub type_model: String,
    /// Serial number.
    pub serial: String,
    /// Count of bays for nodes.
    #[serde(default = "bays")]
    pub bays: u32,
    /// Nodes.
    #[serde(default)]
    pub node: Vec<BladeConfig>,
}

/// A node in a chassis.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BladeConfig {
    /// Bay.
    pub slot: u32,
    /// Name.
    pub name: String,
    /// Product name.
    #[serde(default = "flex_power")]
    pub product: String,
    /// Machine type and model.
    pub type_model: String,
    /// Serial number.
    pub serial: String,
    /// MAC addresses with colons.
    #[serde(default)]
    pub macs: Vec<String>,
    /// Whether it is on.
    #[serde(default)]
    pub on: bool,
    /// Boot devices in order.
    #[serde(default)]
    pub bootseq: Vec<String>,
}

fn userid() -> String {
    "USERID".into()
}

fn bays() -> u32 {
    14
}

fn flex_power() -> String {
    "IBM Flex System p260 Compute Node".into()
}

fn operating() -> String {
    "Operating".into()
}

fn aixlinux() -> String {
    "aixlinux".into()
}

fn not_activated() -> String {
    "Not Activated".into()
}

impl LparConfig {
    /// A partition with all defaults.
    pub fn named(name: &str, id: u32) -> Self {
        Self {
            name: name.into(),
            id,
            env: aixlinux(),
            state: not_activated(),
            os: String::new(),
            ssh: None,
            rmc_ip: String::new(),
            rmc_broken: false,
            default_profile: None,
            curr_profile: None,
            attrs: BTreeMap::new(),
            profile: Vec::new(),
            eth: Vec::new(),
            scsi: Vec::new(),
            fc: Vec::new(),
            fcs: Vec::new(),
            hea: Vec::new(),
            sriov: Vec::new(),
            vnic: Vec::new(),
            hfi: Vec::new(),
            phys: Vec::new(),
            led: None,
            netboot_ms: None,
            bootp_fails: false,
        }
    }
}
