//! The network adapters of LPARs as `lshwres` lists them, without touching an
//! LPAR. Physical adapters are not among them: their addresses are known to
//! the firmware only, which `lpar_netboot` asks.
//!
//! Virtual Ethernet adapters are on every system; host Ethernet adapters (HEA)
//! on POWER6 and POWER7, host fabric interfaces (HFI) on POWER7 775, SR-IOV
//! ports and vNICs from POWER8 on. Where there can be none the HMC refuses the
//! question. The listings of HEA and HFI are not captured: their attributes
//! are those that clients read, and the words of the HFI question an assumption.

use super::ask::{Ask, Garbled, listing, on};
use super::mtms::Mtms;
use super::record::Record;

/// Which adapters a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Attached to a virtual switch of the hypervisor.
    Virtual,
    /// A logical port of a host Ethernet adapter.
    Hea,
    /// A virtual NIC on SR-IOV ports of Virtual I/O Servers.
    Vnic,
    /// A logical port of an SR-IOV adapter.
    Sriov,
    /// A host fabric interface.
    Hfi,
}

/// One adapter of an LPAR. What it does not have is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// What it is.
    pub kind: Kind,
    /// The number of the LPAR.
    pub lpar: u32,
    /// MAC address as the HMC writes it, `7E9A01009004`.
    pub mac: Option<String>,
    /// Number of the physical adapter.
    pub adapter: Option<String>,
    /// Port group of a host Ethernet adapter.
    pub group: Option<String>,
    /// Physical port.
    pub physical: Option<String>,
    /// Logical port.
    pub logical: Option<String>,
    /// VLAN of untagged packets.
    pub vlan: Option<String>,
    /// Virtual switch.
    pub switch: Option<String>,
    /// Location of the physical port.
    pub location: Option<String>,
    /// Speed of the physical port in Mbit/s.
    pub speed: Option<String>,
}

/// A physical port of a host Ethernet adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaPort {
    adapter: Option<String>,
    group: Option<String>,
    logical: Vec<String>,
    location: Option<String>,
    speed: Option<String>,
}

/// `lshwres`: the adapters of one kind of all LPARs of a system.
pub fn ports(system: &Mtms, kind: Kind) -> Ask<Vec<Port>> {
    let (resource, rest, read): (_, _, fn(&[Record]) -> _) = match kind {
        Kind::Virtual => ("virtualio", "--level lpar --rsubtype eth", |rows| {
            all(rows, Kind::Virtual)
        }),
        Kind::Hea => ("hea", "--level port --rsubtype logical", |rows| {
            all(rows, Kind::Hea)
        }),
        Kind::Vnic => ("virtualio", "--level lpar --rsubtype vnic", |rows| {
            all(rows, Kind::Vnic)
        }),
        Kind::Sriov => ("sriov", "--level eth --rsubtype logport", |rows| {
            all(rows, Kind::Sriov)
        }),
        Kind::Hfi => ("hfi", "--level lpar", |rows| all(rows, Kind::Hfi)),
    };
    let command = on(&format!("lshwres -r {resource}"), system);
    listing(command.args(rest.split_whitespace()), read)
}

/// `lshwres -r hea --rsubtype phys`: where the logical ports of host Ethernet
/// adapters lead to.
pub fn hea_ports(system: &Mtms) -> Ask<Vec<HeaPort>> {
    let command = on("lshwres -r hea", system);
    let command = command.args("--level port --rsubtype phys".split_whitespace());
    listing(command, |rows| Ok(rows.iter().map(hea_port).collect()))
}

impl Port {
    /// Takes over what is known of the physical port behind this one.
    pub fn find_behind(&mut self, ports: &[HeaPort]) {
        let behind = |port: &&HeaPort| {
            port.group == self.group
                && (port.adapter.is_none() || port.adapter == self.adapter)
                && self
                    .logical
                    .as_ref()
                    .is_some_and(|own| port.logical.contains(own))
        };
        if let (Kind::Hea, Some(port)) = (self.kind, ports.iter().find(behind)) {
            self.location = port.location.clone();
            self.speed = port.speed.clone();
        }
    }
}

fn all(rows: &[Record], kind: Kind) -> Result<Vec<Port>, Garbled> {
    let owned = |row: &&Record| row.text("lpar_id").is_some();
    rows.iter()
        .filter(owned)
        .map(|row| port(row, kind))
        .collect()
}

fn port(row: &Record, kind: Kind) -> Result<Port, Garbled> {
    let id = row.text("lpar_id").unwrap_or_default();
    let lpar = id.parse().map_err(|_| Garbled::Value {
        column: "lpar_id",
        value: id.to_owned(),
    })?;
    // A number of 0 is none: no VLAN, no port.
    let text = |name| {
        let set = row.text(name).filter(|text| *text != "0");
        set.map(str::to_owned)
    };
    let mac = |name| text(name).filter(|mac| mac.bytes().any(|digit| digit != b'0'));
    let location = match kind {
        Kind::Sriov => text("location_code"),
        _ => None,
    };
    Ok(Port {
        kind,
        lpar,
        mac: mac("mac_addr").or_else(|| mac("curr_mac_addr")),
        adapter: text("adapter_id"),
        group: text("port_group"),
        physical: text("phys_port_id"),
        logical: text("logical_port_id"),
        vlan: text("port_vlan_id"),
        switch: text("vswitch"),
        location,
        speed: None,
    })
}

fn hea_port(row: &Record) -> HeaPort {
    let text = |name| row.text(name).map(str::to_owned);
    HeaPort {
        adapter: text("adapter_id"),
        group: text("port_group"),
        logical: row
            .get("log_port_ids")
            .map(|ids| ids.elements())
            .unwrap_or_default(),
        location: text("phys_port_loc"),
        speed: text("curr_conn_speed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system() -> Mtms {
        "9117-MMA*10F6F3D".parse().unwrap()
    }

    fn read(kind: Kind, text: &str) -> Vec<Port> {
        (ports(&system(), kind).read)(text).unwrap()
    }

    #[test]
    fn the_questions_are_those_that_xcat_asks() {
        let line = |kind| ports(&system(), kind).command.to_shell();
        assert_eq!(
            line(Kind::Virtual),
            "lshwres -r virtualio -m '9117-MMA*10F6F3D' --level lpar --rsubtype eth"
        );
        assert_eq!(
            line(Kind::Hea),
            "lshwres -r hea -m '9117-MMA*10F6F3D' --level port --rsubtype logical"
        );
        assert_eq!(
            hea_ports(&system()).command.to_shell(),
            "lshwres -r hea -m '9117-MMA*10F6F3D' --level port --rsubtype phys"
        );
    }

    #[test]
    fn virtual_adapters_of_all_levels() {
        let text = "lpar_name=nim1,lpar_id=5,slot_num=6,state=1,is_required=0,is_trunk=0,ieee_virtual_eth=1,port_vlan_id=6,addl_vlan_ids=,mac_addr=26E6B0005006\n\
            lpar_name=vios1,lpar_id=1,slot_num=12,state=1,is_required=1,is_trunk=1,trunk_priority=1,ieee_virtual_eth=1,port_vlan_id=1,vswitch=ETHERNET0,\"addl_vlan_ids=54\",mac_addr=FE9F66D5360C\n";
        let found = read(Kind::Virtual, text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].lpar, found[0].vlan.as_deref()), (5, Some("6")));
        assert_eq!(found[0].switch, None);
        assert_eq!(found[1].switch.as_deref(), Some("ETHERNET0"));
        assert_eq!(found[1].mac.as_deref(), Some("FE9F66D5360C"));
        assert_eq!(read(Kind::Virtual, "No results were found.\n"), []);
    }

    #[test]
    fn logical_ports_know_the_physical_one_behind() {
        let text = "adapter_id=23000000,lpar_name=lpar01,lpar_id=2,state=1,port_group=1,phys_port_id=0,logical_port_id=2,drc_index=23000102,mac_addr=00145E5F2023\n\
            adapter_id=23000000,lpar_id=none,port_group=1,logical_port_id=3,mac_addr=00145E5F2024\n";
        let mut found = read(Kind::Hea, text);
        assert_eq!(found.len(), 1, "ports that no LPAR has are left out");
        let behind = "adapter_id=23000000,port_group=1,phys_port_id=0,phys_port_loc=T6,curr_conn_speed=1000,\"log_port_ids=2,4\"\n\
            adapter_id=23000000,port_group=2,phys_port_id=0,phys_port_loc=T7,curr_conn_speed=1000,log_port_ids=none\n";
        let behind = (hea_ports(&system()).read)(behind).unwrap();
        found[0].find_behind(&behind);
        let port = &found[0];
        assert_eq!(
            (port.location.as_deref(), port.speed.as_deref()),
            (Some("T6"), Some("1000"))
        );
        assert_eq!(port.physical, None, "port 0 is shown as none, as in xCAT");
    }

    #[test]
    fn an_address_of_zeros_is_none() {
        let row = "lpar_name=a,lpar_id=2,adapter_id=1,logical_port_id=27004001,phys_port_id=1,location_code=U1-P1-C4-T2-S1,port_vlan_id=0,mac_addr=000000000000,curr_mac_addr=2E84123B1401\n";
        let found = read(Kind::Sriov, row);
        assert_eq!(found[0].mac.as_deref(), Some("2E84123B1401"));
        assert_eq!(found[0].location.as_deref(), Some("U1-P1-C4-T2-S1"));
    }
}
