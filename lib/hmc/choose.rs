//! Choosing among the HMCs of a managed system.
//!
//! A system that two HMCs manage (`hcp=hmc01,hmc02`) is asked through one of
//! them: one that has answered before in this run, else one with a live master
//! connection, else the first that answers, in the order given. An HMC that
//! cannot be reached is found out once: whoever comes first tries it, the
//! others wait for that, so it costs one deadline however many systems it has.

use std::sync::{Condvar, Mutex, PoisonError};

use super::ask::Ask;
use super::session::{Error, Hmc};
use crate::remote::{Limits, Target, Transport, Watch};

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
                Err(error) => errors.push(error),
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
        let point = &self.points[index];
        let _turn = point.gate.enter();
        point.hmc.ask(ask)
    }

    /// Sends a command that takes long to this HMC, as [`Hmc::watch`].
    ///
    /// # Errors
    ///
    /// What the HMC said.
    pub fn watch_one<A>(
        &self,
        index: usize,
        ask: &Ask<A>,
        times: u32,
        watch: &mut Watch<'_>,
    ) -> Result<A, Error> {
        let point = &self.points[index];
        let _turn = point.gate.enter();
        point.hmc.watch(ask, times, watch)
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
        let _turn = self.gate.enter();
        self.hmc.ask(ask)
    }

    /// Those who wait for their turn learn what the ones before them met: a
    /// connection through which nothing comes costs one deadline.
    fn at_once<A>(&self, ask: &Ask<A>) -> Result<A, Error> {
        let _turn = self.gate.enter();
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

/// Lets a number of threads through at a time. Waiting here does not count
/// against the deadline of a command, as waiting for a session would.
struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

struct Turn<'a>(&'a Gate);

impl Gate {
    fn new(width: usize) -> Self {
        Gate {
            free: Mutex::new(width.max(1)),
            freed: Condvar::new(),
        }
    }

    fn enter(&self) -> Turn<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self.freed.wait_while(free, |free| *free == 0);
        *wait.unwrap_or_else(PoisonError::into_inner) -= 1;
        Turn(self)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmc::ask;
    use crate::remote::{Failure, Scripted, fan_out};

    const QUESTION: &str = "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,state";

    fn question() -> Ask<Vec<ask::LparState>> {
        ask::lpar_states(&"9117-MMA*10F6F3D".parse().unwrap())
    }

    fn unreachable(host: &str) -> Failure {
        Failure::Unreachable {
            host: host.to_owned(),
            reason: "Connection refused".to_owned(),
        }
    }

    fn targets() -> [Target; 2] {
        [Target::new("hmc01"), Target::new("hmc02")]
    }

    fn names(script: &Scripted) -> Vec<String> {
        script.asked().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn one_with_a_live_master_is_preferred() {
        let script = Scripted::new().answer("hmc02", QUESTION, "a,1,Running\n");
        let targets = targets();
        let live = |target: &Target| target.name == "hmc02";
        let points = Points::new(&script, &targets, Limits::default(), &live);
        assert_eq!(points.ask(&[0, 1], &question()).unwrap().0, 1);
        assert_eq!(names(&script), ["hmc02"]);
    }

    #[test]
    fn a_dead_one_is_tried_once_and_the_other_serves_all() {
        let script = Scripted::new()
            .fail("hmc01", QUESTION, unreachable("hmc01"))
            .answer("hmc02", QUESTION, "a,1,Running\n");
        let targets = targets();
        let points = Points::new(&script, &targets, Limits::default(), &|_| false);
        let questions = [(); 20];
        let mut served = 0;
        fan_out(
            &questions,
            20,
            |()| points.ask(&[0, 1], &question()),
            |_, answer| {
                assert_eq!(answer.unwrap().0, 1);
                served += 1;
            },
        );
        assert_eq!(served, 20);
        let asked = names(&script);
        assert_eq!(asked.iter().filter(|name| *name == "hmc01").count(), 1);
        assert_eq!(asked.iter().filter(|name| *name == "hmc02").count(), 20);
    }

    #[test]
    fn a_live_one_that_hangs_is_not_asked_by_those_who_wait() {
        let hang = Failure::Dead {
            host: "hmc01".to_owned(),
            pid: 1,
            after: std::time::Duration::from_secs(1),
        };
        let script = Scripted::new().fail("hmc01", QUESTION, hang);
        let targets = [Target {
            max_sessions: 2,
            ..Target::new("hmc01")
        }];
        let points = Points::new(&script, &targets, Limits::default(), &|_| true);
        let mut failed = 0;
        fan_out(
            &[(); 20],
            20,
            |()| points.ask(&[0], &question()),
            |_, answer| failed += usize::from(answer.is_err()),
        );
        assert_eq!(failed, 20);
        assert!(names(&script).len() <= 2, "{:?}", names(&script));
    }

    #[test]
    fn a_refusal_leads_to_the_next_one_and_is_told_if_none_answers() {
        let text = "HSCL8018 The managed system is not known.\n";
        let script = Scripted::new().exit("hmc01", QUESTION, 1, text, "").fail(
            "hmc02",
            QUESTION,
            unreachable("hmc02"),
        );
        let targets = targets();
        let points = Points::new(&script, &targets, Limits::default(), &|_| false);
        let errors = points.ask(&[0, 1], &question()).unwrap_err();
        assert_eq!(errors[0].to_string(), text.trim());
        assert_eq!(
            errors[1].to_string(),
            "cannot reach hmc02: Connection refused"
        );
        // hmc01 answered, if not as hoped: it is asked again, hmc02 is not.
        points.ask(&[0, 1], &question()).unwrap_err();
        assert_eq!(names(&script), ["hmc01", "hmc02", "hmc01"]);
    }
}
