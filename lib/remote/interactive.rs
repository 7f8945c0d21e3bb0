//! A command that is talked with: the console of an LPAR.

use std::fmt;
use std::io::{self, PipeWriter, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::control::Lock;
use super::master::Master;
use super::mux::{Client, Event};
use super::openssh::{Host, OpenSsh, is_busy};
use super::outcome::{Failure, Limits};
use super::process::{Stream, readable};
use super::seats::NotStarted;
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
    _seat: Option<Lock>,
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

/// What is needed to start a command that is talked with.
struct Start<'a> {
    target: &'a Target,
    host: &'a Host,
    command: String,
    limits: &'a Limits,
    deadline: Instant,
}

impl Start<'_> {
    fn client(&self, reason: &dyn fmt::Display) -> Failure {
        Failure::Client {
            host: self.target.label(),
            reason: reason.to_string(),
        }
    }
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
        let host = self.host(target)?;
        let start = Start {
            target,
            host: &host,
            command: command.to_shell(),
            limits,
            deadline: Instant::now() + limits.deadline,
        };
        self.say(&format!("{}: {command}", target.name));
        let (session, seat) = self.seated(target, &host, |socket| self.sit(&start, socket))?;
        Ok(Interactive {
            _seat: Some(seat),
            ..session
        })
    }

    /// Starts it through the connection of this socket. One through which nothing
    /// comes is closed, and another opened.
    fn sit(&self, start: &Start<'_>, socket: &Path) -> Result<Interactive, NotStarted> {
        let master = Master {
            socket,
            ..self.master(start.target, start.host, start.limits.connect)
        };
        let failed = |error: &dyn fmt::Display| NotStarted::Failed(start.client(error));
        let mut dropped = false;
        loop {
            let (mut client, _) = master.find_or_open(start.deadline)?;
            let (stdin_end, stdin) = io::pipe().map_err(|error| failed(&error))?;
            let (stdout, stdout_end) = io::pipe().map_err(|error| failed(&error))?;
            let (stderr, stderr_end) = io::pipe().map_err(|error| failed(&error))?;
            let descriptors = [stdin_end.as_fd(), stdout_end.as_fd(), stderr_end.as_fd()];
            let patience = start.deadline.min(Instant::now() + start.limits.connect);
            let command = &start.command;
            match client.open_session(command, &["LC_ALL=C"], false, descriptors, patience) {
                Ok(()) => {
                    return Ok(Interactive {
                        master: client,
                        stdin,
                        stdout: Stream::new(Some(stdout)),
                        stderr: Stream::new(Some(stderr)),
                        ended: None,
                        _seat: None,
                    });
                }
                Err(mux::Error::Refused(reason)) if is_busy(&reason) => {
                    return Err(NotStarted::Busy);
                }
                Err(mux::Error::Silent) if !dropped && master.drop_dead(client) => dropped = true,
                Err(error) => return Err(failed(&error)),
            }
        }
    }

    /// Waits for a turn that one process of this user on this machine has at a
    /// time, `wait` at most; the others of that name wait meanwhile. The second
    /// value says whether somebody else had it before.
    ///
    /// # Errors
    ///
    /// There is no place for it, or it was not free in time.
    pub fn turn(
        &self,
        target: &Target,
        name: &str,
        wait: Duration,
    ) -> Result<(Turn, bool), Failure> {
        let failed = |reason: String| Failure::Client {
            host: target.label(),
            reason,
        };
        let dir = self.dir(target)?;
        let end = Instant::now() + wait;
        let mut waited = false;
        loop {
            match Lock::try_named(dir, name) {
                Ok(Some(lock)) => return Ok((Turn { _lock: lock }, waited)),
                Ok(None) if Instant::now() < end => waited = true,
                Ok(None) => return Err(failed(format!("{name} is being used by another process"))),
                Err(error) => return Err(failed(error.to_string())),
            }
            thread::sleep(NAP);
        }
    }
}

/// How often a turn is looked for.
const NAP: Duration = Duration::from_millis(20);

/// A turn; it ends when this is dropped, or the process.
#[derive(Debug)]
pub struct Turn {
    _lock: Lock,
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
