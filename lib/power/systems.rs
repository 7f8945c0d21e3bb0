//! Nodes laid together by managed system, and the systems worked on at the
//! same time: what every operation on LPARs and systems is built on.
//!
//! One question a system answers for all its nodes, and what is sent to one
//! system is sent one after the other. Each node has one outcome, which is
//! handed over as soon as it is known.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{self, Sender};
use std::thread;

use super::{Machine, NotDone, PowerNode};
use crate::hmc::{self, Mtms};
use crate::remote::fan_out;

/// A node whose definition says what working on it needs.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// Its place among the nodes that were handed in.
    pub index: usize,
    /// Its definition.
    pub node: &'a PowerNode,
    /// What it is.
    pub machine: Machine,
}

/// The nodes of one managed system under the same control points.
#[derive(Debug)]
pub struct System<'a> {
    /// The system.
    pub mtms: &'a Mtms,
    /// The HMCs that manage it, as indices of the targets.
    pub hcps: &'a [usize],
    /// Its nodes, in the order in which they were handed in.
    pub jobs: Vec<Job<'a>>,
}

impl<'a> System<'a> {
    /// The jobs on LPARs, with their numbers.
    pub fn lpars(&self) -> impl Iterator<Item = (u32, &Job<'a>)> {
        self.jobs.iter().filter_map(|job| match job.machine {
            Machine::Lpar { id } => Some((id, job)),
            Machine::Cec | Machine::Frame => None,
        })
    }

    /// The jobs on the system itself.
    pub fn cecs(&self) -> impl Iterator<Item = &Job<'a>> {
        self.jobs.iter().filter(|job| job.machine == Machine::Cec)
    }

    /// The jobs on the frame that is meant where a system could be (only
    /// [`each_machine`] has such).
    pub fn frames(&self) -> impl Iterator<Item = &Job<'a>> {
        self.jobs.iter().filter(|job| job.machine == Machine::Frame)
    }
}

/// Where the outcomes of a system's nodes go.
pub struct Out<R>(Sender<(usize, Result<R, NotDone>)>);

impl<R> Out<R> {
    /// Hands over the outcome of one node.
    pub fn send(&self, job: &Job, outcome: Result<R, NotDone>) {
        // Nobody listens any more: then the command is ending.
        let _ = self.0.send((job.index, outcome));
    }

    /// Hands over that no HMC could do it, for each of these nodes.
    pub fn fail<'j, 'n: 'j>(
        &self,
        jobs: impl IntoIterator<Item = &'j Job<'n>>,
        errors: &[hmc::Error],
    ) {
        for job in jobs {
            self.send(job, Err(NotDone::Hmc(errors.to_vec())));
        }
    }
}

/// Has `work` done for each managed system of `nodes`, at most `width` at once;
/// hands each outcome to `each`, with the index of the node, on the calling
/// thread and as it comes. Nodes whose definitions do not suffice, or that
/// `check` refuses, are not worked on: their outcomes come first.
pub fn each_system<R: Send>(
    nodes: &[PowerNode],
    width: usize,
    check: impl Fn(&PowerNode, Machine) -> Result<(), NotDone>,
    work: impl Fn(&System, &Out<R>) + Sync,
    each: impl FnMut(usize, Result<R, NotDone>),
) {
    let (first, systems) = grouped(nodes, PowerNode::machine, check);
    fan(first, systems, width, work, each);
}

/// The same for LPARs, systems and frames. A frame stands alone, as a
/// [`System`] with [`System::frames`].
pub fn each_machine<R: Send>(
    nodes: &[PowerNode],
    width: usize,
    check: impl Fn(&PowerNode, Machine) -> Result<(), NotDone>,
    work: impl Fn(&System, &Out<R>) + Sync,
    each: impl FnMut(usize, Result<R, NotDone>),
) {
    let (first, systems) = grouped(nodes, PowerNode::machine_or_frame, check);
    fan(first, systems, width, work, each);
}

/// Nodes that are not worked on, and why; and the systems of the others.
type Grouped<'a> = (Vec<(usize, NotDone)>, Vec<System<'a>>);

fn grouped<'a>(
    nodes: &'a [PowerNode],
    machine: impl Fn(&PowerNode) -> Result<Machine, NotDone>,
    check: impl Fn(&PowerNode, Machine) -> Result<(), NotDone>,
) -> Grouped<'a> {
    let mut first = Vec::new();
    let mut systems: Vec<System> = Vec::new();
    let mut places: HashMap<(&Mtms, &[usize]), usize> = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        let machine = machine(node);
        let checked = machine.and_then(|machine| check(node, machine).map(|()| machine));
        match checked.and_then(|machine| Ok((node.managed(machine)?, machine))) {
            Err(reason) => first.push((index, reason)),
            Ok((mtms, machine)) => {
                let hcps = node.hcps.as_slice();
                let place = *places.entry((mtms, hcps)).or_insert(systems.len());
                if place == systems.len() {
                    let jobs = Vec::new();
                    systems.push(System { mtms, hcps, jobs });
                }
                systems[place].jobs.push(Job {
                    index,
                    node,
                    machine,
                });
            }
        }
    }
    (first, interleaved(systems))
}

fn fan<R: Send>(
    first: Vec<(usize, NotDone)>,
    systems: Vec<System<'_>>,
    width: usize,
    work: impl Fn(&System, &Out<R>) + Sync,
    mut each: impl FnMut(usize, Result<R, NotDone>),
) {
    for (index, reason) in first {
        each(index, Err(reason));
    }
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            // Each system has its own end of the channel; the last closes it.
            let sender = sender;
            let work = |system: &System| work(system, &Out(sender.clone()));
            fan_out(&systems, width, work, |_, ()| {});
        });
        for (index, outcome) in receiver {
            each(index, outcome);
        }
    });
}

/// Holds back what comes early: `each` is told everything in the order of the
/// indices, which begin with 0 and leave none out.
pub fn in_order<T>(mut each: impl FnMut(usize, T)) -> impl FnMut(usize, T) {
    let mut early = BTreeMap::new();
    let mut next = 0;
    move |index, item| {
        early.insert(index, item);
        while let Some(item) = early.remove(&next) {
            each(next, item);
            next += 1;
        }
    }
}

/// Orders the systems so that those of one HMC do not stand together: a slow
/// HMC would keep all threads while others could be served.
fn interleaved(systems: Vec<System<'_>>) -> Vec<System<'_>> {
    let mut seen: HashMap<&[usize], usize> = HashMap::new();
    let rank = |system| {
        let System { hcps, .. } = system;
        let rank = seen.entry(hcps).or_default();
        *rank += 1;
        (*rank, system)
    };
    let mut ranked: Vec<_> = systems.into_iter().map(rank).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, system)| system).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_of_an_hmc_do_not_stand_together() {
        let (a, b): (Mtms, Mtms) = (
            "9117-MMA*10F6F3D".parse().unwrap(),
            "9117-MMA*1001234".parse().unwrap(),
        );
        let system = |mtms, hcps| System {
            mtms,
            hcps,
            jobs: Vec::new(),
        };
        let systems = vec![
            system(&a, &[0]),
            system(&b, &[0]),
            system(&a, &[0]),
            system(&a, &[1]),
            system(&b, &[1]),
        ];
        let order: Vec<_> = interleaved(systems)
            .iter()
            .map(|system| system.hcps[0])
            .collect();
        assert_eq!(order, [0, 1, 0, 1, 0]);
    }
}
