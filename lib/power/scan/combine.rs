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

type Key = (Kind, String, String, String);

/// What a thing is the same by. The name of an HMC is what it was asked by.
fn key(found: &Found) -> Key {
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
/// its node's name instead. Partitions of a system that is split off go with
/// it, without a problem of their own.
pub fn definable(found: Vec<Found>, known: &[Found]) -> (Vec<Found>, Vec<Problem>) {
    let mut sieve = Sieve {
        known: known.iter().map(|node| (key(node), &node.name)).collect(),
        holders: HashMap::new(),
        parents: HashMap::new(),
        problems: Vec::new(),
    };
    let mut order = found;
    order.sort_by_key(|found| (found.kind, found.parent.clone(), number(&found.id)));
    order.retain_mut(|found| sieve.keeps(found));
    (order, sieve.problems)
}

struct Sieve<'a> {
    known: HashMap<Key, &'a String>,
    /// What has each name.
    holders: HashMap<String, String>,
    /// The node names of frames by name on the HMC, of systems by machine;
    /// nothing for those split off.
    parents: HashMap<(Kind, String), Option<String>>,
    problems: Vec<Problem>,
}

impl Sieve<'_> {
    fn keeps(&mut self, found: &mut Found) -> bool {
        let parent = match found.kind {
            Kind::Lpar => self.parents.get(&(Kind::Cec, machine(found))),
            _ => self.parents.get(&(Kind::Frame, found.parent.clone())),
        };
        match parent {
            Some(Some(name)) => found.parent.clone_from(name),
            Some(None) if found.kind == Kind::Lpar => return false,
            Some(None) => found.parent.clear(),
            None => {}
        }
        let own = match found.kind {
            Kind::Cec => machine(found),
            _ => found.name.clone(),
        };
        let kept = self.names(found);
        let name = kept.then(|| found.name.clone());
        self.parents.insert((found.kind, own), name);
        kept
    }

    /// Gives the thing its name as a node, if it can have one.
    fn names(&mut self, found: &mut Found) -> bool {
        let problem = match self.holders.get(&found.name) {
            _ if !is_node_name(&found.name) => found.bad_name(),
            Some(holder) => found.taken(holder.clone()),
            None => {
                self.holders.insert(found.name.clone(), found.describe());
                return true;
            }
        };
        if let Some(name) = self.known.get(&key(found)) {
            found.name.clone_from(name);
            return true;
        }
        self.problems.push(problem);
        false
    }
}

fn machine(found: &Found) -> String {
    format!("{}*{}", found.mtm, found.serial)
}

fn number(id: &str) -> u32 {
    id.parse().unwrap_or(0)
}
