//! Who is in a group: the lists in `nodelist.groups`.

use std::collections::BTreeMap;

use crate::db::{self, Change, Rows};
use crate::schema::{Table, table};

/// The nodes' lists of groups, by node; those of `nodes` only, if given.
pub(super) fn lists(
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

/// The nodes in whose list a group stands.
pub(super) fn of(change: &Change<'_>, group: &str) -> Result<Vec<String>, db::Error> {
    let mut members = lists(change, None)?;
    members.retain(|_, list| has(list, group));
    Ok(members.into_keys().collect())
}

/// Puts nodes into a group; gives those that were in it already.
pub(super) fn add(
    change: &Change<'_>,
    group: &str,
    nodes: &[String],
) -> Result<Vec<String>, db::Error> {
    let mut already = Vec::new();
    for (node, list) in lists(change, Some(nodes))? {
        match (has(&list, group), list.is_empty()) {
            (true, _) => already.push(node),
            (false, true) => set(change, &node, group)?,
            (false, false) => set(change, &node, &format!("{list},{group}"))?,
        }
    }
    Ok(already)
}

/// Takes nodes out of groups; gives those that were in none of them.
pub(super) fn remove(
    change: &Change<'_>,
    groups: &[String],
    nodes: Option<&[String]>,
) -> Result<Vec<String>, db::Error> {
    let mut strangers = Vec::new();
    for (node, list) in lists(change, nodes)? {
        let all: Vec<&str> = list.split(',').collect();
        let rest: Vec<&str> = all
            .iter()
            .copied()
            .filter(|g| !groups.iter().any(|r| r == g))
            .collect();
        match rest.len() == all.len() {
            true => strangers.push(node),
            false => set(change, &node, &rest.join(","))?,
        }
    }
    Ok(strangers)
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
