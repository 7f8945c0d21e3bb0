//! The statements that values of nodes come from, and the values gathered
//! from them for one node.

use std::cmp::Ordering;
use std::fmt::Write as _;

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;

use super::Error;
use super::place::Place;
use super::rows::{select, text};
use crate::schema::{RowKey, Table};

/// Rows that xCAT's readers pass over have `disable` set to anything else.
pub(super) const ENABLED: &str = "(disable IS NULL OR disable IN ('','0','no','NO','No','nO'))";

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
}

impl Feed {
    /// Sorts the places into as few statements as will do.
    pub(super) fn plan(places: &[Place]) -> Vec<Self> {
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
                }),
            }
        }
        feeds
    }

    /// The statement's beginning: `SELECT key, columns FROM … WHERE …`.
    pub(super) fn sql(&self) -> String {
        let mut columns = vec![self.key];
        columns.extend(self.places.iter().map(|p| p.1));
        let mut sql = select(self.table, &columns);
        let _ = write!(sql, " WHERE {ENABLED}");
        for (column, value) in &self.fixed {
            let name = self.table.columns[*column].name;
            let _ = write!(sql, " AND \"{name}\"='{}'", value.replace('\'', "''"));
        }
        sql
    }

    /// By name, and by the other keys where a node has several rows.
    pub(super) fn order(&self) -> String {
        let key = self.key_name();
        let others = self.table.keys.iter().filter(|k| **k != key);
        others.fold(format!("\"{key}\""), |order, other| {
            format!("{order},\"{other}\"")
        })
    }

    pub(super) fn key_name(&self) -> &'static str {
        self.table.columns[self.key].name
    }
}

/// An open statement and the key that it stands on.
pub(super) struct Cursor<'s> {
    pub(super) rows: rusqlite::Rows<'s>,
    pub(super) key: String,
    pub(super) ended: bool,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(rows: rusqlite::Rows<'s>) -> Result<Self, Error> {
        let mut cursor = Self {
            rows,
            key: String::new(),
            ended: false,
        };
        cursor.advance()?;
        Ok(cursor)
    }

    pub(super) fn advance(&mut self) -> Result<(), Error> {
        self.rows.advance()?;
        self.key.clear();
        match self.rows.get() {
            Some(row) => self.key.push_str(text(row, 0)?.unwrap_or_default()),
            None => self.ended = true,
        }
        Ok(())
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
