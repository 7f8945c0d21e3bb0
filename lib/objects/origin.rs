//! Where the value of an attribute comes from: what `lsdef --blame` tells.

use crate::db::Given;

/// Where a value comes from: the object's own, as it stands, unless said
/// otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin<'r> {
    /// The group that gives it.
    pub group: Option<&'r str>,
    /// Where the values of all groups are joined, those after the node's own
    /// or the first group's.
    pub joined: &'r [Given],
    /// What it is computed from.
    pub pattern: Option<&'r str>,
    /// Whether what holds for all nodes (`xcatdefaults`) stands before it, or
    /// is all of it.
    pub defaults: Option<Defaults>,
}

/// What the scripts of all nodes are to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defaults {
    /// They stand before it.
    Before,
    /// There is nothing else.
    Only,
}
