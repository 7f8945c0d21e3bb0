//! Values that are computed from the node's name (xCAT: `Table.pm`,
//! `transRegexAttrs`).
//!
//! | value | for node `n` |
//! |---|---|
//! | `/pattern/replacement/` | `n` with the first match of the pattern replaced; neither part has a `/` |
//! | `\|pattern\|replacement\|` | the same, and parentheses in the replacement are worked out first, as in `arithmetic` |
//! | `\|replacement\|` | the pattern is made from the numbers in `n`, `$1` is the first of them without leading zeros |
//!
//! A name that the pattern does not match is the value itself, as in xCAT.
//! Where it matches a part of the name, that part is replaced; xCAT loses
//! what parentheses come to then.
//! `$1`, `${1}` and `\1` stand for groups outside parentheses too, where xCAT
//! would leave them as they are. A value stays as it is written if its
//! pattern is no regular expression or if parentheses in it have no value:
//! whoever looks at it then sees what is wrong. Nothing is ever run as code.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::OnceLock;

use regex::{Captures, Regex, RegexBuilder};

use super::arithmetic::{self, Expression};

/// So many different values are kept compiled; tables of groups have few.
const KEPT: usize = 1024;

/// A compiled pattern may take so much memory, in bytes.
const PATTERN_BOUND: usize = 1 << 20;

/// The longest text that a value may come out as, in bytes.
const LONGEST: usize = 64 << 10;

/// More numbers than these in a name are not told apart.
const NUMBERS: usize = 64;

/// Computes values, and remembers how. Readers of nodes do it for whole values;
/// it is needed for parts of one, such as the adapters in `nics`.
#[derive(Debug, Default)]
pub struct Expander {
    programs: RefCell<HashMap<String, Option<Rc<Program>>>>,
}

impl Expander {
    /// The value for this node; `None` if it comes out empty.
    pub fn expand<'v>(&self, node: &str, value: &'v str) -> Option<Cow<'v, str>> {
        if !value.starts_with(['|', '/']) || !value.ends_with(['|', '/']) {
            return Some(value.into());
        }
        match self.program(value).and_then(|p| p.run(node)) {
            None => Some(value.into()),
            Some(text) if text.is_empty() => None,
            Some(text) => Some(text.into()),
        }
    }

    fn program(&self, value: &str) -> Option<Rc<Program>> {
        let mut programs = self.programs.borrow_mut();
        if let Some(known) = programs.get(value) {
            return known.clone();
        }
        if programs.len() >= KEPT {
            programs.clear();
        }
        let program = Program::compile(value).map(Rc::new);
        programs.insert(value.to_owned(), program.clone());
        program
    }
}

/// A value that depends on the name.
#[derive(Debug)]
struct Program {
    pattern: Pattern,
    replacement: Vec<Part>,
}

#[derive(Debug)]
enum Pattern {
    Given(Regex),
    /// Made for names with so many numbers, as they come: [`number_regex`].
    Numbers,
}

/// A piece of a replacement.
#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    Worked(Expression),
}

impl Program {
    /// `None` if the value is none of these forms, or cannot be computed.
    fn compile(value: &str) -> Option<Self> {
        if value.contains('\n') {
            return None;
        }
        if let Some(inner) = between(value, '/') {
            let (pattern, replacement) = inner.split_once('/')?;
            if replacement.contains('/') {
                return None;
            }
            return Some(Self {
                pattern: Pattern::Given(regex(pattern)?),
                replacement: texts(replacement),
            });
        }
        let inner = between(value, '|')?;
        Some(match inner.split_once('|') {
            Some((pattern, replacement)) => Self {
                pattern: Pattern::Given(regex(pattern)?),
                replacement: parts(replacement)?,
            },
            None => Self {
                pattern: Pattern::Numbers,
                replacement: parts(inner)?,
            },
        })
    }

    fn run(&self, node: &str) -> Option<String> {
        match &self.pattern {
            Pattern::Given(regex) => self.replace(regex, node),
            Pattern::Numbers => self.replace(number_regex(numbers(node))?, node),
        }
    }

    fn replace(&self, regex: &Regex, node: &str) -> Option<String> {
        let Some(captures) = regex.captures(node) else {
            return Some(node.to_owned());
        };
        let matched = captures.get(0)?;
        let mut out = node[..matched.start()].to_owned();
        for part in &self.replacement {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Worked(expression) => out.push_str(&worked(expression, &captures)?),
            }
            if out.len() > LONGEST {
                return None;
            }
        }
        out.push_str(&node[matched.end()..]);
        Some(out)
    }
}

fn worked(expression: &Expression, captures: &Captures<'_>) -> Option<String> {
    expression.text(&|group| captures.get(group).map(|m| m.as_str()))
}

/// What stands between two signs at the ends.
fn between(value: &str, sign: char) -> Option<&str> {
    value.strip_prefix(sign)?.strip_suffix(sign)
}

/// Perl's pattern as this crate's: `\Z` is the one anchor it calls otherwise.
fn regex(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&pattern.replace(r"\Z", r"\z"))
        .size_limit(PATTERN_BOUND)
        .build()
        .ok()
}

/// Finds one number of a name; zeros in front of it, and numbers that are all
/// zeros with more to follow, are passed over as in xCAT.
const ONE_NUMBER: &str = "[^1-9]*([0-9]+)";

/// How many numbers `ONE_NUMBER` finds in the name.
fn numbers(node: &str) -> usize {
    let mut count = 0;
    let mut rest = node;
    while count < NUMBERS {
        match rest.find(|c| matches!(c, '1'..='9')) {
            Some(start) => {
                let end = rest[start..].find(|c: char| !c.is_ascii_digit());
                rest = end.map_or("", |end| &rest[start + end..]);
                count += 1;
            }
            None => return count + usize::from(rest.contains('0')),
        }
    }
    count
}

/// The pattern of all names with so many numbers. It is the same for every
/// value, and compiling it costs more than all else.
fn number_regex(numbers: usize) -> Option<&'static Regex> {
    static MADE: [OnceLock<Option<Regex>>; NUMBERS + 1] = [const { OnceLock::new() }; NUMBERS + 1];
    let make = || regex(&format!("{}.*$", ONE_NUMBER.repeat(numbers)));
    MADE.get(numbers)?.get_or_init(make).as_ref()
}

/// A replacement whose parentheses mean nothing.
fn texts(replacement: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    push_text(&mut parts, replacement);
    parts
}

/// Splits at balanced parentheses. Without any, or with an open one, it is
/// text, as in xCAT. `None` if parentheses have no meaning.
fn parts(replacement: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = replacement;
    while let Some(start) = rest.find(['(', ')']) {
        let Some(end) = closing(&rest[start..]) else {
            break;
        };
        push_text(&mut parts, &rest[..start]);
        let inside = &rest[start + 1..start + end];
        parts.push(Part::Worked(arithmetic::parse(inside)?));
        rest = &rest[start + end + 1..];
    }
    push_text(&mut parts, rest);
    Some(parts)
}

/// The place of the `)` that closes the `(` at the beginning.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (place, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(place);
                }
            }
            _ => {}
        }
    }
    None
}

/// Adds text, in which `$1`, `${1}` and `\1` stand for groups.
fn push_text(parts: &mut Vec<Part>, text: &str) {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(place) = rest.find(['$', '\\']) {
        plain.push_str(&rest[..place]);
        rest = &rest[place..];
        match group(rest) {
            Some((number, length)) => {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Worked(Expression::Group(number)));
                rest = &rest[length..];
            }
            None => {
                plain.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
}

/// The number and the length of `$1`, `${1}` or `\1` at the beginning.
fn group(text: &str) -> Option<(usize, usize)> {
    let braced = text.strip_prefix("${");
    let digits = braced.unwrap_or(&text[1..]);
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let number = digits[..end].parse().ok()?;
    match braced {
        None => Some((number, 1 + end)),
        Some(_) => digits[end..].starts_with('}').then_some((number, end + 3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(node: &str, value: &str) -> Option<String> {
        Expander::default().expand(node, value).map(Cow::into_owned)
    }

    #[test]
    fn the_forms_of_xcat_are_computed() {
        for (node, value, want) in [
            ("n1", "plain", "plain"),
            ("node1", r"/\z/-bmc/", "node1-bmc"),
            ("node1", r"/\Z/-bmc/", "node1-bmc"),
            ("node1", "/node/bmc/", "bmc1"),
            ("node012", r"|node(\d+)|10.0.0.($1+0)|", "10.0.0.12"),
            ("node012", "|10.0.0.($1+0)|", "10.0.0.12"),
            ("node012", "|10.0.0.($1)|", "10.0.0.12"),
            ("r02c010", "|10.($1).($2).1|", "10.2.10.1"),
            ("n000", "|($1)|", "0"),
            ("r0c05", "|($1)-($2)|", "5-"),
            ("r10c0", "|($1)-($2)|", "10-0"),
            ("abc", "|10.0.0.($1+0)|", "10.0.0.0"),
            (
                "c01f02x03v04",
                r"|\D+(\d+)\D+(\d+)\D+(\d+)\D+(\d+)|c($1)f($2)x($3)|",
                "c01f02x03",
            ),
            (
                "c01f02x03v04",
                r"|\D+(\d+)\D+(\d+)\D+(\d+)\D+(\d+)|dir:///install/vms/vm($4+0)|",
                "dir:///install/vms/vm4",
            ),
            ("blade15", r"|\D+(\d+)|amm(($1-1)/14+1)|", "amm2"),
            ("blade15", r"|\D+(\d+)|(($1-1)%14+1)|", "1"),
            (
                "blade15",
                r"|\D+(\d+)|cmm(sprintf('%02d',($1-1)/14+1))|",
                "cmm02",
            ),
            ("n1", "|(.*)|($1).cluster.net|", "n1.cluster.net"),
            (
                "row2-col3",
                r"|row(\d+)-col(\d+)|(skip(dim2idx($1, 4, $2),'3:2'))|",
                "5",
            ),
            ("node7", r"|node(\d+)|a$1-\1-${1}b|", "a7-7-7b"),
            ("node7-x", r"|node(\d+)|n($1+1)|", "n8-x"),
            ("other", r"|node(\d+)|10.0.0.($1+0)|", "other"),
            ("n1", "|n1|a|b|", "a|b"),
        ] {
            assert_eq!(expanded(node, value).as_deref(), Some(want), "{value}");
        }
    }

    #[test]
    fn what_cannot_be_computed_stays_as_it_is_written() {
        for value in [
            "|(|x|",
            "|n(?=1)|x|",
            "|($1/0)|",
            "|(system('touch x'))|",
            "|(1;2)|",
            "/install/post",
            "/a/b/c/",
            "|",
            "/",
            "//",
            "|a{1000}{1000}{1000}|x|",
        ] {
            assert_eq!(expanded("n1", value).as_deref(), Some(value), "{value}");
        }
        assert_eq!(expanded("n1", "||"), None, "an empty replacement");
        assert_eq!(expanded("n1", "|n1||"), None, "nothing is left");
    }

    #[test]
    fn a_value_is_compiled_once() {
        let expander = Expander::default();
        for number in 0..1000 {
            let node = format!("n{number}");
            let ip = expander.expand(&node, "|10.0.($1/256).($1%256)|").unwrap();
            assert_eq!(ip, format!("10.0.{}.{}", number / 256, number % 256));
        }
        assert_eq!(expander.programs.borrow().len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_value_makes_it_panic(
            node in "[a-z0-9.é-]{0,20}",
            value in "[|/]([$\\\\(){}0-9+*é.|/a-z-]|\\$1){0,30}[|/]",
        ) {
            let _ = expanded(&node, &value);
        }

        #[test]
        fn a_plain_value_is_itself(value in "[^|/].{0,30}") {
            proptest::prop_assert_eq!(expanded("n1", &value), Some(value));
        }
    }
}
