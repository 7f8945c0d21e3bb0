//! Connections for their own sake: looked at, opened, tried, ended.

use std::fmt;
use std::path::Path;
use std::time::Instant;

use super::control::has_sockets;
use super::master::{Master, Opening};
use super::mux;
use super::openssh::{Host, LOCAL, OpenSsh};
use super::outcome::{Failure, Limits};
use super::seats::LANES;
use super::session::{End, NotOpened, Session};
use super::target::Target;

/// Whether there is a master connection to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is, held by the process with this id.
    Running(u32),
    /// There is none.
    NotConnected,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Running(pid) => write!(f, "Master running (pid={pid})"),
            State::NotConnected => f.write_str("not connected"),
        }
    }
}

/// How a master connection is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// At once, cutting off the commands that run through it.
    Now,
    /// With the last command that runs through it; new ones open another.
    WhenIdle,
}

/// What became of a master connection that was to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// There was none.
    Absent,
    /// It has ended.
    Ended,
    /// It takes no new commands, and ends with those that run through it.
    Ending,
}

impl Closed {
    /// What became of two.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Closed::Ending, _) | (_, Closed::Ending) => Closed::Ending,
            (Closed::Ended, _) | (_, Closed::Ended) => Closed::Ended,
            _ => Closed::Absent,
        }
    }
}

impl OpenSsh {
    /// Whether a master connection to `target` is open. This asks the local
    /// process only: it does not tell whether the host still answers.
    ///
    /// # Errors
    ///
    /// When the target or the ssh configuration is wrong.
    pub fn state(&self, target: &Target) -> Result<State, Failure> {
        target.check()?;
        if !has_sockets(self.dir(target)?) {
            return Ok(State::NotConnected);
        }
        let host = self.host(target)?;
        let client = self.master(target, &host, LOCAL).find();
        match client.and_then(|mut client| client.pid(Instant::now() + LOCAL)) {
            Ok(pid) => Ok(State::Running(pid)),
            Err(_) => Ok(State::NotConnected),
        }
    }

    /// Opens a master connection to `target`. False if it was open already.
    ///
    /// # Errors
    ///
    /// When the login fails.
    pub fn connect(&self, target: &Target, limits: &Limits) -> Result<bool, Failure> {
        let host = self.host(target)?;
        let deadline = Instant::now() + limits.deadline;
        let (_, opening) = self.reach(target, &host, limits, deadline)?;
        Ok(opening != Opening::Found)
    }

    /// Whether a master connection to `target` is open and the host behind it
    /// answers: unlike [`OpenSsh::state`] this asks the host. A connection
    /// behind which nothing answers within `limits.connect` is closed. None is
    /// opened.
    ///
    /// # Errors
    ///
    /// [`Failure::Dead`] for a connection that was closed; and when the target
    /// or the ssh configuration is wrong.
    pub fn probe(&self, target: &Target, limits: &Limits) -> Result<State, Failure> {
        let host = self.host(target)?;
        let master = self.master(target, &host, limits.connect);
        let found = master.find().and_then(|mut client| {
            let pid = client.pid(Instant::now() + LOCAL)?;
            Ok((client, pid))
        });
        let Ok((mut client, pid)) = found else {
            return Ok(State::NotConnected);
        };
        let patience = Instant::now() + limits.connect.min(limits.deadline);
        // What the command answers does not matter, nor that a server with too
        // many sessions refuses it.
        let silent = match Session::open(&mut client, "true", patience) {
            Ok(session) => matches!(session.finish(limits.output, patience, None), End::Late),
            Err(NotOpened::Master(mux::Error::Silent)) => true,
            Err(NotOpened::Master(mux::Error::Closed)) => return Ok(State::NotConnected),
            Err(_) => false,
        };
        if !silent {
            return Ok(State::Running(pid));
        }
        master.drop_dead(client);
        Err(Failure::Dead {
            host: target.label(),
            pid,
            after: limits.connect.min(limits.deadline),
        })
    }

    /// Ends the master connection to `target`, and those of its consoles.
    ///
    /// # Errors
    ///
    /// When the target is wrong, or the master does not do as it is told.
    pub fn disconnect(&self, target: &Target, ending: Ending) -> Result<Closed, Failure> {
        let host = self.host(target)?;
        let mut all = Closed::Absent;
        for lane in LANES {
            let socket = self.socket(target, &host, lane)?;
            if socket.exists() {
                all = all.with(self.end(target, &host, &socket, ending)?);
            }
        }
        let socket = self.socket(target, &host, 0)?;
        Ok(all.with(self.end(target, &host, &socket, ending)?))
    }

    /// Ends one of its connections.
    fn end(
        &self,
        target: &Target,
        host: &Host,
        socket: &Path,
        ending: Ending,
    ) -> Result<Closed, Failure> {
        let master = Master {
            socket,
            ..self.master(target, host, LOCAL)
        };
        let result = match ending {
            Ending::Now => master.end().map(|()| Closed::Ended),
            Ending::WhenIdle => master.stop().map(|ended| match ended {
                true => Closed::Ended,
                false => Closed::Ending,
            }),
        };
        match result {
            Ok(closed) => Ok(closed),
            Err(mux::Error::Absent | mux::Error::Stale) => Ok(Closed::Absent),
            Err(mux::Error::Closed) => Ok(Closed::Ended),
            Err(mux::Error::Silent) => {
                master.forget();
                let reason = "the process that holds its connection does not answer; \
                              the next command opens another connection";
                Err(Failure::Client {
                    host: target.label(),
                    reason: reason.to_owned(),
                })
            }
            Err(error) => Err(Failure::Client {
                host: target.label(),
                reason: error.to_string(),
            }),
        }
    }
}
