//! The transport for control points: commands as sessions of OpenSSH masters.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::config::{Resolved, resolve};
use super::control::{NoControlDir, control_dir, socket_path};
use super::master::{Master, Opening, Refusals};
use super::memo::Memo;
use super::mux::{self, Client, left};
use super::outcome::{Failure, Limits, Outcome, Output, Phase};
use super::places::{Sessions, lock};
use super::seats::NotStarted;
use super::session::{End, NotOpened, Session, plain};
use super::settings::Settings;
use super::target::Target;
use super::{Command, Transport, Watch};

/// Reading the ssh configuration is local work; only a `Match exec` can be slow.
const CONFIG: Duration = Duration::from_secs(10);

/// For what a master process does by itself.
pub(super) const LOCAL: Duration = Duration::from_secs(5);

/// The longest command line that is sent. Servers take less in one argument
/// (128 KiB on Linux), and a master no more than 256 KiB.
const COMMAND_MAX: usize = 128 << 10;

/// How long a host that has no free session is left alone, at most.
const BUSY: Duration = Duration::from_millis(250);

/// Runs commands through OpenSSH masters, one for each user, host and port,
/// shared with all other processes of this user.
#[derive(Debug)]
pub struct OpenSsh {
    settings: Settings,
    dir: OnceLock<Result<PathBuf, NoControlDir>>,
    hosts: Mutex<HashMap<HostKey, Arc<Host>>>,
    /// By socket: a host may be known under several names.
    refused: Mutex<HashMap<PathBuf, Arc<Refusals>>>,
}

/// What a target hands to ssh: its address and its user.
type HostKey = (String, Option<String>);

/// What this process knows of a host.
#[derive(Debug)]
pub(super) struct Host {
    resolved: Resolved,
    socket: PathBuf,
    sessions: Sessions,
    refused: Arc<Refusals>,
}

impl OpenSsh {
    /// A transport with these settings. Nothing is started or looked at yet.
    pub fn new(mut settings: Settings) -> Self {
        // ssh runs in another directory.
        if let Some(file) = &mut settings.config_file {
            *file = std::path::absolute(&file).unwrap_or_else(|_| file.clone());
        }
        OpenSsh {
            settings,
            dir: OnceLock::new(),
            hosts: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// The files of the keys that ssh would log in to the target with, in their
    /// order; the home folder may be written `~`. Not all need exist.
    ///
    /// # Errors
    /// The ssh configuration cannot be read, or the target not be named.
    pub fn identity_files(&self, target: &Target) -> Result<Vec<String>, Failure> {
        Ok(self.host(target)?.resolved.identities.clone())
    }

    pub(super) fn master<'a>(
        &'a self,
        target: &'a Target,
        host: &'a Host,
        connect: Duration,
    ) -> Master<'a> {
        Master {
            settings: &self.settings,
            target,
            resolved: &host.resolved,
            socket: &host.socket,
            refused: &host.refused,
            connect,
        }
    }

    /// Where control sockets are.
    pub(super) fn dir(&self, target: &Target) -> Result<&Path, Failure> {
        let dir = self
            .dir
            .get_or_init(|| control_dir(&self.settings.control_dirs));
        dir.as_deref().map_err(|error| Failure::Client {
            host: target.label(),
            reason: error.to_string(),
        })
    }

    /// What is known of the target's host; at first, what ssh says of it.
    pub(super) fn host(&self, target: &Target) -> Result<Arc<Host>, Failure> {
        target.check()?;
        let key = (target.address.clone(), target.user.clone());
        if let Some(host) = lock(&self.hosts).get(&key) {
            return Ok(Arc::clone(host));
        }
        let dir = self.dir(target)?;
        let config_file = self.settings.config_file.as_deref();
        let told = format!("{config_file:?}\n{key:?}");
        let memo = Memo::new(socket_path(dir, &told).with_extension("host"), config_file);
        let resolved = resolve(&self.settings, target, &memo, Instant::now() + CONFIG)?;
        let socket = socket_path(dir, &resolved.identity());
        let refused = Arc::clone(lock(&self.refused).entry(socket.clone()).or_default());
        let host = Arc::new(Host {
            resolved,
            socket,
            sessions: Sessions::default(),
            refused,
        });
        Ok(Arc::clone(lock(&self.hosts).entry(key).or_insert(host)))
    }

    /// The socket of one of the connections to a host: 0 is the one that
    /// commands share, the others are for those that keep a session for long.
    pub(super) fn socket(
        &self,
        target: &Target,
        host: &Host,
        lane: usize,
    ) -> Result<PathBuf, Failure> {
        let identity = || format!("{}\nlane {lane}", host.resolved.identity());
        match lane {
            0 => Ok(host.socket.clone()),
            _ => Ok(socket_path(self.dir(target)?, &identity())),
        }
    }

    /// Tells whoever wants to know what is done.
    pub(super) fn say(&self, line: &str) {
        self.settings.say(line);
    }

    pub(super) fn reach(
        &self,
        target: &Target,
        host: &Host,
        limits: &Limits,
        deadline: Instant,
    ) -> Result<(Client, Opening), Failure> {
        self.master(target, host, limits.connect)
            .find_or_open(deadline)
    }

    /// Runs the command through the connection that all share, once the host has
    /// a session for it.
    fn run_in_turn(&self, call: &Call<'_>) -> Outcome {
        let mut nap = Duration::from_millis(10);
        loop {
            match self.run_through(&call.host.socket, call, None) {
                Ok(output) => return Ok(output),
                Err(NotStarted::Failed(failure)) => return Err(failure),
                Err(NotStarted::Busy) => {
                    call.phase.set(Phase::Queue);
                    let wait = left(call.deadline.get());
                    let wait = wait.ok_or_else(|| call.timed_out(Phase::Queue))?;
                    thread::sleep(nap.min(wait));
                    nap = (nap * 2).min(BUSY);
                }
            }
        }
    }

    /// Runs the command through the connection of this socket.
    fn run_through(
        &self,
        socket: &Path,
        call: &Call<'_>,
        watch: Option<&mut Watch<'_>>,
    ) -> Result<Output, NotStarted> {
        let Call { target, limits, .. } = call;
        let master = Master {
            socket,
            ..self.master(target, call.host, limits.connect)
        };
        let mut dropped = false;
        loop {
            let (mut client, opening) = master.find_or_open(call.deadline.get())?;
            if opening == Opening::Typed {
                // The time a person took to type is not the host's.
                call.deadline.set(Instant::now() + limits.deadline);
            }
            let deadline = call.deadline.get();
            let patience = Instant::now() + limits.connect;
            let open = match watch {
                Some(_) => Session::open_on_terminal,
                None => Session::open,
            };
            let failure = match open(&mut client, &call.text, patience.min(deadline)) {
                Ok(session) => {
                    let end = session.finish(limits.output, deadline, watch);
                    return Ok(self.outcome(call, &master, end)?);
                }
                Err(NotOpened::Master(mux::Error::Refused(reason))) if is_busy(&reason) => {
                    return Err(NotStarted::Busy);
                }
                // Cut short by the command's own deadline: that says nothing
                // about the connection, which others may be using.
                Err(NotOpened::Master(mux::Error::Silent)) if deadline <= patience => {
                    call.timed_out(call.phase.get())
                }
                Err(NotOpened::Master(mux::Error::Silent)) => {
                    self.settings
                        .say(&format!("{}: closing a dead connection", target.name));
                    let unstarted = master.drop_dead(client);
                    if !dropped && unstarted && opening == Opening::Found {
                        dropped = true;
                        continue;
                    }
                    call.timed_out(Phase::Session)
                }
                Err(NotOpened::Master(mux::Error::Closed)) => {
                    call.lost("the connection was lost while the command was being started")
                }
                Err(NotOpened::Master(error)) => call.client(&error),
                Err(NotOpened::Local(error)) => call.client(&error),
            };
            return Err(failure.into());
        }
    }

    fn outcome(&self, call: &Call<'_>, master: &Master<'_>, end: End) -> Outcome {
        match end {
            End::Exit {
                status,
                stdout,
                stderr,
            } => Ok(Output {
                status: i32::try_from(status).unwrap_or(i32::MAX),
                stdout: match call.on_terminal {
                    true => plain(&stdout),
                    false => text(stdout),
                },
                stderr: text(stderr),
                elapsed: call.started.elapsed(),
            }),
            End::Late => Err(call.timed_out(Phase::Command)),
            End::HungUp => Err(Failure::Interrupted {
                host: call.target.label(),
            }),
            End::TooMuch => Err(Failure::TooMuchOutput {
                host: call.target.label(),
                limit: call.limits.output,
            }),
            End::NoStatus => {
                let alive = master.find().is_ok();
                Err(call.lost(if alive {
                    "the command ended without an exit status (killed by a signal?)"
                } else {
                    "the connection was lost while the command ran"
                }))
            }
        }
    }
}

impl Transport for OpenSsh {
    fn run(&self, target: &Target, command: &Command, limits: &Limits) -> Outcome {
        self.carry_out(target, command, limits, None)
    }

    /// The command runs on a terminal of the host, so that it is hung up when
    /// this process ends, whatever ends it. It may go through a connection of its
    /// own, as consoles do, so that other commands find sessions free.
    fn watch(
        &self,
        target: &Target,
        command: &Command,
        limits: &Limits,
        watch: &mut Watch<'_>,
    ) -> Outcome {
        self.carry_out(target, command, limits, Some(watch))
    }
}

impl OpenSsh {
    fn carry_out(
        &self,
        target: &Target,
        command: &Command,
        limits: &Limits,
        watch: Option<&mut Watch<'_>>,
    ) -> Outcome {
        let started = Instant::now();
        let host = self.host(target)?;
        let call = Call {
            target,
            host: &host,
            text: command.to_shell(),
            limits,
            started,
            deadline: Cell::new(started + limits.deadline),
            phase: Cell::new(Phase::Session),
            on_terminal: watch.is_some(),
        };
        if call.text.contains('\0') || call.text.len() > COMMAND_MAX {
            return Err(call.client(&"the command contains a NUL or is longer than 128 KiB"));
        }
        let _place = host
            .sessions
            .take(target.max_sessions, started + limits.deadline)
            .ok_or_else(|| call.timed_out(Phase::Queue))?;
        self.settings.say(&format!("{}: {command}", target.name));
        match watch {
            None => self.run_in_turn(&call),
            Some(watch) => {
                let run = |socket: &Path| self.run_through(socket, &call, Some(&mut *watch));
                self.seated(target, &host, run).map(|(output, _)| output)
            }
        }
    }
}

/// One command on its way.
struct Call<'a> {
    target: &'a Target,
    host: &'a Host,
    text: String,
    limits: &'a Limits,
    started: Instant,
    /// Until when; later where somebody had to type.
    deadline: Cell<Instant>,
    /// What it waits for until it is started.
    phase: Cell<Phase>,
    /// Whether it runs on a terminal there.
    on_terminal: bool,
}

impl Call<'_> {
    fn timed_out(&self, phase: Phase) -> Failure {
        let after = match phase {
            Phase::Session | Phase::Login => self.limits.connect.min(self.limits.deadline),
            Phase::Queue | Phase::Command => self.limits.deadline,
        };
        Failure::TimedOut {
            host: self.target.label(),
            phase,
            after,
        }
    }

    fn lost(&self, reason: &str) -> Failure {
        Failure::Lost {
            host: self.target.label(),
            reason: reason.to_owned(),
        }
    }

    fn client(&self, reason: &dyn fmt::Display) -> Failure {
        Failure::Client {
            host: self.target.label(),
            reason: reason.to_string(),
        }
    }
}

/// A server at its MaxSessions says so; the other users of the master, in other
/// processes, will be done some time.
pub(super) fn is_busy(reason: &str) -> bool {
    reason.contains("Session open refused")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
