//! `rbootseq` on the simulated site.

use simsite::{Config, Fault};

use crate::world::hmcs::scanned as site;

#[test]
fn the_boot_mode_is_told_and_set() {
    let (world, site) = site(Config::default_site());
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
    let (world, site) = site(Config::default_site());
    world
        .run("rbootseq", ["node03", "net,hd0"])
        .refused("Error: an HMC has no order of boot devices (net,hd0): ");
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
