//! The overviews there are.

use std::collections::BTreeSet;

use super::{Column, Row, Selection};
use crate::hmc::record::{Record, Value};
use crate::hmc::resources::{self as hmc, Listing};

/// What is asked for and shown.
#[derive(Clone, Copy)]
pub struct View {
    /// The listings of each system, asked at the same time. Without the first
    /// there are no rows.
    pub listings: &'static [Listing],
    /// The rows that their answers make, in the order of the listings; one
    /// that was refused is empty.
    pub rows: fn(Vec<Vec<Record>>) -> Vec<Row>,
    /// What is shown.
    pub columns: &'static [Column],
    /// Whether rows belong to LPARs, by `lpar_id`.
    pub lpars: bool,
    /// The kind of LPARs that is meant, of `lpar_env`; all if none.
    pub kind: Option<&'static str>,
    /// The attribute that is shown first where there are rows of several LPARs
    /// or VIOSs.
    pub owner: Option<&'static str>,
    /// Refusals with this code are no errors: the hardware has no such thing.
    pub optional: Option<&'static str>,
}

/// There is no such attribute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no attribute {name:?}; there are {known}")]
pub struct NoAttribute {
    name: String,
    known: String,
}

impl View {
    /// The attribute that a user means: by the head of a column, in whatever
    /// letters, or as listings name it.
    ///
    /// # Errors
    /// No row has it.
    pub fn attribute(&self, rows: &[Row], name: &str) -> Result<String, NoAttribute> {
        let mut columns = self.columns.iter();
        if let Some(column) = columns.find(|column| column.head.eq_ignore_ascii_case(name)) {
            return Ok(column.attribute.to_owned());
        }
        if rows.is_empty() || rows.iter().any(|row| row.get(name).is_some()) {
            return Ok(name.to_owned());
        }
        let fields = rows.iter().flat_map(|row| &row.fields);
        let known: BTreeSet<_> = fields.map(|(name, _)| name.as_str()).collect();
        Err(NoAttribute {
            name: name.to_owned(),
            known: known.into_iter().collect::<Vec<_>>().join(", "),
        })
    }

    /// Keeps the rows that all selections pick.
    ///
    /// # Errors
    /// A selection names what no row has.
    pub fn pick(&self, rows: Vec<Row>, selections: &[Selection]) -> Result<Vec<Row>, NoAttribute> {
        let mut tests = Vec::new();
        for selection in selections {
            tests.push((selection, self.attribute(&rows, &selection.attribute)?));
        }
        let picked = |row: &Row| tests.iter().all(|(s, attribute)| s.picks(row, attribute));
        Ok(rows.into_iter().filter(picked).collect())
    }
}

const fn column(head: &'static str, attribute: &'static str) -> Column {
    Column { head, attribute }
}

/// `lpar status`.
pub const LPAR_STATUS: View = View {
    listings: &[hmc::partitions, hmc::memory, hmc::processors],
    rows: joined,
    columns: &[
        column("NAME", "name"),
        column("LPAR_ID", "lpar_id"),
        column("LPAR_ENV", "lpar_env"),
        column("STATE", "state"),
        column("PROFILE", "curr_profile"),
        column("SYNC", "sync_curr_profile"),
        column("RMC", "rmc_state"),
        column("PROCS", "curr_procs"),
        column("PROC_UNITS", "curr_proc_units"),
        column("MEM", "curr_mem"),
        column("OS_VERSION", "os_version"),
    ],
    lpars: true,
    kind: None,
    owner: None,
    optional: None,
};

/// `lpar lsprof`.
pub const LPAR_PROFILES: View = View {
    listings: &[hmc::profiles],
    rows: all,
    columns: &[
        column("NAME", "name"),
        column("MEM_MODE", "mem_mode"),
        column("MEM", "desired_mem"),
        column("PROC_MODE", "proc_mode"),
        column("PROCS", "desired_procs"),
        column("PROC_COMPAT", "lpar_proc_compat_mode"),
    ],
    owner: Some("lpar_name"),
    ..LPAR_STATUS
};

/// `lpar lsproc`.
pub const LPAR_PROCESSORS: View = View {
    listings: &[hmc::processors],
    rows: all,
    columns: &[
        column("NAME", "lpar_name"),
        column("PROC_MODE", "curr_proc_mode"),
        column("MIN_PROCS", "curr_min_procs"),
        column("PROCS", "curr_procs"),
        column("MAX_PROCS", "curr_max_procs"),
        column("MIN_UNITS", "curr_min_proc_units"),
        column("PROC_UNITS", "curr_proc_units"),
        column("MAX_UNITS", "curr_max_proc_units"),
        column("SHARING_MODE", "curr_sharing_mode"),
        column("WEIGHT", "curr_uncap_weight"),
    ],
    ..LPAR_STATUS
};

/// `lpar lsmem`.
pub const LPAR_MEMORY: View = View {
    listings: &[hmc::memory],
    rows: all,
    columns: &[
        column("NAME", "lpar_name"),
        column("MEM_MODE", "mem_mode"),
        column("MIN_MEM", "curr_min_mem"),
        column("MEM", "curr_mem"),
        column("MAX_MEM", "curr_max_mem"),
        column("RUN_MEM", "run_mem"),
    ],
    ..LPAR_STATUS
};

/// `lpar lsvslot`.
pub const LPAR_SLOTS: View = View {
    listings: &[hmc::serial, hmc::ethernet, hmc::scsi, hmc::fibre_channel],
    rows: slots,
    columns: &[
        column("SLOT", "slot_num"),
        column("REQ", "required"),
        column("ADAPTER_TYPE", "adapter"),
        column("STATE", "state"),
        column("DATA", "data"),
    ],
    owner: Some("lpar_name"),
    optional: Some("HSCLA4C0"),
    ..LPAR_STATUS
};

/// `ms status`.
pub const MS_STATUS: View = View {
    listings: &[hmc::system, hmc::system_processors, hmc::system_memory],
    rows: merged,
    columns: &[
        column("NAME", "node"),
        column("TYPE_MODEL", "type_model"),
        column("SERIAL", "serial_num"),
        column("STATE", "state"),
        column("IPADDR", "ipaddr"),
        column("PROCS", "installed_sys_proc_units"),
        column("PROCS_AVAIL", "curr_avail_sys_proc_units"),
        column("MEM", "installed_sys_mem"),
        column("MEM_AVAIL", "curr_avail_sys_mem"),
    ],
    lpars: false,
    kind: None,
    owner: None,
    optional: None,
};

/// `ms lsproc`.
pub const MS_PROCESSORS: View = View {
    listings: &[hmc::system_processors],
    columns: &[
        column("NAME", "node"),
        column("INSTALLED", "installed_sys_proc_units"),
        column("CONFIGURABLE", "configurable_sys_proc_units"),
        column("AVAIL", "curr_avail_sys_proc_units"),
        column("MAX_SHARED_PROC_POOLS", "max_shared_proc_pools"),
    ],
    ..MS_STATUS
};

/// `ms lsmem`.
pub const MS_MEMORY: View = View {
    listings: &[hmc::system_memory],
    columns: &[
        column("NAME", "node"),
        column("INSTALLED", "installed_sys_mem"),
        column("CONFIGURABLE", "configurable_sys_mem"),
        column("AVAIL", "curr_avail_sys_mem"),
        column("FIRMWARE", "sys_firmware_mem"),
        column("REGION_SIZE", "mem_region_size"),
    ],
    ..MS_STATUS
};

/// `ms lslic`.
pub const MS_FIRMWARE: View = View {
    listings: &[hmc::firmware],
    columns: &[
        column("NAME", "node"),
        column("ECNUMBER", "ecnumber"),
        column("ACTIVATED", "activated_level"),
        column("INSTALLED", "installed_level"),
        column("ACCEPTED", "accepted_level"),
    ],
    ..MS_STATUS
};

/// Each record is a row.
fn all(answers: Vec<Vec<Record>>) -> Vec<Row> {
    answers.into_iter().flatten().map(row).collect()
}

fn row(record: Record) -> Row {
    Row {
        fields: record.fields().to_vec(),
    }
}

/// One row for the system: what all listings say.
fn merged(answers: Vec<Vec<Record>>) -> Vec<Row> {
    let fields = answers
        .iter()
        .flatten()
        .flat_map(|record| record.fields().to_vec());
    let fields: Vec<_> = fields.collect();
    (!fields.is_empty())
        .then_some(Row { fields })
        .into_iter()
        .collect()
}

/// The rows of the first listing, each with what the others say about the
/// partition of the same number.
fn joined(answers: Vec<Vec<Record>>) -> Vec<Row> {
    let mut answers = answers.into_iter();
    let mut rows: Vec<_> = answers.next().into_iter().flatten().map(row).collect();
    for records in answers {
        for record in records {
            let id = record.get("lpar_id").cloned();
            let found = rows
                .iter_mut()
                .find(|row| row.get("lpar_id").cloned() == id);
            if let Some(found) = found {
                found.fields.extend(record.fields().to_vec());
            }
        }
    }
    rows
}

/// Adapters by slot, those of a partition together.
fn slots(answers: Vec<Vec<Record>>) -> Vec<Row> {
    let kinds = ["serial", "eth", "scsi", "fc"];
    let of_kind = |(kind, records): (&str, Vec<Record>)| -> Vec<Row> {
        records
            .into_iter()
            .map(|record| slot(kind, &record))
            .collect()
    };
    let mut rows: Vec<Row> = kinds.into_iter().zip(answers).flat_map(of_kind).collect();
    let number = |row: &Row, name| row.text(name).and_then(|text| text.parse::<u32>().ok());
    rows.sort_by_key(|row| (number(row, "lpar_id"), number(row, "slot_num")));
    rows
}

fn slot(kind: &str, record: &Record) -> Row {
    let mut row = row(record.clone());
    let text = |name| record.get(name).map_or("", Value::as_str);
    let required = match text("is_required") {
        "1" => "Yes",
        _ => "No",
    };
    let side = record.text("adapter_type");
    let remote = || {
        let id = text("remote_lpar_id");
        let (name, slot) = (text("remote_lpar_name"), text("remote_slot_num"));
        format!("remote: {name}({id})/{slot}")
    };
    let data = match kind {
        "eth" => {
            let vlans = text("addl_vlan_ids");
            let words = [
                format!("PVID={}", text("port_vlan_id")),
                format!("VLANS={}", if vlans == "none" { "" } else { vlans }),
                text("vswitch").to_owned(),
                text("mac_addr").to_owned(),
            ];
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            words.join(" ")
        }
        "serial" => format!(
            "{} connect_status={} hmc={}",
            remote(),
            text("connect_status"),
            text("supports_hmc")
        ),
        "fc" => format!("{} {}", remote(), text("wwpns"))
            .trim_end()
            .to_owned(),
        _ => remote(),
    };
    row.set("required", required);
    row.set(
        "adapter",
        match side {
            Some(side) => format!("{kind}/{side}"),
            None => kind.to_owned(),
        },
    );
    row.set("data", data);
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmc::record;

    #[test]
    fn slots_are_shown_as_the_lpar_tool_shows_them() {
        let records = |text: &str| record::records(text).unwrap();
        let answers = vec![
            records(
                "lpar_name=aix22,lpar_id=5,slot_num=0,state=1,is_required=1,\
                 connect_status=unavailable,adapter_type=server,supports_hmc=1,\
                 remote_lpar_id=any,remote_lpar_name=,remote_slot_num=any\n",
            ),
            records(
                "lpar_name=aix22,lpar_id=5,slot_num=5,state=1,is_required=0,is_trunk=0,\
                 ieee_virtual_eth=0,port_vlan_id=100,vswitch=ETHERNET0,addl_vlan_ids=,\
                 mac_addr=1DC8DB485D1E\n",
            ),
            Vec::new(),
            records(
                "lpar_name=aix22,lpar_id=5,slot_num=10,adapter_type=client,state=1,is_required=0,\
                 remote_lpar_id=1,remote_lpar_name=ms03-vio1,remote_slot_num=5,\
                 \"wwpns=c05076030aba0002,c05076030aba0003\"\n",
            ),
        ];
        let rows = slots(answers);
        let heads: Vec<_> = LPAR_SLOTS
            .columns
            .iter()
            .map(|c| c.head.to_owned())
            .collect();
        let names: Vec<_> = LPAR_SLOTS
            .columns
            .iter()
            .map(|c| c.attribute.to_owned())
            .collect();
        assert_eq!(
            super::super::shown(&rows, &heads, &names, super::super::Shown::Table),
            "SLOT  REQ  ADAPTER_TYPE   STATE  DATA\n\
             0     Yes  serial/server  1      remote: (any)/any connect_status=unavailable hmc=1\n\
             5     No   eth            1      PVID=100 VLANS= ETHERNET0 1DC8DB485D1E\n\
             10    No   fc/client      1      remote: ms03-vio1(1)/5 c05076030aba0002,c05076030aba0003\n"
        );
    }
}
