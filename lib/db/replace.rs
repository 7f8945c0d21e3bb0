//! A table filled from outside, row by row: what `tabrestore` does.
//!
//! Rows are compared with what is there, so a table that is restored as it
//! was is not written at all, and the journal tells what really changed. The
//! rows may come in any order; of those that are to stay, only the keys are
//! kept in memory.

use std::collections::HashSet;

use rusqlite::{Statement, params_from_iter};

use super::change::{filled, key_columns};
use super::journal::Kind;
use super::present::Columns;
use super::rows::{json_list, text};
use super::sql::select;
use super::{Change, Error, sql};
use crate::schema::{ColumnKind, Table};

/// What becomes of the rows that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// They go, unless they are put again.
    Replace,
    /// They stay.
    Add,
}

/// What putting a row did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was not there before.
    Added,
    /// It was there with other values.
    Changed,
    /// It was there.
    Same,
    /// Nothing: a row with its key stands there that may not be changed.
    Taken,
    /// Nothing: its key is empty.
    Keyless,
}

/// A table while it is filled. See [`Change::fill`].
pub struct Filling<'c> {
    change: &'c Change<'c>,
    table: &'static Table,
    fill: Fill,
    keys: Vec<usize>,
    all: Vec<usize>,
    serial: bool,
    was_empty: bool,
    /// None until a row is put: what would stay empty need not be made.
    statements: Option<Statements<'c>>,
    /// Keys, or SQLite's numbers of rows where those have such.
    kept: HashSet<String>,
}

struct Statements<'c> {
    find: Statement<'c>,
    insert: Statement<'c>,
    /// What is inserted.
    columns: Vec<usize>,
}

/// A row that stands there: what finds it again, and all its columns.
struct Found {
    handle: String,
    values: Vec<Option<String>>,
}

impl Change<'_> {
    /// Begins to fill a table.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn fill(&self, table: &'static Table, fill: Fill) -> Result<Filling<'_>, Error> {
        let keys = key_columns(table);
        let has_rows = !self.columns(table).is_empty() && {
            let sql = format!("SELECT EXISTS (SELECT 1 FROM \"{}\")", table.name);
            self.connection().query_row(&sql, [], |row| row.get(0))?
        };
        Ok(Filling {
            change: self,
            table,
            fill,
            serial: keys
                .iter()
                .any(|&k| table.columns[k].kind == ColumnKind::Serial),
            keys,
            all: (0..table.columns.len()).collect(),
            was_empty: !has_rows,
            statements: None,
            kept: HashSet::new(),
        })
    }
}

/// `SELECT` of what finds a row again, and of columns. A table whose rows lie
/// in the order of their key has no other number for them.
fn rows_with_handles(table: &Table, there: Columns, columns: &[usize]) -> String {
    let handle = match table.keys {
        [key] => format!("CAST(\"{key}\" AS TEXT)"),
        _ => "CAST(rowid AS TEXT)".to_owned(),
    };
    select(table, there, columns).replacen("SELECT ", &format!("SELECT {handle},"), 1)
}

impl<'c> Filling<'c> {
    /// The statements for rows that have values in the columns of `row`.
    fn statements(&mut self, row: &[Option<&str>]) -> Result<&mut Statements<'c>, Error> {
        let given = self
            .all
            .iter()
            .copied()
            .filter(|&c| filled(row[c]).is_some());
        let grown = self.change.ensure(self.table, given.collect())?;
        let statements = match self.statements.take().filter(|_| !grown) {
            Some(known) => known,
            None => self.prepare()?,
        };
        Ok(self.statements.insert(statements))
    }

    fn prepare(&self) -> Result<Statements<'c>, Error> {
        let (table, there) = (self.table, self.change.columns(self.table));
        let name = |c: &usize| format!("\"{}\"", table.columns[*c].name);
        let tests: Vec<String> = self.keys.iter().map(|k| name(k) + " IS ?").collect();
        let rows = rows_with_handles(table, there, &self.all);
        let find = format!("{rows} WHERE {}", tests.join(" AND "));
        let columns: Vec<usize> = self.all.iter().copied().filter(|&c| there.has(c)).collect();
        let insert = sql::insert(table, &columns) + " ON CONFLICT DO NOTHING";
        let connection = self.change.connection();
        Ok(Statements {
            find: connection.prepare(&find)?,
            insert: connection.prepare(&insert)?,
            columns,
        })
    }

    /// Puts a row there; `row` has all columns of the table. A row may be put
    /// twice, but not with the same key and other values.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn put(&mut self, row: &[Option<&str>]) -> Result<Put, Error> {
        let given = self.keys.iter().filter(|&&k| filled(row[k]).is_some());
        let given = given.count();
        let full = given == self.keys.len();
        match full {
            false if self.serial => self.add(row),
            false if self.keys.len() == 1 => Ok(Put::Keyless),
            // Most often a table is restored into an empty one.
            true if self.was_empty => match self.add(row)? {
                Put::Taken => self.compare(row, full),
                added => Ok(added),
            },
            _ => self.compare(row, full),
        }
    }

    /// Adds the row, if there is none with its key.
    fn add(&mut self, row: &[Option<&str>]) -> Result<Put, Error> {
        let statements = self.statements(row)?;
        let values = statements.columns.iter().map(|&c| filled(row[c]));
        if statements.insert.execute(params_from_iter(values))? == 0 {
            return Ok(Put::Taken);
        }
        if !self.was_empty && self.fill == Fill::Replace {
            let single = self.keys.len() == 1 && !self.serial;
            let key = row[self.keys[0]].filter(|_| single);
            let number = || self.change.connection().last_insert_rowid().to_string();
            self.kept.insert(key.map_or_else(number, str::to_owned));
        }
        let key: Vec<_> = self.keys.iter().map(|&k| (k, filled(row[k]))).collect();
        let cells = self.all.iter().filter(|c| !self.keys.contains(c));
        let cells = cells
            .filter(|&&c| filled(row[c]).is_some())
            .map(|&c| (c, None, row[c]));
        let change = self.change;
        change
            .recorder()
            .row(change.connection(), Kind::Added, self.table, &key, cells)?;
        Ok(Put::Added)
    }

    /// Puts a row where others may stand. Without a full key several rows can
    /// have the same: then only an equal row is the same row.
    fn compare(&mut self, row: &[Option<&str>], full: bool) -> Result<Put, Error> {
        let there = self.there(row)?;
        let equal = |found: &&Found| {
            let values = found.values.iter().map(Option::as_deref);
            values.eq(row.iter().map(|v| filled(*v)))
        };
        if let Some(same) = there.iter().find(equal) {
            if !self.was_empty && self.fill == Fill::Replace {
                self.kept.insert(same.handle.clone());
            }
            return Ok(Put::Same);
        }
        let Some(other) = there.into_iter().next().filter(|_| full) else {
            return self.add(row);
        };
        let taken = self.fill == Fill::Add || self.was_empty;
        if taken || !self.kept.insert(other.handle) {
            return Ok(Put::Taken);
        }
        let key: Vec<_> = self.keys.iter().map(|&k| other.values[k].clone()).collect();
        let new: Vec<_> = self.all.iter().map(|&c| (c, row[c])).collect();
        self.change
            .update_row(self.table, &self.keys, &key, &other.values, &new)?;
        Ok(Put::Changed)
    }

    /// The rows with the same key.
    fn there(&mut self, row: &[Option<&str>]) -> Result<Vec<Found>, Error> {
        let key: Vec<_> = self.keys.iter().map(|&k| filled(row[k])).collect();
        let columns = self.all.len();
        let find = &mut self.statements(row)?.find;
        let mut rows = find.query(params_from_iter(key))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let value = |place| Ok::<_, Error>(text(row, place)?.map(str::to_owned));
            found.push(Found {
                handle: value(0)?.unwrap_or_default(),
                values: (1..=columns).map(value).collect::<Result<_, _>>()?,
            });
        }
        Ok(found)
    }

    /// Removes the rows that are to go; tells how many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn finish(self) -> Result<usize, Error> {
        if self.was_empty || self.fill == Fill::Add {
            return Ok(0);
        }
        let there = self.change.columns(self.table);
        let sql = rows_with_handles(self.table, there, &[]).replacen(", FROM", " FROM", 1);
        let mut statement = self.change.connection().prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut unwanted = Vec::new();
        while let Some(row) = rows.next()? {
            let handle = text(row, 0)?.unwrap_or_default();
            if !self.kept.contains(handle) {
                unwanted.push(handle.to_owned());
            }
        }
        if unwanted.is_empty() {
            return Ok(0);
        }
        let column = match self.table.keys {
            [key] => key,
            _ => "rowid",
        };
        let test = format!(" WHERE \"{column}\" IN (SELECT value FROM json_each(?))");
        let list = std::iter::once(json_list(&unwanted)?);
        self.change.delete_where(self.table, &test, list)
    }
}
