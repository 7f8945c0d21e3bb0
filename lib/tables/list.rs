//! Columns of nodes, with what their groups give: `nodels`.

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use super::{Error, table};
use crate::db::{self, Names, NodeRow, Place, Reading, Rows, Snapshot, Source, Value, is_enabled};
use crate::json::Array;
use crate::objects::condition::{Condition, Test};
use crate::objects::index::column;
use crate::schema::{ColumnKind, HIDDEN};

/// What `nodels` shows, and of which nodes.
#[derive(Debug)]
pub struct Query {
    shown: Vec<Shown>,
    filters: Vec<Filter>,
    places: Vec<Place>,
    labelled: bool,
}

/// Up to so many names are looked up one by one.
const LOOKUPS: usize = 1000;

/// How much `nodels` tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Detail {
    /// Names of columns even where there is only one.
    pub labels: bool,
    /// The group that a value comes from.
    pub blame: bool,
    /// Nodes with `nodelist.hidden` set to 1, too.
    pub hidden: bool,
    /// Whether passwords are shown as asterisks.
    pub hides_secrets: bool,
}

#[derive(Debug)]
struct Shown {
    label: String,
    place: usize,
    /// Whether it is the node column of its table.
    is_name: bool,
    is_secret: bool,
}

#[derive(Debug)]
struct Filter {
    place: usize,
    test: Test,
}

/// A line of the answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Just the node: nothing but conditions was asked for.
    Name,
    /// A value, empty if there is none.
    Value {
        /// The column, if it is to be named.
        label: Option<&'a str>,
        /// The value.
        value: Cow<'a, str>,
        /// The group that it comes from.
        group: Option<&'a str>,
    },
}

impl Query {
    /// Reads what `nodels` is asked for: `table.column`, a short name (`groups
    /// tags mgt`), a whole table, or a condition on one of those columns
    /// (`==`, `!=`, `=~`, `!~`). As in xCAT, a column that is a condition is
    /// shown only if it is asked for once more, and columns are named as soon
    /// as there are two words, or a table.
    ///
    /// # Errors
    /// A word is nothing of these, or there are two conditions for a column.
    pub fn parse(words: &[String]) -> Result<Self, Error> {
        let mut query = Self {
            shown: Vec::new(),
            filters: Vec::new(),
            places: Vec::new(),
            labelled: words.len() > 1,
        };
        for word in words {
            if word.contains(['=', '!']) {
                query.add_condition(word)?;
            } else if let Some(place) = column(word) {
                query.show(word, place);
            } else {
                query.add_table(word)?;
            }
        }
        Ok(query)
    }

    fn add_condition(&mut self, word: &str) -> Result<(), Error> {
        let wrong = || Error::NotAColumn(word.to_owned());
        let condition = Condition::parse(word)?;
        let comparison = word[condition.subject.len()..].trim_start();
        // A single = would be a change, which this command does not make.
        if !["==", "!=", "=~", "!~"]
            .iter()
            .any(|c| comparison.starts_with(c))
        {
            return Err(wrong());
        }
        let place = column(&condition.subject)
            .ok_or_else(|| Error::NotAColumn(condition.subject.clone()))?;
        let place = self.read(place);
        if self.filters.iter().any(|f| f.place == place) {
            return Err(Error::TwoConditions(condition.subject));
        }
        self.filters.push(Filter {
            place,
            test: condition.test,
        });
        Ok(())
    }

    fn add_table(&mut self, word: &str) -> Result<(), Error> {
        let Ok(table) = table(word) else {
            return Err(Error::NotAColumn(word.to_owned()));
        };
        if table.node_column.is_none() {
            return Err(Error::NotOfNodes(table.name));
        }
        self.labelled = true;
        for (number, own) in table.columns.iter().enumerate() {
            if let Some(place) = Place::of_node(table, number) {
                self.show(&format!("{word}.{}", own.name), place);
            }
        }
        Ok(())
    }

    fn show(&mut self, label: &str, place: Place) {
        let is_name = place.table.node_column == Some(place.table.columns[place.column].name);
        let is_secret = place.table.columns[place.column].kind == ColumnKind::Secret;
        let place = self.read(place);
        match self.shown.iter_mut().find(|s| s.place == place) {
            Some(shown) => shown.label = label.to_owned(),
            None => self.shown.push(Shown {
                label: label.to_owned(),
                place,
                is_name,
                is_secret,
            }),
        }
    }

    /// The number of a place, which is read once.
    fn read(&mut self, place: Place) -> usize {
        let same = |p: &Place| std::ptr::eq(p.table, place.table) && p.column == place.column;
        self.places.iter().position(same).unwrap_or_else(|| {
            self.places.push(place);
            self.places.len() - 1
        })
    }

    /// Hands each node's lines to `each`, nodes in the byte order of their
    /// names, as xCAT does.
    ///
    /// # Errors
    /// The database cannot be read, or what `each` returns.
    pub fn run<E: From<db::Error>>(
        &self,
        snapshot: &Snapshot<'_>,
        names: &[String],
        detail: Detail,
        mut each: impl FnMut(&str, Line<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut places = self.places.clone();
        let hidden = places.len();
        if !detail.hidden {
            places.extend(column("nodelist.hidden"));
        }
        let names = Names::These(names);
        snapshot.node_values(names, &places, Reading::Inherited, |row| {
            if !detail.hidden && row.get(hidden).is_some_and(|v| v.text == "1") {
                return Ok(());
            }
            let text = |place: usize| row.get(place).map_or("".into(), |v| v.text);
            let holds = |f: &Filter| {
                let mut further = row.further().filter(|(_, place, _)| *place == f.place);
                f.test.holds(&text(f.place)) && further.all(|(_, _, value)| f.test.holds(&value))
            };
            if !self.filters.iter().all(holds) {
                return Ok(());
            }
            if self.shown.is_empty() {
                return each(row.name, Line::Name);
            }
            let labels = self.labelled || detail.labels;
            for shown in &self.shown {
                let label = labels.then_some(shown.label.as_str());
                let (value, group) = shown.value(row, detail);
                let line = Line::Value {
                    label,
                    value,
                    group,
                };
                each(row.name, line)?;
            }
            for (_, place, value) in row.further() {
                if let Some(shown) = self.shown.iter().find(|s| s.place == place) {
                    let label = labels.then_some(shown.label.as_str());
                    let value = match shown.is_secret && detail.hides_secrets {
                        true => HIDDEN.into(),
                        false => value,
                    };
                    let line = Line::Value {
                        label,
                        value,
                        group: None,
                    };
                    each(row.name, line)?;
                }
            }
            Ok(())
        })
    }

    /// [`Query::run`] as the lines of a JSON array, an element for each node.
    ///
    /// # Errors
    /// As [`Query::run`].
    pub fn json<E: From<db::Error>>(
        &self,
        snapshot: &Snapshot<'_>,
        names: &[String],
        detail: Detail,
        mut each: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut array = Array::default();
        let mut current: Option<(String, Vec<Json>)> = None;
        let element = |(node, values): (String, Vec<Json>)| json!({"node": node, "values": values});
        self.run(snapshot, names, detail, |node, line| {
            if current.as_ref().is_none_or(|c| c.0 != node) {
                let last = current.replace((node.to_owned(), Vec::new()));
                if let Some(last) = last {
                    each(&array.line(&element(last)))?;
                }
            }
            if let (
                Some((_, values)),
                Line::Value {
                    label,
                    value,
                    group,
                },
            ) = (&mut current, line)
            {
                let value = Some(value).filter(|v| !v.is_empty());
                values.push(json!({"column": label, "value": value, "group": group}));
            }
            Ok::<_, E>(())
        })?;
        if let Some(last) = current {
            each(&array.line(&element(last)))?;
        }
        each(array.end())
    }

    /// Whether there is more to show than names.
    pub fn shows_columns(&self) -> bool {
        !self.shown.is_empty()
    }

    /// The nodes that the conditions hold for, in byte order.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn choose(
        &self,
        snapshot: &Snapshot<'_>,
        mut names: Vec<String>,
    ) -> Result<Vec<String>, db::Error> {
        if self.filters.is_empty() {
            names.sort_unstable();
            return Ok(names);
        }
        let mut chosen = Vec::new();
        let all = Detail {
            hidden: true,
            ..Detail::default()
        };
        self.run(snapshot, &names, all, |name, _| {
            chosen.push(name.to_owned());
            Ok::<_, db::Error>(())
        })?;
        Ok(chosen)
    }
}

impl Shown {
    /// The value, and the group that gives it.
    fn value<'r>(&self, row: &NodeRow<'r>, detail: Detail) -> (Cow<'r, str>, Option<&'r str>) {
        let Some(Value { text, source }) = row.get(self.place) else {
            return ("".into(), None);
        };
        // The row of a group is the node's row: it has the node's name.
        if self.is_name {
            return (row.name.into(), None);
        }
        let text = match self.is_secret && detail.hides_secrets {
            true => HIDDEN.into(),
            false => text,
        };
        let given = row.given(self.place);
        if detail.blame && !given.is_empty() {
            let own = (source == Source::Own).then_some(row.name);
            let groups = given.iter().map(|g| &*g.group);
            let all: Vec<&str> = own.into_iter().chain(groups).collect();
            let text = format!("{text} (inherited from group {})", all.join(","));
            return match source {
                Source::Group(group) => (text.into(), Some(group)),
                Source::Own => (text.into(), None),
            };
        }
        match source {
            Source::Group(group) if detail.blame => {
                let text = format!("{text} (inherited from group {group})");
                (text.into(), Some(group))
            }
            Source::Group(group) => (text, Some(group)),
            Source::Own => (text, None),
        }
    }
}

/// The names of all nodes, hidden ones too, in byte order.
///
/// # Errors
/// The database cannot be read.
pub fn all(snapshot: &Snapshot<'_>) -> Result<Vec<String>, db::Error> {
    let mut names = Vec::new();
    let Some((table, columns)) = nodelist() else {
        return Ok(names);
    };
    snapshot.rows(table, &columns, Rows::All, |row| {
        if is_enabled(row.get(2)) {
            names.extend(row.get(0).map(str::to_owned));
        }
        Ok::<_, db::Error>(())
    })?;
    Ok(names)
}

/// Takes the hidden nodes out of a list.
///
/// # Errors
/// The database cannot be read.
pub fn without_hidden(snapshot: &Snapshot<'_>, names: &mut Vec<String>) -> Result<(), db::Error> {
    let Some((table, columns)) = nodelist() else {
        return Ok(());
    };
    let mut hidden = Vec::new();
    let condition = [(columns[1], "1")];
    // What names few nodes is not to cost a look at all of them.
    let rows = match names.len() <= LOOKUPS {
        true => Rows::Among(columns[0], names),
        false => Rows::Where(&condition),
    };
    snapshot.rows(table, &columns, rows, |row| {
        if row.get(1) == Some("1") {
            hidden.extend(row.get(0).map(str::to_owned));
        }
        Ok::<_, db::Error>(())
    })?;
    // The rows come in the order of their names.
    if !hidden.is_empty() {
        names.retain(|name| hidden.binary_search(name).is_err());
    }
    Ok(())
}

/// `nodelist` and its columns node, hidden, disable.
fn nodelist() -> Option<(&'static crate::schema::Table, [usize; 3])> {
    let table = crate::schema::table("nodelist")?;
    let place = |name| table.position(name);
    Some((table, [place("node")?, place("hidden")?, place("disable")?]))
}
