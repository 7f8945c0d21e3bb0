//! Writing rows: one [`Change`] is one transaction.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use rusqlite::{ToSql, params_from_iter};

use super::rows::json_list;
use super::{Error, Snapshot};
use crate::schema::Table;

/// SQL texts by table and columns.
type Statements = HashMap<(*const Table, Vec<usize>), Rc<str>>;

/// A change of the database: all of it is done at [`Change::commit`], or none.
/// What it has written can be read back from it at once.
#[derive(Debug)]
pub struct Change<'db> {
    snapshot: Snapshot<'db>,
    /// The SQL of writes seen so far: building it costs as much as running it.
    statements: RefCell<Statements>,
}

impl<'db> Deref for Change<'db> {
    type Target = Snapshot<'db>;

    fn deref(&self) -> &Snapshot<'db> {
        &self.snapshot
    }
}

impl<'db> Change<'db> {
    pub(super) fn new(snapshot: Snapshot<'db>) -> Self {
        Self {
            snapshot,
            statements: RefCell::default(),
        }
    }

    /// Makes the change lasting.
    ///
    /// # Errors
    /// The database cannot be written: then nothing has changed.
    pub fn commit(self) -> Result<(), Error> {
        Ok(self.snapshot.transaction.commit()?)
    }

    /// Sets values in the row with this key, which is made if it is not there.
    /// `key` is (column, value) of the table's keys; an empty value empties
    /// its column.
    ///
    /// # Errors
    /// The database cannot be written, or a key is empty.
    pub fn set(
        &self,
        table: &'static Table,
        key: &[(usize, &str)],
        values: &[(usize, Option<&str>)],
    ) -> Result<(), Error> {
        for (column, value) in key {
            if value.is_empty() {
                let column = table.columns[*column].name;
                return Err(Error::Incomplete {
                    table: table.name,
                    column,
                });
            }
        }
        let is_key = |column: &usize| table.keys.contains(&table.columns[*column].name);
        if key.len() != table.keys.len() || !key.iter().all(|k| is_key(&k.0)) {
            return self.set_by_update(table, key, values);
        }
        let columns = key
            .iter()
            .map(|k| k.0)
            .chain(values.iter().map(|v| v.0))
            .collect();
        let sql = self.upsert(table, columns, key.len());
        let values = values.iter().map(|v| v.1.filter(|t| !t.is_empty()));
        let parameters = key.iter().map(|k| Some(k.1)).chain(values);
        let mut statement = self.transaction.prepare_cached(&sql)?;
        statement.execute(params_from_iter(parameters))?;
        Ok(())
    }

    /// [`Change::set`] by columns that the table does not keep unique, such as
    /// the name of a network, whose key is net and mask.
    fn set_by_update(
        &self,
        table: &'static Table,
        key: &[(usize, &str)],
        values: &[(usize, Option<&str>)],
    ) -> Result<(), Error> {
        // An UPDATE must set something: the key's own value will do.
        let own: Vec<_> = key.iter().map(|k| (k.0, Some(k.1))).collect();
        let sets = if values.is_empty() { &own } else { values };
        if self.update(table, key, sets)? == 0 {
            self.insert(table, &[&own, values].concat())?;
        }
        Ok(())
    }

    /// `INSERT … ON CONFLICT … DO UPDATE` for these columns, keys first.
    fn upsert(&self, table: &'static Table, columns: Vec<usize>, keys: usize) -> Rc<str> {
        let mut statements = self.statements.borrow_mut();
        let make = |columns: &[usize]| {
            let names: Vec<String> = columns
                .iter()
                .map(|c| format!("\"{}\"", table.columns[*c].name))
                .collect();
            let marks = vec!["?"; columns.len()].join(",");
            let sets: Vec<String> = names[keys..]
                .iter()
                .map(|n| format!("{n}=excluded.{n}"))
                .collect();
            let action = match sets.is_empty() {
                true => "NOTHING".to_string(),
                false => format!("UPDATE SET {}", sets.join(",")),
            };
            format!(
                "INSERT INTO \"{}\"({}) VALUES({marks}) ON CONFLICT({}) DO {action}",
                table.name,
                names.join(","),
                names[..keys].join(",")
            )
        };
        let slot = statements.entry((std::ptr::from_ref(table), columns));
        let columns = slot.key().1.clone();
        Rc::clone(slot.or_insert_with(|| make(&columns).into()))
    }

    /// Adds a row as it stands, empty keys allowed: what `tabrestore` and
    /// tables with keys of several columns need. An equal key is an error of
    /// the database.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn insert(
        &self,
        table: &'static Table,
        values: &[(usize, Option<&str>)],
    ) -> Result<(), Error> {
        let names: Vec<String> = values
            .iter()
            .map(|v| format!("\"{}\"", table.columns[v.0].name))
            .collect();
        let marks = vec!["?"; values.len()].join(",");
        let sql = format!(
            "INSERT INTO \"{}\"({}) VALUES({marks})",
            table.name,
            names.join(",")
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        statement.execute(params_from_iter(
            values.iter().map(|v| v.1.filter(|t| !t.is_empty())),
        ))?;
        Ok(())
    }

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
        let sets: Vec<String> = values
            .iter()
            .map(|v| format!("\"{}\"=?", table.columns[v.0].name))
            .collect();
        let sql = format!(
            "UPDATE \"{}\" SET {}{}",
            table.name,
            sets.join(","),
            where_clause(table, conditions)
        );
        let mut parameters: Vec<&dyn ToSql> = Vec::new();
        let values: Vec<Option<&str>> = values
            .iter()
            .map(|v| v.1.filter(|t| !t.is_empty()))
            .collect();
        parameters.extend(values.iter().map(|v| v as &dyn ToSql));
        parameters.extend(conditions.iter().map(|c| &c.1 as &dyn ToSql));
        let mut statement = self.transaction.prepare_cached(&sql)?;
        Ok(statement.execute(params_from_iter(parameters))?)
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
        let sql = format!(
            "DELETE FROM \"{}\"{}",
            table.name,
            where_clause(table, conditions)
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        Ok(statement.execute(params_from_iter(conditions.iter().map(|c| c.1)))?)
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
        let sql = format!(
            "DELETE FROM \"{}\" WHERE \"{}\" IN (SELECT value FROM json_each(?))",
            table.name, table.columns[column].name
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        Ok(statement.execute([json_list(values)?])?)
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
