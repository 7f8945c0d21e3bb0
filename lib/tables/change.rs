//! Columns of nodes and groups set, spliced and emptied: `nodech`, `nodeadd`,
//! `nodegrpch`.

use std::collections::HashSet;

use super::{Error, table};
use crate::db::{self, Change, Names, Place, Reading, Rows, Snapshot};
use crate::objects::condition::{Condition, Test};
use crate::objects::index::column;
use crate::schema::Table;

/// What hides a group's value without being one: a pattern that makes every
/// name nothing (xCAT writes it for `column=`).
const NOTHING: &str = "|^.*$||";

/// What is to be done with the columns of nodes, and which nodes are meant.
#[derive(Debug, Default)]
pub struct Orders {
    assignments: Vec<Assignment>,
    conditions: Vec<(Place, Test)>,
}

#[derive(Debug)]
struct Assignment {
    place: Place,
    operator: Operator,
    value: String,
}

/// What is to stand in one table for one node.
struct NewRow {
    table: &'static Table,
    key: usize,
    /// (column, value)
    values: Vec<(usize, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    /// `=`
    Set,
    /// `,=`: words are put before the list, if they are not in it.
    Prepend,
    /// `^=`: words are taken out of the list.
    Remove,
}

impl Orders {
    /// Reads `table.column=value`, `,=`, `^=` and the conditions `==`, `!=`,
    /// `=~`, `!~`. A value may be written `@value` to begin with `=` or `~`;
    /// an empty value hides what groups give.
    ///
    /// # Errors
    /// A word has another form, or names no column of nodes.
    pub fn parse(words: &[String]) -> Result<Self, Error> {
        let mut orders = Self::default();
        for word in words {
            orders.add(word)?;
        }
        Ok(orders)
    }

    fn add(&mut self, word: &str) -> Result<(), Error> {
        let place = |name: &str| column(name).ok_or_else(|| Error::NotAColumn(name.to_owned()));
        let sign = word
            .find(['=', '!'])
            .ok_or_else(|| Error::Malformed(word.to_owned()))?;
        let rest = &word[sign..];
        if ["==", "=~", "!=", "!~"].iter().any(|c| rest.starts_with(c)) {
            let condition = Condition::parse(word)?;
            let place = place(&condition.subject)?;
            self.conditions.push((place, condition.test));
            return Ok(());
        }
        let value = rest
            .strip_prefix('=')
            .ok_or_else(|| Error::Malformed(word.to_owned()))?;
        let value = value.strip_prefix('@').unwrap_or(value);
        let name = &word[..sign];
        let (name, operator) = match (name.strip_suffix(','), name.strip_suffix('^')) {
            (Some(name), _) => (name, Operator::Prepend),
            (None, Some(name)) => (name, Operator::Remove),
            (None, None) => (name, Operator::Set),
        };
        self.assignments.push(Assignment {
            place: place(name)?,
            operator,
            value: if value.is_empty() { NOTHING } else { value }.to_owned(),
        });
        Ok(())
    }

    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.assignments.is_empty()
    }

    /// Whether nodes are chosen by their values.
    pub fn has_conditions(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// Whether nodes are put into groups.
    pub fn sets_groups(&self) -> bool {
        self.groups().next().is_some()
    }

    fn groups(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(|a| a.is_groups())
    }

    /// What is to be known before it is done: the dynamic groups that nodes are
    /// to be put into do not get them as members.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn warnings(&self, snapshot: &Snapshot<'_>) -> Result<Vec<String>, Error> {
        let named: HashSet<&str> = self
            .groups()
            .filter(|a| a.operator != Operator::Remove)
            .flat_map(|a| a.value.split(','))
            .collect();
        let (nodegroup, kind) = super::column("nodegroup.grouptype")?;
        let mut found = Vec::new();
        let dynamic = [(kind, "dynamic")];
        snapshot.rows(nodegroup, &[0], Rows::Where(&dynamic), |row| {
            let group = row.get(0).filter(|group| named.contains(group));
            found.extend(group.map(|group| {
                format!(
                    "nodegroup {group} is a dynamic node group, \
                     should not add a node into a dynamic node group statically."
                )
            }));
            Ok::<_, db::Error>(())
        })?;
        Ok(found)
    }

    /// Does it to the nodes that meet the conditions; those need not be
    /// defined yet.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn apply(&self, change: &Change<'_>, nodes: &[String]) -> Result<(), Error> {
        let tests = self.conditions.iter().map(|c| c.0);
        let places: Vec<Place> = tests
            .chain(self.assignments.iter().map(|a| a.place))
            .collect();
        let mut work: Vec<(String, Vec<Option<String>>)> = Vec::new();
        let tests = self.conditions.len();
        change.node_values(Names::These(nodes), &places, Reading::Inherited, |row| {
            let text = |place: usize| row.get(place).map(|v| v.text);
            let holds = |(place, condition): (usize, &(Place, Test))| {
                condition
                    .1
                    .holds(text(place).as_deref().unwrap_or_default())
            };
            if self.conditions.iter().enumerate().all(holds) {
                let old = (tests..places.len()).map(|p| text(p).map(|t| t.into_owned()));
                work.push((row.name.to_owned(), old.collect()));
            }
            Ok::<_, db::Error>(())
        })?;
        for (node, old) in work {
            self.apply_to(change, &node, &old)?;
        }
        Ok(())
    }

    /// One node's rows, each table once.
    fn apply_to(
        &self,
        change: &Change<'_>,
        node: &str,
        old: &[Option<String>],
    ) -> Result<(), Error> {
        let mut tables: Vec<NewRow> = Vec::new();
        for (assignment, old) in self.assignments.iter().zip(old) {
            let Place { table, column, row } = assignment.place;
            let key = row.first().map_or(0, |k| k.0);
            let known = tables.iter().position(|t| std::ptr::eq(t.table, table));
            let known = known.unwrap_or_else(|| {
                let values = Vec::new();
                tables.push(NewRow { table, key, values });
                tables.len() - 1
            });
            let values = &mut tables[known].values;
            // What an earlier word of the command made of it.
            let now = values.iter().position(|v| v.0 == column);
            let current = now.map_or(old.as_deref(), |n| Some(values[n].1.as_str()));
            if let Some(new) = assignment.result(current) {
                match now {
                    Some(now) => values[now].1 = new,
                    None => values.push((column, new)),
                }
            }
        }
        for NewRow { table, key, values } in &tables {
            if !values.is_empty() {
                let values: Vec<_> = values.iter().map(|v| (v.0, Some(v.1.as_str()))).collect();
                change.set(table, &[(*key, node)], &values)?;
            }
        }
        Ok(())
    }

    /// Sets the values in the rows of groups and empties those of their
    /// members, so that the groups' values hold.
    ///
    /// # Errors
    /// Group membership or a list would be changed, or the database cannot be
    /// written.
    pub fn apply_to_group(
        &self,
        change: &Change<'_>,
        group: &str,
        members: &[String],
    ) -> Result<(), Error> {
        for assignment in &self.assignments {
            match assignment.operator {
                Operator::Set if assignment.is_groups() => return Err(Error::Membership),
                Operator::Set => {}
                Operator::Prepend | Operator::Remove => return Err(Error::Splice),
            }
            let Place { table, column, row } = assignment.place;
            let key = row.first().map_or(0, |k| k.0);
            let value = [(column, Some(assignment.value.as_str()))];
            change.set(table, &[(key, group)], &value)?;
            if column != key {
                change.update_among(table, key, members, &[(column, None)])?;
            }
        }
        Ok(())
    }
}

impl Assignment {
    fn is_groups(&self) -> bool {
        self.place.table.columns[self.place.column].name == "groups"
    }

    /// The new value; `None` if the old one may stay.
    fn result(&self, old: Option<&str>) -> Option<String> {
        let old = old.unwrap_or_default();
        match self.operator {
            Operator::Set => Some(self.value.clone()),
            Operator::Prepend if old.is_empty() => Some(self.value.clone()),
            Operator::Prepend => {
                let mut list: Vec<&str> = old.split(',').collect();
                let before = list.len();
                for word in self.value.split(',') {
                    if !list.contains(&word) {
                        list.insert(0, word);
                    }
                }
                (list.len() > before).then(|| list.join(","))
            }
            Operator::Remove => {
                let unwanted: Vec<&str> = self.value.split(',').collect();
                let words = old.split(',');
                let list: Vec<&str> = words.clone().filter(|w| !unwanted.contains(w)).collect();
                (list.len() < words.count()).then(|| list.join(","))
            }
        }
    }
}

/// Removes the rows of the nodes from tables.
///
/// # Errors
/// A table does not exist or is not about nodes, or the database cannot be
/// written.
pub fn delete_rows(change: &Change<'_>, nodes: &[String], tables: &[String]) -> Result<(), Error> {
    for name in tables {
        let table = table(name)?;
        let column = table.node_column.and_then(|c| table.position(c));
        let column = column.ok_or(Error::NotOfNodes(table.name))?;
        change.delete_among(table, column, nodes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_spliced_as_in_xcat() {
        let result = |word: &str, old: Option<&str>| {
            let orders = Orders::parse(&[word.to_owned()]).unwrap();
            orders.assignments[0].result(old)
        };
        for (word, old, want) in [
            ("groups=a,b", Some("x"), Some("a,b")),
            ("groups,=a", Some("x"), Some("a,x")),
            ("groups,=a,b", Some("x"), Some("b,a,x")),
            ("groups,=x", Some("a,x"), None),
            ("groups,=a", None, Some("a")),
            ("groups^=a", Some("a,x"), Some("x")),
            ("groups^=a", Some("a"), Some("")),
            ("groups^=a", Some("x"), None),
            ("groups^=a", None, None),
            ("nodehm.mgt=", None, Some(NOTHING)),
            ("nodelist.comments=@=foo", None, Some("=foo")),
            ("nodelist.comments=@@hi", None, Some("@hi")),
        ] {
            assert_eq!(result(word, old).as_deref(), want, "{word} {old:?}");
        }
    }

    #[test]
    fn other_words_are_refused() {
        for (word, error) in [
            (
                "groups",
                "Malformed argument groups: write table.column=value",
            ),
            (
                "nosuch.x=1",
                "nosuch.x not a valid table.column description",
            ),
            (
                "ppc.nosuch=1",
                "ppc.nosuch not a valid table.column description",
            ),
            (
                "site.value=1",
                "site.value not a valid table.column description",
            ),
            (
                "mgt!x",
                "Malformed argument mgt!x: write table.column=value",
            ),
        ] {
            let refused = Orders::parse(&[word.to_owned()]).unwrap_err();
            assert_eq!(refused.to_string(), error);
        }
    }
}
