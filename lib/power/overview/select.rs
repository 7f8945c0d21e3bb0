//! Selections: conditions on attributes, as LPAR-Tool users write them.

use std::str::FromStr;

use regex::Regex;

use super::Row;

/// A condition on an attribute: `state=Running`, `state!=Running`, `rmc~act`,
/// `rmc!~act`, `mem:ge:8192`.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The attribute, or the name of a column.
    pub attribute: String,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    Is(String, bool),
    Matches(Regex, bool),
    Compares(Compare, f64),
}

#[derive(Debug, Clone, Copy)]
enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

const COMPARES: [(&str, Compare); 6] = [
    ("eq", Compare::Eq),
    ("ne", Compare::Ne),
    ("lt", Compare::Lt),
    ("le", Compare::Le),
    ("gt", Compare::Gt),
    ("ge", Compare::Ge),
];

/// Why a word is no selection that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSelection {
    /// What is compared with is no number.
    #[error("{word}: {value:?} is no number")]
    Number {
        /// The selection.
        word: String,
        /// What stands for the number.
        value: String,
    },
    /// The regular expression cannot be used.
    #[error("{word}: {reason}")]
    Regex {
        /// The selection.
        word: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such comparison.
    #[error("{word}: {op:?} is no comparison; there are eq, ne, lt, le, gt and ge")]
    Compare {
        /// The selection.
        word: String,
        /// What stands for the comparison.
        op: String,
    },
}

impl Selection {
    /// Whether a word is meant as a selection: the name of an attribute and
    /// `=`, `!=`, `~`, `!~` or `:…:`. `mgt==hmc`, `os=~AIX` and `^file` are
    /// noderanges.
    pub fn is_one(word: &str) -> bool {
        let name = word.bytes().take_while(|b| is_of_name(*b)).count();
        let rest = &word[name..];
        let noderange = ["==", "=~"].iter().any(|op| rest.starts_with(op));
        let compare = || {
            rest.strip_prefix(':')
                .is_some_and(|rest| rest.contains(':'))
        };
        let ops = ["=", "!=", "~", "!~"];
        name > 0 && !noderange && (ops.iter().any(|op| rest.starts_with(op)) || compare())
    }

    /// Whether a row fulfils it; `attribute` is the listings' own name of it.
    /// What a row does not have has no value: it is equal to nothing, matches
    /// nothing and is no number.
    pub fn picks(&self, row: &Row, attribute: &str) -> bool {
        let value = row.text(attribute);
        match &self.test {
            Test::Is(wanted, true) => value.unwrap_or_default() == wanted,
            Test::Is(wanted, false) => value.unwrap_or_default() != wanted,
            Test::Matches(pattern, wanted) => {
                value.is_some_and(|value| pattern.is_match(value)) == *wanted
            }
            Test::Compares(compare, with) => {
                let number = value.and_then(|value| value.parse::<f64>().ok());
                number.is_some_and(|number| match compare {
                    Compare::Eq => number == *with,
                    Compare::Ne => number != *with,
                    Compare::Lt => number < *with,
                    Compare::Le => number <= *with,
                    Compare::Gt => number > *with,
                    Compare::Ge => number >= *with,
                })
            }
        }
    }
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl FromStr for Selection {
    type Err = BadSelection;

    fn from_str(word: &str) -> Result<Self, BadSelection> {
        let name = word.bytes().take_while(|b| is_of_name(*b)).count();
        let (attribute, rest) = word.split_at(name);
        let matches = |pattern: &str, wanted| match Regex::new(pattern) {
            Ok(regex) => Ok(Test::Matches(regex, wanted)),
            Err(error) => Err(BadSelection::Regex {
                word: word.to_owned(),
                reason: error.to_string(),
            }),
        };
        let test = if let Some(value) = rest.strip_prefix("!=") {
            Test::Is(value.to_owned(), false)
        } else if let Some(value) = rest.strip_prefix('=') {
            Test::Is(value.to_owned(), true)
        } else if let Some(pattern) = rest.strip_prefix("!~") {
            matches(pattern, false)?
        } else if let Some(pattern) = rest.strip_prefix('~') {
            matches(pattern, true)?
        } else {
            comparison(word, rest)?
        };
        Ok(Selection {
            attribute: attribute.to_owned(),
            test,
        })
    }
}

/// `:ge:8192`
fn comparison(word: &str, rest: &str) -> Result<Test, BadSelection> {
    let (op, value) = rest
        .trim_start_matches(':')
        .split_once(':')
        .unwrap_or((rest, ""));
    let known = COMPARES.iter().find(|(name, _)| *name == op);
    let compare = known.map(|(_, compare)| *compare);
    let compare = compare.ok_or_else(|| BadSelection::Compare {
        word: word.to_owned(),
        op: op.to_owned(),
    })?;
    let number = value.parse().map_err(|_| BadSelection::Number {
        word: word.to_owned(),
        value: value.to_owned(),
    })?;
    Ok(Test::Compares(compare, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picks(word: &str) -> bool {
        let mut row = Row::default();
        row.set("state", "Running");
        row.set("mem", "8192");
        row.set("units", "0.5");
        row.set("os", "null");
        let selection: Selection = word.parse().unwrap();
        selection.picks(&row, &selection.attribute)
    }

    #[test]
    fn conditions_hold_or_do_not() {
        for word in [
            "state=Running",
            "state!=Off",
            "state~^Run",
            "state!~Not",
            "mem:ge:8192",
            "mem:le:8192",
            "mem:eq:8192",
            "mem:gt:1024",
            "units:lt:1",
            "os=",
            "os!~.",
        ] {
            assert!(picks(word), "{word}");
        }
        for word in [
            "state=running",
            "state!=Running",
            "state~Not",
            "mem:ne:8192",
            "state:eq:1",
            "os~.",
            "os:ge:0",
        ] {
            assert!(!picks(word), "{word}");
        }
    }

    #[test]
    fn noderanges_are_none() {
        for word in [
            "aix01", "n[1-3]", "mgt==hmc", "os=~AIX", "^list", "/lpar.*", "a,-b", "all@x",
        ] {
            assert!(!Selection::is_one(word), "{word}");
        }
        for word in ["state=Running", "rmc~act", "mem:ge:1", "a!=b", "a!~b"] {
            assert!(Selection::is_one(word), "{word}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let refused = |word: &str| word.parse::<Selection>().unwrap_err().to_string();
        assert_eq!(refused("mem:ge:much"), "mem:ge:much: \"much\" is no number");
        assert!(refused("mem:over:1").starts_with("mem:over:1: \"over\" is no comparison"));
        assert!(refused("name~[").starts_with("name~[: regex parse error"));
    }
}
