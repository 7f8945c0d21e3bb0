//! Why the configuration of a partition is not shown or changed.

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
}
