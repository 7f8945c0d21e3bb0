//! Files with rows of profiles, as `lsvm` prints them.

use std::fs::File;
use std::io::Read;

use crate::hmc::profile::{self, Profile};

/// The most that is read, in bytes. The profiles of 10,000 LPARs are less.
const MOST: u64 = 16 << 20;

/// A row of such a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The node before the colon, where there is one.
    pub node: Option<String>,
    /// The profile.
    pub profile: Profile,
}

/// Why a text is no such file. The texts are xCAT's where it has them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFile {
    /// It cannot be read.
    #[error("cannot read {from}: {reason}")]
    Unreadable {
        /// What: a path, or `standard input`.
        from: String,
        /// Why not.
        reason: String,
    },
    /// A line is no profile.
    #[error("Invalid line in profile: line {line}: {reason}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// There is no profile in it.
    #[error(
        "No valid line was found: each must begin with 'name=' or 'NODE: name=', as lsvm prints them"
    )]
    Empty,
}

/// Reads the file of this name.
///
/// # Errors
/// As [`read`], or the file cannot be read.
pub fn read_file(path: &str) -> Result<Vec<Row>, BadFile> {
    let file = File::open(path).map_err(|error| unreadable(path, &error.to_string()))?;
    read_stream(file, path)
}

/// Reads to the end of a stream, which is called `from` in errors.
///
/// # Errors
/// As [`read`], or the stream cannot be read.
pub fn read_stream(stream: impl Read, from: &str) -> Result<Vec<Row>, BadFile> {
    let mut text = String::new();
    stream
        .take(MOST + 1)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(from, &error.to_string()))?;
    if text.len() as u64 > MOST {
        return Err(unreadable(from, "it is larger than 16 MiB"));
    }
    read(&text)
}

fn unreadable(from: &str, reason: &str) -> BadFile {
    BadFile::Unreadable {
        from: from.to_owned(),
        reason: reason.to_owned(),
    }
}

/// What a row must have to say which profile it is.
const NEEDED: [&str; 3] = ["name", "lpar_name", "lpar_id"];

/// Reads such a text. Empty lines do not count, nor those that begin with `#`.
///
/// # Errors
/// A line is no profile, or there is none at all.
pub fn read(text: &str) -> Result<Vec<Row>, BadFile> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let bad = |reason: String| BadFile::Line { line, reason };
        let (node, row) = match text.split_once(": ") {
            Some((node, row)) if !node.contains(['=', ',', ' ']) => (Some(node), row.trim()),
            _ => (None, text),
        };
        let profiles = profile::parse(row).map_err(|error| bad(error.to_string()))?;
        for profile in profiles {
            let missing = |name: &&&str| profile.record.get(name).is_none();
            if let Some(name) = NEEDED.iter().find(missing) {
                return Err(bad(format!("it has no {name}=")));
            }
            if profile.lpar().is_none() {
                return Err(bad("its lpar_id is no number".to_owned()));
            }
            let node = node.map(str::to_owned);
            rows.push(Row { node, profile });
        }
    }
    match rows.is_empty() {
        true => Err(BadFile::Empty),
        false => Ok(rows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lsvm_prints_is_read_again() {
        let row = "name=p,lpar_name=l,lpar_id=2,lpar_env=aixlinux,\"io_slots=a,b\"";
        let other = row.replace("lpar_id=2", "lpar_id=3");
        let text = format!("l1: {row}\n\n{other}\n\n\n# mine\nl3: {row}\n\n");
        let rows = read(&text).unwrap();
        let nodes: Vec<_> = rows.iter().map(|row| row.node.as_deref()).collect();
        assert_eq!(nodes, [Some("l1"), None, Some("l3")]);
        assert_eq!(rows[1].profile.text, other);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let table = [
            ("", "No valid line"),
            (
                "\nmin_mem=1",
                "Invalid line in profile: line 2: it has no name=",
            ),
            (
                "name=p,lpar_name=l,lpar_id=x",
                "Invalid line in profile: line 1: its lpar_id is no number",
            ),
            (
                "n: name=\"p",
                "Invalid line in profile: line 1: it has no lpar_name=",
            ),
            (
                "garbage",
                "Invalid line in profile: line 1: line 1: a field without",
            ),
        ];
        for (text, error) in table {
            let said = read(text).unwrap_err().to_string();
            assert!(said.starts_with(error), "{text:?}: {said}");
        }
    }
}
