//! Reading rows of one table.

use std::fmt::Write as _;

use rusqlite::{ToSql, params_from_iter};

use super::sql::select;
use super::{Error, Snapshot};
use crate::schema::Table;

/// Which rows of a table.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    /// All of them.
    All,
    /// Those that hold exactly these values, as (column, value).
    Where(&'a [(usize, &'a str)]),
    /// Those that hold one of the values in the column.
    Among(usize, &'a [String]),
}

/// One row: the values of the columns that were asked for, in that order.
#[derive(Debug)]
pub struct Row<'r> {
    values: &'r Values,
}

impl<'r> Row<'r> {
    /// The value of the `place`th column asked for; `None` if it is empty.
    pub fn get(&self, place: usize) -> Option<&'r str> {
        let (start, end) = (*self.values.spans.get(place)?)?;
        Some(&self.values.buffer[start..end])
    }
}

/// The values of a row, in one buffer that is used again for the next.
#[derive(Debug, Default)]
struct Values {
    buffer: String,
    spans: Vec<Option<(usize, usize)>>,
}

impl Values {
    /// Takes the first columns of a row.
    fn take(&mut self, row: &rusqlite::Row<'_>, columns: usize) -> Result<(), Error> {
        self.buffer.clear();
        self.spans.clear();
        for place in 0..columns {
            let span = text(row, place)?.map(|text| {
                let start = self.buffer.len();
                self.buffer.push_str(text);
                (start, self.buffer.len())
            });
            self.spans.push(span);
        }
        Ok(())
    }
}

/// A column's text; `None` if it is empty. Values are always stored as valid
/// UTF-8: anything else means that the file is damaged.
pub(super) fn text<'r>(row: &'r rusqlite::Row<'_>, place: usize) -> Result<Option<&'r str>, Error> {
    let value = row.get_ref(place)?;
    match value.as_str_or_null() {
        Ok(text) => Ok(text.filter(|t| !t.is_empty())),
        Err(source) => Err(Error::Corrupt(rusqlite::Error::FromSqlConversionFailure(
            place,
            value.data_type(),
            Box::new(source),
        ))),
    }
}

/// Whether xCAT's readers see a row with this in its `disable` column.
pub fn is_enabled(disable: Option<&str>) -> bool {
    disable.is_none_or(|d| d == "0" || d.eq_ignore_ascii_case("no"))
}

/// The values as one JSON array, for `json_each`.
pub(super) fn json_list(values: &[String]) -> Result<String, Error> {
    serde_json::to_string(values).map_err(Error::json)
}

impl Snapshot<'_> {
    /// Hands the wanted columns of the wanted rows to `each`, in the order of
    /// the table's key. Disabled rows are included: this is the table as
    /// `tabdump` shows it.
    ///
    /// # Errors
    /// The database cannot be read, or what `each` returns.
    pub fn rows<E: From<Error>>(
        &self,
        table: &Table,
        columns: &[usize],
        rows: Rows<'_>,
        mut each: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let there = self.columns(table);
        let asked: &[(usize, &str)] = match rows {
            Rows::Where(conditions) => conditions,
            Rows::All => &[],
            Rows::Among(column, _) => &[(column, "")],
        };
        if there.is_empty() || asked.iter().any(|c| !there.has(c.0)) {
            return Ok(());
        }
        let mut sql = select(table, there, columns);
        let mut values: Vec<Box<dyn ToSql>> = Vec::new();
        match rows {
            Rows::All => {}
            Rows::Where(conditions) => {
                for (number, (column, value)) in conditions.iter().enumerate() {
                    let word = if number == 0 { "WHERE" } else { "AND" };
                    let _ = write!(sql, " {word} \"{}\"=?", table.columns[*column].name);
                    values.push(Box::new((*value).to_owned()));
                }
            }
            Rows::Among(column, list) => {
                let name = table.columns[column].name;
                let _ = write!(sql, " WHERE \"{name}\" IN (SELECT value FROM json_each(?))");
                values.push(Box::new(json_list(list)?));
            }
        }
        let keys: Vec<String> = table.keys.iter().map(|k| format!("\"{k}\"")).collect();
        let _ = write!(sql, " ORDER BY {}", keys.join(","));
        let mut statement = self.transaction.prepare_cached(&sql).map_err(Error::from)?;
        let mut found = statement
            .query(params_from_iter(values))
            .map_err(Error::from)?;
        let mut taken = Values::default();
        while let Some(row) = found.next().map_err(Error::from)? {
            taken.take(row, columns.len())?;
            each(&Row { values: &taken })?;
        }
        Ok(())
    }

    /// One value: that of `column` in the first row that holds `conditions`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn value(
        &self,
        table: &Table,
        column: usize,
        conditions: &[(usize, &str)],
    ) -> Result<Option<String>, Error> {
        let mut value = None;
        self.rows(table, &[column], Rows::Where(conditions), |row| {
            value = value.take().or_else(|| row.get(0).map(str::to_owned));
            Ok::<_, Error>(())
        })?;
        Ok(value)
    }
}
