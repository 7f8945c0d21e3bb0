//! Which node something found is.
//!
//! Systems and frames are known by type and serial number, partitions by name
//! and number on their system. Where two readings are possible nothing is
//! guessed: a wrong guess would let `rpower` switch another partition.

use std::collections::{HashMap, HashSet};

use super::merge::{Existing, Mode};
use super::{Found, Kind, Problem, is_node_name};

/// The definitions, by all that something found may be recognised by.
struct Index<'a> {
    by_name: HashMap<&'a str, &'a Existing>,
    by_machine: HashMap<(Kind, &'a str, &'a str), &'a Existing>,
    by_number: HashMap<(&'a str, &'a str), Vec<&'a Existing>>,
}

impl<'a> Index<'a> {
    fn new(existing: &'a [Existing]) -> Self {
        let mut index = Index {
            by_name: HashMap::new(),
            by_machine: HashMap::new(),
            by_number: HashMap::new(),
        };
        for node in existing {
            index.by_name.insert(&node.name, node);
            let machine = |kind| (kind, node.get("mtm"), node.get("serial"));
            match node.get("hwtype") {
                "frame" => _ = index.by_machine.entry(machine(Kind::Frame)).or_insert(node),
                "cec" => _ = index.by_machine.entry(machine(Kind::Cec)).or_insert(node),
                "lpar" => {
                    let number = (node.get("parent"), node.get("id"));
                    index.by_number.entry(number).or_default().push(node);
                }
                _ => {}
            }
        }
        index
    }
}

/// The partitions found, by name and by place.
struct Partitions<'a> {
    by_name: HashMap<&'a str, Vec<&'a Found>>,
    at: HashSet<(&'a str, &'a str, &'a str)>,
}

impl<'a> Partitions<'a> {
    fn new(found: &'a [Found]) -> Self {
        let mut partitions = Partitions {
            by_name: HashMap::new(),
            at: HashSet::new(),
        };
        for lpar in found.iter().filter(|found| found.kind == Kind::Lpar) {
            partitions.by_name.entry(&lpar.name).or_default().push(lpar);
            partitions.at.insert((&lpar.mtm, &lpar.serial, &lpar.id));
        }
        partitions
    }

    fn named(&self, name: &str) -> &[&'a Found] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

impl Existing {
    pub(super) fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    fn may_be(&self, kind: Kind) -> bool {
        matches!(self.get("hwtype"), "") || self.get("hwtype") == kind.as_str()
    }
}

/// Recognises what was found, one thing after the other: HMCs, frames, systems,
/// partitions, so that parents are known first.
pub(super) struct Recognition<'a> {
    index: Index<'a>,
    partitions: Partitions<'a>,
    mode: Mode,
    /// Node names of systems, by machine.
    systems: HashMap<(&'a str, &'a str), String>,
    /// Systems, by node name.
    machines: HashMap<String, &'a Found>,
    /// Node names of frames, by name on the HMC.
    frames: HashMap<&'a str, String>,
    /// What each node was recognised as.
    claimed: HashMap<String, String>,
}

/// What a thing found is, among the definitions.
pub(super) enum Place<'a> {
    /// This node.
    Known(&'a Existing),
    /// No node yet; its name is free.
    New,
    /// No node, and none is to be made.
    Absent,
    /// It cannot be told, or cannot have the name.
    Refused(Problem),
}

impl<'a> Recognition<'a> {
    /// Nothing recognised yet.
    pub(super) fn new(found: &'a [Found], existing: &'a [Existing], mode: Mode) -> Self {
        Recognition {
            index: Index::new(existing),
            partitions: Partitions::new(found),
            mode,
            systems: HashMap::new(),
            machines: HashMap::new(),
            frames: HashMap::new(),
            claimed: HashMap::new(),
        }
    }

    /// Says what `found` is among the definitions. With `-u`, what has no node
    /// is not our business, whatever its name.
    pub(super) fn place(&self, found: &'a Found) -> Place<'a> {
        match self.any_place(found) {
            Place::Refused(Problem::Name { .. } | Problem::Taken { .. })
                if self.mode == Mode::Update =>
            {
                Place::Absent
            }
            place => place,
        }
    }

    fn any_place(&self, found: &'a Found) -> Place<'a> {
        match found.kind {
            Kind::Hmc => {
                let node = self.index.by_name.get(&*found.name);
                node.map_or(Place::Absent, |node| Place::Known(node))
            }
            Kind::Frame | Kind::Cec => self.machine(found),
            Kind::Lpar => self.partition(found),
        }
    }

    /// Takes note of the node that `found` is.
    pub(super) fn remember(&mut self, found: &'a Found, name: &str) {
        self.claimed.insert(name.to_owned(), found.describe());
        match found.kind {
            Kind::Frame => _ = self.frames.insert(&found.name, name.to_owned()),
            Kind::Cec => {
                self.systems
                    .insert((&found.mtm, &found.serial), name.to_owned());
                self.machines.insert(name.to_owned(), found);
            }
            Kind::Hmc | Kind::Lpar => {}
        }
    }

    /// The node name of the parent, where it has a node.
    pub(super) fn parent(&self, found: &Found) -> Option<String> {
        match found.kind {
            Kind::Lpar => self.systems.get(&(&*found.mtm, &*found.serial)).cloned(),
            Kind::Cec => self.frames.get(&*found.parent).cloned(),
            Kind::Hmc | Kind::Frame => None,
        }
    }

    fn machine(&self, found: &'a Found) -> Place<'a> {
        let key = (found.kind, &*found.mtm, &*found.serial);
        if let Some(node) = self.index.by_machine.get(&key) {
            return Place::Known(node);
        }
        let Some(node) = self.index.by_name.get(&*found.name) else {
            return self.fresh(found);
        };
        // Defined by hand, perhaps with the machine not filled in yet.
        let agrees = |attribute, value: &str| {
            matches!(node.get(attribute), "") || node.get(attribute) == value
        };
        match node.may_be(found.kind)
            && agrees("mtm", &found.mtm)
            && agrees("serial", &found.serial)
        {
            true => Place::Known(node),
            false => Place::Refused(found.taken(format!("the node {:?}", node.name))),
        }
    }

    fn partition(&self, found: &'a Found) -> Place<'a> {
        // Its system has no node: that was said, or with -u is not our business.
        let Some(parent) = self.parent(found) else {
            return Place::Absent;
        };
        let named = self.index.by_name.get(&*found.name).copied();
        let free =
            named.filter(|node| node.may_be(Kind::Lpar) && !self.claimed.contains_key(&node.name));
        if let Some(node) = free.filter(|node| node.get("parent") == parent) {
            return Place::Known(node);
        }
        if let Some(place) = self.numbered(found, &parent) {
            return place;
        }
        match (named, free) {
            (None, _) => self.fresh(found),
            (_, Some(node)) if self.has_left(node) => Place::Known(node),
            (Some(node), _) => Place::Refused(found.taken(format!("the node {:?}", node.name))),
        }
    }

    /// Looks at the nodes that are defined with this parent and number. One of
    /// them is this partition if no partition has its name: the administrator
    /// chose another. If one on the same system has, the number has changed
    /// hands. If one on another system has, either may be meant: no guessing.
    fn numbered(&self, found: &Found, parent: &str) -> Option<Place<'a>> {
        let nodes = self.index.by_number.get(&(parent, &*found.id))?;
        let here = |lpar: &&Found| lpar.mtm == found.mtm && lpar.serial == found.serial;
        let mut doubt = None;
        for node in nodes {
            let namesakes = self.partitions.named(&node.name);
            if self.claimed.contains_key(&node.name) || namesakes.iter().any(here) {
                continue;
            }
            let Some(other) = namesakes.first() else {
                return Some(Place::Known(node));
            };
            doubt.get_or_insert_with(|| Problem::Ambiguous {
                what: found.describe(),
                other: other.describe(),
                node: node.name.clone(),
            });
        }
        doubt.map(Place::Refused)
    }

    /// Whether the partition that a node is defined as is gone from there, so
    /// that one of its name found elsewhere is it, migrated.
    fn has_left(&self, node: &Existing) -> bool {
        let parent = node.get("parent");
        match self.machines.get(parent) {
            Some(system) => {
                let place = (&*system.mtm, &*system.serial, node.get("id"));
                system.complete && !self.partitions.at.contains(&place)
            }
            // A system that was not asked about, unless there is none.
            None => parent.is_empty() || !self.index.by_name.contains_key(parent),
        }
    }

    fn fresh(&self, found: &Found) -> Place<'a> {
        if !is_node_name(&found.name) {
            return Place::Refused(found.bad_name());
        }
        match self.claimed.get(&found.name) {
            Some(holder) if self.mode == Mode::Write => Place::Refused(found.taken(holder.clone())),
            _ => Place::New,
        }
    }
}
