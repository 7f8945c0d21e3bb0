//! What does not fit together in the node database: `xcatdbck`.
//!
//! | file | subject |
//! |---|---|
//! | `nodes` | the values of all nodes, in one pass |
//! | `conditions` | values that do not count for what their object is |
//! | `groups` | groups, and rows that belong to nobody |
//! | `values` | values of other objects, and those that a command writes |
//!
//! Values are looked at as nodes have them, with what their groups give them;
//! many nodes with the same trouble are one finding.

mod conditions;
mod groups;
mod nodes;
mod values;

pub use values::{is_strict, of_change};

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use crate::db::{self, Snapshot};
use crate::noderange::fold;
use crate::objects::names;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check found it: `file`, `group`, `name`, `orphan`, `reference`,
    /// `duplicate`, `condition`, `expression` or `value`.
    pub check: &'static str,
    /// What it is about: `node`, `group`, another type of object, `database`,
    /// or the table, of a row that is no object's.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The nodes or groups.
    pub names: Vec<String>,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = match self.kind {
            "node" => names::shown(&fold(&self.names)),
            _ => names::shown(&self.names.join(",")),
        };
        write!(
            f,
            "{} {names}: {}; {}",
            self.kind, self.problem, self.remedy
        )
    }
}

/// Looks for everything that does not fit.
///
/// # Errors
/// The database cannot be read.
pub fn run(snapshot: &Snapshot<'_>) -> Result<Vec<Finding>, db::Error> {
    let mut findings: Vec<Finding> = snapshot
        .integrity()?
        .into_iter()
        .map(|line| Finding {
            check: "file",
            kind: "database",
            names: vec![db::FILE.to_owned()],
            problem: line,
            remedy: "restore it from a dump".into(),
        })
        .collect();
    let names = groups::Known::read(snapshot)?;
    groups::check(snapshot, &names, &mut findings)?;
    nodes::check(snapshot, &names, &mut findings)?;
    conditions::check(snapshot, &mut findings)?;
    values::check(snapshot, &mut findings)?;
    Ok(findings)
}

/// The findings as one JSON document: an array.
///
/// # Errors
/// Cannot happen with texts; told for completeness.
pub fn json(findings: &[Finding]) -> std::io::Result<String> {
    Ok(serde_json::to_string_pretty(findings)?)
}

/// Names, for looking up.
type Set = HashSet<String>;

#[cfg(test)]
mod tests;
