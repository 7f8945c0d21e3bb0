//! Where a value of a node stands.

use crate::schema::{Attribute, RowKey, Table, table};

/// Where a value of a node stands: a column, and the key of its row.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The table.
    pub table: &'static Table,
    /// The column.
    pub column: usize,
    /// The row, as in [`Attribute::row`].
    pub row: &'static [(usize, RowKey)],
}

impl From<&Attribute> for Place {
    fn from(attribute: &Attribute) -> Self {
        Self {
            table: attribute.table,
            column: attribute.column,
            row: attribute.row,
        }
    }
}

impl Place {
    /// The column in the row whose key is the node's name; `None` if the
    /// table's rows are not those of nodes.
    pub fn of_node(table: &'static Table, column: usize) -> Option<Self> {
        let key = table.position(table.node_column?)?;
        let row = OF_NODE.get(key)?;
        Some(Self { table, column, row })
    }
}

/// The row of a node, for each place that a node column may have.
static OF_NODE: [[(usize, RowKey); 1]; 4] = [
    [(0, RowKey::ObjectName)],
    [(1, RowKey::ObjectName)],
    [(2, RowKey::ObjectName)],
    [(3, RowKey::ObjectName)],
];

/// `nodelist.groups`.
pub(super) fn groups_column() -> Place {
    #[expect(
        clippy::expect_used,
        reason = "a test of the schema holds that it is there"
    )]
    let nodelist = table("nodelist").expect("the schema has nodelist");
    #[expect(
        clippy::expect_used,
        reason = "a test of the schema holds that it is there"
    )]
    let column = nodelist.position("groups").expect("nodelist has groups");
    Place {
        table: nodelist,
        column,
        row: &[(0, RowKey::ObjectName)],
    }
}
