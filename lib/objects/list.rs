//! Listing objects: which ones, which of their attributes.

use super::condition::Condition;
use super::error::Error;
use super::every::all_names;
use super::index::NodeIndex;
use super::kind::{Form, Kind};
use super::nics;
use super::origin::{Defaults, Origin};
use super::read::{CLUSTERSITE, Entry, Found, Reader};
use crate::db::{self, Snapshot};
use crate::noderange::Index as _;
use crate::schema::table;

/// The row of `postscripts` that stands before every node's own.
pub(super) const XCATDEFAULTS: &str = "xcatdefaults";

/// What is to be listed.
#[derive(Debug, Default)]
pub struct Listing {
    /// The objects; `None` for all of the type.
    pub names: Option<Vec<String>>,
    /// Which attributes; `None` for all that have a value.
    pub wanted: Option<Wanted>,
    /// Whether only the names are asked for.
    pub names_only: bool,
    /// What must hold for an object to be listed.
    pub conditions: Vec<Condition>,
    /// Whether nodes that are marked as hidden are listed too.
    pub hidden: bool,
    /// Whether the scripts that run on every node stand before its own.
    pub defaults: bool,
}

/// The attributes that were asked for by name, each once, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Attributes, and the adapters of which alone they are wanted.
    attributes: Vec<(String, Vec<String>)>,
}

/// How many objects were met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects of the type or names that were asked for, hidden nodes not counted.
    pub met: usize,
    /// Those that were listed.
    pub listed: usize,
    /// Whether the type has no objects, and no names were given.
    pub empty: bool,
}

/// What comes up while listing.
#[derive(Debug)]
pub enum Item<'a> {
    /// An object.
    Object(&'a Found<'a>),
    /// A name that no object of the type has.
    Missing(&'a str),
}

impl Wanted {
    /// Reads the list of `-i`: `groups,nicips.eth0`.
    pub fn parse(list: &str) -> Self {
        let mut attributes: Vec<(String, Vec<String>)> = Vec::new();
        for word in list.split(',').filter(|w| !w.is_empty()) {
            let (name, nic) = match nics::split(word) {
                Some((base, nic)) => (base, Some(nic.to_owned())),
                None => (word, None),
            };
            match attributes.iter_mut().find(|a| a.0 == name) {
                Some(known) => known.1.extend(nic),
                None => attributes.push((name.to_owned(), nic.into_iter().collect())),
            }
        }
        attributes.sort();
        Self { attributes }
    }

    /// The attributes' names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|a| a.0.as_str())
    }

    /// The names that a type does not have.
    pub fn unknown<'w>(&'w self, kind: &'w Kind) -> impl Iterator<Item = &'w str> {
        let known =
            |name: &str| kind.is_open() || kind.slot(name).is_some() || name == kind.object.key;
        self.names().filter(move |name| !known(name))
    }

    /// The attributes that the type has, and the adapters that are wanted.
    pub(super) fn of<'w>(
        &'w self,
        kind: &'w Kind,
    ) -> impl Iterator<Item = (&'w str, &'w [String])> {
        self.attributes
            .iter()
            .map(|a| (a.0.as_str(), a.1.as_slice()))
            .filter(|a| kind.is_open() || kind.slot(a.0).is_some() || a.0 == kind.object.key)
    }
}

/// Hands the objects of a type to `each`, in the byte order of their names.
///
/// # Errors
/// The database cannot be read, a dynamic group cannot be evaluated, or what
/// `each` returns.
pub fn list<E: From<Error>>(
    snapshot: &Snapshot<'_>,
    index: &NodeIndex<'_>,
    kind: &Kind,
    listing: &Listing,
    mut each: impl FnMut(Item<'_>) -> Result<(), E>,
) -> Result<Counts, E> {
    let mut counts = Counts::default();
    let names = names(snapshot, kind, listing)?;
    let known = match (kind.form, &names) {
        // A group may exist by its members alone.
        (Form::Group, Some(_)) => Some(all_names(snapshot, kind).map_err(Error::from)?),
        _ => None,
    };
    let defaults = match kind.form == Form::Node && listing.defaults {
        true => default_scripts(snapshot)?,
        false => Vec::new(),
    };
    let shows_members = kind.form == Form::Group && shows(listing, "members");
    let reader = Reader::new(kind, slots(kind, listing));
    let mut met = false;
    reader
        .read(snapshot, names.as_deref(), |mut object| {
            met = true;
            let by_member = |known: &Vec<String>| {
                known
                    .binary_search_by(|k| k.as_str().cmp(object.name))
                    .is_ok()
            };
            // The site is there even before anything is set.
            let always = kind.form == Form::Site && object.name == CLUSTERSITE;
            if !object.defined && !always && !known.as_ref().is_some_and(by_member) {
                counts.met += 1;
                // As in xCAT: what is not there does not meet the conditions.
                return match listing.conditions.is_empty() {
                    true => each(Item::Missing(object.name)).map_err(Failure::Caller),
                    false => Ok(()),
                };
            }
            if !listing.hidden && object.get("hidden") == Some("1") {
                return Ok(());
            }
            counts.met += 1;
            add_defaults(&mut object, &defaults, listing);
            if !holds(&listing.conditions, kind, &object) {
                return Ok(());
            }
            object.defined = true;
            if shows_members {
                set_members(&mut object, index)?;
            }
            counts.listed += 1;
            each(Item::Object(&object)).map_err(Failure::Caller)
        })
        .map_err(Failure::into_caller)?;
    counts.empty = !met && listing.names.is_none();
    Ok(counts)
}

/// A failure of the library, or of the caller's own.
enum Failure<E> {
    Own(Error),
    Caller(E),
}

impl<E> From<db::Error> for Failure<E> {
    fn from(error: db::Error) -> Self {
        Self::Own(error.into())
    }
}

impl<E> From<Error> for Failure<E> {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

impl<E: From<Error>> Failure<E> {
    fn into_caller(self) -> E {
        match self {
            Self::Own(error) => error.into(),
            Self::Caller(error) => error,
        }
    }
}

/// The names to be read: those that were given, sorted; a site has but one.
fn names(
    snapshot: &Snapshot<'_>,
    kind: &Kind,
    listing: &Listing,
) -> Result<Option<Vec<String>>, Error> {
    match (&listing.names, kind.form) {
        (None, Form::Node) => Ok(None),
        (None, _) => Ok(Some(all_names(snapshot, kind)?)),
        (Some(names), _) => Ok(Some(names.clone())),
    }
}

/// What must be read for a listing.
fn slots(kind: &Kind, listing: &Listing) -> Vec<usize> {
    let subjects = listing.conditions.iter().map(|c| c.subject.as_str());
    let mut slots: Vec<usize> = match (&listing.wanted, listing.names_only) {
        (_, true) => Vec::new(),
        (None, false) => return (0..kind.len()).collect(),
        (Some(wanted), false) => wanted.of(kind).filter_map(|w| kind.slot(w.0)).collect(),
    };
    let needed = ["hidden", "grouptype", "wherevals"];
    slots.extend(subjects.chain(needed).filter_map(|name| kind.slot(name)));
    slots
}

fn shows(listing: &Listing, attribute: &str) -> bool {
    let listed = |w: &Wanted| w.attributes.iter().any(|a| a.0 == attribute);
    !listing.names_only && listing.wanted.as_ref().is_none_or(listed)
}

/// Whether all conditions hold; one may ask for the object's name too.
fn holds(conditions: &[Condition], kind: &Kind, object: &Found<'_>) -> bool {
    conditions.iter().all(|condition| {
        let value = match condition.subject == kind.object.key && kind.form != Form::Site {
            true => Some(object.name),
            false => object.get(&condition.subject),
        };
        condition.holds(value)
    })
}

/// The scripts that run on every node, by attribute.
pub(super) fn default_scripts(
    snapshot: &Snapshot<'_>,
) -> Result<Vec<(&'static str, String)>, Error> {
    let Some(scripts) = table("postscripts") else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for name in ["postbootscripts", "postscripts"] {
        let Some(column) = scripts.position(name) else {
            continue;
        };
        let own = [(0, XCATDEFAULTS)];
        let value = snapshot.value(scripts, column, &own)?;
        found.extend(value.map(|value| (name, value)));
    }
    Ok(found)
}

/// Puts the scripts that run on every node before its own.
pub(super) fn add_defaults(
    object: &mut Found<'_>,
    defaults: &[(&'static str, String)],
    listing: &Listing,
) {
    for (name, first) in defaults.iter().filter(|d| shows(listing, d.0)) {
        match object
            .values
            .binary_search_by(|e| e.name.as_ref().cmp(name))
        {
            Ok(place) => {
                let entry = &mut object.values[place];
                entry.text = format!("{first},{}", entry.text).into();
                entry.origin.defaults = Some(Defaults::Before);
            }
            Err(place) => object.values.insert(
                place,
                Entry {
                    name: (*name).into(),
                    text: first.clone().into(),
                    attribute: None,
                    origin: Origin {
                        defaults: Some(Defaults::Only),
                        ..Origin::default()
                    },
                },
            ),
        }
    }
}

/// Replaces what the table says of a group's members by who they are.
fn set_members(object: &mut Found<'_>, index: &NodeIndex<'_>) -> Result<(), Error> {
    let members = index.members(object.name)?;
    let list = members.unwrap_or_default().join(",");
    let place = object
        .values
        .binary_search_by(|e| e.name.as_ref().cmp("members"));
    let entry = Entry {
        name: "members".into(),
        text: list.into(),
        attribute: None,
        origin: Origin::default(),
    };
    match place {
        Ok(place) => object.values[place] = entry,
        Err(place) => object.values.insert(place, entry),
    }
    Ok(())
}
