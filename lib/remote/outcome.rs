//! How a remote command can end, and the bounds it is given.

use std::time::Duration;

use super::target::BadTarget;

/// The bounds of one remote command. None of them is optional: a wait without
/// a deadline is a hung command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the login, from the first packet to the end of authentication.
    pub connect: Duration,
    /// For the whole command, the login and the queue for a session included.
    pub deadline: Duration,
    /// For what it writes, in bytes, stdout and stderr together.
    pub output: usize,
}

impl Default for Limits {
    /// 10 s to connect, 60 s in all, 64 MiB.
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(10),
            deadline: Duration::from_secs(60),
            output: 64 << 20,
        }
    }
}

/// What a command left that ran to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit status, 0 to 255.
    pub status: i32,
    /// Standard output. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub stdout: String,
    /// Standard error, in the same way.
    pub stderr: String,
    /// From the call to the end, the login included.
    pub elapsed: Duration,
}

/// The stage in which a deadline passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for another command that is opening the connection.
    Queue,
    /// Connecting and logging in.
    Login,
    /// Asking a connection for a session.
    Session,
    /// The command was running.
    Command,
}

/// Why there is no [`Output`]. Each text is one line that names the host and,
/// where there is something to do, says what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection: name unknown, refused, no route, closed before the login.
    #[error("cannot reach {host}: {reason}")]
    Unreachable {
        /// Node name, with the address where it differs.
        host: String,
        /// What ssh said.
        reason: String,
    },
    /// The host key is not the known one. Nothing was sent, no password either.
    #[error("{host} is not trusted: {reason}")]
    Untrusted {
        /// Node name, with the address where it differs.
        host: String,
        /// What is wrong with the key, and what to do.
        reason: String,
    },
    /// The host refused the login.
    #[error("{host} refused the login of {user}: {reason}")]
    Unauthorised {
        /// Node name, with the address where it differs.
        host: String,
        /// The user that was refused.
        user: String,
        /// What was tried, and what to do.
        reason: String,
    },
    /// A deadline passed.
    #[error("{}", timed_out(host, *phase, *after))]
    TimedOut {
        /// Node name, with the address where it differs.
        host: String,
        /// What was being waited for.
        phase: Phase,
        /// How long.
        after: Duration,
    },
    /// Nothing answered behind an open connection, which was closed therefore.
    #[error("{host} did not answer within {}; its connection (pid={pid}) was closed", seconds(*after))]
    Dead {
        /// Node name, with the address where it differs.
        host: String,
        /// The process that held the connection.
        pid: u32,
        /// How long was waited.
        after: Duration,
    },
    /// The command wrote more than [`Limits::output`] and was cut off.
    #[error("{host} answered with more than {limit} bytes; the command was cut off")]
    TooMuchOutput {
        /// Node name, with the address where it differs.
        host: String,
        /// The bound, in bytes.
        limit: usize,
    },
    /// The command had been started when its end was lost: whether it was done
    /// is unknown.
    #[error("{host}: {reason}; whether the command was carried out is unknown")]
    Lost {
        /// Node name, with the address where it differs.
        host: String,
        /// What happened.
        reason: String,
    },
    /// The connection ended before the answer to a question, which changes
    /// nothing there.
    #[error("{host}: {reason}")]
    Unanswered {
        /// Node name, with the address where it differs.
        host: String,
        /// What happened.
        reason: String,
    },
    /// The command was hung up while it ran, because this side wanted to.
    #[error("interrupted: the command on {host} was hung up")]
    Interrupted {
        /// Node name, with the address where it differs.
        host: String,
    },
    /// This side could not do its part: no ssh program, no directory for sockets.
    #[error("cannot run ssh for {host}: {reason}")]
    Client {
        /// Node name, with the address where it differs.
        host: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// Address or user are none that ssh may be given.
    #[error(transparent)]
    BadTarget(#[from] BadTarget),
}

impl Failure {
    /// The host that failed: node name, with the address where it differs. A
    /// target that ssh may not be given has none.
    pub fn host(&self) -> Option<&str> {
        match self {
            Failure::Unreachable { host, .. }
            | Failure::Untrusted { host, .. }
            | Failure::Unauthorised { host, .. }
            | Failure::TimedOut { host, .. }
            | Failure::Dead { host, .. }
            | Failure::TooMuchOutput { host, .. }
            | Failure::Lost { host, .. }
            | Failure::Unanswered { host, .. }
            | Failure::Interrupted { host }
            | Failure::Client { host, .. } => Some(host),
            Failure::BadTarget(_) => None,
        }
    }
}

/// An [`Output`], or the reason why there is none.
pub type Outcome = Result<Output, Failure>;

fn seconds(time: Duration) -> String {
    let text = format!("{:.1}", time.as_secs_f64());
    format!("{} s", text.strip_suffix(".0").unwrap_or(&text))
}

fn timed_out(host: &str, phase: Phase, after: Duration) -> String {
    let after = seconds(after);
    match phase {
        Phase::Queue => format!("{host} was busy with other commands for {after}; nothing was run"),
        Phase::Login => format!("{host} did not finish the login within {after}"),
        Phase::Session => format!("{host} did not start the command within {after}"),
        Phase::Command => format!(
            "{host} did not finish the command within {after}; it may still be running there"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_says_where_and_how_long() {
        let failure = |phase, after| Failure::TimedOut {
            host: "hmc01".into(),
            phase,
            after,
        };
        assert_eq!(
            failure(Phase::Login, Duration::from_secs(10)).to_string(),
            "hmc01 did not finish the login within 10 s"
        );
        assert_eq!(
            failure(Phase::Command, Duration::from_millis(1500)).to_string(),
            "hmc01 did not finish the command within 1.5 s; it may still be running there"
        );
    }

    #[test]
    fn a_bad_target_speaks_for_itself() {
        let bad = crate::remote::Target::new("-x").check().unwrap_err();
        assert_eq!(Failure::from(bad.clone()).to_string(), bad.to_string());
    }
}
