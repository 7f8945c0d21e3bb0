//! A change is one transaction; adding rows.
//!
//! Every write first finds out what was there, for the journal; a value that
//! is already there is not written again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use rusqlite::{Connection, ToSql, params_from_iter};

use super::journal::{Kind, Recorder};
use super::present::Columns;
use super::rows::text;
use super::sql;
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

    /// Makes what the file does not have of the table and these columns.
    /// Tells whether there was anything.
    pub(super) fn ensure(&self, table: &Table, columns: Columns) -> Result<bool, Error> {
        let mut present = self.present.borrow_mut();
        present.ensure(self.connection(), table, columns)
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
        let values = || values.iter().filter(|v| filled(v.1).is_some());
        let columns = key.iter().map(|k| k.0).chain(values().map(|v| v.0));
        let sql = self.insertion(table, columns.collect())?;
        let parameters = key.iter().map(|k| Some(k.1)).chain(values().map(|v| v.1));
        let mut statement = self.connection().prepare_cached(&sql)?;
        if statement.execute(params_from_iter(parameters))? == 0 {
            return Ok(false);
        }
        let own: Vec<_> = key.iter().map(|k| (k.0, Some(k.1))).collect();
        let cells = values().map(|v| (v.0, None, v.1));
        self.recorder
            .row(self.connection(), Kind::Added, table, &own, cells)?;
        Ok(true)
    }

    /// `INSERT … ON CONFLICT DO NOTHING` for these columns.
    fn insertion(&self, table: &'static Table, columns: Vec<usize>) -> Result<Rc<str>, Error> {
        let mut known = self.insertions.borrow_mut();
        let key = (std::ptr::from_ref(table), columns);
        if let Some(sql) = known.get(&key) {
            return Ok(Rc::clone(sql));
        }
        self.ensure(table, key.1.iter().copied().collect())?;
        let insert = sql::insert(table, &key.1);
        let sql: Rc<str> = format!("{insert} ON CONFLICT DO NOTHING").into();
        known.insert(key, Rc::clone(&sql));
        Ok(sql)
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
        let given = values.iter().filter(|v| filled(v.1).is_some()).map(|v| v.0);
        self.ensure(table, given.collect())?;
        let there = self.columns(table);
        let mut values: Vec<_> = values.iter().copied().filter(|v| there.has(v.0)).collect();
        if values.is_empty() {
            values.extend(key_columns(table).first().map(|&key| (key, None)));
        }
        let columns: Vec<usize> = values.iter().map(|v| v.0).collect();
        let mut statement = self
            .connection()
            .prepare_cached(&sql::insert(table, &columns))?;
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
