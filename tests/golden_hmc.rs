//! Compares what the hardware commands print with what the real xCAT 2.19
//! printed (`fixtures/xcat-hmc/`), on a site with the same hardware.
//!
//! A capture agrees when the lines on standard output and the exit code are the
//! same, but for:
//!
//! - blank lines, blanks at the ends of lines, and usage texts;
//! - the order of nodes where several systems are asked, which comes as they
//!   answer, of the rows of a dump, and of the members of a group; and two blanks
//!   between the sentences of an HMC, which are one here;
//! - messages of a failure that name no node: they may stand on standard error,
//!   behind `Error: `;
//! - `# …` of `rscan`: what was defined, which xCAT does not tell;
//! - `xcat.updatestatus - …`: what the daemon writes to its log, which a client
//!   without a daemon has on its terminal.
//!
//! Values that belong to that HMC and not to xCAT, as the text of a refusal, are
//! given in pairs: what the capture has, and what the simulated HMC has. Where
//! xCAT is not followed, `fixtures/xcat-hmc/README.md` says so with the reason,
//! and what is printed instead stands in `steps`.

mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use simsite::{Config, Site};

use crate::world::{Ran, World};
use steps::{BAD_PASSWORD, FAULTS, HMC, NEVER_ACTIVE, SESSION, SESSIONS, Step};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xcat-hmc")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What xCAT printed.
struct Capture {
    line: String,
    out: String,
    err: String,
    code: i32,
}

/// The texts of an HMC with one blank between sentences, as they are told here.
fn blanks(text: &str) -> String {
    let line = |line: &str| match line.contains(": HSCL") {
        true => line.replace(".  ", ". "),
        false => line.to_owned(),
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

/// Reads a capture. The two of `lsdef` and `tabdump` are outputs alone.
fn capture(name: &str) -> Capture {
    let text = blanks(&read(&format!("{name}.txt")));
    let Some(text) = text.strip_prefix("$ ") else {
        return Capture {
            line: String::new(),
            out: text,
            err: String::new(),
            code: 0,
        };
    };
    let (line, rest) = text.split_once("\n--- stdout\n").unwrap();
    let (out, rest) = rest.split_once("--- stderr\n").unwrap();
    let (err, rest) = rest.split_once("--- rc=").unwrap();
    Capture {
        line: line.to_owned(),
        out: out.to_owned(),
        err: err.to_owned(),
        code: rest.lines().next().unwrap().parse().unwrap(),
    }
}

/// What the daemon logs.
const LOG: &str = "xcat.updatestatus - ";

/// The lines that must agree.
fn data(line: &str, out: &str) -> Vec<String> {
    let lines = || {
        let lines = out.lines().map(str::trim_end);
        lines.filter(|l| !l.is_empty() && !l.starts_with(LOG))
    };
    let mut lines: Vec<String> = match lines().any(|l| l.starts_with("Usage: ")) {
        true => Vec::new(),
        false => lines().map(members_in_order).collect(),
    };
    if line.starts_with("rscan ") {
        lines.retain(|line| !line.starts_with("# "));
    }
    if ["rpower ", "lshwconn "].iter().any(|c| line.starts_with(c)) || line.contains(" cec ") {
        lines.sort();
    }
    if line.contains("tabdump ") {
        lines = tables(lines);
    }
    lines
}

/// Sorts the rows of each table.
fn tables(lines: Vec<String>) -> Vec<String> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut table = String::new();
    for line in lines {
        if line.starts_with("== ") {
            table = line;
        } else {
            tables.entry(table.clone()).or_default().push(line);
        }
    }
    tables.values_mut().for_each(|rows| rows.sort());
    let flat = |(table, rows): (String, Vec<String>)| std::iter::once(table).chain(rows);
    tables.into_iter().flat_map(flat).collect()
}

/// The groups of `groups=all,cec` and `"node","all,cec"` in order.
fn members_in_order(line: &str) -> String {
    let members = |list: &str| {
        let mut members: Vec<_> = list.split(',').collect();
        members.sort_unstable();
        members.join(",")
    };
    if let Some(list) = line.strip_prefix("    groups=") {
        return format!("    groups={}", members(list));
    }
    match line.split('"').collect::<Vec<_>>()[..] {
        ["", node, ",", groups, ref rest @ ..] if groups.contains(",") => {
            format!("\"{node}\",\"{}\"{}", members(groups), rest.join("\""))
        }
        _ => line.to_owned(),
    }
}

/// Whether a failure's message is on standard error.
fn told(ran: &Ran, message: &str) -> bool {
    ran.err
        .lines()
        .any(|line| line == format!("Error: {message}"))
}

/// Compares an answer with the capture's.
fn agrees(step: &Step, capture: &Capture, ran: &Ran) -> bool {
    let paired = |text: &str| {
        let replace = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
        let pairs = step.pairs.iter().chain(step.unlike);
        pairs.fold(text.to_owned(), replace)
    };
    let line = line(step, capture);
    let mut want = data(line, &paired(&capture.out));
    let mut messages = capture.out.lines().chain(capture.err.lines());
    let usage = capture.out.lines().any(|l| l.starts_with("Usage: "));
    let quiet = match capture.code {
        0 => ran.err.is_empty(),
        _ if usage => messages.next().is_some_and(|message| told(ran, message)),
        _ => messages.all(|l| {
            let log = l.is_empty() || l.starts_with(LOG);
            log || ran.out.contains(&paired(l)) || ran.err.contains(l)
        }),
    };
    let quiet = quiet || !step.warns.is_empty() && ran.err.starts_with(step.warns);
    want.retain(|line| !told(ran, line));
    quiet && want == data(line, &ran.out) && ran.code == Some(capture.code)
}

fn line<'a>(step: &'a Step, capture: &'a Capture) -> &'a str {
    match step.line {
        "" => &capture.line,
        line => line,
    }
}

/// Plays a session and tells what differs.
fn play(world: &World, site: &Site, steps: &[Step]) {
    let mut told = String::new();
    for step in steps {
        (step.site)(site);
        if !step.before.is_empty() {
            let ran = world.sh(step.before);
            assert_eq!(ran.code, Some(0), "{}: {ran:#?}", step.before);
        }
        let capture = capture(step.capture);
        let line = line(step, &capture);
        let ran = world.sh(line);
        let same = agrees(step, &capture, &ran);
        let followed = Step {
            unlike: &[],
            ..*step
        };
        let right = match step.here {
            None if step.unlike.is_empty() => same,
            None => same && !agrees(&followed, &capture, &ran),
            Some(_) if same => {
                told.push_str(&format!(
                    "\n{} is listed in README.md and agrees",
                    step.capture
                ));
                continue;
            }
            Some(here) => {
                data(line, &ran.out) == data(line, here.out)
                    && ran.err.starts_with(here.err)
                    && ran.err.is_empty() == here.err.is_empty()
                    && ran.code == Some(here.code)
            }
        };
        // As a control character would be shown.
        if !right || ran.err.contains('?') {
            told.push_str(&format!(
                "\n{}: {line}\n  xCAT: {}{}",
                step.capture, capture.out, capture.err
            ));
            told.push_str(&format!("  here: {ran:#?}\n"));
        }
    }
    assert!(told.is_empty(), "{told}");
}

fn site(change: impl FnOnce(&mut Config)) -> (World, Site) {
    let mut config = Config::from_toml(&read("site.toml")).unwrap();
    change(&mut config);
    World::on_site(config)
}

#[test]
fn the_hardware_commands_print_what_xcat_prints() {
    let (world, site) = site(|_| ());
    play(&world, &site, SESSION);
}

#[test]
fn an_lpar_that_was_never_active_has_what_xcat_says() {
    let (world, site) = site(|config| {
        let lpar = config.cec[0]
            .lpar
            .iter_mut()
            .find(|lpar| lpar.name == "lpar01");
        let lpar = lpar.unwrap();
        lpar.state = "Not Activated".to_owned();
        lpar.attrs
            .insert("resource_config".to_owned(), "0".to_owned());
    });
    assert_eq!(world.sh(&format!("{HMC} && rscan hmc01 -w")).code, Some(0));
    play(&world, &site, NEVER_ACTIVE);
}

#[test]
fn a_wrong_password_is_told() {
    let (mut world, site) = site(|config| config.authorized_key = false);
    assert_eq!(world.sh(&format!("{HMC} && rscan hmc01 -w")).code, Some(0));
    world.new_home("later");
    play(&world, &site, BAD_PASSWORD);
}

#[test]
fn trouble_is_told_as_xcat_tells_it() {
    let (mut world, site) = site(|_| ());
    let gone = "mkdef -t node -o gone groups=other,all nodetype=ppc,osi hwtype=lpar id=77 mgt=hmc \
        hcp=hmc01 pprofile=p parent=Server-9117-MMA-SN10F6F3D cons=hmc";
    let setup = world.sh(&format!("{HMC} && rscan hmc01 -w && {gone}"));
    assert_eq!(setup.code, Some(0), "{setup:#?}");
    world.new_home("later");
    play(&world, &site, FAULTS);
}

#[test]
fn no_capture_is_left_out() {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
    let names = files.filter_map(|file| {
        let name = file.file_name().into_string().unwrap();
        name.strip_suffix(".txt").map(str::to_owned)
    });
    let captures: BTreeSet<String> = names.collect();
    let steps = || SESSIONS.iter().copied().flatten();
    let compared: Vec<String> = steps().map(|step| step.capture.to_owned()).collect();
    let once: BTreeSet<String> = compared.iter().cloned().collect();
    assert_eq!(compared.len(), once.len(), "a capture is compared twice");
    assert_eq!(captures, once);
    let here = steps().filter(|step| step.here.is_some() || !step.unlike.is_empty());
    let here: BTreeSet<String> = here.map(|step| step.capture.to_owned()).collect();
    assert_eq!(here, listed(), "README.md lists others");
}

/// The captures that README.md lists as not followed: the first cells of its table.
fn listed() -> BTreeSet<String> {
    let readme = read("README.md");
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.filter_map(|row| row.split_once(" | ").map(|(cell, _)| cell.to_owned()));
    let names = cells.flat_map(|cell| {
        let names = cell
            .split(',')
            .map(|name| name.trim_matches([' ', '`']).to_owned());
        names.collect::<Vec<_>>()
    });
    names.collect()
}
