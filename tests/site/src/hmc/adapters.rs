//! Virtual adapters of partitions, as `lshwres -r virtualio` lists them: by partition id.

use std::collections::BTreeMap;

use super::current;
use super::level::Facts;
use super::lshwres::owner;
use super::record::Row;
use super::state::{Cec, NOT_ACTIVATED};

/// The rows of one kind of adapter for the chosen partitions.
pub fn rows(cec: &mut Cec, section: &str, chosen: &[usize]) -> Vec<Row> {
    let mut chosen = chosen.to_vec();
    chosen.sort_by_key(|at| cec.lpars[*at].spec.id);
    let mut rows = Vec::new();
    for at in chosen {
        let active = cec.lpars[at].state.now() != NOT_ACTIVATED;
        let state = if active { "1" } else { "0" };
        match section {
            "virtualio.serial" => rows.extend(serial(cec, at, state)),
            "virtualio.slot" => rows.push(slot_counts(cec, at)),
            "virtualio.slots" => rows.extend(slots(cec, at, state)),
            _ => rows.extend(adapters(cec, section, at, state)),
        }
    }
    rows
}

fn adapters(cec: &Cec, section: &str, at: usize, state: &str) -> Vec<Row> {
    let lpar = &cec.lpars[at];
    let list = match section {
        "virtualio.eth" => &lpar.spec.eth,
        "virtualio.scsi" => &lpar.spec.scsi,
        "virtualio.vnic" => &lpar.spec.vnic,
        _ => &lpar.spec.fc,
    };
    let is = |adapter: &BTreeMap<String, String>, name: &str, value: &str| {
        adapter.get(name).is_some_and(|known| known == value)
    };
    list.iter()
        .map(|adapter| {
            let mut facts = owner(lpar);
            facts
                .set("state", state)
                .mark("trunk", is(adapter, "is_trunk", "1"))
                .mark("client", is(adapter, "adapter_type", "client"));
            facts.extend(adapter);
            cec.level.row(section, &facts)
        })
        .collect()
}

/// The two serial adapters that every partition has, for its consoles.
fn serial(cec: &Cec, at: usize, state: &str) -> Vec<Row> {
    let row = |slot: u8| {
        let mut facts = owner(&cec.lpars[at]);
        facts.set("slot_num", slot).set("state", state);
        cec.level.row("virtualio.serial", &facts)
    };
    vec![row(1), row(0)]
}

/// The slots that are in use, one by one.
fn slots(cec: &Cec, at: usize, state: &str) -> Vec<Row> {
    let spec = &cec.lpars[at].spec;
    let mut used: Vec<(u32, &str)> = vec![(0, "serial"), (1, "serial")];
    let lists = [
        ("ethernet", &spec.eth),
        ("scsi", &spec.scsi),
        ("fc", &spec.fc),
        ("vnic", &spec.vnic),
    ];
    for (config, list) in lists {
        let slots = list.iter().filter_map(|adapter| adapter.get("slot_num"));
        let numbers = slots.filter_map(|slot| slot.parse().ok());
        used.extend(numbers.map(|slot| (slot, config)));
    }
    used.sort_unstable();
    let machine = cec.spec.type_model.replace('-', ".");
    let row = |(slot, config): (u32, &str)| {
        let place = format!("U{machine}.{}-V{}-C{slot}", cec.spec.serial, spec.id);
        let mut facts = owner(&cec.lpars[at]);
        facts
            .set("slot_num", slot)
            .set("config", config)
            .set("state", state)
            .set("drc_name", place);
        cec.level.row("virtualio.slots", &facts)
    };
    used.into_iter().map(row).collect()
}

fn slot_counts(cec: &Cec, at: usize) -> Row {
    let lpar = &cec.lpars[at];
    let profile = current::of(cec, at);
    let count = profile.get("max_virtual_slots").unwrap_or("10");
    let lists = [
        &lpar.spec.eth,
        &lpar.spec.scsi,
        &lpar.spec.fc,
        &lpar.spec.vnic,
    ];
    let taken: Vec<u32> = lists
        .into_iter()
        .flatten()
        .filter_map(|adapter| adapter.get("slot_num")?.parse().ok())
        .collect();
    let next = (2..).find(|slot| !taken.contains(slot)).unwrap_or(2);
    let mut facts: Facts = owner(lpar);
    facts
        .set("curr_max_virtual_slots", count)
        .set("pend_max_virtual_slots", count)
        .set("next_avail_virtual_slot", next);
    cec.level.row("virtualio.slot", &facts)
}
