//! How it is said what came of work on nodes through HMCs.

use std::fmt::Display;

use serde_json::{Value, json};

use super::Report;
use crate::error::{Result, chain};
use crate::hmc;
use crate::hmc::refusal::printable;
use crate::json::Array;
use crate::power::facts::{Facts, document};
use crate::power::{Done, NotDone, PowerNode, Said};

impl Report {
    /// What came of work on a node through an HMC. Refusals are lines of
    /// standard output, as in xCAT; that an HMC could not be asked is an error.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn outcome(&mut self, node: &str, outcome: Result<impl Display, NotDone>) -> Result<()> {
        match outcome {
            Ok(done) => self.node(node, done),
            Err(reason) if reason.is_answer() => {
                self.fail();
                self.node(node, reason)
            }
            Err(reason) => {
                self.node_error(node, reason);
                Ok(())
            }
        }
    }

    /// What is told of an operation on its way.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn underway(
        &mut self,
        nodes: &[PowerNode],
        said: Said,
        array: Option<&mut Array>,
    ) -> Result<()> {
        match said {
            Said::Line(line) => self.line(line)?,
            Said::Step(index, step) => self.step(&nodes[index].name, &step),
            Said::Waiting(names) => {
                let (count, names) = (names.len(), names.join(","));
                self.progress(format_args!("waiting for {count}: {names}"));
            }
            Said::Missed(text) => self.error(text),
            Said::Db(error) => self.error(chain(&error)),
            Said::Node(index, outcome) => {
                let node = &nodes[index].name;
                match array {
                    Some(array) => self.outcome_json(array, node, outcome)?,
                    None => self.change(node, outcome)?,
                }
            }
        }
        // What comes next takes its time.
        self.flush()
    }

    /// [`Report::outcome`] as an element of a JSON document, `node` with
    /// `state` or `error`; what is an error on standard error is one there too.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn outcome_json(
        &mut self,
        array: &mut Array,
        node: &str,
        outcome: Result<impl Display, NotDone>,
    ) -> Result<()> {
        let element = match outcome {
            Ok(done) => json!({"node": node, "state": done.to_string()}),
            Err(reason) => {
                self.fail();
                let text = reason.to_string();
                if !reason.is_answer() {
                    self.node_error(node, reason);
                }
                json!({"node": node, "error": text})
            }
        };
        self.line(array.line(&element))
    }

    /// What came of a change of a node through an HMC, a line for each command
    /// that a dry run tells.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn change(&mut self, node: &str, outcome: Result<Done, NotDone>) -> Result<()> {
        match outcome {
            Ok(done) => done
                .lines()
                .iter()
                .try_for_each(|line| self.node(node, line)),
            Err(reason) => self.outcome(node, Err::<Done, _>(reason)),
        }
    }

    /// The JSON object that is told of a node, or on standard error why there
    /// is none.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn element(
        &mut self,
        array: &mut Array,
        node: &str,
        told: Result<Value, NotDone>,
    ) -> Result<()> {
        match told {
            Ok(object) => self.line(array.line(&object)),
            Err(reason) => {
                self.node_error(node, reason);
                Ok(())
            }
        }
    }

    /// The end of a JSON document, if there is one.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn end(&mut self, array: Option<Array>) -> Result<()> {
        array.map_or(Ok(()), |array| self.line(array.end()))
    }

    /// What was told of a node: its lines, or in JSON its object, and what the
    /// HMC refused of it.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn facts(
        &mut self,
        node: &str,
        facts: Result<Facts, NotDone>,
        array: Option<&mut Array>,
    ) -> Result<()> {
        let (facts, array) = match (facts, array) {
            (Ok(facts), Some(array)) => (facts, array),
            (Err(reason), Some(array)) => return self.element(array, node, Err(reason)),
            (told, None) => return self.fact_lines(node, told),
        };
        for reason in facts.iter().filter_map(|fact| fact.refused.as_ref()) {
            self.node_error(node, reason);
        }
        self.element(array, node, Ok(document(node, &facts)))
    }

    fn fact_lines(&mut self, node: &str, facts: Result<Facts, NotDone>) -> Result<()> {
        let facts = match facts {
            Ok(facts) => facts,
            Err(reason) => return self.outcome(node, Err::<&str, _>(reason)),
        };
        if facts.iter().any(|fact| fact.refused.is_some()) {
            self.fail();
        }
        let mut lines = facts.iter().flat_map(|fact| &fact.lines);
        lines.try_for_each(|line| self.node(node, line))
    }

    /// What an HMC refused, as the LPAR-Tool says it, on standard error: the
    /// command, its exit code, the HMC's own words. An HMC that could not be
    /// asked is an error like any other. The exit code becomes 1.
    pub fn hmc_error(&mut self, hmc: &str, error: &hmc::Error) {
        match error {
            hmc::Error::Refused {
                refusal, command, ..
            } => {
                self.code |= 1;
                let words: Vec<_> = refusal.text.lines().map(printable).collect();
                self.diagnostic(format_args!(
                    "{hmc}: {command}\nERROR: remote HMC command returned an error ({})\nStdErr: {}",
                    refusal.status,
                    words.join("\n")
                ));
            }
            error => self.node_error(hmc, error),
        }
    }

    /// How far the work on a node has come: a line with `-V`, else the progress
    /// on a terminal.
    pub fn step(&mut self, node: &str, text: &str) {
        let text = printable(text);
        match self.verbose {
            true => self.diagnostic(format_args!("{node}: {text}")),
            false => self.progress(format_args!("{node}: {text}")),
        }
    }
}
