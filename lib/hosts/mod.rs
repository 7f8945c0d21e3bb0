//! `/etc/hosts` from the definitions: `makehosts`.
//!
//! | file | subject |
//! |---|---|
//! | `mod` | the addresses and names of nodes |
//! | `names` | the names of one address, as a line |
//! | [`file`] | the lines of a hosts file, replaced and removed |
//!
//! Values of the database become lines of a file that every program reads, so
//! nothing gets there that is not an address or a host name.

pub mod file;
mod names;

use std::net::{IpAddr, Ipv6Addr};

use crate::db::{self, Expander, Names, NodeRow, Place, Reading, Rows, Snapshot};
use crate::objects::nics;
use crate::schema::table;

pub use names::Style;

/// One address of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The address.
    pub address: IpAddr,
    /// The short name that stands for it.
    pub name: String,
    /// All names, in the order of the line.
    pub names: Vec<String>,
}

/// What is to be told about a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// It was passed over.
    Warning(String),
    /// A value of it is wrong.
    Error(String),
}

/// What the definitions say.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The addresses, in the order of the nodes.
    pub entries: Vec<Entry>,
    /// What is missing or wrong.
    pub notes: Vec<Note>,
}

/// Which addresses of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// Those in the tables `hosts` and `nics`.
    Defined,
    /// The link-local ones that follow from the table `mac`.
    LinkLocal,
}

/// The columns that are read, as (table, column).
const COLUMNS: [(&str, &str); 8] = [
    ("hosts", "ip"),
    ("hosts", "hostnames"),
    ("hosts", "otherinterfaces"),
    ("mac", "mac"),
    ("nics", "nicips"),
    ("nics", "nichostnamesuffixes"),
    ("nics", "nichostnameprefixes"),
    ("nics", "nicaliases"),
];

/// A network with a domain of its own.
struct Network {
    net: IpAddr,
    bits: u32,
    domain: Option<String>,
}

struct Gathering {
    style: Style,
    networks: Vec<Network>,
    /// That of the table `site`.
    domain: Option<String>,
    expander: Expander,
    gathered: Gathered,
}

/// Reads the addresses of nodes; without names, those of all that have any.
///
/// # Errors
/// The database cannot be read.
pub fn gather(
    snapshot: &Snapshot<'_>,
    nodes: Option<&[String]>,
    addresses: Addresses,
    mut style: Style,
) -> Result<Gathered, db::Error> {
    let site = |key| match table("site") {
        Some(site) => snapshot.value(site, 1, &[(0, key)]),
        None => Ok(None),
    };
    let first = site("FQDNfirst")?.unwrap_or_default().to_lowercase();
    style.long_first |= ["1", "yes", "enable"].contains(&first.as_str());
    let mut gathering = Gathering {
        style,
        networks: networks(snapshot)?,
        domain: site("domain")?,
        expander: Expander::default(),
        gathered: Gathered::default(),
    };
    let places: Vec<Place> = COLUMNS
        .iter()
        .filter_map(|(name, column)| {
            let table = table(name)?;
            Place::of_node(table, table.position(column)?)
        })
        .collect();
    let names = nodes.map_or(Names::All, Names::These);
    snapshot.node_values(names, &places, Reading::Inherited, |row| {
        match addresses {
            Addresses::Defined => gathering.defined(row, nodes.is_some()),
            Addresses::LinkLocal => gathering.link_local(row),
        }
        Ok::<_, db::Error>(())
    })?;
    Ok(gathering.gathered)
}

fn networks(snapshot: &Snapshot<'_>) -> Result<Vec<Network>, db::Error> {
    let Some(table) = table("networks") else {
        return Ok(Vec::new());
    };
    let columns = ["net", "mask", "domain"].map(|c| table.position(c).unwrap_or(0));
    let mut networks = Vec::new();
    snapshot.rows(table, &columns, Rows::All, |row| {
        let net = row.get(0).and_then(|n| n.parse().ok());
        if let (Some(net), Some(bits)) = (net, row.get(1).and_then(prefix_length)) {
            let domain = row.get(2).map(str::to_owned);
            networks.push(Network { net, bits, domain });
        }
        Ok::<_, db::Error>(())
    })?;
    Ok(networks)
}

/// 24 for `255.255.255.0`, `/24` and `24`.
fn prefix_length(mask: &str) -> Option<u32> {
    match mask.parse() {
        Ok(IpAddr::V4(mask)) => Some(mask.to_bits().leading_ones()),
        Ok(IpAddr::V6(mask)) => Some(mask.to_bits().leading_ones()),
        Err(_) => mask.trim_start_matches('/').parse().ok(),
    }
}

impl Network {
    fn has(&self, address: IpAddr) -> bool {
        let same = |a: u128, b: u128, width: u32| {
            let rest = width.saturating_sub(self.bits);
            a.checked_shr(rest) == b.checked_shr(rest)
        };
        match (self.net, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
            _ => false,
        }
    }
}

impl Gathering {
    fn warning(&mut self, text: String) {
        self.gathered.notes.push(Note::Warning(text));
    }

    fn error(&mut self, text: String) {
        self.gathered.notes.push(Note::Error(text));
    }

    /// The domain of the first network that has the address, else the site's.
    fn domain(&self, address: IpAddr) -> Option<String> {
        let network = self.networks.iter().find(|n| n.has(address));
        network
            .and_then(|n| n.domain.clone())
            .or_else(|| self.domain.clone())
    }

    /// Adds an address, if all about it is right.
    fn add(&mut self, node: &str, name: &str, address: &str, others: &str) {
        let Some(address) = usable(address) else {
            self.error(format!(
                "{node}: '{address}' is not an address that '{name}' can have"
            ));
            return;
        };
        let Some(domain) = self.domain(address) else {
            self.warning(format!(
                "No domain can be determined for node '{node}': set it in the network's or the \
                 site's definition"
            ));
            return;
        };
        match names::names(name, others, &domain, self.style) {
            Ok((name, names)) => self.gathered.entries.push(Entry {
                address,
                name,
                names,
            }),
            Err(text) => self.error(format!("{node}: {text}")),
        }
    }

    fn defined(&mut self, row: &NodeRow<'_>, named: bool) {
        let value = |place| row.get(place).map(|v| v.text.into_owned());
        let others = value(1).unwrap_or_default();
        match value(0) {
            Some(address) => self.add(row.name, row.name, &address, &others),
            None if named => self.warning(format!(
                "Ignoring node '{}', it has no address in the hosts table",
                row.name
            )),
            None => {}
        }
        for interface in value(2).unwrap_or_default().split(',') {
            // An address may have colons: then the pair is divided by !.
            let pair = interface.split_once('!');
            let Some((name, address)) = pair.or_else(|| interface.split_once(':')) else {
                continue;
            };
            let name = match name.trim() {
                suffix if suffix.starts_with('-') => format!("{}{suffix}", row.name),
                name => name.to_owned(),
            };
            self.add(row.name, &name, address.trim(), "");
        }
        self.adapters(row);
    }

    /// The addresses in the table `nics`. An adapter may have several, divided
    /// by `|`, and a name for each.
    fn adapters(&mut self, row: &NodeRow<'_>) {
        let value = |place| row.get(place).map(|v| v.text.into_owned());
        let Some(stored) = value(4) else { return };
        let further = [5, 6, 7].map(|place| value(place).unwrap_or_default());
        let short = row.name.split('.').next().unwrap_or(row.name);
        for (adapter, addresses) in nics::adapters(&stored) {
            let [suffixes, prefixes, aliases] = further.each_ref().map(|stored| {
                let own = nics::adapters(stored).find(|a| a.0 == adapter);
                self.parts(row.name, own.map_or("", |a| a.1))
            });
            for (number, address) in self.parts(row.name, addresses).iter().enumerate() {
                if address.is_empty() {
                    continue;
                }
                let part = |list: &[String]| list.get(number).cloned().unwrap_or_default();
                let (mut suffix, prefix) = (part(&suffixes), part(&prefixes));
                if suffix.is_empty() && prefix.is_empty() {
                    suffix = format!("-{adapter}");
                }
                let name = format!("{prefix}{short}{suffix}");
                self.add(row.name, &name, address, &part(&aliases));
            }
        }
    }

    /// What one adapter has: several values, or one that is computed.
    fn parts(&self, node: &str, value: &str) -> Vec<String> {
        let computed = value.len() > 1 && value.starts_with('|') && value.ends_with('|');
        let text = match computed {
            true => self.expander.expand(node, value).unwrap_or_default(),
            false => value.into(),
        };
        text.split('|').map(|part| part.trim().to_owned()).collect()
    }

    fn link_local(&mut self, row: &NodeRow<'_>) {
        let Some(mac) = row.get(3) else { return };
        let first = mac.text.split(['|', '!']).next().unwrap_or_default();
        match link_local(first) {
            Some(address) => self.add(row.name, row.name, &address.to_string(), ""),
            None => self.error(format!("{}: '{first}' is not a MAC address", row.name)),
        }
    }
}

/// The address, unless a machine may not have it as its own.
fn usable(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    let none = address.is_loopback() || address.is_unspecified() || address.is_multicast();
    (!none).then_some(address)
}

/// The IPv6 link-local address of an Ethernet adapter (RFC 4291, appendix A).
fn link_local(mac: &str) -> Option<Ipv6Addr> {
    let digits: String = mac.chars().filter(|c| !":-.".contains(*c)).collect();
    if digits.len() != 12 {
        return None;
    }
    let mac = u64::from_str_radix(&digits, 16).ok()?;
    let high = (mac >> 24) ^ 0x02_0000;
    let identifier = (high << 40) | (0xff_fe << 24) | (mac & 0xff_ffff);
    Some(Ipv6Addr::from_bits(
        (0xfe80 << 112) | u128::from(identifier),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_gives_a_link_local_address() {
        let text = |mac| link_local(mac).map(|a| a.to_string());
        let want = Some("fe80::221:5eff:fea3:76b0".to_owned());
        assert_eq!(text("00:21:5e:a3:76:b0"), want);
        assert_eq!(text("00215EA376B0"), want);
        assert_eq!(text("00:21:5e:a3:76"), None);
        assert_eq!(text("zz:21:5e:a3:76:b0"), None);
    }

    #[test]
    fn networks_know_their_addresses() {
        let network = |net: &str, mask: &str| Network {
            net: net.parse().unwrap(),
            bits: prefix_length(mask).unwrap(),
            domain: None,
        };
        for (net, mask, address, want) in [
            ("10.1.0.0", "255.255.0.0", "10.1.200.3", true),
            ("10.1.0.0", "255.255.0.0", "10.2.0.3", false),
            ("10.1.0.0", "24", "10.1.1.3", false),
            ("0.0.0.0", "0.0.0.0", "9.9.9.9", true),
            ("fd00:1::", "/64", "fd00:1::7", true),
            ("fd00:1::", "/64", "fd00:2::7", false),
            ("10.1.0.0", "/8", "fd00::1", false),
        ] {
            let has = network(net, mask).has(address.parse().unwrap());
            assert_eq!(has, want, "{net}/{mask} {address}");
        }
    }

    #[test]
    fn only_addresses_of_machines_are_usable() {
        for text in [
            "127.0.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "::1",
            "1.2.3",
            "1.2.3.4 x",
            "",
        ] {
            assert_eq!(usable(text), None, "{text}");
        }
        assert!(usable("10.0.0.1").is_some() && usable("fd00::1").is_some());
    }
}
