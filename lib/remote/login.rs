//! One login: the ssh process that becomes a master, and what it is told.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::askpass::{self, Server};
use super::classify::Login;
use super::master::{Master, NotLoggedIn};
use super::outcome::{Failure, Phase};
use super::process::{self, Cut, Tie};

/// How long a person may take to type a password.
pub(super) const TYPING: Duration = Duration::from_secs(120);

impl Master<'_> {
    /// Logs in with ssh, which becomes the master when that is done; with `ask`
    /// it may ask on the terminal.
    pub(super) fn log_in(&self, deadline: Instant, ask: bool) -> Result<(), NotLoggedIn> {
        let started = Instant::now();
        let mut command = self.command(ask);
        let mut server = self.askpass().map_err(NotLoggedIn::before)?;
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
        let spent = server.as_ref().is_some_and(Server::answered);
        let login = Login {
            host: &self.target.label(),
            resolved: self.resolved,
            stored: self.target.password.is_some(),
            answered: spent,
            refused: server.as_ref().and_then(Server::refused),
            connect: self.connect,
        };
        let failure = match result {
            Ok(ended) if ended.success => {
                self.settings.say(&format!(
                    "{}: logged in as {}",
                    self.target.name, self.resolved.user
                ));
                return Ok(());
            }
            Ok(ended) => login.failure(&ended.stderr),
            Err(Cut::AskedAgain) => login.unauthorised("tried once"),
            Err(Cut::Late) => {
                let allowed = if ask { TYPING } else { self.connect };
                self.timed_out(Phase::Login, started.elapsed().min(allowed))
            }
            Err(Cut::TooMuch) => self.unreachable("its login banner has no end".to_owned()),
            Err(Cut::Failed(error)) => self.client_failure(format!(
                "{}: {error}; is the OpenSSH client installed?",
                self.settings.ssh_program.display()
            )),
        };
        Err(NotLoggedIn { failure, spent })
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
}
