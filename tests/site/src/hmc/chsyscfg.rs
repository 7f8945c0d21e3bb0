//! `chsyscfg`: attributes of partitions, profiles, systems and frames.

use super::Scene;
use super::args::{Args, Takes};
use super::attributes::{Changes, Operation};
use super::level::Level;
use super::lssyscfg::{profile_facts, reachable};
use super::reply::Reply;
use super::state::{Cec, Lpar, NOT_ACTIVATED};
use super::{current, frames, messages, profile};

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-m", Takes::Value),
    ("-e", Takes::Value),
    ("-i", Takes::Value),
    ("-f", Takes::Value),
    ("-o", Takes::Value),
    ("-p", Takes::Value),
    ("--id", Takes::Value),
    ("-n", Takes::Value),
    ("--force", Takes::Nothing),
];

/// Attributes of a partition that can be set, with their allowed values; none: any.
const SETTABLE: &[(&str, &[&str])] = &[
    ("boot_mode", &["norm", "dd", "ds", "of", "sms"]),
    ("lpar_keylock", &["norm", "manual"]),
    ("auto_start", &["0", "1"]),
    ("shared_proc_pool_util_auth", &["0", "1"]),
    ("allow_perf_collection", &["0", "1"]),
    ("redundant_err_path_reporting", &["0", "1"]),
    ("time_ref", &["0", "1"]),
    ("sync_curr_profile", &["0", "1", "2"]),
    ("suspend_capable", &["0", "1"]),
    ("remote_restart_capable", &["0", "1"]),
    ("simplified_remote_restart_capable", &["0", "1"]),
    ("vtpm_enabled", &["0", "1"]),
    ("msp", &["0", "1"]),
    ("work_group_id", &[]),
    ("power_ctrl_lpar_ids", &[]),
    ("lpar_avail_priority", &[]),
    ("affinity_group_id", &[]),
    ("keystore_kbytes", &[]),
    ("description", &[]),
];

/// Attributes of a system that can be set here.
const SYSTEM: &[&str] = &["service_lpar_id", "power_off_policy"];

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, OPTIONS)?;
    let kind = args.required("-r")?.to_owned();
    match kind.as_str() {
        "frame" if frames::known_to(scene) => return frame(scene, &args),
        "sys" => return system(scene, &args),
        "lpar" | "prof" => {}
        _ => return Err(Reply::refused(messages::missing("-r"))),
    }
    let at = reachable(scene, &args)?;
    let cec = &mut scene.world.cecs[at];
    if !cec.hypervisor() {
        return Err(Reply::refused(messages::NOT_OPERATING));
    }
    if args.has("-o") {
        return match (kind.as_str(), args.required("-o")?) {
            ("lpar", "apply") => apply(cec, &args),
            _ => Err(Reply::refused(messages::missing("-o"))),
        };
    }
    for option in ["-p", "--id", "-n"] {
        if args.has(option) {
            return Err(Reply::refused(messages::unknown_option(option)));
        }
    }
    let changes = data(&args)?;
    match kind.as_str() {
        "lpar" => partition(cec, changes),
        _ => change_profile(cec, changes),
    }
}

/// The configuration data of `-i`. A file of `-f` would have to be on the console, where
/// nobody can put one on this site.
pub fn data(args: &Args) -> Result<Changes, Reply> {
    match (args.value("-i"), args.value("-f")) {
        (Some(text), None) => Changes::parse(text, "-i"),
        (None, Some(file)) => Err(Reply::refused(messages::no_file(file))),
        _ => Err(Reply::refused(messages::missing("-i or -f"))),
    }
}

/// The partition that `lpar_name` or `lpar_id` name; both must agree.
pub fn owner(cec: &Cec, changes: &mut Changes) -> Result<usize, Reply> {
    let (name, id) = (changes.take("lpar_name"), changes.take("lpar_id"));
    both(cec, name.as_deref(), id.as_deref())
}

fn both(cec: &Cec, name: Option<&str>, id: Option<&str>) -> Result<usize, Reply> {
    match (name, id) {
        (Some(name), Some(id)) => {
            let at = cec.partition(Some(name), None)?;
            match cec.partition(None, Some(id))? == at {
                true => Ok(at),
                false => Err(Reply::refused(messages::bad_value("lpar_id", id))),
            }
        }
        (None, None) => Err(Reply::refused(messages::missing_attribute(
            "lpar_name or lpar_id",
        ))),
        (name, id) => cec.partition(name, id),
    }
}

/// `-r lpar -o apply`: the partition, which is off, is configured as a profile says.
fn apply(cec: &mut Cec, args: &Args) -> Result<(), Reply> {
    let at = cec.partition(args.value("-p"), args.value("--id"))?;
    let lpar = &mut cec.lpars[at];
    if lpar.state.now() != NOT_ACTIVATED {
        return Err(Reply::refused(messages::NOT_INACTIVE));
    }
    let name = args.value("-n").unwrap_or(&lpar.curr_profile).to_owned();
    if lpar.profile(&name).is_none() {
        return Err(Reply::refused(messages::no_profile(&name)));
    }
    current::apply(cec, at, &name);
    Ok(())
}

fn partition(cec: &mut Cec, mut changes: Changes) -> Result<(), Reply> {
    let (name, id) = (changes.take("name"), changes.take("lpar_id"));
    let at = both(cec, name.as_deref(), id.as_deref()).map_err(|refusal| {
        let text = refusal
            .text
            .replace("lpar_name or lpar_id", "name or lpar_id");
        Reply::refused(text)
    })?;
    let new_name = changes.take("new_name");
    if let Some(new) = &new_name {
        let taken = |(other, lpar): (usize, &Lpar)| other != at && &lpar.spec.name == new;
        if new.is_empty() {
            return Err(Reply::refused(messages::bad_value("new_name", new)));
        }
        if cec.lpars.iter().enumerate().any(taken) {
            return Err(Reply::refused(messages::name_taken(new)));
        }
    }
    set_attributes(cec.level, &mut cec.lpars[at], &changes)?;
    if changes.get("sync_curr_profile").is_some_and(|v| v != "0") {
        current::follow(cec, at);
    }
    if let Some(new) = new_name {
        rename(cec, at, &new);
    }
    Ok(())
}

/// Sets attributes of a partition, all or none.
pub fn set_attributes(level: &Level, lpar: &mut Lpar, changes: &Changes) -> Result<(), Reply> {
    let mut attrs = lpar.attrs.clone();
    let mut default_profile = lpar.default_profile.clone();
    for change in &changes.0 {
        let (name, value) = (change.name.as_str(), change.value.as_str());
        let known = |name: &str| {
            let mut list = level.attributes("lpar").iter();
            list.any(|attribute| attribute.name == name)
        };
        // Secure boot is set under its own name and holds from the next activation on.
        let shown = if name == "secure_boot" {
            "pend_secure_boot"
        } else {
            name
        };
        let rule = SETTABLE.iter().find(|(settable, _)| *settable == name);
        if change.operation != Operation::Set || !known(shown) {
            return Err(Reply::refused(messages::bad_attribute(name)));
        }
        match (name, rule) {
            ("default_profile", _) if lpar.profile(value).is_none() => {
                return Err(Reply::refused(messages::no_profile(value)));
            }
            ("default_profile", _) => default_profile = value.to_owned(),
            ("description", _) if !value.is_ascii() => {
                return Err(Reply::refused(messages::NOT_ASCII));
            }
            ("secure_boot", _) if !["0", "1", "2"].contains(&value) => {
                return Err(Reply::refused(messages::bad_value(name, value)));
            }
            (_, Some((_, allowed))) if !allowed.is_empty() && !allowed.contains(&value) => {
                return Err(Reply::refused(messages::bad_value(name, value)));
            }
            ("secure_boot", _) | (_, Some(_)) => {
                attrs.insert(shown.to_owned(), value.to_owned());
            }
            _ => return Err(Reply::refused(messages::bad_attribute(name))),
        }
    }
    lpar.attrs = attrs;
    lpar.default_profile = default_profile;
    Ok(())
}

/// Gives a partition another name, also where adapters and slots speak of it.
fn rename(cec: &mut Cec, at: usize, new: &str) {
    let old = std::mem::replace(&mut cec.lpars[at].spec.name, new.to_owned());
    let lists = cec.lpars.iter_mut();
    let adapters = lists.flat_map(|lpar| lpar.spec.scsi.iter_mut().chain(&mut lpar.spec.fc));
    for map in adapters.chain(&mut cec.spec.slot) {
        for name in ["remote_lpar_name", "lpar_name"] {
            if let Some(value) = map.get_mut(name).filter(|value| **value == old) {
                *value = new.to_owned();
            }
        }
    }
}

fn change_profile(cec: &mut Cec, mut changes: Changes) -> Result<(), Reply> {
    let name = changes.required("name")?;
    let at = owner(cec, &mut changes)?;
    let new_name = changes.take("new_name");
    let lpar = &cec.lpars[at];
    let old = lpar
        .profile(&name)
        .ok_or_else(|| Reply::refused(messages::no_profile(&name)))?;
    let mut changed = old.clone();
    if let Some(new) = &new_name {
        if new != &name && lpar.profile(new).is_some() {
            return Err(Reply::refused(messages::profile_taken(new)));
        }
        changed.name = new.clone();
    }
    profile::change(&mut changed, cec.level, &changes)?;
    profile::check(&cec.level.row("prof", &profile_facts(lpar, &changed)))?;
    let lpar = &mut cec.lpars[at];
    for used in [&mut lpar.default_profile, &mut lpar.curr_profile] {
        if *used == name {
            used.clone_from(&changed.name);
        }
    }
    for profile in &mut lpar.spec.profile {
        if profile.name == name {
            profile.clone_from(&changed);
        }
    }
    Ok(())
}

fn system(scene: &mut Scene, args: &Args) -> Result<(), Reply> {
    let at = reachable(scene, args)?;
    let mut changes = data(args)?;
    let new_name = changes.take("new_name");
    let cec = &mut scene.world.cecs[at];
    for change in &changes.0 {
        if !SYSTEM.contains(&change.name.as_str()) || change.operation != Operation::Set {
            return Err(Reply::refused(messages::bad_attribute(&change.name)));
        }
        if change.name == "service_lpar_id" && change.value != "none" {
            cec.partition(None, Some(&change.value))?;
        }
    }
    for change in changes.0 {
        cec.spec.attrs.insert(change.name, change.value);
    }
    if new_name.is_some() {
        cec.alias = new_name;
    }
    Ok(())
}

fn frame(scene: &mut Scene, args: &Args) -> Result<(), Reply> {
    let at = frames::named(scene, args.required("-e")?)?;
    let mut changes = data(args)?;
    let number = changes.required("frame_num")?;
    if let Some(change) = changes.0.first() {
        return Err(Reply::refused(messages::bad_attribute(&change.name)));
    }
    let number = number
        .parse()
        .map_err(|_| Reply::refused(messages::bad_value("frame_num", &number)))?;
    scene.world.frames[at].number = number;
    Ok(())
}
