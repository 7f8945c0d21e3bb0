//! What the database says about a node's network boot.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use super::Error;
use super::addresses::Addresses;
use super::networks::{Network, networks};
use crate::db::{self, Names, Place, Reading, Snapshot};
use crate::hmc::boot::{Fabric, Route, Through};
use crate::power::Hardware;
use crate::power::settings::{self, columns};

/// Addresses from the command line, in place of those of the database.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given {
    /// `-S`.
    pub server: Option<Ipv4Addr>,
    /// `-G`.
    pub gateway: Option<Ipv4Addr>,
    /// `-C`.
    pub client: Option<Ipv4Addr>,
}

/// How a node is to boot from the network.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The addresses.
    pub route: Result<Route, Error>,
    /// The gateway of the network, even where the server is on it.
    gateway: Option<Ipv4Addr>,
    /// The kind of adapter, which the network's interface on this machine
    /// tells.
    pub fabric: Fabric,
    /// The adapters of the table `mac`, in the order in which they are tried.
    pub through: Result<Vec<Through>, Error>,
    /// Whether a running operating system is to be cut off: AIX shuts down
    /// when it is asked to, Linux is not known to.
    pub is_aix: bool,
    /// Whether the node is to boot from its disk (`chain.currstate`).
    pub in_boot_state: bool,
}

impl Plan {
    /// The addresses for a boot, which goes through the gateway of the network
    /// if it has one, as in xCAT.
    pub(super) fn boot_route(&self) -> Result<Route, Error> {
        let route = self.route.clone()?;
        Ok(Route {
            gateway: self.gateway.unwrap_or(route.gateway),
            ..route
        })
    }
}

/// Reads nodes, and how each is to boot from the network.
///
/// # Errors
/// The database cannot be read, or the site table cannot be used.
pub fn gather(
    snapshot: &Snapshot<'_>,
    names: &[String],
    given: Given,
) -> Result<(Hardware, Vec<Plan>), settings::Error> {
    let plans = plans(snapshot, names, given)?;
    Ok((Hardware::read(snapshot, names)?, plans))
}

/// Reads how nodes are to boot from the network, in the order of `names`. What
/// is missing is an error of that node only.
///
/// # Errors
/// The database cannot be read.
fn plans(snapshot: &Snapshot<'_>, names: &[String], given: Given) -> Result<Vec<Plan>, db::Error> {
    let networks = networks(snapshot)?;
    let master = site_master(snapshot)?;
    let rows = values(snapshot, names)?;
    let empty = Values::default();
    let server = |node: &Values| {
        let named = [&node.xcatmaster, &node.servicenode];
        let named = named.into_iter().flat_map(|names| names.split(','));
        let named = named.map(str::trim).find(|name| !name.is_empty());
        named.map(str::to_owned).or_else(|| master.clone())
    };
    let mut wanted: Vec<String> = names.to_vec();
    wanted.extend(rows.values().filter_map(server).chain(master.clone()));
    wanted.extend(networks.iter().map(|network| network.gateway.clone()));
    let mut addresses = Addresses::read(snapshot, &wanted)?;
    let plan = |name: &String| {
        let node = rows.get(name).unwrap_or(&empty);
        let client = given.client.or_else(|| addresses.of(name));
        let server = match (given.server, server(node)) {
            (Some(address), _) => Ok(address),
            (None, None) => Err(Error::NoServer),
            (None, Some(name)) => addresses.of(&name).ok_or(Error::NoAddress { name }),
        };
        let network = client.and_then(|client| networks.iter().find(|net| net.has(client)));
        let gateway = network.and_then(|network| match network.gateway.as_str() {
            "<xcatmaster>" => server.clone().ok(),
            gateway => addresses
                .of(gateway)
                .filter(|gateway| !gateway.is_unspecified()),
        });
        Plan {
            route: route(name, client, server, network, gateway, given),
            gateway: given.gateway.or(gateway),
            fabric: match network {
                Some(network) if network.interface.contains("hf") => Fabric::Hfi,
                _ => Fabric::Ethernet,
            },
            through: through(&node.mac),
            is_aix: node.os.to_ascii_lowercase().starts_with("aix"),
            in_boot_state: node.currstate == "boot",
        }
    };
    Ok(names.iter().map(plan).collect())
}

/// The way of a ping: past the gateway where the server is a neighbour.
fn route(
    name: &str,
    client: Option<Ipv4Addr>,
    server: Result<Ipv4Addr, Error>,
    network: Option<&Network>,
    gateway: Option<Ipv4Addr>,
    given: Given,
) -> Result<Route, Error> {
    let client = client.ok_or_else(|| Error::NoAddress {
        name: name.to_owned(),
    })?;
    let network = network.ok_or_else(|| Error::NoNetwork {
        address: client.to_string(),
    })?;
    let server = server?;
    let neighbour = network.has(server);
    let gateway = gateway.filter(|_| !neighbour).unwrap_or(server);
    Ok(Route {
        server,
        gateway: given.gateway.unwrap_or(gateway),
        client,
        netmask: network.mask,
    })
}

/// Reads `mac1!name1|mac2!name2`; colons may stand in the addresses or not.
fn through(text: &str) -> Result<Vec<Through>, Error> {
    let parts = text
        .split('|')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let all: Vec<_> = parts.map(one).collect::<Result<_, _>>()?;
    match all.is_empty() {
        true => Err(Error::NoMac),
        false => Ok(all),
    }
}

fn one(part: &str) -> Result<Through, Error> {
    let address = part.split('!').next().unwrap_or_default().trim();
    let plain = address.replace(':', "").to_ascii_lowercase();
    if plain.len() == 12 && plain.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Through::Mac(plain));
    }
    let is_location = address.starts_with('U')
        && address.contains('-')
        && address
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    match is_location {
        true => Ok(Through::Location(address.to_owned())),
        false => Err(Error::BadMac(address.to_owned())),
    }
}

fn site_master(snapshot: &Snapshot<'_>) -> Result<Option<String>, db::Error> {
    let Some((site, [key, value])) = columns("site", ["key", "value"]) else {
        return Ok(None);
    };
    let master = snapshot.value(site, value, &[(key, "master")])?;
    Ok(master.filter(|master| !master.trim().is_empty()))
}

/// The columns of a node that matter.
#[derive(Debug, Default)]
struct Values {
    xcatmaster: String,
    servicenode: String,
    mac: String,
    os: String,
    currstate: String,
}

fn values(snapshot: &Snapshot<'_>, names: &[String]) -> Result<HashMap<String, Values>, db::Error> {
    let wanted = [
        ("noderes", "xcatmaster"),
        ("noderes", "servicenode"),
        ("mac", "mac"),
        ("nodetype", "os"),
        ("chain", "currstate"),
    ];
    let mut rows = HashMap::new();
    snapshot.node_values(
        Names::These(names),
        &places(&wanted),
        Reading::Inherited,
        |row| {
            let text = |at| row.get(at).map(|v| v.text.into_owned()).unwrap_or_default();
            let values = Values {
                xcatmaster: text(0),
                servicenode: text(1),
                mac: text(2),
                os: text(3),
                currstate: text(4),
            };
            rows.insert(row.name.to_owned(), values);
            Ok::<_, db::Error>(())
        },
    )?;
    Ok(rows)
}

pub(super) fn places(wanted: &[(&str, &str)]) -> Vec<Place> {
    let place = |(table, column): &(&str, &str)| {
        let (table, [column]) = columns(table, [*column])?;
        Place::of_node(table, column)
    };
    wanted.iter().filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;
    use crate::power::settings::tests::{db, set};

    fn read(db: &Db, names: &[&str], given: Given) -> Vec<Plan> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        plans(&db.read().unwrap(), &names, given).unwrap()
    }

    fn site() -> (tempfile::TempDir, Db) {
        let (folder, mut db) = db();
        set(&mut db, "site", &[&[("key", "master"), ("value", "mn")]]);
        set(
            &mut db,
            "nodelist",
            &[
                &[("node", "mn"), ("groups", "all")],
                &[("node", "n1"), ("groups", "lpar")],
                &[("node", "n2"), ("groups", "lpar")],
                &[("node", "n3"), ("groups", "lpar")],
            ],
        );
        set(
            &mut db,
            "hosts",
            &[
                &[("node", "mn"), ("ip", "10.0.0.1")],
                &[("node", "n1"), ("ip", "10.0.0.101")],
                &[("node", "n2"), ("ip", "10.7.3.2")],
                &[("node", "n3"), ("ip", "192.168.1.1")],
            ],
        );
        let wide = [
            ("netname", "wide"),
            ("net", "10.0.0.0"),
            ("mask", "/8"),
            ("gateway", "10.7.0.254"),
            ("mgtifname", "hf0"),
        ];
        let narrow = [
            ("netname", "narrow"),
            ("net", "10.0.0.0"),
            ("mask", "255.255.255.0"),
            ("gateway", "<xcatmaster>"),
        ];
        set(&mut db, "networks", &[&wide, &narrow]);
        (folder, db)
    }

    #[test]
    fn addresses_come_from_the_database() {
        let (_folder, db) = site();
        let plans = read(&db, &["n1", "n2", "n3"], Given::default());
        let route = |last, gateway: [u8; 4], client: [u8; 4], netmask: [u8; 4]| Route {
            server: Ipv4Addr::new(10, 0, 0, last),
            gateway: gateway.into(),
            client: client.into(),
            netmask: netmask.into(),
        };
        let expected = route(1, [10, 0, 0, 1], [10, 0, 0, 101], [255, 255, 255, 0]);
        assert_eq!(plans[0].route, Ok(expected));
        assert_eq!(plans[0].fabric, Fabric::Ethernet);
        let mut expected = route(1, [10, 0, 0, 1], [10, 7, 3, 2], [255, 0, 0, 0]);
        assert_eq!(plans[1].route, Ok(expected), "a neighbour needs no gateway");
        expected.gateway = Ipv4Addr::new(10, 7, 0, 254);
        assert_eq!(plans[1].boot_route(), Ok(expected));
        assert_eq!(plans[1].fabric, Fabric::Hfi);
        let outside = "192.168.1.1".to_owned();
        assert_eq!(plans[2].route, Err(Error::NoNetwork { address: outside }));
        assert!(plans.iter().all(|plan| plan.through == Err(Error::NoMac)));
    }

    #[test]
    fn the_command_line_goes_before() {
        let (_folder, db) = site();
        let given = Given {
            server: Some(Ipv4Addr::new(9, 9, 9, 9)),
            gateway: Some(Ipv4Addr::new(10, 0, 0, 9)),
            client: Some(Ipv4Addr::new(10, 0, 0, 7)),
        };
        let route = read(&db, &["n3"], given)[0].boot_route().unwrap();
        assert_eq!(route.server, Ipv4Addr::new(9, 9, 9, 9));
        assert_eq!(route.gateway, Ipv4Addr::new(10, 0, 0, 9));
        assert_eq!(route.client, Ipv4Addr::new(10, 0, 0, 7));
    }

    #[test]
    fn a_node_names_its_own_server() {
        let (_folder, mut db) = site();
        set(
            &mut db,
            "noderes",
            &[&[("node", "n1"), ("xcatmaster", "10.0.0.55")]],
        );
        let route = read(&db, &["n1"], Given::default())[0]
            .route
            .clone()
            .unwrap();
        assert_eq!(route.server, Ipv4Addr::new(10, 0, 0, 55));
    }

    #[test]
    fn adapters_are_those_of_the_table_mac() {
        let mac = |text: &str| Through::Mac(text.to_owned());
        assert_eq!(
            through("7E:9A:01:00:90:04!node01|7e9a01009005"),
            Ok(vec![mac("7e9a01009004"), mac("7e9a01009005")])
        );
        let place = "U9105.22A.7812345-V10-C2-T0";
        assert_eq!(
            through(place),
            Ok(vec![Through::Location(place.to_owned())])
        );
        assert_eq!(through(" | "), Err(Error::NoMac));
        for bad in ["7e9a0100900", "7e9a0100900g", "-x", "U1 $(touch x)-T1"] {
            assert!(matches!(through(bad), Err(Error::BadMac(_))), "{bad}");
        }
    }
}
