//! A real xCAT's own SQLite files, one for each table, read and never
//! written.

use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::Error;
use super::access::{PATIENCE, is_unfinished, unchanging_uri};

/// One table in a file of its own.
#[derive(Debug)]
pub struct Foreign {
    connection: Connection,
    path: PathBuf,
    table: String,
    columns: Vec<String>,
}

/// A row of such a table.
#[derive(Debug)]
pub struct ForeignRow<'r> {
    row: &'r rusqlite::Row<'r>,
}

impl ForeignRow<'_> {
    /// The value of a column; `None` if it is empty.
    pub fn get(&self, column: usize) -> Option<&str> {
        super::rows::text(self.row, column).ok().flatten()
    }
}

impl Foreign {
    /// Opens the file; `None` if it has no table of this name (xCAT makes a
    /// file before the table). The file may be in use, and may lie on a medium
    /// that cannot be written.
    ///
    /// # Errors
    /// The file cannot be read, is no SQLite database, or was left in the
    /// middle of a change that nobody may finish here.
    pub fn open(path: &Path, table: &str) -> Result<Option<Self>, Error> {
        let named = |e: rusqlite::Error| Error::sqlite("read", path, e);
        let connection = connect(path)?;
        let columns = columns(&connection, table).map_err(named)?;
        Ok((!columns.is_empty()).then(|| Self {
            connection,
            path: path.to_owned(),
            table: table.to_owned(),
            columns,
        }))
    }

    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Hands all rows to `each`, as they were put in.
    ///
    /// # Errors
    /// The file cannot be read, a value is no text, or what `each` returns.
    pub fn rows<E: From<Error>>(
        &self,
        mut each: impl FnMut(&ForeignRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let named = |e: rusqlite::Error| Error::sqlite("read", &self.path, e);
        let columns = self.columns.iter();
        let columns: Vec<String> = columns
            .map(|c| format!("CAST({} AS TEXT)", quoted(c)))
            .collect();
        let sql = format!("SELECT {} FROM {}", columns.join(","), quoted(&self.table));
        let mut statement = self.connection.prepare(&sql).map_err(named)?;
        let mut rows = statement.query([]).map_err(named)?;
        let mut number = 0;
        while let Some(row) = rows.next().map_err(named)? {
            number += 1;
            for (place, column) in self.columns.iter().enumerate() {
                if let Ok(ValueRef::Text(bytes)) = row.get_ref(place)
                    && std::str::from_utf8(bytes).is_err()
                {
                    return Err(E::from(Error::NotText {
                        path: self.path.clone(),
                        row: number,
                        column: column.clone(),
                    }));
                }
            }
            each(&ForeignRow { row })?;
        }
        Ok(())
    }
}

/// Opens a file to read it. Where SQLite's locks cannot be had, because
/// nothing can be written there, nobody else writes there either.
fn connect(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let readable = |connection: Connection| {
        connection.busy_timeout(PATIENCE)?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    };
    let error = match Connection::open_with_flags(path, flags).and_then(readable) {
        Ok(connection) => return Ok(connection),
        Err(error) => error,
    };
    let code = error.sqlite_error_code();
    let unwritable = matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly));
    if !unwritable || is_unfinished(path) {
        return Err(Error::sqlite("read", path, error));
    }
    let uri = unchanging_uri(path);
    Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
        .and_then(readable)
        .map_err(|e| Error::sqlite("read", path, e))
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?)")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    names.collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
