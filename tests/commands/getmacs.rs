//! `getmacs` on the simulated site.

use std::collections::BTreeMap;

use simsite::{Config, Fault, Site};

use crate::world::World;

const HEAD: &str = "#Type  Phys_Port_Loc  MAC_Address  Adapter  Port_Group  Phys_Port  Logical_Port  VLan  VSwitch  Curr_Conn_Speed";

/// The site, scanned, with a network and a server; a connection is tried once.
pub fn site(config: Config) -> (World, Site) {
    let hmcs: Vec<String> = config.hmc.iter().map(|hmc| hmc.name.clone()).collect();
    let (mut world, site) = World::on_site(config);
    for hmc in &hmcs {
        world.define_hmc(hmc, "abc123");
    }
    world.fill(
        "site",
        &[
            &[("key", "ppcretry"), ("value", "1")],
            &[("key", "master"), ("value", "10.0.0.1")],
        ],
    );
    world.fill(
        "networks",
        &[&[
            ("netname", "net1"),
            ("net", "10.0.0.0"),
            ("mask", "255.255.255.0"),
        ]],
    );
    let _ = world.run("rscan", ["hmc", "-w"]);
    for (node, ip) in [
        ("node01", "10.0.0.101"),
        ("node03", "10.0.0.103"),
        ("lpar05", "10.0.0.105"),
        ("node07", "10.0.0.107"),
        ("db01", "10.0.0.201"),
    ] {
        change(
            &world,
            &[node, "nodetype.os=AIX", &format!("hosts.ip={ip}")],
        );
    }
    world.new_home("later");
    (world, site)
}

/// Changes columns of a node.
pub fn change(world: &World, words: &[&str]) {
    world.run("nodech", words).good();
}

/// A site whose LPARs start and stop at once.
pub fn quick() -> Config {
    let mut config = Config::default_site();
    config.timing.start_ms = 0;
    config.timing.shutdown_ms = 0;
    config
}

/// The LPAR of a site, to be changed before its start.
pub fn lpar<'c>(config: &'c mut Config, name: &str) -> &'c mut simsite::LparConfig {
    let lpars = config.cec.iter_mut().flat_map(|cec| &mut cec.lpar);
    lpars.into_iter().find(|lpar| lpar.name == name).unwrap()
}

fn attributes(words: &str) -> BTreeMap<String, String> {
    let pair = |word: &str| {
        let (name, value) = word.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    words.split_whitespace().map(pair).collect()
}

#[test]
fn the_table_is_xcats_and_touches_no_lpar() {
    let (world, site) = site(Config::default_site());
    let before = site.commands("hmc01").len();
    world.run("getmacs", ["vios1", "-d"]).ok(&format!(
        "vios1: \n{HEAD}\nvirtualio  N/A  7e:9a:01:00:10:02\n  N/A  N/A  N/A  N/A  1  ETHERNET0  N/A\n\
         hea        T6  00:14:5e:5f:20:23\n  23000000  1  N/A  2  N/A  N/A  1000\n\n"
    ));
    let sent = site.commands("hmc01").split_off(before);
    assert!(sent.iter().all(|line| line.starts_with("ls")), "{sent:?}");
    assert_eq!(world.rows("mac"), [""; 0]);
}

#[test]
fn the_first_address_is_written_in_one_transaction() {
    let (world, _site) = site(Config::default_site());
    let out = world.run("getmacs", ["node01,node05,db01"]).good();
    assert_eq!(out.matches("virtualio").count(), 3);
    let mut rows = world.rows("mac");
    rows.sort();
    assert_eq!(
        rows,
        [
            "node=db01 mac=7e:bf:d0:00:20:04",
            "node=node01 mac=7e:9a:01:00:90:04",
            "node=node05 mac=7e:94:c7:00:20:04",
        ]
    );
    let last = world.run("lschange", ["-n", "1"]).good();
    assert!(last.contains("getmacs 'node01,node05,db01'"), "{last}");
    let shown = world.run("getmacs", ["vios1", "--dry-run"]).good();
    assert!(
        shown.ends_with("mac: (none) -> 7e:9a:01:00:10:02\n"),
        "{shown}"
    );
    assert_eq!(world.rows("mac").len(), 3);
}

#[test]
fn filters_choose_what_is_shown_and_written() {
    let (world, _site) = site(Config::default_site());
    world
        .run("getmacs", ["vios1", "-F", "MAC_Address=00145E5F2023"])
        .ok(&format!(
            "vios1: \n{HEAD}\nhea        T6  00:14:5e:5f:20:23\n  23000000  1  N/A  2  N/A  N/A  1000\n\n"
        ));
    assert_eq!(world.rows("mac"), ["node=vios1 mac=00:14:5e:5f:20:23"]);
    world
        .run("getmacs", ["vios1", "-F", "Type"])
        .refused("Error: Option '-F' contains wrong filter format\n");
    world
        .run("getmacs", ["vios1", "-F", "Colour=red"])
        .refused("Error: Option '-F': there is no Colour; ");
    let json = world
        .run("getmacs", ["vios1", "-d", "-F", "Type=hea", "--json"])
        .good();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["node"], "vios1");
    assert_eq!(json[0]["adapters"][0]["Phys_Port_Loc"], "T6");
    assert_eq!(json[0]["adapters"][0]["VLan"], serde_json::Value::Null);
}

#[test]
fn vnics_and_sriov_ports_are_adapters() {
    let mut config = Config::default_site();
    let db01 = lpar(&mut config, "db01");
    db01.vnic = vec![attributes(
        "slot_num=7 port_vlan_id=12 mac_addr=EAADF2188302",
    )];
    db01.sriov = vec![attributes(
        "adapter_id=1 logical_port_id=27004001 phys_port_id=1 mac_addr=2E84123B1401",
    )];
    let (world, _site) = site(config);
    world.run("getmacs", ["db01", "-d", "-F", "Type=vnic,Type=sriov"]).ok(&format!(
        "db01: \n{HEAD}\nvnic       N/A  ea:ad:f2:18:83:02\n  N/A  N/A  N/A  N/A  12  N/A  N/A\n\
         sriov      N/A  2e:84:12:3b:14:01\n  1  N/A  1  27004001  N/A  N/A  N/A\n\n"
    ));
}

#[test]
fn open_firmware_tells_through_which_adapter_the_server_answers() {
    let mut config = quick();
    let lpar = lpar(&mut config, "node03");
    lpar.eth[0].insert("ping".to_owned(), "0".to_owned());
    lpar.phys = vec![attributes(
        "location=U789D.001.DQDF3D-P1-C4-T1 mac=00145e5f2099 path=/pci@800000020000018/ethernet@0",
    )];
    let (world, site) = site(config);
    let rows = "ent U9117.MMA.10F6F3D-V3-C4-T1 7e9a01003004 /vdevice/l-lan@30000004 unsuccessful virtual\n\
                ent U789D.001.DQDF3D-P1-C4-T1 00145e5f2099 /pci@800000020000018/ethernet@0 successful physical\n";
    let out = world.run("getmacs", ["node03", "-D"]).good();
    assert!(out.starts_with("node03: \n# Type \tLocation Code"), "{out}");
    assert!(out.ends_with(&format!("{rows}\n")), "{out}");
    assert_eq!(world.rows("mac"), ["node=node03 mac=00:14:5e:5f:20:99"]);
    let last = site.commands("hmc01").pop().unwrap();
    assert_eq!(
        last,
        "lpar_netboot -t ent -f -M -A -n -D -s auto -d auto -S 10.0.0.1 -G 10.0.0.1 -C 10.0.0.103 \
         -K 255.255.255.0 node03 normal '9117-MMA*10F6F3D'"
    );
    // The addresses of the command line, and none at all.
    let given = ["-S", "10.0.0.9", "-G", "10.0.0.8", "-C", "10.0.0.7"];
    world
        .run("getmacs", ["node03", "-d", "-D"].into_iter().chain(given))
        .good();
    let last = site.commands("hmc01").pop().unwrap();
    assert!(
        last.contains("-S 10.0.0.9 -G 10.0.0.8 -C 10.0.0.7 -K 255.255.255.0"),
        "{last}"
    );
    let out = world
        .run("getmacs", ["node03", "-d", "-D", "--noping", "-f"])
        .good();
    assert!(out.contains(" n/a virtual\n"), "{out}");
    let last = site.commands("hmc01").pop().unwrap();
    assert!(
        last.starts_with("lpar_netboot -t ent -f -i -M -A -n node03 "),
        "{last}"
    );
}

#[test]
fn a_server_that_answers_nowhere_is_warned_about() {
    let mut config = quick();
    lpar(&mut config, "node03").eth[0].insert("ping".to_owned(), "0".to_owned());
    let (world, _site) = site(config);
    let ran = world.run("getmacs", ["node03", "-D"]);
    assert_eq!(
        (ran.err.as_str(), ran.code),
        (
            "node03: Warning: the server answered through no adapter; the first one, 7e9a01003004, is taken\n",
            Some(0)
        )
    );
    assert_eq!(world.rows("mac"), ["node=node03 mac=7e:9a:01:00:30:04"]);
}

/// The table of the guide to cloning with a mksysb for a POWER7 775.
#[test]
fn host_fabric_interfaces_are_those_of_the_guide() {
    let mut config = quick();
    let cec = &mut config.cec[0];
    cec.type_model = "9125-F2A".to_owned();
    let hfi = |port: &str| {
        let path = format!("path=/hfi-iohub@300000000000002/hfi-ethernet@{port}");
        attributes(&format!(
            "location=U78A9.001.1122233-P1 mac_addr=020004030004 ping=0 {path}"
        ))
    };
    lpar(&mut config, "node03").hfi = vec![hfi("10"), hfi("11")];
    let (world, _site) = site(config);
    world.fill(
        "networks",
        &[&[
            ("netname", "hfi"),
            ("net", "10.0.0.64"),
            ("mask", "255.255.255.192"),
            ("gateway", "10.0.0.65"),
            ("mgtifname", "hf0"),
        ]],
    );
    let ran = world.run("getmacs", ["node03", "-D"]);
    assert!(
        ran.out.ends_with(
            "hfi-ent U78A9.001.1122233-P1 020004030004 /hfi-iohub@300000000000002/hfi-ethernet@10 unsuccessful physical\n\
             hfi-ent U78A9.001.1122233-P1 020004030004 /hfi-iohub@300000000000002/hfi-ethernet@11 unsuccessful physical\n\n"
        ),
        "{ran:#?}"
    );
    assert_eq!(world.rows("mac"), ["node=node03 mac=02:00:04:03:00:04"]);
    let out = world
        .run("getmacs", ["node03", "-M", "-d", "-F", "Type=HFI"])
        .good();
    assert!(
        out.contains("\nHFI  N/A  02:00:04:03:00:04|02:00:04:03:00:05|02:00:04:03:00:06\n"),
        "{out}"
    );
}

#[test]
fn only_an_lpar_at_open_firmware_is_taken_with_o() {
    let (world, site) = site(quick());
    let ran = world.run("getmacs", ["lpar05,node01", "-D", "-o", "-d"]);
    assert!(
        ran.out
            .contains("ent U9117.MMA.10F6F3D-V5-C4-T1 7e9a01005004"),
        "{ran:#?}"
    );
    assert!(
        ran.out.contains("node01: the LPAR is in state \"Running\", not at Open Firmware (-o); nothing was done\n"),
        "{ran:#?}"
    );
    assert_eq!(ran.code, Some(1));
    assert_eq!(site.state()["Server-9117-MMA-SN10F6F3D/node01"], "Running");
}

#[test]
fn bad_options_are_refused() {
    let (world, _site) = site(Config::default_site());
    for (words, err) in [
        (
            vec!["node01", "-o"],
            "Error: the following required arguments were not provided",
        ),
        (
            vec!["node01", "--noping"],
            "Error: the following required arguments were not provided",
        ),
        (
            vec!["node01", "-S", "10.0.0.1"],
            "Error: the following required arguments were not provided",
        ),
        (
            vec!["node01", "-D", "-S", "here"],
            "Error: invalid value 'here' for '-S <SERVER>'",
        ),
        (
            vec!["node01", "-D", "-F", "Type=hea"],
            "Error: the argument '-D' cannot be used with '-F <FILTER>'",
        ),
        (
            vec!["node01,node03", "-D", "-C", "10.0.0.5"],
            "Error: Option '-C' doesn't work with noderange",
        ),
        (
            vec!["nosuch", "-d"],
            "Error: Invalid nodes and/or groups in noderange: nosuch",
        ),
    ] {
        world.run("getmacs", words).refused(err);
    }
}

#[test]
fn what_is_missing_is_an_error_of_that_node_only() {
    let (world, site) = site(quick());
    world.fill("nodelist", &[&[("node", "bare"), ("groups", "all")]]);
    let ran = world.run(
        "getmacs",
        ["hmc01,bare,Server-9117-MMA-SN10F6F3D,db01", "-d"],
    );
    let mut lines: Vec<_> = ran.out.lines().filter(|line| line.contains(": ")).collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 4, "{ran:#?}");
    assert_eq!(lines[0], "Server-9117-MMA-SN10F6F3D: Node must be LPAR");
    assert!(
        lines[1].starts_with("bare: hwtype of bare is not set;"),
        "{lines:?}"
    );
    assert_eq!(lines[2], "db01: ");
    assert_eq!(lines[3], "hmc01: Invalid node type: hmc");
    assert_eq!(ran.code, Some(1));
    // An address outside of all networks, and none at all: nothing is sent.
    world.fill("hosts", &[&[("node", "node04"), ("ip", "192.168.7.7")]]);
    let before = site.commands("hmc01").len();
    world
        .run("getmacs", ["node04", "-D"])
        .fails("node04: Node not defined in 'networks' database: no network there has its address 192.168.7.7; define one with mkdef -t network\n", "");
    assert_eq!(site.commands("hmc01").len(), before);
}

#[test]
fn an_hmc_in_trouble_is_an_error_of_its_nodes() {
    let (mut world, site) = site(Config::default_site());
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "5")]]);
    for (number, (fault, expected)) in [
        (Fault::Down, "node01: Error: cannot reach hmc01: "),
        (
            Fault::Hang,
            "node01: Error: hmc01 did not finish the command within 5 s",
        ),
        (
            Fault::Garbage,
            "node01: Error: hmc01 answered lshwres with something that cannot be read: ",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        site.heal("hmc01");
        site.fault("hmc01", fault);
        world.new_home(&format!("home{number}"));
        let ran = world.run("getmacs", ["node01,db01", "-d"]);
        assert!(ran.err.starts_with(expected), "{ran:#?}");
        assert!(ran.out.starts_with("db01: \n"), "{ran:#?}");
        assert_eq!(
            (ran.err.lines().count(), ran.code),
            (1, Some(1)),
            "{ran:#?}"
        );
    }
    site.heal("hmc01");
    site.set_state("Server-9117-MMA-SN10F6F3D", "No Connection")
        .unwrap();
    let ran = world.run("getmacs", ["node01", "-d"]);
    assert!(ran.out.starts_with("node01: HSCL"), "{ran:#?}");
}

#[test]
fn the_network_is_asked_with_arp() {
    let (world, _site) = site(Config::default_site());
    world.fill("nodelist", &[&[("node", "here"), ("groups", "all")]]);
    world.fill("hosts", &[&[("node", "here"), ("ip", "127.0.0.77")]]);
    world.run("getmacs", ["here", "--arp"]).fails(
        "here: Cannot find MAC Address in arp table, please make sure target node and management node are in same network.\n",
        "",
    );
    assert_eq!(world.rows("mac"), [""; 0]);
}
