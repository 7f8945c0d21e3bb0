//! Switching and asking the power of partitions and managed systems.
//!
//! The states of all partitions of a system are one question, then each change
//! is sent, one after the other, because a system carries them out so.

use std::thread;
use std::time::Duration;

use super::request::{Done, Op, Outcome, Request};
use super::systems::{Job, Out, System, each_system};
use super::{Machine, NotDone, PowerNode};
use crate::hmc::ask::{self, Ask, LparState};
use crate::hmc::change::{Boot, LparChange, SystemChange, change_lpar, change_system};
use crate::hmc::{self, Mtms, Points};

/// Carries out `request` on `nodes`; hands each outcome to `each`, with the
/// index of the node, on the calling thread and as it comes.
pub fn switch(
    points: &Points,
    request: &Request,
    nodes: &[PowerNode],
    each: impl FnMut(usize, Outcome),
) {
    let check = |_: &PowerNode, machine| check(machine, request.op);
    let work = |system: &System, out: &Out<Done>| run(system, points, request, out);
    each_system(nodes, request.width, check, work, each);
}

/// The change to send to a partition, seen in `state`; none to tell it.
fn lpar_change(node: &PowerNode, op: Op, state: &str) -> Result<Option<LparChange>, NotDone> {
    let on = |boot| match node.profile.as_str() {
        "" => Err(node.unset("pprofile")),
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

fn check(machine: Machine, op: Op) -> Result<(), NotDone> {
    let hwtype = match (machine, op) {
        (Machine::Lpar { .. }, Op::OnStandby) => "lpar",
        (Machine::Cec, Op::SoftOff | Op::Of | Op::Sms) => "cec",
        _ => return Ok(()),
    };
    Err(NotDone::Unsupported {
        op: op.word(),
        hwtype,
    })
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

fn run(system: &System, points: &Points, request: &Request, out: &Out<Done>) {
    if system.cecs().next().is_some() {
        match points.ask(system.hcps, &ask::system_state(system.mtms)) {
            Err(errors) => out.fail(system.cecs(), &errors),
            Ok((hmc, state)) => systems(
                system,
                &state,
                request,
                &mut line(points, hmc, request),
                out,
            ),
        }
    }
    if system.lpars().next().is_some() {
        match points.ask(system.hcps, &ask::lpar_states(system.mtms)) {
            Err(errors) => out.fail(system.lpars().map(|(_, job)| job), &errors),
            Ok((hmc, states)) => {
                let mut line = line(points, hmc, request);
                for (id, job) in system.lpars() {
                    out.send(
                        job,
                        partition(system.mtms, request.op, job, id, &states, &mut line),
                    );
                }
            }
        }
    }
}

fn systems(system: &System, state: &str, request: &Request, line: &mut Line, out: &Out<Done>) {
    for job in system.cecs() {
        let outcome = match system_change(request.op, state) {
            None => Ok(Done::State(state.to_owned())),
            Some(change) => line.send(&change_system(system.mtms, change), starts(request.op)),
        };
        out.send(job, outcome);
    }
}

fn partition(
    system: &Mtms,
    op: Op,
    job: &Job,
    id: u32,
    states: &[LparState],
    line: &mut Line,
) -> Outcome {
    let lpar = identify(system, id, &job.node.name, states)?;
    match lpar_change(job.node, op, &lpar.state)? {
        None => Ok(Done::State(lpar.state.clone())),
        Some(change) => line.send(&change_lpar(system, id, &change), starts(op)),
    }
}

/// Finds the partition of a number. A node may be named unlike its partition,
/// but not like another one of the same system: one of the two, number or
/// name, is out of date then.
///
/// # Errors
/// There is no such number, or it belongs to another partition.
pub(super) fn identify<'s>(
    system: &Mtms,
    id: u32,
    name: &str,
    states: &'s [LparState],
) -> Result<&'s LparState, NotDone> {
    let numbered = states.iter().find(|lpar| lpar.id == id);
    let lpar = numbered.ok_or_else(|| NotDone::NoLpar {
        system: system.clone(),
        id,
    })?;
    let namesake = states.iter().find(|other| other.name == name);
    match namesake {
        Some(other) if lpar.name != name => Err(NotDone::OtherLpar {
            system: system.clone(),
            id,
            other: lpar.name.clone(),
            name: name.to_owned(),
            own: other.id,
        }),
        _ => Ok(lpar),
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

fn line<'a>(points: &'a Points<'a>, hmc: usize, request: &Request) -> Line<'a> {
    Line {
        points,
        hmc,
        interval: request.interval,
        lost: None,
    }
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
