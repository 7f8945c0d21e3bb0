//! What this machine and the site table say about conserver.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::net::{ToSocketAddrs, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;

use xcat::context::Context;
use xcat::db::Snapshot;
use xcat::error::{Error, Result};
use xcat::power::consoles::{Common, Console, Way, is_host};
use xcat::remote::fan_out;
use xcat::schema::table;

/// Where conserver reads its configuration: xCAT's place, else Debian's.
pub fn path() -> PathBuf {
    let (xcats, debians) = ("/etc/conserver.cf", "/etc/conserver/conserver.cf");
    match !Path::new(xcats).exists() && Path::new(debians).exists() {
        true => debians.into(),
        false => xcats.into(),
    }
}

/// Reads a file; one that is not there is empty.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(|error| file("read", path, error)),
    }
}

/// What all consoles have.
pub fn common(
    snapshot: &Snapshot<'_>,
    trust: &[String],
    consoles: &BTreeMap<String, Console>,
) -> Result<Common> {
    let own = std::env::current_exe().map_err(|error| file("find", Path::new("rcons"), error))?;
    let program = own.with_file_name("rcons").display().to_string();
    let master = site(snapshot, "master")?;
    let mut trusted: Vec<String> = Vec::new();
    for host in master.iter().chain(trust) {
        if !is_host(host) {
            return Err(Error::Refused(format!("{host:?} is no host to trust")));
        }
        if host != "127.0.0.1" && !trusted.contains(host) {
            trusted.push(host.clone());
        }
    }
    let on_demand = site(snapshot, "consoleondemand")?.unwrap_or_default();
    let on_demand = match on_demand.to_lowercase().as_str() {
        "yes" => true,
        "no" | "" => false,
        other => {
            return Err(Error::Configuration(format!(
                "Unexpected value {other} for consoleondemand attribute in site table"
            )));
        }
    };
    let conservers = consoles.values().filter_map(|c| c.conserver.as_ref());
    let hosts: BTreeSet<_> = conservers.chain(&master).collect();
    let hosts: Vec<_> = hosts.into_iter().collect();
    let mut own_names = Vec::new();
    // At once: a name that nobody knows takes its time.
    fan_out(
        &hosts,
        LOOK_UPS,
        |host| is_here(host),
        |at, here| {
            own_names.extend(here.then(|| hosts[at].clone()));
        },
    );
    Ok(Common {
        trusted,
        on_demand,
        program: [&program, "-f", "--stay"].map(str::to_owned).to_vec(),
        is_master: master.is_none_or(|master| own_names.contains(&master)),
        own_names,
    })
}

/// How many names are looked up at the same time.
const LOOK_UPS: usize = 64;

/// Whether this machine is called so, or has the address of the host of this
/// name: only then a socket can have it.
fn is_here(host: &str) -> bool {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    if !name.is_empty() && (name.trim() == host || short(name.trim()) == short(host)) {
        return true;
    }
    let addresses = (host, 0).to_socket_addrs().into_iter().flatten();
    addresses
        .into_iter()
        .any(|address| UdpSocket::bind(address).is_ok())
}

fn site(snapshot: &Snapshot<'_>, key: &str) -> Result<Option<String>> {
    let Some(site) = table("site") else {
        return Ok(None);
    };
    let (Some(name), Some(value)) = (site.position("key"), site.position("value")) else {
        return Ok(None);
    };
    let value = snapshot.value(site, value, &[(name, key)])?;
    Ok(value.filter(|value| !value.is_empty()))
}

/// Hangs the process up whose number stands in this file; false if there is
/// none, or it may not be done.
pub fn hang_up(path: &Path) -> bool {
    let Ok(text) = fs::read_to_string(path) else {
        return false;
    };
    let number = text.trim();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let told = Command::new("kill").args(["-HUP", number]).output();
    told.is_ok_and(|output| output.status.success())
}

/// Leaves out what cannot be written, and says so; with `here_only` what others
/// serve, too.
pub fn check(
    cx: &mut Context,
    chosen: &mut BTreeMap<String, Console>,
    common: &Common,
    here_only: bool,
) {
    chosen.retain(|node, console| {
        let host = console.conserver.as_ref();
        if let Some(host) = host.filter(|host| !is_host(host)) {
            let text = format_args!("its conserver {host:?} is no host");
            cx.report.node_error(node, text);
            return false;
        }
        if let Way::Incomplete(kind) = &console.way {
            cx.report.node_error(node, format_args!(
                "Bad configuration, check attributes under the nodehm category: cons={kind} needs termserver and termport"
            ));
            return false;
        }
        !here_only || host.map_or(common.is_master, |host| common.own_names.contains(host))
    });
}

/// What is left to others is said.
pub fn warn(cx: &mut Context, chosen: &BTreeMap<String, Console>, common: &Common, local: bool) {
    let mut others = BTreeSet::new();
    for (node, console) in chosen {
        if let Way::Other(method) = &console.way {
            cx.report.node_warning(node, format_args!(
                "ignored: cons={method}; only consoles of LPARs through HMCs (cons=hmc) and of terminal servers (cyclades, mrv) can be shown"
            ));
        }
        let host = console.conserver.as_ref();
        others.extend(host.filter(|host| !common.own_names.contains(host)));
    }
    for host in others.iter().filter(|_| !local) {
        cx.report.warning(format_args!(
            "{host} serves some of the consoles: run makeconservercf there, too"
        ));
    }
}

/// Has conserver read its file again, if it runs: no console is closed by that.
pub fn tell_conserver(cx: &mut Context) {
    let known = ["/run/conserver/conserver.pid", "/var/run/conserver.pid"];
    let told = known.iter().any(|path| hang_up(Path::new(path)));
    if !told {
        cx.report
            .warning("conserver does not run, or is not told; start it");
    }
    if !Path::new(LOGS).is_dir() {
        cx.report.warning(format_args!(
            "{LOGS} is missing: nothing will be logged; make it for the user of conserver"
        ));
    }
}

/// Where the logs of consoles are.
const LOGS: &str = "/var/log/consoles";

/// What went wrong with a file.
fn file(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::File {
        action,
        path: path.display().to_string(),
        source,
    }
}
