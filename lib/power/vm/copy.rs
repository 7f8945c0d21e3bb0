//! A new partition's configuration from a profile of another.
//!
//! What must be unique is not copied: MAC addresses and WWPNs are left to the
//! HMC, and what stands for a resource of another partition (the slot of a
//! server adapter, a logical port) is counted up by one for each copy, as xCAT
//! does.

use crate::hmc::record::{Record, Value};

/// Attributes that describe a profile but cannot be given to a new partition,
/// or that the HMC makes by itself.
const NOT_GIVEN: [&str; 7] = [
    "name",
    "lpar_name",
    "lpar_id",
    "virtual_serial_adapters",
    "electronic_err_reporting",
    "shared_proc_pool_id",
    "lpar_proc_compat_mode",
];

/// Adapters of which each exists once. A copy would take them from the partition
/// that has them.
const NOT_COPIED: [&str; 3] = [
    "sriov_eth_logical_ports",
    "sriov_roce_logical_ports",
    "vnic_adapters",
];

/// The record of a partition that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// What is given to `mksyscfg`.
    pub record: Record,
    /// Attributes with adapters that were left out.
    pub left_out: Vec<&'static str>,
}

/// The record for a partition of this name and number from a profile. What
/// counts up is counted up by `step`.
pub fn copy(profile: &Record, name: &str, id: u32, step: u32) -> Copy {
    let mut record = Record::default();
    record.set("name", name);
    let profile_name = profile.get("name").map_or("", Value::as_str);
    record.set("profile_name", profile_name);
    record.set("lpar_id", &id.to_string());
    let mut left_out = Vec::new();
    for (attribute, value) in profile.fields() {
        if NOT_GIVEN.contains(&attribute.as_str())
            || matches!(value, Value::Null | Value::Unavailable)
        {
            continue;
        }
        if let Some(name) = NOT_COPIED.iter().find(|name| *name == attribute) {
            if value.text().is_some() {
                left_out.push(*name);
            }
            continue;
        }
        record.set(attribute, adapters(attribute, value, step).as_str());
    }
    Copy { record, left_out }
}

fn adapters(attribute: &str, value: &Value, step: u32) -> Value {
    let change: fn(&mut Vec<String>, u32) = match attribute {
        // slot/client/remote id/remote name/remote slot/required
        "virtual_scsi_adapters" => |parts, step| count(parts, 4, 10, step),
        // …/remote slot/WWPNs/required
        "virtual_fc_adapters" => |parts, step| {
            count(parts, 4, 10, step);
            clear(parts, 5);
        },
        // slot/ieee/VLAN/VLANs/trunk/required/switch/MAC/…
        "virtual_eth_adapters" => |parts, _| clear(parts, 7),
        // adapter/group/port/logical port/VLANs
        "lhea_logical_ports" => |parts, step| count(parts, 3, 10, step),
        // adapter/GUID/capability
        "hca_adapters" => |parts, step| count(parts, 1, 16, step),
        _ => return value.clone(),
    };
    if value.text().is_none() {
        return value.clone();
    }
    let element = |element: String| {
        let mut parts: Vec<_> = element.split('/').map(str::to_owned).collect();
        change(&mut parts, step);
        parts.join("/")
    };
    let elements: Vec<_> = value.elements().into_iter().map(element).collect();
    Value::of_elements(&elements)
}

fn clear(parts: &mut [String], at: usize) {
    if let Some(part) = parts.get_mut(at) {
        part.clear();
    }
}

/// Counts a part up that is a number of this base; `any` stays. Of a GUID only
/// the last two digits count, the others name the adapter.
fn count(parts: &mut [String], at: usize, base: u32, step: u32) {
    let Some(part) = parts.get_mut(at) else {
        return;
    };
    let tail = match base {
        16 => part.len().saturating_sub(2),
        _ => 0,
    };
    let Some((head, digits)) = part.split_at_checked(tail) else {
        return;
    };
    let Some(number) = u32::from_str_radix(digits, base)
        .ok()
        .and_then(|number| number.checked_add(step))
    else {
        return;
    };
    *part = match base {
        16 => format!("{head}{number:02x}"),
        _ => number.to_string(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmc::profile;

    fn copied(row: &str, step: u32) -> Copy {
        let profile = profile::parse(row).unwrap().remove(0);
        copy(&profile.record, "new", 9, step)
    }

    #[test]
    fn a_real_profile_becomes_a_record_for_mksyscfg() {
        let row = include_str!("../../../tests/fixtures/hmc/prof-power7-nested-quotes.txt");
        let copy = copied(row, 2).record.to_string();
        assert!(
            copy.starts_with("name=new,profile_name=lpar05,lpar_id=9,lpar_env=aixlinux,"),
            "{copy}"
        );
        for gone in [
            "lpar_name=",
            "null",
            "virtual_serial",
            "lpar_proc_compat",
            "c0507604",
        ] {
            assert!(!copy.contains(gone), "{gone}: {copy}");
        }
        for kept in [
            "\"virtual_scsi_adapters=304/client/2/vio_server1/6/1,404/client/3/vio_server2/8/1\"",
            "\"virtual_fc_adapters=504/client/2/vio_server1/10//1,604/client/3/vio_server2/7//1\"",
            "10/0/1//0/0/ETHERNET0//all/none",
            "io_slots=none",
            "max_virtual_slots=1000",
        ] {
            assert!(copy.contains(kept), "{kept}: {copy}");
        }
    }

    #[test]
    fn what_is_unique_is_not_copied() {
        let head = "name=p,lpar_name=old,lpar_id=2";
        let table = [
            (
                "virtual_eth_adapters=32/0/1659//0/0/switcha/facc157c3e20/all/0",
                "virtual_eth_adapters=32/0/1659//0/0/switcha//all/0",
            ),
            (
                "\"virtual_eth_adapters=\"\"2/1/1/3,4,5/0/1\"\"\"",
                "\"virtual_eth_adapters=\"\"2/1/1/3,4,5/0/1\"\"\"",
            ),
            (
                "virtual_scsi_adapters=4/server/any//any/1",
                "virtual_scsi_adapters=4/server/any//any/1",
            ),
            (
                "\"lhea_logical_ports=23000000/1/0/1/none,23000000/1/1/9/none\"",
                "\"lhea_logical_ports=23000000/1/0/2/none,23000000/1/1/10/none\"",
            ),
            (
                "hca_adapters=23001eff/2550010250300/2",
                "hca_adapters=23001eff/2550010250301/2",
            ),
            ("vnic_adapters=none", ""),
        ];
        for (given, wanted) in table {
            let copy = copied(&format!("{head},{given}"), 1);
            let text = copy.record.to_string();
            let rest = text
                .strip_prefix("name=new,profile_name=p,lpar_id=9")
                .unwrap();
            assert_eq!(rest.trim_start_matches(','), wanted);
            assert_eq!(copy.left_out, [""; 0]);
        }
        let ports = include_str!("../../../tests/fixtures/hmc/prof-sriov-field.txt");
        let copy = copied(&format!("{head},{}", ports.trim()), 1);
        assert_eq!(copy.left_out, ["sriov_eth_logical_ports"]);
        assert!(copy.record.get("sriov_eth_logical_ports").is_none());
    }
}
