//! The order that the deps table wants nodes to be switched in.
//!
//! As in xCAT (`SvrUtils.pm`, `build_deps` and `handle_deps`): nodes are
//! switched in stages, each node after those that it depends on, as far as
//! these are switched by the same command; between two stages is waited for
//! the longest `msdelay` of those who depend on a node of the first. Unlike in
//! xCAT an entry counts for every operation that it names, `boot` too.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use super::settings::columns;
use crate::db::{self, Names, Place, Reading, Snapshot};
use crate::noderange::natural;
use crate::objects::index::{self, NodeIndex};

/// Why there is no order.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// A delay is no number.
    #[error(
        "msdelay of {node} in the deps table is {value:?}, which is no number of milliseconds; correct it with chtab"
    )]
    Delay {
        /// The node, or one of a group.
        node: String,
        /// Its `msdelay`.
        value: String,
    },
    /// Nodes depend on one another in a ring. The beginning is xCAT's.
    #[error(
        "Loop dependency, check your deps table, may be related to the following nodes: {}; nothing was done",
        .0.join(",")
    )]
    Loop(Vec<String>),
}

/// What one entry of the deps table makes a node wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The node.
    pub node: String,
    /// The nodes that are to be switched before it.
    pub on: Vec<String>,
    /// How long to wait between them and it.
    pub wait: Duration,
}

/// Nodes that are switched together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stage {
    /// Their indices among the names.
    pub nodes: Vec<usize>,
    /// How long to wait after them.
    pub wait: Duration,
}

/// The stages of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// One after the other; together they hold each node once.
    pub stages: Vec<Stage>,
    /// Nodes that others depend on, but that the command does not switch.
    pub outside: Vec<String>,
}

impl Order {
    /// All nodes at once.
    pub fn none(count: usize) -> Self {
        let stage = Stage {
            nodes: (0..count).collect(),
            wait: Duration::ZERO,
        };
        Order {
            stages: vec![stage],
            outside: Vec::new(),
        }
    }

    /// The order of `names` for the operation `op`, according to the deps
    /// table.
    ///
    /// # Errors
    /// The database cannot be read, a delay is no number, or nodes depend on
    /// one another in a ring.
    pub fn read(
        snapshot: &Snapshot<'_>,
        index: &NodeIndex<'_>,
        names: &[String],
        op: &str,
    ) -> Result<Self, Error> {
        let needs = dependencies(snapshot, index, names, op)?;
        stages(names, &needs)
    }
}

/// The entries of the deps table for these nodes and this operation.
fn dependencies(
    snapshot: &Snapshot<'_>,
    index: &NodeIndex<'_>,
    names: &[String],
    op: &str,
) -> Result<Vec<Dependency>, Error> {
    let Some((deps, at)) = columns("deps", ["nodedep", "msdelay", "cmd"]) else {
        return Ok(Vec::new());
    };
    let places = at.map(|column| Place::of_node(deps, column));
    let places: Vec<_> = places.into_iter().flatten().collect();
    let mut found = Vec::new();
    snapshot.node_values(Names::These(names), &places, Reading::Inherited, |row| {
        // A node has a row for each list of operations.
        let mut rows: BTreeMap<usize, [String; 3]> = BTreeMap::new();
        let first: [_; 3] = std::array::from_fn(|place| {
            let value = row.get(place);
            value
                .map(|value| value.text.into_owned())
                .unwrap_or_default()
        });
        for (number, place, text) in row.further() {
            rows.entry(number).or_default()[place] = text.into_owned();
        }
        for [on, delay, ops] in [first].into_iter().chain(rows.into_values()) {
            if ops.split(',').any(|word| word.trim() == op) && !on.is_empty() {
                found.push(Dependency {
                    node: row.name.to_owned(),
                    on: expand(index, &on)?,
                    wait: wait(row.name, delay)?,
                });
            }
        }
        Ok::<_, Error>(())
    })?;
    Ok(found)
}

fn wait(node: &str, delay: String) -> Result<Duration, Error> {
    let number = match delay.trim() {
        "" => Ok(0),
        text => text.parse(),
    };
    number.map(Duration::from_millis).map_err(|_| Error::Delay {
        node: node.to_owned(),
        value: delay,
    })
}

/// The nodes that `nodedep` names. A part that names none (a node that was
/// removed, or is still to be defined) stands for itself: it is among those
/// that the command does not switch, and said to be.
fn expand(index: &NodeIndex<'_>, on: &str) -> Result<Vec<String>, db::Error> {
    use crate::noderange::ResolveError;
    let nodes = |text: &str| match index.nodes(text) {
        Ok(resolved) => Ok(Some(resolved.nodes)),
        Err(ResolveError::Index(index::Error::Db(error))) => Err(error),
        Err(_) => Ok(None),
    };
    if let Some(nodes) = nodes(on)? {
        return Ok(nodes);
    }
    let mut all = Vec::new();
    for part in on.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        all.extend(nodes(part)?.unwrap_or_else(|| vec![part.to_owned()]));
    }
    Ok(all)
}

/// Lays nodes into stages.
///
/// # Errors
/// Nodes depend on one another in a ring.
fn stages(names: &[String], needs: &[Dependency]) -> Result<Order, Error> {
    let places: HashMap<&str, usize> = names.iter().map(String::as_str).zip(0..).collect();
    let mut open: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); names.len()];
    let mut outside = BTreeSet::new();
    // (who is waited for, how long)
    let mut waits: HashMap<usize, Duration> = HashMap::new();
    for need in needs {
        let Some(&node) = places.get(need.node.as_str()) else {
            continue;
        };
        for on in &need.on {
            let Some(&on) = places.get(on.as_str()) else {
                outside.insert(on.clone());
                continue;
            };
            open[node].insert(on);
            let longest = waits.entry(on).or_default();
            *longest = need.wait.max(*longest);
        }
    }
    let mut left: BTreeSet<usize> = (0..names.len()).collect();
    let mut stages = Vec::new();
    while !left.is_empty() {
        let free = |node: &usize| open[*node].iter().all(|on| !left.contains(on));
        let nodes: Vec<usize> = left.iter().copied().filter(free).collect();
        if nodes.is_empty() {
            return Err(Error::Loop(
                left.iter().map(|&n| names[n].clone()).collect(),
            ));
        }
        left.retain(|node| !nodes.contains(node));
        let wait = nodes.iter().filter_map(|node| waits.get(node)).max();
        let wait = wait.copied().unwrap_or_default();
        stages.push(Stage { nodes, wait });
    }
    let mut outside: Vec<String> = outside.into_iter().collect();
    natural::sort(&mut outside);
    Ok(Order { stages, outside })
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
