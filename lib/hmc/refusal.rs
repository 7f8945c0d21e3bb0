//! What an HMC says instead of an answer: refusals, and "nothing found".
//!
//! A refused command prints its message on *stdout* and ends with status 1.
//! Most messages begin with a code (`HSCL8012 The partition …`); those about
//! the command line have none. Texts follow the language of the session,
//! codes do not: codes are what may be matched.

use std::fmt;

/// The refusal of a command by an HMC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code that the message begins with, where it has one: `HSCL8012`,
    /// `VIOSE01010003-0245`, `0042-001`.
    pub code: Option<String>,
    /// The message as sent, code included, line ends and outer blanks cut.
    pub text: String,
    /// The exit status of the command. 0 is possible: some commands fail so.
    pub status: i32,
}

impl Refusal {
    /// Reads the message of a failed command from what it printed.
    pub fn new(status: i32, stdout: &str, stderr: &str) -> Self {
        let said = [stdout, stderr].map(str::trim);
        let text = match said {
            ["", err] => err.to_owned(),
            [out, ""] => out.to_owned(),
            [out, err] => format!("{out}\n{err}"),
        };
        Refusal {
            code: code(&text).map(str::to_owned),
            text: text.replace("\r\n", "\n"),
            status,
        }
    }

    /// Returns whether the refusal carries this code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

/// The message on one line, as a node's line of output needs it; runs of
/// blanks and line ends become one blank, control characters are dropped.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.text.split_whitespace();
        match words.next() {
            None => write!(
                f,
                "the command ended with status {} and said nothing",
                self.status
            ),
            Some(first) => {
                write!(f, "{}", printable(first))?;
                words.try_for_each(|word| write!(f, " {}", printable(word)))
            }
        }
    }
}

/// Returns `text` with control characters shown as `?`: what a remote host
/// sends must not steer the administrator's terminal.
pub fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() { '?' } else { c };
    text.chars().map(shown).collect()
}

/// Returns the refusal in an answer that ended with status 0: a listing's
/// first line begins with a code, or a line of `lpar_netboot` reports failure.
pub fn in_answer(text: &str) -> Option<Refusal> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let failed = code(first).is_some() || text.lines().any(|line| complaint(line).is_some());
    failed.then(|| Refusal::new(0, text, ""))
}

/// Returns whether an answer of status 0 says that nothing was found.
///
/// That sentence is translated, so it is known by its shape: the only line,
/// the end of a sentence at its end, and not the beginning of a row of
/// `columns` values (`None`: of `attr=value` fields). Ask for two columns or
/// more: one column of names cannot be told from a sentence, and only the
/// English text is taken for nothing then.
pub fn is_nothing(text: &str, columns: Option<usize>) -> bool {
    let text = text.trim();
    if text.is_empty() || text == "No results were found." {
        return true;
    }
    let sentence = !text.contains('\n') && text.ends_with(['.', '。', '．', '।']);
    let row = match columns {
        None => text.contains('='),
        Some(1) => true,
        Some(_) => text.contains(','),
    };
    sentence && !row && code(text).is_none()
}

/// Returns the failure that a line of `lpar_netboot` reports. HMCs write its
/// name with and without a blank before the colon.
pub(super) fn complaint(line: &str) -> Option<&str> {
    let after = line.trim().strip_prefix("lpar_netboot")?;
    after.trim_start().strip_prefix(':').map(str::trim_start)
}

/// Returns the code a message begins with.
fn code(text: &str) -> Option<&str> {
    let word = text.split_whitespace().next()?;
    let word = word.trim_start_matches('[').trim_end_matches([']', ':']);
    (is_letter_code(word) || is_number_code(word)).then_some(word)
}

/// `HSCL8012`, `HSCLA4C0`, `HSCWEB…`, `VIOSE01010003-0245`.
fn is_letter_code(word: &str) -> bool {
    let rest = word
        .strip_prefix("HSC")
        .or_else(|| word.strip_prefix("VIOS"));
    let Some(rest) = rest else {
        return false;
    };
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    rest.len() >= 4 && rest.chars().all(plain) && rest.contains(|c: char| c.is_ascii_digit())
}

/// `0042-001`: four digits, a dash, three digits.
fn is_number_code(word: &str) -> bool {
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    word.split_once('-')
        .is_some_and(|(area, number)| digits(area, 4) && digits(number, 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! capture {
        ($name:literal) => {
            include_str!(concat!("../../tests/fixtures/hmc/", $name, ".txt"))
        };
    }

    #[test]
    fn codes_are_taken_from_the_message() {
        let table = [
            (capture!("error-unknown-lpar"), Some("HSCL8012")),
            (capture!("error-not-operating"), Some("HSCL0238")),
            (capture!("error-lpar-already-active"), Some("HSCL05EA")),
            (capture!("error-lpm-no-rmc"), Some("HSCLA246")),
            (capture!("error-npiv-polish"), Some("HSCLA4C0")),
            (capture!("error-dlpar-several-lines"), Some("HSCL2929")),
            (capture!("error-lpm-no-vios"), Some("HSCLA319")),
            (capture!("error-lpm-no-memory-expansion"), Some("HSCLB504")),
            (capture!("error-lpm-no-encryption"), Some("HSCLB505")),
            (capture!("error-no-keys-between-hmcs"), Some("HSCL3653")),
            (capture!("error-no-authority"), Some("HSCL350B")),
            (capture!("error-no-memory-pools"), Some("HSCLA4A0")),
            (capture!("error-missing-parameter-m"), None),
            (capture!("error-invalid-parameter"), None),
            (capture!("error-v10-no-frames"), None),
            (capture!("error-usage"), None),
            (capture!("error-invalid-attribute"), None),
            (capture!("error-invalid-attribute-polish"), None),
            ("[VIOSE01010003-0245] not here", Some("VIOSE01010003-0245")),
            ("0042-001 nim: processing error", Some("0042-001")),
            ("HSCROOT was here", None),
        ];
        for (text, code) in table {
            assert_eq!(Refusal::new(1, text, "").code.as_deref(), code, "{text}");
        }
    }

    #[test]
    fn a_refusal_is_one_line() {
        let refusal = Refusal::new(1, capture!("error-dlpar-several-lines"), "");
        let line = refusal.to_string();
        assert!(line.starts_with("HSCL2929 The dynamic removal of I/O resources failed:"));
        assert!(line.ends_with("The OS return code is 3."));
        assert!(!line.contains('\n'));
    }

    #[test]
    fn terminal_control_sequences_are_defused() {
        let refusal = Refusal::new(1, "HSCL8012 \u{1b}[2Jgone", "");
        assert_eq!(refusal.to_string(), "HSCL8012 ?[2Jgone");
    }

    #[test]
    fn a_silent_failure_says_its_status() {
        let text = Refusal::new(3, " \n", "").to_string();
        assert_eq!(text, "the command ended with status 3 and said nothing");
    }

    #[test]
    fn stderr_counts_where_stdout_is_empty() {
        let refusal = Refusal::new(127, "", "rbash: lssyscfg: command not found\n");
        assert_eq!(refusal.to_string(), "rbash: lssyscfg: command not found");
    }

    #[test]
    fn nothing_is_known_by_its_shape() {
        for text in [
            capture!("empty-english"),
            capture!("empty-polish"),
            "",
            "\n",
        ] {
            assert!(is_nothing(text, None), "{text}");
            assert!(is_nothing(text, Some(3)), "{text}");
        }
        assert!(is_nothing("No results were found.\r\n", Some(1)));
        assert!(is_nothing("没有找到结果。\n", Some(2)));
    }

    #[test]
    fn rows_and_noise_are_not_nothing() {
        assert!(!is_nothing("name=a.,lpar_id=1\n", None));
        assert!(!is_nothing("a.b.,1\n", Some(2)));
        assert!(!is_nothing("lpar.\n", Some(1)));
        assert!(!is_nothing("Segmentation fault\n", Some(2)));
        assert!(!is_nothing("One line.\nAnother.\n", Some(2)));
        assert!(!is_nothing(capture!("error-unknown-lpar"), Some(2)));
        assert!(!is_nothing(capture!("error-usage"), Some(2)));
        assert!(!is_nothing(capture!("error-usage"), None));
    }

    #[test]
    fn failures_with_status_0_are_found() {
        for text in [
            capture!("error-netboot-bootp-exit-0"),
            capture!("error-netboot-mac"),
            capture!("error-netboot-no-adapters"),
            capture!("error-netboot-location"),
            capture!("error-npiv-polish"),
        ] {
            assert!(in_answer(text).is_some(), "{text}");
        }
        for text in [
            capture!("netboot-success-v10"),
            capture!("netboot-success-power7"),
            capture!("lpar-v7-polish"),
        ] {
            assert_eq!(in_answer(text), None);
        }
    }
}
