//! `rspconfig` on the simulated site.

use std::fs;

use simsite::{Config, Fault, Site};

use crate::world::World;
use crate::world::hmcs::scanned;

/// A site that does not know the client's key, whose public half lies beside it.
fn site() -> (World, Site) {
    let mut config = Config::default_site();
    config.authorized_key = false;
    let (world, site) = scanned(config);
    let key = site.dir().join("id_ed25519");
    let made = world.sh(&format!("ssh-keygen -y -f {0} > {0}.pub", key.display()));
    made.good();
    (world, site)
}

fn sent(site: &Site, word: &str) -> Vec<String> {
    let lines = site.commands("hmc01").into_iter();
    lines.filter(|line| line.starts_with(word)).collect()
}

#[test]
fn our_key_is_told_added_and_removed() {
    let (mut world, site) = site();
    world
        .run("rspconfig", ["hmc01", "sshcfg"])
        .ok("hmc01: disabled\n");
    let dry = world
        .run("rspconfig", ["hmc01", "sshcfg=enable", "--dry-run"])
        .good();
    assert!(
        dry.starts_with("hmc01: hmc01 would be sent: mkauthkeys --add 'ssh-ed25519 "),
        "{dry}"
    );
    assert_eq!(sent(&site, "mkauthkeys"), [""; 0]);
    for _ in 0..2 {
        world
            .run("rspconfig", ["hmc01", "sshcfg=enable"])
            .ok("hmc01: enabled\n");
    }
    assert_eq!(sent(&site, "mkauthkeys --add").len(), 1);
    world
        .run("rspconfig", ["hmc01", "sshcfg"])
        .ok("hmc01: enabled\n");
    // Now the key opens connections: no password is known any more.
    world.run("chdef", ["hmc01", "password="]).good();
    world.new_home("keyed");
    world
        .run("rpower", ["node01", "stat"])
        .ok("node01: Running\n");
    world
        .run("rspconfig", ["hmc01", "sshcfg=disable"])
        .ok("hmc01: disabled\n");
    assert_eq!(
        sent(&site, "mkauthkeys --remove"),
        ["mkauthkeys --remove client@site"]
    );
    world
        .run("rspconfig", ["hmc01", "sshcfg"])
        .ok("hmc01: disabled\n");
}

#[test]
fn a_password_is_changed_remembered_and_shown_nowhere() {
    let (mut world, site) = site();
    let ran = world.run("rspconfig", ["-V", "hmc01", "HMC_passwd=abc123,new$ecret"]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("hmc01: Success\n", Some(0)),
        "{ran:#?}"
    );
    assert!(
        !ran.err.contains("new$ecret") && !ran.err.contains("abc123"),
        "{}",
        ran.err
    );
    assert_eq!(sent(&site, "chhmcusr").len(), 1);
    let journal = world.run("lschange", [""; 0]).good();
    assert!(
        journal.contains("HMC_passwd=********") && !journal.contains("ecret"),
        "{journal}"
    );
    let stored = world.run("lsdef", ["hmc01", "-i", "password", "-c"]).good();
    assert_eq!(stored, "hmc01: password=new$ecret\n");
    world.new_home("changed");
    world
        .run("rpower", ["node01", "stat"])
        .ok("node01: Running\n");
    let dry = world
        .run("rspconfig", ["hmc01", "HMC_passwd=,other1", "--dry-run"])
        .good();
    assert_eq!(
        dry,
        "hmc01: hmc01 would be sent: chhmcusr -u hscroot -t passwd -v ********\n"
    );
    // Too short for the HMC: nothing is remembered.
    let ran = world.run("rspconfig", ["hmc01", "HMC_passwd=,abc"]);
    assert_eq!(
        (ran.out.contains("abc."), ran.code),
        (false, Some(1)),
        "{ran:#?}"
    );
    let stored = world.run("lsdef", ["hmc01", "-i", "password", "-c"]).good();
    assert_eq!(stored, "hmc01: password=new$ecret\n");
}

#[test]
fn what_goes_wrong_is_said_of_the_node() {
    let (mut world, site) = site();
    world
        .run("rspconfig", ["node01,hmc01", "sshcfg"])
        .fails("node01: Invalid node type: lpar\nhmc01: disabled\n", "");
    site.fault("hmc01", Fault::NoAuthority);
    let ran = world.run("rspconfig", ["hmc01", "sshcfg=enable"]);
    assert!(ran.out.starts_with("hmc01: HSCL350B "), "{ran:?}");
    site.heal("hmc01");
    fs::remove_file(site.dir().join("id_ed25519.pub")).unwrap();
    let ran = world.run("rspconfig", ["hmc01", "sshcfg"]);
    assert!(
        ran.out.starts_with("hmc01: there is no public key ("),
        "{ran:?}"
    );
    site.fault("hmc01", Fault::Down);
    world.new_home("down");
    let ran = world.run("rspconfig", ["hmc01", "HMC_passwd=abc123,new$ecret"]);
    assert!(
        ran.err.starts_with("hmc01: Error: cannot reach hmc01: "),
        "{ran:?}"
    );
    let stored = world.run("lsdef", ["hmc01", "-i", "password", "-c"]).good();
    assert_eq!(stored, "hmc01: password=abc123\n");
}

#[test]
fn wrong_usage_is_refused() {
    let (world, _site) = site();
    world
        .run("rspconfig", ["hmc01"])
        .refused("Error: No command specified\n");
    world
        .run("rspconfig", ["hmc01", "autopower"])
        .refused("Error: Invalid command: autopower;");
    world
        .run("rspconfig", ["hmc01", "sshcfg=maybe"])
        .refused("Error: Invalid argument 'maybe'\n");
    world
        .run("rspconfig", ["hmc01", "sshcfg="])
        .refused("Error: Missing argument: sshcfg=\n");
    let ran = world.run("rspconfig", ["hmc01", "HMC_passwd=secret"]);
    assert!(
        ran.err.starts_with("Error: New password couldn't be empty") && !ran.err.contains("secret"),
        "{ran:?}"
    );
}
