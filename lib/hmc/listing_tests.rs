//! Values of the listings that no command asks for yet, as real HMCs print
//! them.

use super::capture_tests::read;
use super::record::{self, Record};

/// Listings in the default format: capture, row, attribute, value.
const VALUES: &[(&str, usize, &str, &str)] = &[
    ("mem-sys-v7", 0, "default_hpt_ratios", "1:64"),
    (
        "mem-sys-v7",
        0,
        "possible_hpt_ratios",
        "1:32,1:64,1:128,1:256,1:512",
    ),
    ("mem-sys-v7", 0, "configurable_sys_mem", "32768"),
    ("mem-lpar-v7", 0, "curr_mem", "6144"),
    ("mem-lpar-v7", 3, "run_mem", "0"),
    ("proc-sys-v7", 0, "curr_avail_sys_proc_units", "1.1"),
    ("proc-lpar-v7", 0, "curr_sharing_mode", "cap"),
    ("proc-lpar-v7", 3, "lpar_name", "dump"),
    ("proc-lpar-uncapped-off", 0, "curr_uncap_weight", "128"),
    (
        "proc-lpar-dedicated",
        0,
        "curr_sharing_mode",
        "share_idle_procs",
    ),
    ("proc-lpar-dedicated", 0, "run_procs", "7"),
    ("io-slot-v7-unowned-and-empty", 0, "lpar_name", "vios2"),
    ("io-slot-v7-unowned-and-empty", 1, "lpar_id", "none"),
    (
        "io-slot-v7-unowned-and-empty",
        3,
        "description",
        "Empty slot",
    ),
    (
        "io-slot-v7-unowned-and-empty",
        5,
        "feature_codes",
        "5702,5705,5710,5712,5715,624",
    ),
    ("io-slot-v10", 0, "dynamic_lpar_assignment_capable", "1"),
    ("eth-v7-power5", 2, "trunk_priority", "1"),
    ("eth-v7-power5", 7, "mac_addr", "26E6B0005007"),
    ("scsi-v7", 2, "adapter_type", "client"),
    ("scsi-v7", 2, "remote_lpar_name", "vios2"),
    ("serial-v7", 0, "connect_status", "unavailable"),
    ("serial-v7", 7, "remote_slot_num", "any"),
    ("virtual-slot-v7", 1, "curr_max_virtual_slots", "200"),
    ("fc-v11-quoted-wwpns", 1, "adapter_type", "server"),
    (
        "prof-sriov-field",
        0,
        "sriov_eth_logical_ports",
        "config_id=0:adapter_id=1:phys_port_id=1:logical_port_id=27004002:diag_mode=0:huge_dma_window_mode=0:promisc_mode=0:allowed_vlan_ids=all:mac_addr=000000000000:allowed_os_mac_addrs=all:port_vlan_id=0:pvid_priority=0:capacity=2.0:max_capacity=100.0:allowed_priorities=none",
    ),
    (
        "sysconn-states-v5-to-v8",
        5,
        "connection_error_code",
        "Connecting  02FF-0003-008087E9",
    ),
    (
        "sysconn-states-v5-to-v8",
        13,
        "sp_phys_loc",
        "U78C9.001.WZS05NY-P1",
    ),
    (
        "sysconn-ebmc",
        0,
        "state",
        "Pending Authentication - Password Updates Required",
    ),
    ("sysconn-ebmc", 1, "vmi_state", "unavailable"),
    ("lshmc-n-v7", 0, "hostname", "hmc1"),
    (
        "lshmc-n-v7",
        0,
        "networkmask",
        "255.255.255.0,255.255.255.0",
    ),
    ("lshmc-n-v8", 0, "domain", ""),
    (
        "lshmc-n-v8",
        0,
        "ipv6addr_eth1",
        "fe80:0:0:0:a00:27ff:fee4:d6fb/64",
    ),
    ("lshmc-r-v7", 0, "netboot", "disable"),
    ("lshmc-r-v8", 0, "security", "legacy"),
    ("lshmcusr-v7", 2, "description", "HMC Super User"),
    ("lshmcldap-unset-v7", 0, "auth", "ldap"),
    ("lshmcfs", 0, "temp_files_start_time", "06/22/2018 11:55:00"),
    ("lsled-system", 0, "state", "on"),
    (
        "svcevents-v7-polish",
        0,
        "first_time",
        "2018-06-03 15:56:33",
    ),
    (
        "svcevents-v8",
        0,
        "text",
        "ACT00060I Licensed internal code has detected a problem.",
    ),
];

#[test]
fn listings_have_their_values() {
    for (name, row, attribute, value) in VALUES {
        let records = record::records(&read(name)).unwrap();
        let found = records[*row].get(attribute);
        let found = found.unwrap_or_else(|| panic!("{name}: no {attribute}"));
        assert_eq!(found.as_str(), *value, "{name}: {attribute}");
    }
}

#[test]
fn attributes_that_do_not_apply_are_left_out() {
    let row =
        |name: &str, row: usize| -> Record { record::records(&read(name)).unwrap().remove(row) };
    assert_eq!(row("eth-v7-power5", 0).get("trunk_priority"), None);
    assert_eq!(row("mem-lpar-v7", 1).get("run_num_huge_pages"), None);
    assert_eq!(
        row("io-slot-v7-unowned-and-empty", 1).get("lpar_name"),
        None
    );
    assert_eq!(row("proc-lpar-dedicated", 0).get("curr_uncap_weight"), None);
    assert_eq!(row("sysconn-ebmc", 1).get("connection_error_code"), None);
}

/// Values under a header: capture, row, attribute, value.
const HEADED: &[(&str, usize, &str, &str)] = &[
    ("list-refcodes", 0, "refcode", "B2001230 LP=00002"),
    ("list-refcodes", 0, "time_stamp", "09/30/2026 20:41:31"),
    ("list-sriov-adapter", 0, "phys_loc", "U<location-a>-P1-C4"),
    (
        "list-sriov-physport",
        1,
        "phys_port_loc",
        "U<location-a>-P1-C4-T2",
    ),
    ("list-sriov-logport", 0, "capacity", "100.0"),
    (
        "list-vnic",
        0,
        "backing_devices",
        "sriov/vios-a/100/1/1/27004003/2.0/2.0/50/100.0/100.0",
    ),
    ("list-vnic-backing", 0, "status", "Operational"),
    ("list-header-v10", 0, "type_model", "8375-42A"),
];

#[test]
fn headed_listings_have_their_values() {
    for (name, row, attribute, value) in HEADED {
        let records = record::headed(&read(name), ',').unwrap();
        assert_eq!(
            records[*row].text(attribute),
            Some(*value),
            "{name}: {attribute}"
        );
    }
}
