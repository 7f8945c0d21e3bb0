//! `lssyscfg`: systems, partitions, profiles, frames and cages.

use super::args::{Args, Filter, Takes};
use super::frames;
use super::level::{Facts, Level};
use super::messages;
use super::record::{Row, print};
use super::reply::Reply;
use super::state::{Cec, Lpar};
use super::{Scene, Texts};
use crate::config::{ProfileConfig, Timing};

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-m", Takes::Value),
    ("-e", Takes::Value),
    ("--lastvalidcfg", Takes::Nothing),
    ("--osrefresh", Takes::Nothing),
    ("--filter", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
    ("--help", Takes::Nothing),
];

/// The usage of the command (an excerpt of it was captured on V9).
const USAGE: &str = "Usage: lssyscfg -r lpar | prof | sys | sysprof | cage | frame [-m <managed system> | -e <managed frame>] [--lastvalidcfg] [--osrefresh] [--filter \"<filter data>\"] [-F [<attribute names>]] [--header] [--help]";

/// The name of the profile that `--lastvalidcfg` lists instead of the others.
const LAST_VALID: &str = "last*valid*configuration";

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    if words.is_empty() {
        return Err(Reply::refused(USAGE));
    }
    let args = Args::parse(words, OPTIONS)?;
    if args.has("--help") {
        return Ok(Reply::said(USAGE));
    }
    args.no_operands()?;
    let frames = frames::known_to(scene);
    let kind = args.required("-r")?;
    let other = match kind {
        "frame" | "cage" if frames => "-m",
        _ => "-e",
    };
    if args.has(other) {
        return Err(Reply::refused(messages::unknown_option(other)));
    }
    for (option, allowed) in [("--lastvalidcfg", "prof"), ("--osrefresh", "lpar")] {
        if args.has(option) && kind != allowed {
            return Err(Reply::refused(messages::unknown_option(option)));
        }
    }
    match kind {
        "sys" => systems(scene, &args),
        "lpar" => partitions(scene, &args),
        "prof" => profiles(scene, &args),
        "sysprof" => system_profiles(scene, &args),
        "frame" if frames => frames::list(scene, &args),
        "cage" if frames => frames::cages(scene, &args),
        _ => Err(Reply::refused(messages::missing("-r"))),
    }
}

/// Names of a section's attributes, as far as `-F` may ask for them.
pub fn known(level: &Level, section: &str) -> Vec<String> {
    let names = level.attributes(section).iter();
    names.map(|attribute| attribute.name.clone()).collect()
}

fn systems(scene: &mut Scene, args: &Args) -> Result<Reply, Reply> {
    args.filters(&[])?;
    let chosen = match args.value("-m") {
        Some(name) => vec![scene.system(name)?],
        None => scene.systems(),
    };
    let mut names = Vec::new();
    let mut rows = Vec::new();
    for at in chosen {
        let cec = &mut scene.world.cecs[at];
        let section = if cec.hypervisor() { "sys" } else { "sys.off" };
        for section in ["sys", "sys.off"] {
            names.extend(known(cec.level, section));
        }
        rows.push(cec.level.row(section, &system_facts(cec)));
    }
    if names.is_empty() {
        names = known(home_level(scene), "sys");
    }
    names = first_of_each(names);
    Ok(print(&rows, &names, &args.listing()?, &scene.texts()))
}

/// The level of the console's first system, for listings of other things.
pub fn home_level(scene: &Scene) -> &'static Level {
    let systems = scene.systems();
    let first = systems.first().map(|at| scene.world.cecs[*at].level);
    first.unwrap_or_else(|| Level::of_console(&scene.console.spec.version))
}

fn first_of_each(names: Vec<String>) -> Vec<String> {
    let mut seen = Vec::with_capacity(names.len());
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

fn system_facts(cec: &mut Cec) -> Facts {
    let mut facts = Facts::new();
    facts
        .set("name", cec.shown_name())
        .set("type_model", &cec.spec.type_model)
        .set("serial_num", &cec.spec.serial)
        .set("ipaddr", &cec.spec.ip)
        .set("sys_time", crate::clock::american())
        .set("state", cec.state.now());
    facts.extend(&cec.spec.attrs);
    facts
}

/// The `-m` of a listing of partitions: the system, if it can be asked.
pub fn reachable(scene: &mut Scene, args: &Args) -> Result<usize, Reply> {
    let at = scene.system(args.required("-m")?)?;
    let cec = &mut scene.world.cecs[at];
    if cec.connected() {
        return Ok(at);
    }
    let state = cec.state.now().to_owned();
    Err(Reply::refused(messages::no_connection(&state)))
}

/// The partitions that `lpar_names` and `lpar_ids` leave, in listing order.
pub fn chosen_lpars(cec: &Cec, filters: &[Filter]) -> Result<Vec<usize>, Reply> {
    let mut kept: Vec<usize> = (0..cec.lpars.len()).collect();
    for filter in filters {
        let by_name = match filter.name.as_str() {
            "lpar_names" => true,
            "lpar_ids" => false,
            _ => continue,
        };
        let is = |lpar: &Lpar, value: &String| {
            if by_name {
                &lpar.spec.name == value
            } else {
                &lpar.spec.id.to_string() == value
            }
        };
        for value in &filter.values {
            if !cec.lpars.iter().any(|lpar| is(lpar, value)) {
                return Err(Reply::refused(if by_name {
                    messages::no_partition(value)
                } else {
                    messages::no_partition_id(value)
                }));
            }
        }
        kept.retain(|at| filter.values.iter().any(|value| is(&cec.lpars[*at], value)));
    }
    Ok(kept)
}

fn partitions(scene: &mut Scene, args: &Args) -> Result<Reply, Reply> {
    let at = reachable(scene, args)?;
    let filters = args.filters(&["lpar_names", "lpar_ids", "work_groups"])?;
    let texts = scene.texts();
    let timing = scene.world.timing.clone();
    let cec = &mut scene.world.cecs[at];
    let mut rows = Vec::new();
    for lpar in chosen_lpars(cec, &filters)? {
        rows.push(partition_row(cec, lpar, texts, &timing));
    }
    let groups = filters.iter().find(|filter| filter.name == "work_groups");
    rows.retain(|row| {
        let group = row.get("work_group_id").unwrap_or_default().to_owned();
        groups.is_none_or(|filter| filter.values.contains(&group))
    });
    Ok(print(
        &rows,
        &known(cec.level, "lpar"),
        &args.listing()?,
        &texts,
    ))
}

fn partition_row(cec: &mut Cec, at: usize, texts: Texts, timing: &Timing) -> Row {
    let hypervisor = cec.hypervisor();
    let serial = format!("{}{}", cec.spec.serial, id_letter(cec.lpars[at].spec.id));
    let lpar = &mut cec.lpars[at];
    let rmc = hypervisor && lpar.rmc_active(timing);
    let state = if hypervisor {
        lpar.state.now()
    } else {
        "Not Available"
    }
    .to_owned();
    let on = |yes: bool| if yes { "1" } else { "0" };
    let mut facts = Facts::new();
    facts
        .set("name", &lpar.spec.name)
        .set("lpar_id", lpar.spec.id)
        .set("lpar_env", &lpar.spec.env)
        .set("resource_config", on(lpar.configured))
        .set("os_version", lpar.os_version(texts))
        .set("logical_serial_num", serial)
        .set("default_profile", &lpar.default_profile)
        .set("curr_profile", &lpar.curr_profile)
        .set("rmc_state", if rmc { "active" } else { "inactive" })
        .set("rmc_ipaddr", &lpar.spec.rmc_ip)
        .set("os", if lpar.vioserver() { "vios" } else { "aixlinux" })
        .set("uuid", uuid(&cec.spec.serial, lpar.spec.id))
        .mark("vioserver", lpar.vioserver());
    for name in [
        "rmc_osshutdown_capable",
        "dlpar_mem_capable",
        "dlpar_proc_capable",
        "dlpar_io_capable",
    ] {
        facts.set(name, on(rmc));
    }
    facts.set("state", state);
    facts.extend(&lpar.attrs);
    cec.level.row("lpar", &facts)
}

/// The suffix that makes a partition's serial of the system's: 1 to 9, then letters.
fn id_letter(id: u32) -> String {
    let digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    match digits.chars().nth(id as usize) {
        Some(c) => c.to_string(),
        None => format!("{id}"),
    }
}

fn uuid(serial: &str, id: u32) -> String {
    let bytes = serial
        .bytes()
        .fold(0_u64, |sum, b| sum.wrapping_mul(131) + u64::from(b));
    let (high, low) = (bytes >> 16 & 0xFFFF_FFFF, bytes & 0xFFFF);
    format!("{high:08X}-{low:04X}-4A24-AAD9-{:012X}", u64::from(id) << 8)
}

fn profiles(scene: &mut Scene, args: &Args) -> Result<Reply, Reply> {
    let at = reachable(scene, args)?;
    let filters = args.filters(&["lpar_names", "lpar_ids", "profile_names"])?;
    let texts = scene.texts();
    let cec = &scene.world.cecs[at];
    let wanted = filters.iter().find(|filter| filter.name == "profile_names");
    let mut rows = Vec::new();
    for lpar in chosen_lpars(cec, &filters)?
        .into_iter()
        .map(|at| &cec.lpars[at])
    {
        if args.has("--lastvalidcfg") {
            if let (true, Some(row)) = (lpar.configured, &lpar.current) {
                let mut row = row.clone();
                row.set("name", LAST_VALID);
                rows.push(row);
            }
            continue;
        }
        for profile in &lpar.spec.profile {
            if wanted.is_none_or(|filter| filter.values.contains(&profile.name)) {
                rows.push(cec.level.row("prof", &profile_facts(lpar, profile)));
            }
        }
    }
    Ok(print(
        &rows,
        &known(cec.level, "prof"),
        &args.listing()?,
        &texts,
    ))
}

/// The attributes of a profile.
pub fn profile_facts(lpar: &Lpar, profile: &ProfileConfig) -> Facts {
    let mode = profile
        .attrs
        .get("proc_mode")
        .map_or("shared", String::as_str);
    let mut facts = Facts::new();
    facts
        .set("name", &profile.name)
        .set("lpar_name", &lpar.spec.name)
        .set("lpar_id", lpar.spec.id)
        .set("lpar_env", &lpar.spec.env)
        .mark("vioserver", lpar.vioserver())
        .mark("shared", mode == "shared");
    facts.extend(&profile.attrs);
    facts
}

/// System profiles: there are none (no capture shows a row).
fn system_profiles(scene: &mut Scene, args: &Args) -> Result<Reply, Reply> {
    reachable(scene, args)?;
    let names = ["name", "lpar_names", "profile_names"].map(str::to_owned);
    Ok(print(&[], &names, &args.listing()?, &scene.texts()))
}
