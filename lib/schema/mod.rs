//! The tables and object types, compiled in from `schema/`.
//!
//! A *table* is what `tabdump` shows: rows of text columns. An *object type*
//! is what `lsdef -t` names: its *attributes* each live in one column of one
//! table, in the row that the attribute says. Tables, columns, conditions and
//! descriptions are written nowhere else; see `schema/README.md`.
//!
//! The *site keys* are the rows of the table `site` that have a meaning.

mod value;

pub use value::{Check, check_of};

include!(concat!(env!("OUT_DIR"), "/schema.rs"));

/// A table of the node database.
#[derive(Debug)]
pub struct Table {
    /// Its name, as in `tabdump NAME`.
    pub name: &'static str,
    /// What it holds, one or a few sentences.
    pub description: &'static str,
    /// The columns that make a row unique.
    pub keys: &'static [&'static str],
    /// The columns without which a row may not exist.
    pub required: &'static [&'static str],
    /// The key column that holds a node or group name, where there is one:
    /// rows that name a group give their values to its members.
    pub node_column: Option<&'static str>,
    /// All columns, in the order of `tabdump`.
    pub columns: &'static [Column],
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it stores.
    pub kind: ColumnKind,
    /// The form of its values, as far as there is one; that of `site.value`
    /// depends on the key.
    pub check: Option<Check>,
    /// What it means, which values it takes.
    pub description: &'static str,
}

/// What a column stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, or nothing.
    Text,
    /// A password: it is kept out of the journal and of what is shown on
    /// terminals.
    Secret,
    /// A number that the database counts up itself.
    Serial,
}

/// A type of object, as in `lsdef -t TYPE`.
#[derive(Debug)]
pub struct ObjectType {
    /// Its name.
    pub name: &'static str,
    /// What such an object is.
    pub description: &'static str,
    /// The attribute that holds the object's own name.
    pub key: &'static str,
    /// Its attributes. One name may stand several times, with different
    /// conditions or (for `site`) rows.
    pub attributes: &'static [Attribute],
}

/// An attribute of an object type: a place in a table.
#[derive(Debug)]
pub struct Attribute {
    /// Its name, as in `chdef NAME=value`.
    pub name: &'static str,
    /// The table that stores it.
    pub table: &'static Table,
    /// The column, as an index into the table's columns.
    pub column: usize,
    /// Which row: pairs of a column's index and what it must hold.
    pub row: &'static [(usize, RowKey)],
    /// When this place is the attribute's: another attribute's value.
    pub only_if: Option<Condition>,
    /// A name that early versions of xCAT gave it: still accepted in commands
    /// and stanzas, never shown.
    pub former: Option<&'static str>,
    /// What it means, which values it takes.
    pub description: &'static str,
}

/// What a password is shown as.
pub const HIDDEN: &str = "********";

/// What a row's key column must hold to be an attribute's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKey {
    /// The name of the object.
    ObjectName,
    /// This value.
    Fixed(&'static str),
}

/// `only_if`: an attribute exists at this place if another one's
/// comma-separated value has this word (xCAT: `only_if => 'nodetype=hmc'`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// The attribute that decides.
    pub attribute: &'static str,
    /// The word that it must have.
    pub value: &'static str,
}

/// A well-known key of the `site` table. Other keys may be stored too.
#[derive(Debug)]
pub struct SiteKey {
    /// The key.
    pub name: &'static str,
    /// The value that holds without a row; `None` where there is none.
    pub default: Option<&'static str>,
    /// The form of its values, as far as there is one.
    pub check: Option<Check>,
    /// What it decides, which values it takes.
    pub description: &'static str,
}

/// Finds a table by name.
pub fn table(name: &str) -> Option<&'static Table> {
    let found = TABLES.binary_search_by(|t| t.name.cmp(name)).ok()?;
    Some(&TABLES[found])
}

/// Finds an object type by name.
pub fn object_type(name: &str) -> Option<&'static ObjectType> {
    OBJECTS.iter().find(|o| o.name == name)
}

/// Whether some type of objects has an attribute of this name, or `objtype`,
/// which all have.
pub fn is_attribute(name: &str) -> bool {
    name == "objtype" || OBJECTS.iter().any(|o| o.places(name).next().is_some())
}

/// Finds a well-known key of the `site` table.
pub fn site_key(name: &str) -> Option<&'static SiteKey> {
    let found = SITE_KEYS.binary_search_by(|k| k.name.cmp(name)).ok()?;
    Some(&SITE_KEYS[found])
}

/// There is one table of a name.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Table {}

impl Table {
    /// The place of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }
}

impl Attribute {
    /// The column that stores it.
    pub fn column(&self) -> &'static Column {
        &self.table.columns[self.column]
    }
}

impl ObjectType {
    /// All places that an attribute name may stand for, in the schema's order.
    pub fn places(&self, name: &str) -> impl Iterator<Item = &'static Attribute> {
        self.attributes.iter().filter(move |a| a.name == name)
    }
}

#[cfg(test)]
mod tests;
