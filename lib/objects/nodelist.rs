//! All of `nodelist` in memory, for noderanges that ask for groups.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::db::{self, Rows, Snapshot, is_enabled};
use crate::schema::{Table, table};

/// All of `nodelist`, with each list of groups once. The names lie in one
/// text: sites have 100,000 of them.
#[derive(Default)]
pub(super) struct NodeList {
    /// The names in byte order, one after the other.
    names: String,
    /// Where each name ends, and the place of its groups in `lists`.
    nodes: Vec<(usize, usize)>,
    lists: Vec<String>,
}

impl NodeList {
    /// Reads it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(super) fn read(snapshot: &Snapshot<'_>) -> Result<Self, db::Error> {
        let mut list = Self::default();
        let Some((nodelist, wanted)) = columns("nodelist", ["node", "groups", "disable"]) else {
            return Ok(list);
        };
        let mut known: HashMap<String, usize> = HashMap::new();
        // Neighbours are mostly in the same groups.
        let mut last = usize::MAX;
        snapshot.rows(nodelist, &wanted, Rows::All, |row| {
            let (Some(name), true) = (row.get(0), is_enabled(row.get(2))) else {
                return Ok::<_, db::Error>(());
            };
            let groups = row.get(1).unwrap_or_default();
            if list.lists.get(last).is_none_or(|l| l != groups) {
                last = known.get(groups).copied().unwrap_or(list.lists.len());
                if last == list.lists.len() {
                    list.lists.push(groups.to_owned());
                    known.insert(groups.to_owned(), last);
                }
            }
            list.names.push_str(name);
            list.nodes.push((list.names.len(), last));
            Ok(())
        })?;
        Ok(list)
    }

    fn name(&self, number: usize) -> &str {
        let start = number
            .checked_sub(1)
            .map_or(0, |before| self.nodes[before].0);
        &self.names[start..self.nodes[number].0]
    }

    /// Whether there is a node of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        let (mut low, mut high) = (0, self.nodes.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.name(middle).cmp(name) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return true,
                Ordering::Greater => high = middle,
            }
        }
        false
    }

    /// The names of nodes with such a list of groups.
    pub(super) fn with(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let wanted: Vec<bool> = self.lists.iter().map(|list| wanted(list)).collect();
        let numbers = (0..self.nodes.len()).filter(|&n| wanted[self.nodes[n].1]);
        numbers.map(|n| self.name(n).to_owned()).collect()
    }

    /// The nodes whose list names the group.
    pub(super) fn members(&self, group: &str) -> Vec<String> {
        self.with(|list| list.split(',').any(|g| g == group))
    }

    /// The groups in all lists, some more than once.
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().flat_map(|list| list.split(','))
    }
}

/// A table and the places of some of its columns.
pub(super) fn columns<const N: usize>(
    name: &str,
    columns: [&str; N],
) -> Option<(&'static Table, [usize; N])> {
    let table = table(name)?;
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(columns) {
        *place = table.position(column)?;
    }
    Some((table, places))
}
