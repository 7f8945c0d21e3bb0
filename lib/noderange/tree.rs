//! The tree of a noderange.

use regex::Regex;

use super::error::{Error, Place, Problem, Span};
use super::ranges::Range;

/// A noderange understood, ready to be resolved any number of times.
#[derive(Debug)]
pub struct Expr {
    pub(super) text: String,
    pub(super) level: Level,
    /// Where it was read, if not on the command line.
    pub(super) origin: Option<String>,
}

/// What stands between two parentheses, or the whole.
#[derive(Debug, Default)]
pub(super) struct Level {
    pub items: Vec<Item>,
}

impl Level {
    /// Whether there is nothing, or nothing but empty parentheses.
    pub fn names_nothing(&self) -> bool {
        self.items.iter().all(|item| match &item.first.kind {
            Kind::Level(level) => level.names_nothing(),
            _ => false,
        })
    }
}

#[derive(Debug)]
pub(super) struct Item {
    pub action: Action,
    pub first: Operand,
    /// Intersected with the first.
    pub others: Vec<Operand>,
    /// The level's first parenthesis stands here: what was excluded so far,
    /// and what it excludes, may come back behind it.
    pub divides: bool,
}

/// What an item does with the nodes of the items before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Add,
    /// Takes its nodes from the level's final set, or from that before its
    /// first parenthesis.
    Exclude,
    /// Keeps only its nodes of those so far.
    Keep,
}

#[derive(Debug)]
pub(super) struct Operand {
    pub span: Span,
    pub kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Word,
    Pattern(Box<Pattern>),
    Regex(Box<Regex>),
    File,
    Test(Box<ColumnTest>),
    Level(Box<Level>),
}

/// A word with brackets.
#[derive(Debug)]
pub(super) struct Pattern {
    pub parts: Vec<Part>,
    /// Elements that xCAT takes for nothing, such as `10-1`.
    pub faults: Vec<(Problem, Span)>,
}

#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    Choice(Vec<Element>),
}

/// One of the elements between brackets.
#[derive(Debug)]
pub(super) enum Element {
    Numbers(Range),
    Text(String),
}

impl Element {
    pub fn count(&self) -> u64 {
        match self {
            Self::Numbers(range) => range.count(),
            Self::Text(_) => 1,
        }
    }
}

impl Pattern {
    /// How many names there are; stops counting at the largest `u64`.
    pub fn count(&self) -> u64 {
        self.parts.iter().fold(1, |product: u64, part| match part {
            Part::Text(_) => product,
            Part::Choice(elements) => product.saturating_mul(
                elements
                    .iter()
                    .fold(0, |sum, e| sum.saturating_add(e.count())),
            ),
        })
    }
}

/// A column compared with a value: `nodehm.mgt==hmc`.
#[derive(Debug, Clone)]
pub struct ColumnTest {
    /// `table.column`, or a short name such as `groups`, as written.
    pub column: String,
    /// How it compares.
    pub comparison: Comparison,
}

/// How a value compares. A missing value compares like an empty one.
#[derive(Debug, Clone)]
pub enum Comparison {
    /// `==` or `=`.
    Equals(String),
    /// `!=`.
    Differs(String),
    /// `=~`: the expression matches somewhere in the value.
    Matches(Regex),
    /// `!~`.
    DoesNotMatch(Regex),
}

impl Comparison {
    /// Whether a node with this value is selected.
    pub fn holds(&self, value: &str) -> bool {
        match self {
            Self::Equals(wanted) => value == wanted,
            Self::Differs(other) => value != other,
            Self::Matches(regex) => regex.is_match(value),
            Self::DoesNotMatch(regex) => !regex.is_match(value),
        }
    }
}

impl Expr {
    pub(super) fn error(&self, problem: Problem, span: Span) -> Error {
        Error {
            problem,
            place: self.place(span),
        }
    }

    pub(super) fn place(&self, span: Span) -> Place {
        let place = Place::new(&self.text, span);
        match &self.origin {
            Some(origin) => place.within(origin),
            None => place,
        }
    }
}
