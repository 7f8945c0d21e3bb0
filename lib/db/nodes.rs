//! Values of many nodes from many tables in one pass, with what their groups
//! give them.
//!
//! All tables lie in the order of the node names, so reading is a merge: one
//! statement a table, rows handed on as they come, memory for one node. A row
//! whose key is a group's name gives its values to the members that have none
//! of their own; the node's order of groups decides (xCAT: `Table.pm`,
//! `getNodeAttribs`). Values such as `|node(\d+)|10.0.0.($1+0)|` are expanded
//! for each node.

use std::borrow::Cow;

use rusqlite::CachedStatement;

use super::expand::Expander;
use super::feed::{Cursor, Feed, Gathered};
use super::inherit::{Given, Groups, Inherited};
use super::joining::{self, Joining};
use super::place::{Place, groups_column};
use super::rows::json_list;
use super::{Error, Snapshot};

/// Above this many names a table is read from the first to the last of them
/// in place of looking each name up.
const LOOKUPS: usize = 1000;

/// A value ending in this has the next group's value added (xCAT).
pub(super) const NEXT_RECORD: &str = "+=NEXTRECORD";

/// Which nodes.
#[derive(Debug, Clone, Copy)]
pub enum Names<'a> {
    /// Every row of `nodelist`.
    All,
    /// These, defined or not.
    These(&'a [String]),
}

/// How values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As a node has them: with its groups' values, `|…|` expanded.
    Inherited,
    /// As they stand in the row of this name.
    Raw,
}

/// Whose value it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source<'a> {
    /// The node's own.
    Own,
    /// The first of its groups that has one.
    Group(&'a str),
}

/// A value of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value<'a> {
    /// The text, never empty.
    pub text: Cow<'a, str>,
    /// Where it comes from.
    pub source: Source<'a>,
}

/// One node's values.
#[derive(Debug)]
pub struct NodeRow<'r> {
    /// The node.
    pub name: &'r str,
    reading: Reading,
    own: &'r Gathered,
    inherited: Option<&'r Inherited>,
    joining: &'r Joining,
    expander: &'r Expander,
}

impl<'r> NodeRow<'r> {
    /// The places that have a value, each once, in no order: of hundreds that
    /// were asked for, a node has few.
    pub fn present(&self) -> impl Iterator<Item = usize> + use<'r> {
        let own = self.own;
        let inherited = self.inherited.map_or(&[][..], Inherited::present);
        // The last place is the list of groups, which nobody asked for.
        let asked = own.spans.len() - 1;
        let more = inherited
            .iter()
            .filter(move |&&place| own.get(place).is_none());
        own.present
            .iter()
            .chain(more)
            .copied()
            .filter(move |&place| place < asked)
    }

    /// The values of rows beside the first, in tables where a node may have
    /// several rows: (row, place, value), row by row within a table.
    pub fn further(&self) -> impl Iterator<Item = (usize, usize, Cow<'r, str>)> + use<'r> {
        let (name, reading, expander) = (self.name, self.reading, self.expander);
        self.own
            .further
            .iter()
            .filter_map(move |(row, place, text)| {
                let value = match reading {
                    Reading::Raw => text.into(),
                    Reading::Inherited => expander.expand(name, text)?,
                };
                Some((*row, *place, value))
            })
    }

    /// The value at the `place`th place asked for; `None` if there is none.
    pub fn get(&self, place: usize) -> Option<Value<'r>> {
        let own = self.own.get(place);
        if self.reading == Reading::Raw {
            return Some(Value {
                text: own?.into(),
                source: Source::Own,
            });
        }
        if let Some(delimiter) = self.joining.delimiter(place) {
            return self.joined(place, delimiter);
        }
        let group = || self.inherited.and_then(|i| i.get(place));
        let (value, source) = match own {
            Some(value) => (value, Source::Own),
            None => {
                let (value, name) = group()?;
                (value, Source::Group(name))
            }
        };
        let Some(start) = value.strip_suffix(NEXT_RECORD) else {
            return Some(Value {
                text: self.expander.expand(self.name, value)?,
                source,
            });
        };
        let rest = match source {
            Source::Own => group().map_or("", |g| g.0),
            Source::Group(_) => "",
        };
        let text = format!("{start}{}", rest.trim_end_matches(NEXT_RECORD));
        let text = self.expander.expand(self.name, &text)?.into_owned();
        Some(Value {
            text: text.into(),
            source,
        })
    }
}

impl<'r> NodeRow<'r> {
    /// The values of all groups at a place whose values are joined, in the
    /// node's order of groups; else none.
    pub fn given(&self, place: usize) -> &'r [Given] {
        self.inherited.map_or(&[], |i| i.all(place))
    }

    /// The node's own value and those of all its groups, each computed from
    /// the node's name by itself.
    fn joined(&self, place: usize, delimiter: &str) -> Option<Value<'r>> {
        let own = self.own.get(place);
        let given = self.given(place);
        let source = match own {
            Some(_) => Source::Own,
            None => Source::Group(&given.first()?.group),
        };
        let stored = own.into_iter().chain(given.iter().map(|g| g.text.as_str()));
        let values: Vec<Cow<'_, str>> = stored
            .filter_map(|text| self.expander.expand(self.name, text))
            .collect();
        let text = joining::join(values.iter().map(AsRef::as_ref), delimiter);
        (!text.is_empty()).then(|| Value {
            text: text.into(),
            source,
        })
    }

    /// The stored `|pattern|replacement|` that the value at this place is
    /// computed from; `None` if it stands as it is.
    pub fn computed_from(&self, place: usize) -> Option<&'r str> {
        let group = || self.inherited.and_then(|i| i.get(place));
        let stored = self.own.get(place).or_else(|| group().map(|g| g.0));
        stored.filter(|text| self.reading == Reading::Inherited && text.starts_with('|'))
    }
}

impl Snapshot<'_> {
    /// Hands the values at `places` to `each`, node after node in the byte
    /// order of the names. Names given twice are visited once.
    ///
    /// # Errors
    /// The database cannot be read, or what `each` returns.
    pub fn node_values<E: From<Error>>(
        &self,
        names: Names<'_>,
        places: &[Place],
        reading: Reading,
        mut each: impl FnMut(&NodeRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sorted = sorted(names);
        let mut places = places.to_vec();
        let groups_place = places.len();
        places.push(groups_column());
        let mut feeds = Feed::plan(self, &places);
        // Groups give nothing of what only nodelist has.
        let gives = reading == Reading::Inherited && !feeds.iter().all(Feed::is_nodelist);
        if !gives {
            let asked = |feed: &mut Feed| feed.places.retain(|p| p.0 != groups_place);
            feeds.iter_mut().for_each(asked);
        }
        let joining = match gives {
            true => Joining::read(self, &places)?,
            false => Joining::default(),
        };
        let mut visit = Visit {
            reading,
            own: Gathered {
                spans: vec![None; places.len()],
                ..Gathered::default()
            },
            groups: Groups::new(self, &feeds, groups_place, &joining),
            joining: &joining,
            groups_place,
            expander: Expander::default(),
        };
        if let Some([one]) = sorted.as_deref() {
            self.gather(one, &feeds, &mut visit.own)?;
            return visit.node(one, &mut each);
        }
        let mut statements = self.open(&feeds, sorted.as_deref())?;
        let mut cursors = statements
            .iter_mut()
            .zip(&feeds)
            .map(|(s, feed)| Cursor::new(s.raw_query(), feed))
            .collect::<Result<Vec<_>, Error>>()?;
        let driver = feeds.iter().position(Feed::is_nodelist);
        let mut given = sorted.iter().flat_map(|names| names.iter());
        let mut name = String::new();
        loop {
            name.clear();
            match (&sorted, given.next(), driver) {
                (Some(_), Some(next), _) => name.push_str(next),
                (None, _, Some(driver)) if !cursors[driver].ended => {
                    name.push_str(&cursors[driver].key);
                }
                _ => return Ok(()),
            }
            visit.own.clear();
            for (cursor, feed) in cursors.iter_mut().zip(&feeds) {
                cursor.gather(&name, feed, &mut visit.own)?;
            }
            visit.node(&name, &mut each)?;
        }
    }

    /// Gathers the values of one node. The statements are free again when its
    /// groups need the same ones.
    fn gather(&self, name: &str, feeds: &[Feed], own: &mut Gathered) -> Result<(), Error> {
        for feed in feeds {
            let mut statement = self.transaction.prepare_cached(&feed.sql("=?"))?;
            statement.raw_bind_parameter(1, name)?;
            Cursor::new(statement.raw_query(), feed)?.gather(name, feed, own)?;
        }
        Ok(())
    }

    /// Prepares the statement of each feed, bound to the names.
    fn open(
        &self,
        feeds: &[Feed],
        names: Option<&[String]>,
    ) -> Result<Vec<CachedStatement<'_>>, Error> {
        let list = names
            .filter(|n| n.len() <= LOOKUPS)
            .map(json_list)
            .transpose()?;
        let statement = |feed: &Feed| {
            let test = match (names, &list) {
                (None, _) => "",
                (Some(_), Some(_)) => " IN (SELECT value FROM json_each(?))",
                (Some(_), None) => " BETWEEN ? AND ?",
            };
            let mut statement = self.transaction.prepare_cached(&feed.sql(test))?;
            match (names, &list) {
                (None, _) => {}
                (Some(_), Some(list)) => statement.raw_bind_parameter(1, list)?,
                (Some(names), None) => {
                    statement.raw_bind_parameter(1, names.first())?;
                    statement.raw_bind_parameter(2, names.last())?;
                }
            }
            Ok(statement)
        };
        feeds.iter().map(statement).collect()
    }
}

/// What goes along from node to node.
struct Visit<'s> {
    reading: Reading,
    own: Gathered,
    groups: Groups<'s>,
    joining: &'s Joining,
    /// Where the node's list of groups is gathered.
    groups_place: usize,
    expander: Expander,
}

impl Visit<'_> {
    /// Hands the node whose own values were gathered to `each`.
    fn node<E: From<Error>>(
        &mut self,
        name: &str,
        each: &mut impl FnMut(&NodeRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let list = match self.reading {
            Reading::Inherited => self.own.get(self.groups_place),
            Reading::Raw => None,
        };
        let inherited = list.map(|list| self.groups.of(list)).transpose()?;
        each(&NodeRow {
            name,
            reading: self.reading,
            own: &self.own,
            inherited: inherited.as_deref(),
            joining: self.joining,
            expander: &self.expander,
        })
    }
}

/// The names in byte order, each once; `None` for all nodes.
fn sorted(names: Names<'_>) -> Option<Cow<'_, [String]>> {
    match names {
        Names::All => None,
        Names::These(list) if list.is_sorted_by(|a, b| a < b) => Some(list.into()),
        Names::These(list) => {
            let mut list = list.to_vec();
            list.sort_unstable();
            list.dedup();
            Some(list.into())
        }
    }
}
