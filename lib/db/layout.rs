//! The version of the file's layout.
//!
//! A file says in `PRAGMA user_version` which layout it has. The first command
//! that opens one with an older layout brings it to the present one, step by
//! step in one transaction; a newer one is refused. `layout/N.sql` has the
//! tables of each layout that there ever was, for the tests: since layout 2
//! those that a file may have.

use std::fmt;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::{Error, present};

/// From one layout to the next.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// What it does, for an administrator.
    what: &'static str,
    /// Does it.
    run: fn(&Connection) -> Result<(), Error>,
}

/// The step from layout 1 to 2, from 2 to 3 …
const STEPS: &[Step] = &[Step {
    what: "tables without rows go: each is made with its first row",
    run: present::without_empty_tables,
}];

/// The layout that this version writes.
const VERSION: i64 = newest(STEPS);

/// `PRAGMA user_version` holds the layout in its lowest bits, and above them
/// the sum of what there is (see `present`).
const LAYOUT_BITS: u32 = 8;

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
            0 => write!(f, "the file is empty: it gets layout {newest}"),
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
    Ok(number(connection)? & ((1 << LAYOUT_BITS) - 1))
}

fn number(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn set_version(connection: &Connection, version: i64) -> rusqlite::Result<()> {
    let sum = number(connection)? >> LAYOUT_BITS;
    connection.pragma_update(None, "user_version", sum << LAYOUT_BITS | version)
}

/// Keeps the sum of what there is.
pub(super) fn set_sum(connection: &Connection, sum: i64) -> Result<(), Error> {
    let number = sum << LAYOUT_BITS | version(connection)?;
    Ok(connection.pragma_update(None, "user_version", number)?)
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

/// Refuses a file that got a newer layout after this command opened it. Gives
/// the sum that was kept.
pub(super) fn check(connection: &Connection) -> Result<i64, Error> {
    let number = number(connection)?;
    match number & ((1 << LAYOUT_BITS) - 1) {
        VERSION => Ok(number >> LAYOUT_BITS),
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
        (step.run)(&transaction).map_err(|error| match error {
            Error::ReadOnly => Error::Older { found, newest },
            other => other,
        })?;
    }
    set_version(&transaction, newest).map_err(older)?;
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
    transaction.execute_batch(super::journal::LAYOUT)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    set_version(&transaction, VERSION)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
#[path = "layout/tests.rs"]
mod tests;
