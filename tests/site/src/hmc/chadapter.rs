//! `chhwres -r virtualio`: virtual adapters added to and taken from a partition.

use std::collections::BTreeMap;

use super::args::Args;
use super::attributes::{Changes, Operation};
use super::messages;
use super::reply::Reply;
use super::state::Cec;
use super::{current, lssyscfg};

/// Adds (`a`) or removes (`r`) an adapter.
pub fn change(cec: &mut Cec, at: usize, operation: &str, args: &Args) -> Result<(), Reply> {
    let kind = args.required("--rsubtype")?;
    if !["eth", "scsi", "fc", "vnic"].contains(&kind) || !known(cec, kind) {
        return Err(Reply::refused(messages::missing("--rsubtype")));
    }
    match operation {
        "a" => add(cec, at, kind, args),
        "r" if args.has("-a") => Err(Reply::refused(messages::unknown_option("-a"))),
        "r" => remove(cec, at, kind, args),
        _ => Err(Reply::refused(messages::missing("-o"))),
    }
}

fn known(cec: &Cec, kind: &str) -> bool {
    !lssyscfg::known(cec.level, &format!("virtualio.{kind}")).is_empty()
}

fn list<'a>(cec: &'a mut Cec, at: usize, kind: &str) -> &'a mut Vec<BTreeMap<String, String>> {
    let spec = &mut cec.lpars[at].spec;
    match kind {
        "eth" => &mut spec.eth,
        "scsi" => &mut spec.scsi,
        "fc" => &mut spec.fc,
        _ => &mut spec.vnic,
    }
}

fn taken(cec: &Cec, at: usize) -> Vec<u32> {
    let spec = &cec.lpars[at].spec;
    let lists = [&spec.eth, &spec.scsi, &spec.fc, &spec.vnic];
    let slots = lists.into_iter().flatten();
    slots
        .filter_map(|adapter| adapter.get("slot_num")?.parse().ok())
        .collect()
}

/// The slot of `-s`, if it is free, else the first free one from 2 on.
fn slot(cec: &Cec, at: usize, args: &Args) -> Result<u32, Reply> {
    let row = current::of(cec, at);
    let most = row
        .get("max_virtual_slots")
        .and_then(|most| most.parse().ok());
    let most: u32 = most.unwrap_or(10);
    let taken = taken(cec, at);
    let free = |slot: &u32| *slot >= 2 && *slot < most && !taken.contains(slot);
    let asked = match args.value("-s") {
        None => (2..most).find(free),
        Some(text) => text.parse().ok().filter(free),
    };
    asked.ok_or_else(|| Reply::refused(messages::missing("-s")))
}

fn add(cec: &mut Cec, at: usize, kind: &str, args: &Args) -> Result<(), Reply> {
    let changes = Changes::parse(args.required("-a")?, "-a")?;
    let (needed, section): (&[&str], &str) = match kind {
        "eth" => (&["port_vlan_id"], "virtual_eth_adapters"),
        "scsi" => (&["adapter_type"], "virtual_scsi_adapters"),
        "fc" => (&["adapter_type"], "virtual_fc_adapters"),
        _ => (&["backing_devices"], "vnic_adapters"),
    };
    let names = lssyscfg::known(cec.level, &format!("virtualio.{kind}"));
    let fixed = ["lpar_name", "lpar_id", "slot_num", "state"];
    for change in &changes.0 {
        let name = change.name.as_str();
        if change.operation != Operation::Set
            || fixed.contains(&name)
            || !names.iter().any(|known| known == name)
        {
            return Err(Reply::refused(messages::bad_attribute(name)));
        }
    }
    if let Some(name) = needed.iter().find(|name| changes.get(name).is_none()) {
        return Err(Reply::refused(messages::missing_attribute(name)));
    }
    let slot = slot(cec, at, args)?;
    let mut adapter = BTreeMap::from([("slot_num".to_owned(), slot.to_string())]);
    let given = changes.0.into_iter();
    adapter.extend(given.map(|change| (change.name, change.value)));
    if let Some(name) = adapter.get("remote_lpar_name").cloned() {
        let remote = cec.partition(Some(&name), None)?;
        let id = cec.lpars[remote].spec.id.to_string();
        adapter.entry("remote_lpar_id".to_owned()).or_insert(id);
    }
    let (seed, id) = (current::mac_seed(&cec.spec.serial), cec.lpars[at].spec.id);
    if kind == "vnic" {
        let mac = format!("{seed:06x}{id:04x}{slot:02x}");
        adapter.entry("mac_addr".to_owned()).or_insert(mac);
    }
    adapter
        .entry("is_required".to_owned())
        .or_insert("0".to_owned());
    current::complete(&mut adapter, section, seed, id);
    list(cec, at, kind).push(adapter);
    Ok(())
}

fn remove(cec: &mut Cec, at: usize, kind: &str, args: &Args) -> Result<(), Reply> {
    let slot = args.required("-s")?;
    let list = list(cec, at, kind);
    let found = list
        .iter()
        .position(|adapter| adapter.get("slot_num").is_some_and(|known| known == slot));
    match found {
        Some(found) => {
            list.remove(found);
            Ok(())
        }
        None => Err(Reply::refused(messages::no_virtual_slot(slot))),
    }
}
