//! What `rpower` is asked to do, and what becomes of it for each node.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::hmc::refusal::printable;
use crate::hmc::{self, Mtms};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Power on; a partition with its profile.
    On,
    /// Power a managed system on, no partition started.
    OnStandby,
    /// Power off at once.
    Off,
    /// Shut a partition down in the hypervisor's delayed way.
    SoftOff,
    /// Tell the state.
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
    pub(super) fn word(self) -> &'static str {
        OPS.iter()
            .find(|(_, op)| *op == self)
            .map_or("", |(word, _)| word)
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

/// A node to be switched, as it is defined. What is not set may be missing: it
/// is an error of that node only, and only if the operation needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PowerNode {
    /// Its name.
    pub name: String,
    /// Its `hwtype`: `lpar`, `cec`, …
    pub hwtype: String,
    /// Its `mgt`: `hmc`, or nothing.
    pub mgt: String,
    /// Its `id`: of a partition, the number on its system.
    pub id: String,
    /// `parent`, for messages.
    pub parent: String,
    /// The managed system: `mtm` and `serial` of the node itself if it is a
    /// system, else of its parent.
    pub system: Option<Mtms>,
    /// `pprofile`: the profile to activate a partition with.
    pub profile: String,
    /// Its control points, as indices of the targets of the [`Points`].
    pub hcps: Vec<usize>,
}

/// What is to be done to all nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The operation.
    pub op: Op,
    /// How long to wait before each partition of a system that is switched on
    /// (site `powerinterval`), so that not all draw their current at once.
    pub interval: Duration,
    /// Systems worked on at the same time (site `ppcmaxp`).
    pub width: usize,
}

/// What was done with a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Its state, in the HMC's words: `Running`, `Not Activated`, `Operating`.
    State(String),
    /// The operation was accepted.
    Success,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Done::State(state) => f.write_str(&printable(state)),
            Done::Success => f.write_str("Success"),
        }
    }
}

/// Why nothing was done with a node. The beginnings are xCAT's where it has
/// the same error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// The node is something that cannot be switched through an HMC.
    #[error("Invalid node type: {0}")]
    NodeType(String),
    /// The node is managed in another way.
    #[error("mgt={0}: only nodes that an HMC manages can be switched, those with mgt=hmc")]
    NotManaged(String),
    /// The operation does not exist for this kind of node.
    #[error("'{op}' command not supported on a {hwtype}")]
    Unsupported {
        /// The operation.
        op: &'static str,
        /// `lpar` or `cec`.
        hwtype: &'static str,
    },
    /// The definition of the node lacks what is needed.
    #[error("{attribute} of {of} is not set; set it with chdef, or run rscan -u on the HMC")]
    Unset {
        /// The attribute.
        attribute: &'static str,
        /// The object it is to be set on.
        of: String,
    },
    /// The system has no partition of that number.
    #[error("Node not found: {system} has no LPAR with id {id}")]
    NoLpar {
        /// The system.
        system: Mtms,
        /// The number.
        id: u32,
    },
    /// The number belongs to another partition than the node's name says.
    #[error(
        "id {id} of {system} is the LPAR {other:?}, and the LPAR {name:?} has id {own}; nothing was done: correct the id with rscan -u"
    )]
    OtherLpar {
        /// The system.
        system: Mtms,
        /// The number in the definition.
        id: u32,
        /// The partition that has it.
        other: String,
        /// The node's name, which another partition has.
        name: String,
        /// That partition's number.
        own: u32,
    },
    /// No control point could do it; each said why.
    #[error("{}", joined(.0))]
    Hmc(Vec<hmc::Error>),
    /// An earlier command to the same system lost the HMC.
    #[error("nothing was sent: {0}")]
    NotSent(hmc::Error),
}

fn joined(errors: &[hmc::Error]) -> String {
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

impl NotDone {
    /// Whether this is an answer to the question, which xCAT prints where a
    /// state would stand, and not a failure to get one.
    pub fn is_answer(&self) -> bool {
        match self {
            NotDone::Hmc(errors) => errors
                .iter()
                .all(|error| matches!(error, hmc::Error::Refused { .. })),
            NotDone::NotSent(_) => false,
            _ => true,
        }
    }
}

/// The outcome of one node.
pub type Outcome = Result<Done, NotDone>;
