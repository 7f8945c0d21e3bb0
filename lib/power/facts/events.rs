//! `reventlog`: the serviceable events that an HMC keeps of systems and frames.

use std::str::FromStr;

use serde_json::json;

use super::{Fact, Facts, Sheet, Telling, or_refused};
use crate::hmc::health::{self, Event};
use crate::hmc::refusal::printable;
use crate::hmc::{Points, Resource};
use crate::power::line::{Line, Look};
use crate::power::systems::{Job, Out, System, each_machine};
use crate::power::{Done, Machine, NotDone, PowerNode, Way};

/// Which events are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// The latest, so many.
    Latest(usize),
}

/// The word is no number of entries. The text is xCAT's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid entry count: {0}")]
pub struct BadCount(String);

impl FromStr for Which {
    type Err = BadCount;

    fn from_str(word: &str) -> Result<Self, BadCount> {
        match word.parse() {
            _ if word == "all" => Ok(Which::All),
            Ok(count) if count > 0 && !word.starts_with(['0', '+']) => Ok(Which::Latest(count)),
            _ => Err(BadCount(word.to_owned())),
        }
    }
}

/// The events that are told of, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Events {
    /// Which.
    pub which: Which,
    /// From the latest to the oldest; else the latest comes last.
    pub latest_first: bool,
}

impl Telling for Events {
    fn facts(&self, sheet: &Sheet, _: &Job) -> Result<Facts, NotDone> {
        let told = sheet.events().map(|events| self.fact(events));
        Ok(vec![or_refused(told, &[])?])
    }
}

impl Events {
    fn fact(self, events: &[Event]) -> Fact {
        // An HMC counts its problems up. Its dates have a form for each language.
        let mut events: Vec<_> = events.iter().collect();
        events.sort_by_key(|event| event.problem);
        if let Which::Latest(count) = self.which {
            events.drain(..events.len().saturating_sub(count));
        }
        if self.latest_first {
            events.reverse();
        }
        let member = |event: &&Event| {
            json!({
                "problem_num": event.problem,
                "refcode": event.refcode,
                "status": event.status,
                "created_time": event.created,
                "last_time": event.last,
                "duplicate_count": super::typed(&event.duplicates),
                "text": event.text,
                "analyzing_hmc": event.hmc,
            })
        };
        let lines: Vec<_> = events.iter().map(|event| line(event)).collect();
        Fact {
            members: vec![("events", events.iter().map(member).collect())],
            lines: match lines.is_empty() {
                true => vec!["no serviceable events".to_owned()],
                false => lines,
            },
            refused: None,
        }
    }
}

fn line(event: &Event) -> String {
    printable(&format!(
        "{} {} {} {} [{}]",
        event.created, event.refcode, event.status, event.text, event.problem
    ))
}

/// Closes the open events of systems and frames; hands each outcome to `each`,
/// with the index of the node. Events of an LPAR are those of its system, and
/// are closed there only.
pub fn clear(
    points: &Points,
    way: &Way,
    nodes: &[PowerNode],
    each: impl FnMut(usize, Result<Done, NotDone>),
) {
    let check = |_: &PowerNode, machine| match machine {
        Machine::Lpar { .. } => Err(NotDone::NotHere(
            "events are those of the whole system; clear them with the name of the system",
        )),
        Machine::Cec | Machine::Frame => Ok(()),
    };
    let work = |system: &System, out: &Out<Done>| {
        let done = of_system(points, way, system);
        for job in &system.jobs {
            out.send(job, done.clone());
        }
    };
    each_machine(nodes, way.width, check, work, each);
}

fn of_system(points: &Points, way: &Way, system: &System) -> Result<Done, NotDone> {
    let mtms = system.mtms.clone();
    let resource = match system.frames().next() {
        Some(_) => Resource::Frame(mtms),
        None => Resource::System(mtms),
    };
    let (hmc, events) = points
        .ask(system.hcps, &health::events(&resource))
        .map_err(NotDone::Hmc)?;
    // Another HMC need not know of them.
    let mut line = Line::new(points, (hmc, &[]), way);
    let open = events.iter().filter(|event| is_open(event));
    for (closed, event) in open.enumerate() {
        let again = |look: &Look| {
            let events = look.ask(&health::events(&resource))?;
            let now = events.iter().find(|other| is_same(other, event));
            Ok(match now {
                Some(now) => format!("event {} is {}", event.problem, printable(&now.status)),
                None => format!("event {} is not there any more", event.problem),
            })
        };
        if let Err(reason) = line.send(&health::close_event(event), again) {
            return Err(match closed {
                0 => reason,
                _ => NotDone::Partly {
                    done: format!("{closed} closed, the next one not"),
                    reason: Box::new(reason),
                },
            });
        }
    }
    Ok(line.done())
}

/// Each HMC counts its own problems.
fn is_same(one: &Event, other: &Event) -> bool {
    (one.problem, &one.hmc) == (other.problem, &other.hmc)
}

fn is_open(event: &Event) -> bool {
    !event.status.eq_ignore_ascii_case("closed")
}
