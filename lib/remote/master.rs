//! The master connection of one host: found, else opened, under a lock.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::askpass::{self, Server};
use super::classify::{Login, last_words};
use super::config::Resolved;
use super::control::Lock;
use super::memo::{self, Memo};
use super::mux::{self, Client, left};
use super::outcome::{Failure, Phase};
use super::process::{self, Cut, Tie};
use super::settings::Settings;
use super::target::Target;

/// A living master process on this machine answers at once, even a busy one.
const LOCAL: Duration = Duration::from_secs(2);

/// A master without sessions ends at once when it is told to.
const IDLE_END: Duration = Duration::from_secs(1);

/// How long a person may take to type a password.
const TYPING: Duration = Duration::from_secs(120);

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

/// What is needed to reach one host.
#[derive(Debug)]
pub(super) struct Master<'a> {
    pub settings: &'a Settings,
    pub target: &'a Target,
    pub resolved: &'a Resolved,
    pub socket: &'a Path,
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
    /// When the login fails, those who waited for it fail with it: eight logins
    /// with one wrong password would lock an account.
    pub fn find_or_open(&self, deadline: Instant) -> Result<(Client, Opening), Failure> {
        let begun = SystemTime::now();
        let mut waited = false;
        let mut nap = Duration::from_millis(5);
        let started = Instant::now();
        loop {
            if let Ok(client) = self.find() {
                return Ok((client, Opening::Found));
            }
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
        let note = lock.read().unwrap_or_default();
        if let Some(failure) = waited_since.and_then(|since| self.told(&note, since)) {
            return Err(failure);
        }
        let result = self.open(deadline);
        // Without a note those who wait try for themselves.
        let note = result.as_ref().err().map(|failure| self.note(failure));
        let _ = lock.write(&note.unwrap_or_default());
        let opening = result?;
        let client = self
            .find()
            .map_err(|error| self.unreachable(format!("the new connection is gone: {error}")))?;
        Ok((client, opening))
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
    fn open(&self, deadline: Instant) -> Result<Opening, Failure> {
        let soon = deadline.min(Instant::now() + self.connect + Duration::from_millis(250));
        let typed = self.settings.interactive && self.target.password.is_none();
        match self.log_in(soon, false) {
            Ok(()) => Ok(Opening::Opened),
            Err(Failure::Unauthorised { .. }) if typed => {
                let _turn = TERMINAL.lock();
                self.log_in(Instant::now() + TYPING, true)?;
                Ok(Opening::Typed)
            }
            Err(failure) => Err(failure),
        }
    }

    fn log_in(&self, deadline: Instant, ask: bool) -> Result<(), Failure> {
        let started = Instant::now();
        let mut command = self.command(ask);
        let mut server = self.askpass()?;
        if let Some(server) = &server {
            command
                .env("SSH_ASKPASS", &self.settings.askpass_program)
                .env("SSH_ASKPASS_REQUIRE", "force")
                // Without it, ssh before 8.4 never runs an askpass program.
                .env("DISPLAY", ":0")
                .env(askpass::VARIABLE, server.path());
        }
        let tie = if ask { Tie::Terminal } else { Tie::Watched };
        let result = process::run(&mut command, tie, deadline, server.as_mut());
        let login = Login {
            host: &self.target.label(),
            resolved: self.resolved,
            stored: self.target.password.is_some(),
            answered: server.as_ref().is_some_and(Server::answered),
            refused: server.as_ref().and_then(Server::refused),
            connect: self.connect,
        };
        match result {
            Ok(ended) if ended.success => {
                self.settings.say(&format!(
                    "{}: logged in as {}",
                    self.target.name, self.resolved.user
                ));
                Ok(())
            }
            Ok(ended) => Err(login.failure(&ended.stderr)),
            Err(Cut::AskedAgain) => Err(login.unauthorised("tried once")),
            Err(Cut::Late) => {
                let allowed = if ask { TYPING } else { self.connect };
                Err(self.timed_out(Phase::Login, started.elapsed().min(allowed)))
            }
            Err(Cut::TooMuch) => Err(self.unreachable("its login banner has no end".to_owned())),
            Err(Cut::Failed(error)) => Err(self.client_failure(format!(
                "{}: {error}; is the OpenSSH client installed?",
                self.settings.ssh_program.display()
            ))),
        }
    }

    /// The ssh process that becomes the master: it goes to the background once
    /// it has logged in and listens on its socket.
    ///
    /// Without `-f`: a master that finds its socket taken would go to the
    /// background all the same, and stay there for ever with nobody to use it.
    /// Never with `-v`, which keeps stderr open.
    fn command(&self, ask: bool) -> Command {
        let mut command = self.settings.ssh();
        command.arg("-N").arg("-S").arg(self.socket);
        let seconds = self.connect.as_secs_f64().ceil().max(1.0) as u64;
        let seconds = self
            .resolved
            .connect_timeout
            .map_or(seconds, |user| user.min(seconds));
        let persist = self.settings.persist;
        let mut option = |text: &str| {
            command.arg("-o").arg(text);
        };
        option("ControlMaster=auto");
        option(&format!("ControlPersist={persist}"));
        option(&format!("ConnectTimeout={seconds}"));
        option("LogLevel=INFO");
        option("ClearAllForwardings=yes");
        option("RemoteCommand=none");
        option("PermitLocalCommand=no");
        option("Tunnel=no");
        // A master passes on what its own configuration lets it.
        option("SendEnv=LC_ALL");
        if !self.resolved.strict {
            option("StrictHostKeyChecking=accept-new");
        }
        if !self.resolved.keeps_alive {
            option("ServerAliveInterval=15");
            option("ServerAliveCountMax=3");
        }
        match (ask, &self.target.password) {
            (true, _) => {}
            (false, None) => option("BatchMode=yes"),
            (false, Some(_)) => {
                option("BatchMode=no");
                option("NumberOfPasswordPrompts=1");
            }
        }
        self.settings.host(&mut command, self.target);
        command
    }

    fn askpass(&self) -> Result<Option<Server<'_>>, Failure> {
        let Some(password) = &self.target.password else {
            return Ok(None);
        };
        let login = askpass::Login {
            user: self.resolved.user.clone(),
            hosts: [Some(&self.resolved.host), self.resolved.alias.as_ref()]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            proxied: self.resolved.route.is_some(),
        };
        let dir = self
            .socket
            .parent()
            .map_or_else(PathBuf::new, Path::to_owned);
        match Server::start(&dir, login, password) {
            Ok(server) => Ok(Some(server)),
            Err(error) => {
                Err(self.client_failure(format!("cannot listen in {}: {error}", dir.display())))
            }
        }
    }

    /// The failure of the login that this call waited for, if `note` tells of one.
    fn told(&self, note: &str, since: SystemTime) -> Option<Failure> {
        let mut parts = note.splitn(3, '\n');
        let at: u64 = parts.next()?.parse().ok()?;
        if UNIX_EPOCH + Duration::from_micros(at) < since {
            return None;
        }
        let (kind, reason) = (parts.next()?, parts.next()?.to_owned());
        let host = self.target.label();
        match kind {
            "unreachable" => Some(Failure::Unreachable { host, reason }),
            "untrusted" => Some(Failure::Untrusted { host, reason }),
            kind if kind == self.refusal() => {
                let user = self.resolved.user.clone();
                Some(Failure::Unauthorised { host, user, reason })
            }
            "late" => {
                let after = Duration::from_millis(reason.parse().ok()?);
                Some(self.timed_out(Phase::Login, after))
            }
            _ => None,
        }
    }

    /// A login's failure for those who waited for it: the time in microseconds,
    /// the kind and the reason, a line each. Empty for what concerns this call
    /// alone.
    fn note(&self, failure: &Failure) -> String {
        let (kind, reason) = match failure {
            Failure::Unreachable { reason, .. } => ("unreachable", reason.clone()),
            Failure::Untrusted { reason, .. } => ("untrusted", reason.clone()),
            Failure::Unauthorised { reason, .. } => (self.refusal(), reason.clone()),
            Failure::TimedOut {
                phase: Phase::Login,
                after,
                ..
            } => ("late", after.as_millis().to_string()),
            _ => return String::new(),
        };
        let at = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        format!("{}\n{kind}\n{reason}", at.as_micros())
    }

    /// The kind of a refused login: it tells nothing to a call that has more to
    /// offer.
    fn refusal(&self) -> &'static str {
        match (&self.target.password, self.settings.interactive) {
            (Some(_), _) => "password refused",
            (None, true) => "person refused",
            (None, false) => "key refused",
        }
    }

    fn timed_out(&self, phase: Phase, after: Duration) -> Failure {
        Failure::TimedOut {
            host: self.target.label(),
            phase,
            after,
        }
    }

    fn unreachable(&self, reason: String) -> Failure {
        Failure::Unreachable {
            host: self.target.label(),
            reason,
        }
    }

    fn client_failure(&self, reason: String) -> Failure {
        Failure::Client {
            host: self.target.label(),
            reason,
        }
    }
}

/// The configuration's view of a target.
pub(super) fn resolve(
    settings: &Settings,
    target: &Target,
    memo: &Memo,
    deadline: Instant,
) -> Result<Resolved, Failure> {
    if let Some(resolved) = memo.recall().and_then(|text| Resolved::parse(&text)) {
        return Ok(resolved);
    }
    let asked = SystemTime::now();
    let host = target.label();
    let mut command = settings.ssh();
    command.args(["-v", "-G", "-o", memo::ASK_HOME]);
    settings.host(&mut command, target);
    let reason = match process::run(&mut command, Tie::None, deadline, None) {
        Ok(ended) if ended.success => match Resolved::parse(&ended.stdout) {
            Some(resolved) => {
                memo.keep(&ended.stdout, &ended.stderr, asked);
                return Ok(resolved);
            }
            None => "ssh -G does not name user, host and port".to_owned(),
        },
        Ok(ended) => last_words(&ended.stderr),
        Err(Cut::Late) => "reading the ssh configuration (ssh -G) took too long".to_owned(),
        Err(Cut::Failed(error)) => format!(
            "{}: {error}; is the OpenSSH client installed?",
            settings.ssh_program.display()
        ),
        Err(Cut::TooMuch | Cut::AskedAgain) => "ssh -G does not end".to_owned(),
    };
    Err(Failure::Client { host, reason })
}
