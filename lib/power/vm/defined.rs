//! The definitions of partitions that were made, changed and removed.

use std::collections::BTreeMap;

use crate::db::{self, Change, Names, Snapshot};
use crate::objects::{self, Doomed, Kind as Type};
use crate::power::PowerNode;
use crate::power::definitions::{assign, by_name, existing, hwtype};
use crate::power::scan::{self, Existing, Kind};
use crate::remote::Target;

/// Writes the definitions of partitions that were made: what their HMCs know,
/// and what is not set otherwise. `hmcs` are the names that
/// [`PowerNode::hcps`] counts.
///
/// # Errors
/// The database cannot be written.
pub fn define_lpars(
    change: &Change<'_>,
    lpars: &[PowerNode],
    hmcs: &[Target],
) -> Result<(), db::Error> {
    let names: Vec<_> = lpars.iter().map(|lpar| lpar.name.clone()).collect();
    let have = by_name(existing(change, Names::These(&names))?);
    let empty = BTreeMap::new();
    for lpar in lpars {
        let have = have.get(&lpar.name).unwrap_or(&empty);
        let value = |attribute| have.get(attribute).map_or("", String::as_str);
        let hcps = lpar.hcps.iter().map(|at| hmcs[*at].name.as_str());
        let told = [
            ("hcp", hcps.collect::<Vec<_>>().join(",")),
            ("id", lpar.id.clone()),
            ("parent", lpar.parent.clone()),
            ("pprofile", lpar.profile.clone()),
            ("groups", scan::groups_of(Kind::Lpar, value("groups"))),
        ];
        let unset = [
            ("hwtype", "lpar"),
            ("nodetype", Kind::Lpar.node_type()),
            ("mgt", "hmc"),
            ("cons", "hmc"),
        ];
        let unset = unset
            .into_iter()
            .filter(|(attribute, _)| value(attribute).is_empty());
        let all = told.into_iter();
        for (attribute, new) in all.chain(unset.map(|(a, new)| (a, new.to_owned()))) {
            if value(attribute) != new {
                assign(change, &lpar.name, attribute, &new)?;
            }
        }
    }
    Ok(())
}

/// Gives a partition another profile to be activated with.
///
/// # Errors
/// The database cannot be written.
pub fn set_profile(change: &Change<'_>, node: &str, profile: &str) -> Result<(), db::Error> {
    assign(change, node, "pprofile", profile)
}

/// Finds the nodes that are partitions of the system `parent` with these
/// numbers.
///
/// # Errors
/// The database cannot be read.
pub fn lpars_of(
    snapshot: &Snapshot<'_>,
    parent: &str,
    ids: &[u32],
) -> Result<Vec<(u32, String)>, db::Error> {
    let nodes = existing(snapshot, Names::All)?;
    let own = |node: Existing| {
        let is = |attribute: &str, value: &str| {
            node.attributes.get(attribute).map(String::as_str) == Some(value)
        };
        let id = ids.iter().find(|id| is("id", &id.to_string()));
        let id = id.filter(|_| is("parent", parent) && hwtype(&node.attributes) == "lpar")?;
        Some((*id, node.name))
    };
    Ok(nodes.into_iter().filter_map(own).collect())
}

/// Removes the definitions of nodes.
///
/// # Errors
/// The database cannot be written.
pub fn remove_nodes(change: &Change<'_>, names: Vec<String>) -> Result<(), objects::Error> {
    let kind = Type::named("node");
    let doomed = kind.map(|kind| Doomed {
        kind,
        names: Some(names),
    });
    // What it has to tell is how many objects were removed.
    objects::remove(change, doomed.as_slice(), false).map(drop)
}
