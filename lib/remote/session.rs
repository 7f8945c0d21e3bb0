//! One command through a master connection: its output, its end, its bounds.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use super::Watch;
use super::mux::{self, Client, Event, left};
use super::process::{Stream, readable};
use super::terminal::Terminal;

/// How often a watcher is heard while the command is silent.
const TICK: Duration = Duration::from_millis(200);

/// How a session ended.
#[derive(Debug)]
pub(super) enum End {
    /// The remote command ended by itself.
    Exit {
        /// Its status.
        status: u32,
        /// What it wrote to stdout.
        stdout: Vec<u8>,
        /// What it wrote to stderr.
        stderr: Vec<u8>,
    },
    /// It wrote more than it may.
    TooMuch,
    /// It did not end in time.
    Late,
    /// Its watcher did not want to go on.
    HungUp,
    /// The session closed without an exit status: the command was killed by a
    /// signal there, or the connection was lost.
    NoStatus,
}

/// Why a session was not opened.
#[derive(Debug)]
pub(super) enum NotOpened {
    /// The master did not do it.
    Master(mux::Error),
    /// This process could not get what a session needs.
    Local(io::Error),
}

/// A session in which a command runs.
#[derive(Debug)]
pub(super) struct Session<'a> {
    master: &'a mut Client,
    stdout: Stream,
    stderr: Stream,
    /// Held open until the end.
    _terminal: Option<Terminal>,
}

/// Hands lines over to a watcher, each once.
struct Lines<'w, 'a> {
    watch: &'w mut Watch<'a>,
    told: usize,
}

impl Lines<'_, '_> {
    /// Tells the lines of `said` that are complete and not told yet.
    fn tell(&mut self, said: &[u8]) -> ControlFlow<()> {
        let mut told_any = false;
        while let Some(length) = said[self.told..].iter().position(|byte| *byte == b'\n') {
            let line = &said[self.told..self.told + length];
            self.told += length + 1;
            told_any = true;
            (self.watch)(Some(plain(line).trim_end_matches('\n')))?;
        }
        match told_any {
            true => ControlFlow::Continue(()),
            false => (self.watch)(None),
        }
    }
}

/// What was said on a terminal, as it would have been without one: HMCs of V7
/// were seen to send a NUL before every character there.
pub(super) fn plain(said: &[u8]) -> String {
    let kept = said.iter().filter(|byte| !matches!(byte, 0 | b'\r'));
    String::from_utf8_lossy(&kept.copied().collect::<Vec<_>>()).into_owned()
}

impl<'a> Session<'a> {
    /// Starts `command` with an empty stdin, asking for the C locale where the
    /// server accepts that variable.
    pub fn open(
        master: &'a mut Client,
        command: &str,
        deadline: Instant,
    ) -> Result<Self, NotOpened> {
        let null = File::open("/dev/null").map_err(NotOpened::Local)?;
        Self::start(master, command, null.as_fd(), None, deadline)
    }

    /// Starts `command` on a terminal, so that it is hung up when the session
    /// is dropped, however that happens.
    pub fn open_on_terminal(
        master: &'a mut Client,
        command: &str,
        deadline: Instant,
    ) -> Result<Self, NotOpened> {
        let terminal = Terminal::open().map_err(NotOpened::Local)?;
        let user_end = terminal.user_end().map_err(NotOpened::Local)?;
        Self::start(master, command, user_end.as_fd(), Some(terminal), deadline)
    }

    fn start(
        master: &'a mut Client,
        command: &str,
        stdin: BorrowedFd<'_>,
        terminal: Option<Terminal>,
        deadline: Instant,
    ) -> Result<Self, NotOpened> {
        let (stdout, stdout_end) = io::pipe().map_err(NotOpened::Local)?;
        let (stderr, stderr_end) = io::pipe().map_err(NotOpened::Local)?;
        let descriptors = [stdin, stdout_end.as_fd(), stderr_end.as_fd()];
        let on_terminal = terminal.is_some();
        master
            .open_session(command, &["LC_ALL=C"], on_terminal, descriptors, deadline)
            .map_err(NotOpened::Master)?;
        Ok(Session {
            master,
            stdout: Stream::new(Some(stdout)),
            stderr: Stream::new(Some(stderr)),
            _terminal: terminal,
        })
    }

    /// Reads until the command has ended and both streams are closed, at most
    /// `bound` bytes and until `deadline`.
    ///
    /// A command that has ended, but left something behind that holds its
    /// stdout open, counts as ended when the deadline comes.
    ///
    /// With a watcher the command is hung up when it does not want to go on.
    pub fn finish(mut self, bound: usize, deadline: Instant, watch: Option<&mut Watch<'_>>) -> End {
        let mut lines = watch.map(|watch| Lines { watch, told: 0 });
        let mut status = None;
        let mut open = true;
        while open || self.stdout.fd().is_some() || self.stderr.fd().is_some() {
            let Some(wait) = left(deadline) else {
                return status.map_or(End::Late, |status| self.exit(status));
            };
            let wait = match lines {
                Some(_) => wait.min(TICK),
                None => wait,
            };
            let master = open.then(|| self.master.as_fd());
            let [said, out, err] = readable([master, self.stdout.fd(), self.stderr.fd()], wait);
            if said {
                match self.master.event(deadline) {
                    Ok(Event::Exit(code)) => status = Some(code),
                    // A message of which only a part has come by the deadline.
                    Ok(Event::Other) | Err(mux::Error::Silent) => {}
                    Ok(Event::Closed) | Err(_) => open = false,
                }
            }
            if out {
                self.stdout.read();
            }
            if err {
                self.stderr.read();
            }
            if self.stdout.bytes.len() + self.stderr.bytes.len() > bound {
                return End::TooMuch;
            }
            if let Some(lines) = &mut lines
                && lines.tell(&self.stdout.bytes).is_break()
            {
                return End::HungUp;
            }
        }
        match status {
            Some(status) => self.exit(status),
            None => End::NoStatus,
        }
    }

    fn exit(self, status: u32) -> End {
        End::Exit {
            status,
            stdout: self.stdout.bytes,
            stderr: self.stderr.bytes,
        }
    }
}
