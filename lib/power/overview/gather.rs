//! Asking all listings of all systems at the same time, and laying together
//! what they say.

use std::collections::HashMap;

use super::{Row, Scope, Scoped, View};
use crate::hmc::record::Record;
use crate::hmc::resources::Only;
use crate::hmc::{self, Points};
use crate::noderange::natural;
use crate::power::NotDone;
use crate::remote::fan_out;

/// Why something is missing from an overview.
#[derive(Debug)]
pub enum Failed {
    /// An HMC did not answer a listing.
    Hmc {
        /// The HMC.
        hmc: String,
        /// What it was asked, and what it said.
        error: hmc::Error,
    },
    /// A node is not what its definition says.
    Node {
        /// The node.
        node: String,
        /// What is wrong.
        reason: NotDone,
    },
}

/// A listing of a system, with what came of it.
type Answer = Result<(usize, Vec<Record>), Vec<hmc::Error>>;

/// Asks for the listings of `view` and returns their rows, those of one LPAR or
/// system together, in natural order. What is missing is handed to `failed`;
/// an HMC that cannot be asked comes once.
pub fn gather(
    points: &Points,
    scope: &Scope,
    view: &View,
    mut failed: impl FnMut(Failed),
) -> Vec<Row> {
    let mut answers = ask(points, scope, view);
    let mut said: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for (number, system) in scope.systems.iter().enumerate() {
        let mut records = Vec::new();
        let mut hmc = None;
        let mut complained = false;
        for listing in 0..view.listings.len() {
            match answers.remove(&(number, listing)) {
                Some(Ok((index, answer))) => {
                    hmc.get_or_insert(index);
                    records.push(answer);
                }
                Some(Err(errors)) => {
                    records.push(Vec::new());
                    // What keeps one listing of a system back keeps the others.
                    if !complained && !is_absence(view, &errors) {
                        complained = true;
                        complaints(errors, &mut said, &mut failed);
                    }
                }
                None => records.push(Vec::new()),
            }
        }
        // Without the first listing nothing is known about any LPAR.
        if complained && records.first().is_some_and(Vec::is_empty) {
            continue;
        }
        let found = (view.rows)(records);
        let hmc = hmc.map_or("", |index| points.target(index).name.as_str());
        rows.extend(meant(view, system, hmc, found, &mut failed));
    }
    let name = |row: &Row| {
        row.text("lpar_name")
            .or(row.text("name"))
            .unwrap_or_default()
            .to_owned()
    };
    rows.sort_by(|a: &Row, b: &Row| natural::compare(&name(a), &name(b)));
    rows
}

fn ask(points: &Points, scope: &Scope, view: &View) -> HashMap<(usize, usize), Answer> {
    let mut seen: HashMap<&[usize], usize> = HashMap::new();
    let mut units = Vec::new();
    for listing in 0..view.listings.len() {
        for (number, system) in scope.systems.iter().enumerate() {
            let rank = seen.entry(&system.hcps).or_default();
            *rank += 1;
            units.push((*rank, number, listing));
        }
    }
    // Those of one HMC do not stand together: a slow one would keep all threads.
    units.sort_unstable();
    let mut answers = HashMap::new();
    let question = |(_, number, listing): &(usize, usize, usize)| {
        let system = &scope.systems[*number];
        let only = match system.lpars.as_slice() {
            [(id, _)] if view.lpars => Only::Id(*id),
            _ => Only::All,
        };
        points.ask(&system.hcps, &view.listings[*listing](&system.mtms, only))
    };
    fan_out(&units, scope.settings.width, question, |index, answer| {
        let (_, number, listing) = units[index];
        answers.insert((number, listing), answer);
    });
    answers
}

/// Whether the hardware has no such thing.
fn is_absence(view: &View, errors: &[hmc::Error]) -> bool {
    let absent = |error: &hmc::Error| match (error, view.optional) {
        (hmc::Error::Refused { refusal, .. }, Some(code)) => refusal.is(code),
        _ => false,
    };
    errors.iter().any(absent)
}

fn complaints(errors: Vec<hmc::Error>, said: &mut Vec<String>, failed: &mut impl FnMut(Failed)) {
    for error in errors {
        let hmc = error.hmc().unwrap_or_default().to_owned();
        if let hmc::Error::Remote(failure) = &error {
            let text = failure.to_string();
            if said.contains(&text) {
                continue;
            }
            said.push(text);
        }
        failed(Failed::Hmc { hmc, error });
    }
}

/// The rows of what is meant of a system.
fn meant(
    view: &View,
    system: &Scoped,
    hmc: &str,
    mut rows: Vec<Row>,
    failed: &mut impl FnMut(Failed),
) -> Vec<Row> {
    for row in &mut rows {
        row.set("node", &system.name);
        row.set("ms", &system.name);
        row.set("hmc", hmc);
    }
    let is_kind = |row: &Row| {
        view.kind
            .is_none_or(|kind| row.text("lpar_env") == Some(kind))
    };
    if !view.lpars || system.lpars.is_empty() {
        rows.retain(is_kind);
        return rows;
    }
    let id = |row: &Row| row.text("lpar_id").and_then(|id| id.parse::<u32>().ok());
    let name = |row: &Row| {
        let value = row.get("lpar_name").or(row.get("name"));
        value.map(|value| value.as_str().to_owned())
    };
    let mut kept = Vec::new();
    for (number, node) in &system.lpars {
        let own: Vec<_> = rows.iter().filter(|row| id(row) == Some(*number)).collect();
        let namesake = rows.iter().find(|row| name(row).as_ref() == Some(node));
        let reason = match (own.first(), namesake) {
            (None, _) => NotDone::NoLpar {
                system: system.mtms.clone(),
                id: *number,
            },
            (Some(own), Some(other)) if id(other) != id(own) => NotDone::OtherLpar {
                system: system.mtms.clone(),
                id: *number,
                other: name(own).unwrap_or_default(),
                name: node.clone(),
                own: id(other).unwrap_or_default(),
            },
            (Some(own), _) if !is_kind(own) => {
                NotDone::OtherKind(own.text("lpar_env").unwrap_or_default().to_owned())
            }
            _ => {
                kept.extend(own.into_iter().cloned());
                continue;
            }
        };
        let node = node.clone();
        failed(Failed::Node { node, reason });
    }
    kept
}
