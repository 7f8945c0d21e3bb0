//! Writing rows: one [`Change`] is one transaction.
//!
//! Every write first finds out what was there, for the journal; a value that
//! is already there is not written again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use rusqlite::{Connection, ToSql, params_from_iter};

use super::journal::{Kind, Recorder};
use super::rows::{as_text, json_list, select, text};
use super::{Author, Error, Snapshot};
use crate::schema::{ColumnKind, Table};

/// SQL texts by table and columns.
type Statements = HashMap<(*const Table, Vec<usize>), Rc<str>>;

/// The values of one row, in the order of the columns that were asked for.
type Values = Vec<Option<String>>;

/// A change of the database: all of it is done at [`Change::commit`], or none.
/// What it has written can be read back from it at once.
#[derive(Debug)]
pub struct Change<'db> {
    snapshot: Snapshot<'db>,
    author: &'db Author,
    recorder: Recorder,
    /// The SQL of insertions seen so far: building it costs as much as running
    /// it.
    insertions: RefCell<Statements>,
}

impl<'db> Deref for Change<'db> {
    type Target = Snapshot<'db>;

    fn deref(&self) -> &Snapshot<'db> {
        &self.snapshot
    }
}

impl<'db> Change<'db> {
    pub(super) fn new(snapshot: Snapshot<'db>, author: &'db Author) -> Self {
        Self {
            snapshot,
            author,
            recorder: Recorder::default(),
            insertions: RefCell::default(),
        }
    }

    pub(super) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.snapshot.transaction
    }

    /// Makes the change lasting, with an entry in the journal. Gives the
    /// entry's number; `None` if nothing had to be changed.
    ///
    /// # Errors
    /// The database cannot be written: then nothing has changed.
    pub fn commit(self) -> Result<Option<i64>, Error> {
        self.commit_as_undo_of(None)
    }

    /// [`Change::commit`] of a change that undoes an entry of the journal.
    ///
    /// # Errors
    /// As [`Change::commit`].
    pub fn commit_as_undo_of(self, undone: Option<i64>) -> Result<Option<i64>, Error> {
        let id = self
            .recorder
            .finish(self.connection(), self.author, undone)?;
        self.snapshot.transaction.commit()?;
        Ok(id)
    }

    /// Sets values in the row with this key, which is made if it is not there.
    /// `key` is (column, value), of the table's keys or of columns that name a
    /// row as well; an empty value empties its column.
    ///
    /// # Errors
    /// The database cannot be written, or a key is empty.
    pub fn set(
        &self,
        table: &'static Table,
        key: &[(usize, &str)],
        values: &[(usize, Option<&str>)],
    ) -> Result<(), Error> {
        if let Some((column, _)) = key.iter().find(|(_, value)| value.is_empty()) {
            let column = table.columns[*column].name;
            return Err(Error::Incomplete {
                table: table.name,
                column,
            });
        }
        let is_key = |column: &usize| table.keys.contains(&table.columns[*column].name);
        let full = key.len() == table.keys.len() && key.iter().all(|k| is_key(&k.0));
        // Mostly the row is new, so that is tried first.
        if full && self.insert_new(table, key, values)? {
            return Ok(());
        }
        if self.update(table, key, values)? == 0 && !full {
            let own = key.iter().map(|k| (k.0, Some(k.1)));
            let row: Vec<_> = own.chain(values.iter().copied()).collect();
            self.insert(table, &row)?;
        }
        Ok(())
    }

    /// Adds the row if there is none with its key; tells whether it did.
    fn insert_new(
        &self,
        table: &'static Table,
        key: &[(usize, &str)],
        values: &[(usize, Option<&str>)],
    ) -> Result<bool, Error> {
        let columns = key
            .iter()
            .map(|k| k.0)
            .chain(values.iter().map(|v| v.0))
            .collect();
        let sql = self.insertion(table, columns);
        let given = values.iter().map(|v| filled(v.1));
        let parameters = key.iter().map(|k| Some(k.1)).chain(given);
        let mut statement = self.connection().prepare_cached(&sql)?;
        if statement.execute(params_from_iter(parameters))? == 0 {
            return Ok(false);
        }
        let own: Vec<_> = key.iter().map(|k| (k.0, Some(k.1))).collect();
        let cells = values.iter().filter(|v| filled(v.1).is_some());
        let cells = cells.map(|v| (v.0, None, v.1));
        self.recorder
            .row(self.connection(), Kind::Added, table, &own, cells)?;
        Ok(true)
    }

    /// `INSERT … ON CONFLICT DO NOTHING` for these columns.
    fn insertion(&self, table: &'static Table, columns: Vec<usize>) -> Rc<str> {
        let mut known = self.insertions.borrow_mut();
        let key = (std::ptr::from_ref(table), columns);
        if let Some(sql) = known.get(&key) {
            return Rc::clone(sql);
        }
        let sql: Rc<str> = format!("{} ON CONFLICT DO NOTHING", insert_sql(table, &key.1)).into();
        known.insert(key, Rc::clone(&sql));
        sql
    }

    /// Adds a row as it stands, empty keys allowed: what `tabrestore` and
    /// tables with keys of several columns need. An equal key is an error of
    /// the database.
    ///
    /// # Errors
    /// The database cannot be written, or the only key is empty.
    pub fn insert(
        &self,
        table: &'static Table,
        values: &[(usize, Option<&str>)],
    ) -> Result<(), Error> {
        if let [key] = table.keys {
            let place = table.position(key);
            let serial = place.is_some_and(|p| table.columns[p].kind == ColumnKind::Serial);
            let given = |v: &(usize, Option<&str>)| Some(v.0) == place && filled(v.1).is_some();
            if !serial && !values.iter().any(given) {
                let table = table.name;
                return Err(Error::Incomplete { table, column: key });
            }
        }
        let columns: Vec<usize> = values.iter().map(|v| v.0).collect();
        let mut statement = self
            .connection()
            .prepare_cached(&insert_sql(table, &columns))?;
        statement.execute(params_from_iter(values.iter().map(|v| filled(v.1))))?;
        let value = |column| {
            values
                .iter()
                .find(|v| v.0 == column)
                .and_then(|v| filled(v.1))
        };
        let keys = key_columns(table);
        let key: Vec<_> = keys.iter().map(|&k| (k, value(k))).collect();
        let others = values
            .iter()
            .filter(|v| !keys.contains(&v.0) && filled(v.1).is_some());
        let cells = others.map(|v| (v.0, None, v.1));
        self.recorder
            .row(self.connection(), Kind::Added, table, &key, cells)
    }

    /// Sets values in every row that holds the conditions; tells how many rows
    /// those are.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn update(
        &self,
        table: &'static Table,
        conditions: &[(usize, &str)],
        values: &[(usize, Option<&str>)],
    ) -> Result<usize, Error> {
        let test = where_clause(table, conditions);
        let parameters = conditions.iter().map(|c| c.1.to_owned());
        self.update_where(table, &test, parameters, values)
    }

    /// Writes those of the values that one row does not hold yet.
    pub(super) fn update_row(
        &self,
        table: &'static Table,
        keys: &[usize],
        key: &[Option<String>],
        old: &[Option<String>],
        values: &[(usize, Option<&str>)],
    ) -> Result<(), Error> {
        let pairs = values
            .iter()
            .zip(old)
            .map(|(v, old)| (v.0, old.as_deref(), filled(v.1)));
        let changed: Vec<_> = pairs.filter(|(_, old, new)| old != new).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let sets: Vec<String> = changed
            .iter()
            .map(|c| format!("\"{}\"=?", table.columns[c.0].name))
            .collect();
        let tests: Vec<String> = keys
            .iter()
            .map(|&k| format!("\"{}\" IS ?", table.columns[k].name))
            .collect();
        let sql = format!(
            "UPDATE \"{}\" SET {} WHERE {}",
            table.name,
            sets.join(","),
            tests.join(" AND ")
        );
        let new = changed.iter().map(|c| c.2);
        let parameters = new.chain(key.iter().map(Option::as_deref));
        self.connection()
            .prepare_cached(&sql)?
            .execute(params_from_iter(parameters))?;
        let key: Vec<_> = keys
            .iter()
            .copied()
            .zip(key.iter().map(Option::as_deref))
            .collect();
        let cells = changed.iter().copied();
        self.recorder
            .row(self.connection(), Kind::Changed, table, &key, cells)
    }

    /// Sets values in every row that holds one of the names in the column;
    /// tells how many rows those are.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn update_among(
        &self,
        table: &'static Table,
        column: usize,
        names: &[String],
        values: &[(usize, Option<&str>)],
    ) -> Result<usize, Error> {
        let name = table.columns[column].name;
        let test = format!(" WHERE \"{name}\" IN (SELECT value FROM json_each(?))");
        let parameters = std::iter::once(json_list(names)?);
        self.update_where(table, &test, parameters, values)
    }

    fn update_where(
        &self,
        table: &'static Table,
        test: &str,
        parameters: impl Iterator<Item = String>,
        values: &[(usize, Option<&str>)],
    ) -> Result<usize, Error> {
        let keys = key_columns(table);
        if keys.len() > 1 {
            // Parts of such a key may be empty: it does not tell rows apart.
            let found = self.all_standing(table, test, parameters)?;
            for row in &found {
                self.update_standing(row, values)?;
            }
            return Ok(found.len());
        }
        let columns: Vec<usize> = keys
            .iter()
            .copied()
            .chain(values.iter().map(|v| v.0))
            .collect();
        let sql = format!("{}{test}", select(table, &columns));
        let found = self.found(&sql, parameters, columns.len())?;
        for row in &found {
            let (key, old) = row.split_at(keys.len());
            self.update_row(table, &keys, key, old, values)?;
        }
        Ok(found.len())
    }

    /// Removes the rows that hold the conditions (all, if there are none);
    /// tells how many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn delete(
        &self,
        table: &'static Table,
        conditions: &[(usize, &str)],
    ) -> Result<usize, Error> {
        let test = where_clause(table, conditions);
        self.delete_where(table, &test, conditions.iter().map(|c| c.1))
    }

    /// Removes the rows that hold one of the values in the column; tells how
    /// many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn delete_among(
        &self,
        table: &'static Table,
        column: usize,
        values: &[String],
    ) -> Result<usize, Error> {
        let name = table.columns[column].name;
        let test = format!(" WHERE \"{name}\" IN (SELECT value FROM json_each(?))");
        self.delete_where(table, &test, std::iter::once(json_list(values)?))
    }

    pub(super) fn delete_where(
        &self,
        table: &'static Table,
        test: &str,
        parameters: impl Iterator<Item = impl ToSql>,
    ) -> Result<usize, Error> {
        let all: Vec<usize> = (0..table.columns.len()).collect();
        let names: Vec<String> = table.columns.iter().map(as_text).collect();
        let sql = format!(
            "DELETE FROM \"{}\"{test} RETURNING {}",
            table.name,
            names.join(",")
        );
        let keys = key_columns(table);
        let removed = self.found(&sql, parameters, all.len())?;
        for row in &removed {
            let key: Vec<_> = keys.iter().map(|&k| (k, row[k].as_deref())).collect();
            let others = all
                .iter()
                .filter(|c| !keys.contains(c) && row[**c].is_some());
            let cells = others.map(|&c| (c, row[c].as_deref(), None));
            self.recorder
                .row(self.connection(), Kind::Removed, table, &key, cells)?;
        }
        Ok(removed.len())
    }

    /// The rows that a statement gives.
    pub(super) fn found(
        &self,
        sql: &str,
        parameters: impl Iterator<Item = impl ToSql>,
        columns: usize,
    ) -> Result<Vec<Values>, Error> {
        let mut statement = self.connection().prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(parameters))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|c| Ok(text(row, c)?.map(str::to_owned)));
            found.push(values.collect::<Result<_, Error>>()?);
        }
        Ok(found)
    }
}

/// An empty value is no value.
pub(super) fn filled(value: Option<&str>) -> Option<&str> {
    value.filter(|text| !text.is_empty())
}

/// The places of the table's key columns.
pub(super) fn key_columns(table: &Table) -> Vec<usize> {
    table
        .keys
        .iter()
        .filter_map(|k| table.position(k))
        .collect()
}

fn insert_sql(table: &Table, columns: &[usize]) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|c| format!("\"{}\"", table.columns[*c].name))
        .collect();
    let marks = vec!["?"; columns.len()].join(",");
    format!(
        "INSERT INTO \"{}\"({}) VALUES({marks})",
        table.name,
        names.join(",")
    )
}

fn where_clause(table: &Table, conditions: &[(usize, &str)]) -> String {
    let tests: Vec<String> = conditions
        .iter()
        .map(|c| format!("\"{}\"=?", table.columns[c.0].name))
        .collect();
    match tests.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", tests.join(" AND ")),
    }
}
