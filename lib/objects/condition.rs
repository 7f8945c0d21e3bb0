//! Conditions as users write them: `attr==value`, `attr!=value`,
//! `attr=~regex`, `attr!~regex` (`-w`, the `wherevals` of a dynamic group,
//! `nodels TABLE.COLUMN==VALUE`).
//!
//! A regular expression may stand between slashes and matches anywhere in the
//! value, as in xCAT.

use std::fmt;

use regex::{Regex, RegexBuilder};

/// A compiled expression may take so much memory, in bytes.
const PATTERN_BOUND: usize = 1 << 20;

/// What `wherevals` puts between conditions.
const SEPARATOR: &str = "::";

/// Something of an object, and what it must be.
#[derive(Debug, Clone)]
pub struct Condition {
    /// What is looked at: an attribute, or `table.column`.
    pub subject: String,
    /// What it must be.
    pub test: Test,
    /// The condition as it was written.
    text: String,
}

/// What a value must be.
#[derive(Debug, Clone)]
pub enum Test {
    /// Exactly this.
    Is(String),
    /// Anything else.
    IsNot(String),
    /// Matched by this.
    Like(Regex),
    /// Not matched by this.
    Unlike(Regex),
}

/// Why a text is no condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no comparison in it.
    #[error("'{0}' is no condition: write attr==value, or with !=, =~ or !~")]
    NoComparison(String),
    /// Its regular expression cannot be compiled.
    #[error("the regular expression in '{text}' is wrong: {reason}")]
    Pattern {
        /// The condition.
        text: String,
        /// What is wrong, on one line.
        reason: String,
    },
}

/// A comparison of the four, or the single `=` that means `==`.
#[derive(Debug, Clone, Copy)]
enum Operator {
    Is,
    IsNot,
    Like,
    Unlike,
}

impl Condition {
    /// Reads a condition. A single `=` is the same as `==`.
    ///
    /// # Errors
    /// There is no comparison in the text, or a wrong regular expression.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (subject, operator, value) =
            split(text).ok_or_else(|| Error::NoComparison(text.to_owned()))?;
        Ok(Self {
            subject: subject.to_owned(),
            test: Test::new(operator, value, text)?,
            text: text.to_owned(),
        })
    }

    /// Reads the conditions of a dynamic group, `a==b::c=~d`. As in xCAT, the
    /// last one for a subject is the one that counts.
    ///
    /// # Errors
    /// As [`Condition::parse`].
    pub fn parse_wherevals(text: &str) -> Result<Vec<Self>, Error> {
        Self::parse_all(text.split(SEPARATOR).filter(|c| !c.is_empty()))
    }

    /// Reads several conditions that must all hold. As in xCAT, the last one
    /// for a subject is the one that counts.
    ///
    /// # Errors
    /// As [`Condition::parse`].
    pub fn parse_all<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Vec<Self>, Error> {
        let mut conditions: Vec<Self> = Vec::new();
        for text in texts {
            let condition = Self::parse(text)?;
            conditions.retain(|c| c.subject != condition.subject);
            conditions.push(condition);
        }
        Ok(conditions)
    }

    /// Whether it holds for an attribute's value. As in xCAT, none of the four
    /// comparisons holds where the attribute is not set.
    pub fn holds(&self, value: Option<&str>) -> bool {
        value.is_some_and(|value| self.test.holds(value))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Test {
    fn new(operator: Operator, value: &str, text: &str) -> Result<Self, Error> {
        Ok(match operator {
            Operator::Is => Self::Is(value.to_owned()),
            Operator::IsNot => Self::IsNot(value.to_owned()),
            Operator::Like => Self::Like(regex(value, text)?),
            Operator::Unlike => Self::Unlike(regex(value, text)?),
        })
    }

    /// Whether it holds for this text; a column that is not set is empty.
    pub fn holds(&self, value: &str) -> bool {
        match self {
            Self::Is(wanted) => value == wanted,
            Self::IsNot(unwanted) => value != unwanted,
            Self::Like(regex) => regex.is_match(value),
            Self::Unlike(regex) => !regex.is_match(value),
        }
    }
}

/// Divides at the first comparison; the subject is not empty.
fn split(text: &str) -> Option<(&str, Operator, &str)> {
    let place = text.find(['=', '!']).filter(|place| *place > 0)?;
    let (subject, rest) = text.split_at(place);
    for (sign, operator) in [
        ("==", Operator::Is),
        ("=~", Operator::Like),
        ("!=", Operator::IsNot),
        ("!~", Operator::Unlike),
        ("=", Operator::Is),
    ] {
        if let Some(value) = rest.strip_prefix(sign) {
            // `attr=` could be a change that lost its command: xCAT refuses it.
            let nothing = sign == "=" && value.is_empty();
            return (!nothing).then_some((subject.trim(), operator, value));
        }
    }
    None
}

/// The expression, without a slash at either end.
fn regex(pattern: &str, text: &str) -> Result<Regex, Error> {
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    RegexBuilder::new(&pattern.replace(r"\Z", r"\z"))
        .size_limit(PATTERN_BOUND)
        .build()
        .map_err(|e| Error::Pattern {
            text: text.to_owned(),
            reason: last_line(&e.to_string()),
        })
}

/// The line with the reason: those before it draw the pattern.
fn last_line(text: &str) -> String {
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_comparisons_hold_as_in_xcat() {
        for (condition, value, want) in [
            ("mgt==hmc", Some("hmc"), true),
            ("mgt=hmc", Some("hmc"), true),
            ("mgt==hmc", Some("fsp"), false),
            ("mgt==", Some("x"), false),
            ("mgt!=hmc", Some("fsp"), true),
            ("mgt!=hmc", Some("hmc"), false),
            ("mgt=~m", Some("hmc"), true),
            ("mgt=~/^h.c$/", Some("hmc"), true),
            ("mgt=~^m", Some("hmc"), false),
            ("mgt!~^m", Some("hmc"), true),
            ("mgt!~/h/", Some("hmc"), false),
            ("os==a=b", Some("a=b"), true),
            ("mgt==hmc", None, false),
            ("mgt!=hmc", None, false),
            ("mgt=~.*", None, false),
            ("mgt!~x", None, false),
        ] {
            let parsed = Condition::parse(condition).unwrap();
            assert_eq!(parsed.holds(value), want, "{condition} {value:?}");
            assert_eq!(parsed.to_string(), condition);
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in ["", "mgt", "mgt=", "==x", "mgt!x", "mgt~x"] {
            let error = Condition::parse(text).unwrap_err();
            assert!(matches!(error, Error::NoComparison(t) if t == text));
        }
        let error = Condition::parse("mgt=~(").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the regular expression in 'mgt=~(' is wrong: unclosed group"
        );
    }

    #[test]
    fn the_last_condition_for_an_attribute_counts() {
        let all = Condition::parse_wherevals("mgt==hmc::os=~AIX::mgt!=fsp").unwrap();
        let texts: Vec<String> = all.iter().map(Condition::to_string).collect();
        assert_eq!(texts, ["os=~AIX", "mgt!=fsp"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z.=!~/(){}é0-9]{0,30}") {
            if let Ok(condition) = Condition::parse(&text) {
                let _ = condition.holds(Some("value"));
            }
        }
    }
}
