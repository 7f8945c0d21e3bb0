//! Tables as rows, and nodes as rows of tables: what `tabdump`, `chtab`,
//! `gettab`, `tabgrep`, `nodels`, `nodech`, `nodeadd`, `nodegrpch` and
//! `noderm` do.
//!
//! | file | subject |
//! |---|---|
//! | [`dump`] | a table as CSV, selected rows, descriptions |
//! | [`rows`] | rows found and set by the values of columns |
//! | [`list`] | columns of nodes, with what groups give |
//! | [`change`] | columns of nodes and groups set, spliced and emptied |
//! | [`archive`] | all tables, as a folder of CSV files or from a real xCAT's files |
//! | [`csv`] | CSV read |
//! | [`edit`] | a table edited as a text |
//! | [`load`] | rows from outside put into a table |
//! | [`remove`] | nodes taken out of all tables |
//!
//! Here a column is named as it is, `ppc.hcp`; what users see as attributes
//! of objects is in [`objects`](crate::objects).

pub mod archive;
pub mod change;
pub mod csv;
pub mod dump;
pub mod edit;
pub mod list;
pub mod load;
pub mod remove;
pub mod rows;

use crate::db;
use crate::objects::condition;
use crate::schema::{self, ColumnKind, Table};

/// Why an operation on tables was refused. The texts are xCAT's where scripts
/// may match them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such table.
    #[error("No such table: {0}")]
    NoTable(String),
    /// There are no such tables.
    #[error("{}", .0.iter().map(|t| format!("Table {t} does not exist")).collect::<Vec<_>>().join("\n"))]
    NoTables(Vec<String>),
    /// There is no such `table.column`, or it is no column of nodes.
    #[error("{0} not a valid table.column description")]
    NotAColumn(String),
    /// The table lacks a column that its rows are compared by.
    #[error("No column \"{column}\" in table \"{table}\"")]
    NoColumn {
        /// The column.
        column: String,
        /// The table.
        table: &'static str,
    },
    /// Rows are to be found by a column that the table lacks.
    #[error("no such column: {column}, in table {table}")]
    NoKey {
        /// The column.
        column: String,
        /// The table.
        table: &'static str,
    },
    /// The rows of the table do not belong to nodes.
    #[error("the rows of table '{0}' are not those of nodes; use chtab")]
    NotOfNodes(&'static str),
    /// A word is neither a change nor a condition.
    #[error("Malformed argument {0}: write table.column=value")]
    Malformed(String),
    /// Two conditions for one column.
    #[error("Multiple selection criteria for {0}")]
    TwoConditions(String),
    /// A group's members were to be changed where only attributes can be.
    #[error("Group membership is not changeable via nodegrpch")]
    Membership,
    /// A list of a group was to be spliced.
    #[error(",= and ^= are not supported by nodegrpch")]
    Splice,
    /// A condition is wrong.
    #[error(transparent)]
    Condition(#[from] condition::Error),
    /// The `-w` of `tabdump` is wrong.
    #[error("Unsupported operator:{0} on -w flag input")]
    Operator(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A table by name.
///
/// # Errors
/// There is none.
pub fn table(name: &str) -> Result<&'static Table, Error> {
    schema::table(name).ok_or_else(|| Error::NoTable(name.to_owned()))
}

/// `table.column`.
///
/// # Errors
/// There is no such column.
pub fn column(name: &str) -> Result<(&'static Table, usize), Error> {
    let found = name.split_once('.').and_then(|(table, column)| {
        let table = schema::table(table)?;
        Some((table, table.position(column)?))
    });
    found.ok_or_else(|| Error::NotAColumn(name.to_owned()))
}

/// Whether this names a column that its table, which there is, lacks.
pub fn is_lacking(name: &str) -> bool {
    let table = name.split_once('.').and_then(|(t, _)| schema::table(t));
    table.is_some() && column(name).is_err()
}

/// Whether this names a column that holds passwords.
pub fn is_secret(name: &str) -> bool {
    column(name).is_ok_and(|(table, place)| table.columns[place].kind == ColumnKind::Secret)
}

/// The column of a table that is to find rows.
///
/// # Errors
/// The table has no such column.
fn own_column(table: &'static Table, column: &str) -> Result<usize, Error> {
    table.position(column).ok_or_else(|| Error::NoColumn {
        column: column.to_owned(),
        table: table.name,
    })
}

/// The tables with a column `node`, and its place: where rows of a node stand.
fn tables_with_nodes() -> impl Iterator<Item = (&'static Table, usize)> {
    schema::TABLES
        .iter()
        .filter_map(|table| Some((table, table.position("node")?)))
}
