//! Commands that are watched: their lines as they come, and their end when
//! nobody wants to go on.

use std::fs;
use std::ops::ControlFlow;
use std::time::Duration;

use super::site::{Site, eventually, patient};
use crate::remote::{Command, Failure, Limits, Phase, Target, Transport};

fn sh(script: &str) -> Command {
    Command::new("sh").args(["-c", script])
}

#[test]
fn lines_come_while_the_command_runs() {
    let site = Site::start();
    let gate = site.path("gate");
    // The second line is printed only after the first was heard.
    let script = format!(
        "echo one; while ! test -e {0}; do sleep 0.05; done; printf 'two\\nrest'; exit 3",
        gate.display()
    );
    let mut heard = Vec::new();
    let mut watch = |line: Option<&str>| {
        heard.extend(line.map(str::to_owned));
        if line == Some("one") {
            fs::write(&gate, "").unwrap();
        }
        ControlFlow::Continue(())
    };
    let output = site
        .transport()
        .watch(&Target::new("hmc01"), &sh(&script), &patient(), &mut watch)
        .unwrap();
    assert_eq!(heard, ["one", "two"]);
    assert_eq!(
        (output.stdout.as_str(), output.status),
        ("one\ntwo\nrest", 3)
    );
}

/// A command that writes down that it was hung up, and never ends by itself.
fn stubborn(site: &Site) -> (Command, std::path::PathBuf) {
    let file = site.path("hung-up");
    let script = format!(
        "trap 'echo yes > {}; exit' HUP; echo begun; while :; do sleep 0.05; done",
        file.display()
    );
    (sh(&script), file)
}

#[test]
fn a_command_is_hung_up_when_nobody_wants_to_go_on() {
    let site = Site::start();
    let (command, file) = stubborn(&site);
    let mut watch = |line: Option<&str>| match line {
        Some("begun") => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let failure = site
        .transport()
        .watch(&Target::new("hmc01"), &command, &patient(), &mut watch)
        .unwrap_err();
    assert!(
        matches!(failure, Failure::Interrupted { .. }),
        "{failure:?}"
    );
    eventually("the command is hung up", || file.exists());
}

#[test]
fn a_command_is_hung_up_when_its_time_is_over() {
    let site = Site::start();
    let (command, file) = stubborn(&site);
    let transport = site.transport();
    let target = Target::new("hmc01");
    transport.connect(&target, &patient()).unwrap();
    let limits = Limits {
        deadline: Duration::from_secs(3),
        ..patient()
    };
    let mut watch = |_: Option<&str>| ControlFlow::Continue(());
    let failure = transport
        .watch(&target, &command, &limits, &mut watch)
        .unwrap_err();
    let phase = Phase::Command;
    assert!(
        matches!(&failure, Failure::TimedOut { phase: p, .. } if *p == phase),
        "{failure:?}"
    );
    eventually("the command is hung up", || file.exists());
}
