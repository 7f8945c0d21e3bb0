//! Replays command scripts with the answers that the real xCAT 2.19 gave
//! (`fixtures/golden.json`) and compares.
//!
//! A step agrees when both succeeded or both failed and standard output is the
//! same, but for blank lines, error lines and the order of group members and
//! dump rows: error texts may be better here. At the end of a script the
//! tables must be the same. Where xCAT is plainly wrong we differ:
//! `fixtures/deviations.md` lists each such step with the reason, and the test
//! fails for a step that is listed and agrees.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::world::{Ran, World};

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The steps that differ on purpose: the words like `1001.4` in backquotes.
fn deviations() -> BTreeSet<String> {
    let text = fixture("deviations.md");
    let words = text.split('`').skip(1).step_by(2);
    words
        .filter(|w| {
            w.split_once('.')
                .is_some_and(|(seed, _)| seed.parse::<u32>().is_ok())
        })
        .map(str::to_owned)
        .collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// xCAT ends some failures with status 0.
const INVALID: &str = "Invalid nodes in noderange";

fn failed(code: i64, out: &str, err: &str) -> bool {
    code != 0 || out.contains(INVALID) || err.contains(INVALID)
}

/// The lines that must agree.
fn data(command: &str, out: &str) -> Vec<String> {
    let lines = out.lines().map(str::trim_end).filter(|l| !l.is_empty());
    if lines
        .clone()
        .any(|l| l.trim_start().to_lowercase().starts_with("usage"))
    {
        return Vec::new();
    }
    let messages = [
        "error",
        "warning",
        "invalid nodes in noderange",
        "unknown option",
        "invalid group",
    ];
    let mut lines: Vec<String> = lines
        .filter(|l| !messages.iter().any(|m| l.to_lowercase().starts_with(m)))
        .map(members_in_order)
        .collect();
    if ["tabdump", "tabgrep"].contains(&command) {
        lines.sort();
    }
    lines
}

fn members_in_order(line: &str) -> String {
    match line.split_once("members=") {
        Some((before, members)) => {
            let mut members: Vec<&str> = members.split(',').collect();
            members.sort_unstable();
            format!("{before}members={}", members.join(","))
        }
        None => line.to_owned(),
    }
}

type Rows = BTreeSet<BTreeMap<String, String>>;

/// The rows that xCAT stored, but for times.
fn rows_of_xcat(rows: &Value) -> Rows {
    let row = |row: &Value| {
        let columns = row.as_object().unwrap().iter();
        columns
            .filter(|(column, _)| !column.ends_with("time"))
            .map(|(column, value)| {
                (
                    column.clone(),
                    value.as_str().unwrap_or_default().to_owned(),
                )
            })
            .collect()
    };
    rows.as_array().unwrap().iter().map(row).collect()
}

/// The rows of a `tabdump`.
fn rows_of_dump(dump: &str) -> Rows {
    let mut lines = csv(dump.trim_start_matches('#')).into_iter();
    let columns = lines.next().unwrap_or_default();
    let row = |line: Vec<String>| {
        let cells = columns.iter().cloned().zip(line);
        cells
            .filter(|(column, value)| !value.is_empty() && !column.ends_with("time"))
            .collect()
    };
    lines.map(row).collect()
}

/// Comma-separated values with doubled quotes.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut cell, mut quoted) = (vec![], vec![], String::new(), false);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => {
                cell.push('"');
                signs.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            other => cell.push(other),
        }
    }
    lines
}

fn run(world: &World, step: &Value) -> Ran {
    let argv: Vec<&str> = step["argv"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a.as_str().unwrap())
        .collect();
    world.feed(argv[0], &argv[1..], text(step, "stdin"))
}

/// Plays one script and gives what differs, as `seed.step` with an explanation.
fn differences(script: &Value) -> Vec<(String, String)> {
    let world = World::new();
    let seed = &script["seed"];
    world
        .run("chtab", ["key=sshbetweennodes", "site.value=ALLGROUPS"])
        .ok("");
    let mut found = Vec::new();
    for (number, step) in script["steps"].as_array().unwrap().iter().enumerate() {
        let ran = run(&world, step);
        let command = step["argv"][0].as_str().unwrap();
        let want = data(command, text(step, "out"));
        let want_failure = failed(
            step["rc"].as_i64().unwrap_or(1),
            text(step, "out"),
            text(step, "err"),
        );
        let failure = failed(ran.code.unwrap_or(1).into(), &ran.out, &ran.err);
        if want != data(command, &ran.out) || want_failure != failure {
            let told = format!("{}\n  xCAT: {step}\n  here: {ran:?}", step["argv"]);
            found.push((format!("{seed}.{}", number + 1), told));
        }
    }
    for (table, rows) in script["tables"].as_object().unwrap() {
        let ours = rows_of_dump(&world.run("tabdump", [table]).out);
        let theirs = rows_of_xcat(rows);
        if ours != theirs {
            let told = format!("\n  xCAT: {theirs:?}\n  here: {ours:?}");
            found.push((format!("{seed}.{table}"), told));
        }
    }
    found
}

#[test]
fn the_scripts_answer_as_xcat_does() {
    let scripts: Value = serde_json::from_str(&fixture("golden.json")).unwrap();
    let scripts = scripts.as_array().unwrap();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let found = std::sync::Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(script) =
                    scripts.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    found.lock().unwrap().extend(differences(script));
                }
            });
        }
    });
    let (found, mut expected) = (found.into_inner().unwrap(), deviations());
    let mut told = String::new();
    for (step, difference) in found {
        if !expected.remove(&step) {
            told.push_str(&format!("\n{step} differs: {difference}"));
        }
    }
    for step in expected {
        told.push_str(&format!("\n{step} is listed in deviations.md and agrees"));
    }
    assert!(told.is_empty(), "{told}");
}
