//! `lpar_netboot` for several LPARs at the same time.

use std::ops::ControlFlow;

use super::Error;
use crate::hmc::ask::{Ask, LparState};
use crate::hmc::boot::partitions;
use crate::hmc::change::close_console;
use crate::hmc::{self, Mtms, Points, netboot};
use crate::power::switch::identify;
use crate::power::systems::{Job, Out, System, each_system};
use crate::power::{Machine, NotDone, PowerNode, Stop};
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
    stop: &'a Stop,
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
/// take sessions, on `width` systems at once; hands what there is to tell to
/// `each` as it comes. Once `stop` is set nothing more is begun, and what runs
/// is hung up.
pub(super) fn each_lpar<T: Send>(
    points: &Points,
    nodes: &[PowerNode],
    (width, stop): (usize, &Stop),
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
    let work = |system: &System, out: &Out<Event<T>>| one_system(points, system, stop, &work, out);
    each_system(
        &nodes,
        width,
        |_, _| Ok(()),
        work,
        |at, outcome| each(kept[at], outcome),
    );
}

fn one_system<T: Send>(
    points: &Points,
    system: &System,
    stop: &Stop,
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
        if stop.is_set() {
            return Err(Error::NotBegun.into());
        }
        if known.secured.contains(id) {
            return Err(Error::SecureBoot.into());
        }
        let ready = Ready {
            points,
            hmc,
            hcps: system.hcps,
            stop,
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
    /// What would be sent.
    pub fn would<A, T>(&self, ask: &Ask<A>) -> Event<T> {
        let hmc = &self.points.target(self.hmc).name;
        Event::Would(format!("{hmc}: {}", ask.command.to_shell()))
    }

    /// Sends `ask` and waits for its end; tells `step` how far it has come.
    pub fn watch<A>(&self, ask: &Ask<A>, step: &mut dyn FnMut(&str)) -> Result<A, NotDone> {
        let mut begun = false;
        let mut watch = |line: Option<&str>| {
            begun = true;
            let said = line.and_then(|line| line.trim_start().strip_prefix('#'));
            // The head of the adapters' table has tabs.
            let said = said.map(|said| said.replace('\t', " "));
            if let Some(said) = said
                .as_deref()
                .map(str::trim)
                .filter(|said| !said.is_empty())
            {
                step(said);
            }
            match self.stop.is_set() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        if self.stop.is_set() {
            return Err(Error::NotBegun.into());
        }
        let answer = self.points.watch_one(self.hmc, ask, TIMES, &mut watch);
        answer.map_err(|error| self.afterwards(error))
    }

    /// What became of the LPAR whose boot ended with an error. A console that
    /// the command left open is closed: it would keep everybody out.
    fn afterwards(&self, error: hmc::Error) -> NotDone {
        let failure = match &error {
            hmc::Error::Remote(failure) => failure,
            hmc::Error::Refused { refusal, .. } => {
                let text = refusal.text.as_str();
                let reason = netboot::failure(text).unwrap_or_else(|| refusal.to_string());
                return Error::Failed {
                    hint: hint(&reason),
                    reason: hmc::refusal::printable(&reason),
                }
                .into();
            }
            hmc::Error::Garbled { .. } => return NotDone::Hmc(vec![error]),
        };
        let was_running = matches!(
            failure,
            Failure::Interrupted { .. } | Failure::TimedOut { .. } | Failure::Lost { .. }
        );
        if !was_running {
            return NotDone::Hmc(vec![error]);
        }
        if !matches!(failure, Failure::Lost { .. }) {
            // Whether it was open is not told; that it fails neither.
            let _ = self
                .points
                .ask_one(self.hmc, &close_console(self.system, self.id));
        }
        let states = hmc::ask::lpar_states(self.system);
        let states = self.points.ask(self.hcps, &states).ok();
        let state = states.and_then(|(_, states)| {
            let own = states.into_iter().find(|lpar| lpar.id == self.id)?;
            Some(own.state)
        });
        Error::Unknown {
            reason: Box::new(error),
            state,
        }
        .into()
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
