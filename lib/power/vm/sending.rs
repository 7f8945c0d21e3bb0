//! How changes are sent: one after the other, to one HMC; or only told.

use std::fmt;

use super::problem::Problem;
use crate::hmc::ask::Ask;
use crate::hmc::profile::{Partition, partitions};
use crate::hmc::refusal::printable;
use crate::hmc::{self, Mtms, Points};
use crate::power::{NotDone, Stop};
use crate::remote::Failure;

/// Whether changes are sent.
#[derive(Debug, Clone)]
pub struct Way {
    /// They are told only, after all that can be checked was checked.
    pub dry_run: bool,
    /// When to end early.
    pub stop: Stop,
}

/// What was done to a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It was changed, or was as wanted already.
    Success,
    /// What would have been sent, a line a command.
    Would(Vec<String>),
}

impl Done {
    /// The lines to print.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Done::Success => vec![self.to_string()],
            Done::Would(commands) if commands.is_empty() => vec!["nothing to change".to_owned()],
            Done::Would(commands) => commands.clone(),
        }
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Done::Success => f.write_str("Success"),
            Done::Would(_) => f.write_str(&self.lines().join("\n")),
        }
    }
}

/// The HMC that a system is changed through. What was sent to one HMC is not
/// sent to another: the first may have done it.
pub(in crate::power) struct Line<'a> {
    points: &'a Points<'a>,
    hmc: usize,
    way: &'a Way,
    lost: Option<hmc::Error>,
    told: Vec<String>,
}

impl<'a> Line<'a> {
    pub fn new(points: &'a Points<'a>, hmc: usize, way: &'a Way) -> Self {
        Line {
            points,
            hmc,
            way,
            lost: None,
            told: Vec::new(),
        }
    }

    /// Sends a change. If its end is lost, `seen` looks at what became of it.
    pub fn send(
        &mut self,
        change: &Ask<()>,
        seen: impl FnOnce(&Self) -> Result<String, hmc::Error>,
    ) -> Result<(), NotDone> {
        if self.way.dry_run {
            let hmc = &self.points.target(self.hmc).name;
            self.told.push(format!(
                "{hmc} would be sent: {}",
                printable(&change.command.to_string())
            ));
            return Ok(());
        }
        if let Some(error) = &self.lost {
            return Err(NotDone::NotSent(error.clone()));
        }
        if self.way.stop.is_set() {
            return Err(NotDone::Interrupted);
        }
        let Err(error) = self.points.ask_one(self.hmc, change) else {
            return Ok(());
        };
        if error.is_dead() {
            self.lost = Some(error.clone());
        }
        if !error.is_unclear() {
            return Err(NotDone::Hmc(vec![error]));
        }
        let now = match seen(self) {
            Ok(now) => format!("asked again: {now}"),
            Err(again) => format!("asked again: {again}"),
        };
        let now = match error {
            hmc::Error::Remote(Failure::Lost { .. }) => now,
            // This text does not say it.
            _ => format!("whether the command was carried out is unknown; {now}"),
        };
        Err(NotDone::Unclear {
            error: Box::new(error),
            now,
        })
    }

    /// Whether changes are told only.
    pub fn is_dry(&self) -> bool {
        self.way.dry_run
    }

    /// Asks the HMC that the changes go to.
    pub fn ask<A>(&self, question: &Ask<A>) -> Result<A, hmc::Error> {
        self.points.ask_one(self.hmc, question)
    }

    /// Looks whether a partition is there.
    pub fn whether_there(&self, system: &Mtms, id: u32) -> Result<String, hmc::Error> {
        let lpars = self.ask(&partitions(system))?;
        let text = |lpar: &Partition| {
            let name = printable(&lpar.name);
            format!("there is an LPAR with id {id} now, {name:?}")
        };
        let found = lpars.iter().find(|lpar| lpar.id == id);
        Ok(found.map_or_else(|| format!("there is no LPAR with id {id}"), text))
    }

    /// What was done since the last call.
    pub fn done(&mut self) -> Done {
        match self.way.dry_run {
            false => Done::Success,
            true => Done::Would(std::mem::take(&mut self.told)),
        }
    }
}

impl Problem {
    /// A refusal as the outcome of a node.
    pub(super) fn is<T>(self) -> Result<T, NotDone> {
        Err(NotDone::Config(self))
    }
}
