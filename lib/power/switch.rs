//! Switching and asking the power of partitions, managed systems and nodes of
//! chassis.
//!
//! The states of all partitions of a system are one question, then each change
//! is sent, one after the other, because a system carries them out so.

use std::time::Duration;

use super::blade::in_bay;
use super::chassis::both;
use super::line::{Line, Look};
use super::request::{Course, Op, Outcome, Request};
use super::systems::{Job, Out, System, each_machine};
use super::{Done, Machine, NotDone, PowerNode};
use crate::hmc::ask::{self, Lpar, LparState};
use crate::hmc::change::{Boot, LparChange, SystemChange, change_lpar, change_system};
use crate::hmc::refusal::printable;
use crate::hmc::{Mtms, Points};

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
    let behind_hmcs = |nodes: &[PowerNode], each: &mut dyn FnMut(usize, Outcome)| {
        each_machine(nodes, request.way.width, check, work, each);
    };
    let in_bay = |bay, line: &mut Line<'_>| in_bay(bay, request.op, line);
    both(points, &request.way, nodes, behind_hmcs, in_bay, each);
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
        Op::OsShutdown => LparChange::OsShutdown,
        Op::Reset => LparChange::Reset,
    }))
}

fn check(machine: Machine, op: Op) -> Result<(), NotDone> {
    let hwtype = match (machine, op) {
        (Machine::Lpar { .. }, Op::OnStandby) => "lpar",
        (Machine::Cec, Op::SoftOff | Op::OsShutdown | Op::Of | Op::Sms) => "cec",
        // The HMC has no command to switch a frame.
        (Machine::Frame, op) if op.changes() => "frame",
        _ => return Ok(()),
    };
    Err(NotDone::Unsupported {
        op: op.word(),
        hwtype,
    })
}

fn system_change(op: Op, state: &str) -> Option<SystemChange> {
    Some(match op {
        Op::On => SystemChange::On,
        Op::OnStandby => SystemChange::OnStandby,
        Op::Off => SystemChange::Off,
        Op::Reset => SystemChange::Reset,
        Op::Boot if is_on(state) => SystemChange::Reset,
        Op::Boot => SystemChange::On,
        Op::Stat | Op::SoftOff | Op::OsShutdown | Op::Of | Op::Sms => return None,
    })
}

/// xCAT's notion of on, for `boot`: all other states are off.
pub(super) fn is_on(state: &str) -> bool {
    matches!(state, "Operating" | "Running" | "Open Firmware")
}

fn run(system: &System, points: &Points, request: &Request, out: &Out<Done>) {
    if system.frames().next().is_some() {
        let state = points.ask(system.hcps, &ask::frame_state(system.mtms));
        let outcome = state.map(|(_, state)| Done::State(state));
        for job in system.frames() {
            out.send(job, outcome.clone().map_err(NotDone::Hmc));
        }
    }
    if system.cecs().next().is_some() {
        match points.ask(system.hcps, &ask::system_state(system.mtms)) {
            Err(errors) => out.fail(system.cecs(), &errors),
            Ok((hmc, state)) => {
                let mut change = Change::new(points, (hmc, system.hcps), request);
                for job in system.cecs() {
                    out.send(job, change.system(system.mtms, &state));
                }
            }
        }
    }
    if system.lpars().next().is_some() {
        match points.ask(system.hcps, &ask::lpar_states(system.mtms)) {
            Err(errors) => out.fail(system.lpars().map(|(_, job)| job), &errors),
            Ok((hmc, states)) => {
                let mut change = Change::new(points, (hmc, system.hcps), request);
                for (id, job) in system.lpars() {
                    out.send(job, change.lpar(system.mtms, (id, job), &states));
                }
            }
        }
    }
}

/// The changes of one system.
struct Change<'a> {
    op: Op,
    /// xCAT waits before each node that draws current.
    pause: Duration,
    line: Line<'a>,
}

impl<'a> Change<'a> {
    fn new(points: &'a Points<'a>, through: (usize, &'a [usize]), request: &'a Request) -> Self {
        Change {
            op: request.op,
            pause: match request.op.course() {
                Some(Course::On) => request.interval,
                Some(Course::Off) | None => Duration::ZERO,
            },
            line: Line::new(points, through, &request.way),
        }
    }

    fn system(&mut self, system: &Mtms, state: &str) -> Outcome {
        let Some(change) = system_change(self.op, state) else {
            return Ok(Done::State(state.to_owned()));
        };
        let again = |look: &Look| {
            let state = look.ask(&ask::system_state(system))?;
            Ok(its_state(&state))
        };
        let change = change_system(system, change);
        self.line.send_after(self.pause, &change, again)?;
        Ok(self.line.done())
    }

    fn lpar(&mut self, system: &Mtms, (id, job): (u32, &Job), states: &[LparState]) -> Outcome {
        let lpar = identify(system, id, &job.node.name, states)?;
        let Some(change) = lpar_change(job.node, self.op, &lpar.state)? else {
            return Ok(Done::State(lpar.state.clone()));
        };
        let again = |look: &Look| {
            let states = look.ask(&ask::lpar_states(system))?;
            let lpar = identify(system, id, &job.node.name, &states)?;
            Ok(its_state(&lpar.state))
        };
        let change = change_lpar(system, id, &change);
        self.line.send_after(self.pause, &change, again)?;
        Ok(self.line.done())
    }
}

/// What is told of the state of what was switched.
pub(super) fn its_state(state: &str) -> String {
    format!("its state is {}", printable(state))
}

/// A partition as an HMC lists it.
pub(super) trait Listed {
    /// Its name.
    fn name(&self) -> &str;
    /// Its number.
    fn id(&self) -> u32;
}

impl Listed for LparState {
    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> u32 {
        self.id
    }
}

impl Listed for Lpar {
    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> u32 {
        self.id
    }
}

/// Finds the partition of a number. A node may be named unlike its partition,
/// but not like another one of the same system: one of the two, number or
/// name, is out of date then.
///
/// # Errors
/// There is no such number, or it belongs to another partition.
pub(super) fn identify<'s, L: Listed>(
    system: &Mtms,
    id: u32,
    name: &str,
    lpars: &'s [L],
) -> Result<&'s L, NotDone> {
    let numbered = lpars.iter().find(|lpar| lpar.id() == id);
    let lpar = numbered.ok_or_else(|| NotDone::NoLpar {
        system: system.clone(),
        id,
    })?;
    let namesake = lpars.iter().find(|other| other.name() == name);
    match namesake {
        Some(other) if lpar.name() != name => Err(NotDone::OtherLpar {
            system: system.clone(),
            id,
            other: lpar.name().to_owned(),
            name: name.to_owned(),
            own: other.id(),
        }),
        _ => Ok(lpar),
    }
}

#[cfg(test)]
#[path = "switch_tests.rs"]
mod tests;
