//! The statements that values of nodes come from, and the values gathered
//! from them for one node.

use std::cmp::Ordering;
use std::fmt::Write as _;

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;

use super::Error;
use super::Snapshot;
use super::place::Place;
use super::present::Columns;
use super::rows::{is_enabled, text};
use super::sql::select;
use crate::schema::{RowKey, Table};

/// The own values of one node, in one buffer that is used again for the next.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) buffer: String,
    pub(super) spans: Vec<Option<(usize, usize)>>,
    /// The places that have a value.
    pub(super) present: Vec<usize>,
    /// Row, place and value of the node's other rows in a table.
    pub(super) further: Vec<(usize, usize, String)>,
}

impl Gathered {
    pub(super) fn clear(&mut self) {
        self.buffer.clear();
        for place in self.present.drain(..) {
            self.spans[place] = None;
        }
        self.further.clear();
    }

    /// Keeps a value, unless an earlier row had one.
    pub(super) fn put(&mut self, place: usize, value: &str) {
        if self.spans[place].is_none() {
            let start = self.buffer.len();
            self.buffer.push_str(value);
            self.spans[place] = Some((start, self.buffer.len()));
            self.present.push(place);
        }
    }

    pub(super) fn get(&self, place: usize) -> Option<&str> {
        let (start, end) = self.spans[place]?;
        Some(&self.buffer[start..end])
    }
}

/// One statement: the columns that are wanted from one table, for one shape
/// of row key.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) table: &'static Table,
    /// The column with the node's name.
    pub(super) key: usize,
    /// Other columns of the row's key.
    pub(super) fixed: Vec<(usize, &'static str)>,
    /// (place, column) of what is read.
    pub(super) places: Vec<(usize, usize)>,
    /// The columns that the file has of the table.
    there: Columns,
}

impl Feed {
    /// Sorts the places into as few statements as will do; those that the file
    /// does not have are left out. `nodelist` always stands among them, if it
    /// is there: its rows say which nodes there are.
    pub(super) fn plan(snapshot: &Snapshot<'_>, places: &[Place]) -> Vec<Self> {
        let mut feeds: Vec<Self> = Vec::new();
        for (number, place) in places.iter().enumerate() {
            let key = place
                .row
                .iter()
                .find(|k| k.1 == RowKey::ObjectName)
                .map_or(0, |k| k.0);
            let fixed: Vec<_> = place
                .row
                .iter()
                .filter_map(|k| match k.1 {
                    RowKey::Fixed(value) => Some((k.0, value)),
                    RowKey::ObjectName => None,
                })
                .collect();
            let same = |f: &&mut Self| {
                std::ptr::eq(f.table, place.table) && f.key == key && f.fixed == fixed
            };
            match feeds.iter_mut().find(same) {
                Some(feed) => feed.places.push((number, place.column)),
                None => feeds.push(Self {
                    table: place.table,
                    key,
                    fixed,
                    places: vec![(number, place.column)],
                    there: snapshot.columns(place.table),
                }),
            }
        }
        for feed in &mut feeds {
            let there = feed.there;
            feed.places.retain(|place| there.has(place.1));
        }
        feeds.retain(|feed| {
            let fixed = feed.fixed.iter().all(|f| feed.there.has(f.0));
            let wanted = feed.is_nodelist() || !feed.places.is_empty();
            !feed.there.is_empty() && fixed && wanted
        });
        feeds
    }

    pub(super) fn is_nodelist(&self) -> bool {
        self.table.name == "nodelist"
    }

    /// The place of `disable` in a row, if the file has the column.
    fn disable(&self) -> Option<usize> {
        let column = self.table.position("disable")?;
        self.there.has(column).then_some(self.places.len() + 1)
    }

    /// The statement: key, columns and `disable` of the rows whose key passes
    /// the test (`=?`; empty for all rows), by name, and by the other keys
    /// where a node has several rows.
    pub(super) fn sql(&self, test: &str) -> String {
        let mut columns = vec![self.key];
        columns.extend(self.places.iter().map(|p| p.1));
        columns.extend(self.disable().and_then(|_| self.table.position("disable")));
        let mut sql = select(self.table, self.there, &columns);
        let key = self.key_name();
        let mut word = "WHERE";
        if !test.is_empty() {
            let _ = write!(sql, " {word} \"{key}\"{test}");
            word = "AND";
        }
        for (column, value) in &self.fixed {
            let name = self.table.columns[*column].name;
            let value = value.replace('\'', "''");
            let _ = write!(sql, " {word} \"{name}\"='{value}'");
            word = "AND";
        }
        let others = self.table.keys.iter().filter(|k| **k != key);
        let mut order: Vec<String> = others.map(|k| format!("\"{k}\"")).collect();
        if test != "=?" {
            order.insert(0, format!("\"{key}\""));
        }
        if !order.is_empty() {
            let _ = write!(sql, " ORDER BY {}", order.join(","));
        }
        sql
    }

    /// Whether xCAT's readers see the row.
    pub(super) fn is_enabled(&self, row: &rusqlite::Row<'_>) -> Result<bool, Error> {
        let disable = self.disable().map(|place| text(row, place)).transpose()?;
        Ok(is_enabled(disable.flatten()))
    }

    pub(super) fn key_name(&self) -> &'static str {
        self.table.columns[self.key].name
    }
}

/// An open statement and the key that it stands on.
pub(super) struct Cursor<'s> {
    rows: rusqlite::Rows<'s>,
    /// Where a row says that it is not to be seen.
    disable: Option<usize>,
    pub(super) key: String,
    pub(super) ended: bool,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(rows: rusqlite::Rows<'s>, feed: &Feed) -> Result<Self, Error> {
        let mut cursor = Self {
            rows,
            disable: feed.disable(),
            key: String::new(),
            ended: false,
        };
        cursor.advance()?;
        Ok(cursor)
    }

    /// Goes to the next row that readers see.
    fn advance(&mut self) -> Result<(), Error> {
        self.key.clear();
        loop {
            self.rows.advance()?;
            let Some(row) = self.rows.get() else {
                self.ended = true;
                return Ok(());
            };
            let disable = self.disable.map(|place| text(row, place)).transpose()?;
            if is_enabled(disable.flatten()) {
                self.key.push_str(text(row, 0)?.unwrap_or_default());
                return Ok(());
            }
        }
    }

    /// Goes to `name` and gathers its values, if it has any here.
    pub(super) fn gather(
        &mut self,
        name: &str,
        feed: &Feed,
        into: &mut Gathered,
    ) -> Result<(), Error> {
        // Values of several rows are not mixed: the first row counts, as in xCAT.
        let mut number = 0;
        while !self.ended {
            match self.key.as_str().cmp(name) {
                Ordering::Less => self.advance()?,
                Ordering::Greater => break,
                Ordering::Equal => {
                    if let Some(row) = self.rows.get() {
                        for (column, &(place, _)) in feed.places.iter().enumerate() {
                            match text(row, column + 1)? {
                                Some(value) if number == 0 => into.put(place, value),
                                Some(value) => into.further.push((number, place, value.to_owned())),
                                None => {}
                            }
                        }
                        number += 1;
                    }
                    self.advance()?;
                }
            }
        }
        Ok(())
    }
}
