//! Comparing what was found with the definitions there are.
//!
//! Things are recognised by what cannot change unnoticed: systems and frames by
//! type and serial number, partitions by system and number, so a node that the
//! administrator named otherwise stays that node. Of a node that exists, only
//! what an HMC knows better is refreshed (control points, number, parent,
//! machine, profile); other attributes are set where they are empty, groups
//! are added to, and nothing is ever removed or renamed.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use super::name::model_group;
use super::recognise::{Place, Recognition};
use super::{Found, Kind, Problem};
use crate::hmc::refusal::printable;

/// The attributes of nodes that [`merge`] needs to know and may change.
pub const ATTRIBUTES: &[&str] = &[
    "cons", "groups", "hcp", "hidden", "hwtype", "id", "mgt", "mtm", "nodetype", "parent",
    "pprofile", "serial",
];

/// A node that is defined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Existing {
    /// Its name.
    pub name: String,
    /// Its [`ATTRIBUTES`] that have a value, those of its groups included.
    pub attributes: BTreeMap<String, String>,
}

/// Whether nodes may be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `-w`: what is not defined yet will be.
    Write,
    /// `-u`: only nodes that exist are brought up to date.
    Update,
}

/// An attribute that gets another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The node.
    pub node: String,
    /// The attribute, one of [`ATTRIBUTES`].
    pub attribute: &'static str,
    /// What it was; empty if it had no value.
    pub old: String,
    /// What it becomes; never empty.
    pub new: String,
}

/// What is to be done to the definitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merge {
    /// The changes, all of a node together. With every one of them made, the
    /// same comparison finds none.
    pub changes: Vec<Change>,
    /// The nodes that do not exist yet.
    pub created: Vec<String>,
    /// What was found and has a node now, under the names of nodes.
    pub nodes: Vec<Found>,
    /// What was left alone, and why.
    pub problems: Vec<Problem>,
}

impl Merge {
    /// Returns those of [`Merge::nodes`] that change.
    pub fn changed(&self) -> Vec<Found> {
        let names: HashSet<_> = self
            .changes
            .iter()
            .map(|change| change.node.as_str())
            .collect();
        let nodes = self
            .nodes
            .iter()
            .filter(|found| names.contains(found.name.as_str()));
        nodes.cloned().collect()
    }

    /// Says what is done, a line each: `lpar01: defined` for a new node, else
    /// `lpar01: pprofile=normal (was backup)` for an attribute.
    pub fn summary(&self) -> Vec<String> {
        let created: HashSet<_> = self.created.iter().collect();
        let mut lines: Vec<_> = self
            .created
            .iter()
            .map(|name| format!("{name}: defined"))
            .collect();
        let changes = self
            .changes
            .iter()
            .filter(|change| !created.contains(&change.node));
        lines.extend(changes.map(ToString::to_string));
        lines
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}={}",
            self.node,
            self.attribute,
            printable(&self.new)
        )?;
        match self.old.as_str() {
            "" => Ok(()),
            old => write!(f, " (was {})", printable(old)),
        }
    }
}

/// Compares. `answered` are the HMCs that were asked and told all they manage:
/// one of them that does not list a node any more is no control point of it.
pub fn merge(found: &[Found], answered: &[String], existing: &[Existing], mode: Mode) -> Merge {
    let recognition = Recognition::new(found, existing, mode);
    let mut work = Work {
        recognition,
        answered,
        mode,
        merge: Merge::default(),
    };
    for kind in [Kind::Hmc, Kind::Frame, Kind::Cec, Kind::Lpar] {
        for found in found.iter().filter(|found| found.kind == kind) {
            work.place(found);
        }
    }
    work.merge
}

struct Work<'a> {
    recognition: Recognition<'a>,
    answered: &'a [String],
    mode: Mode,
    merge: Merge,
}

impl<'a> Work<'a> {
    fn place(&mut self, found: &'a Found) {
        let known = match self.recognition.place(found) {
            Place::Known(node) => Some(node),
            Place::New if self.mode == Mode::Write => None,
            Place::New | Place::Absent => return,
            Place::Refused(problem) => return self.merge.problems.push(problem),
        };
        let name = known.map_or(&found.name, |node| &node.name).clone();
        self.recognition.remember(found, &name);
        let parent = self.recognition.parent(found).unwrap_or_default();
        let node = Found {
            name,
            parent,
            ..found.clone()
        };
        self.compare(&node, known);
        self.merge.nodes.push(node);
    }

    fn compare(&mut self, node: &Found, known: Option<&Existing>) {
        let empty = Existing::default();
        let have = known.unwrap_or(&empty);
        let wanted = wanted(node, have, known.is_none(), self.answered);
        let differs =
            |(attribute, new): &(&str, String)| !new.is_empty() && have.get(attribute) != new;
        let changes = wanted
            .into_iter()
            .filter(differs)
            .map(|(attribute, new)| Change {
                node: node.name.clone(),
                attribute,
                old: have.get(attribute).to_owned(),
                new,
            });
        self.merge.changes.extend(changes);
        if known.is_none() {
            self.merge.created.push(node.name.clone());
        }
    }
}

/// The values that the attributes of a node should have; empty: any.
fn wanted(
    node: &Found,
    have: &Existing,
    created: bool,
    answered: &[String],
) -> Vec<(&'static str, String)> {
    let lpar = node.kind == Kind::Lpar;
    let kind = node.kind.as_str();
    let machine = |value: &str| match node.kind {
        Kind::Frame | Kind::Cec => value.to_owned(),
        Kind::Hmc | Kind::Lpar => String::new(),
    };
    let if_empty = |attribute: &str, value: &str| match have.get(attribute) {
        "" => value.to_owned(),
        set => set.to_owned(),
    };
    let mgt = match node.kind {
        Kind::Frame => "bpa",
        _ => "hmc",
    };
    let hidden = if created { "0" } else { "" };
    vec![
        ("cons", if_empty("cons", if lpar { "hmc" } else { "" })),
        ("groups", groups(node.kind, &node.mtm, have.get("groups"))),
        ("hcp", control_points(node, have.get("hcp"), answered)),
        ("hidden", hidden.to_owned()),
        ("hwtype", if_empty("hwtype", kind)),
        ("id", node.id.clone()),
        ("mgt", if_empty("mgt", mgt)),
        ("mtm", machine(&node.mtm)),
        ("nodetype", if_empty("nodetype", node.kind.node_type())),
        ("parent", node.parent.clone()),
        ("pprofile", profile(node, have.get("pprofile"))),
        ("serial", machine(&node.serial)),
    ]
}

/// A profile that is the partition's default or current one may stay.
fn profile(node: &Found, have: &str) -> String {
    match !have.is_empty() && have == node.default_profile {
        true => have.to_owned(),
        false => node.profile.clone(),
    }
}

/// The groups of an LPAR or another thing of unknown model that has these
/// already.
pub fn groups_of(kind: Kind, have: &str) -> String {
    groups(kind, "", have)
}

fn groups(kind: Kind, mtm: &str, have: &str) -> String {
    let mut groups: Vec<&str> = have.split(',').filter(|group| !group.is_empty()).collect();
    let wanted = [Some(kind.as_str()), Some("all"), model_group(mtm)];
    for group in wanted.into_iter().flatten() {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups.join(",")
}

fn control_points(node: &Found, have: &str, answered: &[String]) -> String {
    let manages = |hcp: &&str| node.hcp.iter().any(|found| found == hcp);
    let gone = |hcp: &&str| answered.iter().any(|name| name == hcp) && !manages(hcp);
    let mut points: Vec<&str> = have
        .split(',')
        .filter(|hcp| !hcp.is_empty() && !gone(hcp))
        .collect();
    for hcp in &node.hcp {
        if !points.contains(&hcp.as_str()) {
            points.push(hcp);
        }
    }
    points.join(",")
}
