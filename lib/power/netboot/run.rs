//! `lpar_netboot` for several LPARs at the same time.

use std::ops::ControlFlow;

use super::{Error, Plan};
use crate::hmc::ask::{Ask, LparState};
use crate::hmc::boot::{Partition, partitions};
use crate::hmc::change::close_console;
use crate::hmc::{self, Mtms, Points, netboot};
use crate::power::line::{Look, would};
use crate::power::switch::{identify, its_state};
use crate::power::systems::{Job, Out, System, each_system};
use crate::power::{Machine, NotDone, PowerNode, Way};
use crate::remote::{Failure, fan_out};

/// `lpar_netboot` has ten times the time of other commands, as in xCAT.
const TIMES: u32 = 10;

/// What there is to tell about a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<T> {
    /// How far it has come, in the words of `lpar_netboot`.
    Step(String),
    /// What would be sent to which HMC, in a dry run.
    Would(String),
    /// It is done.
    Done(T),
}

/// An LPAR that is known to its HMC and can be booted.
pub(super) struct Ready<'a> {
    points: &'a Points<'a>,
    hmc: usize,
    hcps: &'a [usize],
    way: &'a Way,
    /// Its system.
    pub system: &'a Mtms,
    /// Its number.
    pub id: u32,
    /// Its name and its state.
    pub lpar: &'a LparState,
    /// Its definition.
    pub node: &'a PowerNode,
    /// The place of its definition among those handed in.
    pub index: usize,
}

/// Has `work` done for each LPAR of `nodes`, as many at once as their HMCs
/// take sessions; hands what there is to tell to `each` as it comes. Once work is
/// to end nothing more is begun, and what runs is hung up.
pub(super) fn each_lpar<T: Send>(
    points: &Points,
    nodes: &[PowerNode],
    way: &Way,
    check: impl Fn(usize) -> Result<(), NotDone>,
    work: impl Fn(&Ready, &mut dyn FnMut(&str)) -> Result<Event<T>, NotDone> + Sync,
    mut each: impl FnMut(usize, Result<Event<T>, NotDone>),
) {
    let mut kept = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let checked = match node.machine() {
            Ok(Machine::Cec | Machine::Frame) => Err(Error::NoLpar.into()),
            Ok(Machine::Lpar { .. }) if node.profile.is_empty() => Err(node.unset("pprofile")),
            Ok(Machine::Lpar { .. }) => check(index),
            Err(reason) => Err(reason),
        };
        match checked {
            Ok(()) => kept.push(index),
            Err(reason) => each(index, Err(reason)),
        }
    }
    let nodes: Vec<_> = kept.iter().map(|index| nodes[*index].clone()).collect();
    let work = |ready: &Ready, step: &mut dyn FnMut(&str)| {
        let index = kept[ready.index];
        work(&Ready { index, ..*ready }, step)
    };
    let work = |system: &System, out: &Out<Event<T>>| one_system(points, system, way, &work, out);
    each_system(
        &nodes,
        way.width,
        |_, _| Ok(()),
        work,
        |at, outcome| each(kept[at], outcome),
    );
}

fn one_system<T: Send>(
    points: &Points,
    system: &System,
    way: &Way,
    work: &(impl Fn(&Ready, &mut dyn FnMut(&str)) -> Result<Event<T>, NotDone> + Sync),
    out: &Out<Event<T>>,
) {
    let (hmc, known) = match points.ask(system.hcps, &partitions(system.mtms)) {
        Err(errors) => return out.fail(system.lpars().map(|(_, job)| job), &errors),
        Ok(answer) => answer,
    };
    let lpars: Vec<(u32, &Job)> = system.lpars().collect();
    let one = |(id, job): &(u32, &Job)| {
        let lpar = identify(system.mtms, *id, &job.node.name, &known.states)?;
        if known.secured.contains(id) {
            return Err(Error::SecureBoot.into());
        }
        let ready = Ready {
            points,
            hmc,
            hcps: system.hcps,
            way,
            system: system.mtms,
            id: *id,
            lpar,
            node: job.node,
            index: job.index,
        };
        work(&ready, &mut |step| {
            out.send(job, Ok(Event::Step(step.to_owned())));
        })
    };
    let width = points.target(hmc).max_sessions;
    fan_out(&lpars, width, one, |at, outcome| {
        out.send(lpars[at].1, outcome);
    });
}

impl Ready<'_> {
    /// What `lpar_netboot` is told of the LPAR.
    pub fn partition(&self, plan: &Plan, immediate: bool) -> Partition<'_> {
        Partition {
            name: &self.lpar.name,
            profile: &self.node.profile,
            system: self.system,
            fabric: plan.fabric,
            immediate: immediate || !plan.is_aix,
        }
    }

    /// Sends `ask` and waits for its end; tells `step` how far it has come. In a
    /// dry run gives what would be sent.
    pub fn send<A>(&self, ask: &Ask<A>, step: &mut dyn FnMut(&str)) -> Result<Event<A>, NotDone> {
        let stop = &self.way.stop;
        if self.way.dry_run {
            return Ok(Event::Would(would(self.points, self.hmc, ask)));
        }
        let mut watch = |line: Option<&str>| {
            let said = line.and_then(|line| line.trim_start().strip_prefix('#'));
            // The head of the adapters' table has tabs, which no terminal is sent.
            let said = said.map(|said| said.replace('\t', " "));
            if let Some(said) = said
                .as_deref()
                .map(str::trim)
                .filter(|said| !said.is_empty())
            {
                step(said);
            }
            match stop.is_set() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let turn = self.points.long_turn(self.hmc);
        // After the wait for others on the same HMC, which takes minutes.
        stop.hold();
        if stop.is_set() {
            return Err(NotDone::Interrupted);
        }
        let answer = turn.watch(ask, TIMES, &mut watch);
        answer
            .map(Event::Done)
            .map_err(|error| self.afterwards(error))
    }

    /// What became of the LPAR whose boot ended with an error. A console that
    /// the command left open is closed: it would keep everybody out.
    fn afterwards(&self, error: hmc::Error) -> NotDone {
        if let hmc::Error::Refused { refusal, .. } = &error {
            let text = refusal.text.as_str();
            let reason = netboot::failure(text).unwrap_or_else(|| refusal.to_string());
            return Error::Failed {
                hint: hint(&reason),
                reason: hmc::refusal::printable(&reason),
            }
            .into();
        }
        let is_lost = matches!(error, hmc::Error::Remote(Failure::Lost { .. }));
        if error.is_unclear() && !is_lost {
            // Whether it was open is not told; that it fails neither.
            let _ = self
                .points
                .ask_one(self.hmc, &close_console(self.system, self.id));
        }
        let look = Look {
            points: self.points,
            hmc: self.hmc,
            hcps: self.hcps,
        };
        look.after(error, |look| {
            let states = look.ask(&hmc::ask::lpar_states(self.system))?;
            let lpar = identify(self.system, self.id, &self.node.name, &states)?;
            Ok(its_state(&lpar.state))
        })
    }
}

/// What a complaint means.
fn hint(reason: &str) -> &'static str {
    match reason.contains("can not find physical location") {
        true => {
            " (POWER10 numbers ports from -T0, earlier systems from -T1; getmacs -D shows the location codes)"
        }
        false => "",
    }
}
