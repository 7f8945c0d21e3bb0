//! `rpower` on the simulated site.

use simsite::{Config, Fault, Site};

use crate::world::World;

/// The site, scanned; a connection is tried once.
fn site(config: Config) -> (World, Site) {
    let hmcs: Vec<String> = config.hmc.iter().map(|hmc| hmc.name.clone()).collect();
    let (mut world, site) = World::on_site(config);
    for hmc in &hmcs {
        world.define_hmc(hmc, "abc123");
    }
    world.fill("site", &[&[("key", "ppcretry"), ("value", "1")]]);
    let _ = world.run("rscan", ["hmc", "-w"]);
    // Faults are to meet logins, too.
    world.new_home("later");
    (world, site)
}

fn sorted(out: &str) -> Vec<&str> {
    let mut lines: Vec<_> = out.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn states_cost_one_question_a_system() {
    let (world, site) = site(Config::default_site());
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
    let (world, site) = site(config);
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
    let (world, _site) = site(Config::default_site());
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
    let (mut world, site) = site(Config::default_site());
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
    let (world, site) = site(Config::dual_console());
    site.fault("hmc01", Fault::Down);
    let out = world.run("rpower", ["node01,node05", "stat"]).good();
    assert_eq!(sorted(&out), ["node01: Running", "node05: Running"]);
}

#[test]
fn an_odd_profile_name_reaches_the_hmc_as_one_word() {
    let (world, site) = site(Config::default_site());
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
    let (world, site) = site(Config::scaled(10, 100));
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

#[test]
fn orders_that_are_not_kept_are_not_ignored() {
    let (world, site) = site(Config::default_site());
    world.fill(
        "deps",
        &[&[("node", "node03"), ("nodedep", "vios1"), ("cmd", "on")]],
    );
    world
        .run("rpower", ["node03", "on"])
        .refused("Error: node03 depends on vios1 for on (table deps)");
    world
        .run("rpower", ["node03", "stat"])
        .ok("node03: Not Activated\n");
    world
        .run("rpower", ["node03", "on", "--nodeps"])
        .ok("node03: Success\n");
    assert!(
        site.commands("hmc01")
            .iter()
            .any(|line| line.contains("-o on"))
    );
}

#[test]
fn wrong_usage_is_refused() {
    let (world, _site) = site(Config::default_site());
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
        .refused("Error: unexpected argument '-m'");
}
