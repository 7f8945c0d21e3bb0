//! Entries of the journal, found by object, time and user.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::ops::ControlFlow;

use super::story::on_one_line;
use super::{Error, Naming, Subject, time};
use crate::db::{self, Entry, Snapshot};
use crate::noderange::{self, ResolveError};
use crate::objects::index::{self, NodeIndex, Surroundings};
use crate::schema;

/// Which entries. What is left open lets all through.
#[derive(Debug, Default)]
pub struct Filter {
    /// No more than the newest of these.
    pub count: Option<usize>,
    /// Those that changed one of these objects.
    pub names: Option<HashSet<String>>,
    /// Those that changed an object of this type.
    pub kind: Option<String>,
    /// Not before this time, seconds since 1970-01-01 UTC.
    pub since: Option<i64>,
    /// Not after this time.
    pub until: Option<i64>,
    /// By this user, or whoever became this user.
    pub user: Option<String>,
}

/// An entry, and whether it still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The entry.
    pub entry: Entry,
    /// The entry that undid it and was not undone itself.
    pub undone_by: Option<i64>,
}

impl Filter {
    /// Checks the type of object that is asked for.
    ///
    /// # Errors
    /// There is no such type, nor a table of this name.
    pub fn check(&self) -> Result<(), Error> {
        match &self.kind {
            Some(kind) if schema::object_type(kind).is_none() && schema::table(kind).is_none() => {
                Err(Error::Kind(kind.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Whether an object is one of those that are asked for.
    pub fn wants(&self, subject: &Subject) -> bool {
        let named = self.names.as_ref();
        let kind = self.kind.as_ref();
        named.is_none_or(|names| names.contains(subject.name()))
            && kind.is_none_or(|kind| kind == subject.kind())
    }

    /// What the entry says of itself: time and user.
    fn admits(&self, entry: &Entry) -> bool {
        let user = self.user.as_ref().is_none_or(|user| {
            let parts = entry.user.split([' ', '(', ')']);
            entry.user == *user || parts.into_iter().any(|p| p == user)
        });
        user && self.since.is_none_or(|since| entry.time >= since)
            && self.until.is_none_or(|until| entry.time <= until)
    }
}

/// The entries that pass the filter, the newest last.
///
/// # Errors
/// The filter asks for an unknown type, or the database cannot be read.
pub fn list(snapshot: &Snapshot<'_>, filter: &Filter) -> Result<Vec<Listed>, Error> {
    filter.check()?;
    let mut naming = Naming::new(snapshot);
    let mut undone = Undone::default();
    let mut found = VecDeque::new();
    let enough = filter.count.unwrap_or(usize::MAX);
    snapshot.journal(0, |entry| {
        if found.len() >= enough || filter.since.is_some_and(|since| entry.time < since) {
            return Ok(ControlFlow::Break(()));
        }
        let undone_by = undone.by(&entry);
        if filter.admits(&entry) && touches(snapshot, &entry, filter, &mut naming)? {
            found.push_front(Listed { entry, undone_by });
        }
        Ok::<_, Error>(ControlFlow::Continue(()))
    })?;
    Ok(found.into())
}

/// The entry that is told of on one line: number, local time, user, command.
impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = &self.entry;
        let time = time::local(entry.time);
        let command = on_one_line(&entry.command);
        write!(f, "{}  {time}  {}  {command}", entry.id, entry.user)?;
        match self.undone_by {
            Some(by) => write!(f, "  (undone by {by})"),
            None => Ok(()),
        }
    }
}

/// Whether the entry changed an object that is asked for.
fn touches(
    snapshot: &Snapshot<'_>,
    entry: &Entry,
    filter: &Filter,
    naming: &mut Naming<'_>,
) -> Result<bool, Error> {
    if filter.names.is_none() && filter.kind.is_none() {
        return Ok(true);
    }
    /// The first object that fits ends the search.
    enum Stop {
        Found,
        Failed(db::Error),
    }
    impl From<db::Error> for Stop {
        fn from(error: db::Error) -> Self {
            Self::Failed(error)
        }
    }
    let searched = snapshot.journal_rows(entry, |row| {
        let subject = naming.subject(&row)?;
        if filter.wants(&subject) {
            Err(Stop::Found)
        } else {
            Ok(())
        }
    });
    match searched {
        Ok(()) => Ok(false),
        Err(Stop::Found) => Ok(true),
        Err(Stop::Failed(error)) => Err(error.into()),
    }
}

/// The objects that a text names, in the history too: nodes and groups of a
/// noderange that there are now, and its names as they are written, since
/// what was removed is not there to be looked up.
///
/// # Errors
/// The text is no noderange, or the database cannot be read.
pub fn names(
    snapshot: &Snapshot<'_>,
    text: &str,
    surroundings: Surroundings<'_>,
) -> Result<HashSet<String>, ResolveError<index::Error>> {
    let affixes = (surroundings.prefix, surroundings.suffix);
    let written = noderange::expand_names(text, affixes);
    let mut names: HashSet<String> = written.iter().flatten().cloned().collect();
    names.extend(text.split(',').map(str::to_owned));
    match NodeIndex::new(snapshot, surroundings).nodes(text) {
        Ok(resolved) => names.extend(resolved.nodes),
        Err(ResolveError::Unknown { .. }) if written.is_ok() => {}
        Err(error) => return Err(error),
    }
    Ok(names)
}

/// Which entries are undone; it must be shown them from the newest on.
#[derive(Debug, Default)]
pub(super) struct Undone(HashMap<i64, i64>);

impl Undone {
    /// The entry that undid this one, if that holds.
    pub(super) fn by(&mut self, entry: &Entry) -> Option<i64> {
        let by = self.0.get(&entry.id).copied();
        if let (None, Some(other)) = (by, entry.undoes) {
            // Of several, the newest is the one that counts.
            self.0.entry(other).or_insert(entry.id);
        }
        by
    }
}

/// The entry that undid this one and was not undone itself.
///
/// # Errors
/// The database cannot be read.
pub fn undone_by(snapshot: &Snapshot<'_>, entry: &Entry) -> Result<Option<i64>, Error> {
    let mut undone = Undone::default();
    snapshot.journal(entry.id, |later| {
        undone.by(&later);
        Ok::<_, Error>(ControlFlow::Continue(()))
    })?;
    Ok(undone.by(entry))
}
