//! Groups without members, dynamic groups that cannot be evaluated, and rows
//! in the tables of nodes that belong to neither a node nor a group.

use std::collections::BTreeMap;

use super::{Finding, Set};
use crate::db::{self, Rows, Snapshot, is_enabled};
use crate::objects::condition::Condition;
use crate::objects::names;
use crate::schema::{TABLES, Table, object_type, table};

/// Rows that stand for all nodes, in `postscripts` and `prescripts`.
const DEFAULTS: [&str; 2] = ["xcatdefaults", "service"];

/// Tables whose names are those of images, not of nodes.
const OF_IMAGES: [&str; 2] = ["vmmaster", "kvm_masterdata"];

/// Every name that there is.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Nodes, switched off or not.
    pub(super) nodes: Set,
    /// Groups that nodes say they are in.
    pub(super) joined: Set,
    /// Groups with a row of their own.
    pub(super) defined: Set,
}

impl Known {
    pub(super) fn read(snapshot: &Snapshot<'_>) -> Result<Self, db::Error> {
        let mut known = Self::default();
        let mut last = String::new();
        each(
            snapshot,
            "nodelist",
            ["node", "groups"],
            |[node, groups]| {
                known.nodes.extend(node.map(str::to_owned));
                // Neighbours are mostly in the same groups.
                if let Some(list) = groups.filter(|list| *list != last) {
                    last = list.to_owned();
                    known.joined.extend(list.split(',').map(str::to_owned));
                }
            },
        )?;
        each(snapshot, "nodegroup", ["groupname"], |[name]| {
            known.defined.extend(name.map(str::to_owned));
        })?;
        Ok(known)
    }

    fn has(&self, name: &str) -> bool {
        self.nodes.contains(name) || self.joined.contains(name) || self.defined.contains(name)
    }
}

/// Hands some columns of every row of a table to `each`.
pub(super) fn each<const N: usize>(
    snapshot: &Snapshot<'_>,
    name: &str,
    columns: [&str; N],
    mut each: impl FnMut([Option<&str>; N]),
) -> Result<(), db::Error> {
    let Some(table) = table(name) else {
        return Ok(());
    };
    let places: Vec<usize> = columns.iter().filter_map(|c| table.position(c)).collect();
    snapshot.rows(table, &places, Rows::All, |row| {
        let mut values = [None; N];
        for (place, value) in values.iter_mut().enumerate() {
            *value = row.get(place);
        }
        each(values);
        Ok(())
    })
}

pub(super) fn check(
    snapshot: &Snapshot<'_>,
    known: &Known,
    findings: &mut Vec<Finding>,
) -> Result<(), db::Error> {
    defined(snapshot, known, findings)?;
    findings.extend(unnameable(known));
    for (name, tables) in orphans(snapshot, known)? {
        findings.push(Finding {
            check: "orphan",
            kind: "node",
            problem: format!(
                "there is no node or group of this name, but rows in {}",
                tables.join(", ")
            ),
            remedy: format!("define it, or remove them with chtab -d node={name} TABLE"),
            names: vec![name],
        });
    }
    Ok(())
}

/// What is wrong with the groups that have rows of their own.
fn defined(
    snapshot: &Snapshot<'_>,
    known: &Known,
    findings: &mut Vec<Finding>,
) -> Result<(), db::Error> {
    let columns = ["groupname", "grouptype", "wherevals", "disable"];
    each(
        snapshot,
        "nodegroup",
        columns,
        |[name, kind, wherevals, disable]| {
            let Some(name) = name.filter(|_| is_enabled(disable)) else {
                return;
            };
            let found = match kind {
                Some("dynamic") => dynamic(wherevals.unwrap_or_default()),
                _ if known.joined.contains(name) => None,
                _ => Some((
                    "it has no members".to_owned(),
                    "add some with chdef -p members=..., or remove it with rmdef",
                )),
            };
            findings.extend(found.map(|(problem, remedy)| Finding {
                check: "group",
                kind: "group",
                names: vec![name.to_owned()],
                problem,
                remedy: remedy.into(),
            }));
        },
    )
}

/// Nodes and groups whose names no noderange can hold.
fn unnameable(known: &Known) -> impl Iterator<Item = Finding> {
    let mut found: Vec<&String> = known
        .nodes
        .iter()
        .chain(known.joined.difference(&known.nodes))
        .filter(|name| !name.is_empty() && !names::is_nameable(name))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|name| Finding {
        check: "name",
        kind: match known.nodes.contains(name) {
            true => "node",
            false => "group",
        },
        names: vec![name.clone()],
        problem: "no noderange can name it".into(),
        remedy: "correct the name with tabedit nodelist".into(),
    })
}

/// What is wrong with the conditions of a dynamic group.
fn dynamic(wherevals: &str) -> Option<(String, &'static str)> {
    let remedy = "change its wherevals";
    if wherevals.is_empty() {
        return Some((
            "it is dynamic and has no wherevals".into(),
            "set its wherevals",
        ));
    }
    let conditions = match Condition::parse_wherevals(wherevals) {
        Ok(conditions) => conditions,
        Err(error) => return Some((error.to_string(), remedy)),
    };
    let node = object_type("node")?;
    let unknown = conditions
        .iter()
        .map(|c| c.subject.as_str())
        .find(|name| !["node", "objtype"].contains(name) && node.places(name).next().is_none())?;
    Some((
        format!("its wherevals ask for '{unknown}', which is no attribute of nodes"),
        remedy,
    ))
}

/// Names that belong to nobody, with the tables they stand in.
fn orphans(
    snapshot: &Snapshot<'_>,
    known: &Known,
) -> Result<BTreeMap<String, Vec<&'static str>>, db::Error> {
    let mut orphans: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for (table, column) in TABLES.iter().filter_map(of_nodes) {
        let Some(disable) = table.position("disable") else {
            continue;
        };
        snapshot.rows(table, &[column, disable], Rows::All, |row| {
            let name = row.get(0).filter(|_| is_enabled(row.get(1)));
            if let Some(name) = name.filter(|n| !known.has(n) && !DEFAULTS.contains(n)) {
                let tables = orphans.entry(name.to_owned()).or_default();
                if tables.last() != Some(&table.name) {
                    tables.push(table.name);
                }
            }
            Ok::<_, db::Error>(())
        })?;
    }
    Ok(orphans)
}

/// A table whose rows are those of nodes, and the column that says which.
fn of_nodes(table: &'static Table) -> Option<(&'static Table, usize)> {
    let column = table.position(table.node_column?)?;
    let wanted = table.name != "nodelist" && !OF_IMAGES.contains(&table.name);
    wanted.then_some((table, column))
}
