//! Changing partitions while they run (DLPAR).

use std::fmt;

use super::attributes::{Assignment, Sign};
use super::problem::Problem;
use super::slots::{self, IO_SLOTS, Slots};
use crate::hmc::ask::Ask;
use crate::hmc::dlpar::{
    Direction, Held, Processors, Range, Units, change_memory, change_processors, memory,
    processors, region_size,
};
use crate::hmc::profile::Partition;
use crate::hmc::refusal::printable;
use crate::hmc::{self, Mtms, Points};
use crate::power::NotDone;
use crate::power::line::{Line, Look};

/// Attributes of which a running partition has a counterpart that can change,
/// beside [`IO_SLOTS`].
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
    /// Read only if slots are to be changed.
    pub slots: Vec<hmc::slots::Held>,
}

/// What is to be given to a running partition or taken from it, one after the
/// other.
#[derive(Debug, Default)]
pub(super) struct Dynamic {
    steps: Vec<Step>,
}

/// One command.
#[derive(Debug)]
enum Step {
    Memory(Direction, u64),
    /// Processors and units, together where they go in the same direction.
    Processors(Direction, Option<u64>, Option<Units>),
    Slot(slots::Step),
}

impl Resources {
    pub fn read(
        points: &Points<'_>,
        hmc: usize,
        system: &Mtms,
        with_slots: bool,
    ) -> Result<Self, hmc::Error> {
        Ok(Resources {
            slots: match with_slots {
                true => points.ask_one(hmc, &hmc::slots::held(system))?,
                false => Vec::new(),
            },
            memory: points.ask_one(hmc, &memory(system))?,
            region: points.ask_one(hmc, &region_size(system))?,
            processors: points.ask_one(hmc, &processors(system))?,
        })
    }

    /// What is to be done so that a partition has what its profile will say. One
    /// that is off gets it when it is activated.
    pub fn plan(
        &self,
        lpar: &Partition,
        changes: &[Assignment],
        slots: &Slots<'_>,
    ) -> Result<Dynamic, NotDone> {
        let other = |change: &&Assignment| {
            let name = change.name.as_str();
            let number = DYNAMIC.contains(&name) || LIMITS.contains(&name);
            name != IO_SLOTS && (change.sign != Sign::Set || !number)
        };
        let others = changes.iter().filter(other).map(Assignment::left);
        let others: Vec<_> = others.collect();
        if !others.is_empty() {
            return Problem::NotDynamic(others).is();
        }
        if lpar.state == "Not Activated" && slots.from.is_none() {
            return Ok(Dynamic::default());
        }
        [Some(lpar), slots.from]
            .into_iter()
            .flatten()
            .try_for_each(is_dynamic)?;
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
        let memory = self.memory(lpar, wanted("desired_mem"))?;
        let memory = memory.map(|(direction, amount)| Step::Memory(direction, amount));
        let mut steps: Vec<_> = memory.into_iter().chain(together(procs, units)).collect();
        if let Some(change) = wanted(IO_SLOTS) {
            let slots = slots.plan(lpar, change)?;
            steps.extend(slots.into_iter().map(Step::Slot));
        }
        Ok(Dynamic { steps })
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

/// Whether it runs and answers, so that it can be changed meanwhile.
fn is_dynamic(lpar: &Partition) -> Result<(), Problem> {
    let reason = match lpar.state.as_str() {
        "Running" if lpar.rmc => return Ok(()),
        "Running" => "its RMC connection is not active".to_owned(),
        state => format!("it is {}", printable(state)),
    };
    let lpar = lpar.name.clone();
    Err(Problem::NoDlpar { lpar, reason })
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

type Way<T> = Option<(Direction, T)>;

fn together(procs: Way<u64>, units: Way<Units>) -> Vec<Step> {
    match (procs, units) {
        (None, None) => Vec::new(),
        (Some((one, procs)), Some((other, units))) if one == other => {
            vec![Step::Processors(one, Some(procs), Some(units))]
        }
        (procs, units) => {
            let procs = procs.map(|(way, procs)| Step::Processors(way, Some(procs), None));
            let units = units.map(|(way, units)| Step::Processors(way, None, Some(units)));
            procs.into_iter().chain(units).collect()
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |direction: &Direction| match direction {
            Direction::Add => '+',
            Direction::Remove => '-',
        };
        match self {
            Step::Memory(way, amount) => write!(f, "memory {}{amount} MB", sign(way)),
            Step::Processors(way, Some(procs), None) => {
                write!(f, "processors {}{procs}", sign(way))
            }
            Step::Processors(way, procs, units) => {
                let units = units.unwrap_or(Units(0));
                if let Some(procs) = procs {
                    write!(f, "processors {}{procs}, ", sign(way))?;
                }
                write!(f, "processing units {}{units}", sign(way))
            }
            Step::Slot(step) => step.fmt(f),
        }
    }
}

impl Step {
    fn ask(&self, system: &Mtms, lpar: u32) -> Ask<()> {
        match self {
            Step::Memory(way, amount) => change_memory(system, lpar, *way, *amount),
            Step::Processors(way, procs, units) => {
                change_processors(system, lpar, *way, *procs, *units)
            }
            Step::Slot(step) => step.ask(system, lpar),
        }
    }

    /// What the partition has now.
    fn seen(&self, system: &Mtms, lpar: u32, look: &Look<'_>) -> Result<String, NotDone> {
        match self {
            Step::Memory(..) => {
                let held = look.ask(&memory(system))?;
                let now = held.iter().find(|held| held.lpar == lpar);
                let now = now.map_or(0, |held| held.range.now);
                Ok(format!("the LPAR has {now} MB of memory"))
            }
            Step::Processors(..) => {
                let held = look.ask(&processors(system))?;
                let now = held.iter().find(|held| held.lpar == lpar);
                let now = now.map_or(0, |held| held.range.procs.now);
                Ok(format!("the LPAR has {now} processors"))
            }
            Step::Slot(step) => step.seen(system, look),
        }
    }
}

impl Dynamic {
    /// Sends the changes: memory, processors, slots. Where there are several, it
    /// is said which one failed, and what was done before.
    pub fn send(&self, system: &Mtms, lpar: u32, line: &mut Line<'_>) -> Result<(), NotDone> {
        for (place, step) in self.steps.iter().enumerate() {
            let change = step.ask(system, lpar);
            let sent = line.send(&change, |look| step.seen(system, lpar, look));
            let Err(reason) = sent else { continue };
            let unclear = matches!(reason, NotDone::Unclear { .. });
            let reason = match self.steps.len() {
                1 => reason,
                _ => NotDone::Of {
                    of: step.to_string(),
                    reason: Box::new(reason),
                },
            };
            return Err(match (place, unclear) {
                (0, true) => NotDone::Partly {
                    done: "its profile was not changed".to_owned(),
                    reason: Box::new(reason),
                },
                _ => self.partly(place, reason),
            });
        }
        Ok(())
    }

    /// The error after so many steps.
    fn partly(&self, done: usize, reason: NotDone) -> NotDone {
        let done: Vec<_> = self.steps[..done].iter().map(ToString::to_string).collect();
        match done.is_empty() {
            true => reason,
            false => NotDone::Partly {
                done: format!(
                    "the running LPAR was changed ({}), its profile was not",
                    done.join(", ")
                ),
                reason: Box::new(reason),
            },
        }
    }

    /// What to say if the profile could not be changed afterwards.
    pub fn done(&self, reason: NotDone) -> NotDone {
        self.partly(self.steps.len(), reason)
    }

    /// The slots that are taken from another partition.
    pub fn moved(&self) -> Vec<&str> {
        self.slots().filter_map(slots::Step::moved).collect()
    }

    /// Whether slots change.
    pub fn has_slots(&self) -> bool {
        self.slots().next().is_some()
    }

    fn slots(&self) -> impl Iterator<Item = &slots::Step> {
        self.steps.iter().filter_map(|step| match step {
            Step::Slot(step) => Some(step),
            Step::Memory(..) | Step::Processors(..) => None,
        })
    }
}
