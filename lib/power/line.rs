//! The HMC that the changes of one system are sent through.

use super::request::{Course, Done, Outcome, Request};
use super::{NotDone, System};
use crate::hmc::ask::Ask;
use crate::hmc::{self, Points};
use crate::remote::Failure;

/// The HMC that a system is switched through. What was sent to one HMC is not
/// sent to another: the first may have done it.
pub(super) struct Line<'a> {
    points: &'a Points<'a>,
    hmc: usize,
    request: &'a Request,
    lost: Option<hmc::Error>,
}

/// What a change needs beside its command.
pub(super) struct Turn<'a> {
    /// Where the node goes if the change is accepted.
    pub course: Course,
    /// The question for the state of what is switched.
    pub state: &'a Reread<'a>,
}

/// Asks one of these HMCs for a state: it, or why it could not be read.
pub(super) type Reread<'a> = dyn Fn(&Points, &[usize]) -> Result<String, String> + 'a;

impl<'a> Line<'a> {
    /// Returns the line through this HMC.
    pub(super) fn new(points: &'a Points<'a>, hmc: usize, request: &'a Request) -> Self {
        Line {
            points,
            hmc,
            request,
            lost: None,
        }
    }

    /// Sends a change, or in a dry run says what would be sent.
    pub(super) fn send(&mut self, system: &System, change: &Ask<()>, turn: &Turn) -> Outcome {
        if self.request.dry_run {
            return Ok(Done::Planned {
                hmc: self.points.target(self.hmc).name.clone(),
                command: change.command.to_string(),
            });
        }
        if let Some(error) = &self.lost {
            return Err(NotDone::NotSent(error.clone()));
        }
        // xCAT waits before each node that draws current.
        if turn.course == Course::On {
            self.request.stop.pause(self.request.interval);
        }
        if self.request.stop.is_set() {
            return Err(NotDone::Interrupted);
        }
        match self.points.ask_one(self.hmc, change) {
            Ok(()) => Ok(Done::Success(turn.course)),
            Err(error) => {
                if error.is_dead() {
                    self.lost = Some(error.clone());
                }
                Err(match error.is_unclear() {
                    true => self.uncertain(error, system, turn),
                    false => NotDone::Hmc(vec![error]),
                })
            }
        }
    }

    /// Reads the state again, through another HMC if there is one: the one
    /// that was lost costs another deadline.
    fn uncertain(&self, error: hmc::Error, system: &System, turn: &Turn) -> NotDone {
        let others: Vec<usize> = system
            .hcps
            .iter()
            .copied()
            .filter(|hcp| *hcp != self.hmc)
            .collect();
        let again = match others.is_empty() {
            true => Err(String::new()),
            false => (turn.state)(self.points, &others),
        };
        let again = again.or_else(|_| (turn.state)(self.points, &[self.hmc]));
        let now = match again {
            Ok(state) => format!("its state is {state} now"),
            Err(reason) => format!("its state could not be read: {reason}"),
        };
        let now = match error {
            hmc::Error::Remote(Failure::Lost { .. }) => now,
            // This text does not say it.
            _ => format!("whether the command was carried out is unknown; {now}"),
        };
        NotDone::Unclear {
            error: Box::new(error),
            now,
        }
    }
}
