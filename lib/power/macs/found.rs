//! The adapters that were found, as they are shown and as the table `mac`
//! takes them, whoever told of them.

use serde_json::{Map, Value, json};

use super::{Row, chosen, firmware_table, table, written};
use crate::hmc::boot::Discovery;
use crate::hmc::netboot::Adapter;

/// The adapters of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The address for the table `mac`, that of the adapter to boot from.
    pub mac: Option<String>,
    /// What is to be known about that choice.
    pub warning: Option<String>,
    /// The table that is shown.
    pub table: String,
    /// Each adapter as a JSON object.
    pub adapters: Vec<Value>,
}

impl From<Vec<Row>> for Found {
    /// What an HMC lists: the first address is taken.
    fn from(rows: Vec<Row>) -> Self {
        let object = |row: &Row| {
            let values = row.values().map(|(name, v)| (name.to_owned(), json!(v)));
            Value::Object(values.collect::<Map<_, _>>())
        };
        Found {
            mac: rows.iter().find_map(Row::mac).map(str::to_owned),
            warning: None,
            table: table(&rows),
            adapters: rows.iter().map(object).collect(),
        }
    }
}

impl Found {
    /// What Open Firmware tells: the first address that pings is taken.
    /// `pinged` says whether it was to ping.
    pub fn by_firmware(discovery: &Discovery, pinged: bool) -> Self {
        let chosen = chosen(discovery);
        let silent = chosen.filter(|(_, answered)| pinged && !answered);
        Found {
            mac: chosen.map(|(adapter, _)| written(&adapter.mac)),
            warning: silent.map(|(adapter, _)| {
                format!(
                    "the server answered through no adapter; the first one, {}, is taken",
                    adapter.mac
                )
            }),
            table: firmware_table(discovery),
            adapters: discovery.adapters.iter().map(object).collect(),
        }
    }
}

fn object(adapter: &Adapter) -> Value {
    json!({
        "Type": adapter.kind,
        "Location_Code": adapter.location,
        "MAC_Address": written(&adapter.mac),
        "Full_Path_Name": adapter.path,
        "Ping_Result": adapter.ping.map(|ping| ping.to_string()),
        "Device_Type": adapter.device.map(|device| device.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmc::netboot::adapters;

    #[test]
    fn a_choice_without_an_answer_is_said() {
        let text = "ent U1-V6-C2-T1 fef9dfb7c602 /vdevice/l-lan@30000002 unsuccessful virtual\n";
        let discovery = Discovery {
            head: String::new(),
            adapters: adapters(text).unwrap(),
        };
        let found = Found::by_firmware(&discovery, true);
        assert_eq!(found.mac, Some(written("fef9dfb7c602")));
        let warning = found.warning.unwrap();
        assert!(warning.contains("fef9dfb7c602, is taken"), "{warning}");
        assert_eq!(found.adapters[0]["Ping_Result"], "unsuccessful");
        assert_eq!(Found::by_firmware(&discovery, false).warning, None);
    }
}
