//! Rows from outside put into a table: one CSV file as `tabrestore` reads it,
//! and what all other ways of restoring share.

use std::fmt::Display;
use std::io::BufRead;

use super::csv::{self, Reader};
use crate::db::{self, Change, Fill, Filling, Put};
use crate::schema::{ColumnKind, Table};

/// Why rows could not be put into a table. The texts begin with the place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is no CSV.
    #[error("{file}:{error}")]
    Csv {
        /// The file.
        file: String,
        /// The line, and what is wrong with it.
        error: csv::Error,
    },
    /// A column that the table does not have.
    #[error("{place}: table '{table}' has no column '{column}'")]
    NoColumn {
        /// Where it is named.
        place: String,
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
    },
    /// A column is named twice.
    #[error("{place}: the column '{column}' is named twice")]
    TwoColumns {
        /// Where it is named.
        place: String,
        /// The column.
        column: String,
    },
    /// A row has more values than there are columns.
    #[error("{place}: the row has more values than the first line has columns")]
    TooMany {
        /// Where the row stands.
        place: String,
    },
    /// A row has no key.
    #[error("{place}: the row has no value in column '{column}', the key of table '{table}'")]
    Keyless {
        /// Where the row stands.
        place: String,
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// Two rows have one key.
    #[error("{place}: table '{table}' has another row with this key: {key}")]
    Taken {
        /// Where the row stands.
        place: String,
        /// The table.
        table: &'static str,
        /// `column=value,…`
        key: String,
    },
    /// The number of a row is none.
    #[error("{place}: '{value}' in column '{column}' is not a number")]
    NotANumber {
        /// Where the row stands.
        place: String,
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What to do with values that have no place here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strays {
    /// They are an error.
    Refuse,
    /// They are left out and told of in [`Loaded::left_out`].
    LeaveOut,
}

/// What came into one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The table.
    pub table: &'static Table,
    /// Rows that were not there.
    pub added: usize,
    /// Rows that were there with other values.
    pub changed: usize,
    /// Rows that are not there any more.
    pub removed: usize,
    /// Rows that were there as they are.
    pub same: usize,
    /// What had no place, as sentences.
    pub left_out: Vec<String>,
}

/// `TABLE: 1 added, 2 changed, 3 removed, 4 as they were`
impl Display for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: {} added, {} changed, {} removed, {} as they were",
            self.table.name, self.added, self.changed, self.removed, self.same
        )
    }
}

impl Loaded {
    /// Whether the table stays as it is.
    pub fn is_unchanged(&self) -> bool {
        self.added + self.changed + self.removed == 0
    }
}

/// A table into which rows are put.
pub struct Loader<'c> {
    filling: Filling<'c>,
    table: &'static Table,
    fill: Fill,
    strays: Strays,
    /// Where each column of the source goes.
    places: Vec<Option<usize>>,
    /// Columns that have no place, and how many values they had.
    lost: Vec<(String, u64)>,
    /// How many rows without a key, and where the first stands.
    keyless: Option<(u64, String)>,
    loaded: Loaded,
}

impl<'c> Loader<'c> {
    /// Begins to load rows that have these columns; columns that are not
    /// among them become empty. `place` says where they are named.
    ///
    /// # Errors
    /// The table has no such column, or the database cannot be read.
    pub fn new(
        change: &'c Change<'_>,
        table: &'static Table,
        columns: &[String],
        place: &dyn Display,
        (fill, strays): (Fill, Strays),
    ) -> Result<Self, Error> {
        let mut places: Vec<Option<usize>> = Vec::with_capacity(columns.len());
        for column in columns {
            let found = table.position(column);
            let (place, column) = (place.to_string(), column.clone());
            if found.is_none() && strays == Strays::Refuse {
                let table = table.name;
                return Err(Error::NoColumn {
                    place,
                    table,
                    column,
                });
            }
            if found.is_some() && places.contains(&found) {
                return Err(Error::TwoColumns { place, column });
            }
            places.push(found);
        }
        Ok(Self {
            filling: change.fill(table, fill)?,
            table,
            fill,
            strays,
            lost: columns.iter().map(|c| (c.clone(), 0)).collect(),
            places,
            keyless: None,
            loaded: Loaded {
                table,
                added: 0,
                changed: 0,
                removed: 0,
                same: 0,
                left_out: Vec::new(),
            },
        })
    }

    /// Puts a row: `value` gives what it holds in each column of the source.
    /// A row without any value is passed over.
    ///
    /// # Errors
    /// The row has no key or one that another row has, or the database cannot
    /// be written.
    pub fn put<'v>(
        &mut self,
        value: impl Fn(usize) -> Option<&'v str>,
        place: &dyn Display,
    ) -> Result<(), Error> {
        let mut row: Vec<Option<&str>> = vec![None; self.table.columns.len()];
        let mut filled = false;
        for (number, to) in self.places.iter().enumerate() {
            let Some(value) = value(number) else { continue };
            match *to {
                None => self.lost[number].1 += 1,
                Some(to) => {
                    filled = true;
                    row[to] = self.checked(to, value, place)?;
                }
            }
        }
        if !filled {
            return Ok(());
        }
        match self.filling.put(&row)? {
            Put::Added => self.loaded.added += 1,
            Put::Changed => self.loaded.changed += 1,
            Put::Same => self.loaded.same += 1,
            Put::Taken => {
                return Err(Error::Taken {
                    place: place.to_string(),
                    table: self.table.name,
                    key: key_of(self.table, &row),
                });
            }
            Put::Keyless if self.strays == Strays::Refuse => {
                return Err(Error::Keyless {
                    place: place.to_string(),
                    table: self.table.name,
                    column: self.table.keys[0],
                });
            }
            Put::Keyless => {
                let known = self.keyless.get_or_insert_with(|| (0, place.to_string()));
                known.0 += 1;
            }
        }
        Ok(())
    }

    /// The value as it goes into the column. Added rows are numbered anew.
    fn checked<'v>(
        &self,
        column: usize,
        value: &'v str,
        place: &dyn Display,
    ) -> Result<Option<&'v str>, Error> {
        let column = &self.table.columns[column];
        if column.kind != ColumnKind::Serial {
            return Ok(Some(value));
        }
        if self.fill == Fill::Add {
            return Ok(None);
        }
        match value.parse::<i64>() {
            Ok(_) => Ok(Some(value)),
            Err(_) => Err(Error::NotANumber {
                place: place.to_string(),
                column: column.name,
                value: value.to_owned(),
            }),
        }
    }

    /// Ends the loading: rows that are to be replaced go.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn finish(mut self) -> Result<Loaded, Error> {
        self.loaded.removed = self.filling.finish()?;
        let table = self.table.name;
        let lost = self.lost.iter().filter(|l| l.1 > 0);
        for (column, values) in lost {
            self.loaded.left_out.push(format!(
                "table '{table}' has no column '{column}': {} left out",
                counted(*values, "value is", "values are")
            ));
        }
        if let Some((rows, first)) = self.keyless {
            self.loaded.left_out.push(format!(
                "{first}: no value in '{}', the key of table '{table}': {} left out",
                self.table.keys[0],
                counted(rows, "such row is", "such rows are")
            ));
        }
        Ok(self.loaded)
    }
}

/// `1 row is`, `2 rows are`.
pub(super) fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

/// `column=value,…` of a row's key.
fn key_of(table: &Table, row: &[Option<&str>]) -> String {
    let keys = table.keys.iter().filter_map(|k| table.position(k));
    let pairs = keys.map(|k| format!("{}={}", table.columns[k].name, row[k].unwrap_or_default()));
    pairs.collect::<Vec<_>>().join(",")
}

/// Puts the rows of a CSV file into a table. `file` is what the file is
/// called in messages.
///
/// # Errors
/// The file is no CSV or does not fit the table, or the database cannot be
/// written.
pub fn csv(
    change: &Change<'_>,
    table: &'static Table,
    input: impl BufRead,
    file: &str,
    how: (Fill, Strays),
) -> Result<Loaded, Error> {
    let wrong = |error| Error::Csv {
        file: file.to_owned(),
        error,
    };
    let mut reader = Reader::new(input);
    let columns = reader.header().map_err(wrong)?;
    let first = format!("{file}:1");
    let mut loader = Loader::new(change, table, &columns, &first, how)?;
    loop {
        let line = reader.next_line().map_err(wrong)?;
        let Some(line) = line else { break };
        let place = Place { file, line };
        let row = reader.record();
        if (columns.len()..row.len()).any(|n| row.get(n).is_some()) {
            let place = place.to_string();
            return Err(Error::TooMany { place });
        }
        loader.put(|number| row.get(number), &place)?;
    }
    loader.finish()
}

/// `FILE:LINE`, written only where it is needed.
struct Place<'p> {
    file: &'p str,
    line: u64,
}

impl Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
