//! `getmacs`: the MAC addresses of LPARs, as their HMCs list them, and what
//! becomes of them in the table `mac`.
//!
//! | file | subject |
//! |---|---|
//! | `mod` | the rows that are shown, and chosen among |
//! | `list` | the questions to the HMCs |
//! | `arp` | the addresses that this machine's network has told |
//! | `found` | what was found, as it is shown and stored |
//! | `store` | the table `mac` |
//!
//! What Open Firmware tells is in [`netboot`](super::netboot).

mod arp;
mod found;
mod list;
mod store;

use regex::{Regex, RegexBuilder};

use crate::hmc::adapters::{Kind, Port};
use crate::hmc::boot::Discovery;
use crate::hmc::netboot::{self, Ping};
use crate::hmc::refusal::printable;

pub use arp::by_arp;
pub use found::Found;
pub use list::list;
pub use store::store;

/// The columns of the table, in its order. Filters have the same names.
pub const COLUMNS: [&str; 10] = [
    "Type",
    "Phys_Port_Loc",
    "MAC_Address",
    "Adapter",
    "Port_Group",
    "Phys_Port",
    "Logical_Port",
    "VLan",
    "VSwitch",
    "Curr_Conn_Speed",
];

const TYPE: usize = 0;
const MAC: usize = 2;

/// What stands for a value that there is none of.
const NONE: &str = "N/A";

/// How MAC addresses are written: with colons and in lower case on Linux, as
/// the HMC does on AIX, because the programs there that read the table `mac`
/// want them so.
const COLONS: bool = !cfg!(target_os = "aix");

/// How a table of adapters is to be shown.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Which adapters.
    pub filter: Filter,
    /// With the addresses that a host fabric interface can change to (`-M`).
    pub several: bool,
}

/// Conditions on adapters; one that meets any of them is chosen, as in xCAT.
#[derive(Debug, Clone, Default)]
pub struct Filter(Vec<(usize, Regex)>);

/// A filter is none.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BadFilter {
    /// It has not the form.
    #[error("Option '-F' contains wrong filter format")]
    Format,
    /// There is no such column.
    #[error("Option '-F': there is no {name}; the filters are {}", COLUMNS.join(", "))]
    Column {
        /// What was given.
        name: String,
    },
    /// The value is no pattern.
    #[error("Option '-F': {0}")]
    Pattern(#[from] regex::Error),
}

impl std::str::FromStr for Filter {
    type Err = BadFilter;

    /// Reads `Type=hea,VSwitch=ETHERNET0`.
    fn from_str(text: &str) -> Result<Self, BadFilter> {
        let one = |part: &str| {
            let (name, value) = part.split_once('=').ok_or(BadFilter::Format)?;
            if value.is_empty() {
                return Err(BadFilter::Format);
            }
            let column = COLUMNS.iter().position(|column| *column == name);
            let column = column.ok_or_else(|| BadFilter::Column {
                name: name.to_owned(),
            })?;
            let value = match column {
                MAC => value.replace(':', ""),
                _ => value.to_owned(),
            };
            let pattern = RegexBuilder::new(&value)
                .case_insensitive(column == MAC)
                .build()?;
            Ok((column, pattern))
        };
        text.split(',')
            .map(one)
            .collect::<Result<_, _>>()
            .map(Filter)
    }
}

impl Filter {
    fn chooses(&self, row: &Row) -> bool {
        let met = |(column, pattern): &(usize, Regex)| {
            let value = row.0[*column].as_deref().unwrap_or(NONE);
            match *column {
                MAC => pattern.is_match(&value.replace(':', "")),
                _ => pattern.is_match(value),
            }
        };
        self.0.is_empty() || self.0.iter().any(met)
    }
}

/// An adapter as it is shown: the values of the [`COLUMNS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row([Option<String>; COLUMNS.len()]);

impl Row {
    /// The MAC address as it is written to the table `mac`.
    pub fn mac(&self) -> Option<&str> {
        self.0[MAC].as_deref()
    }

    /// The values by the names of their columns.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        COLUMNS.into_iter().zip(self.0.iter().map(Option::as_deref))
    }

    /// The line of the table. xCAT ends it behind the MAC address and goes on
    /// in the next one, and scripts have got used to that.
    fn line(&self) -> String {
        let mut values = self
            .values()
            .map(|(_, value)| printable(value.unwrap_or(NONE)));
        let mut take = |count| values.by_ref().take(count).collect::<Vec<_>>();
        let first = take(MAC + 1);
        let kind = match first[TYPE].as_str() {
            kind @ "HFI" => kind.to_owned(),
            kind => format!("{kind:<9}"),
        };
        let first = format!("{kind}  {}", first[TYPE + 1..].join("  "));
        format!("{first}\n  {}", take(COLUMNS.len()).join("  "))
    }
}

/// The rows of an LPAR's adapters that are to be shown.
pub fn rows(ports: &[Port], shape: &Shape) -> Vec<Row> {
    let rows = ports.iter().map(|port| row(port, shape.several));
    rows.filter(|row| shape.filter.chooses(row)).collect()
}

fn row(port: &Port, several: bool) -> Row {
    let kind = match port.kind {
        Kind::Virtual => "virtualio",
        Kind::Hea => "hea",
        Kind::Vnic => "vnic",
        Kind::Sriov => "sriov",
        Kind::Hfi => "HFI",
    };
    let mac = port.mac.as_deref().map(|mac| match port.kind {
        Kind::Hfi if several => family(mac),
        _ => written(mac),
    });
    Row([
        Some(kind.to_owned()),
        port.location.clone(),
        mac,
        port.adapter.clone(),
        port.group.clone(),
        port.physical.clone(),
        port.logical.clone(),
        port.vlan.clone(),
        port.switch.clone(),
        port.speed.clone(),
    ])
}

/// The addresses that a host fabric interface can have: the two that follow.
fn family(mac: &str) -> String {
    let Ok(first) = u64::from_str_radix(mac, 16) else {
        return written(mac);
    };
    let all = (first..).take(3).map(|mac| written(&format!("{mac:012X}")));
    all.collect::<Vec<_>>().join("|")
}

/// The table of an LPAR's adapters, with the blank line that xCAT ends it with.
fn table(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| row.line() + "\n");
    format!("\n#{}\n{}", COLUMNS.join("  "), lines.collect::<String>())
}

/// The table of the adapters that Open Firmware told, as it told them.
fn firmware_table(found: &Discovery) -> String {
    let rows = found.adapters.iter().map(|adapter| format!("{adapter}\n"));
    format!("\n{}\n{}", tabs(&found.head), rows.collect::<String>())
}

/// [`printable`], but for the tabs that a head has.
fn tabs(head: &str) -> String {
    let parts: Vec<_> = head.split('\t').map(printable).collect();
    parts.join("\t")
}

/// The adapter that a node is to boot from: the first through which the server
/// answered, else the first.
fn chosen(found: &Discovery) -> Option<(&netboot::Adapter, bool)> {
    let answered = |adapter: &&netboot::Adapter| adapter.ping == Some(Ping::Successful);
    match found.adapters.iter().find(answered) {
        Some(adapter) => Some((adapter, true)),
        None => found.adapters.first().map(|adapter| (adapter, false)),
    }
}

/// A MAC address as this machine's programs want it.
pub fn written(mac: &str) -> String {
    let plain = mac.replace(':', "");
    match COLONS && plain.is_ascii() {
        false => plain,
        true => {
            let lower = plain.to_ascii_lowercase();
            let pairs: Vec<&str> = (0..lower.len())
                .step_by(2)
                .map(|at| &lower[at..lower.len().min(at + 2)])
                .collect();
            pairs.join(":")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(kind: Kind, mac: &str) -> Port {
        Port {
            kind,
            lpar: 2,
            mac: Some(mac.to_owned()),
            adapter: None,
            group: None,
            physical: None,
            logical: None,
            vlan: None,
            switch: None,
            location: None,
            speed: None,
        }
    }

    fn ports() -> Vec<Port> {
        let mut eth = port(Kind::Virtual, "7E23C0001204");
        eth.vlan = Some("1".to_owned());
        eth.switch = Some("ETHERNET0".to_owned());
        let mut hea = port(Kind::Hea, "00145E5F2023");
        hea.location = Some("T6".to_owned());
        hea.adapter = Some("23000000".to_owned());
        hea.group = Some("1".to_owned());
        hea.logical = Some("2".to_owned());
        hea.speed = Some("1000".to_owned());
        vec![eth, hea]
    }

    #[test]
    fn the_table_is_that_of_xcat() {
        let rows = rows(&ports(), &Shape::default());
        assert_eq!(
            table(&rows),
            "\n#Type  Phys_Port_Loc  MAC_Address  Adapter  Port_Group  Phys_Port  Logical_Port  VLan  VSwitch  Curr_Conn_Speed\n\
             virtualio  N/A  7e:23:c0:00:12:04\n  N/A  N/A  N/A  N/A  1  ETHERNET0  N/A\n\
             hea        T6  00:14:5e:5f:20:23\n  23000000  1  N/A  2  N/A  N/A  1000\n"
        );
    }

    #[test]
    fn an_adapter_that_meets_one_condition_is_chosen() {
        let count = |filter: &str| {
            let shape = Shape {
                filter: filter.parse().unwrap(),
                several: false,
            };
            rows(&ports(), &shape).len()
        };
        assert_eq!(count("MAC_Address=7E23C0001204"), 1);
        assert_eq!(count("MAC_Address=7e:23:c0:00:12:04"), 1);
        assert_eq!(count("Type=hea,VSwitch=ETHERNET0"), 2);
        assert_eq!(count("Adapter=N/A"), 1);
        assert_eq!(count("Type=hfi"), 0);
        let bad = |filter: &str| filter.parse::<Filter>().unwrap_err().to_string();
        assert_eq!(bad("Type"), "Option '-F' contains wrong filter format");
        assert_eq!(bad("Type="), "Option '-F' contains wrong filter format");
        assert!(bad("Mac=1").starts_with("Option '-F': there is no Mac; the filters are Type,"));
        assert!(bad("Type=(").starts_with("Option '-F': regex parse error"));
    }

    #[test]
    fn host_fabric_interfaces_have_a_family() {
        let shape = |several| Shape {
            several,
            ..Shape::default()
        };
        let hfi = [port(Kind::Hfi, "0200020000FE")];
        assert_eq!(
            rows(&hfi, &shape(false))[0].mac(),
            Some("02:00:02:00:00:fe")
        );
        assert_eq!(
            rows(&hfi, &shape(true))[0].mac(),
            Some("02:00:02:00:00:fe|02:00:02:00:00:ff|02:00:02:00:01:00")
        );
        let line = table(&rows(&hfi, &shape(false)));
        assert!(line.contains("\nHFI  N/A  02:00:02:00:00:fe\n"), "{line}");
    }

    #[test]
    fn the_first_that_answers_is_taken_else_the_first() {
        let discovery = |text: &str| Discovery {
            head: String::new(),
            adapters: netboot::adapters(text).unwrap(),
        };
        let found = discovery(
            "ent U1-V6-C2-T1 fef9dfb7c602 /vdevice/l-lan@30000002 unsuccessful virtual\n\
             ent U1-V6-C3-T1 fef9dfb7c603 /vdevice/l-lan@30000003 successful virtual\n",
        );
        let (adapter, answered) = chosen(&found).unwrap();
        assert_eq!((adapter.mac.as_str(), answered), ("fef9dfb7c603", true));
        let found = discovery("ent U1-V6-C2-T1 fef9dfb7c602 /vdevice/l-lan@30000002\n");
        let (adapter, answered) = chosen(&found).unwrap();
        assert_eq!((adapter.mac.as_str(), answered), ("fef9dfb7c602", false));
    }
}
