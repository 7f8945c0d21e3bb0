//! Commands that are watched: their lines as they come, and their end when
//! nobody wants to go on.

use std::fs;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::site::{Site, eventually, patient};
use crate::remote::{Command, Failure, Limits, OpenSsh, Phase, Target, Transport};

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

/// Each of two processes has as many as it may at a host whose server has fewer
/// sessions than that.
#[test]
fn commands_that_take_long_leave_sessions_for_others() {
    let site = Site::with("MaxSessions 3\n");
    let gate = site.path("gate");
    let script = format!(
        "echo begun; while ! test -e {0}; do sleep 0.05; done",
        gate.display()
    );
    let target = Target {
        max_sessions: 4,
        ..Target::new("hmc01")
    };
    let (begun, transports) = (AtomicUsize::new(0), [site.transport(), site.transport()]);
    let long = &|transport: &OpenSsh| {
        let mut watch = |line: Option<&str>| {
            begun.fetch_add(usize::from(line == Some("begun")), Ordering::SeqCst);
            ControlFlow::Continue(())
        };
        transport.watch(&target, &sh(&script), &patient(), &mut watch)
    };
    thread::scope(|scope| {
        let all: Vec<_> = transports
            .iter()
            .flat_map(|transport| [transport; 4])
            .map(|transport| scope.spawn(move || long(transport)))
            .collect();
        eventually("all are begun", || begun.load(Ordering::SeqCst) == 8);
        let asked = site.sh("echo here", &patient());
        fs::write(&gate, "").unwrap();
        assert_eq!(asked.unwrap().stdout, "here\n");
        for one in all {
            assert_eq!(one.join().unwrap().unwrap().status, 0);
        }
    });
}
