//! The master connection of one host: found, else opened, under a lock.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::config::Resolved;
use super::control::Lock;
use super::login::TYPING;
use super::mux::{self, Client, left};
use super::outcome::{Failure, Phase};
use super::settings::Settings;
use super::target::Target;
use super::{places, process};

/// A living master process on this machine answers at once, even a busy one.
const LOCAL: Duration = Duration::from_secs(2);

/// A master without sessions ends at once when it is told to.
const IDLE_END: Duration = Duration::from_secs(1);

/// One question at a time on the terminal.
static TERMINAL: Mutex<()> = Mutex::new(());

/// How a connection was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// It was there.
    Found,
    /// It was opened without asking anybody.
    Opened,
    /// It was opened, and somebody was asked on the terminal.
    Typed,
}

/// Notes on how logins failed that this process does not try again: that would
/// change nothing, but could make the host lock the account. They are made before
/// the lock of the socket is given up, so that who comes next finds them.
pub(super) type Refusals = Mutex<Vec<String>>;

/// A login that failed.
pub(super) struct NotLoggedIn {
    /// How.
    pub failure: Failure,
    /// Whether the stored password was handed to the host: however the login
    /// ended then, it may count as a wrong one there.
    pub spent: bool,
}

impl NotLoggedIn {
    /// A login that failed before any password was handed out.
    pub fn before(failure: Failure) -> Self {
        let spent = false;
        NotLoggedIn { failure, spent }
    }

    fn is_final(&self) -> bool {
        let refused = matches!(
            self.failure,
            Failure::Unauthorised { .. } | Failure::Untrusted { .. }
        );
        refused || self.spent
    }
}

/// What is needed to reach one host.
#[derive(Debug)]
pub(super) struct Master<'a> {
    pub settings: &'a Settings,
    pub target: &'a Target,
    pub resolved: &'a Resolved,
    pub socket: &'a Path,
    pub refused: &'a Refusals,
    pub connect: Duration,
}

impl Master<'_> {
    /// The running master, if there is one.
    pub fn find(&self) -> Result<Client, mux::Error> {
        Client::connect(self.socket, Instant::now() + LOCAL)
    }

    /// The running master, or a new one.
    ///
    /// The lock makes one login of many simultaneous calls, in all processes.
    /// When the login fails, those who waited for it fail with it, and so does
    /// whoever comes later in this process: eight logins with one wrong password
    /// would lock an account.
    pub fn find_or_open(&self, deadline: Instant) -> Result<(Client, Opening), Failure> {
        let begun = SystemTime::now();
        let mut waited = false;
        let mut nap = Duration::from_millis(5);
        let started = Instant::now();
        loop {
            if let Ok(client) = self.find() {
                return Ok((client, Opening::Found));
            }
            self.not_refused()?;
            match Lock::try_take(self.socket) {
                Ok(Some(mut lock)) => {
                    return self.open_locked(&mut lock, waited.then_some(begun), deadline);
                }
                Ok(None) => waited = true,
                Err(error) => {
                    return Err(self.client_failure(format!(
                        "cannot lock {}: {error}",
                        self.socket.display()
                    )));
                }
            }
            let Some(wait) = left(deadline) else {
                return Err(self.timed_out(Phase::Queue, started.elapsed()));
            };
            thread::sleep(nap.min(wait));
            nap = (nap * 2).min(Duration::from_millis(100));
        }
    }

    /// Ends the master. A master removes its socket as the last thing it does,
    /// whoever's the socket then is: so this waits until that is done.
    pub fn end(&self) -> Result<(), mux::Error> {
        let deadline = Instant::now() + LOCAL;
        let client = self.find()?;
        let socket = self.socket_id();
        client.terminate(deadline)?;
        while socket.is_some() && self.socket_id() == socket {
            let wait = left(deadline).ok_or(mux::Error::Silent)?;
            thread::sleep(Duration::from_millis(2).min(wait));
        }
        Ok(())
    }

    /// Lets the master take no more sessions. True if it has ended, having none;
    /// else it ends with the last of them.
    pub fn stop(&self) -> Result<bool, mux::Error> {
        let mut client = self.find()?;
        let pid = client.pid(Instant::now() + LOCAL)?;
        client.stop(Instant::now() + LOCAL)?;
        let deadline = Instant::now() + IDLE_END;
        while process::runs(pid) {
            let Some(wait) = left(deadline) else {
                return Ok(false);
            };
            thread::sleep(Duration::from_millis(5).min(wait));
        }
        Ok(true)
    }

    /// Tells the socket of one master from its successor's.
    fn socket_id(&self) -> Option<u64> {
        fs::metadata(self.socket)
            .ok()
            .map(|metadata| metadata.ino())
    }

    /// Ends a master behind which nothing answers, so that the next command
    /// opens a new one. `asked` is the client that got no answer. False if its
    /// session was opened at the last moment, and its command may have started.
    pub fn drop_dead(&self, asked: Client) -> bool {
        if self.end().is_err() {
            self.forget();
        }
        !asked.was_opened(Instant::now() + Duration::from_millis(200))
    }

    /// Takes the socket of a process away that does not answer, unless somebody
    /// is about to do the same.
    pub fn forget(&self) {
        if let Ok(Some(_lock)) = Lock::try_take(self.socket) {
            let _ = fs::remove_file(self.socket);
        }
    }

    fn open_locked(
        &self,
        lock: &mut Lock,
        waited_since: Option<SystemTime>,
        deadline: Instant,
    ) -> Result<(Client, Opening), Failure> {
        match self.find() {
            Ok(client) => return Ok((client, Opening::Found)),
            Err(mux::Error::Absent) => {}
            Err(mux::Error::Socket(error)) => {
                return Err(self.client_failure(format!("{}: {error}", self.socket.display())));
            }
            // Its master was killed, is stuck, or is just ending.
            Err(_) => self.clear_socket()?,
        }
        // Those who came between the end of the first login and now.
        self.not_refused()?;
        let note = lock.read().unwrap_or_default();
        if let Some(failure) = waited_since.and_then(|since| self.told(&note, since)) {
            return Err(failure);
        }
        let result = self.open(deadline);
        // Without a note those who wait try for themselves.
        let note = result.as_ref().err().map(|not| self.note(&not.failure));
        let note = note.unwrap_or_default();
        let _ = lock.write(&note);
        let opening = result.map_err(|not| {
            if not.is_final() {
                places::lock(self.refused).push(note);
            }
            not.failure
        })?;
        let client = self
            .find()
            .map_err(|error| self.unreachable(format!("the new connection is gone: {error}")))?;
        Ok((client, opening))
    }

    fn not_refused(&self) -> Result<(), Failure> {
        let told = |note: &String| self.told(note, SystemTime::UNIX_EPOCH);
        let refused = places::lock(self.refused).iter().find_map(told);
        refused.map_or(Ok(()), Err)
    }

    fn clear_socket(&self) -> Result<(), Failure> {
        match fs::remove_file(self.socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self
                    .client_failure(format!("cannot remove {}: {error}", self.socket.display())))
            }
            _ => Ok(()),
        }
    }

    /// Logs in: with keys and the stored password; else, if a person is there,
    /// once more with prompts on the terminal. Keys are tried without the
    /// terminal, so that hosts do not wait for each other's prompts.
    fn open(&self, deadline: Instant) -> Result<Opening, NotLoggedIn> {
        let soon = deadline.min(Instant::now() + self.connect + Duration::from_millis(250));
        let typed = self.settings.interactive && self.target.password.is_none();
        match self.log_in(soon, false) {
            Ok(()) => Ok(Opening::Opened),
            Err(not) if typed && matches!(not.failure, Failure::Unauthorised { .. }) => {
                let _turn = TERMINAL.lock();
                (self.settings.prompting)(true);
                let result = self.log_in(Instant::now() + TYPING, true);
                (self.settings.prompting)(false);
                result.map(|()| Opening::Typed)
            }
            Err(not) => Err(not),
        }
    }

    pub(super) fn timed_out(&self, phase: Phase, after: Duration) -> Failure {
        Failure::TimedOut {
            host: self.target.label(),
            phase,
            after,
        }
    }

    pub(super) fn unreachable(&self, reason: String) -> Failure {
        Failure::Unreachable {
            host: self.target.label(),
            reason,
        }
    }

    pub(super) fn client_failure(&self, reason: String) -> Failure {
        Failure::Client {
            host: self.target.label(),
            reason,
        }
    }
}
