//! The tables as SQL, made from the schema, and the version of their layout.

use std::fmt::Write as _;

use rusqlite::{Connection, TransactionBehavior};

use super::Error;
use crate::schema::{ColumnKind, TABLES, Table};

/// The layout that this version writes, kept in `PRAGMA user_version`.
const VERSION: i64 = 1;

/// `PRAGMA application_id`: "xCAT".
const APPLICATION: i64 = 0x7843_4154;

/// The layout of the open file; 0 for one without tables.
pub(super) fn version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Makes the tables in an empty file; refuses what is not ours or newer.
pub(super) fn bring_up_to_date(connection: &mut Connection) -> Result<(), Error> {
    match version(connection)? {
        VERSION => Ok(()),
        0 => create(connection),
        found => Err(Error::Newer {
            found,
            known: VERSION,
        }),
    }
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
    for table in &TABLES {
        transaction.execute_batch(&create_table(table)?)?;
    }
    transaction.execute_batch(super::journal::LAYOUT)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// The `CREATE TABLE` of a table. Where one column is the key, the rows lie in
/// the key's order (WITHOUT ROWID), so that reading many nodes from many
/// tables is a merge. Keys of several columns may have empty parts, as xCAT's
/// may, which such a table could not hold.
fn create_table(table: &Table) -> Result<String, Error> {
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
        return Ok(sql);
    }
    let keys: Vec<String> = table.keys.iter().map(|k| format!("\"{k}\"")).collect();
    let _ = write!(sql, "PRIMARY KEY({}))", keys.join(","));
    if table.keys.len() == 1 {
        sql.push_str("WITHOUT ROWID");
    }
    Ok(sql)
}
