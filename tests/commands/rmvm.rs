//! `rmvm` on the simulated site.

use std::time::Duration;

use simsite::{Config, Fault, Site};

use crate::world::World;

const SYSTEM: &str = "Server-9117-MMA-SN10F6F3D";

fn site() -> (World, Site) {
    World::scanned(Config::default_site())
}

/// The changes that were sent to an HMC.
fn sent(site: &Site, hmc: &str) -> Vec<String> {
    let changes = ["rmsyscfg", "chsyscfg"];
    let all = site.commands(hmc).into_iter();
    all.filter(|line| changes.iter().any(|word| line.starts_with(word)))
        .collect()
}

fn is_defined(world: &World, node: &str) -> bool {
    world.run("nodels", [node]).code == Some(0)
}

#[test]
fn lpars_are_removed_with_their_definitions() {
    let (world, site) = site();
    let dry = world.run("rmvm", ["node03", "--dry-run"]).good();
    assert!(
        dry.starts_with(
            "node03: hmc01 would be sent: rmsyscfg -r lpar -m '9117-MMA*10F6F3D' --id 3\nnode node03: removed\n"
        ),
        "{dry}"
    );
    assert!(is_defined(&world, "node03"));
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
    world.run("rmvm", ["node03"]).ok("node03: Success\n");
    assert!(!is_defined(&world, "node03"));
    world.run("rmvm", ["node04", "-r"]).ok("node04: Success\n");
    assert!(is_defined(&world, "node04"));
    assert_eq!(
        sent(&site, "hmc01"),
        [
            "rmsyscfg -r lpar -m '9117-MMA*10F6F3D' --id 3",
            "rmsyscfg -r lpar -m '9117-MMA*10F6F3D' --id 4",
        ]
    );
    // It is gone already.
    world.run("rmvm", ["node04"]).fails(
        "node04: Node not found: 9117-MMA*10F6F3D has no LPAR with id 4\n",
        "",
    );
    assert!(is_defined(&world, "node04"));
}

#[test]
fn what_runs_is_not_removed() {
    let (world, site) = site();
    world.run("rmvm", ["node01"]).fails(
        "node01: nothing was removed: node01 is Running; only LPARs that are Not Activated can be removed\n",
        "",
    );
    world.run("rmvm", [SYSTEM]).fails(
        "Server-9117-MMA-SN10F6F3D: nothing was removed: vios1 is Running, node01 is Running, node02 is Running, lpar05 is Open Firmware; only LPARs that are Not Activated can be removed\n",
        "",
    );
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
    assert!(is_defined(&world, "node01"));
}

/// All LPARs of the system are off.
fn all_off(site: &Site) {
    for lpar in ["vios1", "node01", "node02", "lpar05"] {
        site.set_state(&format!("{SYSTEM}/{lpar}"), "Not Activated")
            .unwrap();
    }
}

#[test]
fn all_lpars_of_a_system_are_removed() {
    let (world, site) = site();
    all_off(&site);
    world.run("chdef", ["-n", "mine", "node02"]).good();
    let out = world.run("rmvm", [&format!("{SYSTEM},node03")]).good();
    let mut lines: Vec<_> = out.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "lpar05: Success",
            "mine: Success",
            "node01: Success",
            // Once of the system, once for itself.
            "node03: Success",
            "node03: Success",
            "node04: Success",
            "vios1: Success",
        ]
    );
    assert_eq!(sent(&site, "hmc01").len(), 6);
    for node in ["mine", "node01", "node03", "vios1"] {
        assert!(!is_defined(&world, node), "{node}");
    }
    assert!(is_defined(&world, SYSTEM) && is_defined(&world, "node05"));
}

#[test]
fn a_service_lpar_is_removed_only_if_it_is_meant() {
    let (world, site) = site();
    world
        .run("rmvm", [SYSTEM, "--service"])
        .fails("Server-9117-MMA-SN10F6F3D: it has no service LPAR\n", "");
    world
        .run(
            "mkdef",
            [
                "-t",
                "node",
                "-o",
                "full",
                "groups=all",
                "mgt=hmc",
                "id=20",
                &format!("parent={SYSTEM}"),
            ],
        )
        .good();
    world.run("mkvm", ["full", "--full"]).ok("full: Success\n");
    world.run("rmvm", ["full"]).fails(
        "full: nothing was removed: \"full\" is the service LPAR of its system; --service removes it\n",
        "",
    );
    world
        .run("rmvm", [SYSTEM, "--service"])
        .ok("Server-9117-MMA-SN10F6F3D: Success\n");
    assert_eq!(
        sent(&site, "hmc01")[1..],
        [
            "chsyscfg -r sys -m '9117-MMA*10F6F3D' -i 'service_lpar_id=none'",
            "rmsyscfg -r lpar -m '9117-MMA*10F6F3D' --id 20",
        ]
    );
    assert!(!is_defined(&world, "full") && is_defined(&world, SYSTEM));
}

#[test]
fn definitions_and_hmcs_in_trouble_are_told() {
    let (world, site) = site();
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "5")]]);
    world.bad_definitions();
    world.run("rmvm", ["gone,bare,node0x,hmc01"]).lines_begin(&[
        "bare: hwtype of bare is not set",
        "gone: Node not found: 9117-MMA*10F6F3D has no LPAR with id 77",
        "hmc01: Invalid node type: hmc",
        "node0x: id of node0x is not set",
    ]);
    for node in ["gone", "bare", "node0x", "hmc01"] {
        assert!(is_defined(&world, node), "{node}");
    }
    world.run("chdef", ["node02", "id=3"]).good();
    world
        .run("rmvm", ["node02"])
        .lines_begin(&["node02: id 3 of 9117-MMA*10F6F3D is the LPAR \"node03\""]);
    world.run("chdef", ["node02", "id=7"]).good();
    for (fault, text) in [
        (Fault::Busy, "HSCL3205 "),
        (Fault::NoAuthority, "HSCL350B "),
    ] {
        site.heal("hmc01");
        site.fault_on("hmc01", "rmsyscfg", fault);
        world
            .run("rmvm", ["node03"])
            .lines_begin(&[&format!("node03: {text}")]);
    }
    site.heal("hmc01");
    site.fault_on("hmc01", "rmsyscfg", Fault::Hang);
    world.run("rmvm", ["node03"]).fails(
        "",
        "node03: Error: hmc01 did not finish the command within 5 s; it may still be running there; whether the command was carried out is unknown; asked again: there is an LPAR with id 3 now, \"node03\"\n",
    );
    assert!(is_defined(&world, "node03"));
    site.heal("hmc01");
    site.set_state(SYSTEM, "Power Off").unwrap();
    world
        .run("rmvm", ["node03"])
        .lines_begin(&["node03: nothing was removed: node03 is Not Available"]);
    site.set_state(SYSTEM, "No Connection").unwrap();
    world
        .run("rmvm", ["node03"])
        .lines_begin(&["node03: HSCL0237 "]);
    world
        .run("rmvm", ["nosuch"])
        .refused("Error: Invalid nodes and/or groups in noderange: nosuch");
    world
        .run("rmvm", ["node03", "-p"])
        .refused("Error: unexpected argument '-p'");
    assert!(is_defined(&world, "node03"));
}

#[test]
fn what_was_removed_before_an_interrupt_is_told_and_not_defined_any_more() {
    let (world, site) = site();
    site.fault_on("hmc01", "rmsyscfg", Fault::Slow(Duration::from_secs(3)));
    let ran = world.interrupt("rmvm", ["node03,node04"], || {
        !sent(&site, "hmc01").is_empty()
    });
    ran.killed(
        "node03: Success\n",
        "node04: Error: nothing was sent: the command was interrupted\n",
    );
    assert_eq!(sent(&site, "hmc01").len(), 1);
    assert!(!is_defined(&world, "node03") && is_defined(&world, "node04"));
}
