//! Whose a changed row is, and what its columns are called: `ppc.hcp` in the
//! row of `n1` is the attribute `hcp` of node `n1`.
//!
//! Where the schema has no attribute for a column, the column is named
//! `table.column`; where it has no type of object for a table, the row is
//! named by its key.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::rc::Rc;

use crate::db::{self, Kind, RowChange, Rows, Snapshot, Told};
use crate::schema::{Attribute, OBJECTS, RowKey, Table, object_type, table};

/// The one object of type `site`.
const SITE: &str = "clustersite";

/// Tables in which a row is an attribute: its key names it, its column `value`
/// is the value.
const SETTINGS: [&str; 2] = ["site", "monsetting"];

/// What a row belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An object, as `lsdef` shows it.
    Object {
        /// Its type.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// A row of a table that no type of object stores anything in.
    Row {
        /// The table.
        table: &'static str,
        /// `column=value,…` of its key.
        key: String,
    },
}

impl Subject {
    /// The type of the object; the table, of a mere row.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Object { kind, .. } => kind,
            Self::Row { table, .. } => table,
        }
    }

    /// The name of the object; the key, of a mere row.
    pub fn name(&self) -> &str {
        match self {
            Self::Object { name, .. } => name,
            Self::Row { key, .. } => key,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.name())
    }
}

/// A value of an object, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueChange {
    /// The attribute; `table.column`, if it is none.
    pub attribute: Cow<'static, str>,
    /// Which of several rows of the object it stands in: `column=value,…`.
    pub row: Option<Rc<str>>,
    /// The table.
    pub table: &'static Table,
    /// The column's place in it.
    pub column: usize,
    /// Before.
    pub old: Told,
    /// After.
    pub new: Told,
}

impl ValueChange {
    /// The attribute, with the row it stands in.
    pub fn name(&self) -> Cow<'_, str> {
        match &self.row {
            Some(row) => format!("{}[{row}]", self.attribute).into(),
            None => Cow::Borrowed(&self.attribute),
        }
    }
}

/// What is to be known of a table once.
#[derive(Debug)]
struct TableNaming {
    /// The type of object that has its attributes here.
    kind: Option<&'static str>,
    /// The column with the object's name.
    name: Option<usize>,
    attributes: Vec<&'static Attribute>,
    /// Whether rows are of nodes and groups alike.
    of_nodes: bool,
}

/// Names rows by their objects.
pub struct Naming<'s> {
    snapshot: &'s Snapshot<'s>,
    tables: HashMap<&'static str, Rc<TableNaming>>,
    groups: OnceCell<HashSet<String>>,
}

impl<'s> Naming<'s> {
    /// Names rows as the database has it now: whether a name is that of a
    /// group is looked up there.
    pub fn new(snapshot: &'s Snapshot<'_>) -> Self {
        Self {
            snapshot,
            tables: HashMap::new(),
            groups: OnceCell::new(),
        }
    }

    /// What a row belongs to.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn subject(&mut self, row: &RowChange) -> Result<Subject, db::Error> {
        let naming = self.table(row.table);
        if row.table.name == "site" {
            return Ok(Subject::Object {
                kind: "site",
                name: SITE.into(),
            });
        }
        let (Some(kind), Some(column)) = (naming.kind, naming.name) else {
            return Ok(by_key(row));
        };
        let Some(name) = self.name(row, column)? else {
            return Ok(by_key(row));
        };
        let group = naming.of_nodes && self.groups()?.contains(&name);
        let kind = if group { "group" } else { kind };
        Ok(Subject::Object { kind, name })
    }

    /// The values that changed in a row.
    pub fn values(&mut self, row: &RowChange) -> Vec<ValueChange> {
        let naming = self.table(row.table);
        let keys = held(row);
        let further = further_keys(&naming, row, &keys);
        let mut fixed = HashSet::new();
        let mut values = Vec::with_capacity(row.cells.len() + further.len());
        for cell in &row.cells {
            let (attribute, of) = attribute(&naming, row.table, cell.column, &keys);
            fixed.extend(of.iter().map(|k| k.0));
            values.push(ValueChange {
                attribute,
                row: None,
                table: row.table,
                column: cell.column,
                old: cell.old.clone(),
                new: cell.new.clone(),
            });
        }
        let others: Vec<_> = further.iter().filter(|k| !fixed.contains(&k.0)).collect();
        let one_of_many = naming.name.is_none_or(|n| is_key(row.table, n));
        if naming.kind.is_some() && one_of_many && !others.is_empty() {
            let place: Vec<String> = others
                .iter()
                .map(|k| format!("{}={}", row.table.columns[k.0].name, k.1))
                .collect();
            let place: Rc<str> = place.join(",").into();
            values
                .iter_mut()
                .for_each(|v| v.row = Some(Rc::clone(&place)));
        }
        if row.kind != Kind::Changed && naming.kind.is_some() {
            values.extend(others.iter().map(|k| key_value(&naming, row, k.0, &keys)));
        }
        values
    }

    /// What a column of a row is called.
    pub fn attribute(&mut self, row: &RowChange, column: usize) -> Cow<'static, str> {
        attribute(&self.table(row.table), row.table, column, &held(row)).0
    }

    fn table(&mut self, table: &'static Table) -> Rc<TableNaming> {
        let known = self.tables.entry(table.name);
        Rc::clone(known.or_insert_with(|| Rc::new(TableNaming::of(table))))
    }

    /// What the row holds in a column; where the row's change does not tell
    /// it, what stands there now.
    fn name(&self, row: &RowChange, column: usize) -> Result<Option<String>, db::Error> {
        if let Some(name) = held(row).iter().find(|k| k.0 == column) {
            return Ok(Some(name.1.to_owned()));
        }
        let of_cell = row.cells.iter().find(|c| c.column == column);
        if let Some(name) = of_cell.and_then(|c| c.new.text().or(c.old.text())) {
            return Ok(Some(name.to_owned()));
        }
        let keys = held(row);
        self.snapshot.value(row.table, column, &keys)
    }

    fn groups(&self) -> Result<&HashSet<String>, db::Error> {
        if let Some(groups) = self.groups.get() {
            return Ok(groups);
        }
        let groups = groups(self.snapshot)?;
        Ok(self.groups.get_or_init(|| groups))
    }
}

impl TableNaming {
    fn of(table: &'static Table) -> Self {
        let node = object_type("node").filter(|_| table.node_column.is_some());
        let types = node.into_iter().chain(&OBJECTS);
        let mut found = None;
        for object in types {
            let own = object.attributes.iter().filter(|a| *a.table == *table);
            let attributes: Vec<_> = own.collect();
            let name = attributes.iter().find_map(|a| name_column(a));
            if name.is_some() || (table.name == "site" && object.name == "site") {
                found = Some((object.name, name, attributes));
                break;
            }
        }
        let own_node = table.node_column.and_then(|c| table.position(c));
        let of_nodes = own_node.is_some() && table.name != "nodelist";
        let (kind, name, attributes) = match (found, table.name) {
            (_, "monsetting") => (Some("monitoring"), table.position("name"), Vec::new()),
            (Some((kind, name, attributes)), _) => (Some(kind), name, attributes),
            (None, _) => (own_node.map(|_| "node"), own_node, Vec::new()),
        };
        Self {
            of_nodes: of_nodes && kind == Some("node"),
            kind,
            name,
            attributes,
        }
    }
}

/// The names of all groups: those with a row of their own, and those that
/// nodes say they are in.
fn groups(snapshot: &Snapshot<'_>) -> Result<HashSet<String>, db::Error> {
    let mut groups = HashSet::new();
    let mut last = String::new();
    for (name, column) in [("nodegroup", "groupname"), ("nodelist", "groups")] {
        let Some((table, column)) = table(name).and_then(|t| Some((t, t.position(column)?))) else {
            continue;
        };
        snapshot.rows(table, &[column], Rows::All, |row| {
            // Neighbours are mostly in the same groups.
            if let Some(list) = row.get(0).filter(|list| *list != last) {
                last = list.to_owned();
                groups.extend(list.split(',').map(str::to_owned));
            }
            Ok::<_, db::Error>(())
        })?;
    }
    Ok(groups)
}

/// The column of an attribute's row that holds the object's name.
fn name_column(attribute: &Attribute) -> Option<usize> {
    let key = attribute.row.iter().find(|k| k.1 == RowKey::ObjectName);
    key.map(|k| k.0)
}

fn is_key(table: &Table, column: usize) -> bool {
    table.keys.contains(&table.columns[column].name)
}

/// The parts of a row's key that have a value.
fn held(row: &RowChange) -> Vec<(usize, &str)> {
    let keys = row.key.iter();
    keys.filter_map(|k| Some((k.0, k.1.text()?))).collect()
}

/// The parts of a row's key that are not the object's name, nor what its
/// attribute is called.
fn further_keys<'r>(
    naming: &TableNaming,
    row: &RowChange,
    keys: &[(usize, &'r str)],
) -> Vec<(usize, &'r str)> {
    if SETTINGS.contains(&row.table.name) {
        return Vec::new();
    }
    let keys = keys.iter().filter(|k| Some(k.0) != naming.name);
    keys.copied().collect()
}

/// What a column is called in the row with these keys, and the keys that its
/// attribute fixes.
fn attribute(
    naming: &TableNaming,
    table: &'static Table,
    column: usize,
    keys: &[(usize, &str)],
) -> (Cow<'static, str>, &'static [(usize, RowKey)]) {
    let setting = SETTINGS.contains(&table.name) && table.columns[column].name == "value";
    let key = table.position("key").filter(|_| setting);
    if let Some(key) = keys.iter().find(|k| Some(k.0) == key) {
        return (key.1.to_owned().into(), &[]);
    }
    let fits = |a: &&&'static Attribute| {
        a.column == column
            && a.row.iter().all(|k| match k.1 {
                RowKey::ObjectName => true,
                RowKey::Fixed(value) => keys.contains(&(k.0, value)),
            })
    };
    match naming.attributes.iter().find(fits) {
        Some(found) => (found.name.into(), fixed(found.row)),
        None => {
            let column = table.columns[column].name;
            (format!("{}.{column}", table.name).into(), &[])
        }
    }
}

/// The row of an attribute, if it fixes more than the object's name.
fn fixed(row: &'static [(usize, RowKey)]) -> &'static [(usize, RowKey)] {
    if row.len() > 1 { row } else { &[] }
}

/// A part of an added or removed row's key, as a value.
fn key_value(
    naming: &TableNaming,
    row: &RowChange,
    column: usize,
    keys: &[(usize, &str)],
) -> ValueChange {
    let text = keys.iter().find(|k| k.0 == column);
    let told = text.map_or(Told::Nothing, |k| Told::Text(k.1.to_owned()));
    let (old, new) = match row.kind {
        Kind::Removed => (told, Told::Nothing),
        Kind::Added | Kind::Changed => (Told::Nothing, told),
    };
    ValueChange {
        attribute: attribute(naming, row.table, column, keys).0,
        row: None,
        table: row.table,
        column,
        old,
        new,
    }
}

/// A row by its key.
fn by_key(row: &RowChange) -> Subject {
    let parts: Vec<String> = held(row)
        .iter()
        .map(|k| format!("{}={}", row.table.columns[k.0].name, k.1))
        .collect();
    Subject::Row {
        table: row.table.name,
        key: parts.join(","),
    }
}
