//! Switching and asking the power of partitions and managed systems.
//!
//! Nodes are laid together by managed system: the states of all its partitions
//! are one question, then each change is sent, one after the other, because a
//! system carries them out so. Systems are worked on at the same time, on one
//! HMC as many as it has sessions, and each node's outcome is handed over as
//! soon as it is known.

use std::collections::HashMap;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use super::request::{Done, NotDone, Op, Outcome, PowerNode, Request};
use crate::hmc::ask::{self, Ask, LparState};
use crate::hmc::change::{Boot, LparChange, SystemChange, change_lpar, change_system};
use crate::hmc::{self, Mtms, Points};
use crate::remote::fan_out;

/// Carries out `request` on `nodes`; hands each outcome to `each`, with the
/// index of the node, on the calling thread and as it comes.
pub fn switch(
    points: &Points,
    request: &Request,
    nodes: &[PowerNode],
    mut each: impl FnMut(usize, Outcome),
) {
    let mut units: Vec<Unit> = Vec::new();
    let mut places: HashMap<(&Mtms, &[usize]), usize> = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        match Job::new(index, node, request.op) {
            Err(reason) => each(index, Err(reason)),
            Ok((system, job)) => {
                let place = *places.entry((system, &node.hcps)).or_insert(units.len());
                if place == units.len() {
                    units.push(Unit {
                        system,
                        hcps: &node.hcps,
                        jobs: Vec::new(),
                    });
                }
                units[place].jobs.push(job);
            }
        }
    }
    let units = interleaved(units);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            // Each unit has its own end of the channel; the last closes it.
            let sender = sender;
            fan_out(
                &units,
                request.width,
                |unit| unit.run(points, request, &sender.clone()),
                |_, ()| {},
            );
        });
        for (index, outcome) in receiver {
            each(index, outcome);
        }
    });
}

/// Orders the systems so that those of one HMC do not stand together: a slow
/// HMC would keep all threads while others could be served.
fn interleaved<'a>(units: Vec<Unit<'a>>) -> Vec<Unit<'a>> {
    let mut seen: HashMap<&'a [usize], usize> = HashMap::new();
    let rank = |unit: Unit<'a>| {
        let rank = seen.entry(unit.hcps).or_default();
        *rank += 1;
        (*rank, unit)
    };
    let mut ranked: Vec<_> = units.into_iter().map(rank).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, unit)| unit).collect()
}

/// A node with what its definition says, checked.
struct Job<'a> {
    index: usize,
    node: &'a PowerNode,
    what: What,
}

enum What {
    Lpar { id: u32 },
    Cec,
}

impl<'a> Job<'a> {
    fn new(index: usize, node: &'a PowerNode, op: Op) -> Result<(&'a Mtms, Self), NotDone> {
        let unset = |attribute, of: &str| NotDone::Unset {
            attribute,
            of: of.to_owned(),
        };
        let (what, owner) = match node.hwtype.as_str() {
            "lpar" => {
                let id = node.id.parse().map_err(|_| unset("id", &node.name))?;
                (What::Lpar { id }, &node.parent)
            }
            "cec" => (What::Cec, &node.name),
            "" => return Err(unset("hwtype", &node.name)),
            other => return Err(NotDone::NodeType(other.to_owned())),
        };
        if !matches!(node.mgt.as_str(), "" | "hmc") {
            return Err(NotDone::NotManaged(node.mgt.clone()));
        }
        what.check(op)?;
        if matches!(what, What::Lpar { .. }) && node.parent.is_empty() {
            return Err(unset("parent", &node.name));
        }
        if node.hcps.is_empty() {
            return Err(unset("hcp", &node.name));
        }
        let system = node
            .system
            .as_ref()
            .ok_or_else(|| unset("mtm or serial", owner))?;
        Ok((system, Job { index, node, what }))
    }

    /// The change to send to a partition, seen in `state`; none to tell it.
    fn lpar_change(&self, op: Op, state: &str) -> Result<Option<LparChange>, NotDone> {
        let on = |boot| match self.node.profile.as_str() {
            "" => Err(NotDone::Unset {
                attribute: "pprofile",
                of: self.node.name.clone(),
            }),
            profile => Ok(LparChange::On {
                boot,
                profile: profile.to_owned(),
            }),
        };
        Ok(Some(match op {
            Op::Stat | Op::OnStandby => return Ok(None),
            Op::On => on(Boot::Normal)?,
            Op::Of => on(Boot::OpenFirmware)?,
            Op::Sms => on(Boot::Sms)?,
            Op::Boot if is_on(state) => LparChange::Reset,
            Op::Boot => on(Boot::Normal)?,
            Op::Off => LparChange::Off,
            Op::SoftOff => LparChange::SoftOff,
            Op::Reset => LparChange::Reset,
        }))
    }
}

impl What {
    fn check(&self, op: Op) -> Result<(), NotDone> {
        let hwtype = match (self, op) {
            (What::Lpar { .. }, Op::OnStandby) => "lpar",
            (What::Cec, Op::SoftOff | Op::Of | Op::Sms) => "cec",
            _ => return Ok(()),
        };
        Err(NotDone::Unsupported {
            op: op.word(),
            hwtype,
        })
    }
}

fn system_change(op: Op, state: &str) -> Option<SystemChange> {
    match op {
        Op::On => Some(SystemChange::On),
        Op::OnStandby => Some(SystemChange::OnStandby),
        Op::Off => Some(SystemChange::Off),
        Op::Reset => Some(SystemChange::Reset),
        Op::Boot if is_on(state) => Some(SystemChange::Reset),
        Op::Boot => Some(SystemChange::On),
        Op::Stat | Op::SoftOff | Op::Of | Op::Sms => None,
    }
}

/// xCAT's notion of on, for `boot`: all other states are off.
fn is_on(state: &str) -> bool {
    matches!(state, "Operating" | "Running" | "Open Firmware")
}

/// The nodes of one managed system under the same control points.
struct Unit<'a> {
    system: &'a Mtms,
    hcps: &'a [usize],
    jobs: Vec<Job<'a>>,
}

type Sent<'a> = Sender<(usize, Outcome)>;

impl Unit<'_> {
    fn run(&self, points: &Points, request: &Request, out: &Sent) {
        let is_lpar = |job: &&Job| matches!(job.what, What::Lpar { .. });
        let (lpars, cecs): (Vec<_>, Vec<_>) = self.jobs.iter().partition(is_lpar);
        if !cecs.is_empty() {
            let state = points.ask(self.hcps, &ask::system_state(self.system));
            self.systems(points, request, &cecs, state, out);
        }
        if !lpars.is_empty() {
            let states = points.ask(self.hcps, &ask::lpar_states(self.system));
            self.partitions(points, request, &lpars, states, out);
        }
    }

    fn systems(
        &self,
        points: &Points,
        request: &Request,
        jobs: &[&Job],
        state: Result<(usize, String), Vec<hmc::Error>>,
        out: &Sent,
    ) {
        let (hmc, state) = match state {
            Ok(answer) => answer,
            Err(errors) => return fail(jobs, &errors, out),
        };
        let mut line = Line {
            points,
            hmc,
            interval: request.interval,
            lost: None,
        };
        for job in jobs {
            let outcome = match system_change(request.op, &state) {
                None => Ok(Done::State(state.clone())),
                Some(change) => line.send(&change_system(self.system, change), starts(request.op)),
            };
            let _ = out.send((job.index, outcome));
        }
    }

    fn partitions(
        &self,
        points: &Points,
        request: &Request,
        jobs: &[&Job],
        states: Result<(usize, Vec<LparState>), Vec<hmc::Error>>,
        out: &Sent,
    ) {
        let (hmc, states) = match states {
            Ok(answer) => answer,
            Err(errors) => return fail(jobs, &errors, out),
        };
        let mut line = Line {
            points,
            hmc,
            interval: request.interval,
            lost: None,
        };
        for job in jobs {
            let outcome = self.partition(request.op, job, &states, &mut line);
            let _ = out.send((job.index, outcome));
        }
    }

    fn partition(&self, op: Op, job: &Job, states: &[LparState], line: &mut Line) -> Outcome {
        let What::Lpar { id } = job.what else {
            return Err(NotDone::NodeType(job.node.hwtype.clone()));
        };
        let lpar = self.identify(id, &job.node.name, states)?;
        match job.lpar_change(op, &lpar.state)? {
            None => Ok(Done::State(lpar.state.clone())),
            Some(change) => line.send(&change_lpar(self.system, id, &change), starts(op)),
        }
    }

    /// Finds the partition of a number. A node may be named unlike its
    /// partition, but not like another one of the same system: one of the two,
    /// number or name, is out of date then.
    fn identify<'s>(
        &self,
        id: u32,
        name: &str,
        states: &'s [LparState],
    ) -> Result<&'s LparState, NotDone> {
        let numbered = states.iter().find(|lpar| lpar.id == id);
        let lpar = numbered.ok_or_else(|| NotDone::NoLpar {
            system: self.system.clone(),
            id,
        })?;
        let namesake = states.iter().find(|other| other.name == name);
        match namesake {
            Some(other) if lpar.name != name => Err(NotDone::OtherLpar {
                system: self.system.clone(),
                id,
                other: lpar.name.clone(),
                name: name.to_owned(),
                own: other.id,
            }),
            _ => Ok(lpar),
        }
    }
}

fn fail(jobs: &[&Job], errors: &[hmc::Error], out: &Sent) {
    for job in jobs {
        let _ = out.send((job.index, Err(NotDone::Hmc(errors.to_vec()))));
    }
}

/// Whether the operation draws current: between these xCAT waits.
fn starts(op: Op) -> bool {
    !matches!(op, Op::Stat | Op::Off | Op::SoftOff)
}

/// The HMC that a system is switched through. What was sent to one HMC is not
/// sent to another: the first may have done it.
struct Line<'a> {
    points: &'a Points<'a>,
    hmc: usize,
    interval: Duration,
    lost: Option<hmc::Error>,
}

impl Line<'_> {
    fn send(&mut self, change: &Ask<()>, wait: bool) -> Outcome {
        if let Some(error) = &self.lost {
            return Err(NotDone::NotSent(error.clone()));
        }
        if wait && !self.interval.is_zero() {
            thread::sleep(self.interval);
        }
        self.points
            .ask_one(self.hmc, change)
            .map(|()| Done::Success)
            .map_err(|error| {
                if error.is_dead() {
                    self.lost = Some(error.clone());
                }
                NotDone::Hmc(vec![error])
            })
    }
}

#[cfg(test)]
#[path = "switch_tests.rs"]
mod tests;
