//! Runs a case and says how it went.

use crate::case::{Case, Step};
use crate::check::Check;
use crate::variables;
use crate::world::{Ran, World, Worlds};

/// How a case went.
#[derive(Debug)]
pub enum Verdict {
    /// Every check held.
    Pass,
    /// A check did not hold.
    Fail(Box<Failure>),
    /// It was not run: what it needs.
    Skip(String),
}

/// The first check that did not hold.
#[derive(Debug)]
pub struct Failure {
    /// Line of the case's file, from 1.
    pub line: usize,
    /// The command line, as it was run.
    pub command: String,
    /// What it did.
    pub ran: Ran,
    /// The check.
    pub check: String,
}

/// Runs a case in a world of its own.
///
/// # Errors
/// Something of ours failed: no folder, no shell.
pub fn run(case: &Case, worlds: &mut Worlds) -> Result<Verdict, String> {
    if let Some(needs) = elsewhere(case) {
        return Ok(Verdict::Skip(needs));
    }
    let world = worlds.next()?;
    for step in &case.steps {
        if let Err(needs) = possible(step, &world) {
            return Ok(Verdict::Skip(needs));
        }
    }
    for step in &case.steps {
        match play(step, &world) {
            Ok(None) => {}
            Ok(Some(failure)) => return Ok(Verdict::Fail(failure.into())),
            Err(needs) => return Ok(Verdict::Skip(needs)),
        }
    }
    Ok(Verdict::Pass)
}

/// What the case is for, if it is not for this machine.
fn elsewhere(case: &Case) -> Option<String> {
    let (what, list) = case.wants.iter().find(|(what, list)| {
        let ours = variables::variable(&what.to_uppercase()).unwrap_or_default();
        let fits = |word: &str| {
            let word = word.trim().to_lowercase();
            word.starts_with(ours) || (what == "os" && word == "linux")
        };
        !list.split(',').any(fits)
    })?;
    Some(format!("{what} {list}"))
}

/// Whether a step can run here, as far as one can tell beforehand.
fn possible(step: &Step, world: &World) -> Result<(), String> {
    let command = world.settle(&variables::variables(&step.command)?);
    let known = |name: &str, _: &[&str]| match name {
        "GETNODEATTR" | "GETTABLEVALUE" | "INC" => Ok("x".to_owned()),
        _ => Err(format!("__{name}()__")),
    };
    world.judge(&variables::functions(&command, known)?)?;
    for check in &step.checks {
        let check = variables::functions(&variables::variables(check)?, known)?;
        match Check::parse(&check) {
            Some(check) => drop(check.holds(0, "")?),
            None => return Err(format!("a check such as {check}")),
        }
    }
    Ok(())
}

/// Runs a step and checks it; the first check that does not hold.
fn play(step: &Step, world: &World) -> Result<Option<Failure>, String> {
    let fill = |text: &str| {
        let text = world.settle(&variables::variables(text)?);
        variables::functions(&text, |name, arguments| inline(name, arguments, world))
    };
    let command = fill(&step.command)?;
    world.judge(&command)?;
    let ran = world.run(&command)?;
    for written in &step.checks {
        let check = fill(written)?;
        let Some(parsed) = Check::parse(&check) else {
            return Err(format!("a check such as {check}"));
        };
        if !parsed.holds(ran.code, &ran.output)? {
            return Ok(Some(Failure {
                line: step.line,
                command,
                ran,
                check,
            }));
        }
    }
    Ok(None)
}

/// What an inline function answers.
fn inline(name: &str, arguments: &[&str], world: &World) -> Result<String, String> {
    match (name, arguments) {
        ("GETNODEATTR", [node, attribute]) => {
            let line = format!("lsdef -t node -o {node} -i {attribute}");
            world.judge(&line)?;
            let sign = format!("{attribute}=");
            let ran = world.run(&line)?;
            let found = ran
                .output
                .lines()
                .find_map(|l| l.trim().strip_prefix(&sign));
            Ok(found.unwrap_or_default().to_owned())
        }
        ("GETTABLEVALUE", [key, value, column, table]) => {
            let line = format!("gettab {key}={value} {table}.{column}");
            world.judge(&line)?;
            let ran = world.run(&line)?;
            Ok(ran.output.lines().next().unwrap_or_default().to_owned())
        }
        ("INC", [number]) => match number.parse::<i64>() {
            Ok(number) => Ok((number + 1).to_string()),
            Err(_) => Err(format!("__INC({number})__")),
        },
        _ => Err(format!("__{name}()__")),
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
