//! A node as work through HMCs needs it, and what kind of machine it is.

use super::{Bay, NotDone};
use crate::hmc::Mtms;

/// A node to be worked on through HMCs, as it is defined. What is not set may be missing: it
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
    /// system or frame, else of its parent.
    pub system: Option<Mtms>,
    /// The frame that the system is in: the system's parent, where it is one.
    pub frame: Option<Mtms>,
    /// `pprofile`: the profile to activate a partition with.
    pub profile: String,
    /// Its control points, as indices of the targets of the [`Points`].
    pub hcps: Vec<usize>,
    /// Which bay it is in, or why that cannot be told, if it is a node of a
    /// chassis ([`Hardware::with_chassis`](super::Hardware::with_chassis)).
    pub bay: Option<Result<Bay, NotDone>>,
}

/// What a node is to an HMC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// A logical partition, with its number.
    Lpar {
        /// The number on its system.
        id: u32,
    },
    /// A managed system.
    Cec,
    /// A frame: a rack with its own power control.
    Frame,
}

impl PowerNode {
    /// What the node is: an LPAR or a system.
    ///
    /// # Errors
    /// `hwtype` is not set, of another kind, or an LPAR has no `id`; or
    /// another kind of control point than an HMC manages the node.
    pub fn machine(&self) -> Result<Machine, NotDone> {
        match self.machine_or_frame()? {
            Machine::Frame => Err(NotDone::NodeType(self.hwtype.clone())),
            machine => Ok(machine),
        }
    }

    /// What the node is: an LPAR, a system or a frame.
    ///
    /// # Errors
    /// As [`PowerNode::machine`].
    pub fn machine_or_frame(&self) -> Result<Machine, NotDone> {
        let machine = match self.hwtype.as_str() {
            "lpar" => {
                let id = self.id.parse().map_err(|_| self.unset("id"))?;
                Machine::Lpar { id }
            }
            "cec" => Machine::Cec,
            "frame" => Machine::Frame,
            "" => return Err(self.unset("hwtype")),
            other => return Err(NotDone::NodeType(other.to_owned())),
        };
        match (machine, self.mgt.as_str()) {
            (_, "" | "hmc") => Ok(machine),
            // What rscan makes of a frame, in xCAT too.
            (Machine::Frame, "bpa") => Ok(machine),
            (_, other) => Err(NotDone::NotManaged(other.to_owned())),
        }
    }

    /// The managed system that the node is or is on, or the frame that it is,
    /// once it is known whom to ask about it.
    ///
    /// # Errors
    /// `parent` or `hcp` is not set, or `mtm` or `serial` of the system.
    pub fn managed(&self, machine: Machine) -> Result<&Mtms, NotDone> {
        let owner = match machine {
            Machine::Lpar { .. } if self.parent.is_empty() => return Err(self.unset("parent")),
            Machine::Lpar { .. } => &self.parent,
            Machine::Cec | Machine::Frame => &self.name,
        };
        if self.hcps.is_empty() {
            return Err(self.unset("hcp"));
        }
        let unset = || NotDone::Unset {
            attribute: "mtm or serial",
            of: owner.clone(),
        };
        self.system.as_ref().ok_or_else(unset)
    }

    /// The error that an attribute of this node is missing.
    pub fn unset(&self, attribute: &'static str) -> NotDone {
        NotDone::Unset {
            attribute,
            of: self.name.clone(),
        }
    }

    /// The error that the node's place is not defined.
    pub(super) fn unplaced(&self, attribute: &'static str, what: &'static str) -> NotDone {
        NotDone::Unplaced {
            attribute,
            what,
            of: self.name.clone(),
        }
    }
}
