//! How changes are sent: those of one system one after the other, to one HMC;
//! or only told.

use std::fmt;
use std::time::Duration;

use super::{NotDone, Stop};
use crate::hmc::ask::Ask;
use crate::hmc::refusal::printable;
use crate::hmc::{self, Points};

/// How a command goes about its changes.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// They are told only, after all that can be checked was checked.
    pub dry_run: bool,
    /// When to end early.
    pub stop: Stop,
    /// Systems worked on at the same time (site `ppcmaxp`).
    pub width: usize,
}

/// What was done with a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It was asked only: what the HMC said, such as its state (`Running`, `Not
    /// Activated`, `Operating`).
    State(String),
    /// It was changed, or was as wanted already.
    Success,
    /// The same of a node in a chassis, of which xCAT tells what it did.
    Power {
        /// xCAT's words: `on`, `reset`, `off on`, …
        words: &'static str,
        /// Whether anything was sent; else it was as wanted already.
        sent: bool,
    },
    /// Nothing was done; what would have been sent to which HMC, a line a
    /// command.
    Would(Vec<String>),
}

impl Done {
    /// The lines to print.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Done::State(state) => vec![printable(state)],
            Done::Success => vec!["Success".to_owned()],
            Done::Power { words, .. } => vec![(*words).to_owned()],
            Done::Would(commands) if commands.is_empty() => vec!["nothing to change".to_owned()],
            Done::Would(commands) => commands.clone(),
        }
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

/// The HMC that a system is changed through. What was sent to one HMC is not
/// sent to another: the first may have done it.
pub(super) struct Line<'a> {
    look: Look<'a>,
    way: &'a Way,
    lost: Option<hmc::Error>,
    told: Vec<String>,
}

impl<'a> Line<'a> {
    /// The line through `hmc`; all of `hcps` can be asked what became of a
    /// change.
    pub fn new(points: &'a Points<'a>, (hmc, hcps): (usize, &'a [usize]), way: &'a Way) -> Self {
        Line {
            look: Look { points, hmc, hcps },
            way,
            lost: None,
            told: Vec::new(),
        }
    }

    /// Sends a change, or in a dry run notes what would be sent. If its end is
    /// lost, `seen` says what became of it.
    pub fn send(
        &mut self,
        change: &Ask<()>,
        seen: impl FnOnce(&Look<'_>) -> Result<String, NotDone>,
    ) -> Result<(), NotDone> {
        self.send_after(Duration::ZERO, change, seen)
    }

    /// The same, after a pause.
    pub fn send_after(
        &mut self,
        pause: Duration,
        change: &Ask<()>,
        seen: impl FnOnce(&Look<'_>) -> Result<String, NotDone>,
    ) -> Result<(), NotDone> {
        if self.way.dry_run {
            let Look { points, hmc, .. } = self.look;
            self.told.push(would(points, hmc, change));
            return Ok(());
        }
        if let Some(error) = &self.lost {
            return Err(NotDone::NotSent(error.clone()));
        }
        self.way.stop.pause(pause);
        let turn = self.look.points.turn(self.look.hmc);
        // After the wait for others on the same HMC.
        self.way.stop.hold();
        if self.way.stop.is_set() {
            return Err(NotDone::Interrupted);
        }
        let Err(error) = turn.ask(change) else {
            return Ok(());
        };
        if error.is_dead() {
            self.lost = Some(error.clone());
        }
        Err(self.look.after(error, seen))
    }

    /// Whether changes are told only.
    pub fn is_dry(&self) -> bool {
        self.way.dry_run
    }

    /// Asks the HMC that the changes go to.
    pub fn ask<A>(&self, question: &Ask<A>) -> Result<A, hmc::Error> {
        self.look.points.ask_one(self.look.hmc, question)
    }

    /// What was done since the last call.
    pub fn done(&mut self) -> Done {
        match self.way.dry_run {
            false => Done::Success,
            true => Done::Would(std::mem::take(&mut self.told)),
        }
    }
}

/// What a dry run says of a command.
pub(super) fn would<A>(points: &Points, hmc: usize, ask: &Ask<A>) -> String {
    let hmc = &points.target(hmc).name;
    let command = printable(&ask.command.to_string());
    format!("{hmc} would be sent: {command}")
}

/// Finds out what became of a command whose end was lost.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    /// The HMCs of the run.
    pub points: &'a Points<'a>,
    /// The one that it was sent to.
    pub hmc: usize,
    /// Those that know.
    pub hcps: &'a [usize],
}

impl Look<'_> {
    /// Asks another HMC if there is one that answers, else the one that was
    /// lost: that costs another deadline.
    pub fn ask<A>(&self, question: &Ask<A>) -> Result<A, NotDone> {
        let others = self.hcps.iter().copied().filter(|hcp| *hcp != self.hmc);
        let others: Vec<usize> = others.collect();
        if let Ok((_, answer)) = self.points.ask(&others, question) {
            return Ok(answer);
        }
        let answer = self.points.ask_one(self.hmc, question);
        answer.map_err(|error| NotDone::Hmc(vec![error]))
    }

    /// What is told of a command that ended so: what was `seen` of it, if it may
    /// have been carried out.
    pub fn after(
        self,
        error: hmc::Error,
        seen: impl FnOnce(&Self) -> Result<String, NotDone>,
    ) -> NotDone {
        if !error.is_unclear() {
            return NotDone::Hmc(vec![error]);
        }
        let look = match error.is_dead() {
            true => self,
            // It can be asked as well as any other.
            false => Look { hcps: &[], ..self },
        };
        NotDone::Unclear {
            error: Box::new(error),
            now: seen(&look).map_err(Box::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmc::change::close_console;
    use crate::remote::{Limits, Scripted, Target};
    use std::thread;

    /// What waits for its turn when the interrupt comes is not sent.
    #[test]
    fn an_interrupt_counts_for_who_waits_for_the_hmc() {
        let script = Scripted::new();
        let targets = [Target {
            max_sessions: 1,
            ..Target::new("hmc01")
        }];
        let points = Points::new(&script, &targets, Limits::default(), &|_| false);
        let way = Way::default();
        let change = close_console(&"9117-MMA*10F6F3D".parse().unwrap(), 1);
        let turn = points.turn(0);
        thread::scope(|scope| {
            let sent = scope.spawn(|| {
                let mut line = Line::new(&points, (0, &[]), &way);
                line.send(&change, |_| Ok("seen".to_owned()))
            });
            // It need not wait by then for the test to pass.
            thread::sleep(Duration::from_millis(50));
            way.stop.set();
            drop(turn);
            assert_eq!(sent.join().unwrap(), Err(NotDone::Interrupted));
        });
        assert_eq!(script.asked(), []);
    }
}
