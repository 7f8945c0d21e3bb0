//! The database phases of the commands: reading what they need before, writing
//! what a scan found after.

use std::collections::{BTreeMap, HashMap};

use super::PowerNode;
use super::scan::{self, ATTRIBUTES, Existing, Found, Merge, Mode, Problem, Survey};
use crate::db::{self, Change, Db, Names, Place, Reading, Snapshot};
use crate::hmc::Mtms;
use crate::noderange::natural;
use crate::schema::object_type;

/// The tables that [`ATTRIBUTES`] stand in, in the row of the node.
const TABLES: [&str; 5] = ["nodelist", "nodetype", "nodehm", "ppc", "vpd"];

/// Where an attribute stands. Some attributes also stand elsewhere for other
/// kinds of hardware.
fn place(attribute: &str) -> Option<Place> {
    let places = object_type("node")?.places(attribute);
    let mut ours = places.filter(|place| TABLES.contains(&place.table.name));
    ours.next().map(Place::from)
}

/// Reads the [`ATTRIBUTES`] of nodes, with what their groups give them, in
/// the order of their names.
///
/// # Errors
/// The database cannot be read.
pub fn existing(snapshot: &Snapshot<'_>, names: Names<'_>) -> Result<Vec<Existing>, db::Error> {
    let known: Vec<_> = ATTRIBUTES
        .iter()
        .filter_map(|name| Some((*name, place(name)?)))
        .collect();
    let places: Vec<_> = known.iter().map(|(_, place)| *place).collect();
    let mut nodes = Vec::new();
    snapshot.node_values(names, &places, Reading::Inherited, |row| {
        let value = |(at, (name, _)): (usize, &(&str, Place))| {
            Some(((*name).to_owned(), row.get(at)?.text.into_owned()))
        };
        let attributes = known.iter().enumerate().filter_map(value).collect();
        nodes.push(Existing {
            name: row.name.to_owned(),
            attributes,
        });
        Ok::<_, db::Error>(())
    })?;
    Ok(nodes)
}

/// Tells HMCs from other nodes, which come with their `hwtype`.
///
/// # Errors
/// The database cannot be read.
#[expect(clippy::type_complexity, reason = "two plain lists")]
pub fn hmcs(
    snapshot: &Snapshot<'_>,
    names: &[String],
) -> Result<(Vec<String>, Vec<(String, String)>), db::Error> {
    let nodes = by_name(existing(snapshot, Names::These(names))?);
    let kind = |name: &String| {
        let value = nodes.get(name).and_then(|node| node.get("hwtype"));
        value.cloned().unwrap_or_else(|| "not set".to_owned())
    };
    let (hmcs, others): (Vec<_>, Vec<_>) = names
        .iter()
        .map(|name| (name.clone(), kind(name)))
        .partition(|(_, kind)| kind == "hmc");
    Ok((hmcs.into_iter().map(|(name, _)| name).collect(), others))
}

/// Reads the names of all HMCs, in natural order.
///
/// # Errors
/// The database cannot be read.
pub fn all_hmcs(snapshot: &Snapshot<'_>) -> Result<Vec<String>, db::Error> {
    all_of(snapshot, "hmc")
}

/// Reads the names of all nodes with this `hwtype`, in natural order.
///
/// # Errors
/// The database cannot be read.
pub fn all_of(snapshot: &Snapshot<'_>, kind: &str) -> Result<Vec<String>, db::Error> {
    let mut names = Vec::new();
    let hwtype: Vec<_> = place("hwtype").into_iter().collect();
    snapshot.node_values(Names::All, &hwtype, Reading::Inherited, |row| {
        if row.get(0).is_some_and(|value| value.text == kind) {
            names.push(row.name.to_owned());
        }
        Ok::<_, db::Error>(())
    })?;
    natural::sort(&mut names);
    Ok(names)
}

/// Reads what is needed to switch nodes, in the order of `names`, and the names
/// of their HMCs, which [`PowerNode::hcps`] counts.
///
/// # Errors
/// The database cannot be read.
pub fn power_nodes(
    snapshot: &Snapshot<'_>,
    names: &[String],
) -> Result<(Vec<PowerNode>, Vec<String>), db::Error> {
    let nodes = by_name(existing(snapshot, Names::These(names))?);
    let parents: Vec<String> = nodes
        .values()
        .filter_map(|node| node.get("parent").cloned())
        .collect();
    let mut parents = by_name(existing(snapshot, Names::These(&parents))?);
    let is_new = |name: &String| !parents.contains_key(name);
    let mut frames: Vec<String> = parents
        .values()
        .filter_map(|node| node.get("parent").cloned())
        .filter(is_new)
        .collect();
    frames.sort_unstable();
    frames.dedup();
    if !frames.is_empty() {
        parents.extend(by_name(existing(snapshot, Names::These(&frames))?));
    }
    let mut hmcs: Vec<String> = Vec::new();
    let empty = BTreeMap::new();
    let node = |name: &String| {
        let node = nodes.get(name).unwrap_or(&empty);
        let value = |attribute| node.get(attribute).cloned().unwrap_or_default();
        let hwtype = hwtype(node);
        let machine = match hwtype.as_str() {
            "lpar" => parents.get(&value("parent")).unwrap_or(&empty),
            _ => node,
        };
        let text = |of: &BTreeMap<String, String>, attribute: &str| {
            of.get(attribute).cloned().unwrap_or_default()
        };
        let mtms = |of| Mtms::new(&text(of, "mtm"), &text(of, "serial"));
        let frame = parents.get(&text(machine, "parent"));
        let frame = frame.filter(|frame| text(frame, "hwtype") == "frame");
        PowerNode {
            name: name.clone(),
            hwtype,
            mgt: value("mgt"),
            id: value("id"),
            parent: value("parent"),
            system: mtms(machine),
            frame: frame.and_then(mtms),
            profile: value("pprofile"),
            hcps: indices(&value("hcp"), &mut hmcs),
            bay: None,
        }
    };
    let nodes = names.iter().map(node).collect();
    Ok((nodes, hmcs))
}

/// The `hwtype` of a node, or what early definitions say in `nodetype`: there a
/// partition is `lpar,osi`, and xCAT takes whatever is `osi` for one.
pub(super) fn hwtype(node: &BTreeMap<String, String>) -> String {
    let value = |attribute| node.get(attribute).map_or("", String::as_str);
    let is_partition = || {
        value("nodetype")
            .split(',')
            .any(|word| matches!(word, "lpar" | "osi"))
    };
    match value("hwtype") {
        "" if is_partition() && !value("parent").is_empty() => "lpar".to_owned(),
        set => set.to_owned(),
    }
}

pub(super) fn by_name(nodes: Vec<Existing>) -> HashMap<String, BTreeMap<String, String>> {
    nodes
        .into_iter()
        .map(|node| (node.name, node.attributes))
        .collect()
}

/// The places of the words of `hcp` in `hmcs`, which takes in new ones.
fn indices(hcp: &str, hmcs: &mut Vec<String>) -> Vec<usize> {
    let words = hcp
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let mut indices = Vec::new();
    for word in words {
        let known = hmcs.iter().position(|hmc| hmc == word);
        let index = known.unwrap_or(hmcs.len());
        if known.is_none() {
            hmcs.push(word.to_owned());
        }
        if !indices.contains(&index) {
            indices.push(index);
        }
    }
    indices
}

/// Splits off what cannot be defined, as [`scan::definable`]. Only if there is
/// such a thing, the definitions are looked through for nodes that it has.
///
/// # Errors
/// The database cannot be read.
pub fn definable(db: &Db, found: Vec<Found>) -> Result<(Vec<Found>, Vec<Problem>), db::Error> {
    let (kept, problems) = scan::definable(found.clone(), &[]);
    if problems.is_empty() {
        return Ok((kept, problems));
    }
    let existing = existing(&db.read()?, Names::All)?;
    let known = scan::merge(&found, &[], &existing, Mode::Update);
    Ok(scan::definable(found, &known.nodes))
}

/// Compares what HMCs told with the definitions and writes the difference
/// within a change.
///
/// # Errors
/// The database cannot be written.
pub fn write(change: &Change<'_>, surveys: Vec<Survey>, mode: Mode) -> Result<Merge, db::Error> {
    let answered = scan::answered(&surveys);
    let found = scan::combine(surveys);
    let existing = existing(change, Names::All)?;
    let merge = scan::merge(&found, &answered, &existing, mode);
    for made in &merge.changes {
        assign(change, &made.node, made.attribute, &made.new)?;
    }
    Ok(merge)
}

/// Gives an attribute of a node a value.
pub(super) fn assign(
    change: &Change<'_>,
    node: &str,
    attribute: &str,
    value: &str,
) -> Result<(), db::Error> {
    let at = place(attribute);
    let row = at.and_then(|at| Some((at, at.table.position(at.table.node_column?)?)));
    match row {
        Some((at, key)) => change.set(at.table, &[(key, node)], &[(at.column, Some(value))]),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::scan::Kind;
    use crate::power::settings::tests::{db, set};

    #[test]
    fn every_attribute_of_a_scan_has_its_place() {
        for attribute in ATTRIBUTES {
            assert!(place(attribute).is_some(), "{attribute}");
        }
    }

    #[test]
    fn what_a_scan_writes_is_what_switching_reads() {
        let (_folder, mut db) = db();
        let cec = Found {
            kind: Kind::Cec,
            name: "p6".to_owned(),
            id: String::new(),
            mtm: "9117-MMA".to_owned(),
            serial: "10F6F3D".to_owned(),
            hcp: vec!["hmc01".to_owned(), "hmc02".to_owned()],
            profile: String::new(),
            default_profile: String::new(),
            parent: String::new(),
            unnamed: false,
            complete: true,
        };
        let lpar = Found {
            kind: Kind::Lpar,
            name: "lpar01".to_owned(),
            id: "2".to_owned(),
            profile: "normal".to_owned(),
            parent: "p6".to_owned(),
            ..cec.clone()
        };
        let survey = Survey {
            found: vec![cec, lpar],
            problems: Vec::new(),
        };
        let mut scan = || {
            let change = db.change().unwrap();
            let merge = write(&change, vec![survey.clone()], Mode::Write).unwrap();
            change.commit().unwrap();
            merge
        };
        assert_eq!(scan().created, ["p6", "lpar01"]);
        let again = scan();
        assert_eq!((again.changes, again.nodes.len()), (vec![], 2));
        let names = ["lpar01", "p6", "nobody"].map(str::to_owned);
        let (nodes, hmcs) = power_nodes(&db.read().unwrap(), &names).unwrap();
        assert_eq!(hmcs, ["hmc01", "hmc02"]);
        let system: Mtms = "9117-MMA*10F6F3D".parse().unwrap();
        let lpar = PowerNode {
            name: "lpar01".to_owned(),
            hwtype: "lpar".to_owned(),
            mgt: "hmc".to_owned(),
            id: "2".to_owned(),
            parent: "p6".to_owned(),
            system: Some(system.clone()),
            frame: None,
            profile: "normal".to_owned(),
            hcps: vec![0, 1],
            bay: None,
        };
        assert_eq!(nodes[0], lpar);
        assert_eq!(
            (nodes[1].hwtype.as_str(), nodes[1].system.as_ref()),
            ("cec", Some(&system))
        );
        assert_eq!(nodes[2].hwtype, "");
        set(
            &mut db,
            "nodetype",
            &[&[("node", "old"), ("nodetype", "lpar,osi")]],
        );
        set(
            &mut db,
            "ppc",
            &[&[("node", "old"), ("parent", "p6"), ("id", "3")]],
        );
        let (nodes, _) = power_nodes(&db.read().unwrap(), &["old".to_owned()]).unwrap();
        assert_eq!(
            (nodes[0].hwtype.as_str(), nodes[0].system.as_ref()),
            ("lpar", Some(&system))
        );
    }
}
