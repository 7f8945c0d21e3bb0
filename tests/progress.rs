//! The progress line of long work: on a terminal it comes and goes, and what
//! stays is what a pipe gets; in a pipe there is none.

use std::thread;
use std::time::Duration;

use simsite::{Config, Fault, Site};

use crate::commands::getmacs;
use crate::world::World;
use crate::world::terminal::Terminal;

/// How a progress line is taken back.
const CLEAR: &str = "\r\x1b[K";

/// What a terminal shows in the end: its lines, and all that was taken back.
fn shown(said: &str) -> (Vec<String>, Vec<String>) {
    let (mut lines, mut taken_back) = (Vec::new(), Vec::new());
    for part in said.split("\r\n") {
        let mut rest = part;
        while let Some((before, after)) = rest.split_once(CLEAR) {
            if !before.is_empty() {
                taken_back.push(before.to_owned());
            }
            rest = after;
        }
        lines.push(rest.to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines.sort_unstable();
    (lines, taken_back)
}

/// Runs a command on two equal sites, in a pipe and on a terminal; gives the
/// progress lines.
fn both(site: impl Fn() -> (World, Site), program: &str, words: &[&str]) -> Vec<String> {
    let (world, _site) = site();
    let ran = world.run(program, words);
    let all = ran.out.clone() + &ran.err;
    assert!(!all.contains('\x1b') && !all.contains('\r'), "{ran:#?}");
    let mut lines: Vec<_> = all.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    let (world, _site) = site();
    let (said, code) = Terminal::start(&world, program, words).all();
    let (stays, taken_back) = shown(&said);
    assert_eq!(code, ran.code, "{said}");
    assert_eq!(stays, lines, "{said:?}");
    taken_back
}

#[test]
fn a_scan_counts_its_hmcs() {
    let site = || {
        let (world, site) = World::on_site(Config::default_site());
        for hmc in ["hmc01", "hmc02"] {
            world.define_hmc(hmc, "abc123");
        }
        site.fault_on("hmc02", "lssysconn", Fault::Slow(Duration::from_secs(2)));
        (world, site)
    };
    let lines = both(site, "rscan", &["hmc01,hmc02", "-w"]);
    assert_eq!(lines, ["0 of 2 HMCs have told", "1 of 2 HMCs have told"]);
}

fn booting() -> (World, Site) {
    getmacs::site(Config::default_site())
}

#[test]
fn boots_show_their_steps() {
    let own = |lines: &[String]| {
        let all = lines.iter().all(|line| line.starts_with("node03: "));
        assert!(all && lines.len() > 3, "{lines:?}");
    };
    own(&both(booting, "getmacs", &["node03", "-D"]));
    let boot = || {
        let (world, site) = booting();
        world.run("getmacs", ["node03", "-D"]).good();
        (world, site)
    };
    own(&both(boot, "rnetboot", &["node03"]));
}

#[test]
fn who_is_waited_for_is_named() {
    let never = "nodelist.status==never";
    let words = ["node03,node04", "on", "-m", never, "-t", "0.02", "-r", "0"];
    let lines = both(booting, "rpower", &words);
    assert_eq!(lines, ["waiting for 2: node03,node04"]);
}

#[test]
fn new_lpars_are_counted() {
    let site = || {
        let (world, site) = World::scanned(Config::default_site());
        let words = ["-t", "node", "-o", "new[1-3]", "groups=all"];
        world.run("mkdef", words).good();
        (world, site)
    };
    let words = ["new1-new3", "-i", "11", "-l", "node01"];
    let lines = both(site, "mkvm", &words);
    let wanted = [0, 1, 2].map(|done| format!("{done} of 3 LPARs are done"));
    assert_eq!(lines, wanted);
}

#[test]
fn a_question_for_a_password_stands_alone() {
    let mut config = Config::default_site();
    config.authorized_key = false;
    let (world, _site) = World::on_site(config);
    for hmc in ["hmc01", "hmc02"] {
        world.define_hmc(hmc, "");
    }
    let mut terminal = Terminal::start(&world, "rscan", &["hmc01,hmc02", "-w"]);
    terminal.heard("0 of 2 HMCs have told");
    for _ in 0..2 {
        terminal.heard(CLEAR);
        terminal.heard("assword:");
        // ssh prints the prompt before it turns the echo off.
        thread::sleep(Duration::from_millis(200));
        terminal.say("abc123\n");
    }
    let (said, _) = terminal.all();
    let (lines, _) = shown(&said);
    assert!(
        lines.iter().all(|line| !line.contains("have told")),
        "{said:?}"
    );
}

#[test]
fn a_narrow_terminal_breaks_no_progress_line() {
    let (world, site) = World::on_site(Config::default_site());
    for hmc in ["hmc01", "hmc02"] {
        world.define_hmc(hmc, "abc123");
        site.fault_on(hmc, "lssysconn", Fault::Slow(Duration::from_secs(1)));
    }
    let words = ["hmc01,hmc02", "-w"];
    let mut terminal = Terminal::of_size(&world, "rscan", &words, (10, 5));
    terminal.heard("0 of 2 HM");
    terminal.heard(CLEAR);
    let (said, _) = terminal.all();
    assert!(!said.contains("of 2 HMC"), "{said:?}");
    // With -V its lines are the progress.
    let (said, _) = Terminal::start(&world, "rscan", &["hmc01,hmc02", "-V"]).all();
    assert!(
        said.contains("lssyscfg") && !said.contains(CLEAR),
        "{said:?}"
    );
}
