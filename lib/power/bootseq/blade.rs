//! The boot sequence of nodes in chassis, through the chassis managers.

use std::collections::HashMap;

use super::Sequence;
use crate::db::{self, Names, Place, Reading, Snapshot};
use crate::hmc::Points;
use crate::hmc::chassis::{Device, boot_sequence, names, set_boot_sequence};
use crate::power::line::Line;
use crate::power::request::Outcome;
use crate::power::settings::columns;
use crate::power::{Done, NotDone, PowerNode, Way};
use crate::remote::fan_out;

/// A node in a chassis.
#[derive(Debug)]
pub(super) struct Blade {
    /// Which of the named nodes it is.
    pub index: usize,
    /// Where it is, or what its definition lacks.
    bay: Result<Bay, NotDone>,
}

/// A bay of a chassis.
#[derive(Debug, Clone, Copy)]
struct Bay {
    /// The manager, as index of the targets.
    manager: usize,
    number: u32,
}

impl Blade {
    /// The same where the managers stand behind so many other targets.
    pub fn behind(self, first: usize) -> Self {
        let bay = self.bay.map(|bay| Bay {
            manager: bay.manager + first,
            ..bay
        });
        Blade { bay, ..self }
    }
}

/// Finds the nodes in chassis: `mgt` or `hwtype` is `blade`, as xCAT has them.
/// `managers` takes their managers in.
pub(super) fn gather(
    snapshot: &Snapshot<'_>,
    nodes: &[PowerNode],
    managers: &mut Vec<String>,
) -> Result<Vec<Blade>, db::Error> {
    let named: Vec<_> = nodes.iter().map(|node| node.name.clone()).collect();
    let mp = mp(snapshot, &named)?;
    let nothing = Default::default();
    let blade = |(index, node): (usize, &PowerNode)| {
        let [mpa, id, kind] = mp.get(&node.name).unwrap_or(&nothing);
        if node.mgt != "blade" && node.hwtype != "blade" && kind != "blade" {
            return None;
        }
        let bay = match (kind.as_str(), bay(id)) {
            ("" | "blade", _) if mpa.is_empty() => Err(node.unplaced("mpa", "chassis")),
            ("" | "blade", Some(number)) => {
                let known = managers.iter().position(|manager| manager == mpa);
                let manager = known.unwrap_or(managers.len());
                if known.is_none() {
                    managers.push(mpa.clone());
                }
                Ok(Bay { manager, number })
            }
            ("" | "blade", None) if node.mgt == "blade" => Err(node.unplaced("id", "bay")),
            ("" | "blade", None) => Err(node.unplaced("slotid", "bay")),
            (other, _) => Err(NotDone::NodeType(other.to_owned())),
        };
        Some(Blade { index, bay })
    };
    Ok(nodes.iter().enumerate().filter_map(blade).collect())
}

/// A node that fills two bays is addressed by the first: `3-4`.
fn bay(id: &str) -> Option<u32> {
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

impl PowerNode {
    fn unplaced(&self, attribute: &'static str, what: &'static str) -> NotDone {
        NotDone::Unplaced {
            attribute,
            what,
            of: self.name.clone(),
        }
    }
}

/// Tells or sets the boot sequence of `blades`, chassis at the same time; hands
/// each outcome to `each`, with the index of the node.
pub(super) fn sequence(
    points: &Points<'_>,
    way: &Way,
    what: &Sequence,
    blades: &[Blade],
    each: impl Fn(usize, Outcome) + Sync,
) {
    let mut chassis: Vec<(usize, Vec<(usize, u32)>)> = Vec::new();
    for blade in blades {
        match &blade.bay {
            Err(reason) => each(blade.index, Err(reason.clone())),
            Ok(bay) => match chassis.iter_mut().find(|(known, _)| *known == bay.manager) {
                Some((_, bays)) => bays.push((blade.index, bay.number)),
                None => chassis.push((bay.manager, vec![(blade.index, bay.number)])),
            },
        }
    }
    let work = |(manager, bays): &(usize, Vec<(usize, u32)>)| {
        let mut line = Line::new(points, (*manager, &[]), way);
        let mut dead = None;
        for (index, bay) in bays {
            let outcome = match &dead {
                None => of_bay(*bay, what, &mut line),
                Some(error) => Err(NotDone::Hmc(vec![crate::hmc::Error::clone(error)])),
            };
            if let Err(NotDone::Hmc(errors)) = &outcome {
                dead = errors.iter().find(|error| error.is_dead()).cloned();
            }
            each(*index, outcome);
        }
    };
    fan_out(&chassis, way.width, work, |_, ()| {});
}

fn of_bay(bay: u32, what: &Sequence, line: &mut Line<'_>) -> Outcome {
    let devices = match what {
        Sequence::List => None,
        Sequence::Mode(_) => return Err(NotDone::NotHere(NO_MODES)),
        Sequence::Devices(words) => {
            let devices = words.iter().map(|word| Device::named(word));
            let devices: Option<Vec<_>> = devices.collect();
            Some(devices.ok_or(NotDone::NotHere(NO_HFI))?)
        }
    };
    let question = boot_sequence(bay);
    let failed = |error| NotDone::Hmc(vec![error]);
    let mut now = line.ask(&question).map_err(failed)?;
    if let Some(devices) = devices {
        let wanted: Vec<_> = devices
            .iter()
            .map(|device| device.name.to_owned())
            .collect();
        let wanted = names(&wanted);
        if names(&now) != wanted {
            line.send(&set_boot_sequence(bay, &devices), |look| {
                let now = look.ask(&question)?;
                Ok(format!("its boot sequence is {}", names(&now)))
            })?;
            if line.is_dry() {
                return Ok(line.done());
            }
            now = line.ask(&question).map_err(failed)?;
            if names(&now) != wanted {
                return Err(NotDone::OtherSequence(names(&now)));
            }
        }
    }
    Ok(Done::State(names(&now)))
}

/// Why a chassis manager takes no boot mode.
const NO_MODES: &str = "a chassis manager has no boot modes: write the devices in their order, \
                        such as net,hd0";

/// Why a chassis manager takes no HFI.
const NO_HFI: &str = "a chassis manager has no boot device hfi: that is one of POWER 775 systems";
