//! Asking all listings of all systems at the same time, and laying together
//! what they say.

use std::collections::HashMap;

use super::{Row, Scope, Scoped, View};
use crate::hmc::ask::{LparState, lpar_states};
use crate::hmc::record::Record;
use crate::hmc::resources::Only;
use crate::hmc::{self, Points};
use crate::noderange::natural;
use crate::power::NotDone;
use crate::power::switch::identify;
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
    let mut found = Vec::new();
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
        let hmc = hmc.map_or("", |index| points.target(index).name.as_str());
        found.push((system, hmc, (view.rows)(records)));
    }
    let mut rows = Vec::new();
    let known = names(points, scope, &found);
    for ((system, hmc, own), known) in found.into_iter().zip(known) {
        match known {
            Ok(known) => rows.extend(meant(view, system, hmc, (own, &known), &mut failed)),
            Err(errors) => complaints(errors, &mut said, &mut failed),
        }
    }
    rows.sort_by(|a: &Row, b: &Row| natural::compare(name(a), name(b)));
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

/// The partitions of systems of which one was listed alone, under another name
/// than its node's: its number may be that of another one.
fn names(
    points: &Points,
    scope: &Scope,
    found: &[(&Scoped, &str, Vec<Row>)],
) -> Vec<Result<Vec<LparState>, Vec<hmc::Error>>> {
    let doubtful = |system: &Scoped, rows: &[Row]| match (system.lpars.as_slice(), rows) {
        ([(_, node)], [row, ..]) => name(row) != *node,
        _ => false,
    };
    let question = |(system, _, rows): &(&Scoped, &str, Vec<Row>)| match doubtful(system, rows) {
        true => points
            .ask(&system.hcps, &lpar_states(&system.mtms))
            .map(|(_, lpars)| lpars),
        false => Ok(Vec::new()),
    };
    let mut known: Vec<_> = found.iter().map(|_| Ok(Vec::new())).collect();
    fan_out(found, scope.settings.width, question, |at, answer| {
        known[at] = answer;
    });
    known
}

/// The name of the LPAR that a row is of; empty if it has none.
fn name(row: &Row) -> &str {
    row.text("lpar_name")
        .or(row.text("name"))
        .unwrap_or_default()
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

/// The rows of what is meant of a system, whose partitions are `known` where not
/// all rows were asked for.
fn meant(
    view: &View,
    system: &Scoped,
    hmc: &str,
    (mut rows, known): (Vec<Row>, &[LparState]),
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
    let listed = |row: &Row| {
        let id = row.text("lpar_id")?.parse().ok()?;
        let (name, state) = (name(row).to_owned(), String::new());
        Some(LparState { name, id, state })
    };
    let mut lpars: Vec<LparState> = rows.iter().filter_map(listed).collect();
    lpars.extend_from_slice(known);
    let mut kept = Vec::new();
    for (number, node) in &system.lpars {
        let own = |row: &&Row| row.text("lpar_id") == Some(&number.to_string());
        let own: Vec<_> = rows.iter().filter(own).collect();
        let other = own.first().filter(|row| !is_kind(row));
        let reason = match (identify(&system.mtms, *number, node, &lpars), other) {
            (Err(reason), _) => reason,
            (Ok(_), Some(other)) => {
                NotDone::OtherKind(other.text("lpar_env").unwrap_or_default().to_owned())
            }
            (Ok(_), None) => {
                kept.extend(own.into_iter().cloned());
                continue;
            }
        };
        let node = node.clone();
        failed(Failed::Node { node, reason });
    }
    kept
}
