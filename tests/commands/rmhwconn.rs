//! `rmhwconn` on the simulated site.

use simsite::{Config, Fault};

use crate::world::World;

const SYSTEM: &str = "Server-9117-MMA-SN10F6F3D";

#[test]
fn connections_are_removed() {
    let (world, site) = World::scanned(Config::default_site());
    let dry = world.run("rmhwconn", [SYSTEM, "--dry-run"]).good();
    assert!(
        dry.starts_with(&format!("{SYSTEM}: hmc01 would be sent: rmsysconn -o remove --ip 10.0.1.1\nnode {SYSTEM}: changed\n")),
        "{dry}"
    );
    world
        .run("rmhwconn", [SYSTEM])
        .ok(&format!("{SYSTEM}: Success\n"));
    assert_eq!(
        site.commands("hmc01").last().unwrap(),
        "rmsysconn -o remove --ip 10.0.1.1"
    );
    world
        .run("lsdef", [SYSTEM, "-i", "hcp,mgt", "-c"])
        .ok(&format!("{SYSTEM}: hcp={SYSTEM}\n{SYSTEM}: mgt=fsp\n"));
    // It has no HMC now.
    world
        .run("rmhwconn", [SYSTEM])
        .lines_begin(&[&format!("{SYSTEM}: hcp of {SYSTEM} is not set;")]);
}

#[test]
fn a_frame_goes_with_its_systems() {
    let (world, _site) = World::scanned(Config::default_site());
    let out = world.run("rmhwconn", ["Frame-9458-100-SN99201WM"]).good();
    assert_eq!(
        out,
        format!("Frame-9458-100-SN99201WM: Success\n{SYSTEM}: Success\n")
    );
}

#[test]
fn what_cannot_be_removed_is_told() {
    let (mut world, site) = World::scanned(Config::default_site());
    site.fault_on("hmc01", "rmsysconn", Fault::NoAuthority);
    world
        .run("rmhwconn", [SYSTEM])
        .lines_begin(&[&format!("{SYSTEM}: HSCL350B ")]);
    site.heal("hmc01");
    site.fault_on("hmc01", "rmsysconn", Fault::Busy);
    world
        .run("rmhwconn", [SYSTEM])
        .lines_begin(&[&format!("{SYSTEM}: HSCL3205 ")]);
    site.heal("hmc01");
    site.fault_on("hmc01", "rmsysconn", Fault::Drop);
    let ran = world.run("rmhwconn", [SYSTEM]);
    assert!(
        ran.err.contains("is unknown; asked again: there is "),
        "{ran:#?}"
    );
    site.heal("hmc01");
    world
        .run("lsdef", [SYSTEM, "-i", "mgt", "-c"])
        .ok(&format!("{SYSTEM}: mgt=hmc\n"));
    world
        .run("chdef", ["Server-9117-MMA-SN1001234", "serial=1"])
        .good();
    world
        .run("rmhwconn", ["Server-9117-MMA-SN1001234,node01"])
        .lines_begin(&[
            "Server-9117-MMA-SN1001234: Connection not found",
            "node01: Node type of node(s) node01 is not supported",
        ]);
    site.fault("hmc01", Fault::Down);
    world.new_home("other");
    world
        .run("rmhwconn", [SYSTEM])
        .refused(&format!("{SYSTEM}: Error: cannot reach hmc01: "));
}
