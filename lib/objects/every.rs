//! Which objects of a type there are.

use std::collections::BTreeSet;

use super::kind::{Form, Kind};
use super::read::CLUSTERSITE;
use super::settings::{columns, site};
use crate::db::{self, Rows, Snapshot, is_enabled};
use crate::schema::table;

/// The names of all objects of a type, in byte order, each once.
pub(super) fn all_names(snapshot: &Snapshot<'_>, kind: &Kind) -> Result<Vec<String>, db::Error> {
    if kind.form == Form::Site {
        let defined = site(snapshot)?.defined;
        return Ok(defined
            .then(|| CLUSTERSITE.to_owned())
            .into_iter()
            .collect());
    }
    let mut names = BTreeSet::new();
    if let Some(place) = kind.key_place() {
        let mut wanted = vec![place.column];
        wanted.extend(place.table.position("disable"));
        snapshot.rows(place.table, &wanted, Rows::All, |row| {
            let name = row.get(0).filter(|_| is_enabled(row.get(1)));
            names.extend(name.map(str::to_owned));
            Ok::<_, db::Error>(())
        })?;
    }
    if kind.form == Form::Group {
        names.extend(groups_of_nodes(snapshot, |_| true)?);
    }
    Ok(names.into_iter().collect())
}

/// The groups that nodes name as theirs; only nodes that `counts` are asked.
pub(super) fn groups_of_nodes(
    snapshot: &Snapshot<'_>,
    counts: impl Fn(&str) -> bool,
) -> Result<BTreeSet<String>, db::Error> {
    let mut groups: BTreeSet<String> = BTreeSet::new();
    let Some(nodelist) = table("nodelist") else {
        return Ok(groups);
    };
    let mut last = String::new();
    let wanted = columns(nodelist, ["node", "groups", "disable"]);
    snapshot.rows(nodelist, &wanted, Rows::All, |row| {
        let (Some(node), Some(list)) = (row.get(0), row.get(1)) else {
            return Ok(());
        };
        // Nodes that follow one another are mostly in the same groups.
        if list != last && counts(node) && is_enabled(row.get(2)) {
            for group in list.split(',').filter(|g| !g.is_empty()) {
                if !groups.contains(group) {
                    groups.insert(group.to_owned());
                }
            }
            list.clone_into(&mut last);
        }
        Ok::<_, db::Error>(())
    })?;
    Ok(groups)
}
