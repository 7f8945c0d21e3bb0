//! The documents of `lschange --json`. Names and types stay as they are;
//! fields may be added.

use std::io::{self, Write};

use serde::Serialize;

use super::list::Listed;
use super::{HIDDEN, ObjectChange, Subject, ValueChange, time};
use crate::db::{Kind, Told};

/// One change, without what it did.
#[derive(Debug, Serialize)]
pub struct Change<'a> {
    /// Its number.
    pub number: i64,
    /// When it was done, in UTC: `2026-11-30T14:05:00Z`.
    pub time: String,
    /// By whom.
    pub user: &'a str,
    /// The command line.
    pub command: &'a str,
    /// The change that it undid.
    pub undoes: Option<i64>,
    /// The change that undid it.
    pub undone_by: Option<i64>,
}

/// What a change did to one object.
#[derive(Debug, Serialize)]
pub struct Object<'a> {
    /// The object's type; null for a row that belongs to no object.
    #[serde(rename = "type")]
    pub kind: Option<&'a str>,
    /// The object's name; null for such a row.
    pub name: Option<&'a str>,
    /// The table of such a row; null for an object.
    pub table: Option<&'a str>,
    /// The key of such a row, `column=value,…`; null for an object.
    pub key: Option<&'a str>,
    /// Whether it was added, changed or removed.
    pub action: Kind,
    /// Its values.
    pub values: Vec<Value<'a>>,
}

/// A value before and after.
#[derive(Debug, Serialize)]
pub struct Value<'a> {
    /// The attribute; `table.column`, if it is none.
    pub attribute: &'a str,
    /// Which of the object's rows it stands in, where there can be several.
    pub row: Option<&'a str>,
    /// The table that stores it.
    pub table: &'a str,
    /// The column that stores it.
    pub column: &'a str,
    /// Before; null if there was none.
    pub old: Option<&'a str>,
    /// After; null if there is none.
    pub new: Option<&'a str>,
    /// Whether it is a password, which is shown as asterisks.
    pub secret: bool,
}

impl<'a> From<&'a Listed> for Change<'a> {
    fn from(listed: &'a Listed) -> Self {
        let entry = &listed.entry;
        Self {
            number: entry.id,
            time: time::utc(entry.time),
            user: &entry.user,
            command: &entry.command,
            undoes: entry.undoes,
            undone_by: listed.undone_by,
        }
    }
}

impl<'a> From<&'a ObjectChange> for Object<'a> {
    fn from(change: &'a ObjectChange) -> Self {
        let (object, row) = match &change.subject {
            Subject::Object { kind, name } => (Some((*kind, name.as_str())), None),
            Subject::Row { table, key } => (None, Some((*table, key.as_str()))),
        };
        Self {
            kind: object.map(|o| o.0),
            name: object.map(|o| o.1),
            table: row.map(|r| r.0),
            key: row.map(|r| r.1),
            action: change.kind,
            values: change.values.iter().map(Value::from).collect(),
        }
    }
}

impl<'a> From<&'a ValueChange> for Value<'a> {
    fn from(value: &'a ValueChange) -> Self {
        Self {
            attribute: &value.attribute,
            row: value.row.as_deref(),
            table: value.table.name,
            column: value.table.columns[value.column].name,
            old: told(&value.old),
            new: told(&value.new),
            secret: value.old == Told::Secret || value.new == Told::Secret,
        }
    }
}

fn told(told: &Told) -> Option<&str> {
    match told {
        Told::Nothing => None,
        Told::Secret => Some(HIDDEN),
        Told::Text(text) => Some(text),
    }
}

/// Writes the list of changes: one array.
///
/// # Errors
/// As of the writer.
pub fn write_list(out: &mut impl Write, changes: &[Listed]) -> io::Result<()> {
    let mut before = "[";
    for listed in changes {
        write!(out, "{before}\n  {}", text(&Change::from(listed))?)?;
        before = ",";
    }
    let end = if changes.is_empty() { "[]" } else { "\n]" };
    writeln!(out, "{end}")
}

/// Writes one change with its objects, each as it comes.
#[derive(Debug)]
pub struct OneChange {
    before: &'static str,
}

impl OneChange {
    /// Begins the document.
    ///
    /// # Errors
    /// As of the writer.
    pub fn begin(out: &mut impl Write, listed: &Listed) -> io::Result<Self> {
        let head = text(&Change::from(listed))?;
        let head = head.strip_suffix('}').unwrap_or(&head);
        write!(out, "{head},\"objects\":[")?;
        Ok(Self { before: "" })
    }

    /// Adds an object.
    ///
    /// # Errors
    /// As of the writer.
    pub fn object(&mut self, out: &mut impl Write, object: &ObjectChange) -> io::Result<()> {
        write!(out, "{}\n  {}", self.before, text(&Object::from(object))?)?;
        self.before = ",";
        Ok(())
    }

    /// Ends the document.
    ///
    /// # Errors
    /// As of the writer.
    pub fn end(self, out: &mut impl Write) -> io::Result<()> {
        let line = if self.before.is_empty() { "" } else { "\n" };
        writeln!(out, "{line}]}}")
    }
}

fn text(value: &impl Serialize) -> io::Result<String> {
    serde_json::to_string(value).map_err(io::Error::from)
}
