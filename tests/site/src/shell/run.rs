//! Runs what was parsed: expansion, pipelines, restrictions of `rbash`.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::expand::syntax_error;
use super::parse::{ParseError, Redirect, Script, Simple, When, parse};
use super::tools;
use crate::fault::Fault;
use crate::hmc::{self, Reply};
use crate::host::Host;
use crate::log::Event;
use crate::server::Terminal;

/// What one command left: text on stdout and stderr, and its status.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// Exit status.
    pub status: u8,
    /// Standard output that comes later: the time to wait, and the text.
    pub tail: Vec<(Duration, String)>,
}

impl Outcome {
    /// Waits for what comes later and joins it to the output, as a pipe does.
    async fn complete(mut self) -> Self {
        for (wait, text) in std::mem::take(&mut self.tail) {
            tokio::time::sleep(wait).await;
            self.out.push_str(&text);
        }
        self
    }

    /// Text on stdout, status 0.
    pub fn said(out: String) -> Self {
        Self {
            out,
            ..Self::default()
        }
    }

    /// Text on stderr and a status.
    pub fn failed(err: String, status: u8) -> Self {
        Self {
            err,
            status,
            ..Self::default()
        }
    }

    /// A status alone.
    pub fn status(status: u8) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }
}

/// A login's shell: its variables and last status.
pub struct Shell {
    host: Arc<Host>,
    terminal: Terminal,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) status: u8,
    ended: bool,
    pub(super) substitution: bool,
}

type Running<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Shell {
    /// A shell on a host that talks through `terminal`.
    pub fn new(host: Arc<Host>, terminal: Terminal) -> Self {
        let home = format!("/home/{}", host.user());
        let variables = [
            ("HOME", home),
            ("USER", host.user().to_owned()),
            ("SHELL", "/bin/rbash".into()),
        ];
        Self {
            host,
            terminal,
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            status: 0,
            ended: false,
            substitution: false,
        }
    }

    /// Status of the last command.
    pub fn last_status(&self) -> u8 {
        self.status
    }

    /// Whether `exit` was run.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Sets a variable, as an SSH client's `env` request does.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The prompt of an interactive shell.
    pub fn prompt(&self) -> String {
        self.host.prompt()
    }

    /// Reads and runs a whole line, writing as it goes; says why a line cannot be read.
    pub async fn line(&mut self, line: &str, command_string: bool) -> Result<(), ParseError> {
        let script = match parse(line) {
            Ok(script) => script,
            Err(error @ ParseError::Unclosed(_)) if !command_string => return Err(error),
            Err(error) => {
                self.terminal
                    .error(&syntax_error(&error, line, command_string))
                    .await;
                self.status = 2;
                return Ok(());
            }
        };
        for (when, pipeline) in &script {
            if self.ended || !self.wanted(*when) {
                continue;
            }
            let outcome = self.pipeline(pipeline).await;
            self.terminal.error(&outcome.err).await;
            self.terminal.write(&outcome.out).await;
            for (wait, text) in &outcome.tail {
                tokio::time::sleep(*wait).await;
                self.terminal.write(text).await;
            }
        }
        Ok(())
    }

    fn wanted(&self, when: When) -> bool {
        match when {
            When::Always => true,
            When::Succeeded => self.status == 0,
            When::Failed => self.status != 0,
        }
    }

    /// Runs a script and collects what it prints, as a substitution does.
    pub(super) fn collect<'a>(&'a mut self, script: &'a Script) -> Running<'a, Outcome> {
        Box::pin(async move {
            let mut all = Outcome::default();
            for (when, pipeline) in script {
                if self.wanted(*when) {
                    let outcome = self.pipeline(pipeline).await.complete().await;
                    all.out.push_str(&outcome.out);
                    all.err.push_str(&outcome.err);
                }
            }
            all.status = self.status;
            all
        })
    }

    fn pipeline<'a>(&'a mut self, commands: &'a [Simple]) -> Running<'a, Outcome> {
        Box::pin(async move {
            let mut input;
            let mut errors = String::new();
            let mut last = Outcome::default();
            for simple in commands {
                let before = std::mem::take(&mut last).complete().await;
                input = before.out;
                last = self.simple(simple, &input).await;
                errors.push_str(&std::mem::take(&mut last.err));
            }
            self.status = last.status;
            Outcome {
                err: errors,
                ..last
            }
        })
    }

    async fn simple(&mut self, simple: &Simple, input: &str) -> Outcome {
        let mut errors = String::new();
        let mut words = Vec::new();
        for word in &simple.words {
            words.extend(self.expand(word, &mut errors).await);
        }
        let mut assigned = Vec::new();
        for (name, word) in &simple.assignments {
            let value = self.expand(word, &mut errors).await.join(" ");
            assigned.push((name.clone(), value));
        }
        let merge = match self.redirections(&simple.redirects, &mut errors).await {
            Ok(merge) => merge,
            Err(text) => return Outcome::failed(errors + &text, 1),
        };
        let mut outcome = self.command(&words, &assigned, input).await;
        outcome.err.insert_str(0, &errors);
        if merge {
            outcome.out.push_str(&std::mem::take(&mut outcome.err));
        }
        outcome
    }

    /// Whether stderr joins stdout; a redirection to a file is refused as `rbash` does.
    async fn redirections(
        &mut self,
        list: &[Redirect],
        errors: &mut String,
    ) -> Result<bool, String> {
        let mut merge = false;
        for redirect in list {
            let target = self.expand(&redirect.target, errors).await.join(" ");
            match redirect.operator {
                ">&" if redirect.fd == 2 && target == "1" => merge = true,
                ">&" if matches!(target.as_str(), "1" | "2") => {}
                // What goes there is gone; errors are not told apart from output here.
                _ if target == "/dev/null" && !self.host.is_restricted() => {}
                "<" => return Err(format!("bash: {target}: No such file or directory\n")),
                _ => {
                    return Err(format!(
                        "bash: {target}: restricted: cannot redirect output\n"
                    ));
                }
            }
        }
        Ok(merge)
    }

    async fn command(
        &mut self,
        words: &[String],
        assigned: &[(String, String)],
        input: &str,
    ) -> Outcome {
        if let Some((name, _)) = assigned
            .iter()
            .find(|(name, _)| READ_ONLY.contains(&name.as_str()))
        {
            return Outcome::failed(format!("bash: {name}: readonly variable\n"), 1);
        }
        let Some(name) = words.first() else {
            for (name, value) in assigned {
                self.set(name, value);
            }
            return Outcome::status(self.status * u8::from(self.substitution));
        };
        let restricted = self.host.is_restricted();
        if self.substitution || (restricted && name == "touch") {
            self.host.log.add(Event::ShellInjection {
                host: self.host.name.clone(),
                command: words.join(" "),
            });
        }
        if restricted && name.contains('/') {
            let text = format!("bash: {name}: restricted: cannot specify `/' in command names\n");
            return Outcome::failed(text, 1);
        }
        match name.as_str() {
            "exit" | "logout" => return self.exit(words),
            "cd" if !restricted => return Outcome::status(0),
            "cd" | "exec" => {
                return Outcome::failed(format!("bash: {name}: restricted\n"), 1);
            }
            "sleep" => return sleep(words).await,
            // The one file of the home folder that scripts read.
            "cat" if words[1..].len() == 1 && self.is_key_file(&words[1]) => {
                return Outcome::said(self.host.key_file());
            }
            _ => {}
        }
        if !self.host.knows(words)
            && let Some(outcome) = tools::run(words, input, &self.host.name)
        {
            return outcome;
        }
        self.hmc(words, assigned).await
    }

    fn is_key_file(&self, path: &str) -> bool {
        let home = format!("/home/{}/", self.host.user());
        path.strip_prefix(&home).unwrap_or(path) == ".ssh/authorized_keys2"
    }

    fn exit(&mut self, words: &[String]) -> Outcome {
        let status = words.get(1).and_then(|word| word.parse().ok());
        self.ended = true;
        Outcome::status(status.unwrap_or(self.status))
    }

    /// Runs an HMC command, with the latency and the faults of the host.
    async fn hmc(&mut self, words: &[String], assigned: &[(String, String)]) -> Outcome {
        let polish = self.polish(assigned);
        let line = words.join(" ");
        let faults = self.host.faults_of(&line);
        if !self.host.knows(words) {
            return Outcome::failed(format!("bash: {}: command not found\n", words[0]), 127);
        }
        tokio::time::sleep(self.host.command_latency()).await;
        for fault in &faults {
            match fault {
                Fault::Slow(time) => tokio::time::sleep(*time).await,
                Fault::Hang => std::future::pending::<()>().await,
                Fault::Cut => self.terminal.cut().await,
                Fault::Endless => self.terminal.endless().await,
                Fault::Garbage => {
                    self.terminal.garbage().await;
                    return Outcome::status(0);
                }
                Fault::Drip(pause) => self.terminal.drip(*pause),
                _ => {}
            }
        }
        let words = match self.answered(words).await {
            Ok(words) => words,
            Err(reply) => {
                return Outcome {
                    status: reply.status,
                    ..Outcome::said(reply.text)
                };
            }
        };
        let Some(reply) = self.host.run(&words, polish) else {
            return Outcome::failed(format!("bash: {}: command not found\n", words[0]), 127);
        };
        if faults.contains(&Fault::Drop) {
            let whole = reply.whole();
            let mut half: String = whole.chars().take(whole.chars().count() / 2).collect();
            if half.ends_with('\n') {
                // In the middle of a line, not between two.
                let kept = half.trim_end().chars().count().saturating_sub(1);
                half = half.chars().take(kept).collect();
            }
            self.terminal.write(&half).await;
            self.terminal.cut().await;
        }
        if let Some(held) = &reply.vterm {
            return crate::server::console::run(&self.host, &self.terminal, held).await;
        }
        if words[0] == "mkvterm" && reply.status == 0 {
            crate::server::console::say(&self.host, &self.terminal, &reply.text).await;
            return Outcome::status(0);
        }
        let later = |(wait, text)| (Duration::from_millis(wait), text);
        Outcome {
            status: reply.status,
            tail: reply.tail.into_iter().map(later).collect(),
            ..Outcome::said(reply.text)
        }
    }

    /// Asks on the terminal for what a command was not told; a second answer for the same
    /// option must repeat the first.
    async fn answered(&self, words: &[String]) -> Result<Vec<String>, Reply> {
        let mut words = words.to_vec();
        let mut last: Option<(&str, String)> = None;
        for (option, prompt) in hmc::questions(&words.clone()) {
            self.terminal.write(prompt).await;
            let answer = self.terminal.line().await;
            self.terminal.write("\n").await;
            match &last {
                Some((asked, first)) if *asked == option => {
                    if *first != answer {
                        return Err(hmc::passwords_differ());
                    }
                }
                _ => words.extend([option.to_owned(), answer.clone()]),
            }
            last = Some((option, answer));
        }
        Ok(words)
    }

    /// Whether `LC_ALL` or `LANG`, of the session or before the command, choose Polish.
    fn polish(&self, assigned: &[(String, String)]) -> Option<bool> {
        let value = |name: &str| {
            let given = assigned.iter().rfind(|(known, _)| known == name);
            given
                .map(|(_, value)| value)
                .or_else(|| self.variables.get(name))
        };
        let locale = value("LC_ALL")
            .filter(|value| !value.is_empty())
            .or_else(|| value("LANG"))?;
        Some(locale.starts_with("pl"))
    }
}

/// Variables a restricted shell does not let be set.
const READ_ONLY: [&str; 4] = ["PATH", "SHELL", "ENV", "BASH_ENV"];

async fn sleep(words: &[String]) -> Outcome {
    let time = words.get(1).and_then(|word| word.parse::<f64>().ok());
    match time.and_then(|time| Duration::try_from_secs_f64(time).ok()) {
        Some(time) => {
            tokio::time::sleep(time).await;
            Outcome::status(0)
        }
        None => Outcome::failed("sleep: missing operand\n".into(), 1),
    }
}
