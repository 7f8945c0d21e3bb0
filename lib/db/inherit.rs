//! What groups give their members: the rows of the tables whose key is a
//! group's name.

use std::collections::HashMap;
use std::rc::Rc;

use super::feed::Feed;
use super::joining::Joining;
use super::nodes::NEXT_RECORD;
use super::rows::text;
use super::{Error, Snapshot};

/// So many different lists of groups are remembered; sites have few.
const REMEMBERED: usize = 4096;

/// A value and the group that gives it.
#[derive(Debug, PartialEq, Eq)]
pub struct Given {
    /// The text as it is stored.
    pub text: String,
    /// The group.
    pub group: Rc<str>,
}

/// The values that one list of groups gives, by place.
#[derive(Debug, Default)]
pub(super) struct Inherited {
    /// The text and the group that it comes from.
    values: Vec<Option<(String, Rc<str>)>>,
    /// The places that have a value.
    present: Vec<usize>,
    /// For places whose values are joined, those of all groups.
    joined: HashMap<usize, Vec<Given>>,
}

impl Inherited {
    /// The places that have a value.
    pub(super) fn present(&self) -> &[usize] {
        &self.present
    }

    /// The value for a place and the group that gives it.
    pub(super) fn get(&self, place: usize) -> Option<(&str, &str)> {
        let (text, group) = self.values.get(place)?.as_ref()?;
        Some((text, group))
    }

    /// The values for a place whose values are joined.
    pub(super) fn all(&self, place: usize) -> &[Given] {
        self.joined.get(&place).map_or(&[], Vec::as_slice)
    }
}

/// One group's own rows: the value for each place.
type GroupValues = Rc<Vec<Option<String>>>;

/// Reads the rows of groups, each group once, each list of groups once.
pub(super) struct Groups<'s> {
    snapshot: &'s Snapshot<'s>,
    /// The feeds that groups can take part in, and their statement.
    feeds: Vec<(&'s Feed, String)>,
    places: usize,
    joining: &'s Joining,
    by_list: HashMap<String, Rc<Inherited>>,
    by_group: HashMap<Rc<str>, Option<GroupValues>>,
}

impl<'s> Groups<'s> {
    /// `places` is the number of places that the feeds serve.
    pub(super) fn new(
        snapshot: &'s Snapshot<'_>,
        feeds: &'s [Feed],
        places: usize,
        joining: &'s Joining,
    ) -> Self {
        // A nodelist row says which groups a node is in: it is never inherited.
        let feeds = feeds
            .iter()
            .filter(|f| f.table.name != "nodelist")
            .map(|f| (f, f.sql("=?")))
            .collect();
        Self {
            snapshot,
            feeds,
            places,
            joining,
            by_list: HashMap::new(),
            by_group: HashMap::new(),
        }
    }

    /// What a comma-separated list of groups gives.
    pub(super) fn of(&mut self, list: &str) -> Result<Rc<Inherited>, Error> {
        if let Some(known) = self.by_list.get(list) {
            return Ok(Rc::clone(known));
        }
        let mut values: Vec<Option<(String, Rc<str>)>> = vec![None; self.places];
        let mut joined: HashMap<usize, Vec<Given>> = HashMap::new();
        for group in list.split(',').filter(|g| !g.is_empty()) {
            let name: Rc<str> = group.into();
            let Some(own) = self.group(&name)? else {
                continue;
            };
            for (place, (slot, value)) in values.iter_mut().zip(own.iter()).enumerate() {
                let Some(value) = value else { continue };
                if self.joining.delimiter(place).is_some() {
                    joined.entry(place).or_default().push(Given {
                        text: value.clone(),
                        group: Rc::clone(&name),
                    });
                }
                match slot {
                    None => *slot = Some((value.clone(), Rc::clone(&name))),
                    Some((text, _)) if text.ends_with(NEXT_RECORD) => {
                        text.truncate(text.len() - NEXT_RECORD.len());
                        text.push_str(value);
                    }
                    Some(_) => {}
                }
            }
        }
        if self.by_list.len() >= REMEMBERED {
            self.by_list.clear();
        }
        let present = (0..values.len())
            .filter(|&place| values[place].is_some())
            .collect();
        let inherited = Rc::new(Inherited {
            values,
            present,
            joined,
        });
        self.by_list.insert(list.to_owned(), Rc::clone(&inherited));
        Ok(inherited)
    }

    /// The values in a group's own rows; `None` if it has no row anywhere.
    fn group(&mut self, name: &Rc<str>) -> Result<Option<GroupValues>, Error> {
        if let Some(known) = self.by_group.get(name) {
            return Ok(known.clone());
        }
        let mut values: Option<Vec<Option<String>>> = None;
        for (feed, sql) in &self.feeds {
            let mut statement = self.snapshot.transaction.prepare_cached(sql)?;
            let mut rows = statement.query([name])?;
            // The first row counts, as with nodes.
            while let Some(row) = rows.next()? {
                if !feed.is_enabled(row)? {
                    continue;
                }
                let values = values.get_or_insert_with(|| vec![None; self.places]);
                for (column, &(place, _)) in feed.places.iter().enumerate() {
                    if place < self.places && values[place].is_none() {
                        values[place] = text(row, column + 1)?.map(str::to_owned);
                    }
                }
                break;
            }
        }
        let values = values.map(Rc::new);
        self.by_group.insert(Rc::clone(name), values.clone());
        Ok(values)
    }
}
