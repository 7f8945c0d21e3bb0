//! One machine of the site: its account, its faults and what its commands act on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use russh::keys::PrivateKey;
use tokio::sync::Notify;

use crate::config::{Config, HmcConfig};
use crate::fault::{Fault, Faults};
use crate::hmc::{Console, Reply, Scene, World};
use crate::log::Log;

/// A machine. Only consoles exist so far; another kind gets its own [`Role`].
pub struct Host {
    /// Host name.
    pub name: String,
    /// Loopback address.
    pub address: String,
    /// What it is.
    pub role: Role,
    /// Events of the site.
    pub log: Arc<Log>,
    /// Description of the site.
    pub config: Arc<Config>,
    /// Wakes the listener when faults change.
    pub changed: Notify,
    /// TCP connections now open.
    pub connections: AtomicUsize,
    auth: Vec<String>,
    faults: Mutex<Faults>,
    keys: [PrivateKey; 2],
    lockout: Mutex<Lockout>,
}

/// What a machine is.
pub enum Role {
    /// A management console in front of the hardware of the site.
    Hmc {
        /// The console's own state.
        console: Mutex<Console>,
        /// The hardware, shared by all consoles.
        world: Arc<Mutex<World>>,
    },
}

#[derive(Default)]
struct Lockout {
    failures: usize,
    until: Option<Instant>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Host {
    /// A console as described.
    pub fn hmc(
        spec: &HmcConfig,
        address: String,
        world: &Arc<Mutex<World>>,
        site: (&Arc<Config>, &Arc<Log>),
        keys: [PrivateKey; 2],
    ) -> Self {
        let (config, log) = site;
        let console = Console::new(spec.clone(), address.clone(), config);
        Self {
            name: spec.name.clone(),
            address,
            role: Role::Hmc {
                console: Mutex::new(console),
                world: world.clone(),
            },
            log: log.clone(),
            config: config.clone(),
            changed: Notify::new(),
            connections: AtomicUsize::new(0),
            auth: spec.auth.clone().unwrap_or_else(|| config.auth.clone()),
            faults: Mutex::default(),
            keys,
            lockout: Mutex::default(),
        }
    }

    /// The login user.
    pub fn user(&self) -> &str {
        &self.config.user
    }

    /// Login methods it offers.
    pub fn auth_methods(&self) -> &[String] {
        &self.auth
    }

    /// Adds a fault, for all commands or for those whose line contains `command`.
    pub fn fault(&self, command: Option<&str>, fault: Fault) {
        lock(&self.faults).add(command.map(str::to_owned), fault);
        self.changed.notify_waiters();
    }

    /// Forgets all faults and unlocks the account.
    pub fn heal(&self) {
        lock(&self.faults).clear();
        *lock(&self.lockout) = Lockout::default();
        self.changed.notify_waiters();
    }

    /// Whether it has this fault now.
    pub fn has(&self, fault: &Fault) -> bool {
        lock(&self.faults).has(fault)
    }

    /// Waits until it is not frozen.
    pub async fn thawed(&self) {
        loop {
            let changed = self.changed.notified();
            if !self.has(&Fault::Freeze) {
                return;
            }
            changed.await;
        }
    }

    /// The faults that hit a command line.
    pub fn faults_of(&self, line: &str) -> Vec<Fault> {
        lock(&self.faults).of_command(line)
    }

    /// The host key it shows now.
    pub fn key(&self) -> &PrivateKey {
        &self.keys[usize::from(self.has(&Fault::ChangeHostKey))]
    }

    /// The key that belongs into `known_hosts`.
    pub fn proper_key(&self) -> &PrivateKey {
        &self.keys[0]
    }

    /// How long each HMC command takes at least.
    pub fn command_latency(&self) -> Duration {
        Duration::from_millis(self.config.timing.command_ms)
    }

    /// Whether a public key, in OpenSSH's one-line form without comment, may log in.
    pub fn authorised(&self, key: &str) -> bool {
        let Role::Hmc { console, .. } = &self.role;
        let same = |known: &String| known.split(' ').take(2).eq(key.split(' ').take(2));
        lock(console).keys.iter().any(same)
    }

    /// The authorised keys, a line each, as their file on the machine holds them.
    pub fn key_file(&self) -> String {
        let Role::Hmc { console, .. } = &self.role;
        lock(console)
            .keys
            .iter()
            .map(|key| format!("{key}\n"))
            .collect()
    }

    /// Authorises a public key.
    pub fn authorise(&self, key: String) {
        let Role::Hmc { console, .. } = &self.role;
        lock(console).keys.push(key);
    }

    /// Checks a password; bad ones in a row lock the account for a while.
    pub fn password(&self, user: &str, password: &str) -> bool {
        let limits = &self.config.limits;
        if user != self.config.user {
            return false;
        }
        let hold = Duration::from_secs(limits.lockout_seconds);
        let mut lockout = lock(&self.lockout);
        if lockout.until.is_some_and(|until| until > Instant::now()) {
            lockout.until = Some(Instant::now() + hold);
            return false;
        }
        let Role::Hmc { console, .. } = &self.role;
        let right = password == lock(console).password;
        if right && !self.has(&Fault::RefuseLogin) {
            *lockout = Lockout::default();
            return true;
        }
        lockout.failures += 1;
        lockout.until = None;
        if lockout.failures >= limits.lockout_after {
            lockout.failures = 0;
            lockout.until = Some(Instant::now() + hold);
        }
        false
    }

    /// Minutes until the account unlocks, begun ones counted; `None` when it is not locked.
    pub fn locked_minutes(&self) -> Option<u64> {
        let until = lock(&self.lockout).until?;
        let left = until.checked_duration_since(Instant::now())?;
        Some(left.as_secs().div_ceil(60).max(1))
    }

    /// Whether a command of that name exists here.
    pub fn knows(&self, words: &[String]) -> bool {
        let Role::Hmc { .. } = &self.role;
        words
            .first()
            .is_some_and(|name| crate::hmc::is_command(name))
    }

    /// Runs a command of the machine; `polish` is what the session's locale asks for.
    pub fn run(&self, words: &[String], polish: Option<bool>) -> Option<Reply> {
        let faults = self.faults_of(&words.join(" "));
        let Role::Hmc { console, world } = &self.role;
        let (mut console, mut world) = (lock(console), lock(world));
        console.no_authority = faults.contains(&Fault::NoAuthority);
        console.busy = faults.contains(&Fault::Busy);
        console.polish =
            polish.unwrap_or_else(|| self.config.locale == "pl" || faults.contains(&Fault::Polish));
        let mut scene = Scene {
            console: &mut console,
            world: &mut world,
        };
        scene.run(words)
    }

    /// Whether it is a console of the first V7 releases.
    pub fn is_old_console(&self) -> bool {
        let Role::Hmc { console, .. } = &self.role;
        lock(console).spec.version.starts_with("V7R3")
    }

    /// Types at the console of a partition; returns what it shows.
    pub fn type_at(&self, key: &crate::hmc::vterm::Key, bytes: &[u8]) -> String {
        let Role::Hmc { world, .. } = &self.role;
        lock(world).type_at(key, bytes)
    }

    /// Gives a terminal back, unless it has another holder by now.
    pub fn release(&self, held: &crate::hmc::vterm::Vterm) {
        let Role::Hmc { world, .. } = &self.role;
        let mut world = lock(world);
        let own = |known: &Arc<_>| std::ptr::eq(Arc::as_ptr(known), held);
        if world.vterms.get(&held.key).is_some_and(own) {
            world.vterms.remove(&held.key);
        }
    }

    /// Counts a connection in; `false` when there are as many as may be.
    pub fn admit(&self) -> bool {
        let before = self.connections.fetch_add(1, Ordering::SeqCst);
        before < self.config.limits.max_connections
    }

    /// Counts a connection out.
    pub fn leave(&self) {
        self.connections.fetch_sub(1, Ordering::SeqCst);
    }
}
