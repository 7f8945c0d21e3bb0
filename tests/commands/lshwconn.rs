//! `lshwconn` on the simulated site.

use simsite::{Config, Fault};

use crate::world::World;

#[test]
fn connections_are_listed_as_xcat_meant_to() {
    let (world, site) = World::scanned(Config::default_site());
    world.run("lshwconn", ["Server-9117-MMA-SN10F6F3D"]).ok(
        "Server-9117-MMA-SN10F6F3D(10.0.1.1): resource_type=sys,ipaddr=10.0.1.1,alt_ipaddr=unavailable,state=Connected\n",
    );
    let out = world.run("lshwconn", ["hmc01"]).good();
    let lines: Vec<_> = out.lines().collect();
    assert!(
        lines.contains(&"Server-9117-MMA-SN10F6F3D: hcp=hmc01,parent=Frame-9458-100-SN99201WM,ipaddr=10.0.1.1,alt_ipaddr=unavailable,state=Connected"),
        "{out}"
    );
    let frame = world.run("lshwconn", ["Frame-9458-100-SN99201WM"]).good();
    assert!(
        frame.starts_with(
            "Frame-9458-100-SN99201WM(10.0.0.11): resource_type=frame,side=a,ipaddr=10.0.0.11,"
        ),
        "{frame}"
    );
    site.set_state("Server-9117-MMA-SN10F6F3D", "Failed Authentication")
        .unwrap();
    let text = world
        .run("lshwconn", ["Server-9117-MMA-SN10F6F3D", "--json"])
        .good();
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read[0]["connection"]["state"], "Failed Authentication");
    assert_eq!(read[0]["hcp"], "hmc01");
}

#[test]
fn of_two_hmcs_each_row_says_which() {
    let mut config = Config::default_site();
    config.hmc[1]
        .systems
        .push("Server-9117-MMA-SN10F6F3D".into());
    let (mut world, site) = World::scanned(config);
    let (one, two) = ("Server-9117-MMA-SN10F6F3D", "Server-9117-MMA-SN1001234");
    for system in [one, two] {
        world.run("chdef", [system, "hcp=hmc01,hmc02"]).good();
    }
    let row = |hmc: &str| {
        format!(
            "{one}(10.0.1.1): resource_type=sys,ipaddr=10.0.1.1,alt_ipaddr=unavailable,state=Connected,hcp={hmc}"
        )
    };
    // Only hmc01 has the second system.
    let ran = world.run("lshwconn", [&format!("{one},{two}"), "-V"]);
    let mut lines: Vec<_> = ran.out.lines().collect();
    lines.sort_unstable();
    let missing = format!("{two}: hmc02: Connection not found");
    let wanted = [&row("hmc01"), &row("hmc02"), &missing];
    let have = [lines[2], lines[3], lines[1]];
    assert_eq!((have, ran.code), (wanted.map(String::as_str), Some(1)));
    for hmc in ["hmc01", "hmc02"] {
        let asked = format!("{hmc}: lssysconn -r all\n");
        assert!(ran.err.contains(&asked), "{}", ran.err);
    }
    let text = world.run("lshwconn", [one, "--json"]).good();
    let read: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut hcps: Vec<_> = read.iter().map(|row| row["hcp"].as_str()).collect();
    hcps.sort_unstable();
    assert_eq!(hcps, [Some("hmc01"), Some("hmc02")]);
    let out = world.run("lshwconn", ["hmc02"]).good();
    let line = out.lines().find(|line| line.starts_with(one)).unwrap();
    assert!(line.contains(": hcp=hmc02,parent="), "{out}");
    // One that cannot be asked says so, the other tells.
    site.fault("hmc01", Fault::Down);
    world.new_home("other");
    let ran = world.run("lshwconn", [one]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        (format!("{}\n", row("hmc02")).as_str(), Some(1))
    );
    let begin = format!("{one}: Error: cannot reach hmc01: ");
    assert!(ran.err.starts_with(&begin), "{}", ran.err);
}

#[test]
fn what_cannot_be_listed_is_told() {
    let (mut world, site) = World::scanned(Config::default_site());
    world
        .run("chdef", ["Server-9117-MMA-SN1001234", "serial=1"])
        .good();
    world
        .run("lshwconn", ["Server-9117-MMA-SN1001234,node01"])
        .lines_begin(&[
            "Server-9117-MMA-SN1001234: Connection not found",
            "node01: Node type of node(s) node01 is not supported for this command.",
        ]);
    site.fault("hmc01", Fault::NoAuthority);
    world
        .run("lshwconn", ["Server-9117-MMA-SN10F6F3D"])
        .lines_begin(&["Server-9117-MMA-SN10F6F3D: HSCL350B "]);
    site.heal("hmc01");
    site.fault("hmc01", Fault::Down);
    world.new_home("other");
    world
        .run("lshwconn", ["Server-9117-MMA-SN10F6F3D"])
        .refused("Server-9117-MMA-SN10F6F3D: Error: cannot reach hmc01: ");
    world
        .run("lshwconn", ["nosuch"])
        .refused("Error: Invalid nodes and/or groups in noderange: nosuch");
}
