//! What `rpower` is asked to do, and what becomes of it for each node.

use std::str::FromStr;
use std::time::Duration;

use super::{Done, NotDone, Way};

/// What is to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Op {
    /// Power on; a partition with its profile.
    On,
    /// Power a managed system on, no partition started.
    OnStandby,
    /// Power off at once.
    Off,
    /// Shut a partition down in the hypervisor's delayed way.
    SoftOff,
    /// Have a partition's operating system shut itself down, over RMC.
    OsShutdown,
    /// Tell the state.
    #[default]
    Stat,
    /// Power off and on at once.
    Reset,
    /// `On` what is off, `Reset` what is on.
    Boot,
    /// Power a partition on, to its Open Firmware prompt.
    Of,
    /// Power a partition on, to its System Management Services menus.
    Sms,
}

const OPS: &[(&str, Op)] = &[
    ("on", Op::On),
    ("onstandby", Op::OnStandby),
    ("off", Op::Off),
    ("softoff", Op::SoftOff),
    ("stat", Op::Stat),
    ("state", Op::Stat),
    ("reset", Op::Reset),
    ("boot", Op::Boot),
    ("of", Op::Of),
    ("sms", Op::Sms),
];

impl Op {
    /// The words of all operations, in the order of the manual page.
    pub fn words() -> impl Iterator<Item = &'static str> {
        OPS.iter().map(|(word, _)| *word)
    }

    /// The word of the operation.
    pub fn word(self) -> &'static str {
        OPS.iter()
            .find(|(_, op)| *op == self)
            // The only one that rpower does not know.
            .map_or("osshutdown", |(word, _)| word)
    }
}

impl Op {
    /// Whether it changes anything.
    pub fn changes(self) -> bool {
        self != Op::Stat
    }

    /// Where a node goes when the operation was accepted.
    pub fn course(self) -> Option<Course> {
        match self {
            Op::Stat => None,
            Op::Off | Op::SoftOff | Op::OsShutdown => Some(Course::Off),
            Op::On | Op::OnStandby | Op::Reset | Op::Boot | Op::Of | Op::Sms => Some(Course::On),
        }
    }
}

/// The word is no operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid command: {0}")]
pub struct BadOp(String);

impl FromStr for Op {
    type Err = BadOp;

    fn from_str(text: &str) -> Result<Self, BadOp> {
        let known = OPS.iter().find(|(word, _)| *word == text);
        known
            .map(|(_, op)| *op)
            .ok_or_else(|| BadOp(text.to_owned()))
    }
}

/// What is to be done to all nodes.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The operation.
    pub op: Op,
    /// How it is gone about.
    pub way: Way,
    /// How long to wait before each partition of a system that is switched on
    /// (site `powerinterval`), so that not all draw their current at once.
    pub interval: Duration,
}

/// Where a node goes after an accepted operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It comes up.
    On,
    /// It goes down.
    Off,
}

impl Course {
    /// What xCAT writes as `nodelist.status`.
    pub fn status(self) -> &'static str {
        match self {
            Course::On => "powering-on",
            Course::Off => "powering-off",
        }
    }
}

/// The outcome of one node.
pub type Outcome = Result<Done, NotDone>;
