//! A table as CSV, as `tabdump` prints it and `tabrestore` reads it.
//!
//! The first line is `#` and the column names. A value stands in double
//! quotes, quotes in it are doubled; a column without a value is empty.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::csv::put_value;
use super::{Error, own_column, table};
use crate::db::{Row, Rows, Snapshot, is_enabled};
use crate::schema::{Column, ColumnKind, HIDDEN, SITE_KEYS, TABLES, Table};

/// Which rows are dumped.
#[derive(Debug)]
pub enum Selection {
    /// All of them, disabled ones too.
    All,
    /// Those that readers see and that hold all of this.
    Where(Vec<Filter>),
    /// The newest, oldest first (`auditlog` and `eventlog`).
    Newest(usize),
}

/// `attr==value` and the other comparisons of `tabdump -w`. Texts compare as
/// SQL compares them, and a row without a value meets none of them.
#[derive(Debug)]
pub struct Filter {
    column: usize,
    operator: Operator,
    value: String,
    /// Whether SQL may look the value up: a serial number is no text to it.
    text: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    Like,
    NotLike,
    AtMost,
    Less,
    AtLeast,
    Greater,
}

const OPERATORS: [(&str, Operator); 8] = [
    ("==", Operator::Is),
    ("=~", Operator::Like),
    ("!=", Operator::IsNot),
    ("!~", Operator::NotLike),
    ("<=", Operator::AtMost),
    ("<", Operator::Less),
    (">=", Operator::AtLeast),
    (">", Operator::Greater),
];

impl Filter {
    /// Reads `attr==value`, `!=`, `<`, `<=`, `>`, `>=`, and `=~`, `!~` with a
    /// pattern in which `%` stands for any text and `_` for one character.
    ///
    /// # Errors
    /// There is no comparison, or the table has no such column.
    pub fn parse(text: &str, table: &'static Table) -> Result<Self, Error> {
        let unsupported = || Error::Operator(text.to_owned());
        let place = text.find(['=', '!', '<', '>']).ok_or_else(unsupported)?;
        let (column, rest) = text.split_at(place);
        let (sign, operator) = OPERATORS
            .into_iter()
            .find(|(sign, _)| rest.starts_with(sign))
            .ok_or_else(unsupported)?;
        let mut value = &rest[sign.len()..];
        if matches!(operator, Operator::Like | Operator::NotLike) {
            value = value.strip_prefix('/').unwrap_or(value);
            value = value.strip_suffix('/').unwrap_or(value);
        }
        let column = own_column(table, column.trim())?;
        Ok(Self {
            column,
            operator,
            value: value.to_owned(),
            text: table.columns[column].kind == ColumnKind::Text,
        })
    }

    /// Column and value, if SQL can look the rows up.
    fn exact(&self) -> Option<(usize, &str)> {
        let exact = self.operator == Operator::Is && !self.value.is_empty() && self.text;
        exact.then_some((self.column, self.value.as_str()))
    }

    fn holds(&self, value: Option<&str>) -> bool {
        let Some(value) = value else { return false };
        let wanted = self.value.as_str();
        match self.operator {
            Operator::Is => value == wanted,
            Operator::IsNot => value != wanted,
            Operator::Like => like(value, wanted),
            Operator::NotLike => !like(value, wanted),
            Operator::AtMost => value <= wanted,
            Operator::Less => value < wanted,
            Operator::AtLeast => value >= wanted,
            Operator::Greater => value > wanted,
        }
    }
}

/// SQL's LIKE: `%` is any text, `_` any character, ASCII letters match in
/// either case. The time is bounded by the product of the lengths.
fn like(value: &str, pattern: &str) -> bool {
    let value: Vec<char> = value.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let (mut v, mut p) = (0, 0);
    // Where the last `%` stands, and how far its text reaches now.
    let mut any: Option<(usize, usize)> = None;
    while v < value.len() {
        match pattern.get(p) {
            Some('%') => {
                any = Some((p, v));
                p += 1;
            }
            Some(sign) if *sign == '_' || sign.eq_ignore_ascii_case(&value[v]) => {
                v += 1;
                p += 1;
            }
            _ => {
                let Some((star, reached)) = any else {
                    return false;
                };
                any = Some((star, reached + 1));
                p = star + 1;
                v = reached + 1;
            }
        }
    }
    pattern[p..].iter().all(|sign| *sign == '%')
}

/// Hands the table's lines to `each`: the header, then the rows in the order
/// of the key, as they are read.
///
/// # Errors
/// The database cannot be read, or what `each` returns.
pub fn lines<E: From<crate::db::Error>>(
    snapshot: &Snapshot<'_>,
    table: &'static Table,
    selection: &Selection,
    each: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    csv(snapshot, table, selection, false, each)
}

/// [`lines`], with passwords as asterisks if they are to be hidden.
///
/// # Errors
/// As [`lines`].
pub fn csv<E: From<crate::db::Error>>(
    snapshot: &Snapshot<'_>,
    table: &'static Table,
    selection: &Selection,
    hides_secrets: bool,
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
    let mut header = Some(format!("#{}", names.join(",")));
    let write = |row: &Row<'_>, line: &mut String| {
        line.clear();
        for (place, column) in table.columns.iter().enumerate() {
            if place > 0 {
                line.push(',');
            }
            put_value(line, shown(row.get(place), column, hides_secrets));
        }
    };
    chosen(snapshot, table, selection, write, |line| {
        header.take().map_or(Ok(()), |header| each(&header))?;
        each(line)
    })?;
    match (header, selection) {
        (None, _) => Ok(()),
        // xCAT's words for a log without entries.
        (Some(_), Selection::Newest(_)) => {
            each(&format!("Nothing to display from {}.", table.name))
        }
        (Some(header), _) => each(&header),
    }
}

/// The same rows as the lines of a JSON array: an object for each row, with
/// all columns, null where there is no value.
///
/// # Errors
/// As [`lines`].
pub fn json<E: From<crate::db::Error>>(
    snapshot: &Snapshot<'_>,
    table: &'static Table,
    selection: &Selection,
    hides_secrets: bool,
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let write = |row: &Row<'_>, line: &mut String| {
        let value = |(place, column): (usize, &Column)| {
            let value = shown(row.get(place), column, hides_secrets);
            (column.name.to_owned(), Value::from(value))
        };
        let object: Map<String, Value> = table.columns.iter().enumerate().map(value).collect();
        *line = Value::from(object).to_string();
    };
    let mut before = '[';
    chosen(snapshot, table, selection, write, |line| {
        each(&format!("{before}{line}"))?;
        before = ',';
        Ok::<_, E>(())
    })?;
    each(if before == ',' { "]" } else { "[]" })
}

/// What is shown of a value.
fn shown<'v>(value: Option<&'v str>, column: &Column, hides_secrets: bool) -> Option<&'v str> {
    match hides_secrets && column.kind == ColumnKind::Secret {
        true => value.map(|_| HIDDEN),
        false => value,
    }
}

/// Hands the rows of the selection to `each` as `write` writes them.
fn chosen<E: From<crate::db::Error>>(
    snapshot: &Snapshot<'_>,
    table: &'static Table,
    selection: &Selection,
    write: impl Fn(&Row<'_>, &mut String),
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let columns: Vec<usize> = (0..table.columns.len()).collect();
    let disable = table.position("disable");
    let mut line = String::new();
    let mut newest = VecDeque::new();
    // Rows that hold an exact value are looked up; the rest is compared here.
    let exact: Vec<(usize, &str)> = match selection {
        Selection::Where(filters) => filters.iter().filter_map(Filter::exact).collect(),
        _ => Vec::new(),
    };
    let rows = match exact.is_empty() {
        true => Rows::All,
        false => Rows::Where(&exact),
    };
    snapshot.rows(table, &columns, rows, |row| {
        match selection {
            Selection::Where(filters) => {
                let seen = is_enabled(disable.and_then(|d| row.get(d)));
                if !seen || !filters.iter().all(|f| f.holds(row.get(f.column))) {
                    return Ok(());
                }
            }
            Selection::Newest(count) => {
                write(row, &mut line);
                newest.push_back(line.clone());
                if newest.len() > *count {
                    newest.pop_front();
                }
                return Ok(());
            }
            Selection::All => {}
        }
        write(row, &mut line);
        each(&line)
    })?;
    newest.iter().try_for_each(|line| each(line))
}

/// The names of all tables, in order.
pub fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|t| t.name)
}

/// `name: description` of all tables, or of one table's columns; of `site`,
/// the well-known keys too.
///
/// # Errors
/// There is no such table.
pub fn descriptions(of: Option<&str>) -> Result<Vec<String>, Error> {
    let entries: Vec<(&str, &str)> = match of {
        None => TABLES.iter().map(|t| (t.name, t.description)).collect(),
        Some(name) => {
            let columns = table(name)?.columns;
            let columns = columns.iter().map(|c| (c.name, c.description));
            let keys = SITE_KEYS.iter().filter(|_| name == "site");
            columns
                .chain(keys.map(|k| (k.name, k.description)))
                .collect()
        }
    };
    Ok(entries
        .into_iter()
        .map(|(name, description)| {
            // xCAT's columns: a tab more after short names.
            let tabs = if name.len() < 7 { "\t\t" } else { "\t" };
            format!("{name}:{tabs}{description}")
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_is_that_of_sql() {
        for (value, pattern, want) in [
            ("compute", "comput%", true),
            ("compute,all", "comput%", true),
            ("all,compute", "comput%", false),
            ("all,compute,x", "%comput%", true),
            ("Compute", "compute", true),
            ("n1", "n_", true),
            ("n", "n_", false),
            ("aab", "%ab", true),
            ("", "%", true),
            ("é", "_", true),
            ("ab", "", false),
        ] {
            assert_eq!(like(value, pattern), want, "{value} {pattern}");
        }
    }

    #[test]
    fn a_row_without_a_value_meets_no_comparison() {
        let ppc = crate::schema::table("ppc").unwrap();
        for (text, value, want) in [
            ("id==7", Some("7"), true),
            ("id==7", None, false),
            ("id!=7", None, false),
            ("id!=7", Some("8"), true),
            ("id!~7%", None, false),
            ("id>=2", Some("10"), false),
            ("id<2", Some("10"), true),
            ("id<=2", Some("2"), true),
            ("id>2", Some("2"), false),
            ("id=~/7%/", Some("70"), true),
        ] {
            let filter = Filter::parse(text, ppc).unwrap();
            assert_eq!(filter.holds(value), want, "{text} {value:?}");
        }
        for (text, error) in [
            ("id", "Unsupported operator:id on -w flag input"),
            ("id=7", "Unsupported operator:id=7 on -w flag input"),
            ("nosuch==7", "No column \"nosuch\" in table \"ppc\""),
        ] {
            assert_eq!(Filter::parse(text, ppc).unwrap_err().to_string(), error);
        }
    }

    proptest::proptest! {
        #[test]
        fn like_ends_and_agrees_with_a_regex(value in "[ab%]{0,12}", pattern in "[ab%_]{0,12}") {
            let regex = format!("(?s)^{}$", pattern.replace('%', ".*").replace('_', "."));
            let regex = regex::Regex::new(&regex).unwrap();
            proptest::prop_assert_eq!(like(&value, &pattern), regex.is_match(&value));
        }
    }
}
