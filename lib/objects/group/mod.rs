//! Groups: static ones, whose members' lists name them, and dynamic ones,
//! whose members are found by a condition.

use std::collections::HashSet;

use super::assign::Assignments;
use super::condition::Condition;
use super::error::Error;
use super::index::{NodeIndex, Surroundings, nodes_where};
use super::kind::Kind;
use super::members::Members;
use super::operand;
use crate::db::{self, Change, Names};
use crate::noderange::Index as _;

mod change;
mod make;

pub(super) use change::Changing;
pub(super) use make::Making;

/// What stands in `grouptype`, and what in `members` for each.
const STATIC: &str = "static";
const DYNAMIC: &str = "dynamic";

/// What stands between the conditions in `wherevals`.
const SEPARATOR: &str = "::";

/// The nodes of a list of members, defined or not.
pub(super) fn nodes_of(
    change: &Change<'_>,
    members: &Members<'_, '_>,
    surroundings: &Surroundings<'_>,
    list: &str,
) -> Result<Vec<String>, Error> {
    let index = NodeIndex::new(change, surroundings.again());
    if let Some(nodes) = members.plain(list)
        && index.withheld()?.is_none()
    {
        return Ok(nodes);
    }
    Ok(operand::nodes(&index, list)?.names)
}

/// The nodes that meet all conditions.
pub(super) fn nodes_that<'t>(
    change: &Change<'_>,
    conditions: impl IntoIterator<Item = impl AsRef<str> + 't>,
) -> Result<Vec<String>, Error> {
    let texts: Vec<String> = conditions
        .into_iter()
        .map(|c| c.as_ref().to_owned())
        .collect();
    let conditions = Condition::parse_all(texts.iter().map(String::as_str))?;
    Ok(nodes_where(change, Names::All, &conditions)?)
}

pub(super) fn value<'a>(
    kind: &Kind,
    assignments: &'a Assignments,
    attribute: &str,
) -> Option<&'a str> {
    let slot = kind.slot(attribute)?;
    assignments.get(slot).filter(|v| !v.is_empty())
}

pub(super) fn set(kind: &Kind, assignments: &mut Assignments, attribute: &str, text: &str) {
    if let Some(slot) = kind.slot(attribute) {
        assignments.set(slot, text);
    }
}

pub(super) fn no_attributes(name: &str) -> String {
    format!("Can not assign attributes to dynamic node group '{name}'.")
}

pub(super) fn no_conditions(name: &str) -> String {
    format!("The 'where' attributes and values were not provided for dynamic group '{name}'.")
}

pub(super) fn two_sources() -> String {
    "Cannot use a list of members together with the '-w' option.".to_owned()
}

pub(super) fn no_such_node(name: &str) -> String {
    format!("Could not find a node named '{name}', skipping to the next node.")
}

/// Conditions of a dynamic group must ask for attributes that nodes have.
///
/// # Errors
/// One is no condition, or asks for something else.
pub fn check_conditions(conditions: &[String]) -> Result<(), Error> {
    let parsed = Condition::parse_all(conditions.iter().map(String::as_str))?;
    let Some(node) = Kind::named("node") else {
        return Ok(());
    };
    let unknown = parsed
        .iter()
        .find(|c| node.slot(&c.subject).is_none() && c.subject != node.object.key);
    match unknown {
        None => Ok(()),
        Some(condition) => Err(Error::Refused(format!(
            "Incorrect attribute '{}' in the selection string specified with -w flag.",
            condition.subject
        ))),
    }
}

/// Whether groups of this name are stored or named by nodes.
pub(super) fn known(change: &Change<'_>, kind: &Kind) -> Result<HashSet<String>, db::Error> {
    Ok(super::every::all_names(change, kind)?.into_iter().collect())
}
