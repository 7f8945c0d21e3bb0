//! `rvitals` on the simulated site.

use simsite::{Config, Fault};

use crate::world::World;

const CEC: &str = "Server-9117-MMA-SN10F6F3D";
const FRAME: &str = "Frame-9458-100-SN99201WM";

#[test]
fn everything_is_told_in_xcats_order_and_words() {
    let (world, site) = World::scanned(Config::default_site());
    let before = site.commands("hmc01").len();
    let out = world.run("rvitals", ["node03", "all"]).good();
    assert_eq!(
        out,
        "node03: System Temperature: 27 C (80.6 F)\n\
         node03: Frame Voltages:  Only available for BPA\n\
         node03: System State: Not Activated\n\
         node03: Current Power Status: off\n\
         node03: Current LCD1: blank\n"
    );
    let asked = site.commands("hmc01")[before..].to_vec();
    assert_eq!(asked.len(), 3, "{asked:?}");
    let before = site.commands("hmc01").len();
    let out = world.run("rvitals", ["node01-node04,lpar05", "all"]).good();
    assert_eq!(out.lines().count(), 25);
    assert_eq!(site.commands("hmc01").len() - before, 3);
}

#[test]
fn each_word_is_a_part_of_it() {
    let (world, _site) = World::scanned(Config::default_site());
    let told = |node: &str, word: &str| world.run("rvitals", [node, word]).good();
    assert_eq!(
        told(CEC, "state"),
        format!("{CEC}: System State: Operating\n")
    );
    assert_eq!(
        told(CEC, "power"),
        format!("{CEC}: Current Power Status: on\n")
    );
    assert_eq!(
        told("lpar05", "power"),
        "lpar05: Current Power Status: on\n"
    );
    assert_eq!(
        told(CEC, "lcds"),
        format!("{CEC}: Current LCD1: blank\n{CEC}: Current LCD2: blank\n")
    );
    assert_eq!(
        told(CEC, "temp"),
        format!("{CEC}: System Temperature: 27 C (80.6 F)\n")
    );
    assert_eq!(
        told("db01", "temp"),
        "db01: System Temperature: Not available (No BPA)\n"
    );
    assert_eq!(
        told(FRAME, "all"),
        format!(
            "{FRAME}: System Temperature: Only available for CEC/LPAR\n\
             {FRAME}: Frame Voltage (Vab): 208V\n\
             {FRAME}: Frame Voltage (Vbc): 208V\n\
             {FRAME}: Frame Voltage (Vca): 208V\n\
             {FRAME}: Frame Current  (Ia): 8A\n\
             {FRAME}: Frame Current  (Ib): 8A\n\
             {FRAME}: Frame Current  (Ic): 8A\n\
             {FRAME}: System State: Standby/Standby\n\
             {FRAME}: Current Power Status: Standby/Standby\n\
             {FRAME}: Current LCD: Not available\n"
        )
    );
}

#[test]
fn programs_read_a_document() {
    let (world, _site) = World::scanned(Config::default_site());
    let out = world.run("rvitals", ["node03", "all", "--json"]).good();
    assert_eq!(
        out,
        "[{\"lcds\":[\"\"],\"node\":\"node03\",\"power\":\"off\",\"state\":\"Not Activated\",\"temperature_c\":27,\"voltages\":null}\n]\n"
    );
}

#[test]
fn what_goes_wrong_is_said_of_the_node() {
    let (world, site) = World::scanned(Config::default_site());
    world
        .run("chdef", [CEC, "parent=Frame-9458-100-SN99200G1"])
        .good();
    world.run("rvitals", ["node01", "temp"]).fails(
        "node01: System Temperature: CEC '9117-MMA*10F6F3D' not found in the frame 9458-100*99200G1; correct its parent with rscan -u\n",
        "",
    );
    for state in ["No Connection", "Failed Authentication"] {
        site.set_state(CEC, state).unwrap();
        world
            .run("rvitals", [CEC, "state"])
            .ok(&format!("{CEC}: System State: {state}\n"));
        let ran = world.run("rvitals", ["node01", "state"]);
        assert!(
            ran.out.starts_with("node01: System State: HSCL0237 "),
            "{ran:?}"
        );
        assert_eq!(ran.code, Some(1));
    }
    site.fault("hmc01", Fault::Garbage);
    let ran = world.run("rvitals", ["node01", "state"]);
    assert!(
        ran.err
            .starts_with("node01: Error: hmc01 answered lssyscfg with something"),
        "{ran:?}"
    );
}

#[test]
fn wrong_usage_is_refused() {
    let (world, _site) = World::scanned(Config::default_site());
    world
        .run("rvitals", ["node01"])
        .refused("Error: No command specified\n");
    world
        .run("rvitals", ["node01", "rackenv"])
        .refused("Error: Command rackenv is not valid when the nodes' hcp is hmc\n");
    world
        .run("rvitals", ["node01", "fanspeed"])
        .refused("Error: Invalid command: fanspeed\n");
}
