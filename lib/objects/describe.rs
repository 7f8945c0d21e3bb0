//! What an object type's attributes mean: `lsdef -h -t TYPE`.

use std::fmt::Write as _;

use super::kind::{Form, Kind};
use super::list::Wanted;
use crate::schema::SITE_KEYS;

/// Names shorter than this get a second tab, as in xCAT.
const SHORT: usize = 7;

/// The attributes of a type and what they mean, in alphabetical order; only
/// those that are wanted, if any are named.
pub fn describe(kind: &Kind, wanted: Option<&Wanted>) -> String {
    let mut text = match wanted {
        None => format!(
            "The valid attribute names for object type '{}' are:\n",
            kind.name()
        ),
        Some(_) => String::new(),
    };
    if kind.form == Form::Site {
        text.push_str(
            "There is one site definition, 'clustersite'. It takes any attribute; \
             these are the known ones.\n",
        );
    }
    text.push_str("Attribute          Description\n");
    for (name, description) in all(kind) {
        if wanted.is_none_or(|w| w.names().any(|n| n == name)) {
            let tabs = if name.len() < SHORT { "\t\t" } else { "\t" };
            // Writing to a String cannot fail.
            let _ = write!(text, "\n{name}:{tabs}{description}\n");
        }
    }
    text
}

fn all(kind: &Kind) -> Vec<(&'static str, &'static str)> {
    if kind.form == Form::Site {
        return SITE_KEYS.iter().map(|k| (k.name, k.description)).collect();
    }
    let mut all: Vec<_> = kind
        .object
        .attributes
        .iter()
        .map(|a| (a.name, a.description))
        .collect();
    all.sort_by_key(|a| a.0);
    all.dedup_by_key(|a| a.0);
    all
}
