//! A word without brackets: `n1-n10`, `n1:n10`, `n10+3`, `10-15`, or a name.

use super::error::Problem;
use super::ranges::Range;

/// Names that differ in one number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spread<'a> {
    pub prefix: &'a str,
    pub range: Range,
    pub suffix: &'a str,
}

/// The range that a word stands for; none if it is just a name.
///
/// xCAT tells names with dashes from ranges by the parts on both sides: they
/// must agree but for one number, so `web-1a` is a name and `web-1a-web-2a` a range.
pub(super) fn spread(word: &str) -> Result<Option<Spread<'_>>, Problem> {
    if let Some((front, more)) = word.split_once('+') {
        return plus(word, front, more).map(Some);
    }
    let Some((left, right)) = sides(word) else {
        return Ok(None);
    };
    if left == right {
        return same(left);
    }
    let (mut at, mut lefts, mut rights) = (0, parts(left), parts(right));
    loop {
        match (lefts.next(), rights.next()) {
            (Some(l), Some(r)) if l == r => at += l.len(),
            (Some(l), Some(r)) if is_number(l) && is_number(r) => {
                let suffix = &left[at + l.len()..];
                if suffix != rights.rest {
                    return Ok(None);
                }
                let range = Range::between(l, r)?;
                return Ok(Some(Spread {
                    prefix: &left[..at],
                    range,
                    suffix,
                }));
            }
            _ => return Ok(None),
        }
    }
}

/// Whether a word is read as the one name it is written as.
pub(super) fn is_name(word: &str) -> bool {
    matches!(spread(word), Ok(None)) && !is_number(word)
}

/// Whether the word is a number, which stands for a node with the usual prefix.
pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// `n1-n1` is n1.
fn same(name: &str) -> Result<Option<Spread<'_>>, Problem> {
    let Some(end) = name.rfind(|c: char| c.is_ascii_digit()) else {
        return Ok(None);
    };
    let (front, suffix) = name.split_at(end + 1);
    let start = front
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + 1);
    // A sign of several bytes may end where the number begins.
    let start = (start..=end)
        .find(|at| front.is_char_boundary(*at))
        .unwrap_or(end);
    let range = Range::single(&front[start..])?;
    Ok(Some(Spread {
        prefix: &front[..start],
        range,
        suffix,
    }))
}

/// Whether a range is of bare numbers.
pub(super) fn is_bare(spread: &Spread<'_>) -> bool {
    spread.prefix.is_empty() && spread.suffix.is_empty()
}

/// Whether the range's names come in natural order: always, unless the prefix
/// or suffix carries on the number.
pub(super) fn in_order(spread: &Spread<'_>) -> bool {
    !spread.prefix.ends_with(|c: char| c.is_ascii_digit())
        && !spread.suffix.starts_with(|c: char| c.is_ascii_digit())
}

/// Where a word divides: at its colon, else at the middle one of an odd number of dashes.
fn sides(word: &str) -> Option<(&str, &str)> {
    if word.contains(':') {
        return word
            .split_once(':')
            .filter(|(_, right)| !right.contains(':'));
    }
    let dashes = word.bytes().filter(|b| *b == b'-').count();
    if dashes % 2 == 0 {
        return None;
    }
    let (at, _) = word.match_indices('-').nth(dashes / 2)?;
    Some((&word[..at], &word[at + 1..]))
}

/// `node10+3`, `10+3`, `node10.cluster+3`: the number ends the name, or stands before a domain.
fn plus<'a>(word: &str, front: &'a str, more: &str) -> Result<Spread<'a>, Problem> {
    let bad = || Problem::BadPlus(word.to_owned());
    let mut at = 0;
    let mut found = None;
    for part in parts(front) {
        let rest = &front[at + part.len()..];
        if is_number(part) && (rest.is_empty() || (rest.starts_with('.') && rest.len() > 1)) {
            found = Some((at, part, rest));
            break;
        }
        at += part.len();
    }
    let (at, number, suffix) = found.ok_or_else(bad)?;
    if !is_number(more) {
        return Err(bad());
    }
    let range = Range::counting_on(number, more)?;
    Ok(Spread {
        prefix: &front[..at],
        range,
        suffix,
    })
}

/// A name's texts and numbers in turn, a text first, even if it is empty.
pub(super) fn parts(name: &str) -> Parts<'_> {
    Parts {
        rest: name,
        number: false,
    }
}

pub(super) struct Parts<'a> {
    /// What has not been handed out yet.
    pub rest: &'a str,
    number: bool,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let number = self.number;
        let end = self
            .rest
            .bytes()
            .position(|b| b.is_ascii_digit() != number)
            .unwrap_or(self.rest.len());
        let (part, rest) = self.rest.split_at(end);
        self.number = !number;
        self.rest = rest;
        Some(part)
    }
}
