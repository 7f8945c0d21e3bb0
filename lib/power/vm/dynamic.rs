//! Changing partitions while they run (DLPAR).

use super::attributes::{Assignment, Sign};
use super::problem::Problem;
use crate::hmc::dlpar::{
    Direction, Held, Processors, Range, Units, change_memory, change_processors, memory,
    processors, region_size,
};
use crate::hmc::profile::Partition;
use crate::hmc::refusal::printable;
use crate::hmc::{self, Mtms, Points};
use crate::power::NotDone;
use crate::power::line::Line;

/// Attributes of which a running partition has a counterpart that can change.
const DYNAMIC: [&str; 3] = ["desired_mem", "desired_procs", "desired_proc_units"];

/// Attributes that can only count from the next activation on.
const LIMITS: [&str; 6] = [
    "min_mem",
    "max_mem",
    "min_procs",
    "max_procs",
    "min_proc_units",
    "max_proc_units",
];

/// What the partitions of a system have now.
#[derive(Debug)]
pub(super) struct Resources {
    memory: Vec<Held<Range<u64>>>,
    region: u64,
    processors: Vec<Held<Processors>>,
}

/// What is to be given to a running partition or taken from it.
#[derive(Debug, Default)]
pub(super) struct Dynamic {
    memory: Option<(Direction, u64)>,
    /// Processors and units, together where they go in the same direction.
    processors: Vec<(Direction, Option<u64>, Option<Units>)>,
}

impl Resources {
    pub fn read(points: &Points<'_>, hmc: usize, system: &Mtms) -> Result<Self, hmc::Error> {
        Ok(Resources {
            memory: points.ask_one(hmc, &memory(system))?,
            region: points.ask_one(hmc, &region_size(system))?,
            processors: points.ask_one(hmc, &processors(system))?,
        })
    }

    /// What is to be done so that a partition has what its profile will say. One
    /// that is off gets it when it is activated.
    pub fn plan(&self, lpar: &Partition, changes: &[Assignment]) -> Result<Dynamic, NotDone> {
        let other = |change: &&Assignment| {
            let name = change.name.as_str();
            change.sign != Sign::Set || !(DYNAMIC.contains(&name) || LIMITS.contains(&name))
        };
        let others = changes.iter().filter(other).map(Assignment::left);
        let others: Vec<_> = others.collect();
        if !others.is_empty() {
            return Problem::NotDynamic(others).is();
        }
        let reason = match lpar.state.as_str() {
            "Not Activated" => return Ok(Dynamic::default()),
            "Running" if lpar.rmc => None,
            "Running" => Some("its RMC connection is not active".to_owned()),
            state => Some(format!("it is {}", printable(state))),
        };
        if let Some(reason) = reason {
            let lpar = lpar.name.clone();
            return Problem::NoDlpar { lpar, reason }.is();
        }
        let wanted = |name: &str| changes.iter().find(|change| change.name == name);
        let held = self.processors.iter().find(|held| held.lpar == lpar.id);
        let procs = match (wanted("desired_procs"), held) {
            (Some(change), Some(held)) => {
                step(change, held.range.procs, |value| value.parse().ok())?
            }
            _ => None,
        };
        let units = match (
            wanted("desired_proc_units"),
            held.map(|held| held.range.units),
        ) {
            (Some(change), Some(Some(range))) => {
                let range = Range {
                    min: range.min.0,
                    now: range.now.0,
                    max: range.max.0,
                };
                let units = |text: &str| text.parse::<Units>().ok().map(|units| units.0);
                step(change, range, units)?.map(|(direction, units)| (direction, Units(units)))
            }
            (Some(_), _) => return Problem::Dedicated(lpar.name.clone()).is(),
            _ => None,
        };
        Ok(Dynamic {
            memory: self.memory(lpar, wanted("desired_mem"))?,
            processors: together(procs, units),
        })
    }

    fn memory(
        &self,
        lpar: &Partition,
        wanted: Option<&Assignment>,
    ) -> Result<Option<(Direction, u64)>, Problem> {
        let held = self.memory.iter().find(|held| held.lpar == lpar.id);
        let (Some(change), Some(held)) = (wanted, held) else {
            return Ok(None);
        };
        let step = step(change, held.range, |value| value.parse().ok())?;
        match step {
            Some((_, amount)) if self.region > 0 && amount % self.region != 0 => {
                Err(Problem::Region {
                    amount,
                    region: self.region,
                })
            }
            step => Ok(step),
        }
    }
}

/// How far it is from what a partition has to what is wanted; none if it has
/// it.
fn step(
    change: &Assignment,
    range: Range<u64>,
    read: impl Fn(&str) -> Option<u64>,
) -> Result<Option<(Direction, u64)>, Problem> {
    let bad = || Problem::Number(change.name.clone(), change.value.clone());
    let wanted = read(&change.value).ok_or_else(bad)?;
    if !(range.min..=range.max).contains(&wanted) {
        return Err(Problem::OutOfRange(
            change.name.clone(),
            change.value.clone(),
        ));
    }
    Ok(match wanted.cmp(&range.now) {
        std::cmp::Ordering::Less => Some((Direction::Remove, range.now - wanted)),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some((Direction::Add, wanted - range.now)),
    })
}

type Step<T> = Option<(Direction, T)>;

fn together(procs: Step<u64>, units: Step<Units>) -> Vec<(Direction, Option<u64>, Option<Units>)> {
    match (procs, units) {
        (None, None) => Vec::new(),
        (Some((one, procs)), Some((other, units))) if one == other => {
            vec![(one, Some(procs), Some(units))]
        }
        (procs, units) => {
            let procs = procs.map(|(direction, procs)| (direction, Some(procs), None));
            let units = units.map(|(direction, units)| (direction, None, Some(units)));
            procs.into_iter().chain(units).collect()
        }
    }
}

impl Dynamic {
    /// Sends the changes, memory first.
    pub fn send(&self, system: &Mtms, lpar: u32, line: &mut Line<'_>) -> Result<(), NotDone> {
        if let Some((direction, amount)) = self.memory {
            let change = change_memory(system, lpar, direction, amount);
            line.send(&change, |look| {
                let held = look.ask(&memory(system))?;
                let now = held.iter().find(|held| held.lpar == lpar);
                let now = now.map_or(0, |held| held.range.now);
                Ok(format!("the LPAR has {now} MB of memory"))
            })?;
        }
        for (place, (direction, procs, units)) in self.processors.iter().enumerate() {
            let change = change_processors(system, lpar, *direction, *procs, *units);
            let sent = line.send(&change, |look| {
                let held = look.ask(&processors(system))?;
                let now = held.iter().find(|held| held.lpar == lpar);
                let now = now.map_or(0, |held| held.range.procs.now);
                Ok(format!("the LPAR has {now} processors"))
            });
            match sent {
                Err(reason) if self.memory.is_some() || place > 0 => {
                    let done = "a part was changed in the running LPAR, its profile was not";
                    return Err(NotDone::Partly {
                        done: done.to_owned(),
                        reason: Box::new(reason),
                    });
                }
                sent => sent?,
            }
        }
        Ok(())
    }

    /// What to say if the profile could not be changed afterwards.
    pub fn done(&self, reason: NotDone) -> NotDone {
        match self.memory.is_none() && self.processors.is_empty() {
            true => reason,
            false => NotDone::Partly {
                done: "the running LPAR was changed, its profile was not".to_owned(),
                reason: Box::new(reason),
            },
        }
    }
}
