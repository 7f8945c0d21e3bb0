//! What can go wrong with the database, in words for an administrator.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, ffi};

/// A failure of the node database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A folder or file could not be made or read.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not one of our databases.
    #[error("{} is not an xCAT node database", .0.display())]
    Foreign(PathBuf),
    /// The file was written by a later version.
    #[error(
        "the database has layout {found}, this command knows layouts up to {known}: \
         it was made by a newer version, use that one"
    )]
    Newer {
        /// The layout in the file.
        found: i64,
        /// The newest layout known here.
        known: i64,
    },
    /// The file was written by an earlier version and cannot be brought up to
    /// date.
    #[error(
        "the database has layout {found}, this command needs layout {newest}: one that can \
         write it brings it up to date"
    )]
    Older {
        /// The layout in the file.
        found: i64,
        /// The layout that it should have.
        newest: i64,
    },
    /// Other commands kept the database locked.
    #[error("the database stayed locked by another command for a minute")]
    Busy,
    /// The database or its folder cannot be written.
    #[error("the database cannot be written (read-only file or folder)")]
    ReadOnly,
    /// The database can be read neither with its locks nor without them.
    #[error(
        "cannot read {}: reading takes locks, for which file and folder must be writable",
        .0.display()
    )]
    Locks(PathBuf),
    /// The file system took no more.
    #[error(
        "the database file cannot be written (a limit on file sizes or a quota \
         is reached, or the disk fails): nothing was changed"
    )]
    Write(#[source] rusqlite::Error),
    /// The file system is full.
    #[error("the disk is full: nothing was changed")]
    Full,
    /// The file is damaged.
    #[error("the database file is damaged")]
    Corrupt(#[source] rusqlite::Error),
    /// A row lacks a column without which it may not exist.
    #[error("a row of table '{table}' needs a value in column '{column}'")]
    Incomplete {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A key is another row's already.
    #[error("two rows of table '{table}' would have the same {columns}: give one another")]
    Taken {
        /// The table.
        table: String,
        /// The columns that tell its rows apart.
        columns: String,
    },
    /// A value in a foreign file is no text.
    #[error("{}: the value of column '{column}' in row {row} is not UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// Which row, from 1.
        row: u64,
        /// The column.
        column: String,
    },
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(super::Damaged),
    /// Anything else that SQLite reports.
    #[error("the database failed")]
    Sqlite(#[source] rusqlite::Error),
}

impl Error {
    pub(super) fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// Words for a failure to open `path`.
    pub(super) fn sqlite(action: &'static str, path: &Path, source: rusqlite::Error) -> Self {
        match Self::from(source) {
            Self::Sqlite(source) => Self::file(action, path, io::Error::other(source)),
            other => other.named(path),
        }
    }

    /// Words for JSON that cannot be written, or read back.
    pub(super) fn json(source: serde_json::Error) -> Self {
        Self::Sqlite(rusqlite::Error::ToSqlConversionFailure(Box::new(source)))
    }

    /// Puts the file's name where it was not known.
    pub(super) fn named(self, path: &Path) -> Self {
        match self {
            Self::Foreign(_) => Self::Foreign(path.to_owned()),
            other => other,
        }
    }
}

/// Whether it was writing that failed, of all that may fail with a file.
fn is_write(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|e| e.extended_code);
    code.is_some_and(|code| {
        [
            ffi::SQLITE_IOERR_WRITE,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_IOERR_DIR_FSYNC,
            ffi::SQLITE_IOERR_TRUNCATE,
            ffi::SQLITE_IOERR_SHMOPEN,
            ffi::SQLITE_IOERR_SHMSIZE,
        ]
        .contains(&code)
    })
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::SystemIoFailure) if is_write(&error) => Self::Write(error),
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt(error),
            Some(ErrorCode::NotADatabase) => Self::Foreign(PathBuf::new()),
            Some(ErrorCode::ConstraintViolation) => taken(&error).unwrap_or(Self::Sqlite(error)),
            _ => Self::Sqlite(error),
        }
    }
}

/// Which key two rows would share: SQLite names its columns.
fn taken(error: &rusqlite::Error) -> Option<Error> {
    let rusqlite::Error::SqliteFailure(_, Some(text)) = error else {
        return None;
    };
    let places = text.strip_prefix("UNIQUE constraint failed: ")?;
    let places: Vec<(&str, &str)> = places
        .split(", ")
        .map_while(|p| p.split_once('.'))
        .collect();
    let columns: Vec<&str> = places.iter().map(|p| p.1).collect();
    Some(Error::Taken {
        table: places.first()?.0.to_owned(),
        columns: columns.join(" and "),
    })
}
