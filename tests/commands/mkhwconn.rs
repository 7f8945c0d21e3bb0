//! `mkhwconn` on the simulated site.

use simsite::{Config, Fault, Site};

use crate::world::World;

const SYSTEM: &str = "Server-9117-MMA-SN1001234";

/// A site of which one system was disconnected, with its address and password.
fn site() -> (World, Site) {
    let (world, site) = World::scanned(Config::default_site());
    world.run("rmhwconn", [SYSTEM]).good();
    world
        .run("chdef", [SYSTEM, "ip=10.0.1.2", "hcp=hmc01", "mgt=hmc"])
        .good();
    world.fill(
        "ppcdirect",
        &[&[("hcp", SYSTEM), ("username", "HMC"), ("password", "abc123")]],
    );
    (world, site)
}

#[test]
fn a_system_is_connected_and_its_password_is_told_to_the_hmc_only() {
    let (world, site) = site();
    let before = site.commands("hmc01").len();
    let dry = world.run("mkhwconn", [SYSTEM, "-t", "--dry-run"]).good();
    assert_eq!(
        dry,
        format!(
            "{SYSTEM}: hmc01 would be sent: mksysconn --ip 10.0.1.2 -r sys --passwd ********\n"
        )
    );
    let ran = world.run("mkhwconn", [SYSTEM, "-t", "-V"]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        (format!("{SYSTEM}: Success\n").as_str(), Some(0))
    );
    assert!(
        ran.err.contains("--passwd ********") && !ran.err.contains("abc123"),
        "{}",
        ran.err
    );
    assert_eq!(
        site.commands("hmc01")[before..],
        [
            "lssysconn -r all",
            "lssysconn -r all",
            "mksysconn --ip 10.0.1.2 -r sys --passwd abc123",
        ]
    );
    let row = world.run("lshwconn", [SYSTEM]).good();
    assert!(row.contains("state=Connected"), "{row}");
    // Once more: it is there.
    world
        .run("mkhwconn", [SYSTEM, "-t"])
        .ok(&format!("{SYSTEM}: Success\n"));
    assert!(!world.run("lschange", [""; 0]).good().contains("abc123"));
}

#[test]
fn another_hmc_is_added() {
    let (world, site) = site();
    world.run("mkhwconn", [SYSTEM, "-t"]).good();
    world
        .run("mkhwconn", [SYSTEM, "-p", "hmc02"])
        .ok(&format!("{SYSTEM}: Success\n"));
    world
        .run("lsdef", [SYSTEM, "-i", "hcp,mgt", "-c"])
        .ok(&format!("{SYSTEM}: hcp=hmc01,hmc02\n{SYSTEM}: mgt=hmc\n"));
    // Which of two HMCs refuses is said, and with -V which is sent what.
    world
        .run("rmhwconn", [SYSTEM])
        .ok(&format!("{SYSTEM}: Success\n{SYSTEM}: Success\n"));
    world
        .run("chdef", [SYSTEM, "hcp=hmc01,hmc02", "mgt=hmc"])
        .good();
    site.fault_on("hmc02", "mksysconn", Fault::Busy);
    let ran = world.run("mkhwconn", [SYSTEM, "-t", "-V"]);
    let mut lines: Vec<_> = ran.out.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines[0], format!("{SYSTEM}: Success"));
    let busy = format!("{SYSTEM}: hmc02: HSCL3205 ");
    assert!(
        lines[1].starts_with(&busy) && ran.code == Some(1),
        "{ran:#?}"
    );
    for hmc in ["hmc01", "hmc02"] {
        let sent = format!("{hmc}: mksysconn --ip 10.0.1.2 -r sys --passwd ********\n");
        assert!(ran.err.contains(&sent), "{}", ran.err);
    }
    // Only what was connected is removed, and the refusal names its HMC.
    site.heal("hmc02");
    let ran = world.run("rmhwconn", [SYSTEM, "-V"]);
    let mut lines: Vec<_> = ran.out.lines().collect();
    lines.sort_unstable();
    let not_found = format!("{SYSTEM}: hmc02: Connection not found");
    assert_eq!(lines, [&format!("{SYSTEM}: Success"), &not_found]);
    assert!(
        ran.err
            .contains("hmc01: rmsysconn -o remove --ip 10.0.1.2\n"),
        "{}",
        ran.err
    );
}

#[test]
fn what_is_wrong_is_found_before_anything_is_sent() {
    let (mut world, site) = site();
    let fails = |world: &World, text: &str| {
        world
            .run("mkhwconn", [SYSTEM, "-t"])
            .lines_begin(&[&format!("{SYSTEM}: {text}")]);
    };
    world.run("chdef", [SYSTEM, "ip="]).good();
    fails(
        &world,
        "Cannot get IP address. Please check table 'hosts' or name resolution",
    );
    world.run("chdef", [SYSTEM, "ip=10.0.1.2"]).good();
    world
        .run("tabch", ["-d", &format!("hcp={SYSTEM}"), "ppcdirect"])
        .good();
    fails(&world, "Cannot get password of userid 'HMC'.");
    world.fill(
        "passwd",
        &[&[("key", "cec"), ("username", "HMC"), ("password", "wrong")]],
    );
    site.fault_on("hmc01", "mksysconn", Fault::NoAuthority);
    fails(&world, "HSCL350B ");
    site.heal("hmc01");
    site.fault_on("hmc01", "mksysconn", Fault::Busy);
    fails(&world, "HSCL3205 ");
    site.heal("hmc01");
    site.fault_on("hmc01", "mksysconn", Fault::Drop);
    let ran = world.run("mkhwconn", [SYSTEM, "-t"]);
    assert!(
        ran.err.contains("is unknown; asked again: there is ") && !ran.err.contains("wrong"),
        "{ran:#?}"
    );
    site.heal("hmc01");
    let _ = world.run("mkhwconn", [SYSTEM, "-t"]);
    fails(
        &world,
        "there is a connection to 10.0.1.2 already, in state \"Failed Authentication\"; remove it with rmhwconn first",
    );
    world
        .run("mkhwconn", [SYSTEM])
        .refused("Error: Flag -t or -p or -s must be used.");
    world
        .run("mkhwconn", [SYSTEM, "-t", "--port", "2"])
        .refused("Error: invalid value '2' for '--port <0|1>'");
    world
        .run("mkhwconn", [SYSTEM, "-p", "nosuch"])
        .refused("Error: Invalid nodes");
    world
        .run("mkhwconn", [SYSTEM, "-p", "node01"])
        .refused("Error: node01 is no HMC: one node with hwtype=hmc is needed");
    world
        .run("mkhwconn", ["node01", "-t"])
        .lines_begin(&["node01: Node type of node(s) node01 is not supported"]);
    site.fault("hmc01", Fault::Down);
    world.new_home("other");
    world
        .run("mkhwconn", [SYSTEM, "-t"])
        .refused(&format!("{SYSTEM}: Error: cannot reach hmc01: "));
}
