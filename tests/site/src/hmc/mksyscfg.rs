//! `mksyscfg`: new partitions and profiles, and the current configuration saved as one.

use std::collections::BTreeMap;

use super::Scene;
use super::args::{Args, Takes};
use super::attributes::{Change, Changes};
use super::level::Facts;
use super::lssyscfg::{profile_facts, reachable};
use super::reply::Reply;
use super::state::{Cec, Lpar};
use super::{chsyscfg, current, messages, profile};
use crate::config::{LparConfig, ProfileConfig};

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-m", Takes::Value),
    ("-i", Takes::Value),
    ("-f", Takes::Value),
    ("-o", Takes::Value),
    ("-p", Takes::Value),
    ("--id", Takes::Value),
    ("-n", Takes::Value),
    ("--force", Takes::Nothing),
];

/// Attributes of a partition that may be given when it is made.
const LPAR_ATTRIBUTES: &[&str] = &[
    "auto_start",
    "boot_mode",
    "work_group_id",
    "power_ctrl_lpar_ids",
    "shared_proc_pool_util_auth",
    "allow_perf_collection",
    "redundant_err_path_reporting",
    "lpar_avail_priority",
    "description",
    "secure_boot",
    "msp",
    "time_ref",
    "sync_curr_profile",
];

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, OPTIONS)?;
    let kind = args.required("-r")?.to_owned();
    let at = reachable(scene, &args)?;
    let virtual_slots = match scene.console.spec.version.as_str() {
        "V10R3" => "6",
        _ => "10",
    };
    let cec = &mut scene.world.cecs[at];
    if !cec.hypervisor() {
        return Err(Reply::refused(messages::NOT_OPERATING));
    }
    if args.has("-o") {
        return match (kind.as_str(), args.required("-o")?) {
            ("prof", "save") => save(cec, &args),
            _ => Err(Reply::refused(messages::missing("-o"))),
        };
    }
    for option in ["-p", "--id", "-n", "--force"] {
        if args.has(option) {
            return Err(Reply::refused(messages::unknown_option(option)));
        }
    }
    let changes = chsyscfg::data(&args)?;
    match kind.as_str() {
        "lpar" => partition(cec, changes, virtual_slots),
        "prof" => new_profile(cec, changes),
        _ => Err(Reply::refused(messages::missing("-r"))),
    }
}

/// `-r prof -o save -p LPAR -n PROFILE`: the current configuration becomes a profile.
fn save(cec: &mut Cec, args: &Args) -> Result<(), Reply> {
    let at = cec.partition(args.value("-p"), args.value("--id"))?;
    let name = args.required("-n")?;
    let lpar = &cec.lpars[at];
    if !lpar.configured {
        return Err(Reply::refused(messages::never_activated(&lpar.spec.name)));
    }
    if lpar.profile(name).is_some() && !args.has("--force") {
        return Err(Reply::refused(messages::profile_taken(name)));
    }
    current::save(cec, at, name);
    Ok(())
}

fn partition(cec: &mut Cec, mut changes: Changes, virtual_slots: &str) -> Result<(), Reply> {
    // It can be set in profiles only (observed).
    if changes.get("lpar_proc_compat_mode").is_some() {
        return Err(Reply::refused(messages::bad_attribute(
            "lpar_proc_compat_mode",
        )));
    }
    let name = changes.required("name")?;
    let profile_name = changes.required("profile_name")?;
    let env = changes.required("lpar_env")?;
    if !["aixlinux", "vioserver", "os400"].contains(&env.as_str()) {
        return Err(Reply::refused(messages::bad_value("lpar_env", &env)));
    }
    if cec.lpars.iter().any(|lpar| lpar.spec.name == name) {
        return Err(Reply::refused(messages::name_taken(&name)));
    }
    let id = new_id(cec, changes.take("lpar_id").as_deref())?;
    let mut spec = LparConfig::named(&name, id);
    spec.env = env;
    spec.default_profile = Some(profile_name.clone());
    spec.curr_profile = Some(String::new());
    let (own, rest) = split(cec, changes);
    let profile = filled(cec, &mut spec, &profile_name, &rest, virtual_slots)?;
    spec.profile = vec![profile];
    let mut lpar = Lpar::new(&spec);
    chsyscfg::set_attributes(cec.level, &mut lpar, &own)?;
    cec.lpars.push(lpar);
    Ok(())
}

/// The changes of the partition itself, and those of its profile.
fn split(cec: &Cec, changes: Changes) -> (Changes, Changes) {
    let in_profile = |change: &Change| {
        let mut names = cec.level.attributes("prof").iter();
        names.any(|attribute| attribute.name == change.name)
    };
    let own =
        |change: &Change| LPAR_ATTRIBUTES.contains(&change.name.as_str()) && !in_profile(change);
    let (own, rest): (Vec<Change>, Vec<Change>) = changes.0.into_iter().partition(own);
    (Changes(own), Changes(rest))
}

/// The id that was asked for, if it is free, else the first free one.
fn new_id(cec: &Cec, asked: Option<&str>) -> Result<u32, Reply> {
    let free = |id: &u32| !cec.lpars.iter().any(|lpar| lpar.spec.id == *id);
    let Some(text) = asked else {
        return Ok((1..).find(free).unwrap_or(1));
    };
    match text.parse::<u32>() {
        Ok(id) if id > 0 && free(&id) => Ok(id),
        Ok(id) if id > 0 => Err(Reply::refused(messages::id_taken(text))),
        _ => Err(Reply::refused(messages::bad_value("lpar_id", text))),
    }
}

/// The first profile of a partition. Without a word on processors it has one dedicated one
/// (observed on V10R3); a word on them must be complete.
fn filled(
    cec: &Cec,
    spec: &mut LparConfig,
    name: &str,
    changes: &Changes,
    virtual_slots: &str,
) -> Result<ProfileConfig, Reply> {
    let mut needed = vec!["min_mem", "desired_mem", "max_mem"];
    let procs = ["min_procs", "desired_procs", "max_procs"];
    let units = ["min_proc_units", "desired_proc_units", "max_proc_units"];
    let mut attrs = BTreeMap::from([("max_virtual_slots".to_owned(), virtual_slots.to_owned())]);
    let mode = changes.get("proc_mode");
    if changes.get("all_resources") == Some("1") {
        needed.clear();
        attrs.extend(whole(cec));
    } else if mode.is_some() || procs.iter().chain(&units).any(|n| changes.get(n).is_some()) {
        needed.extend(procs);
        if mode == Some("shared") {
            needed.extend(units);
        } else {
            attrs.insert("proc_mode".into(), "ded".into());
            attrs.insert("sharing_mode".into(), "share_idle_procs".into());
        }
    } else {
        let values = [
            ("proc_mode", "ded"),
            ("sharing_mode", "share_idle_procs"),
            ("min_procs", "1"),
            ("desired_procs", "1"),
            ("max_procs", "1"),
        ];
        attrs.extend(values.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    if let Some(name) = needed.iter().find(|name| changes.get(name).is_none()) {
        return Err(Reply::refused(messages::missing_attribute(name)));
    }
    let mut made = ProfileConfig {
        name: name.to_owned(),
        attrs,
    };
    profile::change(&mut made, cec.level, changes)?;
    let lpar = Lpar::new(spec);
    profile::check(&cec.level.row("prof", &profile_facts(&lpar, &made)))?;
    Ok(made)
}

/// Memory and processors of a profile with all resources of the system (assumed; the
/// request without them is that of clients).
fn whole(cec: &Cec) -> BTreeMap<String, String> {
    let mut facts = Facts::new();
    facts.extend(&cec.spec.resources);
    let value = |section: &str, name: &str| {
        let row = cec.level.row(section, &facts);
        let whole = row.get(name).and_then(|text| text.split('.').next());
        whole.unwrap_or("1").to_owned()
    };
    let memory = value("mem.sys", "configurable_sys_mem");
    let procs = value("proc.sys", "configurable_sys_proc_units");
    let values = [
        ("proc_mode", "ded"),
        ("sharing_mode", "share_idle_procs"),
        ("min_mem", &memory),
        ("desired_mem", &memory),
        ("max_mem", &memory),
        ("min_procs", &procs),
        ("desired_procs", &procs),
        ("max_procs", &procs),
    ];
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    values.into_iter().map(owned).collect()
}

/// `-r prof`: another profile of a partition.
fn new_profile(cec: &mut Cec, mut changes: Changes) -> Result<(), Reply> {
    let name = changes.required("name")?;
    let at = chsyscfg::owner(cec, &mut changes)?;
    if cec.lpars[at].profile(&name).is_some() {
        return Err(Reply::refused(messages::profile_taken(&name)));
    }
    let mut spec = cec.lpars[at].spec.clone();
    let made = filled(cec, &mut spec, &name, &changes, "10")?;
    cec.lpars[at].spec.profile.push(made);
    Ok(())
}
