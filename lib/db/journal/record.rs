//! One changed row, and how the journal stores it.
//!
//! A million rows may change in one command, so a record is short: a number
//! that stands for its *shape* (kind, table, columns), then the values. The
//! shapes of an entry are kept beside it as JSON, by names, so that a later
//! layout of the tables can still be told from it.

use serde::{Deserialize, Serialize};

use crate::schema::{ColumnKind, Table, table};

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It was not there before.
    Added,
    /// Values in it are others now.
    Changed,
    /// It is not there any more.
    Removed,
}

/// A value as the journal knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Told {
    /// There was none.
    Nothing,
    /// This text.
    Text(String),
    /// A password, which is not kept.
    Secret,
}

impl Told {
    /// The text, if it is known.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Nothing | Self::Secret => None,
        }
    }
}

/// A column and what it held before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The column's place in the table.
    pub column: usize,
    /// Before the change.
    pub old: Told,
    /// After it.
    pub new: Told,
}

/// One changed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// The table.
    pub table: &'static Table,
    /// What happened.
    pub kind: Kind,
    /// The table's key columns and what they held (before, for a changed row).
    pub key: Vec<(usize, Told)>,
    /// The columns that changed; of an added or removed row those with values.
    /// Of a changed row whose key has an empty part also those that stayed as
    /// they were: the key does not tell it from others.
    pub cells: Vec<Cell>,
}

/// What the records of one form have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Shape {
    kind: Kind,
    table: String,
    key: Vec<String>,
    cells: Vec<String>,
}

impl Shape {
    pub(super) fn of(kind: Kind, table: &Table, key: &[usize], cells: &[usize]) -> Self {
        let names = |places: &[usize]| {
            places
                .iter()
                .map(|&c| table.columns[c].name.to_owned())
                .collect()
        };
        Self {
            kind,
            table: table.name.to_owned(),
            key: names(key),
            cells: names(cells),
        }
    }
}

/// Appends a number, seven bits a byte.
pub(super) fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a value: 0 for nothing, 1 for a secret, else its length plus two
/// and the text.
pub(super) fn put_value(out: &mut Vec<u8>, kind: ColumnKind, value: Option<&str>) {
    match value {
        None | Some("") => out.push(0),
        Some(_) if kind == ColumnKind::Secret => out.push(1),
        Some(text) => {
            put_number(out, text.len() + 2);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

/// Reads the records of one part of an entry.
pub(super) struct Records<'d> {
    data: &'d [u8],
    shapes: &'d [Shape],
}

impl<'d> Records<'d> {
    pub(super) fn new(data: &'d [u8], shapes: &'d [Shape]) -> Self {
        Self { data, shapes }
    }

    fn number(&mut self) -> Option<usize> {
        let (mut number, mut shift) = (0usize, 0u32);
        loop {
            let (&byte, rest) = self.data.split_first()?;
            self.data = rest;
            number |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift += 7;
        }
    }

    fn value(&mut self) -> Option<Told> {
        let length = match self.number()? {
            0 => return Some(Told::Nothing),
            1 => return Some(Told::Secret),
            more => more - 2,
        };
        let (text, rest) = self.data.split_at_checked(length)?;
        self.data = rest;
        Some(Told::Text(std::str::from_utf8(text).ok()?.to_owned()))
    }

    /// The next record; `None` if the data do not hold one.
    fn record(&mut self) -> Option<RowChange> {
        let number = self.number()?;
        let shape = self.shapes.get(number)?;
        let table = table(&shape.table)?;
        let mut key = Vec::with_capacity(shape.key.len());
        for name in &shape.key {
            key.push((table.position(name)?, self.value()?));
        }
        let mut cells = Vec::with_capacity(shape.cells.len());
        for name in &shape.cells {
            let column = table.position(name)?;
            let (old, new) = match shape.kind {
                Kind::Added => (Told::Nothing, self.value()?),
                Kind::Removed => (self.value()?, Told::Nothing),
                Kind::Changed => (self.value()?, self.value()?),
            };
            cells.push(Cell { column, old, new });
        }
        Some(RowChange {
            table,
            kind: shape.kind,
            key,
            cells,
        })
    }
}

impl Iterator for Records<'_> {
    /// `Err` once, if the data are damaged.
    type Item = Result<RowChange, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.data.is_empty() {
            return None;
        }
        let record = self.record().ok_or(Damaged);
        if record.is_err() {
            self.data = &[];
        }
        Some(record)
    }
}

/// A part of the journal that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entry of the journal is damaged")]
pub struct Damaged;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_put_is_read(old in "\\PC{0,300}", new in "\\PC{0,9}", node in "[a-z]{1,9}") {
            let ppc = table("ppc").unwrap();
            let shapes = [Shape::of(Kind::Changed, ppc, &[0], &[2, 3])];
            let mut data = Vec::new();
            put_number(&mut data, 0);
            for value in [node.as_str(), &old, &new, "", "x"] {
                put_value(&mut data, ColumnKind::Text, Some(value));
            }
            let told = |v: &str| match v {
                "" => Told::Nothing,
                text => Told::Text(text.to_owned()),
            };
            let want = RowChange {
                table: ppc,
                kind: Kind::Changed,
                key: vec![(0, told(&node))],
                cells: vec![
                    Cell { column: 2, old: told(&old), new: told(&new) },
                    Cell { column: 3, old: Told::Nothing, new: told("x") },
                ],
            };
            let read: Vec<_> = Records::new(&data, &shapes).collect();
            prop_assert_eq!(read, vec![Ok(want)]);
        }

        #[test]
        fn no_bytes_make_it_panic(data in proptest::collection::vec(any::<u8>(), 0..200)) {
            let shapes = [Shape::of(Kind::Added, table("ppc").unwrap(), &[0], &[2])];
            let _ = Records::new(&data, &shapes).count();
        }
    }

    #[test]
    fn a_password_is_not_kept() {
        let mut data = Vec::new();
        put_value(&mut data, ColumnKind::Secret, Some("abc123"));
        assert_eq!(data, [1]);
    }
}
