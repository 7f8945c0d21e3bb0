//! Removing objects.

use std::collections::{BTreeSet, HashSet};

use super::error::Error;
use super::every::all_names;
use super::kind::{Form, Kind};
use super::members;
use super::outcome::{Outcome, not_found};
use super::read::Reader;
use crate::db::{self, Change};
use crate::schema::{TABLES, Table, table};

/// The objects of one type that are to go.
#[derive(Debug)]
pub struct Doomed {
    /// The type.
    pub kind: Kind,
    /// The names; `None` for all of the type.
    pub names: Option<Vec<String>>,
}

/// Removes objects with all their rows, and groups from the lists of their
/// members. Names that no object has are errors in the outcome; the others
/// are removed and counted, or listed if `verbose`.
///
/// # Errors
/// The database cannot be written: then the change is to be dropped.
pub fn remove(change: &Change<'_>, doomed: &[Doomed], verbose: bool) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    for Doomed { kind, names } in doomed {
        let defined = defined(change, kind, names.as_deref(), &mut outcome)?;
        if kind.form == Form::Group {
            members::remove(change, &defined)?;
        }
        if kind.form == Form::Node {
            warn_of_children(change, &defined, &mut outcome)?;
        }
        rows(change, kind, &defined)?;
        outcome.changed.extend(defined);
    }
    match (outcome.changed.len(), verbose) {
        (0, _) => outcome.info("No objects have been removed from the xCAT database."),
        (count, false) => outcome.info(format!("{count} object definitions have been removed.")),
        (_, true) => {
            outcome.info("The following objects were removed:\n");
            for name in outcome.changed.clone() {
                outcome.info(name);
            }
        }
    }
    Ok(outcome)
}

/// Those of the names that are objects; the others are complained about.
fn defined(
    change: &Change<'_>,
    kind: &Kind,
    names: Option<&[String]>,
    outcome: &mut Outcome,
) -> Result<Vec<String>, Error> {
    let Some(names) = names else {
        return Ok(all_names(change, kind)?);
    };
    let known: BTreeSet<String> = match kind.form {
        Form::Group => all_names(change, kind)?.into_iter().collect(),
        _ => {
            let mut known = BTreeSet::new();
            Reader::new(kind, []).read(change, Some(names), |found| {
                if found.defined {
                    known.insert(found.name.to_owned());
                }
                Ok::<_, db::Error>(())
            })?;
            known
        }
    };
    let (defined, unknown): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|n| known.contains(*n));
    for name in unknown {
        outcome.error(not_found(name, kind.name()));
    }
    let each_once: BTreeSet<&String> = defined.into_iter().collect();
    Ok(each_once.into_iter().cloned().collect())
}

/// Removes the rows of objects. A node goes from every table of nodes, also
/// from those that hold none of its attributes: a node that is made again
/// later must not find what was left of the old one.
pub(super) fn rows(change: &Change<'_>, kind: &Kind, names: &[String]) -> Result<(), db::Error> {
    if names.is_empty() {
        return Ok(());
    }
    if kind.form == Form::Site {
        if let Some(site) = table("site") {
            change.delete(site, &[])?;
        }
        return Ok(());
    }
    for (table, column) in tables(kind) {
        change.delete_among(table, column, names)?;
    }
    Ok(())
}

/// Every table with rows of such objects, and the column with their name. A
/// node has rows in all tables of nodes.
pub(super) fn tables(kind: &Kind) -> Vec<(&'static Table, usize)> {
    let mut tables = kind.tables();
    if kind.form == Form::Node {
        let more: Vec<_> = tables_of_nodes()
            .filter(|t| !tables.iter().any(|k| same(k, t)))
            .collect();
        tables.extend(more);
    }
    if kind.form == Form::Monitoring {
        tables.extend(table("monsetting").and_then(|t| Some((t, t.position("name")?))));
    }
    tables
}

fn tables_of_nodes() -> impl Iterator<Item = (&'static Table, usize)> {
    TABLES
        .iter()
        .filter_map(|t| Some((t, t.position(t.node_column?)?)))
}

fn same(a: &(&'static Table, usize), b: &(&'static Table, usize)) -> bool {
    std::ptr::eq(a.0, b.0) && a.1 == b.1
}

/// Who removes a frame or CEC is told what is left of it.
fn warn_of_children(
    change: &Change<'_>,
    names: &[String],
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let Some(node) = Kind::named("node") else {
        return Ok(());
    };
    let slots = ["hwtype", "parent"].iter().filter_map(|a| node.slot(a));
    let reader = Reader::new(&node, slots);
    let mut parents = Vec::new();
    reader.read(change, Some(names), |found| {
        if let Some(kind @ ("cec" | "frame")) = found.get("hwtype") {
            parents.push((found.name.to_owned(), kind.to_owned(), Vec::new()));
        }
        Ok::<_, db::Error>(())
    })?;
    if parents.is_empty() {
        return Ok(());
    }
    let gone: HashSet<&str> = names.iter().map(String::as_str).collect();
    reader.read(change, None, |found| {
        if gone.contains(found.name) {
            return Ok(());
        }
        let of = |p: &&mut (String, String, Vec<String>)| found.get("parent") == Some(p.0.as_str());
        if let Some(parent) = parents.iter_mut().find(of) {
            parent.2.push(found.name.to_owned());
        }
        Ok::<_, db::Error>(())
    })?;
    for (name, kind, children) in parents.iter().filter(|p| !p.2.is_empty()) {
        outcome.warning(format!(
            "You have removed the {kind} '{name}'; these nodes still have it as their parent: {}",
            children.join(",")
        ));
    }
    Ok(())
}
