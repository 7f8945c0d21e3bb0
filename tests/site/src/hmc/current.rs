//! The current configuration of a partition: what a profile gave it when it was applied, and
//! what was changed since.

use std::collections::BTreeMap;

use super::lssyscfg::profile_facts;
use super::record::{Row, csv_field, csv_split};
use super::state::Cec;
use crate::config::ProfileConfig;

/// Applies a profile: resources, adapters and slots are as it says from now on.
pub fn apply(cec: &mut Cec, at: usize, name: &str) {
    let Some(profile) = cec.lpars[at].profile(name).cloned() else {
        return;
    };
    let row = cec
        .level
        .row("prof", &profile_facts(&cec.lpars[at], &profile));
    take_adapters(cec, at, &profile);
    take_slots(cec, at, &profile);
    let lpar = &mut cec.lpars[at];
    lpar.curr_profile = name.to_owned();
    lpar.configured = true;
    lpar.current = Some(row);
}

/// The configuration that listings show: the applied one, else that of the last or the default
/// profile.
pub fn of(cec: &Cec, at: usize) -> Row {
    let lpar = &cec.lpars[at];
    if let Some(row) = &lpar.current {
        return row.clone();
    }
    let name = if lpar.curr_profile.is_empty() {
        &lpar.default_profile
    } else {
        &lpar.curr_profile
    };
    let profile = lpar.profile(name).or(lpar.spec.profile.first());
    let facts = profile.map(|profile| profile_facts(lpar, profile));
    cec.level.row("prof", &facts.unwrap_or_default())
}

/// Writes the current configuration into a profile, which is made if need be.
pub fn save(cec: &mut Cec, at: usize, name: &str) {
    let row = of(cec, at);
    let eth = element_list(&cec.lpars[at].spec.eth, &ETH);
    let scsi = element_list(&cec.lpars[at].spec.scsi, &SCSI);
    let slots = slot_list(cec, at);
    let lpar = &mut cec.lpars[at];
    let mut attrs: BTreeMap<String, String> = BTreeMap::new();
    for field in row.0 {
        if let Some(value) = field.value {
            attrs.insert(field.name, value);
        }
    }
    for name in ["name", "lpar_name", "lpar_id", "lpar_env"] {
        attrs.remove(name);
    }
    let lists = [
        ("virtual_eth_adapters", eth),
        ("virtual_scsi_adapters", scsi),
        ("io_slots", slots),
    ];
    for (attribute, list) in lists {
        if let Some(list) = list {
            attrs.insert(attribute.to_owned(), list);
        }
    }
    match lpar.spec.profile.iter_mut().find(|old| old.name == name) {
        Some(old) => old.attrs = attrs,
        None => lpar.spec.profile.push(ProfileConfig {
            name: name.to_owned(),
            attrs,
        }),
    }
}

/// After a dynamic change: the last profile follows when that was asked for.
pub fn follow(cec: &mut Cec, at: usize) {
    let lpar = &cec.lpars[at];
    let wanted = lpar.attrs.get("sync_curr_profile");
    let name = lpar.curr_profile.clone();
    if wanted.is_some_and(|value| value != "0") && lpar.profile(&name).is_some() {
        save(cec, at, &name);
    }
}

/// Names of the parts of an element of `virtual_eth_adapters`.
pub const ETH: [&str; 10] = [
    "slot_num",
    "ieee_virtual_eth",
    "port_vlan_id",
    "addl_vlan_ids",
    "trunk_priority",
    "is_required",
    "vswitch",
    "mac_addr",
    "allowed_os_mac_addrs",
    "qos_priority",
];
/// Names of the parts of an element of `virtual_scsi_adapters`.
pub const SCSI: [&str; 6] = [
    "slot_num",
    "adapter_type",
    "remote_lpar_id",
    "remote_lpar_name",
    "remote_slot_num",
    "is_required",
];
/// Names of the parts of an element of `virtual_fc_adapters`.
pub const FC: [&str; 7] = [
    "slot_num",
    "adapter_type",
    "remote_lpar_id",
    "remote_lpar_name",
    "remote_slot_num",
    "wwpns",
    "is_required",
];

fn elements(profile: &ProfileConfig, attribute: &str) -> Option<Vec<String>> {
    let list = profile.attrs.get(attribute)?;
    let known = |element: &String| !element.is_empty() && element != "none";
    Some(csv_split(list).into_iter().filter(known).collect())
}

/// The adapters a profile names. One that was there keeps what the profile leaves open, its MAC
/// address above all; a profile that does not speak of a kind leaves it as it is.
fn take_adapters(cec: &mut Cec, at: usize, profile: &ProfileConfig) {
    let seed = mac_seed(&cec.spec.serial);
    let id = cec.lpars[at].spec.id;
    let spec = &mut cec.lpars[at].spec;
    let kinds: [(&str, &[&str], &mut Vec<_>); 3] = [
        ("virtual_eth_adapters", &ETH, &mut spec.eth),
        ("virtual_scsi_adapters", &SCSI, &mut spec.scsi),
        ("virtual_fc_adapters", &FC, &mut spec.fc),
    ];
    for (attribute, names, old) in kinds {
        let Some(list) = elements(profile, attribute) else {
            continue;
        };
        let new = list.iter().map(|element| {
            let mut adapter = adapter(element, names);
            let slot = adapter.get("slot_num").cloned();
            let before = old.iter().find(|old| old.get("slot_num") == slot.as_ref());
            for (name, value) in before.into_iter().flatten() {
                adapter.entry(name.clone()).or_insert(value.clone());
            }
            complete(&mut adapter, attribute, seed, id);
            adapter
        });
        let new: Vec<_> = new.collect();
        *old = new;
    }
}

/// The named parts of an element; empty ones are left out.
pub fn adapter(element: &str, names: &[&str]) -> BTreeMap<String, String> {
    let parts = names.iter().zip(element.split('/'));
    let mut adapter: BTreeMap<String, String> = parts
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| ((*name).to_owned(), value.to_owned()))
        .collect();
    if let Some(mac) = adapter.get_mut("mac_addr") {
        *mac = mac.to_uppercase();
    }
    adapter
}

/// Fills in what the hypervisor chooses: MAC addresses, WWPNs, whether it is a trunk.
pub fn complete(adapter: &mut BTreeMap<String, String>, attribute: &str, seed: u32, id: u32) {
    let slot: u32 = adapter
        .get("slot_num")
        .and_then(|slot| slot.parse().ok())
        .unwrap_or(0);
    let mut put = |name: &str, value: String| {
        adapter.entry(name.to_owned()).or_insert(value);
    };
    match attribute {
        "virtual_eth_adapters" => {
            put("mac_addr", format!("{seed:06X}{id:04X}{slot:02X}"));
            put("vswitch", "ETHERNET0".into());
            put("addl_vlan_ids", String::new());
            put("ieee_virtual_eth", "0".into());
            put("is_required", "0".into());
            let trunk = adapter.get("trunk_priority").is_some_and(|p| p != "0");
            let trunk = if trunk { "1" } else { "0" };
            adapter.insert("is_trunk".to_owned(), trunk.to_owned());
        }
        "virtual_fc_adapters" if adapter.get("adapter_type").is_some_and(|t| t == "client") => {
            let name = format!("c05076{seed:06x}{id:02x}{:02x}", slot * 2 % 256);
            let twin = format!("c05076{seed:06x}{id:02x}{:02x}", (slot * 2 + 1) % 256);
            adapter
                .entry("wwpns".to_owned())
                .or_insert(format!("{name},{twin}"));
        }
        _ => {}
    }
}

/// The first three bytes of MAC addresses on a system: locally administered, unicast.
pub fn mac_seed(serial: &str) -> u32 {
    let sum = serial
        .bytes()
        .fold(7_u32, |sum, byte| sum.wrapping_mul(131) + u32::from(byte));
    (sum & 0x00FE_FFFF) | 0x0002_0000
}

fn take_slots(cec: &mut Cec, at: usize, profile: &ProfileConfig) {
    let Some(list) = elements(profile, "io_slots") else {
        return;
    };
    let spec = &cec.lpars[at].spec;
    let (name, id) = (spec.name.clone(), spec.id.to_string());
    for slot in &mut cec.spec.slot {
        let index = slot.get("drc_index").cloned().unwrap_or_default();
        let wanted = list
            .iter()
            .any(|element| element.split('/').next() == Some(&index));
        let own = slot.get("lpar_name") == Some(&name);
        if wanted && !slot.contains_key("lpar_name") {
            slot.insert("lpar_name".to_owned(), name.clone());
            slot.insert("lpar_id".to_owned(), id.clone());
        } else if !wanted && own {
            slot.remove("lpar_name");
            slot.remove("lpar_id");
        }
    }
}

fn slot_list(cec: &Cec, at: usize) -> Option<String> {
    let name = &cec.lpars[at].spec.name;
    let own = cec.spec.slot.iter();
    let own = own.filter(|slot| slot.get("lpar_name") == Some(name));
    let list: Vec<String> = own
        .filter_map(|slot| Some(format!("{}/none/0", slot.get("drc_index")?)))
        .collect();
    (!list.is_empty()).then(|| list.join(","))
}

/// Adapters as a profile writes them; `None` when there are none.
fn element_list(list: &[BTreeMap<String, String>], names: &[&str]) -> Option<String> {
    let element = |adapter: &BTreeMap<String, String>| {
        let part = |name: &&str| match (*name, adapter.get(*name)) {
            // The profile leaves the address to the hypervisor.
            ("mac_addr", _) => String::new(),
            ("trunk_priority" | "ieee_virtual_eth", None) => "0".to_owned(),
            ("allowed_os_mac_addrs", None) => "all".to_owned(),
            ("qos_priority", None) => "none".to_owned(),
            (_, value) => value.cloned().unwrap_or_default(),
        };
        let parts: Vec<String> = names.iter().map(part).collect();
        csv_field(&parts.join("/"), ',', false)
    };
    let list: Vec<String> = list.iter().map(element).collect();
    (!list.is_empty()).then(|| list.join(","))
}
