//! Changing and removing rows that are there.

use rusqlite::{ToSql, params_from_iter};

use super::change::{filled, key_columns};
use super::journal::Kind;
use super::rows::json_list;
use super::{Change, Error, sql};
use crate::schema::Table;

impl Change<'_> {
    /// Sets values in every row that holds the conditions; tells how many rows
    /// those are.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn update(
        &self,
        table: &'static Table,
        conditions: &[(usize, &str)],
        values: &[(usize, Option<&str>)],
    ) -> Result<usize, Error> {
        if conditions.iter().any(|c| !self.columns(table).has(c.0)) {
            return Ok(0);
        }
        let test = where_clause(table, conditions);
        let parameters = conditions.iter().map(|c| c.1.to_owned());
        self.update_where(table, &test, parameters, values)
    }

    /// Writes those of the values that one row does not hold yet.
    pub(super) fn update_row(
        &self,
        table: &'static Table,
        keys: &[usize],
        key: &[Option<String>],
        old: &[Option<String>],
        values: &[(usize, Option<&str>)],
    ) -> Result<(), Error> {
        let pairs = values
            .iter()
            .zip(old)
            .map(|(v, old)| (v.0, old.as_deref(), filled(v.1)));
        let changed: Vec<_> = pairs.filter(|(_, old, new)| old != new).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let sets: Vec<String> = changed
            .iter()
            .map(|c| format!("\"{}\"=?", table.columns[c.0].name))
            .collect();
        let tests: Vec<String> = keys
            .iter()
            .map(|&k| format!("\"{}\" IS ?", table.columns[k].name))
            .collect();
        let sql = format!(
            "UPDATE \"{}\" SET {} WHERE {}",
            table.name,
            sets.join(","),
            tests.join(" AND ")
        );
        self.ensure(table, changed.iter().map(|c| c.0).collect())?;
        let new = changed.iter().map(|c| c.2);
        let parameters = new.chain(key.iter().map(Option::as_deref));
        self.connection()
            .prepare_cached(&sql)?
            .execute(params_from_iter(parameters))?;
        let key: Vec<_> = keys
            .iter()
            .copied()
            .zip(key.iter().map(Option::as_deref))
            .collect();
        let cells = changed.iter().copied();
        self.recorder()
            .row(self.connection(), Kind::Changed, table, &key, cells)
    }

    /// Sets values in every row that holds one of the names in the column;
    /// tells how many rows those are.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn update_among(
        &self,
        table: &'static Table,
        column: usize,
        names: &[String],
        values: &[(usize, Option<&str>)],
    ) -> Result<usize, Error> {
        if !self.columns(table).has(column) {
            return Ok(0);
        }
        let name = table.columns[column].name;
        let test = format!(" WHERE \"{name}\" IN (SELECT value FROM json_each(?))");
        let parameters = std::iter::once(json_list(names)?);
        self.update_where(table, &test, parameters, values)
    }

    fn update_where(
        &self,
        table: &'static Table,
        test: &str,
        parameters: impl Iterator<Item = String>,
        values: &[(usize, Option<&str>)],
    ) -> Result<usize, Error> {
        let there = self.columns(table);
        if there.is_empty() {
            return Ok(0);
        }
        let keys = key_columns(table);
        if keys.len() > 1 {
            // Parts of such a key may be empty: it does not tell rows apart.
            let found = self.all_standing(table, test, parameters)?;
            for row in &found {
                self.update_standing(row, values)?;
            }
            return Ok(found.len());
        }
        let columns: Vec<usize> = keys
            .iter()
            .copied()
            .chain(values.iter().map(|v| v.0))
            .collect();
        let sql = format!("{}{test}", sql::select(table, there, &columns));
        let found = self.found(&sql, parameters, columns.len())?;
        for row in &found {
            let (key, old) = row.split_at(keys.len());
            self.update_row(table, &keys, key, old, values)?;
        }
        Ok(found.len())
    }

    /// Removes the rows that hold the conditions (all, if there are none);
    /// tells how many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn delete(
        &self,
        table: &'static Table,
        conditions: &[(usize, &str)],
    ) -> Result<usize, Error> {
        if conditions.iter().any(|c| !self.columns(table).has(c.0)) {
            return Ok(0);
        }
        let test = where_clause(table, conditions);
        self.delete_where(table, &test, conditions.iter().map(|c| c.1))
    }

    /// Removes the rows that hold one of the values in the column; tells how
    /// many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn delete_among(
        &self,
        table: &'static Table,
        column: usize,
        values: &[String],
    ) -> Result<usize, Error> {
        if !self.columns(table).has(column) {
            return Ok(0);
        }
        let name = table.columns[column].name;
        let test = format!(" WHERE \"{name}\" IN (SELECT value FROM json_each(?))");
        self.delete_where(table, &test, std::iter::once(json_list(values)?))
    }

    pub(super) fn delete_where(
        &self,
        table: &'static Table,
        test: &str,
        parameters: impl Iterator<Item = impl ToSql>,
    ) -> Result<usize, Error> {
        let there = self.columns(table);
        if there.is_empty() {
            return Ok(0);
        }
        let all: Vec<usize> = (0..table.columns.len()).collect();
        let list = sql::list(table, there, &all);
        let sql = format!("DELETE FROM \"{}\"{test} RETURNING {list}", table.name);
        let keys = key_columns(table);
        let removed = self.found(&sql, parameters, all.len())?;
        for row in &removed {
            let key: Vec<_> = keys.iter().map(|&k| (k, row[k].as_deref())).collect();
            let others = all
                .iter()
                .filter(|c| !keys.contains(c) && row[**c].is_some());
            let cells = others.map(|&c| (c, row[c].as_deref(), None));
            self.recorder()
                .row(self.connection(), Kind::Removed, table, &key, cells)?;
        }
        Ok(removed.len())
    }
}

fn where_clause(table: &Table, conditions: &[(usize, &str)]) -> String {
    let tests: Vec<String> = conditions
        .iter()
        .map(|c| format!("\"{}\"=?", table.columns[c.0].name))
        .collect();
    match tests.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", tests.join(" AND ")),
    }
}
