//! The node database: one SQLite file with a table for each of `schema/tables`.
//!
//! | file | subject |
//! |---|---|
//! | `mod` | opening, transactions |
//! | `access` | the ways to open the file, down to a read-only one |
//! | `layout` | versions of the file's layout |
//! | `present` | which tables and columns the file has |
//! | `sql` | texts of SQL |
//! | `rows` | reading rows of one table |
//! | `nodes` | values of many nodes from many tables, with those of their groups |
//! | `feed` | the statements behind them |
//! | `place` | where a value of a node stands |
//! | `inherit` | what groups give |
//! | `joining` | which values of a node and its groups are joined (site `hierarchicalattrs`) |
//! | `expand` | values of the form `\|pattern\|replacement\|` |
//! | `arithmetic` `functions` | the expressions in them, the functions these call |
//! | `change` | a change, and new rows |
//! | `update` | changing and removing rows that are there |
//! | `exact` | writing a row that is known whole |
//! | `replace` | a table filled from outside, row by row |
//! | `foreign` | the files of a real xCAT, read |
//! | `journal` | what each change did, for looking back and undoing |
//! | `health` | what SQLite finds wrong with the file |
//! | `error` | what can go wrong, in words |
//!
//! A command reads in one [`Snapshot`] and writes in one [`Change`]; a change
//! that is dropped without [`Change::commit`] never happened. An empty text
//! and no value are the same thing here, as in xCAT: both read as `None`.

mod access;
mod arithmetic;
mod change;
mod error;
mod exact;
mod expand;
mod feed;
mod foreign;
mod functions;
mod health;
mod inherit;
mod joining;
mod journal;
mod layout;
mod nodes;
mod place;
mod present;
mod replace;
mod rows;
mod sql;
mod update;

use std::cell::RefCell;
use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use present::{Columns, Present};

use crate::schema::Table;

pub use change::Change;
pub use error::Error;
pub use exact::{Held, Standing};
pub use expand::Expander;
pub use foreign::{Foreign, ForeignRow};
pub use inherit::Given;
pub use journal::{Author, Cell, Damaged, Entry, Kind, RowChange, Told};
pub use layout::Migration;
pub use nodes::{Names, NodeRow, Reading, Source, Value};
pub use place::Place;
pub use replace::{Fill, Filling, Put};
pub use rows::{Row, Rows, is_enabled};

/// The name of the database file in its folder.
pub const FILE: &str = "xcat.sqlite";

/// An open node database.
#[derive(Debug)]
pub struct Db {
    connection: Connection,
    path: PathBuf,
    author: Author,
}

/// The database at one moment: what other commands change meanwhile is not
/// seen.
#[derive(Debug)]
pub struct Snapshot<'db> {
    transaction: Transaction<'db>,
    present: RefCell<Present>,
}

impl Snapshot<'_> {
    /// The columns that the file has of a table: none if nothing was ever
    /// written to it.
    fn columns(&self, table: &Table) -> Columns {
        self.present.borrow().of(table)
    }
}

impl Db {
    /// Opens the database in `folder`; folder (0700) and file (0600) are made
    /// if they are not there.
    ///
    /// # Errors
    /// The folder or file cannot be made or read, the file is no database, or
    /// it was made by a newer version of this software.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let made = make_file(folder, &path)?;
        let (connection, ()) = access::connect(&path, made, layout::bring_up_to_date)?;
        Ok(Self {
            connection,
            path,
            author: Author::default(),
        })
    }

    /// What [`Db::open`] would do to a database of an earlier version: it is
    /// tried and given up again. `None` if there is no database.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn rehearse(folder: &Path) -> Result<Option<Migration>, Error> {
        let path = folder.join(FILE);
        match path.metadata() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::file("open", &path, e)),
            // Even opening it would write its first page.
            Ok(data) if data.len() == 0 => Ok(Some(Migration::none(0))),
            Ok(_) => Ok(Some(access::connect(&path, false, layout::rehearse)?.1)),
        }
    }

    /// Says who makes the changes from now on, for the journal.
    pub fn set_author(&mut self, author: Author) {
        self.author = author;
    }

    /// The file that holds the database.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins reading. Never waits for a change of another command.
    ///
    /// # Errors
    /// The database cannot be read, or a newer version has changed its layout
    /// since it was opened.
    pub fn read(&self) -> Result<Snapshot<'_>, Error> {
        let transaction = self.connection.unchecked_transaction()?;
        let present = Present::read(&transaction)?.into();
        Ok(Snapshot {
            transaction,
            present,
        })
    }

    /// Begins a change, after those of other commands have ended.
    ///
    /// # Errors
    /// Another command's change did not end in a minute, the database cannot
    /// be written, or a newer version has changed its layout meanwhile.
    pub fn change(&mut self) -> Result<Change<'_>, Error> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let present = Present::read(&transaction)?.into();
        let snapshot = Snapshot {
            transaction,
            present,
        };
        Ok(Change::new(snapshot, &self.author))
    }
}

/// Makes the folder and an empty file that only their owner can read. Tells
/// whether the file was made now.
fn make_file(folder: &Path, path: &Path) -> Result<bool, Error> {
    let new_file = || {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
    };
    let mut made = new_file();
    if matches!(&made, Err(e) if e.kind() == io::ErrorKind::NotFound) {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|e| Error::file("make the folder", folder, e))?;
        made = new_file();
    }
    match made {
        Ok(_) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // A database on a medium that cannot be written can still be read.
        Err(_) if path.exists() => Ok(false),
        Err(e) => Err(Error::file("open or make", path, e)),
    }
}

#[cfg(test)]
mod tests;
