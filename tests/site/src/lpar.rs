//! A partition as an SSH host of its own: the few commands that say what it is, and those of
//! RMC. Its system answers only while it runs.

use crate::hmc::{Reply, World};

/// Commands beside the ordinary tools.
const COMMANDS: &[&str] = &[
    "uname",
    "oslevel",
    "ioslevel",
    "uptime",
    "whoami",
    "lsrsrc",
    "rmcdomainstatus",
    "recfgct",
    "rmcctrl",
];

/// Which partition it is: its system's name and its id.
pub type Key = (String, u32);

/// Whether there is a command of that name; a path in front of it does not matter.
pub fn knows(name: &str) -> bool {
    COMMANDS.contains(&base(name))
}

fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Runs a command; `None` when there is none of that name.
pub fn run(world: &mut World, key: &Key, words: &[String]) -> Option<Reply> {
    let (name, rest) = words.split_first()?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let lpar = world.lpar(key)?;
    let (host, os) = (lpar.spec.name.clone(), lpar.spec.os.clone());
    let mut parts = os.split(' ').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let (kind, version, level) = (part(), part(), part());
    let linux = kind.starts_with("Linux");
    Some(match base(name) {
        "uname" => uname(&rest, &host, &version, linux),
        "oslevel" if linux || kind == "VIOS" => return None,
        "oslevel" if rest == ["-s"] => Reply::said(level),
        "oslevel" => Reply::said(format!("{version}.0.0")),
        "ioslevel" if kind == "VIOS" => Reply::said(version),
        "ioslevel" => return None,
        "uptime" => Reply::said(format!(
            "  {}   up 12 days,   3:04,  0 users,  load average: 0.08, 0.03, 0.01",
            crate::clock::format("%H:%M%p")
        )),
        "whoami" => Reply::said(if kind == "VIOS" { "padmin" } else { "root" }),
        "lsrsrc" => lsrsrc(world, key, &rest),
        "rmcdomainstatus" => domain(world, key, &rest),
        // Both set RMC up anew, whatever was wrong with it.
        "recfgct" | "rmcctrl" => {
            if let Some(lpar) = world.lpar(key) {
                lpar.spec.rmc_broken = false;
            }
            Reply::done()
        }
        _ => return None,
    })
}

fn uname(words: &[&str], host: &str, version: &str, linux: bool) -> Reply {
    let system = if linux { "Linux" } else { "AIX" };
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    Reply::said(match words {
        [] | ["-s"] => system.to_owned(),
        ["-n"] => host.to_owned(),
        ["-a"] if linux => format!("Linux {host} {version} #1 SMP ppc64le GNU/Linux"),
        ["-a"] => format!("AIX {host} {minor} {major} 00F6F3D04C00"),
        ["-v"] if !linux => major.to_owned(),
        ["-r"] if !linux => minor.to_owned(),
        ["-r"] => version.to_owned(),
        _ => return Reply::refused("Usage: uname [-a|-n|-r|-s|-v]"),
    })
}

/// The consoles that manage the partition's system: name, type and serial, address.
fn consoles(world: &World, key: &Key) -> Vec<(String, String, String)> {
    let managing = world.consoles.iter();
    managing
        .filter(|console| console.systems.contains(&key.0))
        .map(|console| {
            let mtms = format!("{}*{}", console.type_model.replace('-', ""), console.serial);
            (console.name.clone(), mtms, console.address.clone())
        })
        .collect()
}

/// `lsrsrc IBM.MCP`: a resource for each console (layout captured).
fn lsrsrc(world: &mut World, key: &Key, words: &[&str]) -> Reply {
    if words != ["IBM.MCP"] {
        return Reply::refused("2612-023 Resource class not found.");
    }
    let consoles = consoles(world, key);
    let Some(lpar) = world.lpar(key) else {
        return Reply::done();
    };
    let (ip, name) = (lpar.spec.rmc_ip.clone(), lpar.spec.name.clone());
    let mut text = "Resource Persistent Attributes for IBM.MCP\n".to_owned();
    for (at, (console, mtms, address)) in consoles.into_iter().enumerate() {
        text.push_str(&format!(
            "resource {}:\n        MNName            = \"{ip}\"\n        NodeID            = {}\n        KeyToken          = \"{console}\"\n        IPAddresses       = {{\"{address}\"}}\n        ConnectivityNames = {{\"{ip}\"}}\n        HMCName           = \"{mtms}\"\n        HMCIPAddr         = \"{address}\"\n        HMCAddIPs         = \"\"\n        HMCAddIPv6s       = \"\"\n        ActivePeerDomain  = \"\"\n        NodeNameList      = {{\"{name}\"}}\n",
            at + 1,
            14_480_238_873_508_198_302_u64 - at as u64,
        ));
    }
    Reply::said(text)
}

/// `rmcdomainstatus -s ctrmc` (layout captured): `I A` where RMC works, `i A` (assumed) else.
fn domain(world: &mut World, key: &Key, words: &[&str]) -> Reply {
    if words != ["-s", "ctrmc"] {
        return Reply::refused("rmcdomainstatus: usage: rmcdomainstatus -s ctrmc");
    }
    let consoles = consoles(world, key);
    let broken = world.lpar(key).is_none_or(|lpar| lpar.spec.rmc_broken);
    let sign = if broken { "i" } else { "I" };
    let mut text = "\nManagement Domain Status: Management Control Points\n".to_owned();
    for (at, (_, _, address)) in consoles.into_iter().enumerate() {
        text.push_str(&format!(
            "  {sign} A  0x12b6b4fd1cebb73f  {:04}  {address}\n",
            at + 1
        ));
    }
    Reply::said(text)
}
