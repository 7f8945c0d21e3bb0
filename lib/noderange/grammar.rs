//! The whole noderange to a tree: operators, brackets, parentheses.
//!
//! ```text
//! level    = [item] { "," [item] }
//! item     = ["-" | "@"] chain
//! chain    = operand { "@" ["-"] operand } ["@"]
//! operand  = "(" level ")" | "/" regex | "^" path | test | pattern | word
//! test     = column ("==" | "=" | "!=" | "=~" | "!~") value
//! pattern  = text with one or more "[" elements "]"
//! ```
//!
//! Two rules come from xCAT. Quotes are dropped wherever they stand. The
//! first parenthesis of a level divides it: an `@` right before or after it
//! applies to all that stands before, so `a,b@(c)` is `(a,b)@c`, while
//! `a,b@c` is `a,(b@c)`. Exclusions up to it are done with when it ends, so
//! `all,-(a,b),a` has a, while `all,-a,a` has not.

use std::borrow::Cow;

use nom::bytes::complete::{tag, take_while};
use nom::combinator::opt;
use nom::error::{ErrorKind, ParseError};
use nom::{Offset, Parser};

use super::error::{Error, Problem, Span};
use super::ranges::Range;
use super::tree::{Action, Element, Expr, Item, Kind, Level, Operand, Part, Pattern};
use super::value::{Fault, Parsed, compile, stop, tail, test, value};
use super::{MAX_DEPTH, MAX_LENGTH, MAX_NAMES};

/// Reads a noderange. Names are not looked up.
///
/// # Errors
/// Syntax, an empty noderange, and one too long or nested too deep.
pub fn parse(text: &str) -> Result<Expr, Error> {
    read(text, false, None)
}

/// `only_exclusions`: whether excluding alone is allowed, as on a line of a file.
pub(super) fn read(text: &str, only_exclusions: bool, origin: Option<&str>) -> Result<Expr, Error> {
    let text = without_quotes(text);
    let fail = |problem: Problem, span| {
        let mut error = problem.at(&text, span);
        if let Some(origin) = origin {
            error.place = error.place.within(origin);
        }
        error
    };
    if text.len() > MAX_LENGTH {
        return Err(fail(
            Problem::TooLong(text.len()),
            Span { start: 0, end: 1 },
        ));
    }
    let grammar = Grammar {
        text: &text,
        tail: tail(&text),
    };
    let level = match grammar.level(&text, 0) {
        Ok(("", level)) => level,
        Ok((rest, _)) => return Err(fail(Problem::Unopened(')'), grammar.span(rest, 1))),
        Err(nom::Err::Error(f) | nom::Err::Failure(f)) => {
            return Err(fail(f.problem, grammar.span(f.at, f.len)));
        }
        Err(nom::Err::Incomplete(_)) => return Err(fail(Problem::Empty, grammar.span(&text, 0))),
    };
    if level.names_nothing() {
        return Err(fail(Problem::Empty, grammar.span(&text, text.len())));
    }
    if !only_exclusions
        && level
            .items
            .iter()
            .all(|item| item.action == Action::Exclude)
    {
        return Err(fail(
            Problem::OnlyExclusions,
            grammar.span(&text, text.len()),
        ));
    }
    Ok(Expr {
        level,
        origin: origin.map(str::to_owned),
        text: text.into_owned(),
    })
}

fn without_quotes(text: &str) -> Cow<'_, str> {
    if text.contains(['"', '\'']) {
        Cow::Owned(text.replace(['"', '\''], ""))
    } else {
        Cow::Borrowed(text)
    }
}

fn is<'a>(sign: &'static str) -> impl Parser<&'a str, Output = bool, Error = Fault<'a>> {
    opt(tag(sign)).map(|found| found.is_some())
}

/// Whether an item or chain ends here.
fn at_end(input: &str) -> bool {
    input.is_empty() || input.starts_with([',', ')'])
}

struct Grammar<'a> {
    text: &'a str,
    tail: usize,
}

impl<'a> Grammar<'a> {
    fn span(&self, at: &str, len: usize) -> Span {
        let start = self.text.offset(at);
        // `parse` refuses texts that are too long for 32 bits.
        let [start, end] =
            [start, start + len.min(at.len())].map(|x| u32::try_from(x).unwrap_or(u32::MAX));
        Span { start, end }
    }

    fn level(&self, mut input: &'a str, depth: usize) -> Parsed<'a, Level> {
        let mut builder = Builder::default();
        loop {
            while let Some(rest) = input.strip_prefix(',') {
                input = rest;
            }
            if at_end(input) {
                return Ok((input, builder.level));
            }
            input = self.item(input, depth, &mut builder)?.0;
            if !at_end(input) {
                let found = input.chars().next().unwrap_or(' ');
                return match found {
                    ']' => stop(Problem::Unopened(found), input, 1),
                    _ => stop(Problem::Unseparated(found), input, found.len_utf8()),
                };
            }
        }
    }

    fn item(&self, input: &'a str, depth: usize, to: &mut Builder) -> Parsed<'a, ()> {
        let (rest, minus) = is("-").parse(input)?;
        if minus && (rest.is_empty() || rest.starts_with(')')) {
            return Ok((rest, ())); // `all,-$NONE`: nothing to exclude
        }
        let (mut rest, at) = is("@").parse(rest)?;
        let action = match (minus, at) {
            (true, false) if at_end(rest) => return stop(Problem::NothingAfter("-"), input, 1),
            (true, false) => Action::Exclude,
            (false, false) => Action::Add,
            (false, true) if to.has_nodes() && !at_end(rest) => Action::Keep,
            _ => return stop(Problem::NothingBefore, input, 1 + usize::from(minus)),
        };
        loop {
            let (after, operand) = self.operand(rest, depth)?;
            to.push(action, operand);
            rest = after;
            let (after, more) = take_while(|c| c == '@').parse(rest)?;
            if more.is_empty() || at_end(after) {
                to.end_item();
                return Ok((after, ())); // `compute@` is compute, as in xCAT
            }
            rest = is("-").parse(after)?.0; // and `all@-first` is all@first
        }
    }

    fn operand(&self, input: &'a str, depth: usize) -> Parsed<'a, Operand> {
        let (rest, kind) = match input.as_bytes().first() {
            Some(b'(') => self.parenthesis(input, depth)?,
            Some(b'/') => {
                let (rest, pattern) = value(&input[1..], self.tail)?;
                let anchored = compile(pattern, &format!("^{pattern}$"), &input[1..])?;
                (rest, Kind::Regex(Box::new(anchored)))
            }
            Some(b'^') => {
                let (rest, path) =
                    take_while(|c| !matches!(c, ',' | '@' | ')')).parse(&input[1..])?;
                if path.is_empty() {
                    return stop(Problem::NothingAfter("^"), input, 1);
                }
                (rest, Kind::File)
            }
            _ => match test(input, self.tail)? {
                (rest, Some(test)) => (rest, Kind::Test(Box::new(test))),
                _ => self.pattern(input)?,
            },
        };
        let span = self.span(input, input.offset(rest));
        Ok((rest, Operand { span, kind }))
    }

    fn parenthesis(&self, input: &'a str, depth: usize) -> Parsed<'a, Kind> {
        if depth == MAX_DEPTH {
            return stop(Problem::TooDeep, input, 1);
        }
        let (rest, level) = self.level(&input[1..], depth + 1)?;
        let Some(after) = rest.strip_prefix(')') else {
            return stop(Problem::Unclosed('('), input, 1);
        };
        // `all,-($NONE)`: empty parentheses are an empty set.
        Ok((after, Kind::Level(Box::new(level))))
    }

    /// A word, with or without brackets.
    fn pattern(&self, input: &'a str) -> Parsed<'a, Kind> {
        let mut pattern = Pattern {
            parts: Vec::new(),
            faults: Vec::new(),
        };
        let mut rest = input;
        loop {
            let (after, text) =
                take_while(|c| !matches!(c, ',' | '@' | '(' | ')' | '[' | ']')).parse(rest)?;
            if text.contains(['=', '~']) {
                return stop(Problem::BadComparison(text.to_owned()), rest, text.len());
            }
            if !after.starts_with('[') && pattern.parts.is_empty() {
                if text.is_empty() {
                    return Err(nom::Err::Error(Fault::from_error_kind(
                        input,
                        ErrorKind::Fail,
                    )));
                }
                return Ok((after, Kind::Word));
            }
            if text.contains('+') {
                return stop(Problem::BadPlus(text.to_owned()), rest, text.len());
            }
            pattern.parts.push(Part::Text(text.to_owned()));
            if !after.starts_with('[') {
                return Ok((after, Kind::Pattern(Box::new(pattern))));
            }
            rest = self.choice(after, &mut pattern)?.0;
        }
    }

    /// `[1-3,7]`.
    fn choice(&self, input: &'a str, pattern: &mut Pattern) -> Parsed<'a, ()> {
        let Some((inside, after)) = input[1..]
            .split_once(']')
            .filter(|(inside, _)| !inside.contains('['))
        else {
            return stop(Problem::Unclosed('['), input, 1);
        };
        let mut elements = Vec::new();
        let trimmed = inside.strip_suffix(',').unwrap_or(inside);
        for element in trimmed.split(',') {
            if element.is_empty() {
                return stop(Problem::EmptyElement, input, inside.len() + 2);
            }
            match self::element(element) {
                Ok(element) => elements.push(element),
                Err(problem) if problem.passes() => pattern
                    .faults
                    .push((problem, self.span(element, element.len()))),
                Err(problem) => {
                    return stop(problem, &input[input.offset(element)..], element.len());
                }
            }
        }
        pattern.parts.push(Part::Choice(elements));
        Ok((after, ()))
    }
}

/// `7`, `1-3`, `1:3`, `1-9/2`, or a text such as `a`.
fn element(text: &str) -> Result<Element, Problem> {
    let (range, step) = match text.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (text, None),
    };
    let numbers = match range.split_once(['-', ':']) {
        Some((first, last)) => Range::between(first, last)?,
        None if range.bytes().all(|b| b.is_ascii_digit()) => Range::single(range)?,
        None if step.is_none() && !text.contains(['+', '=', '~', '(', ')', '@']) => {
            return Ok(Element::Text(text.to_owned()));
        }
        None => return Err(Problem::NotNumbers(text.to_owned())),
    };
    let numbers = step.map_or(Ok(numbers), |step| numbers.by(step))?;
    // More than this is refused later, but then the caller would have counted in vain.
    if numbers.count() > MAX_NAMES {
        return Err(Problem::TooMany(numbers.count()));
    }
    Ok(Element::Numbers(numbers))
}

/// Puts operands together by the rules of the module's head.
#[derive(Default)]
struct Builder {
    level: Level,
    open: Option<Item>,
    /// The level's first parenthesis was met.
    divided: bool,
    /// It was met in this item, so what is intersected is all before it.
    dividing: bool,
}

impl Builder {
    /// Whether anything was added yet.
    fn has_nodes(&self) -> bool {
        self.level
            .items
            .iter()
            .any(|item| item.action == Action::Add)
    }

    fn push(&mut self, action: Action, operand: Operand) {
        let divides = !self.divided && matches!(operand.kind, Kind::Level(_));
        self.divided |= divides;
        self.dividing |= divides && self.has_nodes();
        match self.open.take() {
            Some(mut item) if !self.dividing => {
                item.others.push(operand);
                self.open = Some(item);
            }
            before => {
                let action = if before.is_some() {
                    Action::Keep
                } else {
                    action
                };
                self.level.items.extend(before);
                self.open = Some(Item {
                    action,
                    first: operand,
                    others: Vec::new(),
                    divides,
                });
            }
        }
    }

    fn end_item(&mut self) {
        self.level.items.extend(self.open.take());
        self.dividing = false;
    }
}
