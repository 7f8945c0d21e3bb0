//! Removing partitions.

use std::collections::BTreeSet;

use super::partitions::{find, whether_there, which_service};
use super::problem::Problem;
use crate::hmc::configure::{remove_lpar, set_service_partition};
use crate::hmc::profile::{Partition, partitions, service_partition};
use crate::hmc::refusal::printable;
use crate::hmc::{Mtms, Points};
use crate::power::line::{Line, Look};
use crate::power::{Done, Job, Machine, NotDone, Out, PowerNode, System, Way, each_system};

/// What became of a partition that was to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What was done.
    pub outcome: Result<Done, NotDone>,
}

/// What is to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Partitions, and all of a system.
    Lpars,
    /// Also where they are the service partition; of a system only that.
    Service,
}

/// Removes the partitions of `nodes`; hands each outcome to `each`, with the
/// index of the node, on the calling thread and as it comes: one partition,
/// or those of a system. Of a system of which one cannot go, none is removed.
pub fn remove(
    points: &Points<'_>,
    nodes: &[PowerNode],
    (what, way): (What, &Way),
    each: impl FnMut(usize, Result<Vec<Removed>, NotDone>),
) {
    let work = |system: &System<'_>, out: &Out<Vec<Removed>>| {
        let answers = points
            .ask(system.hcps, &partitions(system.mtms))
            .and_then(|(hmc, lpars)| {
                let service = points.ask_one(hmc, &service_partition(system.mtms));
                Ok((hmc, lpars, service.map_err(|error| vec![error])?))
            });
        match answers {
            Err(errors) => out.fail(&system.jobs, &errors),
            Ok((hmc, lpars, service)) => {
                let mut work = Work {
                    system: system.mtms,
                    what,
                    lpars,
                    service,
                    gone: BTreeSet::new(),
                    line: Line::new(points, (hmc, system.hcps), way),
                };
                for job in &system.jobs {
                    out.send(job, work.node(job));
                }
            }
        }
    };
    each_system(nodes, way.width, |_, _| Ok(()), work, each);
}

/// The work on one system.
struct Work<'a> {
    system: &'a Mtms,
    what: What,
    lpars: Vec<Partition>,
    service: Option<u32>,
    gone: BTreeSet<u32>,
    line: Line<'a>,
}

impl Work<'_> {
    fn node(&mut self, job: &Job<'_>) -> Result<Vec<Removed>, NotDone> {
        match job.machine {
            Machine::Lpar { id } => {
                let lpar = find(self.system, id, &job.node.name, &self.lpars)?.clone();
                self.check(&[&lpar])?;
                Ok(vec![self.one(&lpar)])
            }
            Machine::Cec | Machine::Frame => {
                let all = self.lpars.iter();
                let wanted: Vec<_> = match (self.what, self.service) {
                    (What::Lpars, _) => all.cloned().collect(),
                    (What::Service, Some(id)) => all.filter(|l| l.id == id).cloned().collect(),
                    (What::Service, None) => return Problem::NoService.is(),
                };
                self.check(&wanted.iter().collect::<Vec<_>>())?;
                Ok(wanted.iter().map(|lpar| self.one(lpar)).collect())
            }
        }
    }

    /// Whether all of these can be removed.
    fn check(&self, lpars: &[&Partition]) -> Result<(), NotDone> {
        let there = lpars.iter().filter(|lpar| !self.gone.contains(&lpar.id));
        let not_off = there.clone().filter(|lpar| lpar.state != "Not Activated");
        let not_off: Vec<_> = not_off
            .map(|lpar| format!("{} is {}", printable(&lpar.name), printable(&lpar.state)))
            .collect();
        if !not_off.is_empty() {
            return Problem::NotOff(not_off).is();
        }
        let mut service = there.filter(|lpar| self.service == Some(lpar.id));
        match (self.what, service.next()) {
            (What::Lpars, Some(lpar)) => Problem::IsService(lpar.name.clone()).is(),
            _ => Ok(()),
        }
    }

    fn one(&mut self, lpar: &Partition) -> Removed {
        Removed {
            id: lpar.id,
            name: lpar.name.clone(),
            outcome: self.send(lpar.id),
        }
    }

    fn send(&mut self, id: u32) -> Result<Done, NotDone> {
        if self.gone.contains(&id) {
            return Ok(self.line.done());
        }
        let system = self.system;
        let unset = self.service == Some(id);
        if unset {
            let change = set_service_partition(system, None);
            self.line
                .send(&change, |look| which_service(look, system))?;
            self.service = None;
        }
        let seen = |look: &Look<'_>| whether_there(look, system, id);
        let sent = self.line.send(&remove_lpar(system, id), seen);
        match sent {
            Ok(()) => {
                self.gone.insert(id);
                Ok(self.line.done())
            }
            Err(reason) if unset => Err(NotDone::Partly {
                done: "it is not the service LPAR any more, but was not removed".to_owned(),
                reason: Box::new(reason),
            }),
            Err(reason) => Err(reason),
        }
    }
}
