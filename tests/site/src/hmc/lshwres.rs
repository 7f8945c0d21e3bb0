//! `lshwres`: memory, processors and physical I/O slots; virtual adapters are in `adapters`.

use super::adapters;
use super::args::{Args, Filter, Takes};
use super::current;
use super::level::Facts;
use super::lssyscfg::{chosen_lpars, known, reachable};
use super::messages;
use super::ports;
use super::record::{Row, print};
use super::reply::Reply;
use super::state::{Cec, Lpar, NOT_ACTIVATED};
use super::{Scene, Texts};

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-m", Takes::Value),
    ("--rsubtype", Takes::Value),
    ("--level", Takes::Value),
    ("--filter", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    let resource = args.required("-r")?.to_owned();
    let section = section(&args, &resource)?;
    let at = reachable(scene, &args)?;
    let texts = scene.texts();
    let cec = &mut scene.world.cecs[at];
    if !cec.hypervisor() {
        return Err(Reply::refused(messages::NOT_OPERATING));
    }
    if cec.level.attributes(&section).is_empty() {
        return Err(Reply::refused(match section.as_str() {
            "virtualio.fc" => texts.no_virtual_fc().to_owned(),
            "virtualio.vnic" => messages::missing("--rsubtype"),
            _ => messages::missing("-r"),
        }));
    }
    let filters = args.filters(filter_names(&section))?;
    let chosen = chosen_lpars(cec, &filters)?;
    let mut rows = match section.as_str() {
        "mem.sys" | "proc.sys" => vec![system_row(cec, &section)],
        "mem.lpar" => chosen.iter().map(|lpar| memory(cec, *lpar)).collect(),
        "proc.lpar" => chosen.iter().map(|lpar| processors(cec, *lpar)).collect(),
        "io.slot" => slots(cec, texts),
        "hea.phys" | "hea.logical" | "hfi.lpar" | "sriov.adapter" | "sriov.physport"
        | "sriov.logport" => ports::rows(cec, &section, &chosen),
        _ => adapters::rows(cec, &section, &chosen),
    };
    rows.retain(|row| filters.iter().all(|filter| passes(row, filter)));
    Ok(print(
        &rows,
        &known(cec.level, &section),
        &args.listing()?,
        &texts,
    ))
}

/// The filters of a listing.
fn filter_names(section: &str) -> &'static [&'static str] {
    match section {
        "mem.lpar" | "proc.lpar" | "hfi.lpar" => &["lpar_names", "lpar_ids"],
        "mem.sys" | "proc.sys" => &[],
        "io.slot" => &["lpar_names", "lpar_ids", "units", "buses"],
        "hea.phys" => &["adapter_ids", "port_groups"],
        "hea.logical" | "sriov.logport" => &["lpar_names", "lpar_ids", "adapter_ids"],
        "sriov.adapter" | "sriov.physport" => &["adapter_ids"],
        _ => &["lpar_names", "lpar_ids", "slots"],
    }
}

/// Whether a row has one of the values of a filter.
fn passes(row: &Row, filter: &Filter) -> bool {
    let attribute = match filter.name.as_str() {
        "lpar_names" => "lpar_name",
        "lpar_ids" => "lpar_id",
        "adapter_ids" => "adapter_id",
        "port_groups" => "port_group",
        "units" => "unit_phys_loc",
        "buses" => "bus_id",
        _ => "slot_num",
    };
    row.get(attribute)
        .is_some_and(|value| filter.values.iter().any(|wanted| wanted == value))
}

/// Which listing the options ask for; a missing or wrong option is refused.
fn section(args: &Args, resource: &str) -> Result<String, Reply> {
    let one_of = |name: &str, allowed: &[&str]| {
        let value = args.required(name)?;
        if allowed.contains(&value) {
            return Ok(value.to_owned());
        }
        Err(Reply::refused(messages::missing(name)))
    };
    match resource {
        "mem" | "proc" => Ok(format!(
            "{resource}.{}",
            one_of("--level", &["sys", "lpar"])?
        )),
        "io" => Ok(format!("io.{}", one_of("--rsubtype", &["slot"])?)),
        "virtualio" => {
            let kind = one_of(
                "--rsubtype",
                &["eth", "scsi", "serial", "slot", "fc", "vnic"],
            )?;
            let levels: &[&str] = match kind.as_str() {
                "slot" => &["lpar", "slot"],
                _ => &["lpar"],
            };
            match one_of("--level", levels)?.as_str() {
                "slot" => Ok("virtualio.slots".to_owned()),
                _ => Ok(format!("virtualio.{kind}")),
            }
        }
        "hea" => {
            let kind = one_of("--rsubtype", &["logical", "phys"])?;
            one_of("--level", &["port"])?;
            Ok(format!("hea.{kind}"))
        }
        "hfi" => Ok(format!("hfi.{}", one_of("--level", &["lpar"])?)),
        "sriov" => {
            let kind = one_of("--rsubtype", &["adapter", "physport", "logport"])?;
            match kind.as_str() {
                "adapter" if args.has("--level") => {
                    return Err(Reply::refused(messages::unknown_option("--level")));
                }
                "adapter" => {}
                "physport" => drop(one_of("--level", &["eth", "ethc", "roce"])?),
                _ => drop(one_of("--level", &["eth"])?),
            }
            Ok(format!("sriov.{kind}"))
        }
        // No system of a site shares memory; the refusal is captured.
        "mempool" => Err(Reply::refused(messages::NO_MEMORY_SHARING)),
        _ => Err(Reply::refused(messages::missing("-r"))),
    }
}

fn system_row(cec: &Cec, section: &str) -> Row {
    let mut facts = Facts::new();
    facts.extend(&cec.spec.resources);
    cec.level.row(section, &facts)
}

/// Facts that every row of a partition starts with.
pub fn owner(lpar: &Lpar) -> Facts {
    let mut facts = Facts::new();
    facts
        .set("lpar_name", &lpar.spec.name)
        .set("lpar_id", lpar.spec.id)
        .mark("vioserver", lpar.vioserver());
    facts
}

/// Sets `curr_X`, `pend_X` for configured and `run_X` for active partitions, else zero.
fn amounts(facts: &mut Facts, names: &[(&str, &str)], profile: &Row, zero: &str, up: (bool, bool)) {
    let (configured, active) = up;
    for (name, from) in names {
        let value = profile.get(from).unwrap_or(zero).to_owned();
        let value = |given: bool| {
            if given {
                value.clone()
            } else {
                zero.to_owned()
            }
        };
        facts.set(&format!("curr_{name}"), value(configured));
        facts.set(&format!("pend_{name}"), value(configured));
        facts.set(&format!("run_{name}"), value(active));
    }
}

fn up(lpar: &mut Lpar) -> (bool, bool) {
    (lpar.configured, lpar.state.now() != NOT_ACTIVATED)
}

fn memory(cec: &mut Cec, at: usize) -> Row {
    let up = up(&mut cec.lpars[at]);
    let lpar = &cec.lpars[at];
    let profile = current::of(cec, at);
    let mut facts = owner(lpar);
    let names = [
        ("min_mem", "min_mem"),
        ("mem", "desired_mem"),
        ("max_mem", "max_mem"),
        ("min_num_huge_pages", "min_num_huge_pages"),
        ("num_huge_pages", "desired_num_huge_pages"),
        ("max_num_huge_pages", "max_num_huge_pages"),
    ];
    amounts(&mut facts, &names, &profile, "0", up);
    facts.set("curr_hpt_ratio", profile.get("hpt_ratio").unwrap_or("1:64"));
    cec.level.row("mem.lpar", &facts)
}

fn processors(cec: &mut Cec, at: usize) -> Row {
    let up = up(&mut cec.lpars[at]);
    let lpar = &cec.lpars[at];
    let profile = current::of(cec, at);
    let mode = profile.get("proc_mode").unwrap_or("shared").to_owned();
    let mut facts = owner(lpar);
    facts.mark("shared", mode == "shared");
    let units = [
        ("min_proc_units", "min_proc_units"),
        ("proc_units", "desired_proc_units"),
        ("max_proc_units", "max_proc_units"),
    ];
    amounts(&mut facts, &units, &profile, "0.0", up);
    let procs = [
        ("min_procs", "min_procs"),
        ("procs", "desired_procs"),
        ("max_procs", "max_procs"),
    ];
    amounts(&mut facts, &procs, &profile, "0", up);
    amounts(
        &mut facts,
        &[("uncap_weight", "uncap_weight")],
        &profile,
        "0",
        up,
    );
    for when in ["curr", "pend"] {
        let sharing = profile.get("sharing_mode").unwrap_or("cap");
        facts
            .set(&format!("{when}_proc_mode"), &mode)
            .set(&format!("{when}_sharing_mode"), sharing)
            .set(&format!("{when}_shared_proc_pool_id"), "0")
            .set(&format!("{when}_shared_proc_pool_name"), "DefaultPool");
    }
    cec.level.row("proc.lpar", &facts)
}

fn slots(cec: &Cec, texts: Texts) -> Vec<Row> {
    let row = |slot: &std::collections::BTreeMap<String, String>| {
        let text = |name: &str| slot.get(name).cloned().unwrap_or_default();
        let mut facts = Facts::new();
        facts
            .set("lpar_id", "none")
            .set(
                "drc_name",
                format!("{}-P1-{}", text("unit_phys_loc"), text("phys_loc")),
            )
            .mark("owned", slot.contains_key("lpar_name"));
        facts.extend(slot);
        if text("description") == "Empty slot" {
            facts.set("description", texts.empty_slot());
        }
        cec.level.row("io.slot", &facts)
    };
    cec.spec.slot.iter().map(row).collect()
}
