//! Why nothing was done with a node.

use super::connections;
use super::{netboot, vm};
use crate::hmc::{self, Mtms};
use crate::remote::Failure;

/// Why nothing was done with a node. The beginnings are xCAT's where it has
/// the same error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// The node is something that cannot be switched through an HMC.
    #[error("Invalid node type: {0}")]
    NodeType(String),
    /// The node is managed in another way.
    #[error("mgt={0}: no HMC manages it; chdef mgt=hmc if one does")]
    NotManaged(String),
    /// The operation does not exist for this kind of node.
    #[error("'{op}' command not supported on a {hwtype}")]
    Unsupported {
        /// The operation.
        op: &'static str,
        /// `lpar`, `cec`, `frame` or `blade`.
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
    /// The definition of a node in a chassis lacks where it is.
    #[error("{attribute} of {of} does not say which {what} it is in; set it with chdef")]
    Unplaced {
        /// The attribute.
        attribute: &'static str,
        /// `chassis` or `bay`.
        what: &'static str,
        /// The node.
        of: String,
    },
    /// A chassis manager did not do what it said it did.
    #[error("the chassis manager said OK, but the boot sequence is {0}")]
    OtherSequence(String),
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
    /// The node is not on the managed system that was named.
    #[error("it is not on the managed system {system}")]
    OtherSystem {
        /// The node of that system.
        system: String,
    },
    /// The LPAR is of another kind than what was asked for.
    #[error("it is no VIOS: its lpar_env is {0}")]
    OtherKind(String),
    /// An LPAR has no adapters because it has never been active.
    #[error(
        "{0} has no active profile. Please activate the node to enable its default profile; getmacs -D does so"
    )]
    NoActiveProfile(String),
    /// Nobody on the networks of this machine has the node's address.
    #[error(
        "Cannot find MAC Address in arp table, please make sure target node and management node are in same network."
    )]
    NoNeighbour,
    /// It could not be booted from the network.
    #[error(transparent)]
    Netboot(Box<netboot::Error>),
    /// A profile that is not there, or none of an LPAR that has boot modes.
    #[error("the LPAR has no profile {0} with a boot mode; correct its pprofile")]
    NoBootMode(String),
    /// We have no key that an HMC could let in.
    #[error("there is no public key ({0}); make one with ssh-keygen")]
    NoKey(String),
    /// Our key has no comment, and an HMC removes keys by theirs.
    #[error(
        "the public key has no comment, by which an HMC removes keys; give it one with ssh-keygen -c"
    )]
    NoComment,
    /// The HMC accepted the change, and nothing changed.
    #[error("the HMC accepted the change, but its authorised keys are what they were")]
    NotTaken,
    /// This kind of node has no such thing.
    #[error("{0}")]
    NotHere(&'static str),
    /// The HMC knows the system, but listed nothing.
    #[error("the HMC lists nothing of it")]
    NothingListed,
    /// The frame that the system's definition names does not hold it.
    #[error("CEC '{system}' not found in the frame {frame}; correct its parent with rscan -u")]
    NotInFrame {
        /// The system.
        system: Mtms,
        /// The frame.
        frame: Mtms,
    },
    /// No control point could do it; each said why.
    #[error("{}", joined(.0))]
    Hmc(Vec<hmc::Error>),
    /// The configuration is not as it has to be for this.
    #[error(transparent)]
    Config(#[from] vm::Problem),
    /// A connection is not there, or cannot be made.
    #[error(transparent)]
    Connection(#[from] connections::Problem),
    /// The end of a change was lost: whether it was done is unknown. What the
    /// HMC said when it was asked again is told.
    #[error("{}", unclear(.error, .now))]
    Unclear {
        /// How the change ended.
        error: Box<hmc::Error>,
        /// What was seen then, or why it could not be seen.
        now: Result<String, Box<NotDone>>,
    },
    /// A part was done.
    #[error("{done}: {reason}")]
    Partly {
        /// What was done, and what not.
        done: String,
        /// Why not.
        reason: Box<NotDone>,
    },
    /// One of several things that were to be done with the node, or one of
    /// several HMCs that were to do it.
    #[error("{of}: {reason}")]
    Of {
        /// What of the node, or which HMC.
        of: String,
        /// Why it was not done.
        reason: Box<NotDone>,
    },
    /// An earlier command to the same system lost the HMC.
    #[error("nothing was sent: {0}")]
    NotSent(hmc::Error),
    /// The user ended the command before this node's turn.
    #[error("nothing was sent: the command was interrupted")]
    Interrupted,
}

impl From<netboot::Error> for NotDone {
    fn from(error: netboot::Error) -> Self {
        NotDone::Netboot(Box::new(error))
    }
}

fn unclear(error: &hmc::Error, now: &Result<String, Box<NotDone>>) -> String {
    let unknown = match error {
        // Its text says so.
        hmc::Error::Remote(Failure::Lost { .. }) => "",
        _ => "whether the command was carried out is unknown; ",
    };
    match now {
        Ok(now) => format!("{error}; {unknown}asked again: {now}"),
        Err(reason) => format!("{error}; {unknown}asked again: {reason}"),
    }
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
            NotDone::NotSent(_) | NotDone::Interrupted | NotDone::Unclear { .. } => false,
            NotDone::Partly { reason, .. } | NotDone::Of { reason, .. } => reason.is_answer(),
            _ => true,
        }
    }
}

impl From<Failure> for NotDone {
    fn from(failure: Failure) -> Self {
        NotDone::Hmc(vec![failure.into()])
    }
}
