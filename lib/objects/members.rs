//! Who is in a group: the lists in `nodelist.groups`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::db::{self, Change, Rows};
use crate::schema::{Table, table};

/// The nodes' lists of groups, by node; those of `nodes` only, if given.
fn lists(
    change: &Change<'_>,
    nodes: Option<&[String]>,
) -> Result<BTreeMap<String, String>, db::Error> {
    let mut lists = BTreeMap::new();
    let Some((nodelist, columns)) = columns() else {
        return Ok(lists);
    };
    let which = nodes.map_or(Rows::All, |nodes| Rows::Among(columns[0], nodes));
    change.rows(nodelist, &columns, which, |row| {
        if let Some(node) = row.get(0) {
            lists.insert(node.to_owned(), row.get(1).unwrap_or_default().to_owned());
        }
        Ok::<_, db::Error>(())
    })?;
    Ok(lists)
}

/// The members of the groups that a command makes or changes. `nodelist` is
/// read once for all of them; what is written is followed.
pub(super) struct Members<'c, 'db> {
    change: &'c Change<'db>,
    known: RefCell<Option<Known>>,
}

/// All of `nodelist`.
#[derive(Default)]
struct Known {
    lists: BTreeMap<String, String>,
    of: HashMap<String, BTreeSet<String>>,
}

impl Known {
    fn set(&mut self, node: &str, list: &str) {
        let old = self.lists.insert(node.to_owned(), list.to_owned());
        for group in old.iter().flat_map(|old| old.split(',')) {
            if let Some(members) = self.of.get_mut(group) {
                members.remove(node);
            }
        }
        for group in list.split(',') {
            match self.of.get_mut(group) {
                Some(members) => drop(members.insert(node.to_owned())),
                None => drop(self.of.insert(group.to_owned(), [node.to_owned()].into())),
            }
        }
    }
}

impl<'c, 'db> Members<'c, 'db> {
    /// The members of so many groups; those of a single one are looked up as
    /// they are needed.
    pub(super) fn new(change: &'c Change<'db>, groups: usize) -> Result<Self, db::Error> {
        let members = Self {
            change,
            known: RefCell::default(),
        };
        if groups > 1 {
            members.read()?;
        }
        Ok(members)
    }

    fn read(&self) -> Result<(), db::Error> {
        let mut all = Known::default();
        for (node, list) in lists(self.change, None)? {
            all.set(&node, &list);
        }
        self.known.replace(Some(all));
        Ok(())
    }

    /// The lists of groups of these nodes, as far as they are defined.
    fn lists(&self, nodes: &[String]) -> Result<BTreeMap<String, String>, db::Error> {
        match &*self.known.borrow() {
            None => lists(self.change, Some(nodes)),
            Some(known) => Ok(nodes
                .iter()
                .filter_map(|node| Some((node.clone(), known.lists.get(node)?.clone())))
                .collect()),
        }
    }

    /// Divides names into those of nodes and others.
    pub(super) fn divide(
        &self,
        names: Vec<String>,
    ) -> Result<(Vec<String>, Vec<String>), db::Error> {
        let known = self.lists(&names)?;
        Ok(names.into_iter().partition(|n| known.contains_key(n)))
    }

    /// The names in a list, if all are those of nodes and every node was read.
    pub(super) fn plain(&self, list: &str) -> Option<Vec<String>> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '-';
        let known = self.known.borrow();
        let lists = &known.as_ref()?.lists;
        let names = list.split(',');
        let nodes: Option<BTreeSet<&str>> = names
            .map(|n| (n.chars().all(is_plain) && lists.contains_key(n)).then_some(n))
            .collect();
        Some(nodes?.into_iter().map(str::to_owned).collect())
    }

    /// The nodes in whose list a group stands.
    pub(super) fn of(&self, group: &str) -> Result<Vec<String>, db::Error> {
        if self.known.borrow().is_none() {
            self.read()?;
        }
        let known = self.known.borrow();
        let members = known.as_ref().and_then(|known| known.of.get(group));
        Ok(members.into_iter().flatten().cloned().collect())
    }

    /// Puts nodes into a group; gives those that were in it already.
    pub(super) fn add(&self, group: &str, nodes: &[String]) -> Result<Vec<String>, db::Error> {
        let mut already = Vec::new();
        for (node, list) in self.lists(nodes)? {
            match (has(&list, group), list.is_empty()) {
                (true, _) => already.push(node),
                (false, true) => self.set(&node, group)?,
                (false, false) => self.set(&node, &format!("{list},{group}"))?,
            }
        }
        Ok(already)
    }

    /// Takes nodes out of a group; gives those that were not in it.
    pub(super) fn remove(&self, group: &str, nodes: &[String]) -> Result<Vec<String>, db::Error> {
        let mut strangers = Vec::new();
        for (node, list) in self.lists(nodes)? {
            match without(&list, &[group.to_owned()]) {
                Some(rest) => self.set(&node, &rest)?,
                None => strangers.push(node),
            }
        }
        Ok(strangers)
    }

    fn set(&self, node: &str, list: &str) -> Result<(), db::Error> {
        if let Some(known) = &mut *self.known.borrow_mut() {
            known.set(node, list);
        }
        set(self.change, node, list)
    }
}

/// The list without these groups; `None` if none of them is in it.
fn without(list: &str, groups: &[String]) -> Option<String> {
    let all: Vec<&str> = list.split(',').collect();
    let stays = |g: &&str| !groups.iter().any(|r| r == g);
    let rest: Vec<&str> = all.iter().copied().filter(stays).collect();
    (rest.len() < all.len()).then(|| rest.join(","))
}

/// Takes all nodes out of groups.
pub(super) fn remove(change: &Change<'_>, groups: &[String]) -> Result<(), db::Error> {
    for (node, list) in lists(change, None)? {
        if let Some(rest) = without(&list, groups) {
            set(change, &node, &rest)?;
        }
    }
    Ok(())
}

/// Gives a group another name in every list.
pub(super) fn rename(change: &Change<'_>, old: &str, new: &str) -> Result<(), db::Error> {
    for (node, list) in lists(change, None)? {
        if has(&list, old) {
            let renamed = list.split(',').map(|g| if g == old { new } else { g });
            let renamed: Vec<&str> = renamed.collect();
            set(change, &node, &renamed.join(","))?;
        }
    }
    Ok(())
}

fn has(list: &str, group: &str) -> bool {
    list.split(',').any(|g| g == group)
}

fn set(change: &Change<'_>, node: &str, list: &str) -> Result<(), db::Error> {
    let Some((nodelist, columns)) = columns() else {
        return Ok(());
    };
    change.set(nodelist, &[(columns[0], node)], &[(columns[1], Some(list))])
}

fn columns() -> Option<(&'static Table, [usize; 2])> {
    let nodelist = table("nodelist")?;
    Some((
        nodelist,
        [nodelist.position("node")?, nodelist.position("groups")?],
    ))
}
