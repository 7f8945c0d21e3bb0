//! The format of xCAT's test cases, as its manual page xcattest(1) tells it.
//!
//! A line begins with a keyword and a colon: `start`, `description`, `os`,
//! `arch`, `hcp`, `label`, `cmd`, `check`; `end` stands alone. The lines below
//! a `cmd` that have no keyword belong to it. Lines that begin with `#`, and
//! what stands outside of a case, count for nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A test case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The file it stands in.
    pub file: PathBuf,
    /// What it is for: pairs of `os`, `arch` or `hcp` and a list.
    pub wants: Vec<(String, String)>,
    /// What is run and checked, in order.
    pub steps: Vec<Step>,
}

/// A command line and what it must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Line of the file, from 1.
    pub line: usize,
    /// The command line, for the shell; may have several lines.
    pub command: String,
    /// What is checked, as it is written.
    pub checks: Vec<String>,
}

/// The words that begin a line of the format.
const KEYWORDS: [&str; 12] = [
    "start",
    "description",
    "os",
    "arch",
    "hcp",
    "type",
    "stop",
    "label",
    "cmd",
    "check",
    "cmdcheck",
    "end",
];

/// The keyword of a line and what it says.
fn keyword(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim();
    let (word, rest) = match line.split_once(':') {
        Some((word, rest)) => (word.trim(), rest.trim()),
        None if line == "end" => (line, ""),
        None => return None,
    };
    let found = KEYWORDS.into_iter().find(|k| *k == word)?;
    Some((found, rest))
}

/// Reads the cases of a file's text.
pub fn parse(text: &str, file: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case: Option<Case> = None;
    let mut in_command = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with('#') {
            continue;
        }
        let (word, rest) = match (keyword(line), &mut case) {
            (None, Some(case)) => {
                if let (true, Some(step)) = (in_command, case.steps.last_mut()) {
                    step.command.push('\n');
                    step.command.push_str(line.trim_end());
                }
                continue;
            }
            (None, None) => continue,
            (Some(found), _) => found,
        };
        in_command = word == "cmd";
        match (word, &mut case) {
            ("start", _) => {
                cases.extend(case.replace(Case {
                    name: rest.to_owned(),
                    file: file.to_owned(),
                    wants: Vec::new(),
                    steps: Vec::new(),
                }));
            }
            ("end", _) => cases.extend(case.take()),
            ("os" | "arch" | "hcp" | "type", Some(case)) => {
                case.wants.push((word.to_owned(), rest.to_owned()));
            }
            ("cmd", Some(case)) => case.steps.push(Step {
                line: number + 1,
                command: rest.to_owned(),
                checks: Vec::new(),
            }),
            ("check" | "cmdcheck", Some(case)) => {
                if let Some(step) = case.steps.last_mut() {
                    let kind = if word == "check" { "" } else { "cmdcheck:" };
                    step.checks.push(format!("{kind}{rest}"));
                }
            }
            _ => {}
        }
    }
    cases.extend(case);
    for step in cases.iter_mut().flat_map(|c| &mut c.steps) {
        step.command.truncate(step.command.trim_end().len());
    }
    cases
}

/// Reads the cases of a file, or of all text files below a folder, in the
/// order of their paths.
///
/// # Errors
/// Something could not be read; the text names it.
pub fn load(place: &Path) -> Result<Vec<Case>, String> {
    let failed = |path: &Path, e: io::Error| format!("cannot read {}: {e}", path.display());
    if place.is_dir() {
        let entries = fs::read_dir(place).map_err(|e| failed(place, e))?;
        let paths: Result<Vec<PathBuf>, io::Error> = entries.map(|e| Ok(e?.path())).collect();
        let mut paths = paths.map_err(|e| failed(place, e))?;
        paths.sort();
        let cases: Result<Vec<Vec<Case>>, String> = paths.iter().map(|p| load(p)).collect();
        return Ok(cases?.into_iter().flatten().collect());
    }
    // Folders of cases hold scripts and archives, too.
    match String::from_utf8(fs::read(place).map_err(|e| failed(place, e))?) {
        Ok(text) => Ok(parse(&text, place)),
        Err(_) => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# a comment
start:first
description: two
 lines
os:AIX,Linux
label:db
cmd:mkdef -t node -o n1 groups=all
check:rc==0
cmd : echo 'default-node:
    groups=all
# not for the shell

n1:' > file
check: output =~ n1
nothing
check:rc = 0
cmdcheck:true
end\t
lost
start: second
cmd:lsdef
";

    #[test]
    fn a_file_becomes_cases() {
        let cases = parse(TEXT, Path::new("f"));
        let names: Vec<&str> = cases.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["first", "second"]);
        assert_eq!(cases[0].wants, [("os".to_owned(), "AIX,Linux".to_owned())]);
        let want = [
            Step {
                line: 7,
                command: "mkdef -t node -o n1 groups=all".into(),
                checks: vec!["rc==0".into()],
            },
            Step {
                line: 9,
                command: "echo 'default-node:\n    groups=all\n\nn1:' > file".into(),
                checks: vec![
                    "output =~ n1".into(),
                    "rc = 0".into(),
                    "cmdcheck:true".into(),
                ],
            },
        ];
        assert_eq!(cases[0].steps, want);
        assert_eq!(cases[1].steps[0].command, "lsdef");
    }

    #[test]
    fn folders_are_read_to_the_bottom_and_what_is_no_text_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("b/c");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("cases0"), "start:two\nend\n").unwrap();
        fs::write(deep.join("archive"), [0xff, 0xfe, 0x00]).unwrap();
        fs::write(folder.path().join("a"), "start:one\nend\n").unwrap();
        let names: Vec<String> = load(folder.path())
            .unwrap()
            .into_iter()
            .map(|c| c.name)
            .collect();
        assert_eq!(names, ["one", "two"]);
        let missing = load(&folder.path().join("none")).unwrap_err();
        assert!(missing.contains("none"), "{missing}");
    }
}
