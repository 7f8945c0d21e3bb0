//! Making a group.

use std::collections::{BTreeSet, HashSet};

use super::{
    DYNAMIC, SEPARATOR, STATIC, no_attributes, no_conditions, no_such_node, nodes_of, nodes_that,
    set, two_sources, value,
};
use crate::db::Change;
use crate::objects::assign::Assignments;
use crate::objects::define::{Define, exists};
use crate::objects::error::Error;
use crate::objects::input::Definition;
use crate::objects::kind::{Holding, Kind};
use crate::objects::members::Members;
use crate::objects::outcome::Outcome;
use crate::objects::remove;
use crate::objects::store::{Store, with_adapters};

/// A group that `mkdef` makes.
pub(in crate::objects) struct Making<'m, 'c, 'db> {
    pub(in crate::objects) change: &'c Change<'db>,
    pub(in crate::objects) store: &'m mut Store<'c, 'db>,
    pub(in crate::objects) members: &'m Members<'c, 'db>,
    pub(in crate::objects) request: &'m Define<'m>,
    /// Nodes that this command made.
    pub(in crate::objects) made: &'m HashSet<String>,
    /// Whether the group was there before.
    pub(in crate::objects) exists: bool,
    pub(in crate::objects) outcome: &'m mut Outcome,
}

/// What a group's definition says of its members.
enum Wanted {
    /// Nothing.
    Unsaid,
    /// These nodes.
    Nodes(Vec<String>),
    /// Those that meet the conditions.
    Found,
}

impl Making<'_, '_, '_> {
    /// Makes the group; false if it could not be made.
    pub(in crate::objects) fn make(mut self, definition: &Definition) -> Result<bool, Error> {
        let Definition {
            name,
            kind,
            assignments,
        } = definition;
        if self.exists && !self.request.force {
            self.outcome.warning(exists(name));
            return Ok(true);
        }
        let mut assignments = (**assignments).clone();
        let dynamic = match self.unfit(name, kind, &assignments) {
            Ok(dynamic) => dynamic,
            Err(problem) => {
                self.outcome.error(problem);
                return Ok(false);
            }
        };
        let sources = [Store::deciding(kind, &assignments)];
        let unmet = Store::unmet(kind, &assignments, &sources);
        if !unmet.is_empty() {
            self.outcome.errors(unmet);
            return Ok(false);
        }
        let members = match dynamic {
            true => Wanted::Found,
            false => self.wanted(name, kind, &assignments)?,
        };
        if self.exists {
            remove::rows(self.change, kind, &[name.to_owned()])?;
            let stay: BTreeSet<&String> = match &members {
                Wanted::Nodes(nodes) => nodes.iter().collect(),
                Wanted::Unsaid | Wanted::Found => BTreeSet::new(),
            };
            if !matches!(members, Wanted::Unsaid) {
                let leave = self.members.of(name)?;
                let leave: Vec<String> = leave.into_iter().filter(|n| !stay.contains(n)).collect();
                self.members.remove(name, &leave)?;
            }
        }
        self.write_type(name, kind, &mut assignments, &members)?;
        write(self.store, kind, name, &assignments, &sources, self.outcome)?;
        self.store.groups_changed();
        self.outcome.changed.push(name.clone());
        Ok(true)
    }

    /// Whether the group is to be dynamic; or why it cannot be made.
    fn unfit(&self, name: &str, kind: &Kind, assignments: &Assignments) -> Result<bool, String> {
        let value = |attribute: &str| value(kind, assignments, attribute);
        let grouptype = value("grouptype");
        if self.request.dynamic && grouptype.is_none() && !assignments.is_empty() {
            return Err(no_attributes(name));
        }
        let dynamic = match grouptype {
            None => self.request.dynamic,
            Some(STATIC) => false,
            Some(DYNAMIC) => true,
            Some(other) => {
                return Err(format!(
                    "The grouptype of group '{name}' is '{other}': it can be static or dynamic."
                ));
            }
        };
        let conditions = self.request.conditions;
        if dynamic && value("wherevals").is_none() && conditions.is_empty() {
            return Err(no_conditions(name));
        }
        if !dynamic && !conditions.is_empty() && value("members").is_some() {
            return Err(two_sources());
        }
        Ok(dynamic)
    }

    /// The members of a static group.
    fn wanted(
        &mut self,
        name: &str,
        kind: &Kind,
        assignments: &Assignments,
    ) -> Result<Wanted, Error> {
        let wanted = match value(kind, assignments, "members") {
            Some(list) => nodes_of(self.change, self.members, self.request.surroundings, list)?,
            None if self.request.conditions.is_empty() => {
                if !self.made_with(name)? {
                    self.outcome.warning(format!(
                        "Cannot determine a member list for group '{name}'."
                    ));
                }
                return Ok(Wanted::Unsaid);
            }
            None => nodes_that(self.change, self.request.conditions)?,
        };
        let (found, strangers) = self.members.divide(wanted)?;
        for node in strangers {
            self.outcome.error(no_such_node(&node));
        }
        Ok(Wanted::Nodes(found))
    }

    /// Whether a node that this command made belongs to the group.
    fn made_with(&self, group: &str) -> Result<bool, Error> {
        if self.made.is_empty() {
            return Ok(false);
        }
        let members = self.members.of(group)?;
        Ok(members.iter().any(|node| self.made.contains(node)))
    }

    /// Puts the members in, and what the table says of them.
    fn write_type(
        &self,
        name: &str,
        kind: &Kind,
        assignments: &mut Assignments,
        members: &Wanted,
    ) -> Result<(), Error> {
        match members {
            Wanted::Found => {
                set(kind, assignments, "grouptype", DYNAMIC);
                // `lsdef -z` lists those who are found; they are not kept.
                if self.request.dynamic || value(kind, assignments, "members").is_some() {
                    set(kind, assignments, "members", DYNAMIC);
                }
                let conditions = self.request.conditions;
                if !conditions.is_empty() {
                    set(kind, assignments, "wherevals", &conditions.join(SEPARATOR));
                }
            }
            Wanted::Unsaid => set(kind, assignments, "grouptype", STATIC),
            Wanted::Nodes(nodes) => {
                let already = self.members.add(name, nodes)?;
                let come_along = already.len() == nodes.len()
                    && !nodes.is_empty()
                    && nodes.iter().all(|node| self.made.contains(node))
                    && value(kind, assignments, "grouptype").is_none();
                // A group that lives in its members' lists alone is written
                // by `lsdef -z` without a type, and stays one.
                match (come_along, kind.slot("members")) {
                    (true, Some(slot)) => drop(assignments.remove(slot)),
                    _ => {
                        set(kind, assignments, "grouptype", STATIC);
                        set(kind, assignments, "members", STATIC);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Writes what a new group is given.
fn write(
    store: &Store<'_, '_>,
    kind: &Kind,
    name: &str,
    assignments: &Assignments,
    sources: &[Holding],
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let adapters = with_adapters(assignments, |_| None);
    let values = assignments.values(&adapters);
    let fresh = kind
        .slot("grouptype")
        .is_some_and(|slot| assignments.get(slot).is_some());
    Ok(store.write(kind, name, &values, sources, fresh, outcome)?)
}
