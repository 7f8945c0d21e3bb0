//! What `rinv`, `rvitals` and `reventlog` tell of nodes.
//!
//! A [`Sheet`] asks what is wanted of one managed system, each question once
//! whatever the number of its nodes; [`inventory`], [`vitals`] and [`events`]
//! say what is shown of it.

mod events;
mod inventory;
mod sheet;
mod vitals;

use serde_json::{Map, Value, json};

use super::systems::{Job, Out, System, each_machine};
use super::{NotDone, PowerNode};
use crate::hmc::Points;
use crate::hmc::refusal::printable;

pub use events::{BadCount, Events, Which, clear};
pub use inventory::{BadItem, Inventory};
pub use sheet::Sheet;
pub use vitals::{BadVital, Vitals};

/// Something that is told of a node: lines for people, members of an object for
/// programs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fact {
    /// The lines, without the node's name.
    pub lines: Vec<String>,
    /// The members.
    pub members: Vec<(&'static str, Value)>,
    /// What the HMC refused; its text stands in the lines.
    pub refused: Option<NotDone>,
}

impl Fact {
    /// `LABEL: VALUE`.
    fn new(label: &str, key: &'static str, value: &str) -> Self {
        Fact {
            lines: vec![format!("{label}: {}", printable(value))],
            members: vec![(key, typed(value))],
            refused: None,
        }
    }

    /// `LABEL: WHY NOT`, for what this node does not have.
    fn without(label: &str, key: &'static str, text: &str) -> Self {
        Fact {
            lines: vec![format!("{label}: {text}")],
            members: vec![(key, Value::Null)],
            refused: None,
        }
    }

    /// Lines below a head, in its place where the HMC refused them.
    fn refused(head: &[&str], reason: NotDone) -> Self {
        let text = reason.to_string();
        let lines = match head {
            [] => vec![text],
            [head @ .., label] => {
                let head = head.iter().map(|line| (*line).to_owned());
                head.chain([format!("{label}{text}")]).collect()
            }
        };
        Fact {
            lines,
            members: Vec::new(),
            refused: Some(reason),
        }
    }
}

/// What is told of one node, in order.
pub type Facts = Vec<Fact>;

/// Something that can be told of nodes.
pub trait Telling: Sync {
    /// What is told of the node of this job.
    ///
    /// # Errors
    /// The HMC could not be asked, or the node is not what it is defined as:
    /// then nothing is told.
    fn facts(&self, sheet: &Sheet, job: &Job) -> Result<Facts, NotDone>;
}

/// Tells `what` of `nodes`; hands each outcome to `each`, with the index of the
/// node, as it comes.
pub fn tell(
    points: &Points,
    width: usize,
    nodes: &[PowerNode],
    what: &dyn Telling,
    each: impl FnMut(usize, Result<Facts, NotDone>),
) {
    let work = |system: &System, out: &Out<Facts>| {
        let sheet = Sheet::new(system, points);
        for job in &system.jobs {
            out.send(job, what.facts(&sheet, job));
        }
    };
    each_machine(nodes, width, |_, _| Ok(()), work, each);
}

/// The object of a node for `--json`.
pub fn document(node: &str, facts: &[Fact]) -> Value {
    let mut object = Map::new();
    object.insert("node".to_owned(), json!(node));
    for (key, value) in facts.iter().flat_map(|fact| &fact.members) {
        object.insert((*key).to_owned(), value.clone());
    }
    Value::Object(object)
}

/// A number where the whole value is one that JSON writes in the same way.
fn typed(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Number(number)) if number.to_string() == text => number.into(),
        _ => json!(text),
    }
}

/// Keeps refusals, which are told in a node's own lines; whatever else fails
/// fails for the node.
fn or_refused(fact: Result<Fact, NotDone>, head: &[&str]) -> Result<Fact, NotDone> {
    match fact {
        Err(reason) if reason.is_answer() => Ok(Fact::refused(head, reason)),
        other => other,
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
