//! One command through a master connection: its output, its end, its bounds.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::time::Instant;

use super::mux::{self, Client, Event, left};
use super::process::{Stream, readable};

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
        let (stdout, stdout_end) = io::pipe().map_err(NotOpened::Local)?;
        let (stderr, stderr_end) = io::pipe().map_err(NotOpened::Local)?;
        let descriptors = [null.as_fd(), stdout_end.as_fd(), stderr_end.as_fd()];
        master
            .open_session(command, &["LC_ALL=C"], descriptors, deadline)
            .map_err(NotOpened::Master)?;
        Ok(Session {
            master,
            stdout: Stream::new(Some(stdout)),
            stderr: Stream::new(Some(stderr)),
        })
    }

    /// Reads until the command has ended and both streams are closed, at most
    /// `bound` bytes and until `deadline`.
    ///
    /// A command that has ended, but left something behind that holds its
    /// stdout open, counts as ended when the deadline comes.
    pub fn finish(mut self, bound: usize, deadline: Instant) -> End {
        let mut status = None;
        let mut open = true;
        while open || self.stdout.fd().is_some() || self.stderr.fd().is_some() {
            let Some(wait) = left(deadline) else {
                return status.map_or(End::Late, |status| self.exit(status));
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
