//! `chhwres`: dynamic partitioning of memory, processors and slots; virtual adapters are in
//! `chadapter`.

use super::args::{Args, Takes};
use super::level::Facts;
use super::lssyscfg::reachable;
use super::record::csv_split;
use super::reply::Reply;
use super::state::{Cec, NOT_ACTIVATED};
use super::{Scene, chadapter, current, messages};
use crate::config::Timing;

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("--rsubtype", Takes::Value),
    ("-m", Takes::Value),
    ("-o", Takes::Value),
    ("-p", Takes::Value),
    ("--id", Takes::Value),
    ("-t", Takes::Value),
    ("--tid", Takes::Value),
    ("-q", Takes::Value),
    ("--procs", Takes::Value),
    ("--procunits", Takes::Value),
    ("-l", Takes::Value),
    ("-s", Takes::Value),
    ("-a", Takes::Value),
    ("-w", Takes::Value),
    ("-d", Takes::Value),
    ("--force", Takes::Nothing),
    ("-v", Takes::Nothing),
];

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, OPTIONS)?;
    let kind = args.required("-r")?.to_owned();
    if !["mem", "proc", "io", "virtualio"].contains(&kind.as_str()) {
        return Err(Reply::refused(messages::missing("-r")));
    }
    let operation = args.required("-o")?.to_owned();
    let at = reachable(scene, &args)?;
    let timing = scene.world.timing.clone();
    let cec = &mut scene.world.cecs[at];
    if !cec.hypervisor() {
        return Err(Reply::refused(messages::NOT_OPERATING));
    }
    let lpar = cec.partition(args.value("-p"), args.value("--id"))?;
    changeable(cec, lpar, &timing)?;
    match kind.as_str() {
        "mem" => memory(cec, lpar, &operation, (&args, &timing))?,
        "proc" => processors(cec, lpar, &operation, (&args, &timing))?,
        "io" => slot(cec, lpar, &operation, (&args, &timing))?,
        _ => chadapter::change(cec, lpar, &operation, &args)?,
    }
    current::follow(cec, lpar);
    Ok(())
}

/// A running partition must answer through RMC, one that is off must have been configured.
fn changeable(cec: &mut Cec, at: usize, timing: &Timing) -> Result<(), Reply> {
    let lpar = &mut cec.lpars[at];
    if lpar.state.now() == NOT_ACTIVATED {
        return match lpar.configured {
            true => Ok(()),
            false => Err(Reply::refused(messages::never_activated(&lpar.spec.name))),
        };
    }
    match lpar.rmc_active(timing) {
        true => Ok(()),
        false => Err(Reply::refused(messages::no_rmc(lpar.spec.id))),
    }
}

/// The other partition of a move.
fn target(cec: &mut Cec, args: &Args, timing: &Timing) -> Result<usize, Reply> {
    if args.has("-t") == args.has("--tid") {
        return Err(Reply::refused(messages::missing("-t or --tid")));
    }
    let at = cec.partition(args.value("-t"), args.value("--tid"))?;
    changeable(cec, at, timing)?;
    Ok(at)
}

/// One resource: how it is called in the configuration and in the pool of the system.
struct Kind {
    names: [&'static str; 3],
    pool: Option<&'static str>,
    section: &'static str,
    what: &'static str,
}

const MEMORY: Kind = Kind {
    names: ["min_mem", "desired_mem", "max_mem"],
    pool: Some("curr_avail_sys_mem"),
    section: "mem.sys",
    what: "memory",
};
const UNITS: Kind = Kind {
    names: ["min_proc_units", "desired_proc_units", "max_proc_units"],
    pool: Some("curr_avail_sys_proc_units"),
    section: "proc.sys",
    what: "processing units",
};
const PROCS: Kind = Kind {
    names: ["min_procs", "desired_procs", "max_procs"],
    pool: None,
    section: "proc.sys",
    what: "processors",
};
const DEDICATED: Kind = Kind {
    pool: Some("curr_avail_sys_proc_units"),
    ..PROCS
};

fn memory(
    cec: &mut Cec,
    at: usize,
    operation: &str,
    (args, timing): (&Args, &Timing),
) -> Result<(), Reply> {
    let amount = amount(args, "-q")?.ok_or_else(|| Reply::refused(messages::missing("-q")))?;
    let region = cec.level.row("mem.sys", &Facts::new());
    let region: f64 = region
        .get("mem_region_size")
        .and_then(|size| size.parse().ok())
        .unwrap_or(1.0);
    if amount % region != 0.0 {
        return Err(Reply::refused(messages::missing("-q")));
    }
    transfer(cec, at, operation, (args, timing), &[(&MEMORY, amount)])
}

fn processors(
    cec: &mut Cec,
    at: usize,
    operation: &str,
    (args, timing): (&Args, &Timing),
) -> Result<(), Reply> {
    let row = current::of(cec, at);
    let shared = row.get("proc_mode") == Some("shared");
    let mut amounts = Vec::new();
    if let Some(procs) = amount(args, "--procs")? {
        amounts.push((if shared { &PROCS } else { &DEDICATED }, procs));
    }
    if let Some(units) = amount(args, "--procunits")? {
        if !shared {
            return Err(Reply::refused(messages::unknown_option("--procunits")));
        }
        amounts.push((&UNITS, units));
    }
    if amounts.is_empty() {
        return Err(Reply::refused(messages::missing("--procs or --procunits")));
    }
    transfer(cec, at, operation, (args, timing), &amounts)
}

fn amount(args: &Args, option: &str) -> Result<Option<f64>, Reply> {
    let Some(text) = args.value(option) else {
        return Ok(None);
    };
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number.is_finite() => Ok(Some(number)),
        _ => Err(Reply::refused(messages::missing(option))),
    }
}

fn transfer(
    cec: &mut Cec,
    at: usize,
    operation: &str,
    (args, timing): (&Args, &Timing),
    amounts: &[(&Kind, f64)],
) -> Result<(), Reply> {
    let other = match operation {
        "a" | "r" => None,
        "m" => Some(target(cec, args, timing)?),
        _ => return Err(Reply::refused(messages::missing("-o"))),
    };
    let sign = if operation == "a" { 1.0 } else { -1.0 };
    // All is checked before anything is done.
    for done in [false, true] {
        for (kind, amount) in amounts {
            shift(cec, at, kind, sign * amount, (other.is_none(), done))?;
            if let Some(other) = other {
                shift(cec, other, kind, *amount, (false, done))?;
            }
        }
    }
    Ok(())
}

/// Adds to a partition what comes from the pool of the system, or checks that it can be.
fn shift(
    cec: &mut Cec,
    at: usize,
    kind: &Kind,
    amount: f64,
    (pooled, done): (bool, bool),
) -> Result<(), Reply> {
    let mut row = current::of(cec, at);
    let value = |name: &str| row.get(name).and_then(|text| text.parse::<f64>().ok());
    let [least, now, most] = kind.names.map(|name| value(name).unwrap_or(0.0));
    let new = now + amount;
    let room = || Reply::refused(messages::no_room(kind.what));
    // Tenths of processors do not add up exactly.
    let slack = 0.001;
    if new < least - slack || new > most + slack {
        return Err(room());
    }
    let mut facts = Facts::new();
    facts.extend(&cec.spec.resources);
    let pool = cec.level.row(kind.section, &facts);
    if let Some(name) = kind.pool.filter(|_| pooled) {
        let free: f64 = pool.get(name).and_then(|t| t.parse().ok()).unwrap_or(0.0);
        if free - amount < -slack {
            return Err(room());
        }
        if done {
            let left = shown(free - amount, kind);
            let pending = name.replace("curr_", "pend_");
            cec.spec.resources.insert(pending, left.clone());
            cec.spec.resources.insert(name.to_owned(), left);
        }
    }
    if done {
        row.set(kind.names[1], &shown(new, kind));
        cec.lpars[at].current = Some(row);
    }
    Ok(())
}

fn shown(value: f64, kind: &Kind) -> String {
    let units = kind.section == "proc.sys" && kind.names[1] == "desired_proc_units";
    if units || (kind.section == "proc.sys" && value.fract().abs() > 0.001) {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

fn slot(
    cec: &mut Cec,
    at: usize,
    operation: &str,
    (args, timing): (&Args, &Timing),
) -> Result<(), Reply> {
    if args.value("--rsubtype").is_some_and(|kind| kind != "slot") {
        return Err(Reply::refused(messages::missing("--rsubtype")));
    }
    let index = args.required("-l")?.to_owned();
    let owner = match operation {
        "a" | "r" => at,
        "m" => target(cec, args, timing)?,
        _ => return Err(Reply::refused(messages::missing("-o"))),
    };
    if cec.lpars[owner].spec.id == cec.lpars[at].spec.id && operation == "m" {
        return Err(Reply::refused(messages::missing("-t or --tid")));
    }
    let name = cec.lpars[at].spec.name.clone();
    let required = is_required(cec, at, &index);
    let spec = &cec.lpars[owner].spec;
    let new = (spec.name.clone(), spec.id.to_string());
    let found = cec.spec.slot.iter_mut();
    let slot = found
        .into_iter()
        .find(|slot| slot.get("drc_index") == Some(&index))
        .ok_or_else(|| Reply::refused(messages::no_slot(&index)))?;
    let failed = |reason: &str| Reply::refused(messages::slot_failed(operation, &index, reason));
    match (operation, slot.get("lpar_name")) {
        ("a", None) => {}
        ("r" | "m", Some(held)) if *held == name && required => {
            return Err(failed("The slot is required by the partition."));
        }
        ("r" | "m", Some(held)) if *held == name => {}
        (_, Some(_)) => return Err(failed("The slot is owned by another partition.")),
        (_, None) => return Err(failed("The slot is not owned by the partition.")),
    }
    if operation == "r" {
        slot.remove("lpar_name");
        slot.remove("lpar_id");
    } else {
        slot.insert("lpar_name".to_owned(), new.0);
        slot.insert("lpar_id".to_owned(), new.1);
    }
    Ok(())
}

/// Whether the applied profile requires a slot: then it cannot be taken from a partition that is
/// on (assumed to be refused; documented is that such a slot is not shared).
fn is_required(cec: &mut Cec, at: usize, index: &str) -> bool {
    if cec.lpars[at].state.now() == NOT_ACTIVATED {
        return false;
    }
    let row = current::of(cec, at);
    let list = row.get("io_slots").map(csv_split).unwrap_or_default();
    list.iter().any(|element| {
        let mut parts = element.split('/');
        parts.next() == Some(index) && parts.nth(1) == Some("1")
    })
}
