//! Nodes in chassis (Flex, BladeCenter): which bay of which chassis each is in,
//! and the chassis worked on at the same time, through their managers.

use std::collections::HashMap;
use std::sync::mpsc;
use std::thread;

use super::line::Line;
use super::request::Outcome;
use super::settings::columns;
use super::{NotDone, PowerNode, Way};
use crate::db::{self, Names, Place, Reading, Snapshot};
use crate::hmc::{self, Points};
use crate::remote::fan_out;

/// A bay of a chassis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bay {
    /// The chassis manager, as index of the targets.
    pub manager: usize,
    /// The number of the bay; the first of a node that fills two.
    pub number: u32,
}

/// Finds the nodes in chassis, `mgt`, `hwtype` or `mp.nodetype` is `blade` as
/// xCAT has them, and sets their [`PowerNode::bay`]. Gives the names of their
/// managers, which count from `first` among the targets.
///
/// # Errors
/// The database cannot be read.
pub(super) fn find(
    snapshot: &Snapshot<'_>,
    nodes: &mut [PowerNode],
    first: usize,
) -> Result<Vec<String>, db::Error> {
    let named: Vec<_> = nodes.iter().map(|node| node.name.clone()).collect();
    let mp = mp(snapshot, &named)?;
    let mut managers: Vec<String> = Vec::new();
    let nothing = Default::default();
    for node in nodes {
        let [mpa, id, kind] = mp.get(&node.name).unwrap_or(&nothing);
        if node.mgt != "blade" && node.hwtype != "blade" && kind != "blade" {
            continue;
        }
        node.bay = Some(match (kind.as_str(), number(id)) {
            ("" | "blade", _) if mpa.is_empty() => Err(node.unplaced("mpa", "chassis")),
            ("" | "blade", Some(number)) => {
                let known = managers.iter().position(|manager| manager == mpa);
                let manager = first + known.unwrap_or(managers.len());
                if known.is_none() {
                    managers.push(mpa.clone());
                }
                Ok(Bay { manager, number })
            }
            ("" | "blade", None) if node.mgt == "blade" => Err(node.unplaced("id", "bay")),
            ("" | "blade", None) => Err(node.unplaced("slotid", "bay")),
            (other, _) => Err(NotDone::NodeType(other.to_owned())),
        });
    }
    Ok(managers)
}

/// A node that fills two bays is addressed by the first: `3-4`.
fn number(id: &str) -> Option<u32> {
    id.split('-').next()?.trim().parse().ok()
}

/// The rows of the table mp: manager, bay and kind of each node.
fn mp(
    snapshot: &Snapshot<'_>,
    named: &[String],
) -> Result<HashMap<String, [String; 3]>, db::Error> {
    let mut rows = HashMap::new();
    let Some((table, at)) = columns("mp", ["mpa", "id", "nodetype"]) else {
        return Ok(rows);
    };
    let places = at
        .iter()
        .filter_map(|column| Place::of_node(table, *column));
    let places: Vec<_> = places.collect();
    snapshot.node_values(Names::These(named), &places, Reading::Inherited, |row| {
        let value = |at| row.get(at).map(|value| value.text.into_owned());
        let row_of = std::array::from_fn(|at| value(at).unwrap_or_default());
        rows.insert(row.name.to_owned(), row_of);
        Ok::<_, db::Error>(())
    })?;
    Ok(rows)
}

/// Works on nodes of both kinds at the same time: `behind_hmcs` is handed those
/// that are in no chassis, `in_bay` each of the others, one after the other in a
/// chassis, at most [`Way::width`] chassis at once. Each outcome goes to `each`,
/// with the index of the node, on the calling thread and as it comes.
pub(super) fn both(
    points: &Points<'_>,
    way: &Way,
    nodes: &[PowerNode],
    behind_hmcs: impl FnOnce(&[PowerNode], &mut dyn FnMut(usize, Outcome)) + Send,
    in_bay: impl Fn(u32, &mut Line<'_>) -> Outcome + Sync,
    mut each: impl FnMut(usize, Outcome),
) {
    if nodes.iter().all(|node| node.bay.is_none()) {
        return behind_hmcs(nodes, &mut each);
    }
    let others = nodes.iter().enumerate();
    let others = others.filter(|(_, node)| node.bay.is_none());
    let (places, others): (Vec<usize>, Vec<PowerNode>) =
        others.map(|(index, node)| (index, node.clone())).unzip();
    let chassis = chassis(nodes, &mut each);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let to_bays = sender.clone();
        let (chassis, in_bay) = (&chassis, &in_bay);
        // The channel closes with the last of the threads.
        scope.spawn(move || {
            let work = |(manager, bays): &Chassis| {
                of_chassis(points, way, (*manager, bays), in_bay, |index, outcome| {
                    // Nobody listens any more: then the command is ending.
                    let _ = to_bays.send((index, outcome));
                });
            };
            fan_out(chassis, way.width, work, |_, ()| {});
        });
        scope.spawn(move || {
            behind_hmcs(&others, &mut |at, outcome| {
                let _ = sender.send((places[at], outcome));
            });
        });
        for (index, outcome) in receiver {
            each(index, outcome);
        }
    });
}

/// A manager, as index of the targets, and the nodes with the bays they are in.
type Chassis = (usize, Vec<(usize, u32)>);

/// Lays nodes together by chassis; hands those that are nowhere to `each`.
fn chassis(nodes: &[PowerNode], each: &mut impl FnMut(usize, Outcome)) -> Vec<Chassis> {
    let mut chassis: Vec<Chassis> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        match &node.bay {
            None => {}
            Some(Err(reason)) => each(index, Err(reason.clone())),
            Some(Ok(bay)) => match chassis.iter_mut().find(|(known, _)| *known == bay.manager) {
                Some((_, bays)) => bays.push((index, bay.number)),
                None => chassis.push((bay.manager, vec![(index, bay.number)])),
            },
        }
    }
    chassis
}

/// A manager that cannot be reached is not tried again for each of its nodes.
fn of_chassis(
    points: &Points<'_>,
    way: &Way,
    (manager, bays): (usize, &[(usize, u32)]),
    in_bay: impl Fn(u32, &mut Line<'_>) -> Outcome,
    each: impl Fn(usize, Outcome),
) {
    let mut line = Line::new(points, (manager, &[]), way);
    let mut dead = None;
    for (index, bay) in bays {
        let outcome = match &dead {
            None => in_bay(*bay, &mut line),
            Some(error) => Err(NotDone::Hmc(vec![hmc::Error::clone(error)])),
        };
        if let Err(NotDone::Hmc(errors)) = &outcome {
            dead = errors.iter().find(|error| error.is_dead()).cloned();
        }
        each(*index, outcome);
    }
}
