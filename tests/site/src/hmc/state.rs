//! The managed systems and partitions of a site, and how their states change with time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::level::Level;
use super::messages;
use super::phase::Phase;
use super::record::Row;
use super::reply::Reply;
use super::tty::{Screen, Tty};
use super::vterm::{Key, Vterm};
use crate::config::{CecConfig, Config, FrameConfig, LparConfig, ProfileConfig, Timing};

/// State of a running operating system.
pub const RUNNING: &str = "Running";
/// State of a partition that is off.
pub const NOT_ACTIVATED: &str = "Not Activated";
/// State of a partition in its firmware prompt.
pub const OPEN_FIRMWARE: &str = "Open Firmware";
/// State of a system whose partitions may run.
pub const OPERATING: &str = "Operating";
/// State of a system with its hypervisor up but no partition started.
pub const STANDBY: &str = "Standby";
/// State of a system that is off.
pub const POWER_OFF: &str = "Power Off";

/// States that a managed system can have.
pub const SYSTEM_STATES: &[&str] = &[
    OPERATING,
    STANDBY,
    POWER_OFF,
    "Power Off In Progress",
    "Initializing",
    "No Connection",
    "Pending Authentication",
    "Pending Authentication - Password Updates Required",
    "Failed Authentication",
    "Incomplete",
    "Incorrect LIC",
    "Recovery",
    "Version Mismatch",
    "Error",
    "Error - Terminated",
    "Error - Dump In Progress",
    "Service Processor Failover",
];

/// States that a partition can have.
pub const LPAR_STATES: &[&str] = &[
    RUNNING,
    NOT_ACTIVATED,
    OPEN_FIRMWARE,
    "Starting",
    "Shutting Down",
    "Not Available",
    "Error",
    "Hardware Discovery",
    "Migrating - Running",
    "Migrating - Not Activated",
];

/// The hardware of a site. HMCs refer to it by name, so two may manage one system.
#[derive(Debug)]
pub struct World {
    /// Managed systems.
    pub cecs: Vec<Cec>,
    /// Frames.
    pub frames: Vec<FrameConfig>,
    /// Durations of state changes.
    pub timing: Timing,
    /// The consoles, as partitions see them.
    pub consoles: Vec<HmcSeen>,
    /// Open virtual terminals.
    pub vterms: BTreeMap<Key, Arc<Vterm>>,
    /// Password of the users behind the consoles of the partitions.
    pub password: String,
}

/// A console as a partition sees it.
#[derive(Debug, Clone)]
pub struct HmcSeen {
    /// Host name.
    pub name: String,
    /// Machine type and model.
    pub type_model: String,
    /// Serial number.
    pub serial: String,
    /// Loopback address.
    pub address: String,
    /// Names of its systems at the start.
    pub systems: Vec<String>,
}

/// A managed system.
#[derive(Debug)]
pub struct Cec {
    /// Its description.
    pub spec: CecConfig,
    /// Listing formats of its firmware.
    pub level: &'static Level,
    /// Passwords that were changed since the start, by type.
    pub passwords: BTreeMap<String, String>,
    /// Name it was given since the start.
    pub alias: Option<String>,
    /// State (`Operating`, `Power Off` …).
    pub state: Phase,
    /// Partitions, in listing order.
    pub lpars: Vec<Lpar>,
}

/// A partition.
#[derive(Debug)]
pub struct Lpar {
    /// Its description.
    pub spec: LparConfig,
    /// State (`Running`, `Not Activated` …).
    pub state: Phase,
    /// Whether resources are configured for it: it is on, or was since it was last applied
    /// a profile.
    pub configured: bool,
    /// Profile last activated; empty when there never was one.
    pub curr_profile: String,
    /// What the last applied profile gave it, with later changes; `None` before the first.
    pub current: Option<Row>,
    /// Default profile.
    pub default_profile: String,
    /// Keylock and boot mode as last set.
    pub attrs: BTreeMap<String, String>,
    /// Its console.
    pub tty: Tty,
    /// Reference codes, newest first, with the seconds they were shown.
    pub refcodes: Vec<String>,
}

impl World {
    /// The world a description speaks of.
    pub fn new(config: &Config) -> Self {
        Self {
            cecs: config.cec.iter().filter_map(Cec::new).collect(),
            frames: config.frame.clone(),
            timing: config.timing.clone(),
            consoles: Vec::new(),
            vterms: BTreeMap::new(),
            password: config.password.clone(),
        }
    }

    /// A partition by its system's name and its id.
    pub fn lpar(&mut self, (system, id): &Key) -> Option<&mut Lpar> {
        let cec = self.cecs.iter_mut().find(|cec| &cec.spec.name == system)?;
        cec.lpars.iter_mut().find(|lpar| lpar.spec.id == *id)
    }

    /// What the console of a partition shows after these bytes were typed, none included.
    pub fn type_at(&mut self, key: &Key, bytes: &[u8]) -> Vec<u8> {
        let password = self.password.clone();
        let Some(lpar) = self.lpar(key) else {
            return Vec::new();
        };
        let screen = Screen {
            state: lpar.state.now().to_owned(),
            os: lpar.spec.os.clone(),
            name: lpar.spec.name.clone(),
            password,
        };
        let mut shown = lpar.tty.turned(&screen).into_bytes();
        for byte in bytes {
            shown.extend(lpar.tty.typed(*byte, &screen));
        }
        shown
    }
}

impl Cec {
    /// `None` for an unknown level, which `Config::check` has refused before.
    fn new(spec: &CecConfig) -> Option<Self> {
        let mut cec = Self {
            level: Level::named(&spec.level)?,
            passwords: BTreeMap::new(),
            alias: None,
            state: Phase::new(&spec.state),
            lpars: spec.lpar.iter().map(Lpar::new).collect(),
            spec: spec.clone(),
        };
        for at in 0..cec.lpars.len() {
            if cec.lpars[at].configured {
                cec.lpars[at].current = Some(super::current::of(&cec, at));
            }
        }
        Some(cec)
    }

    /// `9117-MMA*10F6F3D`.
    pub fn mtms(&self) -> String {
        format!("{}*{}", self.spec.type_model, self.spec.serial)
    }

    /// The name the HMC lists it under: its address while it cannot be reached.
    pub fn shown_name(&mut self) -> String {
        match self.state.now() {
            "No Connection" => self.spec.ip.clone(),
            _ => self.alias.clone().unwrap_or(self.spec.name.clone()),
        }
    }

    /// The partition that `-p`/`-n` or `--id` names.
    pub fn partition(&self, name: Option<&str>, id: Option<&str>) -> Result<usize, Reply> {
        let found = match (name, id) {
            (Some(name), None) => self
                .lpars
                .iter()
                .position(|lpar| lpar.spec.name == name)
                .ok_or_else(|| messages::no_partition(name)),
            (None, Some(id)) => self
                .lpars
                .iter()
                .position(|lpar| lpar.spec.id.to_string() == id)
                .ok_or_else(|| messages::no_partition_id(id)),
            _ => Err(messages::missing("-p or --id")),
        };
        found.map_err(Reply::refused)
    }

    /// Whether the service processor answers the HMC.
    pub fn connected(&mut self) -> bool {
        !matches!(
            self.state.now(),
            "No Connection"
                | "Pending Authentication"
                | "Pending Authentication - Password Updates Required"
                | "Failed Authentication"
                | "Version Mismatch"
                | "Incomplete"
        )
    }

    /// Whether the hypervisor runs, so that firmware attributes can be read.
    pub fn hypervisor(&mut self) -> bool {
        matches!(self.state.now(), OPERATING | STANDBY | "Recovery")
    }
}

impl Lpar {
    /// A partition as described; one without profiles gets one with the level's defaults.
    pub fn new(spec: &LparConfig) -> Self {
        let mut spec = spec.clone();
        if spec.profile.is_empty() {
            spec.profile.push(ProfileConfig {
                name: spec
                    .default_profile
                    .clone()
                    .unwrap_or_else(|| spec.name.clone()),
                attrs: BTreeMap::new(),
            });
        }
        let first = spec.profile.first().map(|profile| profile.name.clone());
        let default_profile = spec.default_profile.clone().or(first).unwrap_or_default();
        let up = spec.state != NOT_ACTIVATED;
        let last = if up {
            default_profile.clone()
        } else {
            String::new()
        };
        let curr_profile = spec.curr_profile.clone().unwrap_or(last);
        let told = spec
            .attrs
            .remove("resource_config")
            .map(|value| value == "1");
        Self {
            state: Phase::new(&spec.state),
            configured: told.unwrap_or(!curr_profile.is_empty()),
            refcodes: if up {
                vec![boot_code(&spec).to_owned()]
            } else {
                Vec::new()
            },
            attrs: spec.attrs.clone(),
            curr_profile,
            current: None,
            tty: Tty::default(),
            default_profile,
            spec,
        }
    }

    /// Whether it is a VIOS.
    pub fn vioserver(&self) -> bool {
        self.spec.env == "vioserver"
    }

    /// The profile of that name.
    pub fn profile(&self, name: &str) -> Option<&ProfileConfig> {
        self.spec
            .profile
            .iter()
            .find(|profile| profile.name == name)
    }

    /// Whether RMC answers: the system runs since a while and has RMC at all.
    pub fn rmc_active(&mut self, timing: &Timing) -> bool {
        self.state.now() == RUNNING
            && self.state.settled()
            && !self.spec.rmc_ip.is_empty()
            && !self.spec.rmc_broken
            && self.state.age() >= Duration::from_millis(timing.rmc_ms)
    }

    /// The operating system as RMC last told it.
    pub fn os_version(&mut self, texts: messages::Texts) -> String {
        if self.state.now() != RUNNING || !self.state.settled() || self.spec.os.is_empty() {
            texts.unknown_os().to_owned()
        } else {
            self.spec.os.clone()
        }
    }

    /// Starts it: to Running, or to Open Firmware for boot modes `of` and `sms`.
    pub fn start(&mut self, timing: &Timing, firmware: bool, after: u64) {
        self.configured = true;
        let code = if firmware {
            "CA00E1DC"
        } else {
            boot_code(&self.spec)
        };
        if firmware {
            // A console shows Running for a while before it notices the firmware prompt.
            let half = timing.start_ms / 2;
            self.state
                .go(&[(after, "Starting"), (half, RUNNING), (half, OPEN_FIRMWARE)]);
        } else {
            self.state
                .go(&[(after, "Starting"), (timing.start_ms, RUNNING)]);
        }
        let codes = [code.to_owned(), "CA00E1F1".to_owned()];
        self.refcodes.splice(0..0, codes);
    }

    /// Boots what `lpar_netboot` loaded when its work of so many milliseconds is done.
    pub fn boot_from_firmware(&mut self, timing: &Timing, after: u64) {
        self.state.then(after + timing.start_ms, RUNNING);
        self.refcodes.insert(0, boot_code(&self.spec).to_owned());
    }

    /// Whether its firmware starts signed code only when it is activated next.
    pub fn secure_boot(&self) -> bool {
        let level = self.attrs.get("pend_secure_boot");
        level.is_some_and(|level| level != "0")
    }

    /// Stops it.
    pub fn stop(&mut self, timing: &Timing) {
        let off = timing.shutdown_ms;
        self.state.go(&[(0, "Shutting Down"), (off, NOT_ACTIVATED)]);
        self.refcodes.insert(0, "00000000".to_owned());
    }

    /// Stops it and boots it again.
    pub fn restart(&mut self, timing: &Timing) {
        let (off, on) = (timing.shutdown_ms, timing.start_ms);
        self.state
            .go(&[(0, "Shutting Down"), (off, "Starting"), (on, RUNNING)]);
        let codes = [boot_code(&self.spec).to_owned(), "CA00E1F1".to_owned()];
        self.refcodes.splice(0..0, codes);
    }
}

/// The reference code of a booted system: blank on AIX, a word on Linux.
fn boot_code(spec: &LparConfig) -> &'static str {
    if spec.os.starts_with("Linux") {
        "Linux ppc64le"
    } else {
        ""
    }
}
