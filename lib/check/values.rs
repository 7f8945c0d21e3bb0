//! Values that do not have the form that their attributes take: those that a
//! change is about to write, and those in tables that are not about nodes.

use indexmap::IndexMap;

use super::Finding;
use crate::db::{self, Change, Kind, RowChange, Rows, Snapshot, Told};
use crate::history::{Naming, Subject};
use crate::schema::{self, Check, TABLES, Table, check_of};

/// What one finding is about: type of object, attribute, value.
type Alike = (&'static str, String, String);

/// Gathers values by what is wrong with them.
struct Gathered<'s> {
    naming: Naming<'s>,
    found: IndexMap<Alike, (Check, Vec<String>)>,
}

impl Gathered<'_> {
    /// Adds the cells of a row, which are all doubtful.
    fn add(&mut self, row: &RowChange) -> Result<(), db::Error> {
        let subject = self.naming.subject(row)?;
        let setting = || row.key.first().and_then(|k| k.1.text());
        for cell in &row.cells {
            let column = &row.table.columns[cell.column];
            let (Some(check), Some(text)) = (check_of(row.table, column, setting), cell.new.text())
            else {
                continue;
            };
            let attribute = self.naming.attribute(row, cell.column).into_owned();
            let alike = (subject.kind(), attribute, text.to_owned());
            let (_, names) = (self.found.entry(alike)).or_insert_with(|| (check, Vec::new()));
            let name = match &subject {
                Subject::Object { name, .. } => name,
                Subject::Row { key, .. } => key,
            };
            if names.last() != Some(name) {
                names.push(name.clone());
            }
        }
        Ok(())
    }

    fn findings(self) -> impl Iterator<Item = Finding> {
        let found = self.found.into_iter();
        found.map(|((kind, attribute, value), (check, names))| {
            finding(kind, names, &attribute, &value, check)
        })
    }
}

/// A value that is none of those which an attribute takes.
pub(super) fn finding(
    kind: &'static str,
    names: Vec<String>,
    attribute: &str,
    value: &str,
    check: Check,
) -> Finding {
    Finding {
        check: "value",
        kind,
        names,
        problem: format!("{attribute}={value} is not what it should be"),
        remedy: format!("write {}", check.wanted()),
    }
}

/// The values that a change is about to write; and whether there are more of
/// them than are told.
///
/// # Errors
/// The database cannot be read.
pub fn of_change(change: &Change<'_>) -> Result<(Vec<Finding>, bool), db::Error> {
    let mut gathered = Gathered {
        naming: Naming::new(change),
        found: IndexMap::new(),
    };
    let (doubts, more) = change.doubts()?;
    doubts.iter().try_for_each(|row| gathered.add(row))?;
    Ok((gathered.findings().collect(), more))
}

/// Whether the site refuses such values (`strictvalues`).
///
/// # Errors
/// The database cannot be read.
pub fn is_strict(snapshot: &Snapshot<'_>) -> Result<bool, db::Error> {
    let Some(site) = schema::table("site") else {
        return Ok(false);
    };
    let (Some(key), Some(value)) = (site.position("key"), site.position("value")) else {
        return Ok(false);
    };
    let value = snapshot.value(site, value, &[(key, "strictvalues")])?;
    let value = value.unwrap_or_default().to_lowercase();
    Ok(["1", "y", "yes", "true", "enable", "on"].contains(&value.trim()))
}

/// Looks through the tables that are not about nodes.
pub(super) fn check(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) -> Result<(), db::Error> {
    let mut gathered = Gathered {
        naming: Naming::new(snapshot),
        found: IndexMap::new(),
    };
    for table in TABLES.iter().filter(|t| t.node_column.is_none()) {
        for row in doubtful(snapshot, table)? {
            gathered.add(&row)?;
        }
    }
    findings.extend(gathered.findings());
    Ok(())
}

/// The rows of a table with doubtful values.
fn doubtful(snapshot: &Snapshot<'_>, table: &'static Table) -> Result<Vec<RowChange>, db::Error> {
    let columns: Vec<usize> = (0..table.columns.len()).collect();
    let keys: Vec<usize> = table
        .keys
        .iter()
        .filter_map(|k| table.position(k))
        .collect();
    let disable = table.position("disable");
    let mut found = Vec::new();
    snapshot.rows(table, &columns, Rows::All, |row| {
        let setting = || keys.first().and_then(|k| row.get(*k));
        let is_doubtful = |&c: &usize| {
            let check = check_of(table, &table.columns[c], setting);
            check.is_some_and(|check| !check.accepts(row.get(c).unwrap_or_default()))
        };
        let told = |c: usize| {
            row.get(c)
                .map_or(Told::Nothing, |v| Told::Text(v.to_owned()))
        };
        let cells = columns.iter().copied().filter(is_doubtful);
        let cells: Vec<_> = cells
            .map(|column| db::Cell {
                column,
                old: Told::Nothing,
                new: told(column),
            })
            .collect();
        if !cells.is_empty() && db::is_enabled(disable.and_then(|d| row.get(d))) {
            found.push(RowChange {
                table,
                kind: Kind::Changed,
                key: keys.iter().map(|&k| (k, told(k))).collect(),
                cells,
            });
        }
        Ok::<_, db::Error>(())
    })?;
    Ok(found)
}
