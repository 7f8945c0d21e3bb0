//! Which partitions `mkvm` is to make, from what it is asked for.

use super::attributes::Assignment;
use super::file::Row;
use super::make::{NewLpar, by_attributes, copies, from_rows, full};
use super::problem::Problem;
use crate::db::Snapshot;
use crate::hmc::Points;
use crate::power::settings::Error;
use crate::power::{Hardware, NotDone, PowerNode};

/// What partitions are made from.
#[derive(Debug, Clone)]
pub enum Form {
    /// From the profile of another partition.
    Copies {
        /// The partition.
        source: String,
        /// The number of the first one.
        first: u32,
        /// What is set otherwise.
        changes: Vec<Assignment>,
    },
    /// From the rows of a file.
    Rows {
        /// The system that takes them.
        destination: String,
        /// The rows.
        rows: Vec<Row>,
    },
    /// From attributes.
    Attributes {
        /// The number of the first one, else that of its definition.
        first: Option<u32>,
        /// The attributes.
        values: Vec<Assignment>,
    },
    /// With all resources of their systems.
    Full,
}

impl Form {
    /// What is to be warned about where so many nodes are named.
    pub fn warning(&self, nodes: usize) -> Option<String> {
        let Form::Rows { rows, .. } = self else {
            return None;
        };
        let profiles = rows.len();
        (profiles != nodes).then(|| {
            let few = profiles.min(nodes);
            format!(
                "{nodes} nodes are named and {profiles} profiles are in the file; the first {few} of both are used"
            )
        })
    }
}

/// Reads what making partitions for these nodes needs: the nodes themselves
/// first, then what they are made from or on.
///
/// # Errors
/// The database cannot be read, or the site table cannot be used.
pub fn gather(snapshot: &Snapshot<'_>, names: &[String], form: &Form) -> Result<Hardware, Error> {
    let mut all = names.to_vec();
    match form {
        Form::Copies { source, .. } => all.push(source.clone()),
        Form::Rows { destination, .. } => all.push(destination.clone()),
        Form::Attributes { .. } | Form::Full => {
            let nodes = Hardware::read(snapshot, names)?.nodes;
            let parents = nodes.into_iter().map(|node| node.parent);
            all.extend(parents.filter(|parent| !parent.is_empty()));
        }
    }
    Hardware::read(snapshot, &all)
}

/// What is to be made, and what cannot be: the node, and why.
#[derive(Debug, Default)]
pub struct Plan {
    /// The partitions, in the order of the nodes.
    pub lpars: Vec<NewLpar>,
    /// The nodes that get none.
    pub refused: Vec<(String, NotDone)>,
}

/// Plans the partitions for the first `count` of `nodes`, which [`gather`] read.
pub fn plan(points: &Points<'_>, nodes: &[PowerNode], count: usize, form: &Form) -> Plan {
    let (targets, others) = nodes.split_at(count.min(nodes.len()));
    let names: Vec<_> = targets.iter().map(|node| node.name.clone()).collect();
    match form {
        Form::Copies { first, changes, .. } => of(others, |source| {
            copies(points, source, &names, *first, changes)
        }),
        Form::Rows { rows, .. } => of(others, |destination| from_rows(destination, &names, rows)),
        Form::Attributes { first, values } => each(targets, others, |index, node, parent| {
            let id = first.map(|first| first.saturating_add(index));
            by_attributes(node, parent, id, values)
        }),
        Form::Full => each(targets, others, |_, node, parent| {
            let same = |other: &&PowerNode| other.parent == node.parent;
            match targets.iter().filter(same).count() {
                1 => full(node, parent),
                _ => Problem::SeveralFull(node.parent.clone()).is(),
            }
        }),
    }
}

fn of(
    others: &[PowerNode],
    make: impl FnOnce(&PowerNode) -> Result<Vec<NewLpar>, NotDone>,
) -> Plan {
    let mut plan = Plan::default();
    if let Some(node) = others.first() {
        match make(node) {
            Ok(lpars) => plan.lpars = lpars,
            Err(reason) => plan.refused.push((node.name.clone(), reason)),
        }
    }
    plan
}

fn each(
    targets: &[PowerNode],
    others: &[PowerNode],
    make: impl Fn(u32, &PowerNode, &PowerNode) -> Result<NewLpar, NotDone>,
) -> Plan {
    let mut plan = Plan::default();
    for (index, node) in (0..).zip(targets) {
        let parent = others.iter().find(|other| other.name == node.parent);
        let lpar = match parent {
            Some(parent) => make(index, node, parent),
            None => Err(node.unset("parent")),
        };
        match lpar {
            Ok(lpar) => plan.lpars.push(lpar),
            Err(reason) => plan.refused.push((node.name.clone(), reason)),
        }
    }
    plan
}
