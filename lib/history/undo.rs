//! Reverting an entry of the journal.
//!
//! The rows of the entry are gone through from the last to the first, each
//! put back to what it was before. A value that is no longer what the entry
//! made it was changed since: that is a conflict, and undoing would destroy
//! the later change. What is compared is the value, not the journal, so an
//! entry can be undone as soon as those that came in its way are undone
//! themselves, and what was changed behind the journal's back is seen too.
//! Passwords are the exception: the journal does not have them, so later
//! entries are searched for changes of them.

use std::collections::HashSet;
use std::fmt;
use std::ops::ControlFlow;

use super::story::{on_one_line, shown};
use super::{Error, Naming, Subject};
use crate::db::{Change, Entry, Held, Kind, RowChange, Standing, Told};
use crate::schema::{ColumnKind, Table};

/// What undoing came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was changed since. Unless it was forced, the change is to be
    /// dropped if there are any.
    pub conflicts: Vec<Conflict>,
    /// What could not be put back although nothing stood against it.
    pub left: Vec<Left>,
}

/// A value that was changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Whose it is.
    pub subject: Subject,
    /// What stands in the way.
    pub obstacle: Obstacle,
    /// The newest entry that changed the row, if one is known.
    pub by: Option<i64>,
}

/// What stands in the way of undoing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// A value is another one now.
    Differs {
        /// The attribute.
        attribute: String,
        /// What the entry made it.
        wanted: Told,
        /// What it is.
        found: Told,
    },
    /// A password was changed again.
    Password {
        /// The attribute.
        attribute: String,
    },
    /// What the entry added or changed is not there any more.
    Gone(&'static str),
    /// What the entry removed is there again.
    Back(&'static str),
}

/// A password that the journal does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Whose it is.
    pub subject: Subject,
    /// The attribute.
    pub attribute: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.subject)?;
        match &self.obstacle {
            Obstacle::Differs {
                attribute,
                wanted,
                found,
            } => write!(
                f,
                "{attribute} was {} after the change and is {} now",
                shown(wanted),
                shown(found)
            )?,
            Obstacle::Password { attribute } => write!(f, "{attribute} was changed again")?,
            Obstacle::Gone(table) => write!(f, "its row in table {table} is not there any more")?,
            Obstacle::Back(table) => write!(f, "it has a row in table {table} again")?,
        }
        match self.by {
            Some(id) => write!(f, " (change {id})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} is a password, which the journal does not keep; set it again",
            self.subject,
            on_one_line(&self.attribute)
        )
    }
}

/// A row, by its table and key.
type RowName = (&'static str, Vec<Told>);

/// Puts back what the entry changed, as far as nothing was changed since;
/// with `force` even so. Nothing is lasting until the change is committed,
/// with [`Change::commit_as_undo_of`].
///
/// # Errors
/// The database cannot be read or written.
pub fn undo(change: &Change<'_>, entry: &Entry, force: bool) -> Result<Outcome, Error> {
    let mut undoing = Undoing {
        change,
        force,
        naming: Naming::new(change),
        touched: passwords_changed_after(change, entry)?,
        blocked: Vec::new(),
        outcome: Outcome::default(),
    };
    change.journal_rows_backwards(entry, |row| undoing.row(&row))?;
    undoing.blame(entry)?;
    Ok(undoing.outcome)
}

/// Passwords that the entry set and that were set again later, by row and
/// column.
fn passwords_changed_after(
    change: &Change<'_>,
    entry: &Entry,
) -> Result<HashSet<(RowName, usize)>, Error> {
    let secrets = |row: &RowChange, into: &mut HashSet<(RowName, usize)>| {
        let of_row = row.cells.iter();
        let secret = of_row.filter(|c| c.old == Told::Secret || c.new == Told::Secret);
        into.extend(secret.map(|c| (row_name(row), c.column)));
    };
    let mut own = HashSet::new();
    change.journal_rows(entry, |row| {
        secrets(&row, &mut own);
        Ok::<_, Error>(())
    })?;
    let mut later = HashSet::new();
    if !own.is_empty() {
        change.journal(entry.id, |other| {
            change.journal_rows(&other, |row| {
                secrets(&row, &mut later);
                Ok::<_, Error>(())
            })?;
            Ok::<_, Error>(ControlFlow::Continue(()))
        })?;
    }
    later.retain(|place| own.contains(place));
    Ok(later)
}

fn row_name(row: &RowChange) -> RowName {
    let key = row.key.iter().map(|k| k.1.clone());
    (row.table.name, key.collect())
}

struct Undoing<'c, 'db> {
    change: &'c Change<'db>,
    force: bool,
    naming: Naming<'c>,
    touched: HashSet<(RowName, usize)>,
    /// For each conflict the row.
    blocked: Vec<RowName>,
    outcome: Outcome,
}

impl Undoing<'_, '_> {
    fn row(&mut self, row: &RowChange) -> Result<(), Error> {
        match row.kind {
            Kind::Added => self.added(row),
            Kind::Changed => self.changed(row),
            Kind::Removed => self.removed(row),
        }
    }

    /// Takes out a row that was added.
    fn added(&mut self, row: &RowChange) -> Result<(), Error> {
        let table = row.table;
        let given = |column| row.cells.iter().find(|c| c.column == column);
        let held: Vec<Held<'_>> = (0..table.columns.len())
            .filter(|&c| !row.key.iter().any(|k| k.0 == c))
            .filter(|&c| given(c).is_none_or(|cell| cell.new != Told::Secret))
            .map(|c| (c, given(c).and_then(|cell| cell.new.text())))
            .collect();
        let key = key(row);
        let Some(standing) = self.find(row, &key, &held)? else {
            return Ok(());
        };
        let clean = self.compare(row, &standing, &held)? && self.passwords_hold(row)?;
        if clean || self.force {
            self.change.delete_standing(&standing)?;
        }
        Ok(())
    }

    /// Puts the values of a changed row back.
    fn changed(&mut self, row: &RowChange) -> Result<(), Error> {
        let new_key: Vec<Held<'_>> = row
            .key
            .iter()
            .map(|k| {
                let changed = row.cells.iter().find(|c| c.column == k.0);
                (k.0, changed.map_or(&k.1, |c| &c.new).text())
            })
            .collect();
        let known = row.cells.iter().filter(|c| c.new != Told::Secret);
        let held: Vec<Held<'_>> = known.map(|c| (c.column, c.new.text())).collect();
        let Some(standing) = self.find(row, &new_key, &held)? else {
            return Ok(());
        };
        let clean = self.compare(row, &standing, &held)? && self.passwords_hold(row)?;
        if clean || self.force {
            let values = self.old_values(row)?;
            self.change.update_standing(&standing, &values)?;
        }
        Ok(())
    }

    /// Puts a removed row back.
    fn removed(&mut self, row: &RowChange) -> Result<(), Error> {
        let key = key(row);
        // Rows without a full key may stand beside each other.
        let full = key.iter().all(|k| k.1.is_some());
        let again = if full {
            self.change.standing(row.table, &key)?
        } else {
            None
        };
        if let Some(standing) = again {
            self.block(row, Obstacle::Back(row.table.name))?;
            if self.force {
                let values = self.old_values(row)?;
                self.change.update_standing(&standing, &values)?;
            }
            return Ok(());
        }
        let mut values = key;
        values.extend(self.old_values(row)?);
        Ok(self.change.insert(row.table, &values)?)
    }

    /// What the row's cells held before, without passwords, which are told of.
    fn old_values<'r>(&mut self, row: &'r RowChange) -> Result<Vec<Held<'r>>, Error> {
        let mut values = Vec::with_capacity(row.cells.len());
        for cell in &row.cells {
            if cell.old != Told::Secret {
                values.push((cell.column, cell.old.text()));
                continue;
            }
            let left = Left {
                subject: self.naming.subject(row)?,
                attribute: self.naming.attribute(row, cell.column).into_owned(),
            };
            if !self.outcome.left.contains(&left) {
                self.outcome.left.push(left);
            }
        }
        Ok(values)
    }

    /// The row with this key; of several the one that is as the entry left it.
    fn find(
        &mut self,
        row: &RowChange,
        key: &[Held<'_>],
        held: &[Held<'_>],
    ) -> Result<Option<Standing>, Error> {
        let whole = [key, held].concat();
        if let Some(standing) = self.change.standing(row.table, &whole)? {
            return Ok(Some(standing));
        }
        let standing = self.change.standing(row.table, key)?;
        if standing.is_none() {
            self.block(row, Obstacle::Gone(row.table.name))?;
        }
        Ok(standing)
    }

    /// Tells of each value that is not what the entry made it.
    fn compare(
        &mut self,
        row: &RowChange,
        standing: &Standing,
        held: &[Held<'_>],
    ) -> Result<bool, Error> {
        let mut same = true;
        for (column, wanted) in held {
            let found = standing.get(*column);
            if found == *wanted {
                continue;
            }
            same = false;
            let attribute = self.naming.attribute(row, *column).into_owned();
            let obstacle = Obstacle::Differs {
                attribute,
                wanted: told(row.table, *column, *wanted),
                found: told(row.table, *column, found),
            };
            self.block(row, obstacle)?;
        }
        Ok(same)
    }

    /// Whether the passwords that the entry set are still those.
    fn passwords_hold(&mut self, row: &RowChange) -> Result<bool, Error> {
        let mut hold = true;
        for cell in row.cells.iter().filter(|c| c.new == Told::Secret) {
            if self.touched.contains(&(row_name(row), cell.column)) {
                hold = false;
                let attribute = self.naming.attribute(row, cell.column).into_owned();
                self.block(row, Obstacle::Password { attribute })?;
            }
        }
        Ok(hold)
    }

    fn block(&mut self, row: &RowChange, obstacle: Obstacle) -> Result<(), Error> {
        let conflict = Conflict {
            subject: self.naming.subject(row)?,
            obstacle,
            by: None,
        };
        self.outcome.conflicts.push(conflict);
        self.blocked.push(row_name(row));
        Ok(())
    }

    /// Finds out which later entries changed the rows of the conflicts.
    fn blame(&mut self, entry: &Entry) -> Result<(), Error> {
        let mut open: HashSet<RowName> = self.blocked.iter().cloned().collect();
        let change = self.change;
        change.journal(entry.id, |other| {
            let mut met = HashSet::new();
            change.journal_rows(&other, |row| {
                met.extend(open.take(&row_name(&row)));
                Ok::<_, Error>(())
            })?;
            let conflicts = self.outcome.conflicts.iter_mut();
            for (conflict, row) in conflicts.zip(&self.blocked) {
                if met.contains(row) {
                    conflict.by = Some(other.id);
                }
            }
            let done = open.is_empty();
            Ok::<_, Error>(if done {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })
    }
}

fn key(row: &RowChange) -> Vec<Held<'_>> {
    row.key.iter().map(|k| (k.0, k.1.text())).collect()
}

/// A value as it may be shown.
fn told(table: &Table, column: usize, value: Option<&str>) -> Told {
    match value {
        None => Told::Nothing,
        Some(_) if table.columns[column].kind == ColumnKind::Secret => Told::Secret,
        Some(text) => Told::Text(text.to_owned()),
    }
}
