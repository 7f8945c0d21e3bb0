//! Writing one object's attributes into the rows where they lie.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::assign::Assignments;
use super::kind::{Form, Holding, Kind};
use super::list::XCATDEFAULTS;
use super::nics;
use super::outcome::Outcome;
use super::read::Reader;
use crate::db::{self, Change};
use crate::schema::{Attribute, RowKey, Table, table};

/// What decides where an object's attributes lie, in the order in which it is
/// asked: what they are to be, what they are, what groups give.
pub(super) type Sources<'h> = &'h [Holding];

/// Writes objects.
pub(super) struct Store<'c, 'db> {
    change: &'c Change<'db>,
    /// The scripts of `xcatdefaults`, by column.
    defaults: OnceCell<Vec<(usize, Vec<String>)>>,
    /// What the groups of a list decide.
    groups: HashMap<String, Holding>,
}

/// The new values of one row.
struct RowUpdate<'v> {
    table: &'static Table,
    row: &'static [(usize, RowKey)],
    values: Vec<(usize, Option<&'v str>)>,
}

impl<'c, 'db> Store<'c, 'db> {
    pub(super) fn new(change: &'c Change<'db>) -> Self {
        Self {
            change,
            defaults: OnceCell::new(),
            groups: HashMap::new(),
        }
    }

    /// What is wrong with attributes that lie nowhere, as things are.
    pub(super) fn unmet(
        kind: &Kind,
        assignments: &Assignments,
        sources: Sources<'_>,
    ) -> Vec<String> {
        let nowhere = |slot: &usize| {
            kind.is_conditional(*slot) && places(kind, *slot, sources).next().is_none()
        };
        let slots = assignments.slots.iter().map(|s| s.0);
        slots
            .filter(nowhere)
            .map(|slot| {
                let (attribute, words) = kind.asks(slot);
                format!(
                    "Cannot set the attr='{}' attribute unless {attribute} value is {}.",
                    kind.attribute(slot),
                    words.join(" or ")
                )
            })
            .collect()
    }

    /// What the new values themselves decide.
    pub(super) fn deciding(kind: &Kind, assignments: &Assignments) -> Holding {
        kind.holding(|slot| assignments.get(slot).filter(|v| !v.is_empty()))
    }

    /// What the groups in a comma-separated list decide for their members.
    pub(super) fn of_groups(&mut self, node: &Kind, list: &str) -> Result<Holding, db::Error> {
        if let Some(known) = self.groups.get(list) {
            return Ok(*known);
        }
        let Some(group) = Kind::named("group") else {
            return Ok(Holding::default());
        };
        let names: Vec<String> = list
            .split(',')
            .filter(|n| !n.is_empty())
            .map(str::to_owned)
            .collect();
        let slots = node
            .deciding()
            .filter_map(|slot| group.slot(node.attribute(slot)));
        let reader = Reader::new(&group, slots);
        let mut all = Holding::default();
        reader.read(self.change, Some(&names), |found| {
            all = all.and(node.holding(|slot| found.get(node.attribute(slot))));
            Ok::<_, db::Error>(())
        })?;
        self.groups.insert(list.to_owned(), all);
        Ok(all)
    }

    /// Forgets what groups decide: a group was written.
    pub(super) fn groups_changed(&mut self) {
        self.groups.clear();
    }

    /// Writes values of an object; `fresh` if it is new, so that it gets a row
    /// in its own table whatever the values.
    pub(super) fn write(
        &self,
        kind: &Kind,
        name: &str,
        values: &[(usize, Option<&str>)],
        sources: Sources<'_>,
        fresh: bool,
        outcome: &mut Outcome,
    ) -> Result<(), db::Error> {
        let kept = self.without_defaults(kind, name, values, outcome)?;
        let filled = values
            .iter()
            .map(|(slot, v)| (*slot, v.filter(|v| !v.is_empty())));
        let mut values: Vec<(usize, Option<&str>)> = filled.collect();
        for (number, text) in &kept {
            values[*number].1 = Some(text.as_str()).filter(|t| !t.is_empty());
        }
        let mut rows: Vec<RowUpdate<'_>> = Vec::new();
        for (slot, value) in values {
            for attribute in places(kind, slot, sources) {
                RowUpdate::put(&mut rows, attribute, value);
            }
        }
        for row in &rows {
            self.row(row, name)?;
        }
        let Some(own) = kind.key_place().filter(|_| fresh) else {
            return Ok(());
        };
        let written = |r: &RowUpdate<'_>| {
            std::ptr::eq(r.table, own.table) && r.values.iter().any(|v| v.1.is_some())
        };
        if !rows.iter().any(written) {
            self.change.set(own.table, &[(own.column, name)], &[])?;
        }
        Ok(())
    }

    /// Writes a row. One that would hold nothing is not made, as in xCAT.
    fn row(&self, row: &RowUpdate<'_>, name: &str) -> Result<(), db::Error> {
        let key: Vec<(usize, &str)> = row
            .row
            .iter()
            .map(|(column, holds)| match holds {
                RowKey::ObjectName => (*column, name),
                RowKey::Fixed(value) => (*column, *value),
            })
            .collect();
        match row.values.iter().any(|v| v.1.is_some()) {
            true => self.change.set(row.table, &key, &row.values),
            false => self.change.update(row.table, &key, &row.values).map(drop),
        }
    }

    /// Scripts that run on every node anyway are not a node's own: gives the
    /// values that are left, by their place in `values`.
    fn without_defaults(
        &self,
        kind: &Kind,
        name: &str,
        values: &[(usize, Option<&str>)],
        outcome: &mut Outcome,
    ) -> Result<Vec<(usize, String)>, db::Error> {
        let mut kept = Vec::new();
        if !matches!(kind.form, Form::Node | Form::Group) || name == XCATDEFAULTS {
            return Ok(kept);
        }
        for (number, (slot, value)) in values.iter().enumerate() {
            let attribute = kind.places(*slot)[0].attribute;
            let own = value.filter(|v| !v.is_empty() && attribute.table.name == "postscripts");
            let Some(value) = own else {
                continue;
            };
            let defaults = self.defaults()?;
            let Some((_, every)) = defaults.iter().find(|d| d.0 == attribute.column) else {
                continue;
            };
            let (double, own): (Vec<&str>, Vec<&str>) = value
                .split(',')
                .partition(|script| every.iter().any(|e| e == script));
            for script in &double {
                outcome.warning(format!(
                    "{name}: {} '{script}' is already included in the '{XCATDEFAULTS}'.",
                    attribute.name
                ));
            }
            if !double.is_empty() {
                kept.push((number, own.join(",")));
            }
        }
        Ok(kept)
    }

    fn defaults(&self) -> Result<&[(usize, Vec<String>)], db::Error> {
        if let Some(known) = self.defaults.get() {
            return Ok(known);
        }
        let mut all = Vec::new();
        if let Some(scripts) = table("postscripts") {
            for column in ["postscripts", "postbootscripts"]
                .iter()
                .filter_map(|c| scripts.position(c))
            {
                let value = self.change.value(scripts, column, &[(0, XCATDEFAULTS)])?;
                let list = value.unwrap_or_default();
                all.push((column, list.split(',').map(str::to_owned).collect()));
            }
        }
        Ok(self.defaults.get_or_init(|| all))
    }

    /// Writes the attributes of a type that takes any name: rows of `site`,
    /// or of `monsetting` for a plug-in.
    pub(super) fn write_free(
        &self,
        kind: &Kind,
        name: &str,
        values: &[(&str, Option<&str>)],
    ) -> Result<(), db::Error> {
        let monitoring = kind.form == Form::Monitoring;
        let settings = match monitoring {
            true => table("monsetting"),
            false => table("site"),
        };
        let Some(settings) = settings else {
            return Ok(());
        };
        let (Some(key), Some(value)) = (settings.position("key"), settings.position("value"))
        else {
            return Ok(());
        };
        for (attribute, text) in values {
            let mut row = vec![(key, *attribute)];
            if monitoring {
                row.extend(settings.position("name").map(|column| (column, name)));
            }
            match text.filter(|t| !t.is_empty()) {
                Some(text) => self.change.set(settings, &row, &[(value, Some(text))])?,
                None => {
                    self.change.delete(settings, &row)?;
                }
            }
        }
        Ok(())
    }
}

/// The values of the adapters that assignments name, put into what is stored.
pub(super) fn with_adapters<'s>(
    assignments: &Assignments,
    stored: impl Fn(usize) -> Option<&'s str>,
) -> Vec<(usize, String)> {
    let mut slots: Vec<usize> = assignments.nics.iter().map(|n| n.0).collect();
    slots.sort_unstable();
    slots.dedup();
    slots
        .into_iter()
        .map(|slot| {
            let changes = assignments.nics.iter().filter(|n| n.0 == slot);
            let changes = changes.map(|n| (n.1.as_str(), n.2.as_str()));
            (slot, nics::put(stored(slot).unwrap_or_default(), changes))
        })
        .collect()
}

/// Where an attribute lies: in the places without a condition, and in those
/// whose condition the first source meets that meets any, as in xCAT.
fn places<'k>(
    kind: &'k Kind,
    slot: usize,
    sources: Sources<'_>,
) -> impl Iterator<Item = &'static Attribute> + use<'k> {
    let all = kind.places(slot);
    let none = Holding::default();
    let holding = sources
        .iter()
        .find(|source| {
            let mut conditions = all.iter().filter(|p| p.condition.is_some());
            conditions.any(|p| source.has(p.condition))
        })
        .copied()
        .unwrap_or(none);
    all.iter()
        .filter(move |p| holding.has(p.condition))
        .map(|p| p.attribute)
}

impl<'v> RowUpdate<'v> {
    /// Adds a value to its row, which is begun if it is not there yet.
    fn put(rows: &mut Vec<Self>, attribute: &'static Attribute, value: Option<&'v str>) {
        let same = |r: &&mut Self| std::ptr::eq(r.table, attribute.table) && r.row == attribute.row;
        let column = attribute.column;
        match rows.iter_mut().find(same) {
            Some(row) => {
                row.values.retain(|v| v.0 != column);
                row.values.push((column, value));
            }
            None => rows.push(Self {
                table: attribute.table,
                row: attribute.row,
                values: vec![(column, value)],
            }),
        }
    }
}
