//! The words of `lpar_netboot`: what it is asked to do with an LPAR.
//!
//! It always brings the LPAR to Open Firmware first, with the profile given:
//! whatever runs there ends. Both uses are xCAT's, the netmask included, which
//! the ping of an HMC of V9 fails without.

use std::net::Ipv4Addr;

use super::ask::{Ask, Garbled, LparState, listing, on, words};
use super::mtms::Mtms;
use super::netboot::{self, Adapter};
use super::record::Record;
use crate::remote::Command;

/// The partition that `lpar_netboot` works on.
#[derive(Debug, Clone, Copy)]
pub struct Partition<'a> {
    /// Name of the LPAR on the HMC.
    pub name: &'a str,
    /// The profile it is activated with.
    pub profile: &'a str,
    /// Its system.
    pub system: &'a Mtms,
    /// What adapters are looked at.
    pub fabric: Fabric,
    /// Whether a running operating system is cut off, not shut down.
    pub immediate: bool,
}

/// A kind of network that Open Firmware can boot from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fabric {
    /// Ethernet.
    Ethernet,
    /// Host fabric interfaces of a POWER7 775.
    Hfi,
}

/// The addresses that Open Firmware uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Who answers.
    pub server: Ipv4Addr,
    /// The way there; the server itself if it is on the same network.
    pub gateway: Ipv4Addr,
    /// The LPAR.
    pub client: Ipv4Addr,
    /// The mask of the LPAR's network.
    pub netmask: Ipv4Addr,
}

/// The adapter to boot from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Through {
    /// That with this MAC address: 12 hexadecimal digits without colons.
    Mac(String),
    /// That at this location.
    Location(String),
}

/// The adapters found, with the head of their table as the HMC printed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// The head.
    pub head: String,
    /// The adapters.
    pub adapters: Vec<Adapter>,
}

/// The partitions of a system, before one of them is booted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partitions {
    /// Their states.
    pub states: Vec<LparState>,
    /// The numbers of those with secure boot.
    pub secured: Vec<u32>,
}

/// The head that HMCs of V10 print; older ones leave the last column out.
const HEAD: &str =
    "# Type \tLocation Code \tMAC Address\t Full Path Name\t Ping Result\t Device Type";

/// `lssyscfg -r lpar`: the states of the partitions of a system, and which of
/// them boot securely. All attributes are asked for: HMCs refuse those that
/// they do not know, and only new ones know secure boot.
pub fn partitions(system: &Mtms) -> Ask<Partitions> {
    listing(on("lssyscfg -r lpar", system), |rows| {
        let mut found = Partitions::default();
        for row in rows {
            let state = state(row)?;
            let secure = ["pend_secure_boot", "curr_secure_boot", "secure_boot"];
            let secure = secure.iter().find_map(|name| row.text(name));
            if secure.is_some_and(|mode| mode != "0") {
                found.secured.push(state.id);
            }
            found.states.push(state);
        }
        Ok(found)
    })
}

fn state(row: &Record) -> Result<LparState, Garbled> {
    let text = |name| row.get(name).map(|value| value.as_str().to_owned());
    let id = text("lpar_id").ok_or(Garbled::Missing("the number of an LPAR"))?;
    Ok(LparState {
        name: text("name").ok_or(Garbled::Missing("an LPAR"))?,
        id: id.parse().map_err(|_| Garbled::Value {
            column: "lpar_id",
            value: id,
        })?,
        state: text("state").ok_or(Garbled::Missing("the state of an LPAR"))?,
    })
}

/// `lpar_netboot -M -A -n`: the network adapters as Open Firmware sees them,
/// and with a route, through which of them the server answers a ping.
pub fn discover(partition: &Partition<'_>, ping: Option<&Route>) -> Ask<Discovery> {
    let base = base(partition).args(["-M", "-A", "-n"]);
    let base = match ping {
        Some(ping) => route(base.arg("-D"), ping),
        None => base,
    };
    Ask {
        command: operands(base, partition),
        read: Box::new(|text| {
            Ok(Discovery {
                adapters: netboot::adapters(text)?,
                head: netboot::head(text).unwrap_or(HEAD).to_owned(),
            })
        }),
    }
}

/// `lpar_netboot`: boots from the network.
pub fn boot(partition: &Partition<'_>, through: &Through, server: &Route) -> Ask<()> {
    let base = match through {
        Through::Mac(mac) => base(partition).args(["-m", mac]),
        Through::Location(location) => base(partition).args(["-l", location]),
    };
    let command = operands(route(base, server), partition);
    let read: fn(&str) -> Result<(), Garbled> = netboot::booted;
    Ask {
        command,
        read: Box::new(read),
    }
}

fn base(partition: &Partition<'_>) -> Command {
    let fabric = match partition.fabric {
        Fabric::Ethernet => "ent",
        Fabric::Hfi => "hfi-ent",
    };
    // -f closes a console that is open.
    let base = words("lpar_netboot -t").args([fabric, "-f"]);
    match partition.immediate {
        true => base.arg("-i"),
        false => base,
    }
}

fn route(base: Command, route: &Route) -> Command {
    let base = base.args("-s auto -d auto".split_whitespace());
    let addresses = [
        ("-S", route.server),
        ("-G", route.gateway),
        ("-C", route.client),
        ("-K", route.netmask),
    ];
    addresses.iter().fold(base, |base, (option, address)| {
        base.arg(*option).arg(address.to_string())
    })
}

fn operands(base: Command, partition: &Partition<'_>) -> Command {
    let system = partition.system.to_string();
    base.args([partition.name, partition.profile, &system])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmc::netboot::Ping;

    fn route() -> Route {
        let address = |last| Ipv4Addr::new(10, 0, 0, last);
        Route {
            server: address(1),
            gateway: address(1),
            client: address(101),
            netmask: Ipv4Addr::new(255, 255, 255, 0),
        }
    }

    fn partition<'a>(system: &'a Mtms) -> Partition<'a> {
        Partition {
            name: "lpar01",
            profile: "client08 normal",
            system,
            fabric: Fabric::Ethernet,
            immediate: false,
        }
    }

    #[test]
    fn the_words_are_xcats() {
        let system: Mtms = "9117-MMA*10F6F3D".parse().unwrap();
        let partition = partition(&system);
        assert_eq!(
            discover(&partition, Some(&route())).command.to_shell(),
            "lpar_netboot -t ent -f -M -A -n -D -s auto -d auto -S 10.0.0.1 -G 10.0.0.1 \
             -C 10.0.0.101 -K 255.255.255.0 lpar01 'client08 normal' '9117-MMA*10F6F3D'"
        );
        assert_eq!(
            discover(&partition, None).command.to_shell(),
            "lpar_netboot -t ent -f -M -A -n lpar01 'client08 normal' '9117-MMA*10F6F3D'"
        );
        let forced = Partition {
            immediate: true,
            fabric: Fabric::Hfi,
            ..partition
        };
        let mac = Through::Mac("7e23c0001204".to_owned());
        assert_eq!(
            boot(&forced, &mac, &route()).command.to_shell(),
            "lpar_netboot -t hfi-ent -f -i -m 7e23c0001204 -s auto -d auto -S 10.0.0.1 -G 10.0.0.1 \
             -C 10.0.0.101 -K 255.255.255.0 lpar01 'client08 normal' '9117-MMA*10F6F3D'"
        );
    }

    #[test]
    fn secure_boot_is_found_where_it_is_known() {
        let system: Mtms = "9105-22A*7812345".parse().unwrap();
        let text = "name=a,lpar_id=2,state=Running,curr_secure_boot=0,pend_secure_boot=2\n\
            name=b,lpar_id=3,state=Not Activated,curr_secure_boot=0,pend_secure_boot=0\n\
            name=c,lpar_id=4,state=Not Activated\n";
        let found = (partitions(&system).read)(text).unwrap();
        assert_eq!(found.secured, [2]);
        let states: Vec<_> = found.states.iter().map(|lpar| &*lpar.state).collect();
        assert_eq!(states, ["Running", "Not Activated", "Not Activated"]);
        assert!((partitions(&system).read)("name=a,state=Running\n").is_err());
    }

    /// The two tables of the guide to cloning with a mksysb.
    #[test]
    fn the_tables_come_out_as_they_went_in() {
        let tables = [
            "# Type \tLocation Code \tMAC Address\t Full Path Name\t Ping Result\t Device Type\n\
             ent U9125.F2A.024C362-V6-C2-T1 fef9dfb7c602 /vdevice/l-lan@30000002 successful virtual\n\
             ent U9125.F2A.024C362-V6-C3-T1 fef9dfb7c603 /vdevice/l-lan@30000003 unsuccessful virtual\n",
            "# Type\t Location Code\t MAC Address\t Full Path Name\tPing Result\n\
             hfi-ent U78A9.001.1122233-P1 020004030004 /hfi-iohub@300000000000002/hfi-ethernet@10 unsuccessful physical\n\
             hfi-ent U78A9.001.1122233-P1 020004030004 /hfi-iohub@300000000000002/hfi-ethernet@11 unsuccessful physical\n",
        ];
        let system: Mtms = "9125-F2A*024C362".parse().unwrap();
        for table in tables {
            let said = format!(
                "# Connecting to sn1.\n# Connected\n# Getting adapter location codes.\n{table}"
            );
            let found = (discover(&partition(&system), None).read)(&said).unwrap();
            let rows: String = found.adapters.iter().map(|a| format!("{a}\n")).collect();
            assert_eq!(format!("{}\n{rows}", found.head), table);
        }
    }

    #[test]
    fn a_head_in_another_language_is_replaced() {
        let said = "# Typ \tKod\nent U1-V1-C2-T0 621072d17102 /vdevice/l-lan@30000002 successful virtual\n";
        let system: Mtms = "9105-22A*7812345".parse().unwrap();
        let found = (discover(&partition(&system), None).read)(said).unwrap();
        assert_eq!(found.head, HEAD);
        assert_eq!(found.adapters[0].ping, Some(Ping::Successful));
    }
}
