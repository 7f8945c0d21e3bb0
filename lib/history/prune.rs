//! Shortening what only grows: the journal, `auditlog` and `eventlog`; and
//! emptying any table.
//!
//! As in xCAT (`tabutils.pm`), rows of a log that are switched off stay unless
//! all are removed.

use std::ops::ControlFlow;

use super::{Error, time};
use crate::db::{self, Change, Rows, is_enabled};
use crate::schema::{ColumnKind, Table, table};
use crate::tables::csv::put_value;

/// The journal's name, where tables are named.
pub const JOURNAL: &str = "journal";

const DAY: i64 = 86_400;

/// What is shortened.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// The journal of changes.
    Journal,
    /// A table whose rows the database numbers.
    Log(&'static Table),
    /// Any other table, which can only be emptied.
    Table(&'static Table),
}

/// Which entries go; always the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// So many.
    Number(usize),
    /// So many of a hundred.
    Percent(usize),
    /// Those with smaller numbers.
    Below(i64),
    /// Those that are so many days old or older.
    Days(i64),
}

impl Target {
    /// What a name stands for.
    ///
    /// # Errors
    /// There is no such table.
    pub fn named(name: &str) -> Result<Self, Error> {
        if name == JOURNAL {
            return Ok(Self::Journal);
        }
        let found = table(name).ok_or_else(|| Error::NoTable(name.to_owned()))?;
        Ok(match time_column(found) {
            Some(_) => Self::Log(found),
            None => Self::Table(found),
        })
    }
}

/// The column of a log that says when.
fn time_column(table: &Table) -> Option<usize> {
    ["audittime", "eventtime"]
        .iter()
        .find_map(|c| table.position(c))
}

/// Removes entries and tells how many. Each of them is first handed to `each`
/// as a line of CSV, after a header.
///
/// # Errors
/// The database cannot be written, or what `each` returns.
pub fn prune<E: From<Error>>(
    change: &Change<'_>,
    target: Target,
    which: Which,
    each: impl FnMut(&str) -> Result<(), E>,
) -> Result<usize, E> {
    match target {
        Target::Journal => journal(change, which, each),
        Target::Log(table) if which != Which::All => log(change, table, which, each),
        Target::Log(table) | Target::Table(table) => {
            rows(change, table, Rows::All, each)?;
            Ok(change.delete(table, &[]).map_err(Error::from)?)
        }
    }
}

/// How many of these, given in the order of their age, are to go.
fn oldest(which: Which, entries: &[(i64, bool)]) -> usize {
    match which {
        Which::All => entries.len(),
        Which::Number(number) => number.min(entries.len()),
        Which::Percent(percent) => entries.len() * percent.min(100) / 100,
        Which::Below(id) => entries.partition_point(|e| e.0 < id),
        // Clocks are set back, so the old ones need not be the first.
        Which::Days(_) => entries.iter().filter(|e| e.1).count(),
    }
}

fn journal<E: From<Error>>(
    change: &Change<'_>,
    which: Which,
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<usize, E> {
    let mut found = Vec::new();
    change
        .journal(0, |entry| {
            found.push(entry);
            Ok::<_, Error>(ControlFlow::Continue(()))
        })
        .map_err(E::from)?;
    found.reverse();
    let before = cut(which);
    // The journal goes from its beginning, up to the first one that stays.
    let ages: Vec<(i64, bool)> = found.iter().map(|e| (e.id, e.time <= before)).collect();
    let count = match which {
        Which::Days(_) => ages.iter().take_while(|e| e.1).count(),
        _ => oldest(which, &ages),
    };
    each("#id,time,user,command,undoes")?;
    for entry in &found[..count] {
        let (id, when) = (entry.id.to_string(), time::local(entry.time));
        let undoes = entry.undoes.map(|id| id.to_string());
        let values = [&id, &when, &entry.user, &entry.command];
        let values = values.into_iter().map(|v| Some(v.as_str()));
        each(&csv(values.chain([undoes.as_deref()])))?;
    }
    let keep = found[..count].last().map_or(0, |last| last.id + 1);
    Ok(change.forget_journal(keep).map_err(Error::from)?)
}

/// The time up to which entries are old enough.
fn cut(which: Which) -> i64 {
    match which {
        Which::Days(days) => time::now().saturating_sub(days.saturating_mul(DAY)),
        _ => i64::MAX,
    }
}

fn log<E: From<Error>>(
    change: &Change<'_>,
    table: &'static Table,
    which: Which,
    each: impl FnMut(&str) -> Result<(), E>,
) -> Result<usize, E> {
    let id = table
        .columns
        .iter()
        .position(|c| c.kind == ColumnKind::Serial);
    let (Some(id), Some(when), Some(disable)) = (id, time_column(table), table.position("disable"))
    else {
        return Ok(0);
    };
    let before = time::local(cut(which).min(time::now()));
    let mut found: Vec<(i64, bool)> = Vec::new();
    change
        .rows(table, &[id, when, disable], Rows::All, |row| {
            let number = row.get(0).and_then(|n| n.parse().ok());
            if let (Some(number), true) = (number, is_enabled(row.get(2))) {
                found.push((number, row.get(1).is_some_and(|t| *t < *before)));
            }
            Ok::<_, db::Error>(())
        })
        .map_err(Error::from)?;
    if matches!(which, Which::Days(_)) {
        found.retain(|e| e.1);
    }
    found.truncate(oldest(which, &found));
    let ids: Vec<String> = found.iter().map(|e| e.0.to_string()).collect();
    rows(change, table, Rows::Among(id, &ids), each)?;
    Ok(change.delete_among(table, id, &ids).map_err(Error::from)?)
}

/// Hands rows to `each` as CSV, after a header.
fn rows<E: From<Error>>(
    change: &Change<'_>,
    table: &'static Table,
    rows: Rows<'_>,
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let columns: Vec<usize> = (0..table.columns.len()).collect();
    let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
    each(&format!("#{}", names.join(",")))?;
    let mut lines = Vec::new();
    change
        .rows(table, &columns, rows, |row| {
            lines.push(csv(columns.iter().map(|&c| row.get(c))));
            Ok::<_, db::Error>(())
        })
        .map_err(Error::from)?;
    lines.iter().try_for_each(|line| each(line))
}

/// Values as `tabdump` prints them.
fn csv<'v>(values: impl Iterator<Item = Option<&'v str>>) -> String {
    let mut line = String::new();
    for (number, value) in values.enumerate() {
        if number > 0 {
            line.push(',');
        }
        put_value(&mut line, value);
    }
    line
}
