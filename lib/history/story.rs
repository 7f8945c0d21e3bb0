//! Changed rows gathered to changed objects: what `lschange N` and a dry run
//! show.
//!
//! An object's rows need not follow one another, so objects are collected
//! until they hold [`KEPT`] values; then they are handed on. A change of more
//! values may therefore tell of one object twice.

use std::fmt::{self, Write as _};

use indexmap::IndexMap;

use super::{HIDDEN, Naming, Subject, ValueChange};
use crate::db::{self, Change, Entry, Kind, RowChange, Snapshot, Told};
use crate::schema::{Table, object_type};

/// So many values are collected at a time.
const KEPT: usize = 100_000;

/// What happened to one object.
#[derive(Debug)]
pub struct ObjectChange {
    /// The object.
    pub subject: Subject,
    /// Whether it is new, changed or gone.
    pub kind: Kind,
    /// Its values, in the order of their names.
    pub values: Vec<ValueChange>,
}

/// Hands the objects that an entry changed to `each`.
///
/// # Errors
/// The database cannot be read, or what `each` returns.
pub fn of_entry<E: From<db::Error>>(
    snapshot: &Snapshot<'_>,
    entry: &Entry,
    each: impl FnMut(ObjectChange) -> Result<(), E>,
) -> Result<(), E> {
    let mut story = Story::new(snapshot, each);
    snapshot.journal_rows(entry, |row| story.row(&row))?;
    story.tell()
}

/// Hands the objects that a change has touched so far to `each`: what a dry
/// run shows before the change is dropped.
///
/// # Errors
/// As [`of_entry`].
pub fn of_change<E: From<db::Error>>(
    change: &Change<'_>,
    each: impl FnMut(ObjectChange) -> Result<(), E>,
) -> Result<(), E> {
    let mut story = Story::new(change, each);
    change.preview(|row| story.row(&row))?;
    story.tell()
}

/// What an object came to so far.
#[derive(Default)]
struct Gathered {
    /// What happened to the row that makes it an object: first and last.
    defining: Option<(Kind, Kind)>,
    /// By table, column, and key of the row.
    values: IndexMap<(&'static str, usize, Vec<Told>), ValueChange>,
}

struct Story<'s, F> {
    naming: Naming<'s>,
    objects: IndexMap<Subject, Gathered>,
    values: usize,
    each: F,
}

impl<'s, E: From<db::Error>, F: FnMut(ObjectChange) -> Result<(), E>> Story<'s, F> {
    fn new(snapshot: &'s Snapshot<'_>, each: F) -> Self {
        Self {
            naming: Naming::new(snapshot),
            objects: IndexMap::new(),
            values: 0,
            each,
        }
    }

    fn row(&mut self, row: &RowChange) -> Result<(), E> {
        let subject = self.naming.subject(row)?;
        let defines = defines(&subject, row.table);
        let object = self.objects.entry(subject).or_default();
        if defines {
            let first = object.defining.map_or(row.kind, |d| d.0);
            object.defining = Some((first, row.kind));
        }
        for value in self.naming.values(row) {
            let keys = row.key.iter().map(|k| k.1.clone()).collect();
            let place = (value.table.name, value.column, keys);
            let known = object.values.entry(place);
            let new = value.new.clone();
            known.or_insert_with(|| value).new = new;
        }
        self.values += row.cells.len() + 1;
        if self.values >= KEPT {
            self.tell()
        } else {
            Ok(())
        }
    }

    /// Hands on what was gathered.
    fn tell(&mut self) -> Result<(), E> {
        self.values = 0;
        for (subject, object) in std::mem::take(&mut self.objects) {
            let kind = match object.defining {
                Some((Kind::Added, Kind::Removed)) => continue,
                Some((Kind::Added, _)) => Kind::Added,
                Some((Kind::Changed, Kind::Removed)) => Kind::Removed,
                Some((Kind::Removed, Kind::Removed)) => Kind::Removed,
                _ => Kind::Changed,
            };
            let mut values: Vec<_> = object.values.into_values().collect();
            values.retain(|v| v.old != v.new || v.old == Told::Secret);
            values.sort_by(|a, b| (&a.attribute, &a.row).cmp(&(&b.attribute, &b.row)));
            if values.is_empty() && kind == Kind::Changed {
                continue;
            }
            (self.each)(ObjectChange {
                subject,
                kind,
                values,
            })?;
        }
        Ok(())
    }
}

/// Whether an object is there exactly when it has a row in this table.
fn defines(subject: &Subject, table: &Table) -> bool {
    match subject {
        Subject::Row { .. } => true,
        Subject::Object { kind: "site", .. } => false,
        Subject::Object { kind: "node", .. } => table.name == "nodelist",
        Subject::Object { kind, .. } => object_type(kind)
            .and_then(|object| object.places(object.key).next())
            .is_some_and(|key| key.table == table),
    }
}

impl fmt::Display for ObjectChange {
    /// `node n1: changed`, then a line for each value, without a line break at
    /// the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            Kind::Added => "added",
            Kind::Changed => "changed",
            Kind::Removed => "removed",
        };
        write!(f, "{}: {what}", self.subject)?;
        for value in &self.values {
            let (old, new) = (shown(&value.old), shown(&value.new));
            write!(f, "\n    {}: {old} -> {new}", value.name())?;
        }
        Ok(())
    }
}

/// A value on one line.
pub(super) fn shown(told: &Told) -> String {
    match told {
        Told::Nothing => "(none)".into(),
        Told::Secret => HIDDEN.into(),
        Told::Text(text) => on_one_line(text),
    }
}

/// The text with its line breaks and other control characters written out.
pub(super) fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign.is_control() {
            // Writing to a String cannot fail.
            true => drop(write!(line, "{}", sign.escape_default())),
            false => line.push(sign),
        }
    }
    line
}
