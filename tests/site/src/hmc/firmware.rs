//! The network adapters of a partition as its firmware sees them.

use std::collections::BTreeMap;

use super::state::Cec;

/// A network adapter as the firmware sees it.
pub struct Adapter {
    /// `ent` or `hfi-ent`.
    pub kind: &'static str,
    /// Location code.
    pub location: String,
    /// MAC address in lower case, without colons.
    pub mac: String,
    /// Path in the device tree.
    pub path: String,
    /// `virtual` or `physical`.
    pub device: &'static str,
    /// The server answers on its network.
    pub wired: bool,
}

/// The adapters of a type: virtual ones first, by their order, then cards.
pub fn adapters(cec: &Cec, at: usize, kind: &str) -> Vec<Adapter> {
    let lpar = &cec.lpars[at];
    let text = |map: &BTreeMap<String, String>, name: &str| map.get(name).cloned();
    let wired = |map: &BTreeMap<String, String>| map.get("ping").is_none_or(|ping| ping != "0");
    if kind == "hfi-ent" {
        let hfi = |map: &BTreeMap<String, String>| {
            Some(Adapter {
                kind: "hfi-ent",
                location: text(map, "location")?,
                mac: text(map, "mac_addr")?.to_lowercase(),
                path: text(map, "path")?,
                device: "physical",
                wired: wired(map),
            })
        };
        return lpar.spec.hfi.iter().filter_map(hfi).collect();
    }
    // The first port is T1 up to POWER9 and T0 from POWER10 on (capture).
    let port = if cec.spec.level == "v10-power10" {
        "T0"
    } else {
        "T1"
    };
    let machine = cec.spec.type_model.replace('-', ".");
    let (serial, id) = (&cec.spec.serial, lpar.spec.id);
    let virtual_one = |map: &BTreeMap<String, String>| {
        let slot = map.get("slot_num")?;
        let number: u32 = slot.parse().ok()?;
        Some(Adapter {
            kind: "ent",
            location: format!("U{machine}.{serial}-V{id}-C{slot}-{port}"),
            mac: text(map, "mac_addr")?.to_lowercase(),
            path: format!("/vdevice/l-lan@{:08x}", 0x3000_0000 + number),
            device: "virtual",
            wired: wired(map),
        })
    };
    let physical = |map: &BTreeMap<String, String>| {
        Some(Adapter {
            kind: "ent",
            location: text(map, "location")?,
            mac: text(map, "mac")?.to_lowercase(),
            path: text(map, "path")?,
            device: "physical",
            wired: wired(map),
        })
    };
    let virtuals = lpar.spec.eth.iter().filter_map(virtual_one);
    virtuals
        .chain(lpar.spec.phys.iter().filter_map(physical))
        .collect()
}
