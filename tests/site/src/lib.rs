//! A simulated site: HMCs and the hardware behind them, on a real SSH server.
//!
//! Every machine has its own loopback address and all listen on one port. What a machine
//! answers is what the real one answers, as far as it is known; it is never shaped by what
//! a client happens to send. See `README.md` for what is captured and what is assumed.
//!
//! | module | what it does |
//! |---|---|
//! | [`config`] | the description of a site |
//! | `host`, `fault`, `log` | one machine, how it misbehaves, what happened |
//! | `hmc` | HMC commands on the state of the hardware |
//! | `lpar`, `chassis` | partitions and blade chassis as hosts of their own |
//! | `shell` | the restricted shell: quoting, expansion, tools |
//! | `server` | SSH: logins, sessions, terminals |
//! | `material`, `site`, `control` | files for clients, start and end, the control socket |

mod chassis;
mod clock;
pub mod config;
pub mod control;
mod fault;
mod hmc;
mod host;
mod log;
mod lpar;
mod material;
mod server;
mod shell;
mod site;

use std::path::PathBuf;

pub use config::{Config, LparConfig};
pub use fault::Fault;
pub use log::{Event, Via};
pub use site::Site;

/// Why a site cannot be started or told something.
#[derive(Debug)]
pub enum Error {
    /// The description is wrong.
    Config(String),
    /// A file or folder cannot be used.
    Io(PathBuf, std::io::Error),
    /// No port could be had on all addresses.
    Port(std::io::Error),
    /// A key could not be made.
    Key(String),
    /// No machine of that name.
    NoHost(String),
    /// What `tell` was told makes no sense.
    Request(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Config(text) => write!(f, "site description: {text}"),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Port(error) => write!(f, "cannot listen on the addresses of the site: {error}"),
            Self::Key(text) => write!(f, "cannot make a key: {text}"),
            Self::NoHost(name) => write!(f, "no machine {name} on this site"),
            Self::Request(text) => write!(f, "{text}"),
        }
    }
}

impl std::error::Error for Error {}
