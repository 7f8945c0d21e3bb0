//! An operation on its way: what is told of it, what is waited for afterwards,
//! and whom it is sent to again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::netboot;
use super::watch::{LOOK, Seen, Watch};
use super::{Done, NotDone, Outcome, PowerNode, Way};
use crate::db::{self, Db};

/// What there is to tell while an operation is carried out.
#[derive(Debug)]
pub enum Said {
    /// A line of information.
    Line(String),
    /// How far a node has come, in the words of its HMC.
    Step(usize, String),
    /// An outcome of one node; with retries a node may have several.
    Node(usize, Outcome),
    /// These nodes are waited for.
    Waiting(Vec<String>),
    /// Something was not reached.
    Missed(String),
    /// The database failed; the work goes on.
    Db(db::Error),
}

/// Where an operation takes place.
pub(super) struct Scene<'a> {
    /// The nodes; all others count by their places here.
    pub nodes: &'a [PowerNode],
    /// The database, for what is written and looked at.
    pub db: &'a mut Db,
    /// How it is gone about.
    pub way: &'a Way,
    /// Who is told.
    pub tell: &'a mut dyn FnMut(Said),
}

/// The nodes that an operation was sent to.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Those that can be waited for.
    underway: BTreeSet<usize>,
    /// Those that another try may help, and nothing else.
    failed: BTreeSet<usize>,
}

impl Sent {
    /// Counts a node. xCAT waits for all of them, and so takes a node for
    /// installed that was before, and failed to boot now.
    pub fn count(&mut self, node: usize, outcome: &Outcome) {
        match outcome {
            // The HMC said something, if only that it is on already.
            Ok(Done::Success | Done::Power { .. })
            | Err(NotDone::Hmc(_) | NotDone::Unclear { .. }) => {
                self.underway.insert(node);
            }
            Err(NotDone::Netboot(error)) if matches!(**error, netboot::Error::Failed { .. }) => {
                self.failed.insert(node);
            }
            Ok(Done::State(_) | Done::Would(_)) | Err(_) => {}
        }
    }
}

impl Scene<'_> {
    /// Has `send` send an operation to these nodes. Then waits for them, if there
    /// is something to wait for, and has it sent again to those that are late.
    pub fn carry_out(
        &mut self,
        nodes: &[usize],
        watch: Option<&Watch>,
        send: &dyn Fn(&mut Self, &[usize]) -> Sent,
    ) {
        let sent = send(self, nodes);
        let Some(watch) = watch.filter(|_| !self.way.dry_run) else {
            return;
        };
        let mut late = self.wait(watch, sent.underway);
        late.extend(sent.failed);
        for number in 1..=watch.retries {
            if late.is_empty() || self.way.stop.is_set() {
                break;
            }
            let names = self.names(&late).join(",");
            self.line(format!(
                "{names}: Reinitializing the installation: {number} retry"
            ));
            let again: Vec<usize> = late.iter().copied().collect();
            let Sent { underway, .. } = send(self, &again);
            late.retain(|node| !underway.contains(node));
            late.extend(self.wait(watch, underway));
        }
        for name in self.names(&late) {
            (self.tell)(Said::Missed(format!(
                "The node \"{name}\" can not reach the expected status after {} retries, \
                 the installation for this done failed",
                watch.retries
            )));
        }
    }

    /// Tells a line of information.
    pub fn line(&mut self, line: String) {
        (self.tell)(Said::Line(line));
    }

    fn names(&self, nodes: &BTreeSet<usize>) -> Vec<String> {
        nodes.iter().map(|&n| self.nodes[n].name.clone()).collect()
    }

    /// Waits once; gives those that are not as expected.
    fn wait(&mut self, watch: &Watch, nodes: BTreeSet<usize>) -> BTreeSet<usize> {
        let stop = &self.way.stop;
        let places = nodes.iter().map(|&n| (self.nodes[n].name.clone(), n));
        let mut left: BTreeMap<String, usize> = places.collect();
        let mut seen = Seen::default();
        let end = Instant::now() + watch.timeout;
        let mut told = usize::MAX;
        while !left.is_empty() && !stop.is_set() {
            let names: Vec<String> = left.keys().cloned().collect();
            match seen.look(self.db, watch, &names) {
                Ok(look) => {
                    if !look.changes.is_empty() {
                        told = usize::MAX;
                    }
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
            if left.len() < told && !left.is_empty() {
                told = left.len();
                (self.tell)(Said::Waiting(left.keys().cloned().collect()));
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
