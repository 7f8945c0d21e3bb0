//! Changing one object: what it has, what it is to have, and where that lies.

use std::collections::{BTreeMap, HashMap};

use super::assign::Assignments;
use super::error::Error;
use super::input::Definition;
use super::kind::{Form, Holding, Kind};
use super::outcome::Outcome;
use super::read::Reader;
use super::store::{Store, with_adapters};
use crate::db;

/// What is done with the values that are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// They take the place of the old ones.
    #[default]
    Set,
    /// They are added to the lists that are there (`-p`).
    Plus,
    /// They are taken out of the lists that are there (`-m`).
    Minus,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Changed {
    /// It was made, as far as the notes do not say otherwise.
    Done,
    /// There was nothing to be done.
    Nothing,
    /// Nothing was done, and the command fails.
    Failed,
}

/// What an object has of what matters for a change.
#[derive(Debug, Default)]
pub(super) struct Before {
    pub(super) defined: bool,
    pub(super) values: BTreeMap<usize, String>,
    free: BTreeMap<String, String>,
}

/// One object at a time.
pub(super) struct One<'o, 'c, 'db> {
    pub(super) change: &'c db::Change<'db>,
    pub(super) store: &'o mut Store<'c, 'db>,
}

impl One<'_, '_, '_> {
    /// Sets attributes of an object that is there; false if it could not be.
    pub(super) fn set(self, definition: &Definition, outcome: &mut Outcome) -> Result<bool, Error> {
        let done = self.apply(definition, Mode::Set, ",", false, outcome)?;
        Ok(done != Changed::Failed)
    }

    /// Changes an object.
    pub(super) fn apply(
        mut self,
        definition: &Definition,
        mode: Mode,
        delimiter: &str,
        fresh: bool,
        outcome: &mut Outcome,
    ) -> Result<Changed, Error> {
        let batch = std::slice::from_ref(definition);
        let mut before = before(self.change, &definition.kind, batch, mode)?;
        let before = before.remove(&definition.name).unwrap_or_default();
        self.write(definition, &before, mode, delimiter, fresh, outcome)
    }

    pub(super) fn write(
        &mut self,
        definition: &Definition,
        before: &Before,
        mode: Mode,
        delimiter: &str,
        fresh: bool,
        outcome: &mut Outcome,
    ) -> Result<Changed, Error> {
        let Definition {
            name,
            kind,
            assignments,
        } = definition;
        let sources = self.sources(kind, assignments, before)?;
        let unmet = Store::unmet(kind, assignments, &sources);
        if !unmet.is_empty() {
            outcome.errors(unmet);
            return Ok(Changed::Failed);
        }
        let mut values: Vec<(usize, Option<String>)> = Vec::new();
        for (slot, given) in &assignments.slots {
            let old = before.values.get(slot).map(String::as_str);
            match combine(mode, delimiter, old, given) {
                Ok(value) => values.push((*slot, value)),
                Err(problem) => outcome.errors(problem.says(kind.attribute(*slot), name)),
            }
        }
        let stored = |slot: usize| before.values.get(&slot).map(String::as_str);
        let adapters = with_adapters(assignments, stored);
        values.retain(|v| !adapters.iter().any(|a| a.0 == v.0));
        values.extend(
            adapters
                .into_iter()
                .map(|(slot, value)| (slot, Some(value))),
        );
        let mut free: Vec<(String, Option<String>)> = Vec::new();
        for (attribute, given) in &assignments.free {
            let old = before.free.get(attribute).map(String::as_str);
            match combine(mode, delimiter, old, given) {
                Ok(value) => free.push((attribute.clone(), value)),
                Err(problem) => outcome.errors(problem.says(attribute, name)),
            }
        }
        if values.is_empty() && free.is_empty() {
            return Ok(Changed::Nothing);
        }
        let values: Vec<_> = values.iter().map(|(s, v)| (*s, v.as_deref())).collect();
        let free: Vec<_> = free
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_deref()))
            .collect();
        self.store
            .write(kind, name, &values, &sources, fresh, outcome)?;
        self.store.write_free(kind, name, &free)?;
        Ok(Changed::Done)
    }

    /// What decides where the attributes lie.
    fn sources(
        &mut self,
        kind: &Kind,
        assignments: &Assignments,
        before: &Before,
    ) -> Result<[Holding; 3], Error> {
        let own = Store::deciding(kind, assignments);
        let old = kind.holding(|slot| before.values.get(&slot).map(String::as_str));
        let groups = kind.slot("groups").and_then(|slot| assignments.get(slot));
        let of_groups = match groups.filter(|g| kind.form == Form::Node && !g.is_empty()) {
            Some(groups) => self.store.of_groups(kind, groups)?,
            None => Holding::default(),
        };
        Ok([own, old, of_groups])
    }
}

/// Why a list cannot be shortened.
#[derive(Debug, PartialEq, Eq)]
enum CannotTake {
    /// These are not in it.
    Strangers(Vec<String>),
    /// There is no list.
    Nothing,
}

impl CannotTake {
    fn says(&self, attribute: &str, object: &str) -> Vec<String> {
        match self {
            Self::Nothing => vec![format!(
                "No value got for attribute '{attribute}' for the '{object}' definition."
            )],
            Self::Strangers(items) => items
                .iter()
                .map(|item| {
                    format!(
                        "{item} is not in the attribute of '{attribute}' for the \
                         '{object}' definition."
                    )
                })
                .collect(),
        }
    }
}

/// The new value of an attribute; none empties it.
fn combine(
    mode: Mode,
    delimiter: &str,
    old: Option<&str>,
    given: &str,
) -> Result<Option<String>, CannotTake> {
    let old = old.filter(|o| !o.is_empty());
    match (mode, old) {
        (Mode::Set, _) | (Mode::Plus, None) => Ok(Some(given.to_owned())),
        (Mode::Minus, None) => Err(CannotTake::Nothing),
        (Mode::Plus, Some(old)) => {
            let mut list: Vec<&str> = old.split(delimiter).collect();
            for item in given.split(delimiter).filter(|i| !i.is_empty()) {
                if !list.contains(&item) {
                    list.push(item);
                }
            }
            Ok(Some(list.join(delimiter)))
        }
        (Mode::Minus, Some(old)) => {
            let list: Vec<&str> = old.split(delimiter).collect();
            let taken: Vec<&str> = given.split(delimiter).collect();
            let strangers = taken.iter().filter(|t| !list.contains(t));
            let strangers: Vec<String> = strangers.map(|t| (*t).to_owned()).collect();
            if !strangers.is_empty() {
                return Err(CannotTake::Strangers(strangers));
            }
            let rest: Vec<&str> = list.into_iter().filter(|i| !taken.contains(i)).collect();
            Ok(Some(rest.join(delimiter)).filter(|r| !r.is_empty()))
        }
    }
}

/// What the objects of a batch have of what matters.
pub(super) fn before(
    change: &db::Change<'_>,
    kind: &Kind,
    batch: &[Definition],
    mode: Mode,
) -> Result<HashMap<String, Before>, Error> {
    let mut slots: Vec<usize> = Vec::new();
    for assignments in batch.iter().map(|d| &d.assignments) {
        let assigned = assignments.slots.iter().map(|s| s.0);
        if mode != Mode::Set {
            slots.extend(assigned.clone());
        }
        slots.extend(assignments.nics.iter().map(|n| n.0));
        if assigned.clone().any(|slot| kind.is_conditional(slot)) {
            slots.extend(kind.deciding());
        }
        slots.sort_unstable();
        slots.dedup();
    }
    if kind.name() == "network" {
        slots.extend(["net", "mask"].iter().filter_map(|a| kind.slot(a)));
    }
    let names: Vec<String> = batch.iter().map(|d| d.name.clone()).collect();
    let mut all = HashMap::new();
    Reader::new(kind, slots).read(change, Some(&names), |found| {
        let mut before = Before {
            defined: found.defined,
            ..Before::default()
        };
        for entry in &found.values {
            match kind
                .slot(&entry.name)
                .filter(|_| !kind.is_open() || entry.attribute.is_some())
            {
                Some(slot) => drop(before.values.insert(slot, entry.text.to_string())),
                None => drop(
                    before
                        .free
                        .insert(entry.name.to_string(), entry.text.to_string()),
                ),
            }
        }
        all.insert(found.name.to_owned(), before);
        Ok::<_, db::Error>(())
    })?;
    Ok(all)
}

/// Some attributes of an object as they are.
pub(super) fn stored<const N: usize>(
    change: &db::Change<'_>,
    kind: &Kind,
    name: &str,
    attributes: [&str; N],
) -> Result<HashMap<String, String>, Error> {
    let slots = attributes.iter().filter_map(|a| kind.slot(a));
    let mut stored = HashMap::new();
    Reader::new(kind, slots).read(change, Some(&[name.to_owned()]), |found| {
        let values = found.values.iter();
        stored.extend(values.map(|e| (e.name.to_string(), e.text.to_string())));
        Ok::<_, db::Error>(())
    })?;
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_grow_and_shrink() {
        let plus = |old, given| combine(Mode::Plus, ",", old, given).unwrap().unwrap();
        assert_eq!(plus(None, "a,a"), "a,a");
        assert_eq!(plus(Some("a,b"), "b,c"), "a,b,c");
        let minus = |old, given| combine(Mode::Minus, ",", old, given);
        assert_eq!(minus(Some("a,b,c"), "b").unwrap().as_deref(), Some("a,c"));
        assert_eq!(minus(Some("a"), "a"), Ok(None));
        assert_eq!(minus(None, "a"), Err(CannotTake::Nothing));
        let strangers = minus(Some("a"), "b,c").unwrap_err();
        assert_eq!(
            strangers.says("groups", "n1"),
            [
                "b is not in the attribute of 'groups' for the 'n1' definition.",
                "c is not in the attribute of 'groups' for the 'n1' definition.",
            ]
        );
        assert_eq!(
            combine(Mode::Plus, "::", Some("a==b"), "c==d")
                .unwrap()
                .unwrap(),
            "a==b::c==d"
        );
    }
}
