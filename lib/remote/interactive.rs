//! A command that is talked with: the console of an LPAR.

use std::io::{self, PipeWriter, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use super::mux::{Client, Event};
use super::openssh::OpenSsh;
use super::outcome::{Failure, Limits};
use super::process::{Stream, readable};
use super::target::Target;
use super::{Command, mux};

/// A command that runs through a master connection, without a terminal there:
/// what is typed goes to its standard input, both its outputs come back. It is
/// cut off from both when this is dropped.
#[derive(Debug)]
pub struct Interactive {
    master: Client,
    stdin: PipeWriter,
    stdout: Stream,
    stderr: Stream,
    /// When the end of the command was told. What it said last may still be on
    /// its way: that and its end travel apart.
    ended: Option<Instant>,
}

/// How long after its end what a command said last is waited for, where
/// something that it left behind keeps its outputs open.
const AFTERMATH: Duration = Duration::from_secs(1);

/// What was heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// What the command wrote.
    pub said: Vec<u8>,
    /// Whether the other source can be read.
    pub other: bool,
    /// Whether the command has ended, or the connection.
    pub ended: bool,
}

impl OpenSsh {
    /// Starts a command that is talked with. It has no deadline of its own.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn interact(
        &self,
        target: &Target,
        command: &Command,
        limits: &Limits,
    ) -> Result<Interactive, Failure> {
        let deadline = Instant::now() + limits.deadline;
        let failed = |reason: &dyn std::fmt::Display| Failure::Client {
            host: target.label(),
            reason: reason.to_string(),
        };
        let mut master = self.reach_master(target, limits, deadline)?;
        let (stdin_end, stdin) = io::pipe().map_err(|error| failed(&error))?;
        let (stdout, stdout_end) = io::pipe().map_err(|error| failed(&error))?;
        let (stderr, stderr_end) = io::pipe().map_err(|error| failed(&error))?;
        let descriptors = [stdin_end.as_fd(), stdout_end.as_fd(), stderr_end.as_fd()];
        let text = command.to_shell();
        let patience = Instant::now() + limits.connect;
        master
            .open_session(
                &text,
                &["LC_ALL=C"],
                false,
                descriptors,
                patience.min(deadline),
            )
            .map_err(|error| failed(&error))?;
        Ok(Interactive {
            master,
            stdin,
            stdout: Stream::new(Some(stdout)),
            stderr: Stream::new(Some(stderr)),
            ended: None,
        })
    }
}

impl Interactive {
    /// Waits until there is something to hear, or `other` can be read, `wait`
    /// at most.
    pub fn hear(&mut self, other: Option<BorrowedFd<'_>>, wait: Duration) -> Heard {
        let master = self.ended.is_none().then(|| self.master.as_fd());
        let [said, out, err, other] =
            readable([master, self.stdout.fd(), self.stderr.fd(), other], wait);
        if said {
            let soon = Instant::now() + Duration::from_secs(1);
            if !matches!(
                self.master.event(soon),
                Ok(Event::Other) | Err(mux::Error::Silent)
            ) {
                self.ended = Some(Instant::now());
            }
        }
        if out {
            self.stdout.read();
        }
        if err {
            self.stderr.read();
        }
        let mut said = std::mem::take(&mut self.stdout.bytes);
        said.append(&mut self.stderr.bytes);
        let silent = self.stdout.fd().is_none() && self.stderr.fd().is_none();
        let late = self.ended.is_some_and(|at| at.elapsed() > AFTERMATH);
        Heard {
            ended: silent || (late && said.is_empty()),
            said,
            other,
        }
    }

    /// Types to the command.
    ///
    /// # Errors
    ///
    /// It does not listen any more.
    pub fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stdin.write_all(bytes)
    }
}
