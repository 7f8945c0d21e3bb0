//! `lpar_netboot`: discovery of adapters and network boot of a partition.

use std::net::Ipv4Addr;

use super::Scene;
use super::args::{Args, Takes};
use super::current;
use super::firmware::{self, Adapter};
use super::messages;
use super::reply::Reply;
use super::state::{Cec, NOT_ACTIVATED, OPEN_FIRMWARE, OPERATING, RUNNING};
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
    ("-a", Takes::Nothing),
    ("-B", Takes::Value),
];

/// What is printed, and when: each step waits before its lines.
#[derive(Default)]
struct Transcript {
    steps: Vec<(u64, String)>,
    wait: u64,
    spent: u64,
    verbose: bool,
}

impl Transcript {
    fn say(&mut self, line: &str) {
        let wait = std::mem::take(&mut self.wait);
        match self.steps.last_mut() {
            Some((_, text)) if wait == 0 => {
                text.push_str(line);
                text.push('\n');
            }
            _ => self.steps.push((wait, format!("{line}\n"))),
        }
    }

    /// A line that only `-v` shows.
    fn detail(&mut self, line: &str) {
        if self.verbose {
            self.say(&format!("lpar_netboot Status: {line}"));
        }
    }

    fn pause(&mut self, milliseconds: u64) {
        self.wait += milliseconds;
        self.spent += milliseconds;
    }

    fn reply(self, status: u8) -> Reply {
        let mut steps = self.steps.into_iter();
        let (_, text) = steps.next().unwrap_or_default();
        Reply {
            text,
            status,
            tail: steps.collect(),
            ..Reply::default()
        }
    }

    fn fail(mut self, line: &str) -> Reply {
        self.say(line);
        self.reply(1)
    }
}

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::parse(words, OPTIONS)?;
    check(&args)?;
    let [name, profile, system] = args.operands.as_slice() else {
        return Err(failed(
            "partition name, profile and managed system are required",
        ));
    };
    let at = scene.system(system)?;
    let timing = scene.world.timing.clone();
    let old = scene.console.spec.version.starts_with("V7R3");
    let cec = &mut scene.world.cecs[at];
    if cec.state.now() != OPERATING {
        return Err(Reply::refused(messages::NOT_OPERATING));
    }
    let found = cec.lpars.iter().position(|lpar| &lpar.spec.name == name);
    let lpar = found.ok_or_else(|| Reply::refused(messages::no_partition(name)))?;
    if cec.lpars[lpar].profile(profile).is_none() {
        return Err(Reply::refused(messages::no_profile(profile)));
    }
    let key = (cec.spec.name.clone(), cec.lpars[lpar].spec.id);
    scene.free_vterm(&key, args.has("-f"))?;
    let cec = &mut scene.world.cecs[at];
    let step = cec.lpars[lpar].spec.netboot_ms;
    let step = step.unwrap_or(timing.netboot_ms);
    let mut said = to_firmware(cec, lpar, profile, (&args, &timing))?;
    let adapters = firmware::adapters(cec, lpar, args.value("-t").unwrap_or_default());
    said.pause(step);
    if adapters.is_empty() {
        said.say("lpar_netboot : No network adapters found");
        return Err(
            said.fail("lpar_netboot: Unable to obtain network adapter information. Quitting.")
        );
    }
    if args.has("-D") || !args.has("-M") {
        addresses(&mut said, &args);
    }
    said.say("# Getting adapter location codes.");
    if args.has("-M") {
        table(&mut said, &adapters, (&args, old), step);
        return Ok(said.reply(0));
    }
    install(cec, lpar, said, &adapters, (&args, &timing, step))
}

fn addresses(said: &mut Transcript, args: &Args) {
    for (what, option) in [
        ("Client", "-C"),
        ("Server", "-S"),
        ("Gateway", "-G"),
        ("Subnetmask", "-K"),
    ] {
        if let Some(address) = args.value(option) {
            said.say(&format!("# {what} IP address is {address}."));
        }
    }
}

fn failed(text: &str) -> Reply {
    Reply::refused(format!("lpar_netboot: {text}"))
}

/// The rules of the synopsis (its texts are assumptions).
fn check(args: &Args) -> Result<(), Reply> {
    // HFI adapters are those of POWER7 775; the documented type is `ent` alone.
    if !["ent", "hfi-ent"].contains(&args.required("-t")?) {
        return Err(Reply::refused(messages::missing("-t")));
    }
    let values: [(&str, &[&str]); 3] = [
        ("-T", &["on", "off"]),
        ("-s", &["auto", "10", "100", "1000"]),
        ("-d", &["auto", "half", "full"]),
    ];
    for (option, allowed) in values {
        if args
            .value(option)
            .is_some_and(|value| !allowed.contains(&value))
        {
            return Err(Reply::refused(messages::missing(option)));
        }
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
    if !args.has("-M") && args.has("-n") {
        return Err(Reply::refused(messages::missing("-M")));
    }
    if args.has("-l") && args.has("-m") {
        return Err(Reply::refused(messages::missing("-l or -m")));
    }
    if args.has("-a") && !args.has("-B") {
        return Err(Reply::refused(messages::missing("-B")));
    }
    if args.has("-M") && !args.has("-D") {
        return Ok(());
    }
    check_addresses(args)
}

fn check_addresses(args: &Args) -> Result<(), Reply> {
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
fn to_firmware(
    cec: &mut Cec,
    at: usize,
    profile: &str,
    (args, timing): (&Args, &Timing),
) -> Result<Transcript, Reply> {
    current::apply(cec, at, profile);
    let lpar = &mut cec.lpars[at];
    let name = lpar.spec.name.clone();
    let mut said = Transcript {
        verbose: args.has("-v"),
        ..Transcript::default()
    };
    for (flag, what) in [
        ("-M", "(discover mac address)"),
        ("-n", "(no boot)"),
        ("-D", "(discovery)"),
        ("-A", "(discover all)"),
        ("-i", "(force immediate shutdown)"),
    ] {
        if args.has(flag) {
            said.detail(&format!("{flag} {what} flag detected"));
        }
    }
    said.say(&format!("# Connecting to {name}."));
    said.say("# Connected");
    said.say("# Checking for power off.");
    let mut steps = Vec::new();
    if lpar.state.now() != NOT_ACTIVATED {
        said.say("# Power off the node");
        said.say("# Wait for power off.");
        // Without -i the operating system is given its time.
        let factor = if args.has("-i") { 1 } else { 3 };
        let off = timing.shutdown_ms * factor;
        steps.extend([(0, "Shutting Down"), (off, NOT_ACTIVATED)]);
        said.pause(off);
    }
    said.say("# Power off complete.");
    said.say(&format!("# Power on {name} to Open Firmware."));
    lpar.refcodes.insert(0, "CA00E1DC".to_owned());
    let half = timing.start_ms / 2;
    steps.extend([(0, "Starting"), (half, RUNNING)]);
    if lpar.secure_boot() {
        // Firmware that starts signed code only has no prompt to talk to.
        steps.push((half, RUNNING));
        lpar.state.go(&steps);
        said.pause(timing.start_ms);
        return Err(said.fail(&format!(
            "lpar_netboot: {name} cannot be powered on to Open Firmware because secure boot is enabled."
        )));
    }
    steps.push((half, OPEN_FIRMWARE));
    lpar.state.go(&steps);
    said.pause(timing.start_ms);
    said.say("# Power on complete.");
    Ok(said)
}

/// Whether the server can be reached at all: it or the gateway is in the network of `-K`.
fn reachable(args: &Args) -> bool {
    let address = |option| {
        args.value(option)
            .and_then(|text| text.parse::<Ipv4Addr>().ok())
            .map(u32::from)
    };
    // Without a netmask the ping fails (observed).
    let (Some(client), Some(mask)) = (address("-C"), address("-K")) else {
        return false;
    };
    let near = |option| address(option).is_some_and(|other| client & mask == other & mask);
    near("-S") || near("-G")
}

fn word(ok: bool) -> &'static str {
    if ok { "successful" } else { "unsuccessful" }
}

fn table(said: &mut Transcript, adapters: &[Adapter], (args, old): (&Args, bool), step: u64) {
    // Without -A the first adapter of the type is enough.
    let count = if args.has("-A") { adapters.len() } else { 1 };
    let shown = &adapters[..count.min(adapters.len())];
    let ping = |adapter: &Adapter| args.has("-D").then(|| adapter.wired && reachable(args));
    for adapter in shown {
        if let Some(ok) = ping(adapter) {
            said.pause(step);
            said.say(&format!("# {} ping {}.", adapter.path, word(ok)));
        }
    }
    said.say(if old {
        "# Type\t Location Code\t MAC Address\t Full Path Name\tPing Result"
    } else {
        "# Type \tLocation Code \tMAC Address\t Full Path Name\t Ping Result\t Device Type"
    });
    for adapter in shown {
        let row = format!(
            "{} {} {} {}",
            adapter.kind, adapter.location, adapter.mac, adapter.path
        );
        let ping = ping(adapter);
        match ping {
            None if old => said.say(&row),
            Some(ok) if old => said.say(&format!("{row} {}", word(ok))),
            _ => {
                let result = ping.map_or("n/a", word);
                said.say(&format!("{row} {result} {}", adapter.device));
            }
        }
    }
}

/// The adapter to boot from: by MAC address, by location, else the first one, with `-A -D` the
/// first that pings.
fn wanted<'a>(adapters: &'a [Adapter], args: &Args) -> Result<&'a Adapter, String> {
    let find = |is: &dyn Fn(&Adapter) -> bool| adapters.iter().find(|adapter| is(adapter));
    match (args.value("-m"), args.value("-l")) {
        (Some(mac), _) => find(&|adapter| adapter.mac == mac.to_lowercase())
            .ok_or_else(|| format!("lpar_netboot: can not find mac address {mac}.")),
        (None, Some(location)) => find(&|adapter| adapter.location == location)
            .ok_or_else(|| format!("lpar_netboot: can not find physical location {location}.")),
        (None, None) if args.has("-A") => find(&|adapter| adapter.wired && reachable(args))
            .or(adapters.first())
            .ok_or_else(String::new),
        (None, None) => adapters.first().ok_or_else(String::new),
    }
}

fn install(
    cec: &mut Cec,
    at: usize,
    mut said: Transcript,
    adapters: &[Adapter],
    (args, timing, step): (&Args, &Timing, u64),
) -> Result<Reply, Reply> {
    let adapter = match wanted(adapters, args) {
        Ok(adapter) => adapter,
        Err(line) => return Err(said.fail(&line)),
    };
    let ok = adapter.wired && reachable(args);
    if args.has("-D") {
        said.pause(step);
        said.say(&format!("# {} ping {}.", adapter.path, word(ok)));
    }
    said.say("# Network booting install adapter.");
    said.detail("network boot initiated");
    said.pause(step);
    said.say("# bootp sent over network.");
    said.detail("waiting for the boot image to boot up.");
    if !ok || cec.lpars[at].spec.bootp_fails {
        // A failed boot may end with status 0 on a real console.
        said.pause(step);
        said.say("lpar_netboot: bootp operation failed.");
        return Ok(said.reply(0));
    }
    said.say("# Network boot proceeding, lpar_netboot is exiting.");
    said.say("# Finished.");
    let spent = said.spent;
    cec.lpars[at].boot_from_firmware(timing, spent);
    Ok(said.reply(0))
}
