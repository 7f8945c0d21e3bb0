//! Finding what HMCs manage: frames, managed systems, partitions.
//!
//! [`scan`] asks all HMCs at once, each system of an HMC with one question.
//! What they answered is laid together ([`combine`]: a system that two HMCs
//! manage is one thing with two control points), then listed ([`listing`]) or
//! compared with the definitions there are ([`merge`]).

mod combine;
pub mod listing;
mod merge;
mod name;
mod recognise;
mod survey;

pub use combine::{answered, combine, definable};
pub use listing::Form;
pub use merge::{ATTRIBUTES, Change, Existing, Merge, Mode, groups_of, merge};
pub use name::is_node_name;
pub use survey::scan;

use crate::hmc;
use crate::hmc::refusal::printable;

/// What a thing is, in xCAT's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A hardware management console.
    Hmc,
    /// A rack with its own power control.
    Frame,
    /// A managed system.
    Cec,
    /// A logical partition; VIOSs are partitions like others here, as in xCAT.
    Lpar,
}

impl Kind {
    /// The word that stands in listings, in `hwtype` and as a group.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Hmc => "hmc",
            Kind::Frame => "frame",
            Kind::Cec => "cec",
            Kind::Lpar => "lpar",
        }
    }

    /// The `nodetype` of such a node.
    pub fn node_type(self) -> &'static str {
        match self {
            Kind::Lpar => "ppc,osi",
            _ => "ppc",
        }
    }
}

/// Something that an HMC manages, or the HMC itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// The name it has on the HMC; any characters. A system that the HMC calls
    /// by its address, having no connection, has the name that HMCs give by
    /// default: `Server-9117-MMA-SN10F6F3D`.
    pub name: String,
    /// Number: of a partition in its system, of a system's cage, of a frame.
    /// Empty for an HMC, and for a system in no frame.
    pub id: String,
    /// Machine type and model; of a partition, those of its system.
    pub mtm: String,
    /// Serial number; of a partition, that of its system.
    pub serial: String,
    /// Names of the HMCs it is managed by.
    pub hcp: Vec<String>,
    /// The profile a partition is activated with: the current one, or where
    /// it has none, the default.
    pub profile: String,
    /// The default profile of a partition.
    pub default_profile: String,
    /// Name of the system that a partition is on, of the frame a system is in.
    pub parent: String,
    /// The name was made up, because the HMC knows an address only.
    pub unnamed: bool,
    /// Of a system: an HMC told its partitions, all of them.
    pub complete: bool,
}

/// What one HMC manages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// The HMC first, then frames, systems and their partitions.
    pub found: Vec<Found>,
    /// What it could not tell.
    pub problems: Vec<Problem>,
}

/// What a scan could not do, a line each. The rest is served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// An HMC does not tell the frames, or the cages of one.
    #[error("which systems are in {what} is not known: {reason}")]
    Frames {
        /// `frames`, or `frame 9458-100*99201WM`.
        what: String,
        /// What the HMC said.
        reason: hmc::Error,
    },
    /// An HMC does not tell the partitions of a system.
    #[error("the LPARs of {system}, which is in state {state:?}, are not known: {reason}")]
    Lpars {
        /// The system, as `type-model*serial`.
        system: String,
        /// The system's state.
        state: String,
        /// What the HMC said.
        reason: hmc::Error,
    },
    /// The HMC manages nothing; xCAT's text is `No results were found`.
    #[error("No results were found: it manages no system")]
    NoSystems,
    /// A system that has never been connected.
    #[error(
        "the system at {address}, in state {state:?}, has not told its type and serial number yet; connect it, then scan again"
    )]
    Unknown {
        /// Address of its service processor.
        address: String,
        /// The system's state.
        state: String,
    },
    /// The name cannot be a node name.
    #[error("{what} has no name that a node can have{parts}; define it under another: {define}")]
    Name {
        /// What it is, with its name, number and parent.
        what: String,
        /// What is left out with it.
        parts: &'static str,
        /// The command to type.
        define: String,
    },
    /// The name belongs to something else.
    #[error(
        "{what} is not defined{parts}: {holder} has its name; define it under another: {define}"
    )]
    Taken {
        /// What it is, with its name, number and parent.
        what: String,
        /// What is left out with it.
        parts: &'static str,
        /// What has the name.
        holder: String,
        /// The command to type.
        define: String,
    },
    /// Two partitions have a claim to one node: one has its number, the other
    /// its name.
    #[error(
        "{what} and {other} could both be the node {node:?}; set its parent and id with chdef, then scan again"
    )]
    Ambiguous {
        /// The partition with the node's parent and number.
        what: String,
        /// The partition with the node's name.
        other: String,
        /// The node.
        node: String,
    },
}

impl Found {
    /// Says on one line which thing this is: `LPAR "a,b" (id 7 of Server-…)`.
    fn describe(&self) -> String {
        let name = format!("{:?}", self.name);
        match self.kind {
            Kind::Hmc => format!("HMC {name}"),
            Kind::Frame => format!("frame {name} ({}*{})", self.mtm, self.serial),
            Kind::Cec => format!("system {name} ({}*{})", self.mtm, self.serial),
            Kind::Lpar => format!(
                "LPAR {name} (id {} of {})",
                self.id,
                printable(&self.parent)
            ),
        }
    }

    /// The command that defines this under a name of the administrator's.
    fn define(&self) -> String {
        let kind = self.kind.as_str();
        let hcp = self.hcp.join(",");
        let node = self.kind.node_type();
        let common = format!("groups={kind},all nodetype={node} hwtype={kind} mgt=hmc hcp={hcp}");
        let quote = crate::remote::quote;
        match self.kind {
            Kind::Lpar => format!(
                "mkdef -t node -o NAME {common} cons=hmc id={} parent={} pprofile={}",
                self.id,
                quote(&self.parent),
                quote(&self.profile),
            ),
            _ => format!(
                "mkdef -t node -o NAME {common} mtm={} serial={}",
                self.mtm, self.serial
            ),
        }
    }

    fn parts(&self) -> &'static str {
        match self.kind {
            Kind::Cec => " and is left out with its LPARs",
            _ => "",
        }
    }

    fn bad_name(&self) -> Problem {
        Problem::Name {
            what: self.describe(),
            parts: self.parts(),
            define: printable(&self.define()),
        }
    }

    fn taken(&self, holder: String) -> Problem {
        Problem::Taken {
            what: self.describe(),
            parts: self.parts(),
            holder,
            define: printable(&self.define()),
        }
    }
}

#[cfg(test)]
mod merge_tests;
#[cfg(test)]
mod tests;
