//! The description of a site, as read from a TOML file. `README.md` explains each key.

mod hardware;
mod sites;

use std::collections::BTreeMap;
use std::path::Path;

pub use hardware::{BladeConfig, CecConfig, ChassisConfig, FrameConfig, LparConfig, ProfileConfig};
use serde::Deserialize;

use crate::Error;
use crate::hmc::{LPAR_STATES, Level, SYSTEM_STATES};

/// A whole site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Port that all machines listen on; 0 picks a free one.
    pub port: u16,
    /// User name of every HMC.
    pub user: String,
    /// Password of that user.
    pub password: String,
    /// Login methods the HMCs offer: `publickey`, `password`, `keyboard-interactive`.
    pub auth: Vec<String>,
    /// Whether `known_hosts` is written; without it a client must learn the keys.
    pub known_hosts: bool,
    /// Whether the client's public key is authorised on the HMCs from the start.
    pub authorized_key: bool,
    /// Locale of the sessions: `en` or `pl`.
    pub locale: String,
    /// Limits of the SSH servers.
    pub limits: Limits,
    /// How long things take.
    pub timing: Timing,
    /// Management consoles.
    pub hmc: Vec<HmcConfig>,
    /// Frames (racks with a power controller), known to the HMCs that list them.
    pub frame: Vec<FrameConfig>,
    /// Managed systems.
    pub cec: Vec<CecConfig>,
    /// Blade chassis.
    pub chassis: Vec<ChassisConfig>,
}

/// Limits of an SSH server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Sessions at once on one connection (sshd's MaxSessions).
    pub max_sessions: usize,
    /// Connections at once; the next one is reset before the banner.
    pub max_connections: usize,
    /// Failed attempts on one connection before it is ended (sshd's MaxAuthTries).
    pub max_auth_tries: usize,
    /// Bad passwords in a row that lock the account.
    pub lockout_after: usize,
    /// Seconds the account stays locked; each further attempt starts them anew.
    pub lockout_seconds: u64,
}

/// How long things take, in milliseconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// Added to each login.
    pub login_ms: u64,
    /// Added to each HMC command.
    pub command_ms: u64,
    /// Not Activated → Starting is at once; this is Starting → Running (or Open Firmware).
    pub start_ms: u64,
    /// Shutting Down → Not Activated.
    pub shutdown_ms: u64,
    /// Running → RMC active.
    pub rmc_ms: u64,
    /// Each of the steps of `lpar_netboot` in the firmware: adapters, pings, bootp.
    pub netboot_ms: u64,
    /// Power Off → Initializing is at once; this is Initializing → Standby or Operating.
    pub system_on_ms: u64,
    /// Power Off In Progress → Power Off.
    pub system_off_ms: u64,
}

/// A management console.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HmcConfig {
    /// Host name, also the one in the client's ssh configuration.
    pub name: String,
    /// Loopback address; by default 127.1.0.1 and up, in the order of the file.
    pub address: Option<String>,
    /// `V7R3.5.0`, `V7R7.9.0`, `V8R8.2.0` or `V10R3`.
    pub version: String,
    /// Machine type and model of the console (`7310-CR4`).
    pub type_model: String,
    /// Its serial number.
    pub serial: String,
    /// Names of the managed systems, in listing order.
    pub systems: Vec<String>,
    /// Names of the frames.
    #[serde(default)]
    pub frames: Vec<String>,
    /// Login methods, where they differ from the site's.
    pub auth: Option<Vec<String>>,
    /// Text of `lshmc -n`, where it is not made from the name and address.
    pub network: Option<String>,
    /// Text of `lshmc -v`, where it is not made from the type and serial.
    pub vpd: Option<String>,
    /// Serviceable events: attribute → value of `lssvcevents -t hardware`. Times are those of
    /// the start of the site where they are not given.
    #[serde(default)]
    pub event: Vec<BTreeMap<String, String>>,
}

/// Console versions that a site may have.
const VERSIONS: [&str; 4] = ["V7R3.5.0", "V7R7.9.0", "V8R8.2.0", "V10R3"];

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            user: "hscroot".into(),
            password: "abc123".into(),
            auth: ["publickey", "password", "keyboard-interactive"]
                .map(String::from)
                .to_vec(),
            known_hosts: true,
            authorized_key: true,
            locale: "en".into(),
            limits: Limits::default(),
            timing: Timing::default(),
            hmc: Vec::new(),
            frame: Vec::new(),
            cec: Vec::new(),
            chassis: Vec::new(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_sessions: 10,
            max_connections: 44,
            max_auth_tries: 6,
            lockout_after: 3,
            lockout_seconds: 300,
        }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            login_ms: 0,
            command_ms: 0,
            start_ms: 200,
            shutdown_ms: 100,
            rmc_ms: 100,
            netboot_ms: 0,
            system_on_ms: 300,
            system_off_ms: 100,
        }
    }
}

impl Config {
    /// Reads a description from TOML text and checks it.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let config: Self = toml::from_str(text).map_err(|e| Error::Config(e.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// Reads a description from a file and checks it.
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::Io(path.into(), e))?;
        Self::from_toml(&text)
    }

    /// Checks that names are unique and references lead somewhere.
    pub fn check(&self) -> Result<(), Error> {
        let bad = |text: String| Err(Error::Config(text));
        for cec in &self.cec {
            if Level::named(&cec.level).is_none() {
                return bad(format!("system {}: unknown level {}", cec.name, cec.level));
            }
            if !SYSTEM_STATES.contains(&cec.state.as_str()) {
                return bad(format!("system {}: no such state: {}", cec.name, cec.state));
            }
            for (at, lpar) in cec.lpar.iter().enumerate() {
                if !LPAR_STATES.contains(&lpar.state.as_str()) {
                    return bad(format!("LPAR {}: no such state: {}", lpar.name, lpar.state));
                }
                let twin = |other: &LparConfig| other.name == lpar.name || other.id == lpar.id;
                if cec.lpar[..at].iter().any(twin) {
                    return bad(format!("system {}: two LPARs like {}", cec.name, lpar.name));
                }
            }
        }
        let mut names: Vec<&str> = self.hmc.iter().map(|hmc| hmc.name.as_str()).collect();
        names.extend(self.chassis.iter().map(|chassis| chassis.name.as_str()));
        let lpars = self.cec.iter().flat_map(|cec| &cec.lpar);
        names.extend(
            lpars
                .filter(|lpar| lpar.ssh.is_some())
                .map(|lpar| lpar.name.as_str()),
        );
        for (at, name) in names.iter().enumerate() {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
            if names[..at].contains(name) || !name.chars().all(plain) {
                return bad(format!(
                    "{name}: two hosts of that name, or no name of a host"
                ));
            }
        }
        for hmc in &self.hmc {
            if !VERSIONS.contains(&hmc.version.as_str()) {
                return bad(format!("{}: unknown version {}", hmc.name, hmc.version));
            }
            let unknown = |name: &&String| !self.cec.iter().any(|cec| &cec.name == *name);
            if let Some(name) = hmc.systems.iter().find(unknown) {
                return bad(format!("{}: no system {name}", hmc.name));
            }
            let unknown = |name: &&String| !self.frame.iter().any(|frame| &frame.name == *name);
            if let Some(name) = hmc.frames.iter().find(unknown) {
                return bad(format!("{}: no frame {name}", hmc.name));
            }
        }
        Ok(())
    }
}
