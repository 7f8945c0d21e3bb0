//! Profiles: which values a console accepts in them.

use super::attributes::{Change, Changes, Operation, changed_list};
use super::level::Level;
use super::messages;
use super::record::{Row, csv_split};
use super::reply::Reply;
use crate::config::ProfileConfig;

/// Attributes whose value is a list, so that `+=` and `-=` are allowed.
const LISTS: &[&str] = &[
    "io_slots",
    "lpar_io_pool_ids",
    "virtual_serial_adapters",
    "virtual_scsi_adapters",
    "virtual_eth_adapters",
    "virtual_fc_adapters",
    "vnic_adapters",
    "hca_adapters",
    "lhea_logical_ports",
    "lhea_capabilities",
    "power_ctrl_lpar_ids",
    "sriov_eth_logical_ports",
    "sriov_roce_logical_ports",
];

/// Attributes of a listing that are not set: they name the profile and its partition.
const FIXED: &[&str] = &["name", "lpar_name", "lpar_id", "lpar_env"];

/// Applies changes to a profile; unknown attributes are refused.
pub fn change(profile: &mut ProfileConfig, level: &Level, changes: &Changes) -> Result<(), Reply> {
    let known = level.attributes("prof");
    for item in &changes.0 {
        let name = item.name.as_str();
        if FIXED.contains(&name) || !known.iter().any(|attribute| attribute.name == name) {
            return Err(Reply::refused(messages::bad_attribute(name)));
        }
        // A listing shows `null`, which is not a value to set: clients leave it out.
        if name == "electronic_err_reporting" && !["0", "1"].contains(&item.value.as_str()) {
            return Err(Reply::refused(messages::bad_value(name, &item.value)));
        }
        let value = new_value(profile, level, item)?;
        profile.attrs.insert(name.to_owned(), value);
    }
    Ok(())
}

fn new_value(profile: &ProfileConfig, level: &Level, item: &Change) -> Result<String, Reply> {
    if item.operation == Operation::Set {
        return Ok(item.value.clone());
    }
    if !LISTS.contains(&item.name.as_str()) {
        return Err(Reply::refused(messages::bad_attribute(&item.name)));
    }
    let row = level.row("prof", &super::level::Facts::new());
    let old = profile.attrs.get(&item.name).map(String::as_str);
    Ok(changed_list(
        old.or(row.get(&item.name)).unwrap_or("none"),
        item,
    ))
}

/// Whether the values of a profile go together; `row` is the profile with its defaults.
pub fn check(row: &Row) -> Result<(), Reply> {
    ordered(row, &["min_mem", "desired_mem", "max_mem"])?;
    let mode = row.get("proc_mode").unwrap_or_default();
    let sharing: &[&str] = match mode {
        "shared" => &["cap", "uncap"],
        "ded" => &[
            "keep_idle_procs",
            "share_idle_procs",
            "share_idle_procs_active",
            "share_idle_procs_always",
        ],
        _ => return Err(wrong("proc_mode", mode)),
    };
    one_of(row, "sharing_mode", sharing)?;
    ordered(row, &["min_procs", "desired_procs", "max_procs"])?;
    if mode == "shared" {
        let units = ["min_proc_units", "desired_proc_units", "max_proc_units"];
        ordered(row, &units)?;
        let pairs = units
            .into_iter()
            .zip(["min_procs", "desired_procs", "max_procs"]);
        for (units, procs) in pairs {
            // A virtual processor is at most one physical one.
            if number(row, units)? > number(row, procs)? {
                return Err(wrong(units, row.get(units).unwrap_or_default()));
            }
        }
        if number(row, "uncap_weight")? > 255.0 {
            return Err(wrong(
                "uncap_weight",
                row.get("uncap_weight").unwrap_or_default(),
            ));
        }
    }
    one_of(row, "boot_mode", &["norm", "dd", "ds", "of", "sms", "null"])?;
    for switch in ["conn_monitoring", "auto_start", "all_resources"] {
        one_of(row, switch, &["0", "1"])?;
    }
    adapters(row)
}

fn wrong(name: &str, value: &str) -> Reply {
    Reply::refused(messages::bad_value(name, value))
}

fn one_of(row: &Row, name: &str, allowed: &[&str]) -> Result<(), Reply> {
    match row.get(name) {
        Some(value) if !allowed.contains(&value) => Err(wrong(name, value)),
        _ => Ok(()),
    }
}

fn number(row: &Row, name: &str) -> Result<f64, Reply> {
    let text = row.get(name).unwrap_or_default();
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let parsed = text.parse::<f64>().ok().filter(|_| plain);
    parsed.ok_or_else(|| wrong(name, text))
}

/// Minimum, desired and maximum, in this order.
fn ordered(row: &Row, names: &[&str; 3]) -> Result<(), Reply> {
    let mut last = 0.0;
    for name in names {
        let value = number(row, name)?;
        if value <= 0.0 {
            return Err(wrong(name, row.get(name).unwrap_or_default()));
        }
        if value < last {
            return Err(Reply::refused(messages::not_ordered(names)));
        }
        last = value;
    }
    Ok(())
}

/// The virtual adapters: parts of an element, slots below the maximum, none twice.
fn adapters(row: &Row) -> Result<(), Reply> {
    let most = number(row, "max_virtual_slots")?;
    let mut taken: Vec<String> = Vec::new();
    for (name, parts) in [
        ("virtual_serial_adapters", &[7][..]),
        ("virtual_scsi_adapters", &[6]),
        ("virtual_eth_adapters", &[6, 10]),
        ("virtual_fc_adapters", &[7]),
    ] {
        let list = row.get(name).unwrap_or("none");
        for element in csv_split(list).iter().filter(|element| *element != "none") {
            let words: Vec<&str> = element.split('/').collect();
            let slot = words.first().and_then(|slot| slot.parse::<u32>().ok());
            let fits = slot.is_some_and(|slot| f64::from(slot) < most);
            // The count of parts of a virtual fibre channel adapter is 7 with its WWPNs.
            if !parts.contains(&words.len()) || !fits || taken.contains(&words[0].to_owned()) {
                return Err(wrong(name, element));
            }
            taken.push(words[0].to_owned());
        }
    }
    Ok(())
}
