//! Why the configuration of a partition is not shown or changed.

use crate::hmc::Mtms;
use crate::hmc::refusal::printable;

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
}
