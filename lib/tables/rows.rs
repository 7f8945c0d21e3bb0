//! Rows found and set by the values of columns, whatever the table: `chtab`
//! and `gettab`; and the tables that know a node: `tabgrep`.

use super::{Error, column, table, tables_with_nodes};
use crate::db::{self, Change, Rows, Snapshot, is_enabled};
use crate::schema::{self, Table};

/// `column=value[,column=value…]`: which row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys(Vec<(String, String)>);

impl Keys {
    /// Reads the pairs.
    ///
    /// # Errors
    /// A part has no `=`, no column or no value.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let pair = |part: &str| match part.split_once('=') {
            Some((column, value)) if !column.is_empty() && !value.is_empty() => {
                Ok((column.to_owned(), value.to_owned()))
            }
            _ => Err(Error::Malformed(part.to_owned())),
        };
        text.split(',')
            .map(pair)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn of(&self, table: &'static Table) -> Result<Vec<(usize, &str)>, Error> {
        let pairs = self.0.iter();
        pairs
            .map(|(column, value)| {
                let place = table.position(column).ok_or_else(|| Error::NoKey {
                    column: column.clone(),
                    table: table.name,
                })?;
                Ok((place, value.as_str()))
            })
            .collect()
    }
}

/// `table.column=value` or `table.column+=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    table: String,
    column: String,
    value: String,
    append: bool,
}

impl Setting {
    /// Reads a setting. Whether the column exists is looked up later.
    ///
    /// # Errors
    /// The text has another form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let malformed = || Error::Malformed(text.to_owned());
        let (place, value) = text.split_once('=').ok_or_else(malformed)?;
        let (place, append) = match place.strip_suffix('+') {
            Some(place) => (place, true),
            None => (place, false),
        };
        let (table, column) = place.split_once('.').ok_or_else(malformed)?;
        Ok(Self {
            table: table.to_owned(),
            column: column.to_owned(),
            value: value.to_owned(),
            append,
        })
    }
}

/// (column, value)
type NewValues = Vec<(usize, Option<String>)>;

/// Sets columns of the rows that hold the keys; a table that has no such row
/// gets one, unless there would be nothing in it but the keys.
///
/// # Errors
/// A table or column does not exist, or the database cannot be written.
pub fn set(change: &Change<'_>, keys: &Keys, settings: &[Setting]) -> Result<(), Error> {
    let mut tables: Vec<(&'static Table, NewValues)> = Vec::new();
    all_there(settings.iter().map(|s| &s.table))?;
    for setting in settings {
        let table = table(&setting.table)?;
        keys.of(table)?;
        let (_, place) = column(&format!("{}.{}", setting.table, setting.column))?;
        let value = match setting.append {
            false => setting.value.clone(),
            true => {
                let old = change.value(table, place, &keys.of(table)?)?;
                appended(old.as_deref().unwrap_or_default(), &setting.value)
            }
        };
        // xCAT's word for no value.
        let value = Some(value).filter(|v| !v.is_empty() && v != "NULL");
        let known = tables.iter_mut().find(|t| std::ptr::eq(t.0, table));
        match known {
            Some((_, values)) => {
                values.retain(|v| v.0 != place);
                values.push((place, value));
            }
            None => tables.push((table, vec![(place, value)])),
        }
    }
    for (table, values) in &tables {
        let values: Vec<_> = values.iter().map(|v| (v.0, v.1.as_deref())).collect();
        set_row(change, table, &keys.of(table)?, &values)?;
    }
    Ok(())
}

/// Names every table that there is not, each once.
fn all_there<'n>(names: impl IntoIterator<Item = &'n String>) -> Result<(), Error> {
    let mut missing: Vec<String> = Vec::new();
    for name in names {
        if schema::table(name).is_none() && !missing.contains(name) {
            missing.push(name.clone());
        }
    }
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Error::NoTables(missing)),
    }
}

fn set_row(
    change: &Change<'_>,
    table: &'static Table,
    keys: &[(usize, &str)],
    values: &[(usize, Option<&str>)],
) -> Result<(), Error> {
    let empty = values.iter().all(|v| v.1.is_none());
    let is_set = |column: usize| values.iter().any(|v| v.0 == column);
    if !empty && !keys.iter().any(|k| is_set(k.0)) {
        return Ok(change.set(table, keys, values)?);
    }
    // A row without a value is not worth making, and a key that is changed
    // cannot be what a new row is found by.
    if change.update(table, keys, values)? == 0 && !empty {
        let others = keys.iter().filter(|k| !is_set(k.0));
        let mut row: Vec<_> = others.map(|k| (k.0, Some(k.1))).collect();
        row.extend(values);
        change.insert(table, &row)?;
    }
    Ok(())
}

/// The list with the words that it lacks at its end.
fn appended(list: &str, words: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    for word in list.split(',').chain(words.split(',')) {
        if !word.is_empty() && !all.contains(&word) {
            all.push(word);
        }
    }
    all.join(",")
}

/// Removes the rows that hold the keys from the tables; tells how many.
///
/// # Errors
/// A table or column does not exist, or the database cannot be written.
pub fn delete(change: &Change<'_>, keys: &Keys, tables: &[String]) -> Result<usize, Error> {
    all_there(tables)?;
    let mut deleted = 0;
    for name in tables {
        let table = table(name)?;
        deleted += change.delete(table, &keys.of(table)?)?;
    }
    Ok(deleted)
}

/// What `gettab` shows: (`table.column`, value) of the first row in each
/// table that holds the keys and that readers see. A table without such a row
/// gives nothing, a column without a value an empty one.
///
/// # Errors
/// A table or column does not exist, or the database cannot be read.
pub fn get(
    snapshot: &Snapshot<'_>,
    keys: &Keys,
    names: &[String],
) -> Result<Vec<(String, String)>, Error> {
    let mut wanted: Vec<(&'static Table, Vec<(usize, &String)>)> = Vec::new();
    for name in names {
        let (table, place) = column(name)?;
        keys.of(table)?;
        match wanted.iter_mut().find(|w| std::ptr::eq(w.0, table)) {
            Some(known) => known.1.push((place, name)),
            None => wanted.push((table, vec![(place, name)])),
        }
    }
    let mut found = Vec::new();
    for (table, columns) in wanted {
        let mut places: Vec<usize> = columns.iter().map(|c| c.0).collect();
        places.extend(table.position("disable"));
        let conditions = keys.of(table)?;
        let mut first = true;
        snapshot.rows(table, &places, Rows::Where(&conditions), |row| {
            if first && is_enabled(row.get(columns.len())) {
                first = false;
                for (number, (_, name)) in columns.iter().enumerate() {
                    let value = row.get(number).unwrap_or_default();
                    found.push(((*name).clone(), value.to_owned()));
                }
            }
            Ok::<_, db::Error>(())
        })?;
    }
    Ok(found)
}

/// The tables with a row for the node or, but for `nodelist`, for one of its
/// groups, in alphabetical order.
///
/// # Errors
/// The database cannot be read.
pub fn tables_of(snapshot: &Snapshot<'_>, node: &str) -> Result<Vec<&'static str>, Error> {
    let (nodelist, groups) = column("nodelist.groups")?;
    let groups = snapshot.value(nodelist, groups, &[(0, node)])?;
    let groups = groups.as_deref().unwrap_or_default();
    let own = vec![node.to_owned()];
    let with_groups: Vec<String> = own
        .iter()
        .cloned()
        .chain(
            groups
                .split(',')
                .filter(|g| !g.is_empty())
                .map(str::to_owned),
        )
        .collect();
    let mut found = Vec::new();
    for (table, key) in tables_with_nodes() {
        let names = if table.name == "nodelist" {
            &own
        } else {
            &with_groups
        };
        let mut has = false;
        let disable = table.position("disable").unwrap_or(key);
        snapshot.rows(table, &[disable], Rows::Among(key, names), |row| {
            has = has || disable == key || is_enabled(row.get(0));
            Ok::<_, db::Error>(())
        })?;
        if has {
            found.push(table.name);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_settings_are_read() {
        assert_eq!(
            Keys::parse("node=n1,cmd=a=b").unwrap(),
            Keys(vec![
                ("node".into(), "n1".into()),
                ("cmd".into(), "a=b".into())
            ])
        );
        let setting = |text| {
            Setting::parse(text)
                .map(|s| (s.table, s.column, s.value, s.append))
                .ok()
        };
        let parts = |c: &str, v: &str, a| Some(("t".into(), c.into(), v.into(), a));
        assert_eq!(setting("t.c=v=w"), parts("c", "v=w", false));
        assert_eq!(setting("t.c+=v"), parts("c", "v", true));
        assert_eq!(setting("t.c="), parts("c", "", false));
        assert_eq!(setting("t.c"), None);
        assert_eq!(setting("c=v"), None);
        for keys in ["", "node", "node=", "=n1", "node=n1,"] {
            assert!(Keys::parse(keys).is_err(), "{keys}");
        }
    }

    #[test]
    fn a_list_gets_what_it_lacks() {
        assert_eq!(appended("a,b", "b,c,c"), "a,b,c");
        assert_eq!(appended("", "b,c"), "b,c");
    }
}
