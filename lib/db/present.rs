//! Which tables and columns the file has.
//!
//! They are made when they get their first value: SQLite reads the text of all
//! of them whenever a command opens the file, and works on each column that is
//! asked for. Most sites use a dozen of the seventy tables and a few columns of
//! each. What is not there reads as empty.
//!
//! A sum over them is kept with the number of the layout, so that a table or
//! column that a damaged file lost, or has under another name, is missed.

use rusqlite::types::FromSqlError;
use rusqlite::{Connection, ffi};

use super::sql::{add_column, create_table};
use super::{Error, journal, layout};
use crate::schema::{TABLES, Table};

/// Columns of a table, a bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Columns(u64);

impl Columns {
    /// Whether it is among them.
    pub(super) fn has(self, column: usize) -> bool {
        self.0 & (1 << column) != 0
    }

    /// Whether there is none, so that there is no table either.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The key's columns, which every table has from the beginning.
    fn keys(table: &Table) -> Self {
        table
            .keys
            .iter()
            .filter_map(|k| table.position(k))
            .collect()
    }
}

impl FromIterator<usize> for Columns {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        Self(
            columns
                .into_iter()
                .fold(0, |bits, column| bits | 1 << column),
        )
    }
}

/// The columns that a file has, table by table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Present(Vec<Columns>);

impl Present {
    fn none() -> Self {
        Self(vec![Columns::default(); TABLES.len()])
    }

    /// Looks what there is.
    ///
    /// # Errors
    /// The layout is not the present one, or the tables are not those that
    /// were made.
    pub(super) fn read(connection: &Connection) -> Result<Self, Error> {
        let sum = layout::check(connection)?;
        let present = Self::look(connection)?;
        match present.sum() == sum {
            true => Ok(present),
            false => Err(damaged()),
        }
    }

    fn look(connection: &Connection) -> Result<Self, Error> {
        let mut present = Self::none();
        let mut statement =
            connection.prepare_cached("SELECT name, sql FROM sqlite_schema WHERE type='table'")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let name = row.get_ref(0)?.as_str().map_err(unexpected)?;
            if name.starts_with("sqlite_") || journal::TABLES.contains(&name) {
                continue;
            }
            let text = row.get_ref(1)?.as_str().map_err(unexpected)?;
            let number = TABLES.binary_search_by(|t| t.name.cmp(name));
            let number = number.map_err(|_| damaged())?;
            present.0[number] = named(&TABLES[number], text).ok_or_else(damaged)?;
        }
        Ok(present)
    }

    /// Adds up the places of all columns, so that one that is missing or has
    /// another name is noticed.
    fn sum(&self) -> i64 {
        let places = |(table, columns): (usize, &Columns)| {
            let columns = *columns;
            (0..64)
                .filter(move |&c| columns.has(c))
                .map(move |c| table * 64 + c + 1)
                .sum::<usize>()
        };
        self.0.iter().enumerate().map(places).sum::<usize>() as i64
    }

    /// The columns that the table has; none if it is not there.
    pub(super) fn of(&self, table: &Table) -> Columns {
        let number = TABLES.iter().position(|t| std::ptr::eq(t, table));
        number.map(|number| self.0[number]).unwrap_or_default()
    }

    /// Makes what is not there of a table and these columns of it. Tells
    /// whether anything was made.
    pub(super) fn ensure(
        &mut self,
        connection: &Connection,
        table: &Table,
        columns: Columns,
    ) -> Result<bool, Error> {
        let there = self.of(table);
        let wanted = Columns(columns.0 | Columns::keys(table).0);
        let missing = Columns(wanted.0 & !there.0);
        if missing.is_empty() {
            return Ok(false);
        }
        let all = 0..table.columns.len();
        if there.is_empty() {
            let columns: Vec<usize> = all.filter(|&c| wanted.has(c)).collect();
            connection.execute_batch(&create_table(table, &columns))?;
        } else {
            for column in all.filter(|&c| missing.has(c)) {
                connection.execute_batch(&add_column(table, column))?;
            }
        }
        if let Some(number) = TABLES.iter().position(|t| std::ptr::eq(t, table)) {
            self.0[number] = Columns(there.0 | wanted.0);
        }
        layout::set_sum(connection, self.sum())?;
        Ok(true)
    }
}

/// Takes away the tables that have no rows, of all that there are, and begins
/// to keep the sum.
pub(super) fn without_empty_tables(connection: &Connection) -> Result<(), Error> {
    let mut present = Present::look(connection)?;
    for (table, columns) in TABLES.iter().zip(&mut present.0) {
        if columns.is_empty() {
            continue;
        }
        let has_rows = format!("SELECT EXISTS (SELECT 1 FROM \"{}\")", table.name);
        if !connection.query_row(&has_rows, [], |row| row.get::<_, bool>(0))? {
            connection.execute_batch(&format!("DROP TABLE \"{}\"", table.name))?;
            *columns = Columns::default();
        }
    }
    layout::set_sum(connection, present.sum())
}

/// The columns that the text of a table names; `None` if it is not one of ours.
fn named(table: &Table, text: &str) -> Option<Columns> {
    let rest = text.strip_prefix("CREATE TABLE \"")?;
    let mut rest = rest.strip_prefix(table.name)?.strip_prefix("\"(")?;
    let mut columns = Vec::new();
    while let Some(quoted) = rest.trim_start().strip_prefix('"') {
        let (name, behind) = quoted.split_once('"')?;
        columns.push(table.position(name)?);
        rest = behind.split_once(',').map_or("", |more| more.1);
    }
    Some(columns.into_iter().collect())
}

fn unexpected(_: FromSqlError) -> Error {
    damaged()
}

fn damaged() -> Error {
    let code = ffi::Error::new(ffi::SQLITE_CORRUPT);
    let text = "the tables are not those that were made".to_owned();
    Error::Corrupt(rusqlite::Error::SqliteFailure(code, Some(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::table;

    fn empty() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        layout::bring_up_to_date(&mut connection).unwrap();
        connection
    }

    #[test]
    fn a_table_can_have_as_many_columns_as_there_are_bits() {
        assert!(TABLES.iter().all(|t| t.columns.len() <= 64));
    }

    #[test]
    fn the_columns_are_read_from_the_text_as_sqlite_keeps_it() {
        let connection = empty();
        for name in ["ppc", "networks", "auditlog", "site"] {
            let table = table(name).unwrap();
            let mut present = Present::none();
            for column in (0..table.columns.len()).rev() {
                let columns: Columns = [column].into_iter().collect();
                present.ensure(&connection, table, columns).unwrap();
                assert_eq!(Present::read(&connection).unwrap(), present);
            }
            assert!((0..table.columns.len()).all(|c| present.of(table).has(c)));
            without_empty_tables(&connection).unwrap();
            assert_eq!(Present::read(&connection).unwrap(), Present::none());
        }
    }

    #[test]
    fn a_column_that_is_missing_or_has_another_name_is_noticed() {
        let connection = empty();
        let table = table("servicenode").unwrap();
        let column = table.position("ftpserver").unwrap();
        let mut present = Present::none();
        let columns = [column].into_iter().collect();
        present.ensure(&connection, table, columns).unwrap();
        for damage in [
            "ALTER TABLE servicenode RENAME COLUMN ftpserver TO ntpserver",
            "ALTER TABLE servicenode DROP COLUMN ntpserver",
            "DROP TABLE servicenode",
        ] {
            connection.execute_batch(damage).unwrap();
            let read = Present::read(&connection);
            assert!(matches!(read, Err(Error::Corrupt(_))), "{damage}: {read:?}");
        }
    }
}
