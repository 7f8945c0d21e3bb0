//! What was changed: entries of the journal told as changes of objects, found
//! again, undone, and forgotten.
//!
//! | file | subject |
//! |---|---|
//! | `naming` | whose a changed row is, and what its columns are called |
//! | `story` | changed rows gathered to changed objects, in words |
//! | [`list`] | entries by object, time and user |
//! | [`undo`] | reverting an entry |
//! | [`prune`] | shortening the journal and the logs |
//! | [`time`] | times as users write and read them |
//! | [`json`] | the documents that `--json` prints |
//!
//! The journal itself is the database's (`db::journal`): rows and columns,
//! before and after. Here they become `node n1`, `ip: 10.0.0.1 -> 10.0.0.2`.

pub mod json;
pub mod list;
mod naming;
pub mod prune;
mod story;
pub mod time;
pub mod undo;

pub use crate::schema::HIDDEN;
pub use naming::{Naming, Subject, ValueChange};
pub use story::{ObjectChange, of_change, of_entry};

use crate::db::{self, Entry, Snapshot};

/// Why the history could not be shown or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no entry of this number.
    #[error("there is no change {0} in the journal (lschange lists what it holds)")]
    NoEntry(i64),
    /// A text is no time.
    #[error(
        "'{0}' is no time: write 2026-11-30, '2026-11-30 14:05' or how long ago, such as 2h or 3d"
    )]
    Time(String),
    /// There is no such type of object.
    #[error("'{0}' is no type of object (lsdef -h lists them)")]
    Kind(String),
    /// There is no such table.
    #[error("No such table: {0}")]
    NoTable(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// One entry of the journal.
///
/// # Errors
/// There is none of this number, or the database cannot be read.
pub fn entry(snapshot: &Snapshot<'_>, id: i64) -> Result<Entry, Error> {
    snapshot.journal_entry(id)?.ok_or(Error::NoEntry(id))
}

#[cfg(test)]
mod tests;
