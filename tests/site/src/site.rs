//! A running site: starting it on free addresses, faults, state, and its end.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::config::{CecConfig, Config, LparConfig};
use crate::hmc::{HmcSeen, LPAR_STATES, SYSTEM_STATES, World};
use crate::host::Host;
use crate::log::{Event, Log};
use crate::{Error, Fault, control, material, server};

/// How often another port is tried when an address has the first one taken.
const PORT_TRIES: usize = 50;

/// A site that runs until it is dropped.
pub struct Site {
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
    ssh_config: PathBuf,
    dir: PathBuf,
    port: u16,
}

/// What the listeners and the control socket share with the owner of the site.
pub struct Shared {
    /// Machines by name.
    pub hosts: BTreeMap<String, Arc<Host>>,
    /// Hardware.
    pub world: Arc<Mutex<World>>,
    /// Events.
    pub log: Arc<Log>,
}

impl Site {
    /// Starts a site; its machines answer when this returns. Keys, `known_hosts`, an ssh
    /// configuration and the control socket go into `dir`, which is made if need be.
    ///
    /// # Errors
    /// When the description is wrong, `dir` cannot be written, or no port is free.
    pub fn start(config: Config, dir: &Path) -> Result<Self, Error> {
        config.check()?;
        let dir = std::path::absolute(dir).map_err(|e| Error::Io(dir.into(), e))?;
        std::fs::create_dir_all(&dir).map_err(|e| Error::Io(dir.clone(), e))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|e| Error::Io(dir.clone(), e))?;
        let addresses = addresses(&config)?;
        let (port, listeners) = runtime
            .block_on(listen(&addresses, config.port))
            .map_err(Error::Port)?;
        let (shared, client) = hosts(config, &addresses)?;
        let known = shared.hosts.values().map(AsRef::as_ref);
        let ssh_config = material::write_all(&dir, &client, known, port)?;
        let by_address = |address: &SocketAddr| {
            let ip = address.ip().to_string();
            shared
                .hosts
                .values()
                .find(|host| host.address == ip)
                .cloned()
        };
        for (listener, address) in listeners {
            if let Some(host) = by_address(&address) {
                runtime.spawn(server::serve(host, listener, address));
            }
        }
        let shared = Arc::new(shared);
        {
            let _inside = runtime.enter();
            control::listen(&dir, &shared)?;
        }
        Ok(Self {
            shared,
            runtime: Some(runtime),
            ssh_config,
            dir,
            port,
        })
    }

    /// The client's ssh configuration (`ssh -F`): a `Host` entry for each machine.
    pub fn ssh_config(&self) -> PathBuf {
        self.ssh_config.clone()
    }

    /// The folder with the client's files and the control socket.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The port all machines listen on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a machine.
    pub fn address(&self, host: &str) -> Option<&str> {
        self.shared
            .hosts
            .get(host)
            .map(|host| host.address.as_str())
    }

    /// Everything that happened so far, in order.
    pub fn log(&self) -> Vec<Event> {
        self.shared.log.events()
    }

    /// The command lines a machine received, in order.
    pub fn commands(&self, host: &str) -> Vec<String> {
        let of_host = |event: Event| match event {
            Event::Command { host: at, line, .. } if at == host => Some(line),
            _ => None,
        };
        self.log().into_iter().filter_map(of_host).collect()
    }

    /// What clients made a shell run for want of quoting; empty when all is well.
    pub fn injections(&self) -> Vec<String> {
        let injected = |event: Event| match event {
            Event::ShellInjection { command, .. } => Some(command),
            _ => None,
        };
        self.log().into_iter().filter_map(injected).collect()
    }

    /// Gives a machine a fault.
    ///
    /// # Panics
    /// When there is no such machine: the test is wrong.
    pub fn fault(&self, host: &str, fault: Fault) {
        self.host(host).fault(None, fault);
    }

    /// Gives a machine a fault that hits only commands whose line contains `command`.
    ///
    /// # Panics
    /// When there is no such machine.
    pub fn fault_on(&self, host: &str, command: &str, fault: Fault) {
        self.host(host).fault(Some(command), fault);
    }

    /// Takes all faults from a machine and unlocks its account.
    ///
    /// # Panics
    /// When there is no such machine.
    pub fn heal(&self, host: &str) {
        self.host(host).heal();
    }

    /// The states of all managed systems and partitions: `system` and `system/partition`.
    pub fn state(&self) -> BTreeMap<String, String> {
        self.shared.state()
    }

    /// Sets the state of a managed system (`No Connection`, `Power Off` …) or, given as
    /// `system/partition`, of a partition, at once.
    ///
    /// # Errors
    /// When there is none of that name, or no such state.
    pub fn set_state(&self, name: &str, state: &str) -> Result<(), Error> {
        self.shared.set_state(name, state)
    }

    #[expect(
        clippy::panic,
        reason = "a test that names no machine of its site is wrong"
    )]
    fn host(&self, name: &str) -> &Host {
        match self.shared.hosts.get(name) {
            Some(host) => host,
            None => panic!("no machine {name} on this site"),
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        // The next site in this folder makes its own.
        let _ = std::fs::remove_file(control::socket(&self.dir));
    }
}

impl Shared {
    /// A machine by name.
    pub fn host(&self, name: &str) -> Result<&Arc<Host>, Error> {
        self.hosts
            .get(name)
            .ok_or_else(|| Error::NoHost(name.to_owned()))
    }

    /// See [`Site::state`].
    pub fn state(&self) -> BTreeMap<String, String> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let mut states = BTreeMap::new();
        for cec in &mut world.cecs {
            let name = cec.spec.name.clone();
            for lpar in &mut cec.lpars {
                let key = format!("{name}/{}", lpar.spec.name);
                states.insert(key, lpar.state.now().to_owned());
            }
            states.insert(name, cec.state.now().to_owned());
        }
        states
    }

    /// See [`Site::set_state`].
    pub fn set_state(&self, name: &str, state: &str) -> Result<(), Error> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        for cec in &mut world.cecs {
            if cec.spec.name == name {
                known(SYSTEM_STATES, state)?;
                cec.state.go(&[(0, state)]);
                return Ok(());
            }
            let inside = name
                .strip_prefix(&cec.spec.name)
                .and_then(|rest| rest.strip_prefix('/'));
            let lpar = inside.and_then(|lpar| cec.lpars.iter_mut().find(|l| l.spec.name == lpar));
            if let Some(lpar) = lpar {
                known(LPAR_STATES, state)?;
                lpar.state.go(&[(0, state)]);
                return Ok(());
            }
        }
        Err(Error::NoHost(name.to_owned()))
    }
}

fn known(states: &[&str], state: &str) -> Result<(), Error> {
    if states.contains(&state) {
        return Ok(());
    }
    let list = states.join(", ");
    Err(Error::Request(format!(
        "no such state: {state}; there are {list}"
    )))
}

/// The addresses of the machines, consoles first, then chassis, then partitions: as described,
/// else 127.1.0.1, 127.3.0.1 and 127.2.0.1 and up.
fn addresses(config: &Config) -> Result<Vec<Ipv4Addr>, Error> {
    let hmcs = config.hmc.iter();
    let hmcs = hmcs.map(|hmc| (&hmc.name, hmc.address.as_deref(), 1));
    let chassis = config.chassis.iter();
    let chassis = chassis.map(|chassis| (&chassis.name, chassis.address.as_deref(), 3));
    let lpars = own_hosts(config).map(|(_, lpar)| {
        let address = lpar.ssh.as_deref().filter(|address| *address != "auto");
        (&lpar.name, address, 2)
    });
    let mut list: Vec<Ipv4Addr> = Vec::new();
    let mut counts = BTreeMap::new();
    for (name, address, net) in hmcs.chain(chassis).chain(lpars) {
        let count: &mut u32 = counts.entry(net).or_default();
        *count += 1;
        let address = match address {
            None => Ipv4Addr::from(u32::from(Ipv4Addr::new(127, net, 0, 0)) + *count),
            Some(text) => match text.parse::<Ipv4Addr>() {
                Ok(address) if address.is_loopback() => address,
                _ => {
                    return Err(Error::Config(format!(
                        "{name}: not a loopback address: {text}"
                    )));
                }
            },
        };
        if list.contains(&address) {
            return Err(Error::Config(format!("{name}: address {address} is taken")));
        }
        list.push(address);
    }
    Ok(list)
}

/// The partitions that are hosts of their own, each with its system.
fn own_hosts(config: &Config) -> impl Iterator<Item = (&CecConfig, &LparConfig)> {
    let all = config.cec.iter();
    all.flat_map(|cec| cec.lpar.iter().map(move |lpar| (cec, lpar)))
        .filter(|(_, lpar)| lpar.ssh.is_some())
}

/// Listens on all addresses with one port; a port of 0 is chosen, so that sites which run
/// at the same time do not meet.
async fn listen(
    addresses: &[Ipv4Addr],
    port: u16,
) -> std::io::Result<(u16, Vec<(TcpListener, SocketAddr)>)> {
    let mut error = std::io::Error::other("the site has no machines");
    for _ in 0..PORT_TRIES {
        match listen_once(addresses, port).await {
            Ok(done) => return Ok(done),
            Err(e) if port != 0 => return Err(e),
            Err(e) => error = e,
        }
    }
    Err(error)
}

async fn listen_once(
    addresses: &[Ipv4Addr],
    mut port: u16,
) -> std::io::Result<(u16, Vec<(TcpListener, SocketAddr)>)> {
    let mut listeners = Vec::new();
    for ip in addresses {
        let listener = TcpListener::bind((*ip, port)).await?;
        let address = listener.local_addr()?;
        port = address.port();
        listeners.push((listener, address));
    }
    Ok((port, listeners))
}

/// The machines, with their keys, and the client's key.
fn hosts(
    config: Config,
    addresses: &[Ipv4Addr],
) -> Result<(Shared, russh::keys::PrivateKey), Error> {
    let client = material::new_key("client@site")?;
    let world = Arc::new(Mutex::new(World::new(&config)));
    let log = Arc::new(Log::default());
    let config = Arc::new(config);
    let mut made = Vec::new();
    let mut addresses = addresses.iter().map(ToString::to_string);
    let site = (&config, &log);
    for spec in &config.hmc {
        let address = addresses.next().unwrap_or_default();
        let seen = HmcSeen {
            name: spec.name.clone(),
            type_model: spec.type_model.clone(),
            serial: spec.serial.clone(),
            address: address.clone(),
            systems: spec.systems.clone(),
        };
        let mut hardware = world.lock().unwrap_or_else(PoisonError::into_inner);
        hardware.consoles.push(seen);
        drop(hardware);
        made.push(Host::hmc(spec, address, &world, site, keys(&spec.name)?));
    }
    for spec in &config.chassis {
        let address = addresses.next().unwrap_or_default();
        made.push(Host::of_chassis(spec, address, site, keys(&spec.name)?));
    }
    for (cec, spec) in own_hosts(&config) {
        let address = addresses.next().unwrap_or_default();
        let place = (cec.name.as_str(), spec);
        made.push(Host::lpar(place, address, &world, site, keys(&spec.name)?));
    }
    let mut hosts = BTreeMap::new();
    for host in made {
        if config.authorized_key {
            host.authorise(material::public_line(&client)?);
        }
        hosts.insert(host.name.clone(), Arc::new(host));
    }
    let shared = Shared { hosts, world, log };
    Ok((shared, client))
}

/// The host key of a machine, and the one that it shows when it is told to.
fn keys(name: &str) -> Result<[russh::keys::PrivateKey; 2], Error> {
    Ok([material::new_key(name)?, material::new_key(name)?])
}
