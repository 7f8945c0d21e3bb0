//! Names to a short noderange that expands to exactly them.
//!
//! Names that differ only in their numbers are points in as many dimensions.
//! Dimension by dimension, from the last to the first, points that agree in
//! the others are joined to one set of ranges; sets that are equal join again.
//! Each step is a sort, so a full grid costs no more than scattered points.

use std::collections::HashMap;
use std::fmt::Write;

use super::natural;
use super::word;

/// Longer runs of digits are taken for text: they would not fit beside their width.
const MOST_DIGITS: usize = 16;
/// Above the value stands the number of digits.
const WIDTH_AT: u32 = 58;
const VALUE: u64 = (1 << WIDTH_AT) - 1;

/// Writes names as a noderange: `n1,n2,n3,f1n1,f1n2` is `f1n[1-2],n[1-3]`.
///
/// [`expand_names`](super::expand_names) gives the same set back, padding and
/// all, for names of letters, digits, `.`, `_` and `-` that begin with none of
/// the last. A name that would be read as a range is written with a bracket:
/// `n1-n[3]`, `[10]`.
pub fn fold<S: AsRef<str>>(names: &[S]) -> String {
    let mut pieces: Vec<(String, String)> = shapes(names).into_iter().map(Shape::written).collect();
    pieces.sort_unstable_by(|(a, _), (b, _)| natural::compare(a, b));
    let mut text = String::new();
    for (_, piece) in &pieces {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(piece);
    }
    text
}

/// Names with the same texts between their numbers.
struct Shape<'a> {
    /// One more than there are numbers.
    texts: Vec<&'a str>,
    /// The numbers, row by row, with their count of digits above.
    cells: Vec<u64>,
    /// For each column the widths that occur with padding, as bits.
    padded: Vec<u32>,
}

fn shapes<S: AsRef<str>>(names: &[S]) -> Vec<Shape<'_>> {
    let mut shapes: Vec<Shape<'_>> = Vec::new();
    let mut found: HashMap<String, usize> = HashMap::new();
    let (mut key, mut last_key, mut last) = (String::new(), String::new(), 0);
    let mut spans = Vec::new();
    for name in names.iter().map(AsRef::as_ref) {
        key.clear();
        texts_and_numbers(name, &mut spans, &mut key);
        if key != last_key || shapes.is_empty() {
            last = found.get(&key).copied().unwrap_or_else(|| {
                shapes.push(Shape::like(name, &spans));
                found.insert(key.clone(), shapes.len() - 1);
                shapes.len() - 1
            });
            last_key.clone_from(&key);
        }
        shapes[last].add(name, &spans);
    }
    shapes
}

/// Where the numbers stand, and the name with each number replaced by one sign.
fn texts_and_numbers(name: &str, spans: &mut Vec<(usize, usize)>, key: &mut String) {
    spans.clear();
    let (bytes, mut text, mut at) = (name.as_bytes(), 0, 0);
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = at
            + bytes[at..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
        if end - at <= MOST_DIGITS {
            spans.push((at, end));
            key.push_str(&name[text..at]);
            key.push('\0');
            text = end;
        }
        at = end;
    }
    key.push_str(&name[text..]);
}

/// Ranges of cells, both ends included.
type Set = Vec<(u64, u64)>;

impl<'a> Shape<'a> {
    fn like(name: &'a str, spans: &[(usize, usize)]) -> Self {
        let ends = spans.iter().map(|(_, end)| *end);
        let starts = spans.iter().map(|(start, _)| *start).chain([name.len()]);
        let texts = std::iter::once(0)
            .chain(ends)
            .zip(starts)
            .map(|(from, to)| &name[from..to])
            .collect();
        Self {
            texts,
            cells: Vec::new(),
            padded: vec![0; spans.len()],
        }
    }

    fn add(&mut self, name: &str, spans: &[(usize, usize)]) {
        for (&(start, end), padded) in spans.iter().zip(&mut self.padded) {
            let digits = &name.as_bytes()[start..end];
            let value = digits
                .iter()
                .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
            if digits.len() > 1 && digits[0] == b'0' {
                *padded |= 1 << digits.len();
            }
            self.cells.push((digits.len() as u64) << WIDTH_AT | value);
        }
    }

    /// The first name, to sort by, and the noderange.
    fn written(mut self) -> (String, String) {
        let columns = self.padded.len();
        if columns == 0 {
            let name = self.texts.concat();
            return (name.clone(), name);
        }
        self.settle_widths();
        let mut sets: Vec<Vec<Set>> = vec![Vec::new(); columns];
        let mut cells = std::mem::take(&mut self.cells);
        for column in (0..columns).rev() {
            cells = join(cells, columns, column, &mut sets[column]);
        }
        let mut rows: Vec<Vec<&Set>> = cells
            .chunks_exact(columns)
            .map(|row| {
                row.iter()
                    .zip(&sets)
                    .map(|(id, sets)| &sets[*id as usize])
                    .collect()
            })
            .collect();
        rows.sort_unstable();
        let first = rows.first().map(|row| self.name(row)).unwrap_or_default();
        let text = rows
            .iter()
            .map(|row| self.piece(row))
            .collect::<Vec<_>>()
            .join(",");
        (first, text)
    }

    /// Gives each number the width it is padded to: that of a padded number
    /// in its column, if it has as many digits, so that 10 follows 09.
    fn settle_widths(&mut self) {
        let columns = self.padded.len();
        for row in self.cells.chunks_exact_mut(columns) {
            for (cell, padded) in row.iter_mut().zip(&self.padded) {
                let digits = *cell >> WIDTH_AT;
                let fitting = padded & ((2u64 << digits) - 1) as u32;
                let width = if fitting == 0 {
                    0
                } else {
                    u64::from(fitting.ilog2())
                };
                *cell = width << WIDTH_AT | (*cell & VALUE);
            }
        }
    }

    fn name(&self, row: &[&Set]) -> String {
        let mut text = self.texts[0].to_owned();
        for (set, after) in row.iter().zip(&self.texts[1..]) {
            put(&mut text, set[0].0);
            text.push_str(after);
        }
        text
    }

    fn piece(&self, row: &[&Set]) -> String {
        let single = |set: &Set| set.len() == 1 && set[0].0 == set[0].1;
        let mut bracket = row.len();
        if row.iter().all(|set| single(set)) {
            let name = self.name(row);
            if word::is_name(&name) {
                return name;
            }
            bracket -= 1;
        }
        let mut text = self.texts[0].to_owned();
        for (column, (set, after)) in row.iter().zip(&self.texts[1..]).enumerate() {
            if single(set) && column != bracket {
                put(&mut text, set[0].0);
            } else {
                text.push('[');
                put_set(&mut text, set);
                text.push(']');
            }
            text.push_str(after);
        }
        text
    }
}

fn put(text: &mut String, cell: u64) {
    let width = (cell >> WIDTH_AT) as usize;
    // Writing to a String cannot fail.
    let _ = write!(text, "{:0width$}", cell & VALUE);
}

fn put_set(text: &mut String, set: &Set) {
    for (at, (first, last)) in set.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        put(text, *first);
        if last > first {
            text.push('-');
            put(text, *last);
        }
    }
}

/// Joins rows that agree in all columns but one to a row whose cell there is
/// the number of a set.
fn join(cells: Vec<u64>, columns: usize, column: usize, sets: &mut Vec<Set>) -> Vec<u64> {
    let cells = sorted(cells, columns, column);
    let mut known: HashMap<Set, u64> = HashMap::new();
    let mut joined = Vec::new();
    let same =
        |a: &[u64], b: &[u64]| a[..column] == b[..column] && a[column + 1..] == b[column + 1..];
    let rows: Vec<&[u64]> = cells.chunks_exact(columns).collect();
    for group in rows.chunk_by(|a, b| same(a, b)) {
        let set = runs(group.iter().map(|row| row[column]));
        let id = *known.entry(set).or_insert_with_key(|set| {
            sets.push(set.clone());
            sets.len() as u64 - 1
        });
        let at = joined.len() + column;
        joined.extend_from_slice(group[0]);
        joined[at] = id;
    }
    joined
}

/// The rows ordered by all other columns and then by this one.
fn sorted(mut cells: Vec<u64>, columns: usize, column: usize) -> Vec<u64> {
    if columns == 1 {
        cells.sort_unstable();
        return cells;
    }
    let order = |a: &&[u64], b: &&[u64]| {
        let others = a[..column]
            .cmp(&b[..column])
            .then_with(|| a[column + 1..].cmp(&b[column + 1..]));
        others.then_with(|| a[column].cmp(&b[column]))
    };
    let mut rows: Vec<&[u64]> = cells.chunks_exact(columns).collect();
    if rows.is_sorted_by(|a, b| order(a, b).is_le()) {
        return cells;
    }
    rows.sort_unstable_by(order);
    rows.concat()
}

/// Ascending cells, some perhaps twice, as ranges.
fn runs(cells: impl Iterator<Item = u64>) -> Set {
    let mut set: Set = Vec::new();
    for cell in cells {
        match set.last_mut() {
            Some((_, last)) if cell == *last => {}
            Some((_, last)) if cell == *last + 1 => *last = cell,
            _ => set.push((cell, cell)),
        }
    }
    set
}
