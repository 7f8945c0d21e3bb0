//! Natural order: digits compare as numbers, everything else as bytes.
//!
//! `n2` stands before `n10`. Names that differ only in zeros of padding are
//! ordered by their bytes, so that the order is total: `n01`, `n1`.

use std::cmp::Ordering;

/// Compares two names.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    let shared = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    let start = shared - digits_at_end(&x[..shared]);
    let (mut left, mut right) = (Keys::new(&x[start..]), Keys::new(&y[start..]));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return a.cmp(b),
            (x, y) if x == y => {}
            (x, y) => return x.cmp(&y),
        }
    }
}

/// Sorts names and drops those that come twice.
pub fn sort(names: &mut Vec<String>) {
    if in_order(names) {
        return;
    }
    let skip = common(names);
    let mut keyed: Vec<(u128, String)> = std::mem::take(names)
        .into_iter()
        .map(|name| (key(&name.as_bytes()[skip..]), name))
        .collect();
    keyed.sort_unstable_by(|(a, left), (b, right)| a.cmp(b).then_with(|| compare(left, right)));
    names.extend(keyed.into_iter().map(|(_, name)| name));
    names.dedup();
}

/// Whether each name stands before the next.
fn in_order(names: &[String]) -> bool {
    names.is_sorted_by(|a, b| compare(a, b) == Ordering::Less)
}

/// How many first bytes all names share, not ending within a number.
fn common(names: &[String]) -> usize {
    let Some(first) = names.first().map(String::as_bytes) else {
        return 0;
    };
    let shared = names.iter().fold(first.len(), |len, name| {
        first
            .iter()
            .zip(name.as_bytes())
            .take(len)
            .take_while(|(a, b)| a == b)
            .count()
    });
    shared - digits_at_end(&first[..shared])
}

fn digits_at_end(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit())
        .count()
}

/// The first 16 bytes of the comparison, as a number: sorting by it settles
/// nearly all pairs without looking at the names again.
fn key(name: &[u8]) -> u128 {
    let mut bytes = [0u8; 16];
    for (slot, byte) in bytes.iter_mut().zip(Keys::new(name)) {
        *slot = byte;
    }
    u128::from_be_bytes(bytes)
}

/// A name as bytes whose plain order is the natural one: a number is written
/// as its count of digits, then the digits without padding. The count is a
/// byte among the digits, so that numbers keep their place among other signs.
struct Keys<'a> {
    rest: &'a [u8],
    number: &'a [u8],
    extra: Option<u8>,
}

impl<'a> Keys<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self {
            rest,
            number: &[],
            extra: None,
        }
    }
}

impl Iterator for Keys<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if let Some(extra) = self.extra.take() {
            return Some(extra);
        }
        if let Some((digit, rest)) = self.number.split_first() {
            self.number = rest;
            return Some(*digit);
        }
        let (&first, rest) = self.rest.split_first()?;
        if !first.is_ascii_digit() {
            self.rest = rest;
            return Some(first);
        }
        let end = self
            .rest
            .iter()
            .position(|b| !b.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        let zeros = number
            .iter()
            .take_while(|b| **b == b'0')
            .count()
            .min(end - 1);
        self.number = &number[zeros..];
        self.rest = rest;
        let digits = end - zeros;
        if digits >= 9 {
            self.extra = Some(u8::try_from(digits).unwrap_or(u8::MAX));
        }
        Some(b'0' + u8::try_from(digits.min(9)).unwrap_or(9))
    }
}
