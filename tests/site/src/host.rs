//! One machine of the site: its account, its faults and what its commands act on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use russh::keys::PrivateKey;
use tokio::sync::Notify;

use crate::chassis::{Chassis, Place};
use crate::config::{ChassisConfig, Config, HmcConfig, LparConfig};
use crate::fault::{Fault, Faults};
use crate::hmc::{Console, Reply, Scene, World};
use crate::log::Log;
use crate::lpar;

/// A machine. Each kind has its own [`Role`].
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
    user: String,
    account: Mutex<Account>,
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
        console: Box<Mutex<Console>>,
        /// The hardware, shared by all consoles.
        world: Arc<Mutex<World>>,
    },
    /// A partition's operating system.
    Lpar {
        /// Which one.
        key: lpar::Key,
        /// Whether it is a VIOS.
        vios: bool,
        /// The hardware it runs on.
        world: Arc<Mutex<World>>,
    },
    /// A chassis management module.
    Chassis(Mutex<Chassis>),
}

/// The account of a machine that has no console to keep it.
#[derive(Default)]
struct Account {
    keys: Vec<String>,
    password: String,
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
        let console = Console::new(spec.clone(), address.clone(), site.0);
        let role = Role::Hmc {
            console: Box::new(Mutex::new(console)),
            world: world.clone(),
        };
        let mut host = Self::new((&spec.name, address), role, &site.0.user, site, keys);
        if let Some(auth) = &spec.auth {
            host.auth.clone_from(auth);
        }
        host
    }

    /// The operating system of a partition of the system `cec`.
    pub fn lpar(
        (cec, spec): (&str, &LparConfig),
        address: String,
        world: &Arc<Mutex<World>>,
        site: (&Arc<Config>, &Arc<Log>),
        keys: [PrivateKey; 2],
    ) -> Self {
        let vios = spec.env == "vioserver";
        let role = Role::Lpar {
            key: (cec.to_owned(), spec.id),
            vios,
            world: world.clone(),
        };
        let user = if vios { "padmin" } else { "root" };
        Self::new((&spec.name, address), role, user, site, keys)
    }

    /// The management module of a chassis.
    pub fn of_chassis(
        spec: &ChassisConfig,
        address: String,
        site: (&Arc<Config>, &Arc<Log>),
        keys: [PrivateKey; 2],
    ) -> Self {
        let role = Role::Chassis(Mutex::new(Chassis::new(spec)));
        let host = Self::new((&spec.name, address), role, &spec.user, site, keys);
        if let Some(password) = &spec.password {
            lock(&host.account).password.clone_from(password);
        }
        host
    }

    fn new(
        (name, address): (&str, String),
        role: Role,
        user: &str,
        (config, log): (&Arc<Config>, &Arc<Log>),
        keys: [PrivateKey; 2],
    ) -> Self {
        Self {
            name: name.to_owned(),
            address,
            role,
            log: log.clone(),
            config: config.clone(),
            changed: Notify::new(),
            connections: AtomicUsize::new(0),
            user: user.to_owned(),
            account: Mutex::new(Account {
                keys: Vec::new(),
                password: config.password.clone(),
            }),
            auth: config.auth.clone(),
            faults: Mutex::default(),
            keys,
            lockout: Mutex::default(),
        }
    }

    /// Works on the keys and the password of the login user.
    fn account<T>(&self, work: impl FnOnce(&mut Vec<String>, &mut String) -> T) -> T {
        if let Role::Hmc { console, .. } = &self.role {
            let console = &mut *lock(console);
            return work(&mut console.keys, &mut console.password);
        }
        let account = &mut *lock(&self.account);
        work(&mut account.keys, &mut account.password)
    }

    /// Whether it is a console, whose shell is restricted.
    pub fn is_restricted(&self) -> bool {
        !matches!(&self.role, Role::Lpar { vios: false, .. })
    }

    /// Whether it is a chassis, which has no shell.
    pub fn is_chassis(&self) -> bool {
        matches!(&self.role, Role::Chassis(_))
    }

    /// Whether nothing runs on it, so that nobody answers.
    pub fn is_off(&self) -> bool {
        let Role::Lpar { key, world, .. } = &self.role else {
            return false;
        };
        let mut world = lock(world);
        let lpar = world.lpar(key);
        lpar.is_none_or(|lpar| lpar.state.now() != crate::hmc::RUNNING)
    }

    /// Runs a line on a chassis; `None` ends the session.
    pub fn chassis(&self, line: &str, place: &mut Place) -> Option<String> {
        match &self.role {
            Role::Chassis(chassis) => lock(chassis).run(line, place),
            _ => None,
        }
    }

    /// The prompt of its shell.
    pub fn prompt(&self) -> String {
        match &self.role {
            Role::Lpar { vios: true, .. } => "$ ".to_owned(),
            Role::Lpar { .. } => "# ".to_owned(),
            _ => format!("{}@{}:~> ", self.user, self.name),
        }
    }

    /// The login user.
    pub fn user(&self) -> &str {
        &self.user
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
        let same = |known: &String| known.split(' ').take(2).eq(key.split(' ').take(2));
        self.account(|keys, _| keys.iter().any(same))
    }

    /// The authorised keys, a line each, as their file on the machine holds them.
    pub fn key_file(&self) -> String {
        self.account(|keys, _| keys.iter().map(|key| format!("{key}\n")).collect())
    }

    /// Authorises a public key.
    pub fn authorise(&self, key: String) {
        self.account(|keys, _| keys.push(key));
    }

    /// Checks a password; bad ones in a row lock the account for a while.
    pub fn password(&self, user: &str, password: &str) -> bool {
        let limits = &self.config.limits;
        if user != self.user {
            return false;
        }
        let hold = Duration::from_secs(limits.lockout_seconds);
        let mut lockout = lock(&self.lockout);
        if lockout.until.is_some_and(|until| until > Instant::now()) {
            lockout.until = Some(Instant::now() + hold);
            return false;
        }
        let right = self.account(|_, known| password == known);
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
        words.first().is_some_and(|name| match &self.role {
            Role::Hmc { .. } => crate::hmc::is_command(name),
            Role::Lpar { .. } => lpar::knows(name),
            Role::Chassis(_) => false,
        })
    }

    /// Runs a command of the machine; `polish` is what the session's locale asks for.
    pub fn run(&self, words: &[String], polish: Option<bool>) -> Option<Reply> {
        let faults = self.faults_of(&words.join(" "));
        let (console, world) = match &self.role {
            Role::Hmc { console, world } => (console, world),
            Role::Lpar { key, world, .. } => return lpar::run(&mut lock(world), key, words),
            Role::Chassis(_) => return None,
        };
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
        match &self.role {
            Role::Hmc { console, .. } => lock(console).spec.version.starts_with("V7R3"),
            _ => false,
        }
    }

    /// Types at the console of a partition; returns what it shows.
    pub fn type_at(&self, key: &crate::hmc::vterm::Key, bytes: &[u8]) -> Vec<u8> {
        match &self.role {
            Role::Hmc { world, .. } => lock(world).type_at(key, bytes),
            _ => Vec::new(),
        }
    }

    /// Gives a terminal back, unless it has another holder by now.
    pub fn release(&self, held: &crate::hmc::vterm::Vterm) {
        let Role::Hmc { world, .. } = &self.role else {
            return;
        };
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
