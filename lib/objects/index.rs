//! The nodes and groups of a database, as noderanges ask for them.
//!
//! Names are looked up one by one as long as nobody asks for a group; then
//! `nodelist` is read once and kept. As in xCAT (`NodeRange.pm`) a group is
//!
//! - dynamic, if its row in `nodegroup` says so: its members are the nodes
//!   that meet its `wherevals`, whatever `nodelist` says;
//! - else the nodes whose `nodelist.groups` has its name;
//! - else without members, if `nodegroup` has a row for it;
//! - else unknown.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::attribute::Attributes;
use super::condition::{self, Condition};
use super::nodelist::{NodeList, columns};
use crate::db::{self, Names, Place, Reading, Rows, Snapshot, is_enabled};
use crate::noderange::{self, ColumnTest, FileError, Index, ResolveError, Resolved};
use crate::schema::{object_type, table};

/// Above this many names `nodelist` is read as a whole in place of looking
/// each name up.
const LOOKUPS: usize = 1000;

/// Names that stand for a column in noderanges and in `nodels`.
const SHORT_NAMES: [(&str, &str); 3] = [
    ("groups", "nodelist.groups"),
    ("tags", "nodelist.groups"),
    ("mgt", "nodehm.mgt"),
];

/// What noderanges need beside the database.
pub struct Surroundings<'a> {
    /// What stands before the digits of `10-15` (`XCAT_NODE_PREFIX`).
    pub prefix: &'a str,
    /// What stands after them (`XCAT_NODE_SUFFIX`).
    pub suffix: &'a str,
    /// Reads the file of `^file` with the caller's rights, up to a bound.
    pub read: &'a dyn Fn(&str) -> Result<String, FileError>,
}

impl Surroundings<'_> {
    /// The same once more, for another index.
    pub fn again(&self) -> Surroundings<'_> {
        Surroundings {
            prefix: self.prefix,
            suffix: self.suffix,
            read: self.read,
        }
    }
}

/// Why the index could not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// A dynamic group's `wherevals` make no sense.
    #[error("the dynamic group '{group}' cannot be evaluated; change its wherevals")]
    Group {
        /// The group.
        group: String,
        /// What is wrong.
        source: condition::Error,
    },
}

/// The nodes and groups of one snapshot.
pub struct NodeIndex<'s> {
    snapshot: &'s Snapshot<'s>,
    surroundings: Surroundings<'s>,
    nodes: OnceCell<NodeList>,
}

/// A row of `nodegroup`.
struct GroupRow {
    dynamic: bool,
    wherevals: String,
}

impl<'s> NodeIndex<'s> {
    /// An index of this snapshot.
    pub fn new(snapshot: &'s Snapshot<'_>, surroundings: Surroundings<'s>) -> Self {
        Self {
            snapshot,
            surroundings,
            nodes: OnceCell::new(),
        }
    }

    /// The nodes of a noderange.
    ///
    /// # Errors
    /// As [`noderange::parse`] and [`noderange::resolve`].
    pub fn nodes(&self, text: &str) -> Result<Resolved, ResolveError<Error>> {
        noderange::resolve(&noderange::parse(text)?, self)
    }

    fn list(&self) -> Result<&NodeList, Error> {
        if let Some(list) = self.nodes.get() {
            return Ok(list);
        }
        let list = NodeList::read(self.snapshot)?;
        Ok(self.nodes.get_or_init(|| list))
    }

    /// The groups' rows that readers see; only those of `name`, if it is given.
    fn group_rows(&self, name: Option<&str>) -> Result<HashMap<String, GroupRow>, Error> {
        let mut found = HashMap::new();
        let Some((nodegroup, columns)) = columns(
            "nodegroup",
            ["groupname", "grouptype", "wherevals", "disable"],
        ) else {
            return Ok(found);
        };
        let condition = name.map(|name| [(columns[0], name)]);
        let rows = condition.as_ref().map_or(Rows::All, |c| Rows::Where(c));
        self.snapshot.rows(nodegroup, &columns, rows, |row| {
            if let (Some(name), true) = (row.get(0), is_enabled(row.get(3))) {
                let row = GroupRow {
                    dynamic: row.get(1) == Some("dynamic"),
                    wherevals: row.get(2).unwrap_or_default().to_owned(),
                };
                found.insert(name.to_owned(), row);
            }
            Ok::<_, Error>(())
        })?;
        Ok(found)
    }

    fn dynamic_members(&self, group: &str, wherevals: &str) -> Result<Vec<String>, Error> {
        let conditions = Condition::parse_wherevals(wherevals).map_err(|source| Error::Group {
            group: group.to_owned(),
            source,
        })?;
        Ok(nodes_where(self.snapshot, Names::All, &conditions)?)
    }
}

impl Index for NodeIndex<'_> {
    type Error = Error;

    fn defined(&self, names: &[String]) -> Result<Vec<bool>, Error> {
        if self.nodes.get().is_some() || names.len() > LOOKUPS {
            let list = self.list()?;
            return Ok(names.iter().map(|n| list.has(n)).collect());
        }
        let places: Vec<Place> = column("nodelist.node").into_iter().collect();
        let mut found = HashSet::new();
        let these = Names::These(names);
        self.snapshot
            .node_values(these, &places, Reading::Raw, |row| {
                if row.get(0).is_some() {
                    found.insert(row.name.to_owned());
                }
                Ok::<_, Error>(())
            })?;
        Ok(names.iter().map(|n| found.contains(n)).collect())
    }

    fn members(&self, group: &str) -> Result<Option<Vec<String>>, Error> {
        let row = self.group_rows(Some(group))?.remove(group);
        if let Some(row) = row.as_ref().filter(|row| row.dynamic) {
            return self.dynamic_members(group, &row.wherevals).map(Some);
        }
        let members = self.list()?.members(group);
        Ok((!members.is_empty() || row.is_some()).then_some(members))
    }

    fn may_be_groups(&self, names: &[String]) -> Result<Vec<bool>, Error> {
        if names.len() < 2 {
            return Ok(vec![true; names.len()]);
        }
        let rows = self.group_rows(None)?;
        let listed: HashSet<&str> = self.list()?.groups().collect();
        Ok(names
            .iter()
            .map(|n| listed.contains(n.as_str()) || rows.contains_key(n))
            .collect())
    }

    fn all(&self) -> Result<Vec<String>, Error> {
        Ok(self.list()?.with(|_| true))
    }

    fn select(&self, test: &ColumnTest) -> Result<Option<Vec<String>>, Error> {
        let Some(place) = column(&test.column) else {
            return Ok(None);
        };
        let mut nodes = Vec::new();
        self.snapshot
            .node_values(Names::All, &[place], Reading::Inherited, |row| {
                let value = row.get(0).map_or("".into(), |v| v.text);
                if test.comparison.holds(&value) {
                    nodes.push(row.name.to_owned());
                }
                Ok::<_, Error>(())
            })?;
        Ok(Some(nodes))
    }

    fn file(&self, path: &str) -> Result<String, FileError> {
        (self.surroundings.read)(path)
    }

    fn affixes(&self) -> (&str, &str) {
        (self.surroundings.prefix, self.surroundings.suffix)
    }

    fn withheld(&self) -> Result<Option<String>, Error> {
        let Some((site, [key, value])) = columns("site", ["key", "value"]) else {
            return Ok(None);
        };
        let excluded = &[(key, "excludenodes")];
        Ok(self.snapshot.value(site, value, excluded)?)
    }
}

/// The nodes whose attributes, with those of their groups, meet all
/// conditions, in byte order.
///
/// # Errors
/// The database cannot be read.
pub fn nodes_where(
    snapshot: &Snapshot<'_>,
    names: Names<'_>,
    conditions: &[Condition],
) -> Result<Vec<String>, db::Error> {
    let mut nodes = Vec::new();
    let Some(node) = object_type("node") else {
        return Ok(nodes);
    };
    let attributes = Attributes::new(node, conditions.iter().map(|c| c.subject.as_str()));
    snapshot.node_values(names, attributes.places(), Reading::Inherited, |row| {
        let read = |place| row.get(place).map(|v| v.text);
        let holds = |condition: &Condition| match condition.subject.as_str() {
            "node" => condition.holds(Some(row.name)),
            "objtype" => condition.holds(Some("node")),
            name => condition.holds(attributes.value(name, &read).as_deref()),
        };
        if conditions.iter().all(holds) {
            nodes.push(row.name.to_owned());
        }
        Ok::<_, db::Error>(())
    })?;
    Ok(nodes)
}

/// The place of `table.column` in the row of a node, or of a short name
/// (`groups`, `tags`, `mgt`); `None` if there is no such column of nodes.
pub fn column(name: &str) -> Option<Place> {
    let full = SHORT_NAMES
        .iter()
        .find(|s| s.0 == name)
        .map_or(name, |s| s.1);
    let (table_name, column) = full.split_once('.')?;
    let table = table(table_name)?;
    Place::of_node(table, table.position(column)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    /// Table, key, and (column, value).
    type Line<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    fn database(rows: &[Line<'_>]) -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let mut db = Db::open(folder.path()).unwrap();
        let change = db.change().unwrap();
        for (table_name, key, values) in rows {
            let table = table(table_name).unwrap();
            let values: Vec<_> = values
                .iter()
                .map(|(c, v)| (table.position(c).unwrap(), Some(*v)))
                .collect();
            change.set(table, &[(0, key)], &values).unwrap();
        }
        change.commit().unwrap();
        (folder, db)
    }

    fn answer(db: &Db, text: &str) -> String {
        let snapshot = db.read().unwrap();
        let read = |path: &str| match path {
            "list" => Ok("# some\nn1\nn3 and a note\n".to_owned()),
            _ => Err(FileError::NotText),
        };
        let surroundings = Surroundings {
            prefix: "n",
            suffix: "",
            read: &read,
        };
        match NodeIndex::new(&snapshot, surroundings).nodes(text) {
            Ok(resolved) => resolved.nodes.join(","),
            Err(error) => format!("error: {error}"),
        }
    }

    fn small() -> (tempfile::TempDir, Db) {
        database(&[
            ("nodelist", "n1", &[("groups", "a,all")]),
            ("nodelist", "n2", &[("groups", "a,b,all")]),
            ("nodelist", "n3", &[("groups", "all")]),
            ("nodelist", "gone", &[("groups", "a,all"), ("disable", "1")]),
            ("nodehm", "a", &[("mgt", "hmc")]),
            ("nodehm", "n3", &[("mgt", "fsp")]),
            ("ppc", "n2", &[("hcp", "hmc1")]),
            ("ppc", "n3", &[("id", "7")]),
            (
                "nodegroup",
                "dyn",
                &[
                    ("grouptype", "dynamic"),
                    ("wherevals", "mgt==hmc::groups=~b"),
                ],
            ),
            (
                "nodegroup",
                "a",
                &[("grouptype", "dynamic"), ("wherevals", "node==n3")],
            ),
            ("nodegroup", "empty", &[("grouptype", "static")]),
            ("nodegroup", "b", &[("grouptype", "static")]),
            (
                "nodegroup",
                "broken",
                &[("grouptype", "dynamic"), ("wherevals", "x")],
            ),
            ("nodegroup", "off", &[("disable", "yes")]),
        ])
    }

    #[test]
    fn groups_are_those_of_xcat() {
        let (_folder, db) = small();
        for (noderange, want) in [
            ("n1", "n1"),
            ("1-3", "n1,n2,n3"),
            ("all", "n1,n2,n3"),
            ("b", "n2"),
            ("dyn", "n2"),
            ("a", "n3"),
            ("empty", ""),
            ("n1,empty", "n1"),
            (
                "gone",
                "error: Invalid nodes and/or groups in noderange: gone",
            ),
            (
                "off",
                "error: Invalid nodes and/or groups in noderange: off",
            ),
            (
                "n1,x,y",
                "error: Invalid nodes and/or groups in noderange: x,y",
            ),
            ("^list", "n1,n3"),
            (
                "broken",
                "error: the dynamic group 'broken' cannot be evaluated; change its wherevals",
            ),
        ] {
            assert_eq!(answer(&db, noderange), want, "{noderange}");
        }
    }

    #[test]
    fn columns_are_compared_with_what_groups_give() {
        let (_folder, db) = small();
        for (noderange, want) in [
            ("nodehm.mgt==hmc", "n1,n2"),
            ("mgt!=hmc", "n3"),
            ("ppc.hcp==", "n1,n3"),
            ("ppc.hcp=~/^hmc/", "n2"),
            ("ppc.hcp!~hmc", "n1,n3"),
            ("groups=~b", "n2"),
            ("nodelist.node==n1", "n1"),
        ] {
            assert_eq!(answer(&db, noderange), want, "{noderange}");
        }
        for column in ["nosuch.x==1", "ppc.nosuch==1", "site.value==1"] {
            assert!(answer(&db, column).starts_with("error: "), "{column}");
        }
    }

    #[test]
    fn some_nodes_are_never_named() {
        let (_folder, mut db) = small();
        let change = db.change().unwrap();
        let site = table("site").unwrap();
        change
            .set(site, &[(0, "excludenodes")], &[(1, Some("n2"))])
            .unwrap();
        change.commit().unwrap();
        assert_eq!(answer(&db, "all"), "n1,n3");
    }
}
