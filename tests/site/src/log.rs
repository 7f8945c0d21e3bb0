//! What happened on a site, in order, for tests to look at.

use std::sync::{Mutex, PoisonError};

/// How a command reached the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// An exec channel.
    Exec,
    /// A line of a shell.
    Shell,
}

/// Something that a client did or that was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A TCP connection came in.
    Connection {
        /// Host it reached.
        host: String,
    },
    /// A login was tried: accepted or refused.
    Login {
        /// Host it reached.
        host: String,
        /// User name given.
        user: String,
        /// `publickey`, `password` or `keyboard-interactive`.
        method: &'static str,
        /// Whether it was accepted.
        accepted: bool,
    },
    /// A session was refused because the connection had as many as it may have.
    SessionRefused {
        /// Host it reached.
        host: String,
    },
    /// A command line was received, as the client sent it.
    Command {
        /// Host it reached.
        host: String,
        /// The line.
        line: String,
        /// How it came.
        via: Via,
    },
    /// A client went away while its command ran: an interrupt, or a connection that was cut.
    Abandoned {
        /// Host it reached.
        host: String,
        /// The line that was running.
        line: String,
    },
    /// The shell was made to run something by a substitution, or to touch a file: a client
    /// failed to quote a name.
    ShellInjection {
        /// Host it reached.
        host: String,
        /// What was run.
        command: String,
    },
}

/// The events of a site.
#[derive(Debug, Default)]
pub struct Log(Mutex<Vec<Event>>);

impl Log {
    /// Adds an event.
    pub fn add(&self, event: Event) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Event> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
