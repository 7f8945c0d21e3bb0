//! Rows that each hold an attribute's name and its value: `site`, and what
//! monitoring plug-ins are told.

use super::origin::Origin;
use super::read::{CLUSTERSITE, Entry, Found};
use crate::db::{self, Rows, Snapshot, is_enabled};
use crate::schema::{Table, table};

/// The site's settings as one object.
pub(super) fn site(snapshot: &Snapshot<'_>) -> Result<Found<'static>, db::Error> {
    let values = settings_of(snapshot, "site", "key", Rows::All)?;
    Ok(Found {
        name: CLUSTERSITE,
        defined: !values.is_empty(),
        values,
    })
}

/// The settings of a monitoring plug-in.
pub(super) fn settings(
    snapshot: &Snapshot<'_>,
    name: &str,
) -> Result<Vec<Entry<'static>>, db::Error> {
    settings_of(snapshot, "monsetting", "key", Rows::Where(&[(0, name)]))
}

/// Rows that each hold an attribute's name and its value.
fn settings_of(
    snapshot: &Snapshot<'_>,
    name: &'static str,
    key: &str,
    rows: Rows<'_>,
) -> Result<Vec<Entry<'static>>, db::Error> {
    let Some(table) = table(name) else {
        return Ok(Vec::new());
    };
    let columns = columns(table, [key, "value", "disable"]);
    let mut entries = Vec::new();
    snapshot.rows(table, &columns, rows, |row| {
        if let (Some(name), Some(text), true) = (row.get(0), row.get(1), is_enabled(row.get(2))) {
            entries.push(Entry {
                name: name.to_owned().into(),
                text: text.to_owned().into(),
                attribute: None,
                origin: Origin::default(),
            });
        }
        Ok::<_, db::Error>(())
    })?;
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// The places of columns that the table has.
pub(super) fn columns<const N: usize>(table: &Table, names: [&str; N]) -> Vec<usize> {
    names.iter().filter_map(|n| table.position(n)).collect()
}
