//! A transport for unit tests: it answers from a script and remembers what was asked.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use super::{Command, Failure, Limits, Outcome, Output, Target, Transport};

/// Answers by target and command text. A command that the script does not know
/// fails the test.
#[derive(Debug, Default)]
pub struct Scripted {
    answers: Mutex<HashMap<(String, String), VecDeque<Outcome>>>,
    asked: Mutex<Vec<(String, String)>>,
}

impl Scripted {
    /// A script without answers.
    pub fn new() -> Self {
        Scripted::default()
    }

    /// `target` answers `command` with `stdout` and status 0.
    #[must_use]
    pub fn answer(self, target: &str, command: &str, stdout: &str) -> Self {
        self.exit(target, command, 0, stdout, "")
    }

    /// `target` answers `command` with this status and these texts.
    #[must_use]
    pub fn exit(
        self,
        target: &str,
        command: &str,
        status: i32,
        stdout: &str,
        stderr: &str,
    ) -> Self {
        let output = Output {
            status,
            stdout: stdout.to_owned(),
            stderr: stderr.to_owned(),
            elapsed: Duration::ZERO,
        };
        self.outcome(target, command, Ok(output))
    }

    /// `target` fails at `command`.
    #[must_use]
    pub fn fail(self, target: &str, command: &str, failure: Failure) -> Self {
        self.outcome(target, command, Err(failure))
    }

    /// Answers given for the same command come in their order; the last stays.
    fn outcome(self, target: &str, command: &str, outcome: Outcome) -> Self {
        self.answers
            .lock()
            .unwrap()
            .entry((target.to_owned(), command.to_owned()))
            .or_default()
            .push_back(outcome);
        self
    }

    /// What was asked so far: (target name, command text), in order of arrival.
    pub fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().unwrap().clone()
    }
}

impl Transport for Scripted {
    fn run(&self, target: &Target, command: &Command, _: &Limits) -> Outcome {
        let question = (target.name.clone(), command.to_shell());
        self.asked.lock().unwrap().push(question.clone());
        let mut answers = self.answers.lock().unwrap();
        match answers.get_mut(&question) {
            Some(queue) if queue.len() > 1 => queue.pop_front().unwrap(),
            Some(queue) => queue.front().unwrap().clone(),
            None => panic!(
                "{}: the script has no answer to: {}",
                question.0, question.1
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_order_and_the_last_stays() {
        let script = Scripted::new()
            .answer("hmc01", "lssyscfg -r sys", "first")
            .exit("hmc01", "lssyscfg -r sys", 1, "second", "");
        let ask = || {
            let command = Command::new("lssyscfg").args(["-r", "sys"]);
            script
                .run(&Target::new("hmc01"), &command, &Limits::default())
                .unwrap()
                .stdout
        };
        assert_eq!([ask(), ask(), ask()], ["first", "second", "second"]);
        assert_eq!(script.asked().len(), 3);
    }

    #[test]
    #[should_panic(expected = "no answer to: id")]
    fn an_unknown_command_fails_the_test() {
        let _ = Scripted::new().run(
            &Target::new("hmc01"),
            &Command::new("id"),
            &Limits::default(),
        );
    }
}
