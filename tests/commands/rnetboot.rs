//! `rnetboot` on the simulated site.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use simsite::{Config, Fault, Site};

use super::getmacs::{change, lpar, quick, site as scanned};
use crate::world::hmcs::eventually;
use crate::world::{World, bin_folder};

const SYSTEM: &str = "Server-9117-MMA-SN10F6F3D";

/// The site with the adapters of some LPARs known.
fn site(config: Config) -> (World, Site) {
    let (world, site) = scanned(config);
    for (node, mac) in [
        ("node01", "7e:9a:01:00:90:04"),
        ("node03", "7E9A01003004"),
        ("node07", "7e:94:c7:00:40:04"),
        ("db01", "7e:bf:d0:00:20:04"),
    ] {
        world.fill("mac", &[&[("node", node), ("mac", mac)]]);
    }
    (world, site)
}

fn status(world: &World, node: &str) -> Option<String> {
    let rows = world.rows("nodelist").into_iter();
    let mut rows = rows.filter(|row| row.contains(&format!("node={node} ")));
    let row = rows.next()?;
    let word = row.split(' ').find(|word| word.starts_with("status="))?;
    Some(word.to_owned())
}

#[test]
fn the_words_are_xcats_and_the_status_is_written() {
    let (world, site) = site(quick());
    world.run("rnetboot", ["node03"]).ok("node03: Success\n");
    let sent = |site: &Site| site.commands("hmc01").pop().unwrap();
    assert_eq!(
        sent(&site),
        "lpar_netboot -t ent -f -m 7e9a01003004 -s auto -d auto -S 10.0.0.1 -G 10.0.0.1 -C 10.0.0.103 \
         -K 255.255.255.0 node03 normal '9117-MMA*10F6F3D'"
    );
    assert_eq!(
        status(&world, "node03").as_deref(),
        Some("status=powering-on")
    );
    world
        .run("rnetboot", ["node03", "-f"])
        .ok("node03: Success\n");
    assert!(sent(&site).starts_with("lpar_netboot -t ent -f -i -m 7e9a01003004 "));
    // Linux is not known to shut down when it is asked to.
    change(&world, &["db01", "nodetype.os=rhels8.6"]);
    world.run("rnetboot", ["db01"]).ok("db01: Success\n");
    let last = site.commands("hmc02").pop().unwrap();
    assert!(
        last.starts_with("lpar_netboot -t ent -f -i -m 7ebfd0002004 "),
        "{last}"
    );
}

#[test]
fn a_boot_order_is_warned_about() {
    let (world, _site) = site(quick());
    let ran = world.run("rnetboot", ["node03", "-s", "net,hd"]);
    assert_eq!((ran.out.as_str(), ran.code), ("node03: Success\n", Some(0)));
    assert!(
        ran.err
            .starts_with("Warning: an HMC boots an LPAR from the network once"),
        "{ran:#?}"
    );
    world
        .run("rnetboot", ["node03", "-s", "net"])
        .ok("node03: Success\n");
    world
        .run("rnetboot", ["node03", "-s", "cd"])
        .refused("Error: invalid value 'cd' for '-s <ORDER>'");
}

#[test]
fn a_dry_run_sends_nothing() {
    let (world, site) = site(quick());
    let out = world.run("rnetboot", ["node03,node07", "--dry-run"]).good();
    assert_eq!(
        out.matches(": hmc01 would be sent: lpar_netboot ").count(),
        2
    );
    assert!(
        !site
            .commands("hmc01")
            .iter()
            .any(|line| line.starts_with("lpar_netboot"))
    );
    assert_eq!(status(&world, "node03"), None);
}

#[test]
fn what_is_missing_is_an_error_of_that_node_only() {
    let (world, site) = site(quick());
    world.fill("chain", &[&[("node", "node07"), ("currstate", "boot")]]);
    world.fill("mac", &[&[("node", "lpar05"), ("mac", "none yet")]]);
    let before = site.commands("hmc01").len();
    let ran = world.run(
        "rnetboot",
        ["node04,node07,lpar05,Server-9117-MMA-SN10F6F3D"],
    );
    let mut lines: Vec<_> = ran.out.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "Server-9117-MMA-SN10F6F3D: Node must be LPAR",
            "lpar05: mac of the node is \"none yet\", which is neither a MAC address nor a location code",
            "node04: Cannot resolve 'node04'; give it an IPv4 address: chdef -t node -o node04 ip=",
            "node07: Node is in boot state. Use nodeset command before rnetboot or use -F option with rnetboot",
        ]
    );
    assert_eq!((ran.err.as_str(), ran.code), ("", Some(1)));
    assert_eq!(site.commands("hmc01").len(), before, "nothing was sent");
    world
        .run("rnetboot", ["node07", "-F"])
        .ok("node07: Success\n");
    world.fill("hosts", &[&[("node", "node04"), ("ip", "10.0.0.104")]]);
    world
        .run("rnetboot", ["node04"])
        .fails("node04: 'mac' not defined in 'mac' database\n", "");
}

#[test]
fn failures_are_found_whatever_the_exit_status() {
    let mut config = quick();
    lpar(&mut config, "node03").bootp_fails = true;
    let (world, _site) = site(config);
    world
        .run("rnetboot", ["node03,node07"])
        .lines_begin(&["node03: bootp operation failed.", "node07: Success"]);
    assert_eq!(status(&world, "node03"), None);
    world.fill("mac", &[&[("node", "lpar05"), ("mac", "000000000001")]]);
    world
        .run("rnetboot", ["lpar05"])
        .fails("lpar05: can not find mac address 000000000001.\n", "");
}

#[test]
fn each_adapter_is_tried_and_locations_are_adapters() {
    let (world, site) = site(quick());
    world.fill(
        "mac",
        &[&[
            ("node", "lpar05"),
            ("mac", "000000000001!lpar05|U9117.MMA.10F6F3D-V5-C4-T1"),
        ]],
    );
    world.run("rnetboot", ["lpar05"]).ok("lpar05: Success\n");
    let sent = site.commands("hmc01");
    let boots: Vec<_> = sent
        .iter()
        .filter(|line| line.starts_with("lpar_netboot"))
        .collect();
    assert_eq!(boots.len(), 2);
    assert!(
        boots[1].contains(" -l U9117.MMA.10F6F3D-V5-C4-T1 "),
        "{boots:?}"
    );
    world
        .run("chdef", ["lpar05", "mac=U9117.MMA.10F6F3D-V5-C4-T0"])
        .good();
    let ran = world.run("rnetboot", ["lpar05"]);
    assert!(
        ran.out
            .starts_with("lpar05: can not find physical location U9117.MMA.10F6F3D-V5-C4-T0."),
        "{ran:#?}"
    );
    assert!(
        ran.out.contains("POWER10 numbers ports from -T0"),
        "{ran:#?}"
    );
}

#[test]
fn secure_boot_is_refused_with_the_reason() {
    let mut config = quick();
    let db01 = lpar(&mut config, "db01");
    for name in ["curr_secure_boot", "pend_secure_boot"] {
        db01.attrs.insert(name.to_owned(), "2".to_owned());
    }
    let (world, site) = site(config);
    let ran = world.run("rnetboot", ["db01"]);
    assert!(
        ran.out
            .starts_with("db01: secure boot is on, with which lpar_netboot cannot"),
        "{ran:#?}"
    );
    assert_eq!(ran.code, Some(1));
    assert!(
        !site
            .commands("hmc02")
            .iter()
            .any(|line| line.starts_with("lpar_netboot"))
    );
}

#[test]
fn a_dead_hmc_holds_up_nobody() {
    let (mut world, site) = site(quick());
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "5")]]);
    site.fault("hmc02", Fault::Down);
    world.new_home("fresh");
    let ran = world.run("rnetboot", ["node03,db01"]);
    assert_eq!((ran.out.as_str(), ran.code), ("node03: Success\n", Some(1)));
    assert!(
        ran.err.starts_with("db01: Error: cannot reach hmc02: "),
        "{ran:#?}"
    );
}

#[test]
fn a_connection_that_is_lost_leaves_the_outcome_unknown_and_the_state_told() {
    let (world, site) = site(quick());
    site.fault_on("hmc01", "lpar_netboot", Fault::Drop);
    let ran = world.run("rnetboot", ["node03"]);
    let begin = "node03: Error: hmc01: the connection was lost while the command ran; \
                 whether the command was carried out is unknown; asked again: its state is ";
    assert!(ran.err.starts_with(begin), "{ran:#?}");
    assert_eq!((ran.out.as_str(), ran.code), ("", Some(1)));
}

#[test]
fn a_wrong_number_boots_no_other_lpar() {
    let (world, site) = site(quick());
    world.run("chdef", ["node03", "id=9"]).good();
    let ran = world.run("rnetboot", ["node03"]);
    assert!(
        ran.out
            .contains("id 9 of 9117-MMA*10F6F3D is the LPAR \"node01\""),
        "{ran:#?}"
    );
    assert!(
        !site
            .commands("hmc01")
            .iter()
            .any(|line| line.starts_with("lpar_netboot"))
    );
}

#[test]
fn nodes_that_do_not_come_up_are_booted_again() {
    let (world, site) = site(quick());
    world
        .run("rnetboot", ["node03", "-m", "nodelist.status==booted", "-t", "0", "-r", "1"])
        .fails(
            "node03: Success\nnode03: Reinitializing the installation: 1 retry\nnode03: Success\n",
            "Error: node03: does not transit to the expected status\n\
             Error: node03: does not transit to the expected status\n\
             Error: The node \"node03\" can not reach the expected status after 1 retries, the installation for this done failed\n",
        );
    let sent = site.commands("hmc01");
    assert_eq!(
        sent.iter()
            .filter(|line| line.starts_with("lpar_netboot"))
            .count(),
        2
    );
    world
        .run(
            "rnetboot",
            ["node03", "-m", "nodelist.status=~power", "-t", "5"],
        )
        .ok("node03: Success\nnode03: Reached the expected status\n");
    for (words, text) in [
        (
            &["node03", "-m", "nodelist.status", "-t", "1"][..],
            "Invalid string \"nodelist.status\" specified with -m flag",
        ),
        (
            &["node03", "-m", "nodelist.status==booted"],
            "Flag missing, the -t flag is required",
        ),
    ] {
        world
            .run("rnetboot", words)
            .refused(&format!("Error: {text}\n"));
    }
}

#[test]
fn several_conditions_must_all_be_met_and_none_means_booted() {
    let (world, _site) = site(quick());
    change(&world, &["node03,node07", "nodelist.comments=ready"]);
    let both = [
        "node03",
        "-m",
        "nodelist.comments==ready",
        "-m",
        "nodelist.status!=booted",
        "-t",
        "5",
    ];
    world
        .run("rnetboot", both)
        .ok("node03: Success\nnode03: Reached the expected status\n");
    let late = ["node07", "-t", "0.01", "-r", "0", "-m"];
    world.run("rnetboot", late).fails(
        "node07: Success\n",
        "Error: node07: does not transit to the expected status\n\
         Error: The node \"node07\" can not reach the expected status after 0 retries, the installation for this done failed\n",
    );
}

#[test]
fn a_boot_that_failed_is_tried_again_and_not_waited_for() {
    let mut config = quick();
    lpar(&mut config, "node03").bootp_fails = true;
    let (world, site) = site(config);
    // From the last installation.
    change(&world, &["node03", "nodelist.status=booted"]);
    let words = ["node03", "-m", "-t", "1000", "-r", "1"];
    let failed = "node03: bootp operation failed.\n";
    world.run("rnetboot", words).fails(
        &format!("{failed}node03: Reinitializing the installation: 1 retry\n{failed}"),
        "Error: The node \"node03\" can not reach the expected status after 1 retries, the installation for this done failed\n",
    );
    let boots = |line: &&String| line.starts_with("lpar_netboot");
    assert_eq!(site.commands("hmc01").iter().filter(boots).count(), 2);
}

#[test]
fn an_interrupt_tells_the_hmc_and_the_state() {
    let mut config = quick();
    lpar(&mut config, "node03").netboot_ms = Some(60_000);
    let (world, site) = site(config);
    let mut command = world.command(bin_folder().join("rnetboot"));
    let mut child = command
        .args(["node03", "-V"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("node03: Power on complete.") {
        assert_ne!(err.read_line(&mut said).unwrap(), 0, "{said}");
    }
    let pid = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(killed.success());
    std::io::Read::read_to_string(&mut err, &mut said).unwrap();
    let end = child.wait().unwrap();
    assert_eq!(end.signal(), Some(2), "{said}");
    assert!(
        said.contains("node03: Error: interrupted: the command on hmc01 was hung up; whether the command was carried out is unknown; asked again: its state is Open Firmware\n"),
        "{said}"
    );
    eventually("the console is closed", || {
        let closed = "rmvterm -m '9117-MMA*10F6F3D' --id 3".to_owned();
        site.commands("hmc01").contains(&closed)
    });
    assert_eq!(site.state()[&format!("{SYSTEM}/node03")], "Open Firmware");
    assert_eq!(status(&world, "node03"), None);
}
