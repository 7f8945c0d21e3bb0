//! Signals that end nothing: a command that is stopped and continued, or whose
//! window changes its size, carries on wherever it waits.

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use simsite::Fault;
use xcat::db::Db;

use super::stanzas;
use crate::world::{World, bin_folder, hmcs};

/// Sends the signals to a command, again and again, until it has ended or the
/// deed is done.
fn disturb(child: &mut Child, until: impl Fn() -> bool) {
    let id = child.id().to_string();
    while !until() && child.try_wait().unwrap().is_none() {
        for signal in ["-WINCH", "-STOP", "-CONT", "-URG"] {
            let sent = Command::new("kill").args([signal, &id]).status();
            assert!(sent.unwrap().success());
            thread::sleep(Duration::from_millis(2));
        }
    }
}

fn start(world: &World, program: &str, words: &[&str]) -> Child {
    let mut command = world.command(bin_folder().join(program));
    command.args(words).stdin(Stdio::piped());
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[track_caller]
fn ended_well(output: &Output, out: &str) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(
        (text(&output.stderr), text(&output.stdout)),
        (String::new(), out.to_owned())
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_command_that_reads_a_pipe_carries_on() {
    for (program, words, text, done) in [
        (
            "mkdef",
            &["-z"][..],
            stanzas(40),
            "40 object definitions have been created or modified.\n",
        ),
        (
            "tabrestore",
            &["-t", "nodelist", "-"],
            (0..40).fold("#node,groups\n".into(), |text: String, n| {
                text + &format!("\"n{n:04}\",\"all\"\n")
            }),
            "",
        ),
    ] {
        let world = World::new();
        let mut child = start(&world, program, words);
        let mut stdin = child.stdin.take().unwrap();
        let writer = thread::spawn(move || {
            for piece in text.as_bytes().chunks(text.len() / 40) {
                stdin.write_all(piece).unwrap();
                thread::sleep(Duration::from_millis(10));
            }
        });
        disturb(&mut child, || writer.is_finished());
        writer.join().unwrap();
        ended_well(&child.wait_with_output().unwrap(), done);
        let nodes = world.run("nodels", [""; 0]).good();
        assert_eq!(nodes.lines().count(), 40, "{program}");
    }
}

#[test]
fn a_command_that_waits_for_another_one_carries_on() {
    let world = World::new();
    world
        .run("mkdef", ["-t", "node", "-o", "n1", "groups=all"])
        .good();
    let mut db = Db::open(&world.database()).unwrap();
    let held = db.change().unwrap();
    let mut child = start(&world, "chdef", &["-t", "node", "-o", "n1", "os=AIX"]);
    let end = Instant::now() + Duration::from_millis(400);
    disturb(&mut child, || Instant::now() > end);
    assert_eq!(child.try_wait().unwrap(), None, "it waits");
    drop(held);
    disturb(&mut child, || false);
    let output = child.wait_with_output().unwrap();
    ended_well(
        &output,
        "1 object definitions have been created or modified.\n",
    );
    world
        .run("lsdef", ["n1", "-i", "os", "-c"])
        .ok("n1: os=AIX\n");
}

#[test]
fn a_command_that_waits_for_an_hmc_carries_on() {
    let (world, site) = hmcs::named(&["hmc01"]);
    let plain = world.run("hmc", ["version"]).good();
    site.fault("hmc01", Fault::Slow(Duration::from_millis(500)));
    let mut child = start(&world, "hmc", &["version"]);
    disturb(&mut child, || false);
    ended_well(&child.wait_with_output().unwrap(), &plain);
}
