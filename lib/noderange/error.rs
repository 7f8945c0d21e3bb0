//! What can be wrong with a noderange, and where.

use std::fmt;

/// A mistake in a noderange: what is wrong, and where in the text.
///
/// The one-line text comes from `Display`; [`Error::place`] shows the spot.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct Error {
    /// What is wrong.
    pub problem: Problem,
    /// Where.
    pub place: Place,
}

/// What is wrong with a noderange.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing is named.
    #[error("the noderange is empty")]
    Empty,
    /// Only exclusions: there is nothing they could be taken from.
    #[error("the noderange only excludes; begin with what to exclude from, such as all")]
    OnlyExclusions,
    /// An `@` with nothing before it.
    #[error("nothing stands before the @, so the intersection has no left side")]
    NothingBefore,
    /// An operator with nothing after it.
    #[error("nothing stands after {0:?}")]
    NothingAfter(&'static str),
    /// A name, range or parenthesis was expected.
    #[error("expected a name, a range or a parenthesis, found {0:?}")]
    Unexpected(char),
    /// Two operands without an operator between them.
    #[error("expected a comma or @ before {0:?}")]
    Unseparated(char),
    /// A bracket or parenthesis that is never closed.
    #[error("{0:?} is never closed")]
    Unclosed(char),
    /// A closing bracket or parenthesis that was never opened.
    #[error("{0:?} closes nothing")]
    Unopened(char),
    /// `n[]`, or two commas in a bracket.
    #[error("an empty element in brackets")]
    EmptyElement,
    /// A range between things that are no numbers.
    #[error("{0:?} is no range: it takes numbers, such as [1-10] or [01-10/2]")]
    NotNumbers(String),
    /// A number with more than 18 digits.
    #[error("the number {0} is too large for a range")]
    TooLarge(String),
    /// A step of zero or of no number.
    #[error("{0:?} is no step: it takes a number from 1, such as [1-9/2]")]
    BadStep(String),
    /// A range that runs backwards.
    #[error("the range runs backwards, from {first} to {last}; write {last} first")]
    Backwards {
        /// As written before the dash.
        first: String,
        /// As written after the dash.
        last: String,
    },
    /// A padded beginning with an end of another width.
    #[error("{first} and {last} are padded to different widths; write both with as many digits")]
    Padding {
        /// As written before the dash.
        first: String,
        /// As written after the dash.
        last: String,
    },
    /// `n+x`, or `+` after something that does not end in a number.
    #[error("{0:?} cannot be counted on from: write a name that ends in a number, +, and a number")]
    BadPlus(String),
    /// A regular expression that cannot be compiled.
    #[error("the regular expression {pattern:?} is wrong: {reason}")]
    BadRegex {
        /// The pattern as written.
        pattern: String,
        /// One line.
        reason: String,
    },
    /// `=`, `~` or `!` in something that is no comparison.
    #[error("{0:?} is no comparison: write table.column==value, or with !=, =~ or !~")]
    BadComparison(String),
    /// More names than [`MAX_NAMES`](super::MAX_NAMES).
    #[error("the noderange stands for {0} names; the limit is {limit}", limit = super::MAX_NAMES)]
    TooMany(u64),
    /// Longer than [`MAX_LENGTH`](super::MAX_LENGTH).
    #[error("the noderange is {0} bytes long; the limit is {limit}", limit = super::MAX_LENGTH)]
    TooLong(usize),
    /// Parentheses deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("parentheses are nested deeper than {limit}", limit = super::MAX_DEPTH)]
    TooDeep,
    /// A selection where only new names make sense.
    #[error("{0:?} selects existing nodes; names of new ones are needed here")]
    NotAName(String),
}

impl Problem {
    /// Whether xCAT takes this for an empty set and goes on.
    ///
    /// Such a range is an error where nothing else is named, and a warning
    /// beside other nodes: scripts rely on the answer with the rest.
    pub(super) fn passes(&self) -> bool {
        match self {
            // A padded range that runs backwards counts up to 99… in xCAT and fails there.
            Self::Backwards { first, .. } => !ranges_are_padded(first),
            Self::Padding { first, last } => last.len() < first.len(),
            _ => false,
        }
    }

    pub(super) fn at(self, text: &str, span: Span) -> Error {
        Error {
            problem: self,
            place: Place::new(text, span),
        }
    }
}

fn ranges_are_padded(digits: &str) -> bool {
    digits.len() > 1 && digits.starts_with('0')
}

/// Bytes of a noderange, from `start` up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }
}

/// A spot in a noderange. `Display` gives two lines: the text (or the part
/// around the spot, if it is long) and carets under the spot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    origin: Option<String>,
    text: String,
    from: usize,
    to: usize,
}

/// How much of a long noderange is shown on either side of a spot, in characters.
const AROUND: usize = 30;
/// The longest part that is underlined.
const WIDEST: usize = 60;

impl Place {
    pub(super) fn new(text: &str, span: Span) -> Self {
        let (start, end) = (span.start as usize, span.end as usize);
        // Of a long text no more than is shown: there may be many warnings.
        let before = text.get(..start).unwrap_or_default();
        let nearest: Vec<char> = before.chars().rev().take(AROUND).collect();
        let nearest_bytes: usize = nearest.iter().map(|c| c.len_utf8()).sum();
        let marked: String = text
            .get(start..end)
            .unwrap_or_default()
            .chars()
            .take(WIDEST)
            .collect();
        let after = text.get(start + marked.len()..).unwrap_or_default();
        let skipped = nearest_bytes < before.len();
        let mut shown = String::from(if skipped { "…" } else { "" });
        shown.extend(nearest.iter().rev().map(|c| printable(*c)));
        let from = shown.chars().count();
        shown.extend(marked.chars().map(printable));
        let to = shown.chars().count().max(from + 1);
        shown.extend(after.chars().take(AROUND).map(printable));
        if after.chars().nth(AROUND).is_some() {
            shown.push('…');
        }
        Self {
            origin: None,
            text: shown,
            from,
            to,
        }
    }

    /// Says in which file or setting the noderange stood.
    pub(super) fn within(mut self, origin: &str) -> Self {
        self.origin.get_or_insert_with(|| origin.to_owned());
        self
    }
}

/// Control characters would move the carets and the cursor.
fn printable(c: char) -> char {
    if c.is_control() { '?' } else { c }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            writeln!(f, "  in {origin}:")?;
        }
        writeln!(f, "    {}", self.text)?;
        write!(
            f,
            "    {}{}",
            " ".repeat(self.from),
            "^".repeat(self.to - self.from)
        )
    }
}

/// Why the file of `^file` could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Opening or reading failed.
    #[error("it cannot be read")]
    Read(#[source] std::io::Error),
    /// Larger than the reader allows.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// The bound, in bytes.
        limit: u64,
    },
    /// Not UTF-8.
    #[error("it is no text")]
    NotText,
}

/// Why a noderange could not be turned into nodes. `E` is the index's failure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError<E: std::error::Error + 'static> {
    /// A mistake in the text.
    #[error(transparent)]
    Noderange(#[from] Error),
    /// Neither nodes nor groups; the text is xCAT's, scripts match it.
    #[error("Invalid nodes and/or groups in noderange: {}", listed(names))]
    Unknown {
        /// The names, in the order in which they stand.
        names: Vec<String>,
        /// Where the first of them stands.
        place: Place,
    },
    /// A comparison with a column that no table has.
    #[error("{column:?} is no table.column of the database")]
    Column {
        /// As written.
        column: String,
        /// Where.
        place: Place,
    },
    /// The file of `^file`.
    #[error("cannot use the file {path:?} in the noderange")]
    File {
        /// As written after `^`.
        path: String,
        /// Where.
        place: Place,
        /// Why.
        source: FileError,
    },
    /// The index failed.
    #[error(transparent)]
    Index(E),
}

impl<E: std::error::Error + 'static> ResolveError<E> {
    /// The lines that show where the mistake is, if it is one in the text.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Noderange(error) => Some(&error.place),
            Self::Unknown { place, .. } | Self::Column { place, .. } | Self::File { place, .. } => {
                Some(place)
            }
            Self::Index(_) => None,
        }
    }
}

/// How many unknown names a message lists.
const LISTED: usize = 10_000;

fn listed(names: &[String]) -> String {
    let mut text = names
        .iter()
        .take(LISTED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(",");
    if names.len() > LISTED {
        text.push_str(&format!(" and {} more", names.len() - LISTED));
    }
    text
}
