//! The tables as SQL, made from the schema, and the version of their layout.
//!
//! A file says in `PRAGMA user_version` which layout it has. The first command
//! that opens one with an older layout brings it to the present one, step by
//! step in one transaction; a newer one is refused. `layout/N.sql` has the
//! tables of each layout that there ever was, for the tests.

use std::fmt::{self, Write as _};

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::Error;
use crate::schema::{ColumnKind, TABLES, Table};

/// From one layout to the next.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// What it does, for an administrator.
    what: &'static str,
    /// The statements that do it.
    sql: &'static str,
}

/// The step from layout 1 to 2, from 2 to 3 …
const STEPS: &[Step] = &[];

/// The layout that this version writes.
const VERSION: i64 = newest(STEPS);

/// `PRAGMA application_id`: "xCAT".
const APPLICATION: i64 = 0x7843_4154;

/// How a migration ends.
type End = fn(Transaction<'_>) -> rusqlite::Result<()>;
const KEEP: End = |transaction| transaction.commit();
const GIVE_UP: End = |transaction| transaction.rollback();

const fn newest(steps: &[Step]) -> i64 {
    1 + steps.len() as i64
}

/// What opening a database does to its layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The layout that it has.
    pub found: i64,
    /// The layout that it gets.
    pub newest: i64,
    /// The steps between them, in words; none if it is the same.
    pub steps: Vec<&'static str>,
}

impl Migration {
    /// That of a file that is empty, or up to date.
    pub(super) fn none(found: i64) -> Self {
        Self {
            found,
            newest: VERSION,
            steps: Vec::new(),
        }
    }
}

impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { found, newest, .. } = self;
        match found {
            0 => write!(
                f,
                "the file is empty: it gets the tables of layout {newest}"
            ),
            _ if found == newest => write!(f, "the database has layout {found}, the present one"),
            _ => write!(
                f,
                "the database has layout {found}: the next command brings it to layout {newest}"
            ),
        }
    }
}

/// The layout of the open file; 0 for one without tables.
pub(super) fn version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Makes the tables in an empty file, and brings an older file up to date;
/// refuses what is not ours or newer.
pub(super) fn bring_up_to_date(connection: &mut Connection) -> Result<(), Error> {
    match version(connection)? {
        VERSION => Ok(()),
        0 => create(connection),
        found => migrate(connection, found, STEPS, KEEP).map(drop),
    }
}

/// What [`bring_up_to_date`] would do: it is done and given up again.
pub(super) fn rehearse(connection: &mut Connection) -> Result<Migration, Error> {
    match version(connection)? {
        found @ (0 | VERSION) => Ok(Migration::none(found)),
        found => migrate(connection, found, STEPS, GIVE_UP),
    }
}

/// Refuses a file that got a newer layout after this command opened it.
pub(super) fn check(connection: &Connection) -> Result<(), Error> {
    match version(connection)? {
        VERSION => Ok(()),
        found => Err(newer(found, VERSION)),
    }
}

fn newer(found: i64, known: i64) -> Error {
    Error::Newer { found, known }
}

fn migrate(
    connection: &mut Connection,
    found: i64,
    steps: &[Step],
    end: End,
) -> Result<Migration, Error> {
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION {
        return Err(Error::Foreign(std::path::PathBuf::new()));
    }
    let newest = newest(steps);
    if !(1..=newest).contains(&found) {
        return Err(newer(found, newest));
    }
    let older = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly) => Error::Older { found, newest },
        _ => error.into(),
    };
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(older)?;
    // Another command may have done it while this one waited.
    let found = version(&transaction)?;
    let done = usize::try_from(found - 1).unwrap_or_default();
    let steps = steps.get(done..).unwrap_or_default();
    for step in steps {
        transaction.execute_batch(step.sql).map_err(older)?;
    }
    transaction
        .pragma_update(None, "user_version", newest)
        .map_err(older)?;
    end(transaction)?;
    Ok(Migration {
        found,
        newest,
        steps: steps.iter().map(|step| step.what).collect(),
    })
}

fn create(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another command may have made them while this one waited.
    if version(&transaction)? == VERSION {
        return Ok(());
    }
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 {
        return Err(Error::Foreign(std::path::PathBuf::new()));
    }
    transaction.execute_batch(&all_tables())?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// The statements that make all tables.
fn all_tables() -> String {
    let mut sql: String = TABLES
        .iter()
        .map(|table| create_table(table) + ";\n")
        .collect();
    sql.push_str(super::journal::LAYOUT);
    sql
}

/// The `CREATE TABLE` of a table. Where one column is the key, the rows lie in
/// the key's order (WITHOUT ROWID), so that reading many nodes from many
/// tables is a merge. Keys of several columns may have empty parts, as xCAT's
/// may, which such a table could not hold.
fn create_table(table: &Table) -> String {
    let mut sql = format!("CREATE TABLE \"{}\"(", table.name);
    let serial = table.columns.iter().any(|c| c.kind == ColumnKind::Serial);
    for column in table.columns {
        let text = match column.kind {
            ColumnKind::Text | ColumnKind::Secret => "TEXT",
            ColumnKind::Serial => "INTEGER PRIMARY KEY AUTOINCREMENT",
        };
        // Writing to a String cannot fail.
        let _ = write!(sql, "\"{}\" {text},", column.name);
    }
    if serial {
        sql.pop();
        sql.push(')');
        return sql;
    }
    let keys: Vec<String> = table.keys.iter().map(|k| format!("\"{k}\"")).collect();
    let _ = write!(sql, "PRIMARY KEY({}))", keys.join(","));
    if table.keys.len() == 1 {
        sql.push_str("WITHOUT ROWID");
    }
    sql
}

#[cfg(test)]
#[path = "layout/tests.rs"]
mod tests;
