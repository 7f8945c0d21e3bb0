//! What this machine and the site table say about conserver.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::file;
use xcat::context::Context;
use xcat::db::Snapshot;
use xcat::error::{Error, Result};
use xcat::power::consoles::{self, Common, Console, is_host};
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
pub fn common(snapshot: &Snapshot<'_>, trust: &[String]) -> Result<Common> {
    let own = std::env::current_exe().map_err(|error| file("find", Path::new("rcons"), error))?;
    let program = own.with_file_name("rcons").display().to_string();
    let mut own_names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    own_names.push(own_name());
    let master = site(snapshot, "master")?;
    own_names.extend(master.clone());
    let mut trusted: Vec<String> = Vec::new();
    for host in master.into_iter().chain(trust.iter().cloned()) {
        if !is_host(&host) {
            return Err(Error::Refused(format!("{host:?} is no host to trust")));
        }
        if host != "127.0.0.1" && !trusted.contains(&host) {
            trusted.push(host);
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
    Ok(Common {
        trusted,
        on_demand,
        program: [&program, "-f", "--stay"].map(str::to_owned).to_vec(),
        own_names,
    })
}

/// The name of this machine.
fn own_name() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname");
    name.unwrap_or_default().trim().to_owned()
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

/// What cannot be done is said.
pub fn warn(cx: &mut Context, chosen: &BTreeMap<String, Console>, own: &[String], local: bool) {
    let mut others = BTreeSet::new();
    for (node, console) in chosen {
        if !consoles::is_known(&console.method) {
            let method = &console.method;
            cx.report.node_warning(
                    node,
                    format_args!("ignored: cons={method}; only consoles of LPARs through HMCs can be shown (cons=hmc)"),
                );
        }
        others.extend(
            console
                .conserver
                .as_ref()
                .filter(|host| !own.contains(host)),
        );
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
}
