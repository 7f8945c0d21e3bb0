//! `rbootseq` on the simulated site.

use simsite::{Config, Fault, Site};

use crate::world::World;
use crate::world::chassis::{self, all_asked, blades, interrupted, one_is_down, one_is_lost};

#[test]
fn the_boot_mode_is_told_and_set() {
    let (world, site) = World::scanned(Config::default_site());
    let list = |mode: &str| {
        world.run("rbootseq", ["node03", "list"]).ok(&format!(
            "node03: boot mode of the profile normal: {mode}\n"
        ));
    };
    list("norm");
    let dry = world.run("rbootseq", ["node03", "sms", "--dry-run"]).good();
    assert!(
        dry.starts_with("node03: hmc01 would be sent: chsyscfg -r prof "),
        "{dry}"
    );
    list("norm");
    for _ in 0..2 {
        world
            .run("rbootseq", ["node03", "sms"])
            .ok("node03: Success\n");
    }
    list("sms");
    let sent = site.commands("hmc01").into_iter();
    assert_eq!(sent.filter(|line| line.starts_with("chsyscfg")).count(), 1);
}

#[test]
fn what_goes_wrong_is_said() {
    let (world, site) = World::scanned(Config::default_site());
    world
        .run("rbootseq", ["node03", "net,hd0"])
        .lines_begin(&["node03: an HMC has no order of boot devices: "]);
    world
        .run("rbootseq", ["node03"])
        .refused("Error: No command specified\n");
    world
        .run("rbootseq", ["node03", "soon"])
        .refused("Error: Invalid command: soon;");
    world
        .run("rbootseq", ["Server-9117-MMA-SN10F6F3D", "list"])
        .fails("Server-9117-MMA-SN10F6F3D: Invalid node type: cec\n", "");
    world.run("chdef", ["node03", "pprofile=other"]).good();
    world.run("rbootseq", ["node03", "list"]).fails(
        "node03: the LPAR has no profile other with a boot mode; correct its pprofile\n",
        "",
    );
    site.fault("hmc01", Fault::Busy);
    let ran = world.run("rbootseq", ["node04", "of"]);
    assert!(ran.out.starts_with("node04: HSCL3205 "), "{ran:?}");
}

fn changes(site: &Site, manager: &str) -> Vec<String> {
    chassis::changes(site, manager, "bootseq -T")
}

#[test]
fn a_chassis_manager_tells_and_sets_the_boot_sequence() {
    let (world, site) = blades();
    world
        .run("rbootseq", ["blade1,blade3", "list"])
        .ok("blade1: cdrom,hd0,net,none\nblade3: net,hd0,none,none\n");
    world
        .run("rbootseq", ["other1", "stat"])
        .ok("other1: hd0,none,none,none\n");
    world
        .run("rbootseq", ["blade1,blade3", "net,hd0", "--dry-run"])
        .ok("blade1: cmm01 would be sent: bootseq nw hd0 -T system:blade[1]\nblade3: net,hd0,none,none\n");
    assert_eq!(changes(&site, "cmm01"), [""; 0]);
    let ran = world.run("rbootseq", ["-V", "blade1,blade3", "n", "c,hd1,none"]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        (
            "blade1: net,cdrom,hd1,none\nblade3: net,cdrom,hd1,none\n",
            Some(0)
        ),
        "{ran:#?}"
    );
    assert!(!ran.err.contains("PASSW0RD"), "{}", ran.err);
    assert_eq!(
        changes(&site, "cmm01"),
        [
            "bootseq nw cd hd1 nodev -T system:blade[1]",
            "bootseq nw cd hd1 nodev -T system:blade[3]",
        ]
    );
    // Nothing is sent for what is so already; LPARs in the same breath.
    world
        .run("rbootseq", ["node03,blade1", "list"])
        .good_lines(&[
            "blade1: net,cdrom,hd1,none",
            "node03: boot mode of the profile normal: norm",
        ]);
    world
        .run("rbootseq", ["blade1", "net,cdrom,hd1"])
        .ok("blade1: net,cdrom,hd1,none\n");
    assert_eq!(changes(&site, "cmm01").len(), 2);
}

#[test]
fn what_a_chassis_cannot_do_is_said_of_the_node() {
    let (mut world, site) = blades();
    let ran = world.run("rbootseq", ["blades", "list"]);
    all_asked(
        &ran,
        [
            "cdrom,hd0,net,none",
            "net,hd0,none,none",
            "hd0,none,none,none",
        ],
    );
    world
        .run("rbootseq", ["blade1", "sms"])
        .lines_begin(&["blade1: a chassis manager has no boot modes: "]);
    world
        .run("rbootseq", ["blade1", "hfi"])
        .lines_begin(&["blade1: a chassis manager has no boot device hfi"]);
    world
        .run("rbootseq", ["node03,blade1", "net"])
        .lines_begin(&["blade1: net,none,none,none", "node03: an HMC has no order"]);
    site.fault_on("cmm01", "hd3", Fault::NoAuthority);
    world.run("rbootseq", ["blade1", "hd3"]).fails(
        "blade1: User does not have the authority to issue this command.\n",
        "",
    );
    site.heal("cmm01");
    // Twice the same: the manager refuses what its syntax does not have.
    world
        .run("rbootseq", ["blade1", "net,net"])
        .fails("blade1: Invalid syntax. Type 'bootseq -h' for help.\n", "");
    one_is_down(
        (&mut world, &site),
        ["rbootseq", "list"],
        "hd0,none,none,none",
    );
    for (words, text) in [
        ("net,later", "Invalid command: net,later; write list"),
        ("n,n,n,n,n", "Only four boot sequence entries allowed"),
        ("none,net", "cannot specify 'none' as first device"),
        ("net,none,hd0", "cannot specify 'none' before a device"),
    ] {
        world
            .run("rbootseq", ["blade1", words])
            .refused(&format!("Error: {text}"));
    }
}

#[test]
fn a_chassis_that_is_lost_in_the_middle_is_asked_again() {
    let (world, site) = blades();
    let usb = "usbflash,none,none,none";
    let now = format!("its boot sequence is {usb}");
    one_is_lost((&world, &site), ["rbootseq", "usb"], "usbdisk", [usb, &now]);
    let net = "net,none,none,none";
    interrupted((&world, &site), ["rbootseq", "net"], "bootseq nw", net);
}
