//! `rnetboot`: LPARs boot from the network.

use super::run::{Event, Ready, each_lpar};
use super::{Error, Plan};
use crate::db::Db;
use crate::hmc::Points;
use crate::hmc::boot;
use crate::power::progress::{Scene, Sent};
use crate::power::{Course, Done, NotDone, PowerNode, Said, Watch, Way, status};

/// How nodes are to be booted, and what is to come of it.
#[derive(Debug, Clone)]
pub struct Boot {
    /// What the database says of each node, in their order.
    pub plans: Vec<Plan>,
    /// Cuts off a running operating system (`-f`).
    pub immediate: bool,
    /// Boots nodes, too, that are to boot from their disks (`-F`).
    pub whatever_state: bool,
    /// How it is gone about.
    pub way: Way,
    /// What is waited for afterwards.
    pub watch: Option<Watch>,
}

impl Boot {
    /// Boots `nodes` from the network. What becomes of each goes to `tell` as it
    /// comes.
    pub fn carry_out(
        &self,
        points: &Points,
        db: &mut Db,
        nodes: &[PowerNode],
        tell: &mut dyn FnMut(Said),
    ) {
        let way = &self.way;
        let mut scene = Scene {
            nodes,
            db,
            way,
            tell,
        };
        let all: Vec<usize> = (0..nodes.len()).collect();
        let send = |scene: &mut Scene, nodes: &[usize]| self.send(points, scene, nodes);
        scene.carry_out(&all, self.watch.as_ref(), &send);
    }

    fn send(&self, points: &Points, scene: &mut Scene, which: &[usize]) -> Sent {
        let nodes: Vec<PowerNode> = which.iter().map(|&n| scene.nodes[n].clone()).collect();
        let mut sent = Sent::default();
        let check = |at: usize| self.check(&self.plans[which[at]]);
        let work = |ready: &Ready, step: &mut dyn FnMut(&str)| {
            self.one(ready, &self.plans[which[ready.index]], step)
        };
        each_lpar(points, &nodes, &self.way, check, work, |at, event| {
            let outcome = match event {
                Ok(Event::Step(step)) => return (scene.tell)(Said::Step(which[at], step)),
                Ok(Event::Would(line)) => Ok(Done::Would(vec![line])),
                Ok(Event::Done(())) => Ok(Done::Success),
                Err(reason) => Err(reason),
            };
            // At once: later it would be written over what the node reports.
            if outcome == Ok(Done::Success)
                && let Err(error) = status::write(scene.db, [(nodes[at].name.as_str(), Course::On)])
            {
                (scene.tell)(Said::Db(error));
            }
            sent.count(which[at], &outcome);
            (scene.tell)(Said::Node(which[at], outcome));
        });
        sent
    }

    fn check(&self, plan: &Plan) -> Result<(), NotDone> {
        if plan.in_boot_state && !self.whatever_state {
            return Err(Error::InBootState.into());
        }
        plan.boot_route()?;
        plan.through.clone()?;
        Ok(())
    }

    /// Tries the adapters of the node in their order, until one boots or the HMC
    /// cannot be asked any more.
    fn one(
        &self,
        ready: &Ready,
        plan: &Plan,
        step: &mut dyn FnMut(&str),
    ) -> Result<Event<()>, NotDone> {
        let partition = ready.partition(plan, self.immediate);
        let route = plan.boot_route()?;
        let mut outcome = Err(Error::NoMac.into());
        for through in &plan.through.clone()? {
            outcome = ready.send(&boot::boot(&partition, through, &route), step);
            let failed = |reason: &NotDone| matches!(reason, NotDone::Netboot(error) if matches!(**error, Error::Failed { .. }));
            if !outcome.as_ref().is_err_and(failed) {
                break;
            }
        }
        outcome
    }
}
