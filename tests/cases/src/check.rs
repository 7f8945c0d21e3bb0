//! What a case checks of a command: its exit code and its output.

use regex::Regex;

/// A check, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// `rc==0`, `rc!=0`.
    Code { equal: bool, code: i32 },
    /// `output==text`, `output!=text`: the whole output.
    Same { equal: bool, text: String },
    /// `output=~pattern`, `output!~pattern`: something in the output.
    Match { found: bool, pattern: String },
}

impl Check {
    /// Reads a check; `None` if it is of none of the kinds.
    ///
    /// A lone `=` means `==`; xCAT's own runner passes over such a check.
    pub fn parse(text: &str) -> Option<Self> {
        let (subject, rest) = match text.strip_prefix("rc") {
            Some(rest) => ("rc", rest),
            None => ("output", text.strip_prefix("output")?),
        };
        let rest = rest.trim_start();
        let signs = ["==", "!=", "=~", "!~", "="];
        let sign = signs.into_iter().find(|s| rest.starts_with(s))?;
        let value = rest[sign.len()..].trim().to_owned();
        let positive = sign.starts_with('=');
        Some(match (subject, sign) {
            ("rc", "==" | "!=" | "=") => Self::Code {
                equal: positive,
                code: value.parse().ok()?,
            },
            ("output", "==" | "!=" | "=") => Self::Same {
                equal: positive,
                text: value,
            },
            ("output", _) => Self::Match {
                found: positive,
                pattern: value,
            },
            _ => return None,
        })
    }

    /// Whether what a command did is so.
    ///
    /// # Errors
    /// The pattern is none for us; the text says what it needs.
    pub fn holds(&self, code: i32, output: &str) -> Result<bool, String> {
        Ok(match self {
            Self::Code { equal, code: want } => (code == *want) == *equal,
            Self::Same { equal, text } => (output == text) == *equal,
            Self::Match { found, pattern } => {
                // Perl lets every sign be escaped, `regex` all but these two.
                let pattern = pattern.replace("\\<", "<").replace("\\>", ">");
                let regex =
                    Regex::new(&pattern).map_err(|_| format!("Perl's pattern {pattern}"))?;
                regex.is_match(output) == *found
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_told_apart() {
        let holds = |check: &str| Check::parse(check).unwrap().holds(1, "a.b\nc (node)");
        for (check, want) in [
            ("rc==1", true),
            ("rc == 0", false),
            ("rc=1", true),
            ("rc!=0", true),
            ("rc != 1", false),
            ("output==a.b\nc (node)", true),
            ("output==a.b", false),
            ("output!=a.b", true),
            (r"output=~a\.b", true),
            ("output =~ axb", false),
            ("output!~axb", true),
            (r"output=~c\s+\(node\)", true),
            (r#"output=~c \(\bnode\_?\'?\"?\<?\)"#, true),
            (r"output=~(\[.*?\]: )?c", true),
            ("output=~^c", false),
        ] {
            assert_eq!(holds(check), Ok(want), "{check}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_check() {
        for text in ["rc~~1", "rc=~1", "rc==x", "lsdef n1", "output", "output~~5"] {
            assert_eq!(Check::parse(text), None, "{text}");
        }
        let ahead = Check::parse("output=~a(?=b)").unwrap();
        assert!(ahead.holds(0, "ab").unwrap_err().contains("a(?=b)"));
    }
}
