//! The configuration file of the LPAR-Tool, `lpar.cfg`.
//!
//! A keyword and its value stand on each line; what follows a `#` is a comment.
//! The one keyword with a meaning here is `ControlPersist`. All others belong
//! to the LPAR-Tool and are passed over, so that both can use one file. As in
//! ssh's configuration, keywords are of either case, a `=` may stand between
//! keyword and value, and the first of several lines counts.

use super::{BadPersist, Persist};

/// A line of the file that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong.
    #[source]
    pub reason: BadPersist,
}

/// How long connections are kept, if the file says it.
///
/// # Errors
/// The value is no time.
pub fn control_persist(text: &str) -> Result<Option<Persist>, BadLine> {
    for (line, text) in (1..).zip(text.lines()) {
        let said = text.split('#').next().unwrap_or_default().trim();
        let at = said
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(said.len());
        let (keyword, value) = said.split_at(at);
        if keyword.eq_ignore_ascii_case("ControlPersist") {
            let value = value.trim_start();
            let value = value.strip_prefix('=').unwrap_or(value).trim();
            let persist = value.parse();
            return persist.map(Some).map_err(|reason| BadLine { line, reason });
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let said = control_persist(text).unwrap();
        said.map(|persist| persist.to_string())
    }

    #[test]
    fn the_documented_file_is_read() {
        let text = "\n# How long (seconds) inactive master connection should persist. Default: 600\n\
                    ControlPersist 8h\n\n";
        assert_eq!(read(text).as_deref(), Some("28800"));
    }

    #[test]
    fn spellings_and_other_lines() {
        let table = [
            ("", None),
            ("#ControlPersist 8h", None),
            ("ControlPersistent 8h\nHmcList ~/hmc.list", None),
            (
                "HmcList ~/hmc.list\r\n\tcontrolpersist\t1h30m\r\n",
                Some("5400"),
            ),
            ("ControlPersist=90 # seconds", Some("90")),
            ("ControlPersist = 2m\nControlPersist 8h", Some("120")),
            ("ControlPersist 0", Some("yes")),
        ];
        for (text, expected) in table {
            assert_eq!(read(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_bad_time_is_named_with_its_line() {
        for (text, begins) in [
            (
                "# x\nControlPersist 8 h",
                "line 2: \"8 h\" is not a ControlPersist time",
            ),
            (
                "ControlPersist",
                "line 1: \"\" is not a ControlPersist time",
            ),
        ] {
            let error = control_persist(text).unwrap_err();
            assert!(error.to_string().starts_with(begins), "{error}");
        }
    }
}
