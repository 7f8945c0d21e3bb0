//! Switching and asking the power of partitions and managed systems.
//!
//! The states of all partitions of a system are one question, then each change
//! is sent, one after the other, because a system carries them out so.

use super::line::{Line, Turn};
use super::request::{Course, Done, Op, Outcome, Request};
use super::systems::{Job, Out, System, each_machine};
use super::{Machine, NotDone, PowerNode};
use crate::hmc::ask::{self, LparState};
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
    each_machine(nodes, request.width, check, work, each);
}

/// The change to send to a partition, seen in `state`; none to tell it.
fn lpar_change(
    node: &PowerNode,
    op: Op,
    state: &str,
) -> Result<Option<(LparChange, Course)>, NotDone> {
    let on = |boot| match node.profile.as_str() {
        "" => Err(node.unset("pprofile")),
        profile => Ok((
            LparChange::On {
                boot,
                profile: profile.to_owned(),
            },
            Course::On,
        )),
    };
    Ok(Some(match op {
        Op::Stat | Op::OnStandby => return Ok(None),
        Op::On => on(Boot::Normal)?,
        Op::Of => on(Boot::OpenFirmware)?,
        Op::Sms => on(Boot::Sms)?,
        Op::Boot if is_on(state) => (LparChange::Reset, Course::On),
        Op::Boot => on(Boot::Normal)?,
        Op::Off => (LparChange::Off, Course::Off),
        Op::SoftOff => (LparChange::SoftOff, Course::Off),
        Op::OsShutdown => (LparChange::OsShutdown, Course::Off),
        Op::Reset => (LparChange::Reset, Course::On),
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

fn system_change(op: Op, state: &str) -> Option<(SystemChange, Course)> {
    Some(match op {
        Op::On => (SystemChange::On, Course::On),
        Op::OnStandby => (SystemChange::OnStandby, Course::On),
        Op::Off => (SystemChange::Off, Course::Off),
        Op::Reset => (SystemChange::Reset, Course::On),
        Op::Boot if is_on(state) => (SystemChange::Reset, Course::On),
        Op::Boot => (SystemChange::On, Course::On),
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
                let mut line = Line::new(points, hmc, request);
                systems(system, &state, request.op, &mut line, out);
            }
        }
    }
    if system.lpars().next().is_some() {
        match points.ask(system.hcps, &ask::lpar_states(system.mtms)) {
            Err(errors) => out.fail(system.lpars().map(|(_, job)| job), &errors),
            Ok((hmc, states)) => {
                let mut line = Line::new(points, hmc, request);
                for (id, job) in system.lpars() {
                    let outcome = partition(system, request.op, job, id, &states, &mut line);
                    out.send(job, outcome);
                }
            }
        }
    }
}

fn systems(system: &System, state: &str, op: Op, line: &mut Line, out: &Out<Done>) {
    let again = |points: &Points, hcps: &[usize]| {
        let state = points.ask(hcps, &ask::system_state(system.mtms));
        state
            .map(|(_, state)| state)
            .map_err(|errors| said(&errors))
    };
    for job in system.cecs() {
        let outcome = match system_change(op, state) {
            None => Ok(Done::State(state.to_owned())),
            Some((change, course)) => {
                let turn = Turn {
                    course,
                    state: &again,
                };
                line.send(system, &change_system(system.mtms, change), &turn)
            }
        };
        out.send(job, outcome);
    }
}

fn partition(
    system: &System,
    op: Op,
    job: &Job,
    id: u32,
    states: &[LparState],
    line: &mut Line,
) -> Outcome {
    let lpar = identify(system.mtms, id, &job.node.name, states)?;
    let Some((change, course)) = lpar_change(job.node, op, &lpar.state)? else {
        return Ok(Done::State(lpar.state.clone()));
    };
    let again = |points: &Points, hcps: &[usize]| {
        let states = points.ask(hcps, &ask::lpar_states(system.mtms));
        let (_, states) = states.map_err(|errors| said(&errors))?;
        let lpar = identify(system.mtms, id, &job.node.name, &states);
        lpar.map(|lpar| lpar.state.clone())
            .map_err(|reason| reason.to_string())
    };
    let turn = Turn {
        course,
        state: &again,
    };
    line.send(system, &change_lpar(system.mtms, id, &change), &turn)
}

/// What HMCs said, on one line.
fn said(errors: &[hmc::Error]) -> String {
    NotDone::Hmc(errors.to_vec()).to_string()
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

#[cfg(test)]
#[path = "switch_tests.rs"]
mod tests;
