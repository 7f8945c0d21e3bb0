//! The journal: for each command that changed something one entry with who,
//! when, the command line, and every changed row before and after.
//!
//! It is written in the command's own transaction, so an entry is there
//! exactly when its change is. Rows of tables that count up their key
//! themselves (`auditlog`, `eventlog`) are logs of their own and left out.

mod doubt;
mod record;

use std::cell::{Cell as StdCell, RefCell};
use std::collections::HashMap;
use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension};

pub use record::{Cell, Damaged, Kind, RowChange, Told};
use record::{Records, Shape, put_number, put_value};

use super::{Error, Snapshot};
use crate::schema::{ColumnKind, Table};

/// Data of an entry are stored in parts of about this size, in bytes.
const PART: usize = 64 << 10;

/// The journal's own tables.
pub(super) const TABLES: [&str; 2] = ["journal", "journal_data"];

/// Those tables as SQL.
pub(super) const LAYOUT: &str = "
    CREATE TABLE journal(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL,
        user TEXT NOT NULL, command TEXT NOT NULL, undoes INTEGER, shapes TEXT NOT NULL,
        first INTEGER, parts INTEGER NOT NULL);
    CREATE TABLE journal_data(id INTEGER PRIMARY KEY, data BLOB NOT NULL);";

/// Who changes the database, for the journal.
#[derive(Debug, Clone, Default)]
pub struct Author {
    /// The user's name.
    pub user: String,
    /// The command line, without passwords.
    pub command: String,
}

/// One command's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// When it was done, seconds since 1970-01-01 UTC.
    pub time: i64,
    /// By whom.
    pub user: String,
    /// The command line.
    pub command: String,
    /// The entry that it undid.
    pub undoes: Option<i64>,
    shapes: String,
    first: Option<i64>,
    parts: i64,
}

/// Collects a change's rows for the journal.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    shapes: RefCell<Vec<Shape>>,
    known: RefCell<HashMap<ShapeKey, usize>>,
    buffer: RefCell<Vec<u8>>,
    first: StdCell<Option<i64>>,
    parts: StdCell<i64>,
    doubts: RefCell<Vec<RowChange>>,
}

/// A shape by numbers, which are quicker to look up than names.
type ShapeKey = (Kind, *const Table, Vec<usize>);

/// A value before and after.
pub(super) type BeforeAfter<'v> = (usize, Option<&'v str>, Option<&'v str>);

impl Recorder {
    /// Notes one row. `key` are the columns of the table's key. Cells of an
    /// added or removed row that are empty need not be given.
    pub(super) fn row<'v>(
        &self,
        connection: &Connection,
        kind: Kind,
        table: &'static Table,
        key: &[(usize, Option<&str>)],
        cells: impl Iterator<Item = BeforeAfter<'v>> + Clone,
    ) -> Result<(), Error> {
        if table.columns.iter().any(|c| c.kind == ColumnKind::Serial) {
            return Ok(());
        }
        if kind != Kind::Removed {
            self.doubt(kind, table, key, cells.clone());
        }
        let columns: Vec<usize> = cells.clone().map(|c| c.0).collect();
        let shape = self.shape(kind, table, key, columns);
        let mut buffer = self.buffer.borrow_mut();
        put_number(&mut buffer, shape);
        for (column, value) in key {
            put_value(&mut buffer, table.columns[*column].kind, *value);
        }
        for (column, old, new) in cells {
            let column = table.columns[column].kind;
            if kind != Kind::Added {
                put_value(&mut buffer, column, old);
            }
            if kind != Kind::Removed {
                put_value(&mut buffer, column, new);
            }
        }
        if buffer.len() >= PART {
            self.store(connection, &buffer)?;
            buffer.clear();
        }
        Ok(())
    }

    fn shape(
        &self,
        kind: Kind,
        table: &'static Table,
        key: &[(usize, Option<&str>)],
        columns: Vec<usize>,
    ) -> usize {
        let known = (kind, std::ptr::from_ref(table), columns);
        if let Some(&number) = self.known.borrow().get(&known) {
            return number;
        }
        let keys: Vec<usize> = key.iter().map(|k| k.0).collect();
        let mut shapes = self.shapes.borrow_mut();
        shapes.push(Shape::of(kind, table, &keys, &known.2));
        self.known.borrow_mut().insert(known, shapes.len() - 1);
        shapes.len() - 1
    }

    fn store(&self, connection: &Connection, data: &[u8]) -> Result<(), Error> {
        connection
            .prepare_cached("INSERT INTO journal_data(data) VALUES(?)")?
            .execute([data])?;
        self.parts.set(self.parts.get() + 1);
        if self.first.get().is_none() {
            self.first.set(Some(connection.last_insert_rowid()));
        }
        Ok(())
    }

    /// Writes the entry; without any changed row there is none.
    pub(super) fn finish(
        &self,
        connection: &Connection,
        author: &Author,
        undoes: Option<i64>,
    ) -> Result<Option<i64>, Error> {
        let mut buffer = self.buffer.borrow_mut();
        if !buffer.is_empty() {
            self.store(connection, &buffer)?;
            buffer.clear();
        }
        if self.parts.get() == 0 {
            return Ok(None);
        }
        let shapes = serde_json::to_string(&*self.shapes.borrow()).map_err(Error::json)?;
        connection.execute(
            "INSERT INTO journal(time, user, command, undoes, shapes, first, parts)
             VALUES(unixepoch(), ?, ?, ?, ?, ?, ?)",
            (
                &author.user,
                &author.command,
                undoes,
                shapes,
                self.first.get(),
                self.parts.get(),
            ),
        )?;
        Ok(Some(connection.last_insert_rowid()))
    }
}

const COLUMNS: &str = "id, time, user, command, undoes, shapes, first, parts";

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        time: row.get(1)?,
        user: row.get(2)?,
        command: row.get(3)?,
        undoes: row.get(4)?,
        shapes: row.get(5)?,
        first: row.get(6)?,
        parts: row.get(7)?,
    })
}

impl Entry {
    /// How much it holds, in parts of about 64 KiB.
    pub fn parts(&self) -> i64 {
        self.parts
    }
}

impl Snapshot<'_> {
    /// Hands the entries with numbers above `after` to `each`, the newest
    /// first, until it has seen enough.
    ///
    /// # Errors
    /// The database cannot be read, or what `each` returns.
    pub fn journal<E: From<Error>>(
        &self,
        after: i64,
        mut each: impl FnMut(Entry) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let sql = format!("SELECT {COLUMNS} FROM journal WHERE id > ? ORDER BY id DESC");
        let mut statement = self.transaction.prepare(&sql).map_err(Error::from)?;
        let mut rows = statement.query([after]).map_err(Error::from)?;
        while let Some(row) = rows.next().map_err(Error::from)? {
            if each(entry(row).map_err(Error::from)?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// One entry of the journal.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn journal_entry(&self, id: i64) -> Result<Option<Entry>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM journal WHERE id = ?");
        Ok(self.transaction.query_row(&sql, [id], entry).optional()?)
    }

    /// Hands the rows that an entry changed to `each`, in the order in which
    /// they were changed.
    ///
    /// # Errors
    /// The database cannot be read, the entry is damaged, or what `each`
    /// returns.
    pub fn journal_rows<E: From<Error>>(
        &self,
        entry: &Entry,
        each: impl FnMut(RowChange) -> Result<(), E>,
    ) -> Result<(), E> {
        let shapes: Vec<Shape> = serde_json::from_str(&entry.shapes).map_err(Error::json)?;
        self.parts(entry.first, entry.parts, &shapes, each)
    }

    /// [`Snapshot::journal_rows`] from the last change to the first. Rows may
    /// be written meanwhile.
    ///
    /// # Errors
    /// As [`Snapshot::journal_rows`].
    pub fn journal_rows_backwards<E: From<Error>>(
        &self,
        entry: &Entry,
        mut each: impl FnMut(RowChange) -> Result<(), E>,
    ) -> Result<(), E> {
        let shapes: Vec<Shape> = serde_json::from_str(&entry.shapes).map_err(Error::json)?;
        let Some(first) = entry.first else {
            return Ok(());
        };
        // The parts of a transaction follow one another without a gap.
        for part in (first..first + entry.parts).rev() {
            let mut rows = Vec::new();
            self.parts(Some(part), 1, &shapes, |row| {
                rows.push(row);
                Ok::<_, Error>(())
            })?;
            rows.into_iter().rev().try_for_each(&mut each)?;
        }
        Ok(())
    }

    fn parts<E: From<Error>>(
        &self,
        first: Option<i64>,
        parts: i64,
        shapes: &[Shape],
        mut each: impl FnMut(RowChange) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(first) = first else { return Ok(()) };
        let mut statement = self
            .transaction
            .prepare_cached("SELECT data FROM journal_data WHERE id >= ? ORDER BY id LIMIT ?")
            .map_err(Error::from)?;
        let mut rows = statement.query((first, parts)).map_err(Error::from)?;
        while let Some(row) = rows.next().map_err(Error::from)? {
            let data = row.get_ref(0).map_err(Error::from)?;
            let data = data.as_blob().map_err(|_| Error::Journal(Damaged))?;
            for record in Records::new(data, shapes) {
                each(record.map_err(Error::Journal)?)?;
            }
        }
        Ok(())
    }
}

impl super::Change<'_> {
    /// Hands the rows that this change has touched so far to `each`: what a
    /// dry run shows before it is given up.
    ///
    /// # Errors
    /// The database cannot be read, or what `each` returns.
    pub fn preview<E: From<Error>>(
        &self,
        each: impl FnMut(RowChange) -> Result<(), E>,
    ) -> Result<(), E> {
        let recorder = self.recorder();
        let mut buffer = recorder.buffer.borrow_mut();
        if !buffer.is_empty() {
            recorder.store(self.connection(), &buffer)?;
            buffer.clear();
        }
        let shapes = recorder.shapes.borrow();
        self.parts(recorder.first.get(), recorder.parts.get(), &shapes, each)
    }
    /// Forgets the entries of the journal with numbers below `id`; tells how
    /// many. What this change itself does is not among them.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn forget_journal(&self, id: i64) -> Result<usize, Error> {
        let connection = self.connection();
        connection.execute(
            "DELETE FROM journal_data WHERE id IN (SELECT d.id FROM journal j, journal_data d
             WHERE j.id < ? AND d.id >= j.first AND d.id < j.first + j.parts)",
            [id],
        )?;
        Ok(connection.execute("DELETE FROM journal WHERE id < ?", [id])?)
    }
}
