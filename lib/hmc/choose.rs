//! Choosing among the HMCs of a managed system.
//!
//! A system that two HMCs manage (`hcp=hmc01,hmc02`) is asked through one of
//! them: one that has answered before in this run, else one with a live master
//! connection, else the first that answers, in the order given. An HMC that
//! cannot be reached is found out once: whoever comes first tries it, the
//! others wait for that, so it costs one deadline however many systems it has.

use std::sync::{Mutex, PoisonError};

use super::ask::Ask;
use super::gate::{Gate, Length, Place};
use super::session::{Error, Hmc};
use crate::remote::{Failure, Limits, Target, Transport, Watch};

/// The HMCs of a run, with what was learnt about each.
pub struct Points<'a> {
    points: Vec<Point<'a>>,
    chosen: Option<&'a (dyn Fn(&str) + Sync)>,
}

struct Point<'a> {
    hmc: Hmc<'a>,
    live: bool,
    health: Mutex<Health>,
    gate: Gate,
}

/// The right to send an HMC a command now.
pub struct Turn<'a> {
    hmc: Hmc<'a>,
    _place: Place<'a>,
}

impl Turn<'_> {
    /// Sends a command.
    ///
    /// # Errors
    /// What the HMC said.
    pub fn ask<A>(self, ask: &Ask<A>) -> Result<A, Error> {
        self.hmc.ask(ask)
    }

    /// Sends a command that takes long, as [`Hmc::watch`].
    ///
    /// # Errors
    /// What the HMC said.
    pub fn watch<A>(self, ask: &Ask<A>, times: u32, watch: &mut Watch<'_>) -> Result<A, Error> {
        self.hmc.watch(ask, times, watch)
    }
}

#[derive(Clone)]
enum Health {
    Untried,
    Answers,
    Dead(Error),
}

impl<'a> Points<'a> {
    /// Returns the HMCs `targets`, none tried yet. `live` says whether a master
    /// connection to a target is open already.
    pub fn new(
        transport: &'a dyn Transport,
        targets: &'a [Target],
        limits: Limits,
        live: &dyn Fn(&Target) -> bool,
    ) -> Self {
        let point = |target: &'a Target| Point {
            hmc: Hmc {
                transport,
                target,
                limits,
            },
            live: live(target),
            health: Mutex::new(Health::Untried),
            gate: Gate::new(target.max_sessions),
        };
        Points {
            points: targets.iter().map(point).collect(),
            chosen: None,
        }
    }

    /// Has `chosen` told, of each question that several HMCs could answer,
    /// which did (`-V`).
    #[must_use]
    pub fn telling(self, chosen: Option<&'a (dyn Fn(&str) + Sync)>) -> Self {
        Points { chosen, ..self }
    }

    /// An HMC by its index.
    pub fn target(&self, index: usize) -> &Target {
        self.points[index].hmc.target
    }

    /// Asks the first of `candidates` (indices of targets) that can answer, and
    /// returns its index with the answer. For questions, not for changes: an
    /// HMC that fails after it was sent the command is followed by the next.
    ///
    /// # Errors
    ///
    /// What each candidate said, in the order asked.
    pub fn ask<A>(&self, candidates: &[usize], ask: &Ask<A>) -> Result<(usize, A), Vec<Error>> {
        let mut errors = Vec::new();
        for index in self.order(candidates) {
            match self.points[index].first(ask) {
                Ok(answer) => {
                    self.tell(candidates, index, ask);
                    return Ok((index, answer));
                }
                Err(error) => errors.push(unanswered(error)),
            }
        }
        Err(errors)
    }

    /// Sends a command to this HMC and to no other.
    ///
    /// # Errors
    ///
    /// What the HMC said.
    pub fn ask_one<A>(&self, index: usize, ask: &Ask<A>) -> Result<A, Error> {
        self.turn(index).ask(ask)
    }

    /// Waits until this HMC takes another command. Who may not want to send it
    /// any more after that looks then.
    pub fn turn(&self, index: usize) -> Turn<'_> {
        self.turn_for(index, Length::Short)
    }

    /// The same for a command that takes minutes: one less at a time, so that
    /// others are answered meanwhile.
    pub fn long_turn(&self, index: usize) -> Turn<'_> {
        self.turn_for(index, Length::Long)
    }

    fn turn_for(&self, index: usize, length: Length) -> Turn<'_> {
        let Point { hmc, gate, .. } = &self.points[index];
        Turn {
            hmc: *hmc,
            _place: gate.enter(length),
        }
    }

    fn tell<A>(&self, candidates: &[usize], index: usize, ask: &Ask<A>) {
        if let (Some(chosen), [_, _, ..]) = (self.chosen, candidates) {
            let names = candidates.iter().map(|&i| self.target(i).name.as_str());
            let names: Vec<_> = names.collect();
            chosen(&format!(
                "{}: chosen among {} for {}",
                self.target(index).name,
                names.join(","),
                ask.command
            ));
        }
    }

    fn order(&self, candidates: &[usize]) -> Vec<usize> {
        let mut order = candidates.to_vec();
        order.sort_by_key(|&index| self.points[index].rank());
        order
    }
}

/// What a lost connection is to a question: there is nothing that may have been
/// done.
fn unanswered(error: Error) -> Error {
    match error {
        Error::Remote(Failure::Lost { host, reason }) => {
            Error::Remote(Failure::Unanswered { host, reason })
        }
        error => error,
    }
}

impl Point<'_> {
    /// Lower is better. An HMC that is being tried counts as untried.
    fn rank(&self) -> u8 {
        let health = self.health.try_lock().map(|health| health.clone());
        match (health.unwrap_or(Health::Untried), self.live) {
            (Health::Answers, _) => 0,
            (Health::Untried, true) => 1,
            (Health::Untried, false) => 2,
            (Health::Dead(_), _) => 3,
        }
    }

    /// Asks while it is not known whether the HMC answers. Through a live master
    /// connection all may ask at once: nobody has to log in. Else whoever comes
    /// first does, and the others wait for that.
    fn first<A>(&self, ask: &Ask<A>) -> Result<A, Error> {
        if self.live {
            return self.at_once(ask);
        }
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        match &*health {
            Health::Dead(error) => return Err(error.clone()),
            Health::Answers => drop(health),
            Health::Untried => {
                let answer = self.hmc.ask(ask);
                health.learn(&answer);
                return answer;
            }
        }
        let _turn = self.gate.enter(Length::Short);
        self.hmc.ask(ask)
    }

    /// Those who wait for their turn learn what the ones before them met: a
    /// connection through which nothing comes costs one deadline.
    fn at_once<A>(&self, ask: &Ask<A>) -> Result<A, Error> {
        let _turn = self.gate.enter(Length::Short);
        let health = || self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if let Health::Dead(error) = &*health() {
            return Err(error.clone());
        }
        let answer = self.hmc.ask(ask);
        health().learn(&answer);
        answer
    }
}

impl Health {
    /// An HMC that has answered may fail at one command later.
    fn learn<A>(&mut self, answer: &Result<A, Error>) {
        match (&*self, answer) {
            (Health::Untried, Err(error)) if error.is_dead() => *self = Health::Dead(error.clone()),
            (Health::Untried, _) => *self = Health::Answers,
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "choose_tests.rs"]
mod tests;
