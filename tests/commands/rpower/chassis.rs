//! `rpower` of nodes in chassis.

use simsite::{Fault, Site};

use crate::world::World;
use crate::world::chassis::{self, all_asked, blades, interrupted, one_is_down, one_is_lost};

fn changes(site: &Site, manager: &str) -> Vec<String> {
    chassis::changes(site, manager, "power -state -T")
}

fn status(world: &World, node: &str) -> String {
    world.run("lsdef", [node, "-i", "status", "-c"]).good()
}

#[test]
fn nodes_are_switched_with_the_words_of_xcat() {
    let (world, site) = blades();
    for (op, told, state, sent) in [
        ("on", "on", "on", ""),
        ("softoff", "softoff", "off", "-softoff"),
        ("off", "off", "off", ""),
        ("softoff", "softoff", "off", ""),
        ("boot", "off on", "on", "-on"),
        ("boot", "on reset", "on", "-cycle"),
        ("reset", "reset", "on", "-cycle"),
        ("off", "off", "off", "-off"),
        ("on", "on", "on", "-on"),
    ] {
        let before = changes(&site, "cmm01").len();
        world
            .run("rpower", ["blade3", op])
            .ok(&format!("blade3: {told}\n"));
        let sent_now = changes(&site, "cmm01").split_off(before);
        let wanted: &[String] = match sent {
            "" => &[],
            word => &[format!("power {word} -T system:blade[3]")],
        };
        assert_eq!(sent_now, wanted, "{op}");
        for word in ["stat", "state"] {
            world
                .run("rpower", ["blade3", word])
                .ok(&format!("blade3: {state}\n"));
        }
    }
    // The others are as they were.
    world
        .run("rpower", ["blade1,other1", "stat"])
        .good_lines(&["blade1: on", "other1: on"]);
}

#[test]
fn nodes_of_chassis_and_of_hmcs_are_switched_by_one_command() {
    let (world, site) = blades();
    world
        .run("rpower", ["node01,node03,blade1,blade3,other1", "stat"])
        .good_lines(&[
            "blade1: on",
            "blade3: on",
            "node01: Running",
            "node03: Not Activated",
            "other1: on",
        ]);
    world
        .run("rpower", ["node03,blade1,other1", "boot", "--dry-run"])
        .good_lines(&[
            "blade1: cmm01 would be sent: power -cycle -T system:blade[1]",
            "node03: hmc01 would be sent: chsysstate -r lpar -m '9117-MMA*10F6F3D' -o on -b norm \
             --id 3 -f normal",
            "other1: cmm02 would be sent: power -cycle -T system:blade[1]",
        ]);
    world
        .run("rpower", ["blade1", "on", "--dry-run"])
        .ok("blade1: on\n");
    assert_eq!(status(&world, "blade1"), "blade1: status=\n");
    assert_eq!(changes(&site, "cmm01"), [""; 0]);
    world
        .run("rpower", ["node03,blade1,other1", "boot"])
        .good_lines(&["blade1: on reset", "node03: Success", "other1: on reset"]);
    for node in ["blade1", "node03", "other1"] {
        assert_eq!(
            status(&world, node),
            format!("{node}: status=powering-on\n")
        );
    }
    // What was not switched gets no status.
    world.run("rpower", ["blade3", "on"]).ok("blade3: on\n");
    assert_eq!(status(&world, "blade3"), "blade3: status=\n");
    let ran = world.run("rpower", ["-V", "blade1", "off"]);
    assert_eq!((ran.out.as_str(), ran.code), ("blade1: off\n", Some(0)));
    assert!(!ran.err.contains("PASSW0RD"), "{}", ran.err);
    assert_eq!(status(&world, "blade1"), "blade1: status=powering-off\n");
    let json = world.run("rpower", ["blade1", "stat", "--json"]).good();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["state"], "off", "{json}");
}

#[test]
fn the_order_and_the_wait_are_those_of_all_nodes() {
    let (world, site) = blades();
    let dep = [("node", "blade1"), ("nodedep", "node01"), ("cmd", "off")];
    world.fill("deps", &[&dep]);
    world.run("rpower", ["blade1,node01", "off"]).ok(
        "Performing action against the following nodes: node01\nnode01: Success\n\
         Performing action against the following nodes: blade1\nblade1: off\n",
    );
    world.run("chdef", ["blade3", "usercomment=ready"]).good();
    world
        .run(
            "rpower",
            ["blade3", "on", "-m", "nodelist.comments==ready", "-t", "5"],
        )
        .ok("blade3: on\nblade3: Reached the expected status\n");
    let late = ["-m", "nodelist.status==booted", "-t", "0.01", "-r", "1"];
    let ran = world.run("rpower", ["blade3", "reset"].iter().chain(&late));
    assert_eq!(
        ran.out,
        "blade3: reset\nblade3: Reinitializing the installation: 1 retry\nblade3: reset\n"
    );
    assert_eq!(
        changes(&site, "cmm01"),
        [
            "power -off -T system:blade[1]",
            "power -cycle -T system:blade[3]",
            "power -cycle -T system:blade[3]",
        ]
    );
}

#[test]
fn what_is_not_possible_is_said_of_the_node() {
    let (mut world, site) = blades();
    let ran = world.run("rpower", ["blades", "stat"]);
    all_asked(&ran, ["on", "on", "on"]);
    for op in ["of", "sms", "onstandby"] {
        world.run("rpower", ["blade1", op]).fails(
            &format!("blade1: '{op}' command not supported on a blade\n"),
            "",
        );
    }
    world
        .run("rpower", ["node03,blade1", "sms"])
        .lines_begin(&["blade1: 'sms' command not supported", "node03: Success"]);
    world
        .run("rpower", ["empty", "off"])
        .fails("empty: The target bay is empty.\n", "");
    world.run("nodech", ["empty", "mp.id=15"]).good();
    world
        .run("rpower", ["empty", "off"])
        .fails("empty: The target bay is out of range.\n", "");
    assert_eq!(changes(&site, "cmm01"), [""; 0]);
    site.fault_on("cmm01", "-off", Fault::NoAuthority);
    world.run("rpower", ["blade1", "off"]).fails(
        "blade1: User does not have the authority to issue this command.\n",
        "",
    );
    assert_eq!(status(&world, "blade1"), "blade1: status=\n");
    one_is_down((&mut world, &site), ["rpower", "off"], "off");
}

#[test]
fn a_chassis_that_is_lost_in_the_middle_is_asked_again() {
    let (world, site) = blades();
    let now = "its state is off";
    one_is_lost((&world, &site), ["rpower", "off"], "-off", ["off", now]);
    assert_eq!(status(&world, "blade1"), "blade1: status=\n");
    world.run("rpower", ["blade3", "stat"]).ok("blade3: on\n");
    interrupted((&world, &site), ["rpower", "reset"], "-cycle", "reset");
}
