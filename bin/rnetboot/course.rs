//! The boots of a command: begun, told of, written down, waited for.

use xcat::context::Context;
use xcat::db::Db;
use xcat::error::{Error, Result};
use xcat::hmc::Points;
use xcat::power::netboot::{self, Boot, Course, Event, Patience, Plan, monitor, plans};
use xcat::power::{Hardware, NotDone};
use xcat::tables::list::Query;

/// Reads what nodes are to come to: conditions on columns of their tables.
pub fn goal(conditions: &[String]) -> Result<Query> {
    let query = Query::parse(conditions)?;
    match query.shows_columns() {
        true => Err(Error::Usage(
            "-m takes conditions: table.column==value, or with != =~ !~".into(),
        )),
        false => Ok(query),
    }
}

/// Reads what the boots need.
pub fn gather(cx: &mut Context, db: &Db, noderange: &str) -> Result<(Hardware, Vec<Plan>)> {
    let snapshot = db.read()?;
    let names = cx.nodes(&snapshot, noderange)?;
    let plans = plans(&snapshot, &names, netboot::Given::default())?;
    Ok((Hardware::read(&snapshot, &names)?, plans))
}

/// The boots of a command.
pub struct Boots<'a> {
    cx: &'a mut Context,
    db: Db,
    points: &'a Points<'a>,
    hardware: &'a Hardware,
    request: Boot<'a>,
    goal: &'a Query,
    booted: Vec<usize>,
    failed: Result<()>,
}

impl<'a> Boots<'a> {
    /// None begun.
    pub fn new(
        cx: &'a mut Context,
        db: Db,
        points: &'a Points<'a>,
        hardware: &'a Hardware,
        request: Boot<'a>,
        goal: &'a Query,
    ) -> Self {
        Boots {
            cx,
            db,
            points,
            hardware,
            request,
            goal,
            booted: Vec::new(),
            failed: Ok(()),
        }
    }

    /// Boots all nodes.
    pub fn boot(&mut self) {
        let all: Vec<usize> = (0..self.hardware.nodes.len()).collect();
        self.boot_these(&all);
    }

    fn boot_these(&mut self, which: &[usize]) {
        let nodes = which.iter().map(|at| self.hardware.nodes[*at].clone());
        let nodes: Vec<_> = nodes.collect();
        let plans = which.iter().map(|at| self.request.plans[*at].clone());
        let plans: Vec<_> = plans.collect();
        let request = Boot {
            plans: &plans,
            ..self.request
        };
        netboot::boot(self.points, &request, &nodes, |at, outcome| {
            let told = self.tell(which[at], outcome);
            if self.failed.is_ok() {
                self.failed = told;
            }
        });
    }

    fn tell(&mut self, index: usize, outcome: Result<Event<()>, NotDone>) -> Result<()> {
        let node = &self.hardware.nodes[index].name;
        match outcome {
            Ok(Event::Step(step)) => {
                self.cx.report.step(node, &step);
                Ok(())
            }
            Ok(Event::Would(line)) => self.cx.report.line(line),
            Ok(Event::Done(())) => {
                if !self.booted.contains(&index) {
                    self.booted.push(index);
                }
                netboot::set_booted(&mut self.db, node)?;
                self.cx.report.node(node, "Success")
            }
            Err(reason) if reason.is_answer() => {
                self.cx.report.fail();
                self.cx.report.node(node, reason)
            }
            Err(reason) => {
                self.cx.report.node_error(node, reason);
                Ok(())
            }
        }
    }

    /// Waits for the nodes that were booted.
    pub fn watch(&mut self, patience: &Patience<'_>) -> Result<()> {
        let booted = self.booted.clone();
        for index in monitor(self, booted, patience)? {
            let node = &self.hardware.nodes[index].name;
            self.cx.report.error(format_args!(
                "The node \"{node}\" can not reach the expected status after {} retries, the installation for this done failed",
                patience.retries
            ));
        }
        Ok(())
    }

    /// Says what could not be written.
    pub fn end(self) -> Result<()> {
        self.failed
    }
}

impl Course for Boots<'_> {
    type Error = Error;

    fn behind(&mut self, nodes: &[usize]) -> Result<Vec<usize>> {
        let name = |at: &usize| self.hardware.nodes[*at].name.clone();
        let snapshot = self.db.read()?;
        let there = self
            .goal
            .choose(&snapshot, nodes.iter().map(name).collect())?;
        let behind = |at: &&usize| !there.contains(&name(at));
        Ok(nodes.iter().filter(behind).copied().collect())
    }

    fn again(&mut self, nth: u32, nodes: &[usize]) {
        for index in nodes {
            let node = &self.hardware.nodes[*index].name;
            let text = format!("Reinitializing the installation: {nth} retry");
            let told = self.cx.report.node(node, text);
            if self.failed.is_ok() {
                self.failed = told;
            }
        }
        self.boot_these(nodes);
    }
}
