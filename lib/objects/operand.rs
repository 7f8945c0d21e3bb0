//! The names that a command line gives: noderanges that may name what is not
//! defined, and names to be made.

use super::error::Error;
use super::index::{self, NodeIndex, Surroundings};
use crate::db::Snapshot;
use crate::noderange::{self, ColumnTest, FileError, Index};

/// The names of a noderange, defined or not.
#[derive(Debug, Default)]
pub struct Names {
    /// Each once, in natural order.
    pub names: Vec<String>,
    /// Parts that stand for nothing beside others that do.
    pub warnings: Vec<String>,
}

/// The names of a noderange. A name that neither a node nor a group has is
/// kept: it is the caller's to say that there is no such object.
///
/// # Errors
/// The noderange is wrong, or the database cannot be read.
pub fn nodes(index: &NodeIndex<'_>, text: &str) -> Result<Names, Error> {
    let expr = noderange::parse(text)?;
    let resolved = noderange::resolve(&expr, &Lenient(index))?;
    let warnings = resolved.warnings.iter();
    Ok(Names {
        warnings: warnings.map(|w| format!("{w}\n{}", w.place)).collect(),
        names: resolved.nodes,
    })
}

/// The names to be made for `n[1-3],x`: no group is looked into.
///
/// # Errors
/// The text is no list of names.
pub fn new_nodes(text: &str, surroundings: &Surroundings<'_>) -> Result<Vec<String>, Error> {
    let affixes = (surroundings.prefix, surroundings.suffix);
    Ok(noderange::expand_names(text, affixes)?)
}

/// Those of the names that are groups and no nodes.
///
/// # Errors
/// The database cannot be read.
fn groups_among(
    snapshot: &Snapshot<'_>,
    surroundings: &Surroundings<'_>,
    names: &[String],
) -> Result<Vec<String>, Error> {
    let index = NodeIndex::new(snapshot, surroundings.again());
    let defined = index.defined(names)?;
    let strangers: Vec<String> = names
        .iter()
        .zip(defined)
        .filter(|(_, defined)| !defined)
        .map(|(name, _)| name.clone())
        .collect();
    groups(&index, strangers)
}

/// Refuses the name of a group for a node to be made: xCAT would expand it
/// and change the members, or with `mkdef -f` wipe them out.
///
/// # Errors
/// A name is a group's, or the database cannot be read.
pub fn refuse_groups(
    snapshot: &Snapshot<'_>,
    surroundings: &Surroundings<'_>,
    names: &[String],
) -> Result<(), Error> {
    let groups = groups_among(snapshot, surroundings, names)?;
    let Some(group) = groups.first() else {
        return Ok(());
    };
    Err(Error::Refused(format!(
        "'{group}' is a group, no node: name the nodes that are to be made, \
         or change the group with 'chdef -t group -o {group}'"
    )))
}

/// Those of the names that are groups.
fn groups(index: &NodeIndex<'_>, names: Vec<String>) -> Result<Vec<String>, Error> {
    let mut groups = Vec::new();
    let may_be = index.may_be_groups(&names)?;
    for (name, _) in names.into_iter().zip(may_be).filter(|n| n.1) {
        if index.members(&name)?.is_some() {
            groups.push(name);
        }
    }
    Ok(groups)
}

/// Whether a word is a name, and neither a range of names nor a number that
/// stands for a longer one.
fn is_one_name(word: &str, affixes: (&str, &str)) -> bool {
    let number = word.bytes().all(|b| b.is_ascii_digit());
    if !number && !word.contains(['-', ':', '+']) {
        return true;
    }
    noderange::expand_names(word, affixes).is_ok_and(|names| names == [word])
}

/// An index in which every name is defined that is not a group's.
struct Lenient<'i, 's>(&'i NodeIndex<'s>);

impl Index for Lenient<'_, '_> {
    type Error = index::Error;

    fn defined(&self, names: &[String]) -> Result<Vec<bool>, index::Error> {
        let mut defined = self.0.defined(names)?;
        let strangers: Vec<usize> = (0..names.len()).filter(|n| !defined[*n]).collect();
        let unknown: Vec<String> = strangers.iter().map(|n| names[*n].clone()).collect();
        let may_be = self.0.may_be_groups(&unknown)?;
        for ((place, name), may_be) in strangers.into_iter().zip(&unknown).zip(may_be) {
            let group = may_be && self.0.members(name)?.is_some();
            defined[place] = !group && is_one_name(name, self.0.affixes());
        }
        Ok(defined)
    }

    fn members(&self, group: &str) -> Result<Option<Vec<String>>, index::Error> {
        self.0.members(group)
    }

    fn may_be_groups(&self, names: &[String]) -> Result<Vec<bool>, index::Error> {
        self.0.may_be_groups(names)
    }

    fn all(&self) -> Result<Vec<String>, index::Error> {
        self.0.all()
    }

    fn select(&self, test: &ColumnTest) -> Result<Option<Vec<String>>, index::Error> {
        self.0.select(test)
    }

    fn file(&self, path: &str) -> Result<String, FileError> {
        self.0.file(path)
    }

    fn affixes(&self) -> (&str, &str) {
        self.0.affixes()
    }

    fn withheld(&self) -> Result<Option<String>, index::Error> {
        self.0.withheld()
    }
}
