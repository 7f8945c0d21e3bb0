//! A whole `rpower`: stage after stage, with the waits between them, what is
//! written, what is waited for, and what is sent again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::order::{Order, Stage};
use super::watch::{LOOK, Seen, Watch};
use super::{Done, NotDone, Outcome, PowerNode, Request, status, switch};
use crate::db::{self, Db};
use crate::hmc::Points;

/// What is to be done, in which order, and what is to come of it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The operation.
    pub request: Request,
    /// The order of the nodes.
    pub order: Order,
    /// What is waited for afterwards.
    pub watch: Option<Watch>,
}

/// What there is to tell while a plan is carried out.
#[derive(Debug)]
pub enum Said {
    /// A line of information.
    Line(String),
    /// An outcome of one node; with retries a node may have several.
    Node(usize, Outcome),
    /// Something was not reached.
    Missed(String),
    /// The database failed; the work goes on.
    Db(db::Error),
}

impl Plan {
    /// Carries the plan out on `nodes`. What becomes of each goes to `tell` as
    /// it comes.
    pub fn carry_out(
        &self,
        points: &Points,
        db: &mut Db,
        nodes: &[PowerNode],
        tell: &mut dyn FnMut(Said),
    ) {
        if !self.order.outside.is_empty() {
            tell(Said::Line(format!(
                "The following nodes are dependencies for some nodes passed in through arguments, \
                 but not in the command arguments: {}, make sure these nodes are in correct state",
                self.order.outside.join(",")
            )));
        }
        let mut run = Run {
            plan: self,
            points,
            db,
            nodes,
            tell,
        };
        for stage in &self.order.stages {
            run.stage(stage);
        }
    }
}

/// A plan while it is carried out.
struct Run<'a> {
    plan: &'a Plan,
    points: &'a Points<'a>,
    db: &'a mut Db,
    nodes: &'a [PowerNode],
    tell: &'a mut dyn FnMut(Said),
}

impl Run<'_> {
    fn stage(&mut self, stage: &Stage) {
        let stop = &self.plan.request.way.stop;
        if stop.is_set() {
            for &node in &stage.nodes {
                (self.tell)(Said::Node(node, Err(NotDone::Interrupted)));
            }
            return;
        }
        if self.plan.order.stages.len() > 1 {
            let names: Vec<_> = stage.nodes.iter().map(|&n| self.name(n)).collect();
            let names = names.join(",");
            self.line(format!(
                "Performing action against the following nodes: {names}"
            ));
        }
        let sent = self.switch(&stage.nodes);
        if let Some(watch) = &self.plan.watch
            && !self.plan.request.way.dry_run
        {
            self.watch(watch, sent);
        }
        if !stage.wait.is_zero() {
            let seconds = stage.wait.as_secs_f64();
            self.line(format!("Waiting {seconds} seconds for node dependencies"));
            if !self.plan.request.way.dry_run {
                stop.pause(stage.wait);
            }
        }
    }

    fn name(&self, node: usize) -> &str {
        &self.nodes[node].name
    }

    fn line(&mut self, line: String) {
        (self.tell)(Said::Line(line));
    }

    /// Switches these nodes and writes their new status. Gives those that can
    /// be waited for: their HMC said something, if only that they are on.
    fn switch(&mut self, indices: &[usize]) -> BTreeSet<usize> {
        let course = self.plan.request.op.course();
        let mut begun = Vec::new();
        let mut sent = BTreeSet::new();
        let nodes: Vec<PowerNode> = indices.iter().map(|&n| self.nodes[n].clone()).collect();
        let tell = &mut *self.tell;
        switch(self.points, &self.plan.request, &nodes, |at, outcome| {
            match &outcome {
                Ok(Done::Success) => {
                    begun.extend(course.map(|course| (nodes[at].name.as_str(), course)));
                    sent.insert(indices[at]);
                }
                Err(NotDone::Hmc(_) | NotDone::Unclear { .. }) => {
                    sent.insert(indices[at]);
                }
                Ok(_) | Err(_) => {}
            }
            tell(Said::Node(indices[at], outcome));
        });
        if let Err(error) = status::write(self.db, begun) {
            tell(Said::Db(error));
        }
        sent
    }

    /// Waits for the nodes; sends the operation again to those that are late.
    fn watch(&mut self, watch: &Watch, sent: BTreeSet<usize>) {
        let mut late = self.wait(watch, sent);
        let stop = &self.plan.request.way.stop;
        for number in 1..=watch.retries {
            if late.is_empty() || stop.is_set() {
                break;
            }
            let names = self.names(&late).join(",");
            self.line(format!(
                "{names}: Reinitializing the installation: {number} retry"
            ));
            let again: Vec<usize> = late.iter().copied().collect();
            self.switch(&again);
            late = self.wait(watch, late);
        }
        for name in self.names(&late) {
            (self.tell)(Said::Missed(format!(
                "The node \"{name}\" can not reach the expected status after {} retries, \
                 the installation for this done failed",
                watch.retries
            )));
        }
    }

    fn names(&self, nodes: &BTreeSet<usize>) -> Vec<String> {
        nodes.iter().map(|&n| self.name(n).to_owned()).collect()
    }

    /// Waits once; gives those that are not as expected.
    fn wait(&mut self, watch: &Watch, nodes: BTreeSet<usize>) -> BTreeSet<usize> {
        let stop = &self.plan.request.way.stop;
        let places = nodes.iter().map(|&n| (self.name(n).to_owned(), n));
        let mut left: BTreeMap<String, usize> = places.collect();
        let mut seen = Seen::default();
        let end = Instant::now() + watch.timeout;
        while !left.is_empty() && !stop.is_set() {
            let names: Vec<String> = left.keys().cloned().collect();
            match seen.look(self.db, watch, &names) {
                Ok(look) => {
                    look.changes.into_iter().for_each(|line| self.line(line));
                    for name in look.reached {
                        left.remove(&name);
                        self.line(format!("{name}: Reached the expected status"));
                    }
                }
                Err(error) => {
                    (self.tell)(Said::Db(error));
                    break;
                }
            }
            let rest = end.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                break;
            }
            stop.pause(LOOK.min(rest));
        }
        for name in left.keys() {
            let text = format!("{name}: does not transit to the expected status");
            (self.tell)(Said::Missed(text));
        }
        left.into_values().collect()
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
