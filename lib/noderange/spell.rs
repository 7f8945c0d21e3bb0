//! Ranges and brackets written out as names, counted beforehand.

use super::MAX_NAMES;
use super::error::{Error, Problem, Span};
use super::names::Names;
use super::tree::{Element, Expr, Part, Pattern};
use super::word::Spread;

/// Counts names before they are made.
#[derive(Default)]
pub(super) struct Budget(u64);

impl Budget {
    pub fn spend(&mut self, names: u64) -> Result<(), Problem> {
        self.0 = self.0.saturating_add(names);
        if self.0 > MAX_NAMES {
            Err(Problem::TooMany(self.0))
        } else {
            Ok(())
        }
    }
}

impl Expr {
    /// The names of a pattern, and whether they come in natural order, each once.
    pub(super) fn names_of(
        &self,
        pattern: &Pattern,
        span: Span,
        budget: &mut Budget,
    ) -> Result<Names, Error> {
        budget
            .spend(pattern.count())
            .map_err(|problem| self.error(problem, span))?;
        if pattern.count() == 0 {
            return Ok(Names::default()); // also if its other brackets are without bounds
        }
        Ok(Names::known(
            combinations(&pattern.parts),
            in_order(&pattern.parts),
        ))
    }

    pub(super) fn names_of_spread(
        &self,
        spread: &Spread<'_>,
        span: Span,
        budget: &mut Budget,
    ) -> Result<Vec<String>, Error> {
        budget
            .spend(spread.range.count())
            .map_err(|problem| self.error(problem, span))?;
        let mut list = Vec::with_capacity(usize::try_from(spread.range.count()).unwrap_or(0));
        spread.range.spell(spread.prefix, spread.suffix, &mut list);
        Ok(list)
    }
}

/// All combinations, the last bracket counting fastest. Texts and brackets
/// take turns in a pattern, a text at both ends.
fn combinations(parts: &[Part]) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut brackets = parts.windows(3).step_by(2).peekable();
    while let Some(
        [
            Part::Text(before),
            Part::Choice(elements),
            Part::Text(after),
        ],
    ) = brackets.next()
    {
        // The text between two brackets is the next one's `before`.
        let after = if brackets.peek().is_none() { after } else { "" };
        let mut longer = Vec::new();
        for name in names {
            let before = name + before;
            for element in elements {
                match element {
                    Element::Text(text) => longer.push([&before, text, after].concat()),
                    Element::Numbers(range) => range.spell(&before, after, &mut longer),
                }
            }
        }
        names = longer;
    }
    names
}

/// Whether the names of a pattern come in natural order, each once: every
/// bracket counts up, and no number touches another digit.
fn in_order(parts: &[Part]) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    parts.windows(3).all(|three| match three {
        [Part::Text(_), Part::Choice(_), Part::Text(after)] => !digit(after.chars().next()),
        [Part::Choice(_), Part::Text(between), Part::Choice(_)] => !between.is_empty(),
        _ => true,
    }) && parts
        .iter()
        .zip(parts.iter().skip(1))
        .all(|pair| match pair {
            (Part::Text(before), Part::Choice(elements)) => {
                !digit(before.chars().last()) && counts_up(elements)
            }
            _ => true,
        })
}

fn counts_up(elements: &[Element]) -> bool {
    let mut next = 0;
    elements.iter().all(|element| match element {
        Element::Text(_) => elements.len() == 1,
        Element::Numbers(range) => {
            let up = range.first >= next;
            next = range.last + 1;
            up
        }
    })
}
