//! Network ports that are not virtual Ethernet: host Ethernet adapters, host fabric interfaces
//! and SR-IOV.

use super::level::Facts;
use super::lshwres::owner;
use super::record::Row;
use super::state::{Cec, NOT_ACTIVATED};

/// The rows of one of these listings; those of partitions for the chosen ones.
pub fn rows(cec: &mut Cec, section: &str, chosen: &[usize]) -> Vec<Row> {
    match section {
        "hea.phys" => system_rows(cec, section, &cec.spec.hea),
        "sriov.adapter" => system_rows(cec, section, &cec.spec.sriov),
        "sriov.physport" => system_rows(cec, section, &cec.spec.sriov_port),
        _ => {
            let mut chosen = chosen.to_vec();
            chosen.sort_by_key(|at| cec.lpars[*at].spec.id);
            chosen
                .into_iter()
                .flat_map(|at| partition_rows(cec, section, at))
                .collect()
        }
    }
}

fn system_rows(
    cec: &Cec,
    section: &str,
    list: &[std::collections::BTreeMap<String, String>],
) -> Vec<Row> {
    let row = |values| {
        let mut facts = Facts::new();
        facts.extend(values);
        cec.level.row(section, &facts)
    };
    list.iter().map(row).collect()
}

fn partition_rows(cec: &mut Cec, section: &str, at: usize) -> Vec<Row> {
    let state = cec.lpars[at].state.now().to_owned();
    let lpar = &cec.lpars[at];
    let list = match section {
        "hea.logical" => &lpar.spec.hea,
        "hfi.lpar" => &lpar.spec.hfi,
        _ => &lpar.spec.sriov,
    };
    let row = |values| {
        let mut facts = owner(lpar);
        if section != "sriov.logport" {
            facts.set("state", if state == NOT_ACTIVATED { "0" } else { "1" });
        }
        facts.set("lpar_state", &state);
        facts.extend(values);
        cec.level.row(section, &facts)
    };
    list.iter().map(row).collect()
}
