//! Nodes taken out of all tables: `noderm`.

use super::{Error, column, tables_with_nodes};
use crate::db::{self, Change, Rows, Snapshot};

/// A frame or CEC that is removed while others are attached to it.
#[derive(Debug, PartialEq, Eq)]
pub struct Left {
    /// `cec` or `frame`.
    pub kind: String,
    /// Nodes whose parent it was, and that stay.
    pub children: Vec<String>,
}

/// Frames and CECs among the nodes whose children stay, as `ppc.parent` says.
///
/// # Errors
/// The database cannot be read.
pub fn left_behind(snapshot: &Snapshot<'_>, nodes: &[String]) -> Result<Vec<Left>, Error> {
    let (ppc, kind) = column("ppc.nodetype")?;
    let (_, parent) = column("ppc.parent")?;
    let mut parents = Vec::new();
    snapshot.rows(ppc, &[0, kind], Rows::Among(0, nodes), |row| {
        if let (Some(name), Some(kind @ ("cec" | "frame"))) = (row.get(0), row.get(1)) {
            parents.push((name.to_owned(), kind.to_owned()));
        }
        Ok::<_, db::Error>(())
    })?;
    let mut left = Vec::new();
    for (name, kind) in parents {
        let mut children = Vec::new();
        let of_it = [(parent, name.as_str())];
        snapshot.rows(ppc, &[0], Rows::Where(&of_it), |row| {
            let child = row.get(0).unwrap_or_default();
            if child != name && !nodes.iter().any(|n| n == child) {
                children.push(child.to_owned());
            }
            Ok::<_, db::Error>(())
        })?;
        if !children.is_empty() {
            left.push(Left { kind, children });
        }
    }
    Ok(left)
}

/// Removes every row of the nodes from every table that has a column `node`.
///
/// # Errors
/// The database cannot be written.
pub fn remove(change: &Change<'_>, nodes: &[String]) -> Result<(), Error> {
    for (table, column) in tables_with_nodes() {
        change.delete_among(table, column, nodes)?;
    }
    Ok(())
}
