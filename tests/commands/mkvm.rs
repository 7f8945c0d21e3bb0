//! `mkvm` on the simulated site.

use std::time::Duration;

use simsite::{Config, Fault, Site};

use crate::world::World;

/// The site, scanned, and nodes without LPARs.
fn site() -> (World, Site) {
    let (world, site) = World::scanned(Config::default_site());
    world
        .run("mkdef", ["-t", "node", "-o", "new[1-3]", "groups=all"])
        .good();
    (world, site)
}

/// The changes that were sent to an HMC.
fn sent(site: &Site, hmc: &str) -> Vec<String> {
    let changes = ["mksyscfg", "chsyscfg", "rmsyscfg"];
    let all = site.commands(hmc).into_iter();
    all.filter(|line| changes.iter().any(|word| line.starts_with(word)))
        .collect()
}

#[test]
fn copies_of_an_lpar_are_made_and_defined() {
    let (world, site) = site();
    world
        .run("mkvm", ["new1-new2", "-i", "11", "-l", "node01"])
        .ok("new1: Success\nnew2: Success\n");
    let sent = sent(&site, "hmc01");
    assert_eq!(sent.len(), 2, "{sent:#?}");
    assert!(
        sent[0].starts_with("mksyscfg -r lpar -m '9117-MMA*10F6F3D' -i 'name=new1,profile_name=lpar9,lpar_id=11,lpar_env=aixlinux,"),
        "{sent:#?}"
    );
    assert!(
        sent[0].contains("virtual_scsi_adapters=3/client/1/vios1/20/1"),
        "{sent:#?}"
    );
    assert!(
        sent[1].contains("virtual_scsi_adapters=3/client/1/vios1/21/1"),
        "{sent:#?}"
    );
    world
        .run("lsdef", ["new2", "-i", "hcp,hwtype,id,mgt,parent,pprofile,groups,nodetype,cons", "-c"])
        .ok("new2: cons=hmc\nnew2: groups=all,lpar\nnew2: hcp=hmc01\nnew2: hwtype=lpar\nnew2: id=12\nnew2: mgt=hmc\nnew2: nodetype=ppc,osi\nnew2: parent=Server-9117-MMA-SN10F6F3D\nnew2: pprofile=lpar9\n");
    // What is defined is what is there.
    world.run("rpower", ["new1", "on"]).ok("new1: Success\n");
    let scan = world.run("rscan", ["hmc01", "-u"]);
    assert!(!scan.out.contains("new"), "{scan:#?}");
    // Once more: the name and the number are taken.
    let ran = world.run("mkvm", ["new1,new3", "-i", "12", "-l", "node01"]);
    ran.fails(
        "new1: 9117-MMA*10F6F3D has an LPAR \"new1\" with id 11 already\nnew3: Success\n",
        "",
    );
}

#[test]
fn a_copy_can_differ() {
    let (world, site) = site();
    let words = [
        "new1",
        "-i",
        "11",
        "-l",
        "node03",
        "vmmemory=1G/2G/4G",
        "virtual_scsi_adapters+=9/client/1/vios1/99/0",
    ];
    world.run("mkvm", words).ok("new1: Success\n");
    let rows = world.run("lsvm", ["new1"]).good();
    for attribute in [
        "min_mem=1024,desired_mem=2048,max_mem=4096",
        "\"virtual_scsi_adapters=3/client/1/vios1/14/1,9/client/1/vios1/99/0\"",
    ] {
        assert!(rows.contains(attribute), "{rows}");
    }
    assert_eq!(sent(&site, "hmc01").len(), 1);
    world
        .run("mkvm", ["new2", "-i", "12", "-l", "node03", "bogus=1"])
        .fails("node03: Incorrect attribute(s) bogus\n", "");
}

#[test]
fn the_lpars_of_a_file_are_made_on_another_system() {
    let (world, site) = site();
    world.sh("lsvm node03,node04 > profiles").good();
    world
        .run("mkvm", ["new1-new2", "-c", "Server-9117-MMA-SN1001234", "-p", "profiles"])
        .fails(
            "new1: 9117-MMA*1001234 has an LPAR \"node06\" with id 3 already\nnew2: 9117-MMA*1001234 has an LPAR \"node07\" with id 4 already\n",
            "",
        );
    world.sh("sed -i 's/lpar_id=/lpar_id=2/' profiles").good();
    let ran = world.run(
        "mkvm",
        [
            "new1-new3",
            "-c",
            "Server-9117-MMA-SN1001234",
            "-p",
            "profiles",
        ],
    );
    assert_eq!(ran.out, "new1: Success\nnew2: Success\n");
    assert_eq!(
        ran.err,
        "Warning: 3 nodes are named and 2 profiles are in the file; the first 2 of both are used\n"
    );
    assert_eq!(ran.code, Some(0));
    world
        .run("lsdef", ["new2", "-i", "id,parent,pprofile", "-c"])
        .ok("new2: id=24\nnew2: parent=Server-9117-MMA-SN1001234\nnew2: pprofile=normal\n");
    assert_eq!(sent(&site, "hmc01").len(), 2);
    for (file, error) in [
        ("nosuch", "Error: cannot read nosuch: No such file"),
        ("bad", "Error: Invalid line in profile: line 1: "),
        ("empty", "Error: No valid line was found"),
    ] {
        world.file("bad", "rubbish\n");
        world.file("empty", "\n\n");
        world
            .run(
                "mkvm",
                ["new3", "-c", "Server-9117-MMA-SN1001234", "-p", file],
            )
            .refused(error);
    }
    world
        .run("mkvm", ["new3", "-c", "node05", "-p", "profiles"])
        .fails(
            "node05: node05 is no system (its hwtype is not cec)\n",
            "Warning: 1 nodes are named and 2 profiles are in the file; the first 1 of both are used\n",
        );
}

#[test]
fn lpars_are_made_by_attributes_and_of_whole_systems() {
    let (world, site) = site();
    let chdef = ["new1,new2", "mgt=hmc", "parent=p9-42a-2", "id=21"];
    world.run("chdef", chdef).good();
    world
        .run("mkvm", ["new1", "vmcpus=1/2/4", "vmmemory=1G/4G/8G"])
        .ok("new1: Success\n");
    world.run("mkvm", ["new3", "desired_mem=1"]).fails(
        "new3: parent of new3 is not set; set it with chdef, or run rscan -u on the HMC\n",
        "",
    );
    world
        .run("mkvm", ["new2", "-i", "22", "desired_mem=1"])
        .lines_begin(&["new2: The command entered is missing a required attribute."]);
    world
        .run("mkvm", ["new1,new2", "--full"])
        .fails("new1: more than one LPAR with all resources of p9-42a-2; name one of them\nnew2: more than one LPAR with all resources of p9-42a-2; name one of them\n", "");
    let sent = sent(&site, "hmc02");
    assert_eq!(
        sent[0],
        "mksyscfg -r lpar -m '9009-42A*785A3F2' -i 'name=new1,profile_name=new1,lpar_id=21,lpar_env=aixlinux,min_procs=1,desired_procs=2,max_procs=4,min_mem=1024,desired_mem=4096,max_mem=8192,proc_mode=ded'"
    );
    let dry = world.run("mkvm", ["new2", "--full", "--dry-run"]);
    dry.fails(
        "new2: 9009-42A*785A3F2 has an LPAR \"new1\" with id 21 already\n",
        "",
    );
    world.run("chdef", ["new2", "id="]).good();
    world.run("chdef", ["new2", "id=33"]).good();
    let dry = world.run("mkvm", ["new2", "--full", "--dry-run"]).good();
    assert!(
        dry.starts_with("new2: hmc02 would be sent: mksyscfg -r lpar -m '9009-42A*785A3F2' -i 'name=new2,profile_name=new2,lpar_id=33,lpar_env=aixlinux,all_resources=1,boot_mode=norm,conn_monitoring=0'\nnew2: hmc02 would be sent: chsyscfg -r sys -m '9009-42A*785A3F2' -i 'service_lpar_id=33'\nnode new2: changed\n"),
        "{dry}"
    );
}

#[test]
fn a_dry_run_shows_all_and_does_nothing() {
    let (world, site) = site();
    let dry = world
        .run(
            "mkvm",
            ["new1-new2", "-i", "11", "-l", "node01", "--dry-run"],
        )
        .good();
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
    world
        .run("lsdef", ["new1", "-i", "id,hwtype", "-c"])
        .ok("new1: hwtype=\nnew1: id=\n");
    world
        .run("mkvm", ["new1-new2", "-i", "11", "-l", "node01"])
        .good();
    for line in sent(&site, "hmc01") {
        assert!(
            dry.contains(&format!(": hmc01 would be sent: {line}\n")),
            "{dry}"
        );
    }
    assert!(
        dry.contains("node new2: changed\n    cons: (none) -> hmc\n"),
        "{dry}"
    );
}

#[test]
fn what_is_wrong_is_found_before_anything_is_sent() {
    let (world, site) = site();
    world.bad_definitions();
    let refused = |source: &str, text: &str| {
        let ran = world.run("mkvm", ["new1", "-i", "11", "-l", source]);
        ran.lines_begin(&[text]);
    };
    refused(
        "gone",
        "gone: Node not found: 9117-MMA*10F6F3D has no LPAR with id 77",
    );
    refused("bare", "bare: hwtype of bare is not set");
    refused(
        "Server-9117-MMA-SN10F6F3D",
        "Server-9117-MMA-SN10F6F3D: the source is a system",
    );
    world.run("chdef", ["node04", "pprofile=other"]).good();
    refused("node04", "node04: 'pprofile=other' not found on 'node04'");
    world.run("chdef", ["node02", "id=3"]).good();
    refused(
        "node02",
        "node02: id 3 of 9117-MMA*10F6F3D is the LPAR \"node03\"",
    );
    let wrong: [(&[&str], &str); 7] = [
        (
            &["new1", "-i", "11"],
            "use -i and -l, -c and -p, --full, or attributes",
        ),
        (
            &["new1", "-l", "node01"],
            "the following required arguments were not provided",
        ),
        (
            &["new1", "-i", "0", "-l", "node01"],
            "invalid value '0' for '-i <id>'",
        ),
        (
            &["new1", "-i", "11", "-l", "node01-node02"],
            "Multiple source specified",
        ),
        (
            &["new1", "-c", "node01"],
            "the following required arguments were not provided",
        ),
        (
            &["new1", "lpar_id=7"],
            "lpar_id says which LPAR or profile is meant",
        ),
        (
            &["nosuch", "--full"],
            "Invalid nodes and/or groups in noderange: nosuch",
        ),
    ];
    for (words, text) in wrong {
        world.run("mkvm", words).refused(&format!("Error: {text}"));
    }
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
}

#[test]
fn hmcs_in_trouble_are_told() {
    let (mut world, site) = site();
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "5")]]);
    let make = ["new1", "-i", "11", "-l", "node01"];
    for (fault, text) in [
        (Fault::Busy, "HSCL3205 "),
        (Fault::NoAuthority, "HSCL350B "),
    ] {
        site.heal("hmc01");
        site.fault_on("hmc01", "mksyscfg", fault);
        world
            .run("mkvm", make)
            .lines_begin(&[&format!("new1: {text}")]);
    }
    site.heal("hmc01");
    site.fault_on("hmc01", "mksyscfg", Fault::Hang);
    world.run("mkvm", make).fails(
        "",
        "new1: Error: hmc01 did not finish the command within 5 s; it may still be running there; whether the command was carried out is unknown; asked again: there is no LPAR with id 11\n",
    );
    site.heal("hmc01");
    site.fault_on("hmc01", "mksyscfg", Fault::Drop);
    let ran = world.run("mkvm", make);
    assert!(
        ran.err.starts_with("new1: Error: hmc01: ")
            && ran.err.contains("is unknown; asked again: there is "),
        "{ran:#?}"
    );
    site.heal("hmc01");
    world
        .run("lsdef", ["new1", "-i", "id", "-c"])
        .ok("new1: id=\n");
    site.set_state("Server-9117-MMA-SN10F6F3D", "No Connection")
        .unwrap();
    world.run("mkvm", make).lines_begin(&["node01: HSCL0237 "]);
    site.set_state("Server-9117-MMA-SN10F6F3D", "Power Off")
        .unwrap();
    world
        .run("mkvm", ["new2", "-i", "12", "-l", "node01"])
        .lines_begin(&["new2: HSCL0238 "]);
    site.fault("hmc01", Fault::Down);
    world.new_home("other");
    world
        .run("mkvm", make)
        .refused("node01: Error: cannot reach hmc01: ");
}

#[test]
fn what_was_made_before_an_interrupt_is_defined() {
    let (world, site) = site();
    site.fault_on("hmc01", "mksyscfg", Fault::Slow(Duration::from_secs(3)));
    let make = ["new1-new2", "-i", "11", "-l", "node01"];
    let ran = world.interrupt("mkvm", make, || !sent(&site, "hmc01").is_empty());
    ran.killed(
        "new1: Success\n",
        "new2: Error: nothing was sent: the command was interrupted\n",
    );
    assert_eq!(sent(&site, "hmc01").len(), 1);
    world
        .run("lsdef", ["new1,new2", "-i", "id", "-c"])
        .ok("new1: id=11\nnew2: id=\n");
}
