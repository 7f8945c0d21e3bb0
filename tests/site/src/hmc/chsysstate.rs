//! `chsysstate`: power operations on partitions and managed systems.

use super::Scene;
use super::args::{Args, Takes};
use super::current;
use super::lssyscfg::reachable;
use super::messages;
use super::record::csv_split;
use super::reply::Reply;
use super::state::{Cec, NOT_ACTIVATED, OPERATING, POWER_OFF, STANDBY};
use crate::config::Timing;

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-m", Takes::Value),
    ("-o", Takes::Value),
    ("-n", Takes::Value),
    ("-f", Takes::Value),
    ("-b", Takes::Value),
    ("-k", Takes::Value),
    ("-i", Takes::Value),
    ("--id", Takes::Value),
    ("--all", Takes::Nothing),
    ("--immed", Takes::Nothing),
    ("--restart", Takes::Nothing),
    ("--force", Takes::Nothing),
    ("--novsi", Takes::Nothing),
];

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, OPTIONS)?;
    match args.required("-r")? {
        "lpar" => partition(scene, &args),
        "sys" => system(scene, &args),
        _ => Err(refused("-r")),
    }
}

fn refused(option: &str) -> Reply {
    Reply::refused(messages::missing(option))
}

/// Options that an operation allows besides `-r -m -o` and the partition.
fn only(args: &Args, allowed: &[&str]) -> Result<(), Reply> {
    let optional = [
        "-f",
        "-b",
        "-k",
        "-i",
        "--immed",
        "--restart",
        "--force",
        "--novsi",
        "--all",
    ];
    let extra = optional
        .iter()
        .find(|name| args.has(name) && !allowed.contains(name));
    match extra {
        Some(name) => Err(Reply::refused(messages::unknown_option(name))),
        None => Ok(()),
    }
}

fn partition(scene: &mut Scene, args: &Args) -> Result<(), Reply> {
    let operation = args.required("-o")?;
    let at = reachable(scene, args)?;
    let timing = scene.world.timing.clone();
    let cec = &mut scene.world.cecs[at];
    match operation {
        "on" => {
            only(
                args,
                &["-f", "-b", "-k", "-i", "--force", "--novsi", "--all"],
            )?;
            activate(cec, args, &timing)
        }
        "shutdown" => {
            only(args, &["--immed", "--restart"])?;
            let lpar = one(cec, args)?;
            operating(cec)?;
            active(cec, lpar, messages::ALREADY_OFF)?;
            end(cec, lpar, args.has("--restart"), &timing);
            Ok(())
        }
        "osshutdown" => {
            only(args, &["--immed", "--restart"])?;
            let lpar = one(cec, args)?;
            operating(cec)?;
            if !cec.lpars[lpar].rmc_active(&timing) {
                return Err(Reply::refused(messages::NO_OS_SHUTDOWN));
            }
            end(cec, lpar, args.has("--restart"), &timing);
            Ok(())
        }
        "dumprestart" => {
            only(args, &[])?;
            let lpar = one(cec, args)?;
            operating(cec)?;
            active(cec, lpar, messages::ALREADY_OFF)?;
            end(cec, lpar, true, &timing);
            Ok(())
        }
        _ => Err(refused("-o")),
    }
}

fn end(cec: &mut Cec, lpar: usize, restart: bool, timing: &Timing) {
    if restart {
        cec.lpars[lpar].restart(timing);
    } else {
        cec.lpars[lpar].stop(timing);
    }
}

fn operating(cec: &mut Cec) -> Result<(), Reply> {
    if cec.state.now() == OPERATING {
        return Ok(());
    }
    Err(Reply::refused(messages::NOT_OPERATING))
}

fn active(cec: &mut Cec, lpar: usize, refusal: &str) -> Result<(), Reply> {
    if cec.lpars[lpar].state.now() == NOT_ACTIVATED {
        return Err(Reply::refused(refusal));
    }
    Ok(())
}

/// The partitions that `-n`, `--id` or `--all` name.
fn named(cec: &Cec, args: &Args) -> Result<Vec<usize>, Reply> {
    let given = [args.has("-n"), args.has("--id"), args.has("--all")];
    if given.iter().filter(|given| **given).count() != 1 {
        return Err(refused("-n or --id"));
    }
    if args.has("--all") {
        return Ok((0..cec.lpars.len()).collect());
    }
    let by_name = args.has("-n");
    let list = args.required(if by_name { "-n" } else { "--id" })?;
    let find = |value: String| {
        let found = cec.lpars.iter().position(|lpar| {
            if by_name {
                lpar.spec.name == value
            } else {
                lpar.spec.id.to_string() == value
            }
        });
        found.ok_or_else(|| {
            Reply::refused(if by_name {
                messages::no_partition(&value)
            } else {
                messages::no_partition_id(&value)
            })
        })
    };
    csv_split(list).into_iter().map(find).collect()
}

/// The one partition of an operation that takes no list.
fn one(cec: &Cec, args: &Args) -> Result<usize, Reply> {
    let list = named(cec, args)?;
    match list.as_slice() {
        [lpar] => Ok(*lpar),
        _ => Err(refused(if args.has("-n") { "-n" } else { "--id" })),
    }
}

fn activate(cec: &mut Cec, args: &Args, timing: &Timing) -> Result<(), Reply> {
    let boot = args.value("-b");
    if boot.is_some_and(|mode| !["norm", "dd", "ds", "of", "sms"].contains(&mode)) {
        return Err(refused("-b"));
    }
    if args
        .value("-k")
        .is_some_and(|lock| !["norm", "manual"].contains(&lock))
    {
        return Err(refused("-k"));
    }
    let profile = args.value("-f");
    let lpars = match profile {
        Some(_) => vec![one(cec, args)?],
        None => named(cec, args)?,
    };
    operating(cec)?;
    for lpar in &lpars {
        let lpar = &mut cec.lpars[*lpar];
        if lpar.state.now() != NOT_ACTIVATED {
            return Err(Reply::refused(messages::NOT_INACTIVE));
        }
        match profile {
            Some(name) if lpar.profile(name).is_none() => {
                return Err(Reply::refused(messages::no_profile(name)));
            }
            None if !lpar.configured => {
                return Err(Reply::refused(messages::never_activated(&lpar.spec.name)));
            }
            _ => {}
        }
    }
    for lpar in lpars {
        start(cec, lpar, profile, boot, timing);
    }
    Ok(())
}

fn start(cec: &mut Cec, lpar: usize, profile: Option<&str>, boot: Option<&str>, timing: &Timing) {
    if let Some(profile) = profile {
        current::apply(cec, lpar, profile);
    }
    let lpar = &mut cec.lpars[lpar];
    let stored = lpar.profile(&lpar.curr_profile.clone());
    let stored = stored.and_then(|profile| profile.attrs.get("boot_mode").cloned());
    let mode = boot
        .map(str::to_owned)
        .or(stored)
        .unwrap_or_else(|| "norm".to_owned());
    let firmware = matches!(mode.as_str(), "of" | "sms");
    lpar.attrs.insert("boot_mode".to_owned(), mode);
    lpar.start(timing, firmware, 0);
}

fn system(scene: &mut Scene, args: &Args) -> Result<(), Reply> {
    let operation = args.required("-o")?;
    let at = scene.system(args.required("-m")?)?;
    let timing = scene.world.timing.clone();
    let cec = &mut scene.world.cecs[at];
    let state = cec.state.now().to_owned();
    let wrong = |state: &str| Err(Reply::refused(messages::wrong_system_state(state)));
    match operation {
        "rebuild" | "recover" => only(args, &[]),
        _ if !cec.connected() => Err(Reply::refused(messages::no_connection(&state))),
        "on" | "onstandby" | "onstartpolicy" => {
            only(args, &[])?;
            match state.as_str() {
                POWER_OFF => power_on(cec, operation == "onstandby", &timing),
                STANDBY if operation != "onstandby" => cec.state.go(&[(0, OPERATING)]),
                _ => return wrong(&state),
            }
            Ok(())
        }
        "off" => {
            only(args, &["--immed", "--restart"])?;
            if ![OPERATING, STANDBY, "Initializing", "Error"].contains(&state.as_str()) {
                return wrong(&state);
            }
            power_off(cec, args.has("--restart"), &timing);
            Ok(())
        }
        "spfailover" | "chkey" => wrong(&state),
        _ => Err(refused("-o")),
    }
}

fn power_on(cec: &mut Cec, standby: bool, timing: &Timing) {
    let last = if standby { STANDBY } else { OPERATING };
    cec.state
        .go(&[(0, "Initializing"), (timing.system_on_ms, last)]);
    if standby {
        return;
    }
    let on = timing.system_on_ms;
    for lpar in &mut cec.lpars {
        if lpar.attrs.get("auto_start").map(String::as_str) == Some("1") {
            lpar.start(timing, false, on);
        }
    }
}

fn power_off(cec: &mut Cec, restart: bool, timing: &Timing) {
    let off = timing.system_off_ms;
    for lpar in &mut cec.lpars {
        if lpar.state.now() != NOT_ACTIVATED {
            lpar.state.go(&[(0, NOT_ACTIVATED)]);
        }
    }
    let mut steps = vec![(0, "Power Off In Progress"), (off, POWER_OFF)];
    if restart {
        steps.extend([(0, "Initializing"), (timing.system_on_ms, OPERATING)]);
    }
    cec.state.go(&steps);
}
