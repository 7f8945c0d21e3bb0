//! Laying together what several HMCs found.

use std::collections::HashMap;

use super::{Found, Kind, Problem, Survey, is_node_name};

/// Makes one list of several surveys. What two HMCs manage appears once, with
/// both as control points, in the order of the surveys; where one knows less,
/// having no connection to the system, the other's knowledge is taken.
pub fn combine(surveys: Vec<Survey>) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    let mut places = HashMap::new();
    for found in surveys.into_iter().flat_map(|survey| survey.found) {
        match places.get(&key(&found)) {
            Some(&place) => join(&mut all[place], found),
            None => {
                places.insert(key(&found), all.len());
                all.push(found);
            }
        }
    }
    let system = |found: &Found| (found.mtm.clone(), found.serial.clone());
    let cecs = all.iter().filter(|found| found.kind == Kind::Cec);
    let names: HashMap<_, _> = cecs.map(|cec| (system(cec), cec.name.clone())).collect();
    for lpar in all.iter_mut().filter(|found| found.kind == Kind::Lpar) {
        if let Some(name) = names.get(&system(lpar)) {
            lpar.parent.clone_from(name);
        }
    }
    all
}

/// The HMCs that told all they manage: what such a one does not list, it does
/// not manage.
pub fn answered(surveys: &[Survey]) -> Vec<String> {
    let complete = surveys.iter().filter(|survey| survey.problems.is_empty());
    let found = complete.flat_map(|survey| &survey.found);
    let hmcs = found.filter(|found| found.kind == Kind::Hmc);
    hmcs.map(|hmc| hmc.name.clone()).collect()
}

/// What a thing is the same by. The name of an HMC is what it was asked by.
fn key(found: &Found) -> (Kind, String, String, String) {
    let part = match found.kind {
        Kind::Hmc => found.name.clone(),
        Kind::Lpar => found.id.clone(),
        Kind::Frame | Kind::Cec => String::new(),
    };
    (found.kind, found.mtm.clone(), found.serial.clone(), part)
}

fn join(have: &mut Found, other: Found) {
    for hcp in other.hcp {
        if !have.hcp.contains(&hcp) {
            have.hcp.push(hcp);
        }
    }
    if have.unnamed && !other.unnamed {
        have.name = other.name;
        have.unnamed = false;
    }
    have.complete |= other.complete;
    let fill = |have: &mut String, other: String| {
        if have.is_empty() {
            *have = other;
        }
    };
    fill(&mut have.id, other.id);
    fill(&mut have.profile, other.profile);
    fill(&mut have.default_profile, other.default_profile);
    fill(&mut have.parent, other.parent);
}

/// Splits off what cannot be defined under the name it has on the HMC: names
/// that no node can have, and names that another thing in the list has, too
/// (partitions of two systems often have the same). The first, by parent and
/// number, keeps the name. What is among the `known`, which have a node, has
/// its node's name instead.
pub fn definable(found: Vec<Found>, known: &[Found]) -> (Vec<Found>, Vec<Problem>) {
    let known: HashMap<_, _> = known.iter().map(|node| (key(node), &node.name)).collect();
    let mut order = found;
    order.sort_by_key(|found| (found.kind, found.parent.clone(), number(&found.id)));
    let mut holders: HashMap<String, String> = HashMap::new();
    let mut problems = Vec::new();
    let keep = |found: &mut Found| {
        let problem = match holders.get(&found.name) {
            _ if !is_node_name(&found.name) => found.bad_name(),
            Some(holder) => found.taken(holder.clone()),
            None => {
                holders.insert(found.name.clone(), found.describe());
                return true;
            }
        };
        if let Some(name) = known.get(&key(found)) {
            found.name.clone_from(name);
            return true;
        }
        problems.push(problem);
        false
    };
    order.retain_mut(keep);
    (order, problems)
}

fn number(id: &str) -> u32 {
    id.parse().unwrap_or(0)
}
