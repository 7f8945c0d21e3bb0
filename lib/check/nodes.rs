//! The values of all nodes, read once: references to what is not defined,
//! addresses that two nodes have, values at places that do not count, and
//! values that cannot be computed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::IpAddr;

use indexmap::IndexMap;

use super::conditions::{self, Given};
use super::groups::{Known, each};
use super::{Finding, Set, values};
use crate::db::{self, Names, NodeRow, Place, Reading, Snapshot, Source};
use crate::history::HIDDEN;
use crate::objects::attribute::Attributes;
use crate::schema::{Attribute, ColumnKind, ObjectType, object_type};

/// What `nodetype.provmethod` may be beside an osimage.
const METHODS: [&str; 5] = ["install", "netboot", "statelite", "boot", "reset"];

/// What a value of an attribute must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watched {
    /// Names of nodes.
    Nodes,
    /// The name or address by which nodes reach their master.
    Master,
    /// An osimage or a method.
    Image,
    /// On AIX, without a `provmethod`, an osimage.
    Profile,
    /// Addresses no other node has.
    Ip,
    /// `adapter!address|address,…`, addresses no other node has.
    NicIps,
    /// `MAC!host|…`, addresses no other node has.
    Mac,
}

const WATCHED: [(&str, Watched); 9] = [
    ("hcp", Watched::Nodes),
    ("parent", Watched::Nodes),
    ("servicenode", Watched::Nodes),
    ("xcatmaster", Watched::Master),
    ("provmethod", Watched::Image),
    ("profile", Watched::Profile),
    ("ip", Watched::Ip),
    ("nicips", Watched::NicIps),
    ("mac", Watched::Mac),
];

/// A place where values of nodes stand.
struct Spot {
    /// The attributes that it is the place of.
    attributes: Vec<&'static Attribute>,
    watched: Option<Watched>,
    /// Whether it counts under conditions only.
    conditional: bool,
}

/// What many nodes can have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Trouble {
    check: &'static str,
    /// The group that gives the value.
    group: Option<String>,
    problem: String,
    remedy: String,
}

pub(super) fn check(
    snapshot: &Snapshot<'_>,
    known: &Known,
    findings: &mut Vec<Finding>,
) -> Result<(), db::Error> {
    let Some(node) = object_type("node") else {
        return Ok(());
    };
    let (spots, mut places) = spots(node);
    let deciding = node.attributes.iter().filter_map(|a| a.only_if);
    let deciding = deciding.map(|c| c.attribute).chain(["os", "provmethod"]);
    let deciding = Attributes::new(node, deciding);
    places.extend(deciding.places());
    let mut pass = Pass {
        known,
        images: images(snapshot)?,
        given: Given::default(),
        spots,
        deciding,
        troubles: IndexMap::new(),
        masters: IndexMap::new(),
        addresses: HashMap::new(),
    };
    snapshot.node_values(Names::All, &places, Reading::Inherited, |row| {
        pass.node(row);
        Ok::<_, db::Error>(())
    })?;
    pass.duplicates();
    pass.unknown_masters(snapshot)?;
    let given = std::mem::take(&mut pass.given);
    let attributes = |place: usize| pass.spots[place].attributes.clone();
    findings.extend(given.findings(snapshot, &pass.deciding, attributes)?);
    findings.extend(pass.troubles.into_iter().map(|(trouble, nodes)| {
        let (kind, names) = match trouble.group {
            Some(group) => ("group", vec![group]),
            None => ("node", nodes),
        };
        Finding {
            check: trouble.check,
            kind,
            names,
            problem: trouble.problem,
            remedy: trouble.remedy,
        }
    }));
    Ok(())
}

/// Every place once, with its attributes.
fn spots(node: &'static ObjectType) -> (Vec<Spot>, Vec<Place>) {
    let (places, served) = conditions::places(node.attributes.iter());
    let spot = |attributes: Vec<&'static Attribute>| Spot {
        watched: WATCHED
            .iter()
            .find(|w| w.0 == attributes[0].name)
            .map(|w| w.1),
        conditional: attributes.iter().all(|a| a.only_if.is_some()),
        attributes,
    };
    (served.into_iter().map(spot).collect(), places)
}

fn images(snapshot: &Snapshot<'_>) -> Result<Set, db::Error> {
    let mut images = Set::new();
    each(snapshot, "osimage", ["imagename"], |[name]| {
        images.extend(name.map(str::to_owned));
    })?;
    Ok(images)
}

struct Pass<'k> {
    known: &'k Known,
    images: Set,
    given: Given,
    spots: Vec<Spot>,
    deciding: Attributes,
    troubles: IndexMap<Trouble, Vec<String>>,
    /// Names of masters that are no nodes, with who has them.
    masters: IndexMap<(String, Option<String>), Vec<String>>,
    /// For each kind of address its nodes.
    addresses: HashMap<(&'static str, String), Vec<String>>,
}

impl Pass<'_> {
    fn node(&mut self, row: &NodeRow<'_>) {
        let spots = self.spots.len();
        for place in row.present().filter(|&place| place < spots) {
            let Some(value) = row.get(place) else {
                continue;
            };
            let group = match value.source {
                Source::Own => None,
                Source::Group(group) => Some(group),
            };
            if value.text.len() > 1 && value.text.starts_with('|') && value.text.ends_with('|') {
                let first = self.spots[place].attributes[0];
                let name = first.name;
                let text = match first.column().kind {
                    ColumnKind::Secret => HIDDEN,
                    ColumnKind::Text | ColumnKind::Serial => &value.text,
                };
                self.add(
                    row.name,
                    group,
                    "expression",
                    (
                        format!("{name}={text} cannot be computed"),
                        "correct its pattern or the arithmetic in its parentheses".into(),
                    ),
                );
                continue;
            }
            self.form(row.name, place, &value.text, group);
            if self.spots[place].conditional {
                self.condition(row, place, group);
            }
            if let Some(watched) = self.spots[place].watched {
                self.watched(row, place, watched, &value.text, group);
            }
        }
    }

    /// A value must have the form that its column takes.
    fn form(&mut self, node: &str, place: usize, text: &str, group: Option<&str>) {
        let first = self.spots[place].attributes[0];
        let Some(check) = first.column().check.filter(|c| !c.accepts(text)) else {
            return;
        };
        let finding = values::finding("node", Vec::new(), first.name, text, check);
        self.add(
            node,
            group,
            finding.check,
            (finding.problem, finding.remedy),
        );
    }

    /// The value of a deciding attribute.
    fn decided<'r>(&self, row: &NodeRow<'r>, attribute: &str) -> Option<Cow<'r, str>> {
        let first = self.spots.len();
        let read = |place: usize| row.get(first + place).map(|v| v.text);
        self.deciding.value(attribute, &read)
    }

    /// A value must stand where it counts: a node's own for it, that of a
    /// group for one of its members.
    fn condition(&mut self, row: &NodeRow<'_>, place: usize, group: Option<&str>) {
        let attributes = &self.spots[place].attributes;
        let counts = || conditions::counts(attributes, |name| self.decided(row, name));
        if let Some(group) = group {
            if !self.given.counted(place, group) {
                let counted = counts();
                self.given.put(place, group, counted);
            }
        } else if !counts() {
            let first = attributes[0];
            let (table, column) = (first.table.name, first.column().name);
            let trouble = (
                conditions::problem(attributes),
                format!("set that, or empty it with nodech NODE {table}.{column}="),
            );
            self.add(row.name, None, "condition", trouble);
        }
    }

    fn watched(
        &mut self,
        row: &NodeRow<'_>,
        place: usize,
        watched: Watched,
        text: &str,
        group: Option<&str>,
    ) {
        let attribute = self.spots[place].attributes[0].name;
        match watched {
            Watched::Nodes => {
                for name in text.split(',').map(str::trim) {
                    self.reference(row.name, attribute, name, group, "node");
                }
            }
            Watched::Master => self.master(row.name, text, group),
            Watched::Image if METHODS.contains(&text) => {}
            Watched::Image => self.reference(row.name, attribute, text, group, "osimage"),
            Watched::Profile => {
                let aix = self
                    .decided(row, "os")
                    .is_some_and(|os| os.to_lowercase().contains("aix"));
                if aix && self.decided(row, "provmethod").is_none() {
                    self.reference(row.name, attribute, text, group, "osimage");
                }
            }
            Watched::Ip => self.addresses("ip", row.name, text.split(',').collect()),
            Watched::NicIps => {
                let nics = text
                    .split(',')
                    .filter_map(|nic| Some(nic.split_once('!')?.1));
                self.addresses(
                    "ip",
                    row.name,
                    nics.flat_map(|ips| ips.split('|')).collect(),
                );
            }
            Watched::Mac => {
                let macs = text.split('|').filter_map(|mac| mac.split('!').next());
                let macs: Vec<String> = macs.map(|m| m.replace([':', '-', '.'], "")).collect();
                self.addresses("mac", row.name, macs.iter().map(String::as_str).collect());
            }
        }
    }

    /// A name must be that of a node or osimage.
    fn reference(
        &mut self,
        node: &str,
        attribute: &str,
        name: &str,
        group: Option<&str>,
        kind: &'static str,
    ) {
        let known = match kind {
            "node" => self.known.nodes.contains(name) || name.parse::<IpAddr>().is_ok(),
            _ => self.images.contains(name),
        };
        if !known && !name.is_empty() {
            let trouble = (
                format!("{attribute}={name}, but no {kind} '{name}' is defined"),
                format!("define it with mkdef, or change {attribute}"),
            );
            self.add(node, group, "reference", trouble);
        }
    }

    fn master(&mut self, node: &str, text: &str, group: Option<&str>) {
        // `sn1-eth1` is an adapter of sn1.
        let of_node = text
            .match_indices('-')
            .any(|(at, _)| self.known.nodes.contains(&text[..at]));
        if !of_node && !self.known.nodes.contains(text) && text.parse::<IpAddr>().is_err() {
            let place = (text.to_owned(), group.map(str::to_owned));
            self.masters.entry(place).or_default().push(node.to_owned());
        }
    }

    /// Masters that are no nodes may be called otherwise on another network.
    fn unknown_masters(&mut self, snapshot: &Snapshot<'_>) -> Result<(), db::Error> {
        if self.masters.is_empty() {
            return Ok(());
        }
        let mut names = Set::new();
        each(
            snapshot,
            "hosts",
            ["hostnames", "otherinterfaces"],
            |lists| {
                let words = lists.into_iter().flatten();
                let words = words.flat_map(|l| l.split([',', ' ', ':']));
                names.extend(words.map(str::to_owned));
            },
        )?;
        each(snapshot, "site", ["key", "value"], |[key, value]| {
            names.extend(value.filter(|_| key == Some("master")).map(str::to_owned));
        })?;
        for ((name, group), nodes) in std::mem::take(&mut self.masters) {
            for node in nodes.iter().filter(|_| !names.contains(&name)) {
                self.reference(node, "xcatmaster", &name, group.as_deref(), "node");
            }
        }
        Ok(())
    }

    fn addresses(&mut self, kind: &'static str, node: &str, addresses: Vec<&str>) {
        for address in addresses {
            let address = address.trim().to_lowercase();
            if address.is_empty() {
                continue;
            }
            let nodes = self.addresses.entry((kind, address)).or_default();
            if nodes.last().is_none_or(|last| last != node) {
                nodes.push(node.to_owned());
            }
        }
    }

    fn duplicates(&mut self) {
        let mut found: Vec<_> = std::mem::take(&mut self.addresses)
            .into_iter()
            .filter(|(_, nodes)| nodes.len() > 1)
            .collect();
        found.sort();
        for ((kind, address), nodes) in found {
            let trouble = Trouble {
                check: "duplicate",
                group: None,
                problem: format!("they all have the {kind} address {address}"),
                remedy: "give each its own".into(),
            };
            self.troubles.insert(trouble, nodes);
        }
    }

    fn add(
        &mut self,
        node: &str,
        group: Option<&str>,
        check: &'static str,
        (problem, remedy): (String, String),
    ) {
        let trouble = Trouble {
            check,
            group: group.map(str::to_owned),
            problem,
            remedy,
        };
        let nodes = self.troubles.entry(trouble).or_default();
        nodes.push(node.to_owned());
    }
}
