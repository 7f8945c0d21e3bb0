//! Values that do not have the form that their columns take, noted as they
//! are written: every command writes through the recorder.

use super::{BeforeAfter, Cell, Kind, Recorder, RowChange, Told};
use crate::db::{Change, Error};
use crate::schema::{Table, check_of};

/// So many rows are noted: who writes more of them has made one mistake.
const MOST: usize = 10_000;

impl Recorder {
    /// Notes what is doubtful in a row.
    pub(super) fn doubt<'v>(
        &self,
        kind: Kind,
        table: &'static Table,
        key: &[(usize, Option<&str>)],
        cells: impl Iterator<Item = BeforeAfter<'v>>,
    ) {
        let of_key = key.iter().filter(|_| kind == Kind::Added);
        let values = of_key.map(|k| (k.0, k.1));
        let values = values.chain(cells.map(|c| (c.0, c.2)));
        let doubtful = |&(column, value): &(usize, Option<&str>)| {
            let value = value.unwrap_or_default();
            let setting = || key.first().and_then(|k| k.1);
            check_of(table, &table.columns[column], setting).is_some_and(|c| !c.accepts(value))
        };
        let cells: Vec<Cell> = values
            .filter(doubtful)
            .map(|(column, value)| Cell {
                column,
                old: Told::Nothing,
                new: told(value),
            })
            .collect();
        let mut doubts = self.doubts.borrow_mut();
        if cells.is_empty() || doubts.len() > MOST {
            return;
        }
        doubts.push(RowChange {
            table,
            kind,
            key: key.iter().map(|k| (k.0, told(k.1))).collect(),
            cells,
        });
    }
}

fn told(value: Option<&str>) -> Told {
    value.map_or(Told::Nothing, |v| Told::Text(v.to_owned()))
}

impl Change<'_> {
    /// The rows of this change with values that do not have the form that
    /// their columns take, and only those values; and whether there are more
    /// than the some thousand that are told. A value that the change itself
    /// replaced since is not among them.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn doubts(&self) -> Result<(Vec<RowChange>, bool), Error> {
        let mut doubts = self.recorder().doubts.borrow().clone();
        let more = doubts.len() > MOST;
        doubts.truncate(MOST);
        for row in &mut doubts {
            let key: Vec<(usize, &str)> = row
                .key
                .iter()
                .filter_map(|k| Some((k.0, k.1.text()?)))
                .collect();
            let table = row.table;
            let mut stands = Vec::with_capacity(row.cells.len());
            for cell in &row.cells {
                let now = self.value(table, cell.column, &key)?;
                stands.push(now.as_deref() == cell.new.text());
            }
            let mut stands = stands.into_iter();
            row.cells.retain(|_| stands.next().unwrap_or_default());
        }
        doubts.retain(|row| !row.cells.is_empty());
        Ok((doubts, more))
    }
}
