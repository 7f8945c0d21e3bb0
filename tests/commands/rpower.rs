//! `rpower` on the simulated site.

mod chassis;

use simsite::{Config, Event, Fault, Site};

use crate::world::World;

fn sorted(out: &str) -> Vec<&str> {
    let mut lines: Vec<_> = out.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn states_cost_one_question_a_system() {
    let (world, site) = World::scanned(Config::default_site());
    let before = site.commands("hmc01").len();
    let out = world
        .run("rpower", ["node01,node03,lpar05,vios1,vios2,db01", "stat"])
        .good();
    assert_eq!(
        sorted(&out),
        [
            "db01: Running",
            "lpar05: Open Firmware",
            "node01: Running",
            "node03: Not Activated",
            "vios1: Running",
            "vios2: Running",
        ]
    );
    let mut asked = site.commands("hmc01")[before..].to_vec();
    asked.sort();
    assert_eq!(
        asked,
        [
            "lssyscfg -r lpar -m '9117-MMA*1001234' -F name,lpar_id,state",
            "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,state",
        ]
    );
    world
        .run("rpower", ["Server-9117-MMA-SN10F6F3D", "state"])
        .ok("Server-9117-MMA-SN10F6F3D: Operating\n");
}

#[test]
fn partitions_are_switched() {
    let mut config = Config::default_site();
    config.timing.start_ms = 0;
    config.timing.shutdown_ms = 0;
    let (world, site) = World::scanned(config);
    let state = |lpar: &str| site.state()[&format!("Server-9117-MMA-SN10F6F3D/{lpar}")].clone();
    world
        .run("rpower", ["node03", "on"])
        .ok("node03: Success\n");
    assert_eq!(state("node03"), "Running");
    world
        .run("rpower", ["node03", "boot"])
        .ok("node03: Success\n");
    world
        .run("rpower", ["node03", "reset"])
        .ok("node03: Success\n");
    world
        .run("rpower", ["node03", "softoff"])
        .ok("node03: Success\n");
    assert_eq!(state("node03"), "Not Activated");
    world
        .run("rpower", ["node03", "sms"])
        .ok("node03: Success\n");
    assert_eq!(state("node03"), "Open Firmware");
    world
        .run("rpower", ["node03", "off"])
        .ok("node03: Success\n");
    world
        .run("rpower", ["node03", "of"])
        .ok("node03: Success\n");
    assert_eq!(state("node03"), "Open Firmware");
    let sent = site
        .commands("hmc01")
        .into_iter()
        .filter(|line| line.starts_with("chsysstate"));
    let rest: Vec<_> = sent
        .map(|line| line.replace("chsysstate -r lpar -m '9117-MMA*10F6F3D' -o ", ""))
        .collect();
    assert_eq!(
        rest,
        [
            "on -b norm --id 3 -f normal",
            "shutdown --id 3 --immed --restart",
            "shutdown --id 3 --immed --restart",
            "shutdown --id 3",
            "on --id 3 -f normal -b sms",
            "shutdown --id 3 --immed",
            "on --id 3 -f normal -b of",
        ]
    );
}

#[test]
fn refusals_are_the_nodes_lines_and_the_others_are_served() {
    let (world, _site) = World::scanned(Config::default_site());
    world.fill(
        "nodelist",
        &[
            &[("node", "gone"), ("groups", "lpar")],
            &[("node", "bare"), ("groups", "all")],
        ],
    );
    let gone = [
        ("node", "gone"),
        ("nodetype", "lpar"),
        ("parent", "p9-42a-1"),
        ("id", "77"),
        ("hcp", "hmc02"),
    ];
    world.fill("ppc", &[&gone]);
    let ran = world.run("rpower", ["node01,node03,gone,bare,hmc01", "on"]);
    let lines = sorted(&ran.out);
    assert!(
        lines[0].starts_with("bare: hwtype of bare is not set;"),
        "{lines:?}"
    );
    assert_eq!(
        lines[1],
        "gone: Node not found: 9009-42A*785A3F1 has no LPAR with id 77"
    );
    assert_eq!(lines[2], "hmc01: Invalid node type: hmc");
    assert!(lines[3].starts_with("node01: HSCL05EA "), "{lines:?}");
    assert_eq!(lines[4], "node03: Success");
    assert_eq!((lines.len(), ran.err.as_str(), ran.code), (5, "", Some(1)));
}

/// hmc01 in trouble: its nodes have one line each, those of hmc02 their state.
fn in_trouble(world: &World, expected: &str) {
    let ran = world.run("rpower", ["node01,node05,db01", "stat"]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("db01: Running\n", Some(1)),
        "{ran:#?}"
    );
    let lines = sorted(&ran.err);
    assert_eq!(lines.len(), 2, "{ran:#?}");
    for (line, node) in lines.iter().zip(["node01", "node05"]) {
        assert!(
            line.starts_with(&format!("{node}: Error: {expected}")),
            "{ran:#?}"
        );
    }
}

#[test]
fn each_way_to_fail_is_one_line_a_node() {
    let (mut world, site) = World::scanned(Config::default_site());
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "5")]]);
    let table = [
        (Fault::Down, "cannot reach hmc01: "),
        (Fault::BannerOnly, "hmc01 did not finish the login within "),
        (Fault::Hang, "hmc01 did not finish the command within 5 s"),
        (
            Fault::Garbage,
            "hmc01 answered lssyscfg with something that cannot be read: ",
        ),
        (Fault::ChangeHostKey, "hmc01 is not trusted: "),
        (Fault::RefuseLogin, "hmc01 refused the login of hscroot: "),
    ];
    for (number, (fault, expected)) in table.into_iter().enumerate() {
        site.heal("hmc01");
        site.fault("hmc01", fault);
        world.new_home(&format!("home{number}"));
        in_trouble(&world, expected);
    }
}

#[test]
fn the_second_hmc_serves_where_the_first_is_dead() {
    let (world, site) = World::scanned(Config::dual_console());
    site.fault("hmc01", Fault::Down);
    let out = world.run("rpower", ["node01,node05", "stat"]).good();
    assert_eq!(sorted(&out), ["node01: Running", "node05: Running"]);
}

#[test]
fn an_odd_profile_name_reaches_the_hmc_as_one_word() {
    let (world, site) = World::scanned(Config::default_site());
    let profile = "it's; $(touch x)";
    let node = [
        ("node", "odd"),
        ("nodetype", "lpar"),
        ("parent", "Server-9117-MMA-SN10F6F3D"),
        ("id", "4"),
        ("hcp", "hmc01"),
        ("pprofile", profile),
    ];
    world.fill("nodelist", &[&[("node", "odd"), ("groups", "all")]]);
    world.fill("ppc", &[&node]);
    let ran = world.run("rpower", ["odd", "on"]);
    assert!(ran.out.starts_with("odd: HSCL800F "), "{ran:#?}");
    assert_eq!(ran.code, Some(1));
    let last = site.commands("hmc01").pop().unwrap();
    assert!(last.ends_with(r"--id 4 -f 'it'\''s; $(touch x)'"), "{last}");
}

#[test]
fn a_thousand_partitions_are_one_question_a_system() {
    let (world, site) = World::scanned(Config::scaled(10, 100));
    let questions = || -> usize {
        let of = |n: usize| site.commands(&format!("hmc{n:02}"));
        (1..=10)
            .flat_map(of)
            .filter(|line| line.starts_with("lssyscfg -r lpar"))
            .count()
    };
    let before = questions();
    let out = world.run("rpower", ["lpar", "stat"]).good();
    assert_eq!(out.lines().count(), 1000);
    assert_eq!(out.matches(": Not Activated\n").count(), 250);
    assert_eq!(questions() - before, 40);
}

/// The lines that changed something.
fn sent(site: &Site, hmc: &str) -> Vec<String> {
    let lines = site.commands(hmc).into_iter();
    lines
        .filter(|line| line.starts_with("chsysstate"))
        .collect()
}

#[test]
fn the_deps_table_makes_the_order() {
    let (world, site) = World::scanned(Config::default_site());
    let row = |node, on, delay| {
        [
            ("node", node),
            ("nodedep", on),
            ("msdelay", delay),
            ("cmd", "on,off"),
        ]
    };
    world.fill(
        "deps",
        &[
            &row("node03", "node04,vios1", "20"),
            &row("node04", "node08", ""),
        ],
    );
    let out = world.run("rpower", ["node03,node04", "on"]).good();
    assert_eq!(
        out,
        "The following nodes are dependencies for some nodes passed in through arguments, \
         but not in the command arguments: node08,vios1, make sure these nodes are in correct state\n\
         Performing action against the following nodes: node04\n\
         node04: Success\n\
         Waiting 0.02 seconds for node dependencies\n\
         Performing action against the following nodes: node03\n\
         node03: Success\n"
    );
    let order: Vec<_> = sent(&site, "hmc01")
        .iter()
        .map(|l| l.contains("--id 4"))
        .collect();
    assert_eq!(order, [true, false]);
    world
        .run("rpower", ["--nodeps", "node03,node04", "stat"])
        .good();
    let out = world.run("rpower", ["node03,node04", "reset"]).good();
    assert_eq!(sorted(&out), ["node03: Success", "node04: Success"]);
    let out = world
        .run("rpower", ["--nodeps", "node03,node04", "off"])
        .good();
    assert_eq!(sorted(&out), ["node03: Success", "node04: Success"]);
    world.fill(
        "deps",
        &[&[("node", "node08"), ("nodedep", "node03"), ("cmd", "on")]],
    );
    world
        .run("rpower", ["node03,node04,node08", "on"])
        .refused("Error: Loop dependency, check your deps table, may be related to the following nodes: node03,node04,node08;");
}

#[test]
fn the_status_is_written_where_xcat_writes_it() {
    let (world, _site) = World::scanned(Config::default_site());
    let status = |node: &str| {
        let out = world.run("lsdef", [node, "-i", "status", "-c"]).good();
        out.trim().rsplit('=').next().unwrap().to_owned()
    };
    world
        .run("rpower", ["node03", "on"])
        .ok("node03: Success\n");
    assert_eq!(status("node03"), "powering-on");
    let refused = world.run("rpower", ["node01", "on"]);
    assert!(refused.out.starts_with("node01: HSCL05EA "), "{refused:?}");
    assert_eq!(status("node01"), "");
    world
        .run("rpower", ["node01", "off"])
        .ok("node01: Success\n");
    assert_eq!(status("node01"), "powering-off");
    world.run("rpower", ["node01", "stat"]).good();
    assert_eq!(status("node01"), "powering-off");
}

#[test]
fn a_dry_run_says_what_would_be_sent() {
    let (world, site) = World::scanned(Config::default_site());
    world.run("rpower", ["--dry-run", "node03", "on"]).ok(
        "node03: hmc01 would be sent: chsysstate -r lpar -m '9117-MMA*10F6F3D' -o on -b norm --id 3 -f normal\n",
    );
    world
        .run("rpower", ["--dry-run", "node03", "stat"])
        .ok("node03: Not Activated\n");
    assert_eq!(sent(&site, "hmc01"), [""; 0]);
}

#[test]
fn frames_have_a_state() {
    let (world, _site) = World::scanned(Config::default_site());
    world
        .run("rpower", ["Frame-9458-100-SN99201WM", "stat"])
        .ok("Frame-9458-100-SN99201WM: Standby/Standby\n");
    world
        .run("rpower", ["Frame-9458-100-SN99201WM", "on"])
        .fails(
            "Frame-9458-100-SN99201WM: 'on' command not supported on a frame\n",
            "",
        );
}

#[test]
fn systems_go_to_standby_and_in_trouble_they_say_so() {
    let mut config = Config::default_site();
    config.timing.system_on_ms = 0;
    config.timing.system_off_ms = 0;
    let (world, site) = World::scanned(config);
    let cec = "Server-9117-MMA-SN1001234";
    world
        .run("rpower", [cec, "off"])
        .ok(&format!("{cec}: Success\n"));
    world
        .run("rpower", [cec, "stat"])
        .ok(&format!("{cec}: Power Off\n"));
    world
        .run("rpower", [cec, "onstandby"])
        .ok(&format!("{cec}: Success\n"));
    world
        .run("rpower", [cec, "stat"])
        .ok(&format!("{cec}: Standby\n"));
    let ran = world.run("rpower", ["node05", "on"]);
    assert!(ran.out.starts_with("node05: HSCL"), "{ran:#?}");
    for state in ["No Connection", "Failed Authentication"] {
        site.set_state(cec, state).unwrap();
        world
            .run("rpower", [cec, "stat"])
            .ok(&format!("{cec}: {state}\n"));
        for line in [[cec, "on"], ["node05", "on"]] {
            let ran = world.run("rpower", line);
            let begin = format!("{}: HSCL0237 ", line[0]);
            assert!(
                ran.out.starts_with(&begin) && ran.code == Some(1),
                "{ran:#?}"
            );
        }
    }
}

#[test]
fn a_busy_hmc_and_a_user_without_authority_are_named() {
    let (world, site) = World::scanned(Config::default_site());
    for (fault, code) in [(Fault::Busy, "HSCL3205"), (Fault::NoAuthority, "HSCL350B")] {
        site.heal("hmc01");
        site.fault("hmc01", fault);
        let ran = world.run("rpower", ["node03", "on"]);
        assert!(ran.out.starts_with(&format!("node03: {code} ")), "{ran:#?}");
        assert_eq!((ran.err.as_str(), ran.code), ("", Some(1)));
    }
}

#[test]
fn a_connection_lost_in_the_middle_is_unknown_and_looked_after() {
    let (world, site) = World::scanned(Config::default_site());
    site.fault_on("hmc01", "--id 3", Fault::Drop);
    let ran = world.run("rpower", ["node03,node04", "on"]);
    assert_eq!((ran.out.as_str(), ran.code), ("", Some(1)), "{ran:#?}");
    let lines = sorted(&ran.err);
    assert!(
        lines[0].starts_with("node03: Error: hmc01: ")
            && lines[0].contains(
                "; whether the command was carried out is unknown; asked again: its state is "
            ),
        "{ran:#?}"
    );
    assert!(
        lines[1].starts_with("node04: Error: nothing was sent: hmc01: "),
        "{ran:#?}"
    );
}

#[test]
fn the_expected_status_is_waited_for() {
    let (world, site) = World::scanned(Config::default_site());
    world.run("chdef", ["node03", "usercomment=ready"]).good();
    world
        .run(
            "rpower",
            ["node03", "on", "-m", "nodelist.comments==ready", "-t", "5"],
        )
        .ok("node03: Success\nnode03: Reached the expected status\n");
    let late = [
        "node04",
        "on",
        "-m",
        "nodelist.status==booted",
        "-t",
        "0.01",
        "-r",
        "1",
    ];
    let ran = world.run("rpower", late);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines[0], "node04: Success");
    assert_eq!(lines[1], "node04: Reinitializing the installation: 1 retry");
    assert!(lines[2].starts_with("node04: HSCL05EA "), "{ran:#?}");
    assert_eq!(
        ran.err,
        "Error: node04: does not transit to the expected status\n\
         Error: node04: does not transit to the expected status\n\
         Error: The node \"node04\" can not reach the expected status after 1 retries, the installation for this done failed\n"
    );
    assert_eq!(sent(&site, "hmc01").len(), 3);
}

#[test]
fn what_is_sent_before_an_interrupt_is_told() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let (world, site) = World::scanned(Config::default_site());
    world.fill(
        "deps",
        &[&[
            ("node", "node04"),
            ("nodedep", "node03"),
            ("cmd", "on"),
            ("msdelay", "3600000"),
        ]],
    );
    let mut command = world.command(crate::world::bin_folder().join("rpower"));
    command.args(["node03,node04", "on"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("Waiting") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0);
    }
    let pid = child.id().to_string();
    assert!(
        world
            .command("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "node04: Error: nothing was sent: the command was interrupted\n"
    );
    // As the signal ends a process.
    assert_eq!(output.status.code(), None);
    assert_eq!(sent(&site, "hmc01").len(), 1);
    let status = world.run("lsdef", ["node03", "-i", "status", "-c"]).good();
    assert_eq!(status, "node03: status=powering-on\n");
}

#[test]
fn wrong_usage_is_refused() {
    let (world, _site) = World::scanned(Config::default_site());
    world
        .run("rpower", ["node01", "blah"])
        .refused("Error: Invalid command: blah\n");
    world
        .run("rpower", ["node01"])
        .refused("Error: No command specified\n");
    world
        .run("rpower", ["nosuch", "stat"])
        .refused("Error: Invalid nodes and/or groups in noderange: nosuch");
    world
        .run("rpower", ["node01", "on", "-m", "nodelist.status==booted"])
        .refused("Error: Flag missing, the -t flag is required\n");
    world
        .run("rpower", ["node01", "on", "-m", "status", "-t", "5"])
        .refused("Error: Invalid string \"status\" specified with -m flag\n");
    world
        .run("rpower", ["node01", "on", "-t", "5"])
        .refused("Error: the following required arguments were not provided:\n");
    world
        .run("rpower", ["node01", "stat", "-m", "-t", "5"])
        .refused("Error: -m waits for what a change brings about, not for stat\n");
}

#[test]
fn states_as_json() {
    let (world, _site) = World::scanned(Config::default_site());
    let ran = world.run("rpower", ["node01,node03,hmc01", "stat", "--json"]);
    let mut told: Vec<serde_json::Value> = serde_json::from_str(&ran.out).unwrap();
    told.sort_by_key(|t| t["node"].as_str().unwrap().to_owned());
    let node = |place: usize| (&told[place]["node"], &told[place]["state"]);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0]["error"].is_string(), "{told:?}");
    assert_eq!(node(1), (&"node01".into(), &"Running".into()));
    assert_eq!(node(2), (&"node03".into(), &"Not Activated".into()));
    assert_eq!(ran.code, Some(1));
    world
        .run("rpower", ["node01", "on", "--json"])
        .refused("Error: --json is for 'stat' and 'state'");
}

#[test]
fn a_password_that_an_hmc_refuses_is_offered_once() {
    let (world, site) = World::scanned(Config::default_site());
    site.fault("hmc01", Fault::RefuseLogin);
    // Of two systems, each asked by a worker of its own.
    let ran = world.run("rpower", ["node01,node03,node05", "on"]);
    let refused = "Error: hmc01 refused the login of hscroot";
    assert_eq!((ran.out.as_str(), ran.code), ("", Some(1)));
    assert_eq!(ran.err.matches(refused).count(), 3, "{ran:#?}");
    let offered = |event: &&Event| match event {
        Event::Login {
            method, accepted, ..
        } => *method != "publickey" && !accepted,
        _ => false,
    };
    assert_eq!(site.log().iter().filter(offered).count(), 1);
}
