//! The HMC: its commands, listings and the hardware behind it.

mod adapters;
mod args;
mod attributes;
mod chadapter;
mod chhwres;
mod chsvcevent;
mod chsyscfg;
mod chsysconn;
mod chsyspwd;
mod chsysstate;
mod current;
mod firmware;
mod frames;
mod level;
mod lshmc;
mod lshwinfo;
mod lshwres;
mod lsled;
mod lslic;
mod lspartition;
mod lsrefcode;
mod lssyscfg;
mod messages;
mod mkauthkeys;
mod mksyscfg;
mod netboot;
mod phase;
mod ports;
mod profile;
mod record;
mod reply;
mod rmsyscfg;
mod state;
mod svcevents;
mod sysconn;
mod tty;
mod users;
mod vios;
mod viosvrcmd;
pub mod vterm;

use std::collections::BTreeMap;

use crate::config::{Config, HmcConfig};
pub use level::Level;
use messages::Texts;
pub use reply::Reply;
pub use state::{HmcSeen, LPAR_STATES, RUNNING, SYSTEM_STATES, World};

/// A console: what it manages and what it remembers.
#[derive(Debug)]
pub struct Console {
    /// Its description.
    pub spec: HmcConfig,
    /// Address it listens on.
    pub address: String,
    /// Login user.
    pub user: String,
    /// Password of that user.
    pub password: String,
    /// Description of that user.
    pub description: String,
    /// Addresses it tries to connect to, where nobody answers.
    pub unanswered: Vec<String>,
    /// Language of its answers.
    pub polish: bool,
    /// Authorised keys, in OpenSSH's one-line form.
    pub keys: Vec<String>,
    /// Refuses commands for want of authority.
    pub no_authority: bool,
    /// Refuses changes because another task holds the system.
    pub busy: bool,
    /// When it was started, as it prints dates.
    pub started: String,
}

/// What a command may look at and change.
pub struct Scene<'a> {
    /// The console the command runs on.
    pub console: &'a mut Console,
    /// The hardware.
    pub world: &'a mut World,
}

/// Commands that change a managed system and so wait for each other.
const CHANGES: &[&str] = &[
    "chsvcevent",
    "chsysstate",
    "chsyscfg",
    "mksyscfg",
    "rmsyscfg",
    "chhwres",
    "chsyspwd",
    "lpar_netboot",
    "mksysconn",
    "rmsysconn",
];

/// What runs a command. An error is its refusal.
#[derive(Clone, Copy)]
enum Command {
    /// It prints something when it succeeds.
    Tells(fn(&mut Scene, &[String]) -> Result<Reply, Reply>),
    /// It prints nothing then.
    Does(fn(&mut Scene, &[String]) -> Result<(), Reply>),
}

impl Command {
    fn run(self, scene: &mut Scene, words: &[String]) -> Reply {
        let answer = match self {
            Command::Tells(run) => run(scene, words),
            Command::Does(run) => run(scene, words).map(|()| Reply::done()),
        };
        answer.unwrap_or_else(|refusal| refusal)
    }
}

/// The HMC commands by name.
fn command(name: &str) -> Option<Command> {
    use Command::{Does, Tells};
    let table: BTreeMap<&str, Command> = BTreeMap::from([
        ("lssyscfg", Tells(lssyscfg::run)),
        ("chsvcevent", Does(chsvcevent::run)),
        ("chsysstate", Does(chsysstate::run)),
        ("mksyscfg", Does(mksyscfg::run)),
        ("chsyscfg", Does(chsyscfg::run)),
        ("rmsyscfg", Does(rmsyscfg::run)),
        ("lshwres", Tells(lshwres::run)),
        ("chhwres", Does(chhwres::run)),
        ("lsrefcode", Tells(lsrefcode::run)),
        ("lslic", Tells(lslic::run)),
        ("lshwinfo", Tells(lshwinfo::run)),
        ("lsled", Tells(lsled::run)),
        ("lssvcevents", Tells(svcevents::run)),
        ("lspartition", Tells(lspartition::run)),
        ("lshmc", Tells(lshmc::run)),
        ("lssysconn", Tells(sysconn::run)),
        ("mksysconn", Does(chsysconn::make)),
        ("rmsysconn", Does(chsysconn::remove)),
        ("chsyspwd", Does(chsyspwd::run)),
        ("lshmcusr", Tells(users::list)),
        ("chhmcusr", Does(users::change)),
        ("viosvrcmd", Tells(viosvrcmd::run)),
        ("mkauthkeys", Tells(mkauthkeys::run)),
        ("lpar_netboot", Tells(netboot::run)),
        ("mkvterm", Tells(vterm::open)),
        ("rmvterm", Tells(vterm::close)),
    ]);
    table.get(name).copied()
}

/// Whether there is an HMC command of that name.
pub fn is_command(name: &str) -> bool {
    command(name).is_some()
}

/// What a command asks its user for because it was not told: the option that holds the answer,
/// and the prompt.
pub fn questions(words: &[String]) -> Vec<(&'static str, &'static str)> {
    let given = |option: &str| words.iter().any(|word| word == option);
    let asks = match words.first().map(String::as_str) {
        // A system whose authentication failed needs no new password.
        Some("chsyspwd") if given("--passwd") => return Vec::new(),
        Some("chsyspwd") => chsyspwd::ASKS,
        Some("chhmcusr") if given("passwd") => users::ASKS,
        _ => return Vec::new(),
    };
    asks.iter()
        .filter(|(option, _)| !given(option))
        .copied()
        .collect()
}

/// The refusal of two new passwords that differ.
pub fn passwords_differ() -> Reply {
    Reply::refused(messages::PASSWORDS_DIFFER)
}

impl Console {
    /// A console that nothing has happened to.
    pub fn new(spec: HmcConfig, address: String, site: &Config) -> Self {
        Self {
            spec,
            address,
            user: site.user.clone(),
            password: site.password.clone(),
            description: "HMC Super User".to_owned(),
            unanswered: Vec::new(),
            polish: false,
            keys: Vec::new(),
            no_authority: false,
            busy: false,
            started: crate::clock::american(),
        }
    }
}

impl Scene<'_> {
    /// Runs an HMC command; `None` when there is none of that name.
    pub fn run(&mut self, words: &[String]) -> Option<Reply> {
        let (name, rest) = words.split_first()?;
        let command = command(name)?;
        let changes = CHANGES.contains(&name.as_str());
        if self.console.no_authority {
            return Some(Reply::refused(messages::NO_AUTHORITY));
        }
        if self.console.busy && changes {
            return Some(Reply::refused(messages::BUSY));
        }
        Some(command.run(self, rest))
    }

    /// Closes the virtual terminal of a partition if `force` allows it (text assumed).
    fn free_vterm(&mut self, key: &vterm::Key, force: bool) -> Result<(), Reply> {
        if self.world.vterms.contains_key(key) && !force {
            return Err(Reply::refused(
                "lpar_netboot: A virtual terminal session is open for the partition. Use the -f flag to close it.",
            ));
        }
        vterm::take(self.world, key);
        Ok(())
    }

    fn texts(&self) -> Texts {
        Texts {
            polish: self.console.polish,
        }
    }

    /// The systems of this console, in listing order, as indexes.
    fn systems(&self) -> Vec<usize> {
        let at = |name: &String| {
            self.world
                .cecs
                .iter()
                .position(|cec| &cec.spec.name == name)
        };
        self.console.spec.systems.iter().filter_map(at).collect()
    }

    /// The system that `-m` names: its name or `tttt-mmm*sssssss`.
    fn system(&mut self, name: &str) -> Result<usize, Reply> {
        for at in self.systems() {
            let cec = &mut self.world.cecs[at];
            if cec.shown_name() == name || cec.mtms() == name {
                return Ok(at);
            }
        }
        Err(Reply::refused(messages::no_system(name)))
    }
}
