//! Texts of SQL, made from the schema. Columns that the file does not have
//! are read as NULL.

use std::fmt::Write as _;

use super::present::Columns;
use crate::schema::{Column, ColumnKind, Table};

/// A column in SQL, numbers as text.
pub(super) fn as_text(column: &Column) -> String {
    match column.kind {
        ColumnKind::Text | ColumnKind::Secret => format!("\"{}\"", column.name),
        ColumnKind::Serial => format!("CAST(\"{}\" AS TEXT)", column.name),
    }
}

/// Columns with commas between, numbers as text.
pub(super) fn list(table: &Table, there: Columns, columns: &[usize]) -> String {
    let mut sql = String::new();
    for (number, &place) in columns.iter().enumerate() {
        if number > 0 {
            sql.push(',');
        }
        match there.has(place) {
            true => sql.push_str(&as_text(&table.columns[place])),
            false => sql.push_str("NULL"),
        }
    }
    sql
}

/// `SELECT` of these columns, numbers as text.
pub(super) fn select(table: &Table, there: Columns, columns: &[usize]) -> String {
    let list = list(table, there, columns);
    format!("SELECT {list} FROM \"{}\"", table.name)
}

/// `INSERT` of a row with values for these columns.
pub(super) fn insert(table: &Table, columns: &[usize]) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|c| format!("\"{}\"", table.columns[*c].name))
        .collect();
    let marks = vec!["?"; columns.len()].join(",");
    format!(
        "INSERT INTO \"{}\"({}) VALUES({marks})",
        table.name,
        names.join(",")
    )
}

/// The `CREATE TABLE` of a table with these columns. Where one column is the
/// key, the rows lie in the key's order (WITHOUT ROWID), so that reading many
/// nodes from many tables is a merge. Keys of several columns may have empty
/// parts, as xCAT's may, which such a table could not hold.
pub(super) fn create_table(table: &Table, columns: &[usize]) -> String {
    let mut sql = format!("CREATE TABLE \"{}\"(", table.name);
    for &column in columns {
        // Writing to a String cannot fail.
        let _ = write!(sql, "{},", definition(&table.columns[column]));
    }
    if table.columns.iter().any(|c| c.kind == ColumnKind::Serial) {
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

/// Adds a column to a table that is there.
pub(super) fn add_column(table: &Table, column: usize) -> String {
    let definition = definition(&table.columns[column]);
    format!("ALTER TABLE \"{}\" ADD COLUMN {definition}", table.name)
}

fn definition(column: &Column) -> String {
    let kind = match column.kind {
        ColumnKind::Text | ColumnKind::Secret => "TEXT",
        ColumnKind::Serial => "INTEGER PRIMARY KEY AUTOINCREMENT",
    };
    format!("\"{}\" {kind}", column.name)
}
