//! Runs test cases in xCAT's format (xcattest(1)) against the commands of a
//! tree such as `/opt/xcat`, without touching the machine: each case has a
//! database, a home and a folder of its own, and one that needs more than the
//! commands of the database and some harmless tools is skipped.

mod case;
mod check;
mod rules;
mod run;
mod shell;
mod variables;
mod world;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use case::Case;
use run::{Failure, Verdict};
use world::Worlds;

const USAGE: &str = "\
usage: xcat-cases [-v] --commands TREE PLACE [CASE...]
  --commands TREE  the tree whose bin/ has the commands
  -v               shows what a case that failed ran, and what came out
  PLACE            a file with cases, or a folder of such files
  CASE             runs these cases only";

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    tree: PathBuf,
    place: PathBuf,
    cases: Vec<String>,
    verbose: bool,
}

/// `None` for arguments that are none.
fn request(arguments: impl IntoIterator<Item = String>) -> Option<Request> {
    let mut request = Request::default();
    let mut words = Vec::new();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-v" => request.verbose = true,
            "--commands" => request.tree = arguments.next()?.into(),
            option if option.starts_with('-') => return None,
            _ => words.push(argument),
        }
    }
    let mut words = words.into_iter();
    request.place = words.next()?.into();
    request.cases = words.collect();
    (request.tree != PathBuf::new()).then_some(request)
}

fn main() -> ExitCode {
    let Some(request) = request(std::env::args().skip(1)) else {
        return tell(io::stderr().lock(), USAGE, 2);
    };
    match run_all(&request, &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(text) => tell(io::stderr().lock(), &format!("Error: {text}"), 2),
    }
}

/// Says something where it can still be said, and ends.
fn tell(mut place: impl Write, text: &str, code: u8) -> ExitCode {
    drop(writeln!(place, "{text}"));
    ExitCode::from(code)
}

/// Runs what is asked for; whether nothing failed.
fn run_all(request: &Request, out: &mut impl Write) -> Result<bool, String> {
    let cases = chosen(request)?;
    let mut worlds = Worlds::new(&request.tree)?;
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let lost = |e: io::Error| format!("cannot write: {e}");
    for case in &cases {
        let line = match run::run(case, &mut worlds)? {
            Verdict::Pass => {
                passed += 1;
                "pass".to_owned()
            }
            Verdict::Skip(needs) => {
                skipped += 1;
                format!("skipped: needs {needs}")
            }
            Verdict::Fail(failure) => {
                failed += 1;
                told(case, &failure, request.verbose)
            }
        };
        writeln!(out, "{}: {line}", case.name).map_err(lost)?;
    }
    writeln!(out, "{passed} passed, {failed} failed, {skipped} skipped").map_err(lost)?;
    Ok(failed == 0)
}

/// The cases that are asked for; each name must be there.
fn chosen(request: &Request) -> Result<Vec<Case>, String> {
    let mut cases = case::load(&request.place)?;
    for name in &request.cases {
        if !cases.iter().any(|c| c.name == *name) {
            return Err(format!("no case '{name}' in {}", request.place.display()));
        }
    }
    if !request.cases.is_empty() {
        cases.retain(|c| request.cases.contains(&c.name));
    }
    match cases.is_empty() {
        true => Err(format!("no cases in {}", request.place.display())),
        false => Ok(cases),
    }
}

/// A failure, on one line or with what came out.
fn told(case: &Case, failure: &Failure, verbose: bool) -> String {
    let Failure {
        line,
        command,
        ran,
        check,
    } = failure;
    let mut text = format!("fail: line {line}: {check}");
    if verbose {
        text.push_str(&format!("\n    file: {}", case.file.display()));
        text.push_str(&format!("\n    command: {}", indented(command)));
        text.push_str(&format!("\n    exit code: {}", ran.code));
        text.push_str(&format!("\n    output: {}", indented(&ran.output)));
        if !ran.errors.is_empty() {
            text.push_str(&format!("\n    besides: {}", indented(&ran.errors)));
        }
    }
    text
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n        ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Option<Request> {
        request(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_understood_or_refused() {
        let want = Request {
            tree: "opt".into(),
            place: "folder".into(),
            cases: vec!["a".into(), "b".into()],
            verbose: true,
        };
        assert_eq!(asked("-v --commands opt folder a b"), Some(want));
        for line in ["", "folder", "--commands opt", "--commands opt -x f"] {
            assert_eq!(asked(line), None, "{line}");
        }
    }
}
