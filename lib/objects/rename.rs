//! Giving an object another name: `chdef -n`.

use super::error::Error;
use super::every::all_names;
use super::kind::{Form, Kind};
use super::names;
use super::outcome::Outcome;
use super::read::Reader;
use super::{members, remove};
use crate::db::{self, Change};

/// The attributes in which nodes name other nodes.
const MENTIONS: [&str; 9] = [
    "conserver",
    "hcp",
    "monserver",
    "nfsserver",
    "parent",
    "servicenode",
    "sfp",
    "tftpserver",
    "xcatmaster",
];

/// Gives an object another name in every row that is its own, and a group also
/// in the lists of its members. What other objects say of it (`hcp`, `parent`)
/// is left as it is, with a warning.
///
/// # Errors
/// There is no such object, one of the new name, a name that cannot be, or the
/// database cannot be written: then nothing was changed.
pub fn rename(change: &Change<'_>, kind: &Kind, old: &str, new: &str) -> Result<Outcome, Error> {
    if names::check(kind, new).is_err() {
        return Err(Error::Refused(format!(
            "The new object name '{}' is not valid. Please refer to \"man xcatdb\" for the valid \
             \"xCAT Object Name Format\"",
            names::shown(new)
        )));
    }
    if matches!(kind.form, Form::Site | Form::Log) {
        return Err(Error::Refused(format!(
            "Objects of type '{}' cannot be renamed.",
            kind.name()
        )));
    }
    let known = all_names(change, kind)?;
    let has = |name: &str| known.binary_search_by(|k| k.as_str().cmp(name)).is_ok();
    if !has(old) {
        return Err(Error::Refused(format!("The {old} is not a valid object.")));
    }
    if has(new) {
        return Err(Error::Refused(format!("Object {new} already exists.")));
    }
    for (table, column) in remove::tables(kind) {
        // What an earlier object of the new name left behind is in the way.
        change.delete(table, &[(column, new)])?;
        change.update(table, &[(column, old)], &[(column, Some(new))])?;
    }
    if kind.form == Form::Group {
        members::rename(change, old, new)?;
    }
    let mut outcome = Outcome::default();
    outcome.info(format!("Changed the object name from {old} to {new}."));
    if kind.form == Form::Node {
        warn_of_mentions(change, kind, old, &mut outcome)?;
    }
    outcome.changed.push(new.to_owned());
    Ok(outcome)
}

/// Nodes that still name the old one are not changed: somebody has to know.
fn warn_of_mentions(
    change: &Change<'_>,
    kind: &Kind,
    old: &str,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let slots = MENTIONS.iter().filter_map(|name| kind.slot(name));
    let mut nodes = Vec::new();
    Reader::new(kind, slots).read(change, None, |found| {
        let wanted = found
            .values
            .iter()
            .filter(|e| MENTIONS.contains(&e.name.as_ref()));
        let mut names = wanted.flat_map(|e| e.text.split(','));
        if names.any(|name| name == old) {
            nodes.push(found.name.to_owned());
        }
        Ok::<_, db::Error>(())
    })?;
    if !nodes.is_empty() {
        outcome.warning(format!(
            "'{old}' is still named by {} ({}) of: {}",
            if nodes.len() == 1 {
                "an attribute"
            } else {
                "attributes"
            },
            MENTIONS.join(", "),
            nodes.join(",")
        ));
    }
    Ok(())
}
