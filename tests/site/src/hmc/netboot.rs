//! `lpar_netboot`: discovery of adapters and network boot of a partition.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::Scene;
use super::args::{Args, Takes};
use super::messages;
use super::reply::Reply;
use super::state::{Cec, NOT_ACTIVATED, OPERATING};
use crate::config::Timing;

const OPTIONS: &[(&str, Takes)] = &[
    ("-M", Takes::Nothing),
    ("-n", Takes::Nothing),
    ("-v", Takes::Nothing),
    ("-x", Takes::Nothing),
    ("-f", Takes::Nothing),
    ("-i", Takes::Nothing),
    ("-A", Takes::Nothing),
    ("-D", Takes::Nothing),
    ("-E", Takes::Value),
    ("-g", Takes::Value),
    ("-t", Takes::Value),
    ("-T", Takes::Value),
    ("-l", Takes::Value),
    ("-m", Takes::Value),
    ("-s", Takes::Value),
    ("-d", Takes::Value),
    ("-S", Takes::Value),
    ("-G", Takes::Value),
    ("-C", Takes::Value),
    ("-K", Takes::Value),
    ("-V", Takes::Value),
    ("-Y", Takes::Value),
    ("-y", Takes::Value),
    ("-z", Takes::Value),
];

/// A virtual adapter as the firmware sees it.
struct Adapter {
    location: String,
    mac: String,
    path: String,
}

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Reply {
    boot(scene, words).unwrap_or_else(|refusal| refusal)
}

fn boot(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::parse(words, OPTIONS)?;
    check(&args)?;
    let [name, profile, system] = args.operands.as_slice() else {
        return Err(failed(
            "partition name, profile and managed system are required",
        ));
    };
    let at = scene.system(system)?;
    let timing = scene.world.timing.clone();
    let cec = &mut scene.world.cecs[at];
    if cec.state.now() != OPERATING {
        return Err(Reply::refused(messages::NOT_OPERATING));
    }
    let found = cec.lpars.iter().position(|lpar| &lpar.spec.name == name);
    let lpar = found.ok_or_else(|| Reply::refused(messages::no_partition(name)))?;
    if cec.lpars[lpar].profile(profile).is_none() {
        return Err(Reply::refused(messages::no_profile(profile)));
    }
    let mut text = power_cycle(cec, lpar, profile, &args, &timing)?;
    let adapters = adapters(cec, lpar);
    if adapters.is_empty() {
        text.push_str("lpar_netboot : No network adapters found\n");
        text.push_str("lpar_netboot: Unable to obtain network adapter information. Quitting.\n");
        return Err(Reply::refused(text));
    }
    if args.has("-D") || !args.has("-M") {
        for (what, option) in [
            ("Client", "-C"),
            ("Server", "-S"),
            ("Gateway", "-G"),
            ("Subnetmask", "-K"),
        ] {
            if let Some(address) = args.value(option) {
                text.push_str(&format!("# {what} IP address is {address}.\n"));
            }
        }
    }
    text.push_str("# Getting adapter location codes.\n");
    if args.has("-M") {
        text.push_str(&table(&adapters, &args));
        return Ok(Reply::said(text));
    }
    install(cec, lpar, text, &adapters, (&args, &timing))
}

fn failed(text: &str) -> Reply {
    Reply::refused(format!("lpar_netboot: {text}"))
}

/// The rules of the synopsis (its texts are assumptions).
fn check(args: &Args) -> Result<(), Reply> {
    if args.required("-t")? != "ent" {
        return Err(Reply::refused(messages::missing("-t")));
    }
    if args.has("-M") && !args.has("-n") {
        return Err(failed("-M flag requires -n."));
    }
    if args.has("-M") && (args.has("-l") || args.has("-m")) {
        return Err(failed("Can not specify -M and -l or -m flags together."));
    }
    if !args.has("-M") && args.has("-A") && !args.has("-D") {
        return Err(failed("Flag -A must be specify with flag -D for booting."));
    }
    if args.has("-M") && !args.has("-D") {
        return Ok(());
    }
    for option in ["-S", "-G", "-C", "-K"] {
        let address = args.value(option);
        if option == "-K" && address.is_none() {
            continue;
        }
        if address.is_none_or(|text| text.parse::<Ipv4Addr>().is_err()) {
            return Err(Reply::refused(messages::missing(option)));
        }
    }
    if args.value("-G") == Some("0.0.0.0") {
        return Err(Reply::refused(messages::missing("-G")));
    }
    Ok(())
}

/// Brings the partition to Open Firmware, as every use of the command begins.
fn power_cycle(
    cec: &mut Cec,
    at: usize,
    profile: &str,
    args: &Args,
    timing: &Timing,
) -> Result<String, Reply> {
    let lpar = &mut cec.lpars[at];
    let name = lpar.spec.name.clone();
    let mut text = format!("# Connecting to {name}.\n# Connected\n# Checking for power off.\n");
    if lpar.state.now() != NOT_ACTIVATED {
        if !args.has("-i") {
            text.push_str("lpar_netboot: partition is not powered off.\n");
            return Err(Reply::refused(text));
        }
        text.push_str("# Power off the node\n# Wait for power off.\n");
    }
    lpar.curr_profile = profile.to_owned();
    lpar.start(timing, true, 0);
    text.push_str(&format!(
        "# Power off complete.\n# Power on {name} to Open Firmware.\n# Power on complete.\n"
    ));
    Ok(text)
}

fn adapters(cec: &Cec, at: usize) -> Vec<Adapter> {
    let lpar = &cec.lpars[at];
    let port = if cec.spec.level == "v10-power10" {
        "T0"
    } else {
        "T1"
    };
    let machine = cec.spec.type_model.replace('-', ".");
    let adapter = |eth: &BTreeMap<String, String>| {
        let slot = eth.get("slot_num")?;
        let number: u32 = slot.parse().ok()?;
        Some(Adapter {
            location: format!(
                "U{machine}.{}-V{}-C{slot}-{port}",
                cec.spec.serial, lpar.spec.id
            ),
            mac: eth.get("mac_addr")?.to_lowercase(),
            path: format!("/vdevice/l-lan@{:08x}", 0x3000_0000 + number),
        })
    };
    lpar.spec.eth.iter().filter_map(adapter).collect()
}

/// The server answers a ping when the addresses share a network of `-K`.
fn reachable(args: &Args) -> bool {
    let address = |option| {
        args.value(option)
            .and_then(|text| text.parse::<Ipv4Addr>().ok())
    };
    match (address("-C"), address("-G"), address("-K")) {
        (Some(client), Some(gateway), Some(mask)) => {
            let mask = u32::from(mask);
            u32::from(client) & mask == u32::from(gateway) & mask
        }
        // Without a netmask the ping fails.
        _ => false,
    }
}

fn table(adapters: &[Adapter], args: &Args) -> String {
    let mut text = String::new();
    let ping = args.has("-D").then(|| reachable(args));
    let word = |ok| if ok { "successful" } else { "unsuccessful" };
    if let Some(ok) = ping {
        for adapter in adapters {
            text.push_str(&format!("# {} ping {}.\n", adapter.path, word(ok)));
        }
    }
    text.push_str(
        "# Type \tLocation Code \tMAC Address\t Full Path Name\t Ping Result\t Device Type\n",
    );
    for Adapter {
        location,
        mac,
        path,
    } in adapters
    {
        let result = ping.map_or("n/a", word);
        text.push_str(&format!("ent {location} {mac} {path} {result} virtual\n"));
    }
    text
}

fn install(
    cec: &mut Cec,
    at: usize,
    mut text: String,
    adapters: &[Adapter],
    (args, timing): (&Args, &Timing),
) -> Result<Reply, Reply> {
    let wanted = match (args.value("-m"), args.value("-l")) {
        (Some(mac), _) => {
            let found = adapters
                .iter()
                .find(|adapter| adapter.mac == mac.to_lowercase());
            found.ok_or_else(|| format!("lpar_netboot: can not find mac address {mac}.\n"))
        }
        (None, Some(location)) => {
            let found = adapters.iter().find(|adapter| adapter.location == location);
            found.ok_or_else(|| {
                format!("lpar_netboot: can not find physical location {location}.\n")
            })
        }
        (None, None) => adapters.first().ok_or_else(String::new),
    };
    let adapter = wanted.map_err(|line| Reply::refused(format!("{text}{line}")))?;
    let ok = reachable(args);
    if args.has("-D") {
        let word = if ok { "successful" } else { "unsuccessful" };
        text.push_str(&format!("# {} ping {word}.\n", adapter.path));
    }
    text.push_str("# Network booting install adapter.\n# bootp sent over network.\n");
    if !ok {
        // A failed boot may end with status 0 on a real console.
        text.push_str("lpar_netboot: bootp operation failed.\n");
        return Ok(Reply::said(text));
    }
    text.push_str("# Network boot proceeding, lpar_netboot is exiting.\n# Finished.\n");
    cec.lpars[at].start(timing, false, 0);
    Ok(Reply::said(text))
}
