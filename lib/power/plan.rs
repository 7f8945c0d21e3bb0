//! A whole `rpower`: stage after stage, with the waits between them, what is
//! written, what is waited for, and what is sent again.

use super::order::{Order, Stage};
use super::progress::{Said, Scene, Sent};
use super::watch::Watch;
use super::{Done, NotDone, PowerNode, Request, status, switch};
use crate::db::Db;
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
        let way = &self.request.way;
        let mut scene = Scene {
            nodes,
            db,
            way,
            tell,
        };
        if !self.order.outside.is_empty() {
            scene.line(format!(
                "The following nodes are dependencies for some nodes passed in through arguments, \
                 but not in the command arguments: {}, make sure these nodes are in correct state",
                self.order.outside.join(",")
            ));
        }
        for stage in &self.order.stages {
            self.stage(stage, points, &mut scene);
        }
    }

    fn stage(&self, stage: &Stage, points: &Points, scene: &mut Scene) {
        let Request { way, .. } = &self.request;
        if way.stop.is_set() {
            for &node in &stage.nodes {
                (scene.tell)(Said::Node(node, Err(NotDone::Interrupted)));
            }
            return;
        }
        if self.order.stages.len() > 1 {
            let names = stage.nodes.iter().map(|&n| scene.nodes[n].name.as_str());
            let names = names.collect::<Vec<_>>().join(",");
            scene.line(format!(
                "Performing action against the following nodes: {names}"
            ));
        }
        let send = |scene: &mut Scene, nodes: &[usize]| self.switch(points, scene, nodes);
        scene.carry_out(&stage.nodes, self.watch.as_ref(), &send);
        if !stage.wait.is_zero() {
            let seconds = stage.wait.as_secs_f64();
            scene.line(format!("Waiting {seconds} seconds for node dependencies"));
            if !way.dry_run {
                way.stop.pause(stage.wait);
            }
        }
    }

    /// Switches these nodes and writes their new status.
    fn switch(&self, points: &Points, scene: &mut Scene, indices: &[usize]) -> Sent {
        let course = self.request.op.course();
        let mut begun = Vec::new();
        let mut sent = Sent::default();
        let nodes: Vec<PowerNode> = indices.iter().map(|&n| scene.nodes[n].clone()).collect();
        switch(points, &self.request, &nodes, |at, outcome| {
            if matches!(outcome, Ok(Done::Success | Done::Power { sent: true, .. })) {
                begun.extend(course.map(|course| (nodes[at].name.as_str(), course)));
            }
            sent.count(indices[at], &outcome);
            (scene.tell)(Said::Node(indices[at], outcome));
        });
        if let Err(error) = status::write(scene.db, begun) {
            (scene.tell)(Said::Db(error));
        }
        sent
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
