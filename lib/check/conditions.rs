//! Values at places that do not count: their attribute is there under a
//! condition only (`imagetype=linux`), and the object does not have it.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::groups::each;
use super::{Finding, Set};
use crate::db::{self, Names, Place, Reading, Snapshot};
use crate::objects::attribute::{Attributes, has_word};
use crate::schema::{Attribute, Condition, OBJECTS, ObjectType};

/// Every place of the attributes once, with those that it is the place of.
pub(super) fn places(
    attributes: impl Iterator<Item = &'static Attribute>,
) -> (Vec<Place>, Vec<Vec<&'static Attribute>>) {
    let mut places = Vec::new();
    let mut served: IndexMap<(&str, usize, String), Vec<&'static Attribute>> = IndexMap::new();
    for attribute in attributes {
        let row = format!("{:?}", attribute.row);
        let served = served.entry((attribute.table.name, attribute.column, row));
        let served = served.or_insert_with(|| {
            places.push(Place::from(attribute));
            Vec::new()
        });
        served.push(attribute);
    }
    (places, served.into_values().collect())
}

/// Whether a value at the place of these attributes counts.
pub(super) fn counts<'v>(
    attributes: &[&'static Attribute],
    decided: impl Fn(&str) -> Option<std::borrow::Cow<'v, str>>,
) -> bool {
    // The name of a device stands in its table whatever it is.
    let first = attributes[0];
    first.table.keys.contains(&first.column().name)
        || attributes.iter().any(|a| {
            a.only_if.is_none_or(|condition| {
                let value = decided(condition.attribute);
                value.is_some_and(|value| has_word(&value, condition.value))
            })
        })
}

/// What is wrong with a value that does not count: the problem, and what it
/// would take.
pub(super) fn problem(attributes: &[&'static Attribute]) -> String {
    let conditions = attributes.iter().filter_map(|a| a.only_if);
    let mut wanted: Vec<String> = conditions
        .map(|Condition { attribute, value }| format!("{attribute}={value}"))
        .collect();
    wanted.dedup();
    let first = attributes[0];
    let (table, column) = (first.table.name, first.column().name);
    let wanted = wanted.join(" or ");
    format!("{table}.{column} is set, which counts only with {wanted}")
}

/// The values that groups give, and whether they count for any member.
#[derive(Debug, Default)]
pub(super) struct Given(IndexMap<usize, HashMap<String, bool>>);

impl Given {
    /// Whether it is known that this value counts for a member.
    pub(super) fn counted(&self, place: usize, group: &str) -> bool {
        let groups = self.0.get(&place);
        groups.and_then(|g| g.get(group)).is_some_and(|c| *c)
    }

    /// A member has this value.
    pub(super) fn put(&mut self, place: usize, group: &str, counts: bool) {
        let groups = self.0.entry(place).or_default();
        match groups.get_mut(group) {
            Some(known) => *known = counts,
            None => {
                groups.insert(group.to_owned(), counts);
            }
        }
    }

    /// Findings for the values that count for no member, nor for the group as
    /// `lsdef -t group` shows it.
    pub(super) fn findings(
        self,
        snapshot: &Snapshot<'_>,
        deciding: &Attributes,
        attributes: impl Fn(usize) -> Vec<&'static Attribute>,
    ) -> Result<Vec<Finding>, db::Error> {
        let mut findings = Vec::new();
        for (place, groups) in self.0 {
            let groups = groups.into_iter().filter(|g| !g.1);
            let groups: Vec<String> = groups.map(|g| g.0).collect();
            if groups.is_empty() {
                continue;
            }
            let attributes = attributes(place);
            let (names, reading) = (Names::These(&groups), Reading::Raw);
            snapshot.node_values(names, deciding.places(), reading, |row| {
                let read = |place: usize| row.get(place).map(|v| v.text);
                if !counts(&attributes, |name| deciding.value(name, &read)) {
                    findings.push(finding("group", vec![row.name.to_owned()], &attributes));
                }
                Ok::<_, db::Error>(())
            })?;
        }
        Ok(findings)
    }
}

/// A finding about objects whose values are emptied with `chdef` or `chtab`.
pub(super) fn finding(
    kind: &'static str,
    names: Vec<String>,
    attributes: &[&'static Attribute],
) -> Finding {
    let first = attributes[0];
    let (table, column) = (first.table.name, first.column().name);
    let key = first.row.first().map_or(0, |k| k.0);
    let key = first.table.columns[key].name;
    Finding {
        check: "condition",
        kind,
        names,
        problem: problem(attributes),
        remedy: format!("set that, or empty it with chtab {key}=NAME {table}.{column}="),
    }
}

/// Looks through the objects that are no nodes.
pub(super) fn check(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) -> Result<(), db::Error> {
    for object in &OBJECTS {
        // Rows of nodes are looked at with the nodes, whatever they are called.
        let own = |a: &&Attribute| a.table.node_column.is_none();
        let (places, served) = places(object.attributes.iter().filter(own));
        let conditional = |a: &Vec<&Attribute>| a.iter().all(|a| a.only_if.is_some());
        if served.iter().any(conditional) {
            let among: Vec<bool> = served.iter().map(conditional).collect();
            check_type(snapshot, object, places, &served, &among, findings)?;
        }
    }
    Ok(())
}

fn check_type(
    snapshot: &Snapshot<'_>,
    object: &'static ObjectType,
    mut places: Vec<Place>,
    served: &[Vec<&'static Attribute>],
    conditional: &[bool],
    findings: &mut Vec<Finding>,
) -> Result<(), db::Error> {
    let Some(key) = object.places(object.key).next() else {
        return Ok(());
    };
    let mut names = Set::new();
    each(
        snapshot,
        key.table.name,
        [key.column().name, "disable"],
        |[name, disable]| {
            let name = name.filter(|_| db::is_enabled(disable));
            names.extend(name.map(str::to_owned));
        },
    )?;
    let names: Vec<String> = names.into_iter().collect();
    let asked = places.len();
    let names_of = object.attributes.iter().filter_map(|a| a.only_if);
    let deciding = Attributes::new(object, names_of.map(|c| c.attribute));
    places.extend(deciding.places());
    let mut found: IndexMap<usize, Vec<String>> = IndexMap::new();
    snapshot.node_values(Names::These(&names), &places, Reading::Raw, |row| {
        let read = |place: usize| row.get(asked + place).map(|v| v.text);
        for place in row.present().filter(|&p| p < asked && conditional[p]) {
            if !counts(&served[place], |name| deciding.value(name, &read)) {
                found.entry(place).or_default().push(row.name.to_owned());
            }
        }
        Ok::<_, db::Error>(())
    })?;
    found.sort_keys();
    let found = found.into_iter();
    findings.extend(found.map(|(place, names)| finding(object.name, names, &served[place])));
    Ok(())
}
