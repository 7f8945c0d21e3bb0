//! `rinv` on the simulated site.

use simsite::{Config, Fault};

use crate::world::World;

const CEC: &str = "Server-9117-MMA-SN10F6F3D";
const FRAME: &str = "Frame-9458-100-SN99201WM";

#[test]
fn everything_is_told_in_xcats_order_and_words() {
    let (world, site) = World::scanned(Config::default_site());
    let before = site.commands("hmc01").len();
    let out = world.run("rinv", ["node01", "all"]).good();
    assert_eq!(
        out,
        "node01: Machine Type/Model: 9117-MMA\n\
         node01: Serial Number: 10F6F3D\n\
         node01: I/O Bus Information\n\
         node01: U789D.001.DQDF3D-P1-C1,512,PCI 10/100/1000Mbps Ethernet UTP 2-port\n\
         node01: U789D.001.DQDF3D-P1-C2,513,Fibre channel Serial Bus\n\
         node01: U789D.001.DQDF3D-P1-C3,514,Empty slot\n\
         node01: Machine Configuration Info\n\
         node01: Number of Processors: 2\n\
         node01: Total Memory (MB): 8192\n\
         node01: Release Level  : 01EM320\n\
         node01: Active Level   : 78\n\
         node01: Installed Level: 78\n\
         node01: Accepted Level : 70\n\
         node01: Release Level Primary: 01EM320\n\
         node01: Level Primary  : 78\n"
    );
    let one = site.commands("hmc01").len() - before;
    let out = world
        .run("rinv", [&format!("{CEC},node01-node04"), "all"])
        .good();
    assert_eq!(out.matches("Serial Number: 10F6F3D").count(), 5);
    // The system itself has its own listings of memory and processors.
    assert_eq!(site.commands("hmc01").len() - before - one, one + 2);
}

#[test]
fn each_word_is_a_part_of_it() {
    let (world, _site) = World::scanned(Config::default_site());
    let told = |node: &str, word: &str| world.run("rinv", [node, word]).good();
    assert_eq!(
        told(CEC, "model"),
        format!("{CEC}: Machine Type/Model: 9117-MMA\n")
    );
    assert_eq!(
        told(FRAME, "serial"),
        format!("{FRAME}: Serial Number: 99201WM\n")
    );
    assert_eq!(
        told(CEC, "config"),
        format!(
            "{CEC}: Machine Configuration Info\n{CEC}: Number of Processors: 16.0\n{CEC}: Total Memory (MB): 262144\n"
        )
    );
    assert_eq!(
        told(CEC, "proc"),
        format!(
            "{CEC}: Number of Processors: 16.0\n{CEC}: Configurable Processing Units: 16.0\n{CEC}: Available Processing Units: 9.5\n"
        )
    );
    assert!(
        told("node01", "mem")
            .starts_with("node01: Total Memory (MB): 8192\nnode01: Minimum Memory (MB): 1024\n")
    );
    assert!(told("node01", "proc").starts_with("node01: Number of Processors: 2\n"));
    assert!(told(FRAME, "firm").starts_with(&format!("{FRAME}: Release Level  : 02EP350\n")));
    world.run("rinv", [FRAME, "bus"]).fails(
        &format!(
            "{FRAME}: I/O Bus Information\n{FRAME}: Bus information only available for CEC/LPAR\n"
        ),
        "",
    );
}

#[test]
fn programs_read_a_document() {
    let (world, _site) = World::scanned(Config::default_site());
    let out = world.run("rinv", ["node01,db01", "all", "--json"]).good();
    let read: serde_json::Value = serde_json::from_str(&out).unwrap();
    let mut nodes = read.as_array().unwrap().clone();
    nodes.sort_by_key(|node| node["node"].to_string());
    assert_eq!(nodes[0]["model"], "9009-42A");
    assert_eq!(nodes[1]["processors"], 2);
    assert_eq!(nodes[1]["bus"][0]["bus_id"], 512);
    assert_eq!(nodes[1]["firmware"]["ecnumber"], "01EM320");
}

#[test]
fn what_goes_wrong_is_said_of_the_node() {
    let (mut world, site) = World::scanned(Config::default_site());
    let node = |name, id| {
        [
            ("node", name),
            ("nodetype", "lpar"),
            ("parent", CEC),
            ("id", id),
            ("hcp", "hmc01"),
        ]
    };
    world.fill("nodelist", &[&[("node", "gone"), ("groups", "lpar")]]);
    world.fill("ppc", &[&node("gone", "77")]);
    world.run("rinv", ["gone", "config"]).fails(
        "gone: Machine Configuration Info\ngone: Node not found: 9117-MMA*10F6F3D has no LPAR with id 77\n",
        "",
    );
    world.run("chdef", ["node02", "id=9"]).good();
    let ran = world.run("rinv", ["node02", "mem"]);
    assert!(
        ran.out
            .starts_with("node02: id 9 of 9117-MMA*10F6F3D is the LPAR \"node01\""),
        "{ran:?}"
    );
    site.set_state(CEC, "No Connection").unwrap();
    let ran = world.run("rinv", ["node01", "firm"]);
    assert!(ran.out.starts_with("node01: HSCL0237 "), "{ran:?}");
    site.fault("hmc01", Fault::NoAuthority);
    let ran = world.run("rinv", ["node01", "serial"]);
    assert!(
        ran.out.starts_with("node01: Serial Number: HSCL350B "),
        "{ran:?}"
    );
    site.heal("hmc01");
    site.fault("hmc01", Fault::Down);
    world.new_home("dead");
    let ran = world.run("rinv", ["node01", "all"]);
    assert!(
        ran.err.starts_with("node01: Error: cannot reach hmc01: "),
        "{ran:?}"
    );
    assert_eq!(
        (ran.out.as_str(), ran.err.lines().count(), ran.code),
        ("", 1, Some(1))
    );
}

#[test]
fn wrong_usage_is_refused() {
    let (world, _site) = World::scanned(Config::default_site());
    world
        .run("rinv", ["node01"])
        .refused("Error: No command specified\n");
    world
        .run("rinv", ["node01", "vpd"])
        .refused("Error: Invalid command: vpd\n");
    world
        .run("rinv", ["nosuch", "all"])
        .refused("Error: Invalid nodes and/or groups in noderange: nosuch");
}
