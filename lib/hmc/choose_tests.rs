//! Choosing among scripted HMCs.

use super::*;
use crate::hmc::ask;
use crate::remote::{Command, Outcome, Output, Scripted, fan_out};
use std::ops::ControlFlow;
use std::sync::{Condvar, MutexGuard};
use std::thread;
use std::time::Duration;

const QUESTION: &str = "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,state";

fn question() -> Ask<Vec<ask::LparState>> {
    ask::lpar_states(&"9117-MMA*10F6F3D".parse().unwrap())
}

fn unreachable(host: &str) -> Failure {
    Failure::Unreachable {
        host: host.to_owned(),
        reason: "Connection refused".to_owned(),
    }
}

fn targets() -> [Target; 2] {
    [Target::new("hmc01"), Target::new("hmc02")]
}

fn names(script: &Scripted) -> Vec<String> {
    script.asked().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn one_with_a_live_master_is_preferred() {
    let script = Scripted::new().answer("hmc02", QUESTION, "a,1,Running\n");
    let targets = targets();
    let live = |target: &Target| target.name == "hmc02";
    let points = Points::new(&script, &targets, Limits::default(), &live);
    assert_eq!(points.ask(&[0, 1], &question()).unwrap().0, 1);
    assert_eq!(names(&script), ["hmc02"]);
}

#[test]
fn a_dead_one_is_tried_once_and_the_other_serves_all() {
    let script = Scripted::new()
        .fail("hmc01", QUESTION, unreachable("hmc01"))
        .answer("hmc02", QUESTION, "a,1,Running\n");
    let targets = targets();
    let points = Points::new(&script, &targets, Limits::default(), &|_| false);
    let questions = [(); 20];
    let mut served = 0;
    fan_out(
        &questions,
        20,
        |()| points.ask(&[0, 1], &question()),
        |_, answer| {
            assert_eq!(answer.unwrap().0, 1);
            served += 1;
        },
    );
    assert_eq!(served, 20);
    let asked = names(&script);
    assert_eq!(asked.iter().filter(|name| *name == "hmc01").count(), 1);
    assert_eq!(asked.iter().filter(|name| *name == "hmc02").count(), 20);
}

#[test]
fn a_live_one_that_hangs_is_not_asked_by_those_who_wait() {
    let hang = Failure::Dead {
        host: "hmc01".to_owned(),
        pid: 1,
        after: Duration::from_secs(1),
    };
    let script = Scripted::new().fail("hmc01", QUESTION, hang);
    let targets = [Target {
        max_sessions: 2,
        ..Target::new("hmc01")
    }];
    let points = Points::new(&script, &targets, Limits::default(), &|_| true);
    let mut failed = 0;
    fan_out(
        &[(); 20],
        20,
        |()| points.ask(&[0], &question()),
        |_, answer| failed += usize::from(answer.is_err()),
    );
    assert_eq!(failed, 20);
    assert!(names(&script).len() <= 2, "{:?}", names(&script));
}

/// An HMC on which LPARs boot until it was asked for their states.
struct Booting {
    begun: Mutex<usize>,
    asked: Mutex<bool>,
    changed: Condvar,
}

impl Booting {
    /// Waits until this holds, or gives up.
    fn wait<'m, T>(&self, what: &'m Mutex<T>, holds: impl Fn(&T) -> bool) -> MutexGuard<'m, T> {
        let value = what.lock().unwrap();
        let long = Duration::from_secs(20);
        let waited = self.changed.wait_timeout_while(value, long, |v| !holds(v));
        waited.unwrap().0
    }
}

impl Transport for Booting {
    fn run(&self, _: &Target, command: &Command, _: &Limits) -> Outcome {
        let stdout = match command.to_shell() == QUESTION {
            true => {
                *self.asked.lock().unwrap() = true;
                "a,1,Running\n".to_owned()
            }
            false => {
                *self.begun.lock().unwrap() += 1;
                self.changed.notify_all();
                self.wait(&self.asked, |asked| *asked).to_string()
            }
        };
        self.changed.notify_all();
        Ok(Output {
            status: 0,
            stdout,
            stderr: String::new(),
            elapsed: Duration::ZERO,
        })
    }
}

#[test]
fn an_hmc_on_which_lpars_boot_answers_questions() {
    let hmc = Booting {
        begun: Mutex::new(0),
        asked: Mutex::new(false),
        changed: Condvar::new(),
    };
    let targets = [Target {
        max_sessions: 3,
        ..Target::new("hmc01")
    }];
    let points = Points::new(&hmc, &targets, Limits::default(), &|_| false);
    let boot = || {
        let ask = Ask {
            command: Command::new("lpar_netboot"),
            read: Box::new(|said| Ok(said == "true")),
        };
        let mut watch = |_: Option<&str>| ControlFlow::Continue(());
        points.long_turn(0).watch(&ask, 1, &mut watch).unwrap()
    };
    thread::scope(|scope| {
        let boots: Vec<_> = (0..4).map(|_| scope.spawn(boot)).collect();
        drop(hmc.wait(&hmc.begun, |begun| *begun == 2));
        points.ask(&[0], &question()).unwrap();
        for boot in boots {
            assert!(boot.join().unwrap(), "it was asked while LPARs booted");
        }
    });
}

#[test]
fn a_question_that_is_lost_has_changed_nothing() {
    let lost = Failure::Lost {
        host: "hmc01".to_owned(),
        reason: "the connection was lost".to_owned(),
    };
    let script = Scripted::new().fail("hmc01", QUESTION, lost.clone());
    let targets = [Target::new("hmc01")];
    let points = Points::new(&script, &targets, Limits::default(), &|_| false);
    let errors = points.ask(&[0], &question()).unwrap_err();
    assert_eq!(errors[0].to_string(), "hmc01: the connection was lost");
    let sent = points.ask_one(0, &question()).unwrap_err();
    assert_eq!(sent, Error::Remote(lost));
}

#[test]
fn a_refusal_leads_to_the_next_one_and_is_told_if_none_answers() {
    let text = "HSCL8018 The managed system is not known.\n";
    let script = Scripted::new().exit("hmc01", QUESTION, 1, text, "").fail(
        "hmc02",
        QUESTION,
        unreachable("hmc02"),
    );
    let targets = targets();
    let points = Points::new(&script, &targets, Limits::default(), &|_| false);
    let errors = points.ask(&[0, 1], &question()).unwrap_err();
    assert_eq!(errors[0].to_string(), text.trim());
    assert_eq!(
        errors[1].to_string(),
        "cannot reach hmc02: Connection refused"
    );
    // hmc01 answered, if not as hoped: it is asked again, hmc02 is not.
    points.ask(&[0, 1], &question()).unwrap_err();
    assert_eq!(names(&script), ["hmc01", "hmc02", "hmc01"]);
}
