//! A table edited as a text. Only the rows that were edited are written, so
//! what others change meanwhile stays; where they changed the same row, it is
//! left to the user.

use std::collections::BTreeMap;

use super::csv::Reader;
use super::dump::{self, Selection};
use super::load::{self, Loaded, Strays};
use crate::db::{self, Change, Db, Fill, Snapshot};
use crate::schema::Table;

/// Why an edited table was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text does not fit the table.
    #[error(transparent)]
    Load(#[from] load::Error),
    /// Somebody else changed the same row.
    #[error("somebody else changed this row of table '{table}' meanwhile: {row}")]
    Meanwhile {
        /// The table.
        table: &'static str,
        /// Which row.
        row: String,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A table as the user got it and as it came back.
#[derive(Debug)]
pub struct Edited {
    /// The table.
    pub table: &'static Table,
    /// What the text is called in messages.
    pub file: String,
    /// The text that the user got.
    pub base: String,
    /// The text that came back.
    pub new: String,
}

/// All columns of a row.
type Row = Vec<Option<String>>;

/// Rows by their keys; a row without a full key by all its values.
type RowsByKey = BTreeMap<Row, Row>;

/// A table as the text that is edited.
///
/// # Errors
/// The database cannot be read.
pub fn text(snapshot: &Snapshot<'_>, table: &'static Table) -> Result<String, db::Error> {
    let mut text = String::new();
    dump::lines(snapshot, table, &Selection::All, |line| {
        text.push_str(line);
        text.push('\n');
        Ok::<_, db::Error>(())
    })?;
    Ok(text)
}

/// Puts edited tables back, all of them or none, in a change that `end` ends.
///
/// # Errors
/// A text does not fit its table, a row was changed by somebody else too, the
/// database cannot be written, or what `end` returns.
pub fn apply<E: From<Error>>(
    db: &mut Db,
    tables: &[Edited],
    end: impl FnOnce(Change<'_>, &[Loaded]) -> Result<(), E>,
) -> Result<(), E> {
    let change = db.change().map_err(Error::from)?;
    let mut undisturbed = true;
    let mut loaded = Vec::new();
    for edited in tables {
        let now = text(&change, edited.table).map_err(Error::from)?;
        undisturbed &= now == edited.base;
        // In any case this tells whether the text fits.
        let how = (Fill::Replace, Strays::Refuse);
        let (input, file) = (edited.new.as_bytes(), edited.file.as_str());
        let rows = load::csv(&change, edited.table, input, file, how);
        loaded.push(rows.map_err(Error::from)?);
    }
    if undisturbed {
        return end(change, &loaded);
    }
    drop(change);
    let change = db.change().map_err(Error::from)?;
    let merged = tables.iter().map(|edited| merge(&change, edited));
    let loaded: Vec<Loaded> = merged.collect::<Result<_, _>>()?;
    end(change, &loaded)
}

/// Writes what the user changed into what is there now.
fn merge(change: &Change<'_>, edited: &Edited) -> Result<Loaded, Error> {
    let table = edited.table;
    let base = rows(table, &edited.base);
    let new = rows(table, &edited.new);
    let mut now = rows(table, &text(change, table)?);
    for key in base.keys().chain(new.keys()) {
        let (old, wanted, there) = (base.get(key), new.get(key), now.get(key));
        if old == wanted || there == wanted {
            continue;
        }
        if there != old {
            return Err(Error::Meanwhile {
                table: table.name,
                row: shown(table, key),
            });
        }
        match wanted {
            Some(row) => now.insert(key.clone(), row.clone()),
            None => now.remove(key),
        };
    }
    let columns: Vec<String> = table.columns.iter().map(|c| c.name.to_owned()).collect();
    let how = (Fill::Replace, Strays::Refuse);
    let mut loader = load::Loader::new(change, table, &columns, &edited.file, how)?;
    for row in now.values() {
        loader.put(|place| row[place].as_deref(), &edited.file)?;
    }
    Ok(loader.finish()?)
}

/// The rows of a text that fits the table.
fn rows(table: &'static Table, text: &str) -> RowsByKey {
    let mut reader = Reader::new(text.as_bytes());
    let names = reader.header().unwrap_or_default();
    let places: Vec<Option<usize>> = names.iter().map(|n| table.position(n)).collect();
    let keys: Vec<usize> = table
        .keys
        .iter()
        .filter_map(|k| table.position(k))
        .collect();
    let mut rows = RowsByKey::new();
    while let Ok(Some(_)) = reader.next_line() {
        let record = reader.record();
        let mut row: Row = vec![None; table.columns.len()];
        for (number, place) in places.iter().enumerate() {
            if let Some(place) = *place {
                row[place] = record.get(number).map(str::to_owned);
            }
        }
        let key: Row = keys.iter().map(|&k| row[k].clone()).collect();
        let full = key.iter().all(Option::is_some);
        rows.insert(if full { key } else { row.clone() }, row);
    }
    rows
}

/// `column=value,…` of a row's key.
fn shown(table: &Table, key: &Row) -> String {
    let of_key = key.len() == table.keys.len();
    let named = key.iter().enumerate().filter_map(|(place, value)| {
        let name = match of_key {
            true => table.keys[place],
            false => table.columns[place].name,
        };
        Some(format!("{name}={}", value.as_deref()?))
    });
    named.collect::<Vec<_>>().join(",")
}
