//! A noderange as names only, without an index: what a new definition is called.

use super::error::{Error, Problem, Span};
use super::names::{Names, Sides};
use super::parse;
use super::spell::Budget;
use super::tree::{Expr, Kind, Level, Operand};
use super::word::{self, Spread};

/// The names of a noderange, without looking anything up: what defining
/// `n[1-3]` creates. `affixes` complete bare numbers (`10-15`).
///
/// # Errors
/// Syntax, too many names, ranges that stand for nothing, and forms that
/// select existing nodes (`/regex`, `^file`, comparisons).
pub fn expand_names(text: &str, affixes: (&str, &str)) -> Result<Vec<String>, Error> {
    let expr = parse(text)?;
    let mut budget = Budget::default();
    let sides = Literal {
        expr: &expr,
        affixes,
    }
    .level(&expr.level, &mut budget)?;
    Ok(sides.less().into_sorted())
}

/// Names without an index.
struct Literal<'e> {
    expr: &'e Expr,
    affixes: (&'e str, &'e str),
}

impl Literal<'_> {
    fn level(&self, level: &Level, budget: &mut Budget) -> Result<Sides, Error> {
        let mut sides = Sides::default();
        for item in &level.items {
            let mut names = self.operand(&item.first, budget)?;
            for other in &item.others {
                names.keep(&self.operand(other, budget)?);
            }
            sides.take(item, names);
        }
        Ok(sides)
    }

    fn operand(&self, operand: &Operand, budget: &mut Budget) -> Result<Names, Error> {
        let span = operand.span;
        match &operand.kind {
            Kind::Word => self.word(span, budget),
            Kind::Pattern(pattern) => match pattern.faults.first() {
                Some((problem, span)) => Err(self.expr.error(problem.clone(), *span)),
                None => self.expr.names_of(pattern, span, budget),
            },
            Kind::Level(level) => Ok(self.level(level, budget)?.less()),
            Kind::Regex(_) | Kind::File | Kind::Test(_) => {
                let text = span.of(&self.expr.text).to_owned();
                Err(self.expr.error(Problem::NotAName(text), span))
            }
        }
    }

    fn word(&self, span: Span, budget: &mut Budget) -> Result<Names, Error> {
        let text = span.of(&self.expr.text);
        let (prefix, suffix) = self.affixes;
        match word::spread(text).map_err(|problem| self.expr.error(problem, span))? {
            Some(spread) => {
                let bare = word::is_bare(&spread);
                let spread = if bare {
                    Spread {
                        prefix,
                        suffix,
                        ..spread
                    }
                } else {
                    spread
                };
                let names = self.expr.names_of_spread(&spread, span, budget)?;
                Ok(Names::known(names, word::in_order(&spread)))
            }
            None => {
                budget
                    .spend(1)
                    .map_err(|problem| self.expr.error(problem, span))?;
                let name = if word::is_number(text) {
                    [prefix, text, suffix].concat()
                } else {
                    text.to_owned()
                };
                Ok(Names::known(vec![name], true))
            }
        }
    }
}
