//! The ways to open the file.
//!
//! Commands share the database through SQLite's write-ahead log, whose index
//! is a file of its own (`-shm`) beside the database. Where that cannot be
//! made, reading still works:
//!
//! | | how |
//! |---|---|
//! | the disk is full, or files may not grow | alone: the index lies in memory, others wait |
//! | the file system is mounted read-only | without locks, if no log is left over: nobody here can change it |
//!
//! On a file system that others can write, reading without locks could show
//! half a change: that is refused.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rustix::fs::{StatVfsMountFlags, statvfs};

use super::{Error, layout};

/// How long a command waits for another one's change to end.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Shared,
    /// With the log's index in memory.
    Alone,
    /// As a file that nobody changes.
    Unchanging,
}

/// Opens the file in the best way there is, and prepares it for use; `made`
/// says that it is new.
pub(super) fn connect<T>(
    path: &Path,
    made: bool,
    prepare: fn(&mut Connection) -> Result<T, Error>,
) -> Result<(Connection, T), Error> {
    let open = |way: Way| {
        let mut connection = open(path, way, made)?;
        let prepared = prepare(&mut connection)?;
        Ok((connection, prepared))
    };
    let first = match open(Way::Shared) {
        Ok(opened) => return Ok(opened),
        Err(error) => error,
    };
    // A pipe, a device, a folder: whatever SQLite says of it, it is none.
    if path.metadata().is_ok_and(|data| !data.is_file()) {
        return Err(Error::Foreign(path.to_owned()));
    }
    let other = match &first {
        Error::Full | Error::Write(_) => Way::Alone,
        Error::ReadOnly => Way::Unchanging,
        Error::Sqlite(e) if e.sqlite_error_code() == Some(ErrorCode::CannotOpen) => Way::Unchanging,
        _ => return Err(first.named(path)),
    };
    if other == Way::Alone && !made {
        return open(other).map_err(|_| first);
    }
    if other == Way::Unchanging && is_unchanging(path) {
        return open(other).map_err(|e| e.named(path));
    }
    Err(explained(first, path))
}

fn open(path: &Path, way: Way, made: bool) -> Result<Connection, Error> {
    let common = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = match way {
        Way::Shared | Way::Alone => {
            Connection::open_with_flags(path, common | OpenFlags::SQLITE_OPEN_READ_WRITE)?
        }
        Way::Unchanging => Connection::open_with_flags(
            unchanging_uri(path),
            common | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
        )?,
    };
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(512);
    if way == Way::Alone {
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    // A change that a command reported as done survives a power failure.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // A column that a damaged schema does not have is an error, not a text.
    for setting in [
        DbConfig::SQLITE_DBCONFIG_DQS_DML,
        DbConfig::SQLITE_DBCONFIG_DQS_DDL,
    ] {
        connection.set_db_config(setting, false)?;
    }
    // A damaged page is found when it is read, not when it leads astray.
    connection.pragma_update(None, "cell_size_check", true)?;
    if made || layout::version(&connection)? == 0 {
        connection.pragma_update(None, "journal_mode", "WAL")?;
    }
    Ok(connection)
}

/// Whether the file lies where nothing can be written, and is all there is.
fn is_unchanging(path: &Path) -> bool {
    let read_only = statvfs(path).is_ok_and(|s| s.f_flag.contains(StatVfsMountFlags::RDONLY));
    read_only && !is_unfinished(path)
}

/// Whether a change of the file was begun and not ended, or not taken over
/// from the log.
pub(super) fn is_unfinished(path: &Path) -> bool {
    ["-journal", "-wal"]
        .iter()
        .any(|ending| fs::metadata(beside(path, ending)).is_ok_and(|data| data.len() > 0))
}

/// SQLite's files beside the database.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// `file:PATH?immutable=1`, with what has a meaning in a URI written as `%XX`.
pub(super) fn unchanging_uri(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt;

    let mut uri = "file:".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'/' | b'.' | b'-' | b'_' => write!(uri, "{}", char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => write!(uri, "{}", char::from(byte)),
            _ => write!(uri, "%{byte:02X}"),
        };
    }
    uri + "?immutable=1"
}

/// SQLite says no more than that it could not open something: the system's
/// reason is found by trying the same.
fn explained(error: Error, path: &Path) -> Error {
    let tried = File::open(path)
        .and_then(|kept| {
            let others: io::Result<Vec<File>> = ["-wal", "-shm"]
                .into_iter()
                .map(|ending| beside(path, ending))
                .filter(|file| file.exists())
                .map(|file| OpenOptions::new().read(true).write(true).open(file))
                .collect();
            // SQLite has as many files open at a time.
            let more = [kept.try_clone()?, kept.try_clone()?];
            drop((kept, more));
            others
        })
        .map(drop);
    match tried {
        Err(source) => Error::file("open", path, source),
        Ok(()) if matches!(error, Error::ReadOnly | Error::Sqlite(_)) => {
            Error::Locks(path.to_owned())
        }
        Ok(()) => error.named(path),
    }
}
