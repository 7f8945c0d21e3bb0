//! Why the configuration of a partition is not shown or changed.

use crate::hmc::Mtms;
use crate::hmc::refusal::printable;
use crate::power::NotDone;

/// Why the configuration of a partition is not shown or changed. Nothing was
/// sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The partition has no profile at all.
    #[error("the LPAR {:?} has no profile", printable(.0))]
    NoProfiles(String),
    /// The partition has no profile of that name.
    #[error("the LPAR {:?} has no profile {:?}", printable(.lpar), printable(.profile))]
    NoProfile {
        /// The partition.
        lpar: String,
        /// The name.
        profile: String,
    },
    /// The profile of a definition is not there; xCAT's text.
    #[error("'pprofile={profile}' not found on '{node}'")]
    NoPprofile {
        /// The node.
        node: String,
        /// The name.
        profile: String,
    },
    /// A profile has no such attributes; xCAT's text.
    #[error("Incorrect attribute(s) {}", .0.join(","))]
    Attributes(Vec<String>),
    /// An attribute was to be changed where there is nothing yet.
    #[error("{0}=: a new LPAR has nothing to add to or take from; set it with =")]
    NothingToChange(String),
    /// A system was named as the source of a copy.
    #[error("the source is a system; name an LPAR, or use -c and -p for those of a system")]
    SystemAsSource,
    /// What is to take the partitions is no system.
    #[error("{0} is no system (its hwtype is not cec)")]
    DestinationIsNoSystem(String),
    /// More than one partition was to have all resources of a system.
    #[error("more than one LPAR with all resources of {0}; name one of them")]
    SeveralFull(String),
    /// The name cannot be that of a partition and of a node.
    #[error("{0:?} cannot be the name of an LPAR")]
    Name(String),
    /// Another partition has the number or the name.
    #[error("{system} has an LPAR {:?} with id {id} already", printable(.name))]
    Taken {
        /// The system.
        system: Mtms,
        /// The number of the partition that is there.
        id: u32,
        /// Its name.
        name: String,
    },
    /// What is to be removed is not off.
    #[error("nothing was removed: {}; only LPARs that are Not Activated can be removed", .0.join(", "))]
    NotOff(Vec<String>),
    /// What is to be removed is the service partition of its system.
    #[error("nothing was removed: {:?} is the service LPAR of its system; --service removes it", printable(.0))]
    IsService(String),
    /// The system has no service partition.
    #[error("it has no service LPAR")]
    NoService,
    /// What is to be changed is a system.
    #[error("Command not supported on 'cec'")]
    NotForSystems,
    /// The file has several rows, and none for this partition.
    #[error("the file has no row with the name and the id of the LPAR {:?}", printable(.0))]
    NoRow(String),
    /// The file has several rows for this partition.
    #[error("the file has several rows for the LPAR {:?}; keep that of the profile to be changed", printable(.0))]
    SeveralRows(String),
    /// What a row says cannot be changed.
    #[error("{0} cannot be changed")]
    Fixed(String),
    /// No partition has a profile of that name; xCAT's text.
    #[error("The partition profile named '{}' was not found", printable(.0))]
    NoSuchProfile(String),
    /// Several partitions have a profile of that name.
    #[error(
        "which profile {:?} is meant? {} have one of that name",
        printable(.name),
        .lpars.join(", ")
    )]
    SeveralProfiles {
        /// The name.
        name: String,
        /// The partitions.
        lpars: Vec<String>,
    },
    /// Attributes that a running partition cannot change.
    #[error("{} cannot be changed while the LPAR runs; --dlpar is for desired_mem, desired_procs, desired_proc_units, their limits, and io_slots", .0.join(","))]
    NotDynamic(Vec<String>),
    /// The partition cannot be changed while it runs.
    #[error("the LPAR {:?} cannot be changed while it runs: {reason}", printable(.lpar))]
    NoDlpar {
        /// The partition.
        lpar: String,
        /// Why not.
        reason: String,
    },
    /// A value is no number.
    #[error("{0}={1} is no number")]
    Number(String, String),
    /// A value is not between what the partition was activated with.
    #[error("{0}={1} is not between the minimum and the maximum that the LPAR was activated with")]
    OutOfRange(String, String),
    /// Memory is given out in larger pieces.
    #[error("memory changes by multiples of {region} MB on this system, not by {amount}")]
    Region {
        /// What was wanted, in megabytes.
        amount: u64,
        /// The size of a piece.
        region: u64,
    },
    /// A system does not have a slot.
    #[error("the system has no I/O slot {0}; lshwres -r io --rsubtype slot on its HMC lists them")]
    NoSlot(String),
    /// Another partition has a slot.
    #[error("the slot {index} belongs to the LPAR {:?}; --from takes it from there", printable(.owner))]
    SlotTaken {
        /// Its number.
        index: String,
        /// The partition.
        owner: String,
    },
    /// A slot cannot be taken from a partition.
    #[error(
        "the slot {index} is required by {:?}, and cannot be taken from it while it runs; make it /0 in its profile and activate it",
        printable(.lpar)
    )]
    SlotRequired {
        /// Its number.
        index: String,
        /// The partition.
        lpar: String,
    },
    /// There is no such partition on the system to take slots from.
    #[error("--from: {system} has no LPAR {:?}", printable(.name))]
    NoSource {
        /// The system.
        system: Mtms,
        /// The name.
        name: String,
    },
    /// Slots are to be taken from a partition, and none is named.
    #[error("--from is for slots: name them with io_slots+=")]
    NothingToMove,
    /// The partition has no processing units.
    #[error("the LPAR {:?} has dedicated processors, and no processing units", printable(.0))]
    Dedicated(String),
}

impl Problem {
    /// A refusal as the outcome of a node.
    pub(super) fn is<T>(self) -> Result<T, NotDone> {
        Err(NotDone::Config(self))
    }
}
