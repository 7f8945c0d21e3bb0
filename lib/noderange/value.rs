//! What a noderange holds of other languages: comparisons and regular expressions.

use nom::bytes::complete::take_while1;
use nom::error::{ErrorKind, ParseError};
use nom::{IResult, Parser};
use regex::Regex;

use super::error::Problem;
use super::tree::{ColumnTest, Comparison};

/// A problem and where it was met: the rest of the text from there, and how much of that to mark.
pub(super) struct Fault<'a> {
    pub at: &'a str,
    pub len: usize,
    pub problem: Problem,
}

impl<'a> ParseError<&'a str> for Fault<'a> {
    fn from_error_kind(at: &'a str, _: ErrorKind) -> Self {
        let problem = at
            .chars()
            .next()
            .map_or(Problem::Empty, Problem::Unexpected);
        Self {
            at,
            len: 1,
            problem,
        }
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

pub(super) type Parsed<'a, T> = IResult<&'a str, T, Fault<'a>>;

pub(super) fn stop<'a, T>(problem: Problem, at: &'a str, len: usize) -> Parsed<'a, T> {
    Err(nom::Err::Failure(Fault { at, len, problem }))
}

/// `column` and an operator: then it is a test. `tail` as in [`value`].
pub(super) fn test(input: &str, tail: usize) -> Parsed<'_, Option<ColumnTest>> {
    let mut name = take_while1(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    let Ok((rest, column)) = name.parse(input) as Parsed<'_, &str> else {
        return Ok((input, None));
    };
    let Some(operator) = ["!=", "=~", "==", "!~", "="]
        .into_iter()
        .find(|o| rest.starts_with(o))
    else {
        return Ok((input, None));
    };
    let from = &rest[operator.len()..];
    let (rest, value) = value(from, tail)?;
    let regex = || {
        let pattern = value.strip_prefix('/').unwrap_or(value);
        let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
        compile(pattern, pattern, from)
    };
    let comparison = match operator {
        "!=" => Comparison::Differs(value.to_owned()),
        "=~" => Comparison::Matches(regex()?),
        "!~" => Comparison::DoesNotMatch(regex()?),
        _ => Comparison::Equals(value.to_owned()),
    };
    Ok((
        rest,
        Some(ColumnTest {
            column: column.to_owned(),
            comparison,
        }),
    ))
}

/// A regular expression or value: up to a comma, an `@` or a closing
/// parenthesis that does not stand in brackets, braces or parentheses of its own.
/// `tail` is [`tail`] of the whole text: looking for a `]` anew for each `[`
/// would take the square of its length.
pub(super) fn value(input: &str, tail: usize) -> Parsed<'_, &str> {
    let (mut depth, mut bracket, mut escaped) = (0usize, false, false);
    let end = input.char_indices().find(|&(at, c)| {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => bracket = false,
            _ if bracket => {}
            '[' if input.len() - at > tail => bracket = true,
            '(' => depth += 1,
            ')' if depth == 0 => return true,
            ')' => depth -= 1,
            ',' if depth == 0 && !in_braces(input, at) => return true,
            '@' if depth == 0 => return true,
            _ => {}
        }
        false
    });
    let (taken, rest) = input.split_at(end.map_or(input.len(), |(at, _)| at));
    if depth > 0 {
        return stop(
            Problem::Unclosed('('),
            &input[taken.find('(').unwrap_or(0)..],
            1,
        );
    }
    Ok((rest, taken))
}

/// How long the text is from its last `]` on; without one, longer than any.
pub(super) fn tail(text: &str) -> usize {
    text.rfind(']').map_or(usize::MAX, |at| text.len() - at)
}

/// Whether the comma at `at` is that of `{2,5}`.
fn in_braces(input: &str, at: usize) -> bool {
    let digits = |c: char| c.is_ascii_digit();
    input[..at].trim_end_matches(digits).ends_with('{')
        && input[at + 1..].trim_start_matches(digits).starts_with('}')
}

pub(super) fn compile<'a>(
    written: &str,
    pattern: &str,
    at: &'a str,
) -> Result<Regex, nom::Err<Fault<'a>>> {
    Regex::new(pattern).map_err(|error| {
        let text = error.to_string();
        // The last line says what is wrong, those before show the pattern again.
        let reason = text
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned();
        let problem = Problem::BadRegex {
            pattern: written.to_owned(),
            reason,
        };
        nom::Err::Failure(Fault {
            at,
            len: written.len(),
            problem,
        })
    })
}
