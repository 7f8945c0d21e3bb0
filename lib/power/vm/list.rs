//! Listing profiles: those that count, or all.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::partitions::find;
use super::problem::Problem;
use crate::hmc::Points;
use crate::hmc::profile::{Partition, Profile, partitions, profiles};
use crate::hmc::refusal::printable;
use crate::power::{Job, Machine, NotDone, Out, PowerNode, System, each_system};

/// Which profiles of a partition are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// That of its last activation, else its default.
    Current,
    /// All of them.
    All,
}

/// What a node has: the wanted profiles of the partition, of a system those of
/// all its partitions, in the order of their names.
pub type Listed = Vec<Profile>;

/// Lists the profiles of `nodes`; hands each outcome to `each` with the index
/// of the node, on the calling thread and as it comes.
pub fn list(
    points: &Points<'_>,
    width: usize,
    nodes: &[PowerNode],
    which: Which,
    each: impl FnMut(usize, Result<Listed, NotDone>),
) {
    let work = |system: &System<'_>, out: &Out<Listed>| of_system(system, points, which, out);
    each_system(nodes, width, |_, _| Ok(()), work, each);
}

fn of_system(system: &System<'_>, points: &Points<'_>, which: Which, out: &Out<Listed>) {
    let only = match system.jobs.as_slice() {
        [job] => match job.machine {
            Machine::Lpar { id } => Some(id),
            Machine::Cec | Machine::Frame => None,
        },
        _ => None,
    };
    let answers = points
        .ask(system.hcps, &partitions(system.mtms))
        .and_then(|(_, lpars)| {
            // An HMC refuses the profiles of a number that it does not have.
            let only = only.filter(|id| lpars.iter().any(|lpar| lpar.id == *id));
            let rows = points.ask(system.hcps, &profiles(system.mtms, only))?.1;
            Ok((lpars, rows))
        });
    match answers {
        Err(errors) => out.fail(&system.jobs, &errors),
        Ok((lpars, rows)) => {
            for job in &system.jobs {
                out.send(job, of_node(system, job, which, &lpars, &rows));
            }
        }
    }
}

fn of_node(
    system: &System<'_>,
    job: &Job<'_>,
    which: Which,
    lpars: &[Partition],
    rows: &[Profile],
) -> Result<Listed, NotDone> {
    match job.machine {
        Machine::Lpar { id } => {
            let lpar = find(system.mtms, id, &job.node.name, lpars)?;
            Ok(wanted(lpar, which, rows)?)
        }
        Machine::Cec | Machine::Frame => {
            let mut sorted: Vec<_> = lpars.iter().collect();
            sorted.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
            // A partition without profile is not listed, as in a listing of the HMC.
            let of = |lpar| wanted(lpar, which, rows).unwrap_or_default();
            Ok(sorted.into_iter().flat_map(of).collect())
        }
    }
}

/// The wanted profiles of one partition among `rows`.
fn wanted(lpar: &Partition, which: Which, rows: &[Profile]) -> Result<Listed, Problem> {
    let own = rows.iter().filter(|row| row.lpar() == Some(lpar.id));
    let own: Vec<_> = own.cloned().collect();
    if own.is_empty() {
        return Err(Problem::NoProfiles(lpar.name.clone()));
    }
    let (Which::Current, Some(name)) = (which, lpar.profile()) else {
        return Ok(own);
    };
    match own.into_iter().find(|row| row.name() == name) {
        Some(profile) => Ok(vec![profile]),
        None => Err(Problem::NoProfile {
            lpar: lpar.name.clone(),
            profile: name.to_owned(),
        }),
    }
}

/// The rows as the HMC printed them, an empty line below each.
pub fn rows(profiles: &[Profile]) -> String {
    let row = |profile: &Profile| format!("{}\n\n", printable(&profile.text));
    profiles.iter().map(row).collect()
}

/// One attribute a line, each element of a list on a line of its own.
pub fn lines(profiles: &[Profile]) -> String {
    let mut text = String::new();
    for profile in profiles {
        if !text.is_empty() {
            text.push('\n');
        }
        let (lpar, name) = (printable(profile.lpar_name()), printable(profile.name()));
        let _ = write!(text, "profile {name:?} of LPAR {lpar:?}");
        for (name, value) in profile.record.fields() {
            let elements = value.elements();
            match elements.as_slice() {
                [_, _, ..] => elements.iter().for_each(|element| {
                    let _ = write!(text, "\n    {name}: {}", printable(element));
                }),
                _ => {
                    let _ = write!(text, "\n    {name}={}", printable(value.as_str()));
                }
            }
        }
    }
    text
}

/// A node with its profiles: the attributes of each, with values as HMCs write
/// them.
pub fn document(node: &str, profiles: &[Profile]) -> Value {
    let attribute = |(name, value): &(String, crate::hmc::record::Value)| {
        (name.clone(), Value::from(value.as_str()))
    };
    let profile = |profile: &Profile| -> Map<String, Value> {
        profile.record.fields().iter().map(attribute).collect()
    };
    let profiles: Vec<_> = profiles.iter().map(profile).collect();
    json!({ "node": node, "profiles": profiles })
}
