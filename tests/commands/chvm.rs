//! `chvm` on the simulated site.

use std::time::Duration;

use simsite::{Config, Fault, Site};

use crate::world::World;

fn site() -> (World, Site) {
    World::scanned(Config::default_site())
}

/// The changes that were sent to an HMC.
fn sent(site: &Site, hmc: &str) -> Vec<String> {
    let changes = ["mksyscfg", "chsyscfg", "chhwres"];
    let all = site.commands(hmc).into_iter();
    all.filter(|line| changes.iter().any(|word| line.starts_with(word)))
        .collect()
}

/// The attributes of the node's profile that counts.
fn profile(world: &World, node: &str) -> serde_json::Value {
    let text = world.run("lsvm", [node, "--json"]).good();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    all[0]["profiles"][0].clone()
}

#[test]
fn attributes_of_the_profile_that_counts_are_changed() {
    let (world, site) = site();
    world
        .run(
            "chvm",
            [
                "node01,node03",
                "max_mem=32768",
                "vmcpus=1/3/6",
                "virtual_scsi_adapters+=9/client/1/vios1/99/0",
            ],
        )
        .ok("node01: Success\nnode03: Success\n");
    assert_eq!(
        sent(&site, "hmc01"),
        [
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=lpar9,lpar_id=9,max_mem=32768,desired_procs=3,max_procs=6,virtual_scsi_adapters+=9/client/1/vios1/99/0'",
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=normal,lpar_id=3,max_mem=32768,desired_procs=3,max_procs=6,virtual_scsi_adapters+=9/client/1/vios1/99/0'",
        ]
    );
    let now = profile(&world, "node01");
    assert_eq!(now["max_procs"], "6");
    assert_eq!(
        now["virtual_scsi_adapters"],
        "3/client/1/vios1/19/1,9/client/1/vios1/99/0"
    );
    // A list arrives as one field.
    let list =
        "\"virtual_eth_adapters=4/0/1//0/1/ETHERNET0//all/none,5/0/2//0/1/ETHERNET0//all/none\"";
    world.run("chvm", ["node03", list]).ok("node03: Success\n");
    assert!(sent(&site, "hmc01")[2].ends_with(&format!("lpar_id=3,{list}'")));
    // As it is already: nothing is sent.
    world.run("chvm", ["node03", list]).ok("node03: Success\n");
    world
        .run("chvm", ["node03", list, "--dry-run"])
        .ok("node03: nothing to change\n");
    assert_eq!(sent(&site, "hmc01").len(), 3);
    world
        .run("chvm", ["node03", "bogus=1", "worse=2"])
        .fails("node03: Incorrect attribute(s) bogus,worse\n", "");
    world
        .run("chvm", ["node03", "desired_mem=65536"])
        .lines_begin(&["node03: HSCL"]);
}

#[test]
fn a_dry_run_shows_what_is_sent() {
    let (world, site) = site();
    let words = ["node03", "max_mem=32768"];
    let dry = world
        .run("chvm", ["node03", "max_mem=32768", "--dry-run"])
        .good();
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
    world.run("chvm", words).good();
    let sent = sent(&site, "hmc01");
    assert_eq!(dry, format!("node03: hmc01 would be sent: {}\n", sent[0]));
}

#[test]
fn what_lsvm_wrote_is_read_again() {
    let (world, site) = site();
    world
        .sh("lsvm node03 | chvm node03")
        .ok("node03: Success\n");
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
    world
        .sh("lsvm node03 | sed 's/,max_mem=16384,/,max_mem=20480,/' | chvm node03")
        .ok("node03: Success\n");
    // Several nodes in one file, each with its own rows.
    world
        .sh("lsvm -a node01,node04 | grep -v name=backup | sed 's/=8192/=4096/' > profiles")
        .good();
    world
        .run("chvm", ["node01,node04", "-p", "./profiles"])
        .ok("node01: Success\nnode04: Success\n");
    assert_eq!(
        sent(&site, "hmc01"),
        [
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=normal,lpar_id=3,max_mem=20480'",
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=lpar9,lpar_id=9,desired_mem=4096'",
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=normal,lpar_id=4,desired_mem=4096'",
        ]
    );
    world.run("chvm", ["node02", "-p", "./profiles"]).fails(
        "node02: the file has no row with the name and the id of the LPAR \"node02\"\n",
        "",
    );
    world.sh("lsvm -a node01 > two").good();
    world
        .run("chvm", ["node01", "-p", "./two"])
        .lines_begin(&["node01: the file has several rows for the LPAR \"node01\""]);
    world
        .sh("lsvm node03 | sed s/aixlinux/vioserver/ | chvm node03")
        .fails("node03: lpar_env cannot be changed\n", "");
    world
        .sh("lsvm node03 | sed s/name=normal/name=other/ | chvm node03")
        .fails("node03: the LPAR \"node03\" has no profile \"other\"\n", "");
    for (text, error) in [
        ("", "Error: No valid line was found"),
        ("rubbish", "Error: Invalid line in profile: line 1: "),
    ] {
        world.feed("chvm", ["node03"], text).refused(error);
    }
    world
        .run("chvm", ["node03", "-p", "./nosuch"])
        .refused("Error: cannot read ./nosuch: ");
    assert_eq!(sent(&site, "hmc01").len(), 3);
}

#[test]
fn an_lpar_gets_another_profile() {
    let (world, site) = site();
    let pprofile = |node| world.run("lsdef", [node, "-i", "pprofile", "-c"]).good();
    // It has it.
    world
        .run("chvm", ["node01", "-p", "backup"])
        .ok("node01: Success\n");
    assert_eq!(pprofile("node01"), "node01: pprofile=backup\n");
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
    // One other has it, on the same system or another of the HMC.
    let dry = world
        .run("chvm", ["node03", "-p", "lpar6", "--dry-run"])
        .good();
    assert!(
        dry.ends_with("node node03: changed\n    pprofile: normal -> lpar6\n"),
        "{dry}"
    );
    world
        .run("chvm", ["node03", "-p", "lpar6"])
        .ok("node03: Success\n");
    world
        .run("chvm", ["node04", "-p", "node07"])
        .ok("node04: Success\n");
    assert_eq!(pprofile("node03"), "node03: pprofile=lpar6\n");
    let sent = sent(&site, "hmc01");
    assert!(
        sent[0].starts_with("mksyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=lpar6,lpar_id=3,"),
        "{sent:#?}"
    );
    assert!(
        sent[0].contains("virtual_scsi_adapters=3/client/1/vios1/18/1"),
        "{sent:#?}"
    );
    assert!(sent[1].contains("'name=node07,lpar_id=4,"), "{sent:#?}");
    assert!(dry.contains(&sent[0]));
    // Two have one, none has one.
    world.run("chvm", ["node01", "-p", "normal"]).fails(
        "node01: which profile \"normal\" is meant? node03, node04 have one of that name\n",
        "",
    );
    world.run("chvm", ["node01", "-p", "nosuch"]).fails(
        "node01: The partition profile named 'nosuch' was not found\n",
        "",
    );
}

#[test]
fn a_running_lpar_and_its_profile_are_kept_in_step() {
    let (world, site) = site();
    world
        .run(
            "chvm",
            ["node01", "--dlpar", "desired_mem=9216", "desired_procs=3"],
        )
        .ok("node01: Success\n");
    world
        .run(
            "chvm",
            [
                "node01,node03",
                "--dlpar",
                "desired_mem=8192",
                "max_mem=20480",
            ],
        )
        .ok("node01: Success\nnode03: Success\n");
    assert_eq!(
        sent(&site, "hmc01"),
        [
            "chhwres -r mem -m '9117-MMA*10F6F3D' -o a --id 9 -q 1024",
            "chhwres -r proc -m '9117-MMA*10F6F3D' -o a --id 9 --procs 1",
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=lpar9,lpar_id=9,desired_mem=9216,desired_procs=3'",
            "chhwres -r mem -m '9117-MMA*10F6F3D' -o r --id 9 -q 1024",
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=lpar9,lpar_id=9,desired_mem=8192,max_mem=20480'",
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=normal,lpar_id=3,max_mem=20480'",
        ]
    );
    let refused = |words: &[&str], text: &str| {
        let ran = world.run("chvm", words);
        ran.lines_begin(&[text]);
    };
    refused(
        &["node01", "--dlpar", "boot_mode=sms"],
        "node01: boot_mode cannot be changed while the LPAR runs",
    );
    refused(
        &["node01", "--dlpar", "desired_mem=999999"],
        "node01: desired_mem=999999 is not between",
    );
    refused(
        &["node01", "--dlpar", "desired_mem=9000"],
        "node01: memory changes by multiples of ",
    );
    refused(
        &["node01", "--dlpar", "desired_mem=much"],
        "node01: desired_mem=much is no number",
    );
    refused(
        &["lpar05", "--dlpar", "desired_mem=4096"],
        "lpar05: the LPAR \"lpar05\" cannot be changed while it runs: it is Open Firmware",
    );
    refused(
        &["node06", "--dlpar", "desired_mem=4096"],
        "node06: the LPAR \"node06\" cannot be changed while it runs: its RMC connection is not active",
    );
    assert_eq!(sent(&site, "hmc01").len(), 6);
    // The profile after the LPAR: what was done is said.
    site.fault_on("hmc01", "chsyscfg", Fault::Busy);
    refused(
        &["node01", "--dlpar", "desired_mem=9216"],
        "node01: the running LPAR was changed (memory +1024 MB), its profile was not: HSCL3205 ",
    );
    site.heal("hmc01");
    site.fault_on("hmc01", "chhwres -r proc", Fault::Busy);
    refused(
        &["node01", "--dlpar", "desired_mem=8192", "desired_procs=2"],
        "node01: the running LPAR was changed (memory -1024 MB), its profile was not: processors -1: HSCL3205 ",
    );
}

/// A site on which `vios1` has the slots 21010200, which it requires, and
/// 21010201; 21010202 is free.
fn with_slots() -> (World, Site) {
    let mut config = Config::default_site();
    let attrs = &mut config.cec[0].lpar[0].profile[0].attrs;
    let list = "21010200/none/1,21010201/none/0";
    attrs.insert("io_slots".into(), list.into());
    World::scanned(config)
}

/// The slots of an LPAR that runs, and those of its profile.
fn slots(world: &World, site: &Site, node: &str) -> (Vec<String>, String) {
    let key = ["-i", site.dir().join("id_ed25519").to_str().unwrap()].join(" ");
    let ask = format!(
        "ssh -F {} {key} hmc01 'lshwres -r io --rsubtype slot -m 9117-MMA*10F6F3D -F drc_index,lpar_name'",
        site.ssh_config().display()
    );
    let rows = world.sh(&ask).good();
    let own = |row: &str| row.strip_suffix(&format!(",{node}")).map(str::to_owned);
    (
        rows.lines().filter_map(own).collect(),
        profile(world, node)["io_slots"]
            .to_string()
            .replace('"', ""),
    )
}

#[test]
fn slots_of_a_running_lpar_and_its_profile_are_kept_in_step() {
    let (world, site) = with_slots();
    let dry = world
        .run(
            "chvm",
            [
                "node01",
                "--dlpar",
                "io_slots+=21010202/none/0",
                "--dry-run",
            ],
        )
        .good();
    let add = "chhwres -r io --rsubtype slot -m '9117-MMA*10F6F3D' -o a --id 9 -l 21010202";
    let set =
        "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=lpar9,lpar_id=9,io_slots=21010202/none/0'";
    assert_eq!(
        dry,
        format!("node01: hmc01 would be sent: {add}\nnode01: hmc01 would be sent: {set}\n")
    );
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
    // Once more there is nothing to do but the profile, and then nothing.
    world
        .run("chvm", ["node01", "--dlpar", "io_slots+=21010202/none/0"])
        .ok("node01: Success\n");
    world
        .run("chvm", ["node01", "--dlpar", "io_slots=21010202/none/0"])
        .ok("node01: Success\n");
    assert_eq!(sent(&site, "hmc01"), [add, set]);
    let own = |slot: &str| (vec![slot.to_owned()], format!("{slot}/none/0"));
    assert_eq!(slots(&world, &site, "node01"), own("21010202"));
    // Another in its place: it is taken from the VIOS, and from its profile.
    let line = [
        "node01",
        "--dlpar",
        "--from",
        "vios1",
        "io_slots=21010201/none/0",
    ];
    world.run("chvm", line).ok("node01: Success\n");
    assert_eq!(
        sent(&site, "hmc01")[2..],
        [
            "chhwres -r io --rsubtype slot -m '9117-MMA*10F6F3D' -o r --id 9 -l 21010202",
            "chhwres -r io --rsubtype slot -m '9117-MMA*10F6F3D' -o m --id 1 --tid 9 -l 21010201",
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=default,lpar_id=1,io_slots=21010200/none/1'",
            "chsyscfg -r prof -m '9117-MMA*10F6F3D' -i 'name=lpar9,lpar_id=9,io_slots=21010201/none/0'",
        ]
    );
    assert_eq!(slots(&world, &site, "node01"), own("21010201"));
    let vios = (vec!["21010200".to_owned()], "21010200/none/1".to_owned());
    assert_eq!(slots(&world, &site, "vios1"), vios);
    world
        .run("chvm", ["node01", "--dlpar", "io_slots-=21010201/none/0"])
        .ok("node01: Success\n");
    assert_eq!(slots(&world, &site, "node01"), (vec![], "none".to_owned()));
}

#[test]
fn slots_that_cannot_change_are_told() {
    let (world, site) = with_slots();
    let refused = |words: &[&str], text: &str| {
        world.run("chvm", words).lines_begin(&[text]);
    };
    for (words, text) in [
        (
            &["node01", "--dlpar", "io_slots+=21010201/none/0"][..],
            "node01: the slot 21010201 belongs to the LPAR \"vios1\"; --from takes it from there",
        ),
        (
            &[
                "node01",
                "--dlpar",
                "--from",
                "vios1",
                "io_slots+=21010200/none/0",
            ],
            "node01: the slot 21010200 is required by \"vios1\"",
        ),
        (
            &["vios1", "--dlpar", "io_slots-=21010200/none/1"],
            "vios1: the slot 21010200 is required by \"vios1\"",
        ),
        (
            &["node01", "--dlpar", "io_slots+=21019999/none/0"],
            "node01: the system has no I/O slot 21019999",
        ),
        (
            &["node06", "--dlpar", "io_slots+=21010202/none/0"],
            "node06: the LPAR \"node06\" cannot be changed while it runs: its RMC",
        ),
        (
            &[
                "node01",
                "--dlpar",
                "--from",
                "node03",
                "io_slots+=21010202/none/0",
            ],
            "node01: the LPAR \"node03\" cannot be changed while it runs: it is Not Activated",
        ),
        (
            &[
                "node01",
                "--dlpar",
                "--from",
                "nosuch",
                "io_slots+=21010202/none/0",
            ],
            "node01: --from: 9117-MMA*10F6F3D has no LPAR \"nosuch\"",
        ),
    ] {
        refused(words, text);
    }
    world
        .run(
            "chvm",
            ["node01", "--from", "vios1", "io_slots+=21010202/none/0"],
        )
        .refused("Error: the following required arguments were not provided");
    world
        .run(
            "chvm",
            ["node01", "--dlpar", "--from", "vios1", "max_mem=1"],
        )
        .refused("Error: --from is for slots");
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
    // What the HMC refuses, and which of several steps that was.
    site.fault_on("hmc01", "-l 21010202", Fault::Busy);
    let line = [
        "node01",
        "--dlpar",
        "--from",
        "vios1",
        "io_slots=21010201/none/0,21010202/none/0",
    ];
    refused(
        &line,
        "node01: the running LPAR was changed (slot 21010201 moved), its profile was not: slot 21010202 added: HSCL3205 ",
    );
    site.heal("hmc01");
    site.fault_on("hmc01", "-i name=default,", Fault::NoAuthority);
    site.fault_on("hmc01", "name=lpar9,", Fault::NoAuthority);
    refused(
        &["node01", "--dlpar", "io_slots+=21010202/none/0"],
        "node01: the running LPAR was changed (slot 21010202 added), its profile was not: HSCL350B ",
    );
    site.heal("hmc01");
    site.fault_on("hmc01", "-o r", Fault::Drop);
    let ran = world.run("chvm", ["node01", "--dlpar", "io_slots=21010201/none/0"]);
    assert!(
        ran.err
            .ends_with("is unknown; asked again: the slot 21010202 belongs to no LPAR\n")
            && ran.out.is_empty(),
        "{ran:#?}"
    );
    // Off, only its profile is changed.
    site.heal("hmc01");
    world
        .run("chvm", ["node03", "--dlpar", "io_slots+=21010202/none/0"])
        .ok("node03: Success\n");
    assert!(
        sent(&site, "hmc01")
            .last()
            .unwrap()
            .starts_with("chsyscfg ")
    );
}

#[test]
fn what_is_wrong_is_found_before_anything_is_sent() {
    let (world, site) = site();
    world.bad_definitions();
    let ran = world.run(
        "chvm",
        [
            "gone,bare,node0x,hmc01,Server-9117-MMA-SN10F6F3D",
            "max_mem=1",
        ],
    );
    ran.lines_begin(&[
        "Server-9117-MMA-SN10F6F3D: Command not supported on 'cec'",
        "bare: hwtype of bare is not set",
        "gone: Node not found: 9117-MMA*10F6F3D has no LPAR with id 77",
        "hmc01: Invalid node type: hmc",
        "node0x: id of node0x is not set",
    ]);
    world.run("chdef", ["node02", "id=3"]).good();
    world
        .run("chvm", ["node02", "max_mem=20480"])
        .lines_begin(&["node02: id 3 of 9117-MMA*10F6F3D is the LPAR \"node03\""]);
    let wrong: [(&[&str], &str); 6] = [
        (
            &["node03", "max_mem"],
            "Invalid argument or attribute: max_mem",
        ),
        (
            &["node03", "lpar_id=4"],
            "lpar_id says which LPAR or profile is meant",
        ),
        (
            &["node03", "add_physlots=0x21010202"],
            "add_physlots is not for LPARs behind an HMC",
        ),
        (
            &["node03", "max_mem=1", "-p", "normal"],
            "the argument '[ATTRIBUTES]...' cannot be used with '-p <profile>'",
        ),
        (
            &["node03", "-p", "normal", "--dlpar"],
            "--dlpar is for attributes and files",
        ),
        (
            &["nosuch", "max_mem=1"],
            "Invalid nodes and/or groups in noderange: nosuch",
        ),
    ];
    for (words, text) in wrong {
        world.run("chvm", words).refused(&format!("Error: {text}"));
    }
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
}

#[test]
fn hmcs_in_trouble_are_told() {
    let (mut world, site) = site();
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "5")]]);
    let change = ["node03", "max_mem=20480"];
    for (fault, text) in [
        (Fault::Busy, "HSCL3205 "),
        (Fault::NoAuthority, "HSCL350B "),
    ] {
        site.heal("hmc01");
        site.fault_on("hmc01", "chsyscfg", fault);
        world
            .run("chvm", change)
            .lines_begin(&[&format!("node03: {text}")]);
    }
    site.heal("hmc01");
    site.fault_on("hmc01", "chsyscfg", Fault::Hang);
    world.run("chvm", change).fails(
        "",
        "node03: Error: hmc01 did not finish the command within 5 s; it may still be running there; whether the command was carried out is unknown; asked again: max_mem is 16384, not 20480\n",
    );
    site.heal("hmc01");
    site.fault_on("hmc01", "chsyscfg", Fault::Drop);
    let ran = world.run("chvm", ["node03,node04", "max_mem=20480"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err
            .contains("; whether the command was carried out is unknown; asked again: max_mem is "),
        "{ran:#?}"
    );
    assert!(
        ran.err.contains("node04: Error: nothing was sent: "),
        "{ran:#?}"
    );
    site.heal("hmc01");
    for (state, text) in [
        ("No Connection", "HSCL0237 "),
        ("Failed Authentication", "HSCL0237 "),
    ] {
        site.set_state("Server-9117-MMA-SN10F6F3D", state).unwrap();
        world
            .run("chvm", change)
            .lines_begin(&[&format!("node03: {text}")]);
    }
    site.fault("hmc01", Fault::Down);
    world.new_home("other");
    world
        .run("chvm", change)
        .refused("node03: Error: cannot reach hmc01: ");
}

#[test]
fn what_was_changed_before_an_interrupt_is_told() {
    let (world, site) = site();
    let slow = Fault::Slow(Duration::from_secs(3));
    site.fault_on("hmc01", "chsyscfg", slow.clone());
    let change = ["node03,node04", "max_mem=20480"];
    let ran = world.interrupt("chvm", change, || !sent(&site, "hmc01").is_empty());
    ran.killed(
        "node03: Success\n",
        "node04: Error: nothing was sent: the command was interrupted\n",
    );
    assert_eq!(sent(&site, "hmc01").len(), 1);
    assert_eq!(profile(&world, "node03")["max_mem"], "20480");
    assert_eq!(profile(&world, "node04")["max_mem"], "16384");
    // Profiles that were made are written, others are not.
    site.heal("hmc01");
    world.run("chdef", ["node02,node03", "pprofile="]).good();
    site.fault_on("hmc01", "mksyscfg", slow);
    let change = ["node02,node03", "-p", "lpar9"];
    let all = || sent(&site, "hmc01").len();
    let ran = world.interrupt("chvm", change, || all() == 2);
    ran.killed(
        "node02: Success\n",
        "node03: Error: nothing was sent: the command was interrupted\n",
    );
    assert_eq!(all(), 2);
    world
        .run("lsdef", ["node02,node03", "-i", "pprofile", "-c"])
        .ok("node02: pprofile=lpar9\nnode03: pprofile=\n");
}
