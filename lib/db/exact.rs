//! Writing one row that is known by its content, not by its key alone: what
//! undoing a change needs. In tables whose key has several columns these may
//! be empty, so that rows with an equal key can stand beside each other.

use rusqlite::{ToSql, params_from_iter};

use super::change::{filled, key_columns};
use super::journal::Kind;
use super::sql::select;
use super::{Change, Error};
use crate::schema::{ColumnKind, Table};

/// A column, and what it holds (`None`: nothing).
pub type Held<'v> = (usize, Option<&'v str>);

/// A row as it stands.
#[derive(Debug)]
pub struct Standing {
    table: &'static Table,
    /// All columns.
    values: Vec<Option<String>>,
    /// What finds it again: its key, or SQLite's number for it.
    handle: String,
}

impl Standing {
    /// What a column holds; `None` if it is empty.
    pub fn get(&self, column: usize) -> Option<&str> {
        self.values[column].as_deref()
    }

    /// The condition that names this row and no other.
    fn condition(&self) -> String {
        match self.table.keys {
            [key] => format!("\"{key}\"=?"),
            _ => "rowid=?".to_owned(),
        }
    }

    fn key(&self) -> Vec<Held<'_>> {
        let keys = key_columns(self.table).into_iter();
        keys.map(|column| (column, self.get(column))).collect()
    }
}

impl Change<'_> {
    /// The first row that holds exactly all of `held`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn standing(
        &self,
        table: &'static Table,
        held: &[Held<'_>],
    ) -> Result<Option<Standing>, Error> {
        let there = self.columns(table);
        // A column that the file does not have is empty in every row.
        let (known, others): (Vec<&Held<'_>>, Vec<_>) = held.iter().partition(|h| there.has(h.0));
        if others.iter().any(|h| filled(h.1).is_some()) {
            return Ok(None);
        }
        let mut tests: Vec<String> = known
            .iter()
            .map(|h| match filled(h.1) {
                Some(_) => format!("\"{}\"=?", table.columns[h.0].name),
                None => format!("ifnull(\"{}\",'')=''", table.columns[h.0].name),
            })
            .collect();
        if tests.is_empty() {
            tests.push("1".to_owned());
        }
        let test = format!(" WHERE {} LIMIT 1", tests.join(" AND "));
        let values = known.iter().filter_map(|h| filled(h.1));
        Ok(self.all_standing(table, &test, values)?.pop())
    }

    /// The rows that meet a condition in SQL.
    pub(super) fn all_standing(
        &self,
        table: &'static Table,
        test: &str,
        parameters: impl Iterator<Item = impl ToSql>,
    ) -> Result<Vec<Standing>, Error> {
        let there = self.columns(table);
        if there.is_empty() {
            return Ok(Vec::new());
        }
        let mut all: Vec<usize> = (0..table.columns.len()).collect();
        let mut from = String::new();
        // A table with one key column has no other number for its rows.
        match table.keys {
            [key] => all.extend(table.position(key)),
            _ => from.push_str(",CAST(rowid AS TEXT)"),
        }
        from.push_str(" FROM ");
        let sql = select(table, there, &all).replacen(" FROM ", &from, 1) + test;
        let found = self.found(&sql, parameters, table.columns.len() + 1)?;
        let found = found.into_iter();
        Ok(found
            .map(|mut values| Standing {
                table,
                handle: values.pop().flatten().unwrap_or_default(),
                values,
            })
            .collect())
    }

    /// Sets values in a row that stands there.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn update_standing(&self, row: &Standing, values: &[Held<'_>]) -> Result<(), Error> {
        let table = row.table;
        let cells: Vec<_> = values
            .iter()
            .map(|v| (v.0, row.get(v.0), filled(v.1)))
            .filter(|c| c.1 != c.2)
            .collect();
        if cells.is_empty() {
            return Ok(());
        }
        self.ensure(table, cells.iter().map(|c| c.0).collect())?;
        let sets: Vec<String> = cells
            .iter()
            .map(|c| format!("\"{}\"=?", table.columns[c.0].name))
            .collect();
        let (sets, condition) = (sets.join(","), row.condition());
        let sql = format!("UPDATE \"{}\" SET {sets} WHERE {condition}", table.name);
        let parameters = cells.iter().map(|c| c.2).chain([Some(row.handle.as_str())]);
        self.connection()
            .prepare_cached(&sql)?
            .execute(params_from_iter(parameters))?;
        let mut cells = cells;
        if row.key().iter().any(|k| k.1.is_none()) {
            // The journal tells such a row from others by all that is in it.
            let changed: Vec<usize> = cells.iter().map(|c| c.0).collect();
            let same = (0..table.columns.len()).filter(|c| !changed.contains(c));
            let same = same.filter(|&c| table.columns[c].kind != ColumnKind::Secret);
            let same: Vec<_> = same.map(|c| (c, row.get(c), row.get(c))).collect();
            cells.extend(same);
        }
        let cells = cells.iter().copied();
        self.recorder()
            .row(self.connection(), Kind::Changed, table, &row.key(), cells)
    }

    /// Removes a row that stands there.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn delete_standing(&self, row: &Standing) -> Result<(), Error> {
        let table = row.table;
        let sql = format!("DELETE FROM \"{}\" WHERE {}", table.name, row.condition());
        self.connection()
            .prepare_cached(&sql)?
            .execute([&row.handle])?;
        let keys = key_columns(table);
        let others = (0..table.columns.len()).filter(|c| !keys.contains(c));
        let cells = others
            .filter(|&c| row.get(c).is_some())
            .map(|c| (c, row.get(c), None));
        self.recorder()
            .row(self.connection(), Kind::Removed, table, &row.key(), cells)
    }
}
