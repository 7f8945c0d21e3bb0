//! `lpar` on the simulated site.

use simsite::{Config, Fault};

use crate::world::World;

const HEADS: &str = "NAME    LPAR_ID  LPAR_ENV  STATE    PROFILE  SYNC  RMC     PROCS  PROC_UNITS  MEM   OS_VERSION\n";
const NODE01: &str = "node01  9        aixlinux  Running  lpar9    0     active  2      0.5         8192  AIX 6.1 6100-09-05-1524\n";

#[test]
fn one_lpar_costs_its_three_listings() {
    let (world, site) = World::scanned(Config::default_site());
    let before = site.commands("hmc01").len();
    let other = site.commands("hmc02");
    world
        .run("lpar", ["status", "node01"])
        .ok(&format!("{HEADS}{NODE01}"));
    let mut asked = site.commands("hmc01")[before..].to_vec();
    asked.sort();
    let filter = "--filter 'lpar_ids=9'";
    assert_eq!(
        asked,
        [
            format!("lshwres -r mem -m '9117-MMA*10F6F3D' --level lpar {filter}"),
            format!("lshwres -r proc -m '9117-MMA*10F6F3D' --level lpar {filter}"),
            format!("lssyscfg -r lpar -m '9117-MMA*10F6F3D' {filter}"),
        ]
    );
    assert_eq!(site.commands("hmc02"), other);
}

#[test]
fn all_lpars_are_listed_those_that_are_no_nodes_too() {
    let (world, _site) = World::scanned(Config::default_site());
    let out = world.run("lpar", ["status"]).good();
    assert!(out.contains("\nteacher02 9.210.114.218  10 "), "{out}");
    let names = world.run("lpar", ["status", "-F", "name"]).good();
    assert_eq!(names.lines().count() + 1, out.lines().count());
    let mut sorted: Vec<_> = names.lines().map(str::to_owned).collect();
    xcat::noderange::natural::sort(&mut sorted);
    assert_eq!(names.lines().collect::<Vec<_>>(), sorted);
}

#[test]
fn selections_pick_and_attributes_are_printed_alone() {
    let (world, _site) = World::scanned(Config::default_site());
    world
        .run(
            "lpar",
            ["status", "-F", "name,rmc", "state=Running", "rmc~^in"],
        )
        .ok("node06,inactive\n");
    world
        .run("lpar", ["status", "-F", "resource_config", "node01"])
        .ok("1\n");
    let json = world
        .run(
            "lpar",
            ["status", "--json", "node01", "mem:ge:8192", "procs:lt:3"],
        )
        .good();
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read[0]["mem"], 8192);
    assert_eq!(read[0]["name"], "node01");
    assert_eq!(read[0]["proc_units"], 0.5);
    world.run("lpar", ["status", "mem:ge:9000"]).ok("");
    world
        .run("lpar", ["status", "node01", "colour=red"])
        .refused("Error: there is no attribute \"colour\"; there are affinity_group_id, ");
    world
        .run("lpar", ["status", "mem:over:1"])
        .refused("Error: mem:over:1: \"over\" is no comparison; there are eq, ne, ");
}

#[test]
fn profiles_and_resources_are_listed() {
    let (world, _site) = World::scanned(Config::default_site());
    world.run("lpar", ["lsprof", "node01"]).ok(
        "NAME    MEM_MODE  MEM   PROC_MODE  PROCS  PROC_COMPAT\n\
         lpar9   ded       8192  shared     2      default\n\
         backup  ded       8192  shared     2      default\n",
    );
    world.run("lpar", ["lsproc", "node01"]).ok(
        "NAME    PROC_MODE  MIN_PROCS  PROCS  MAX_PROCS  MIN_UNITS  PROC_UNITS  MAX_UNITS  SHARING_MODE  WEIGHT\n\
         node01  shared     1          2      4          0.1        0.5         2.0        uncap         128\n",
    );
    world.run("lpar", ["lsmem", "node01-node02"]).ok(
        "NAME    MEM_MODE  MIN_MEM  MEM   MAX_MEM  RUN_MEM\n\
         node01  ded       1024     8192  16384    8192\n\
         node02  ded       1024     8192  16384    8192\n",
    );
}

#[test]
fn the_system_and_the_hmc_may_be_named() {
    let (world, site) = World::scanned(Config::dual_console());
    let before = site.commands("hmc01").len();
    let names = world
        .run(
            "lpar",
            [
                "-h",
                "hmc02",
                "-m",
                "9117-MMA*10F6F3D",
                "status",
                "-F",
                "name",
                "node0[1-2]",
            ],
        )
        .good();
    assert_eq!(names, "node01\nnode02\n");
    assert_eq!(site.commands("hmc01").len(), before);
    let ran = world.run(
        "lpar",
        ["-m", "Server-9117-MMA-SN10F6F3D", "status", "node05"],
    );
    ran.fails(
        "",
        "node05: Error: it is not on the managed system Server-9117-MMA-SN10F6F3D\n",
    );
    world
        .run("lpar", ["-m", "nowhere", "status"])
        .refused("Error: no managed system \"nowhere\" is defined; ");
    world
        .run("lpar", ["-h", "node01", "status"])
        .refused("Error: \"node01\" is no HMC: ");
}

#[test]
fn what_cannot_be_told_is_said_and_the_others_are_listed() {
    let (world, _site) = World::scanned(Config::default_site());
    world.bad_definitions();
    let ran = world.run("lpar", ["status", "node01,gone,node0x,bare,hmc01"]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        (&*format!("{HEADS}{NODE01}"), Some(1))
    );
    let mut lines: Vec<_> = ran.err.lines().collect();
    lines.sort_unstable();
    assert!(
        lines[0].starts_with("bare: Error: hwtype of bare is not set"),
        "{lines:?}"
    );
    assert_eq!(
        lines[1],
        "gone: Error: Node not found: 9117-MMA*10F6F3D has no LPAR with id 77"
    );
    assert_eq!(lines[2], "hmc01: Error: Invalid node type: hmc");
    assert!(
        lines[3].starts_with("node0x: Error: id of node0x is not set"),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 4);
}

#[test]
fn a_refusal_has_the_shape_of_the_lpar_tool() {
    let (world, site) = World::scanned(Config::default_site());
    site.fault("hmc01", Fault::NoAuthority);
    let ran = world.run("lpar", ["status", "node01", "db01", "-F", "name"]);
    assert_eq!((ran.out.as_str(), ran.code), ("db01\n", Some(1)));
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(lines.len(), 3, "{ran:?}");
    assert_eq!(
        lines[0],
        "hmc01: lssyscfg -r lpar -m '9117-MMA*10F6F3D' --filter 'lpar_ids=9'"
    );
    assert_eq!(lines[1], "ERROR: remote HMC command returned an error (1)");
    assert!(lines[2].starts_with("StdErr: HSCL"), "{lines:?}");
}

#[test]
fn a_dead_hmc_is_one_line_however_many_systems_it_has() {
    let (world, site) = World::scanned(Config::default_site());
    site.fault("hmc01", Fault::Down);
    let ran = world.run("lpar", ["status", "-F", "name"]);
    assert!(
        ran.out.contains("db01\n") && !ran.out.contains("node01"),
        "{ran:?}"
    );
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    assert!(
        ran.err.starts_with("hmc01: Error: cannot reach hmc01"),
        "{ran:?}"
    );
    assert_eq!(ran.code, Some(1));
}

#[test]
fn lpars_are_switched_in_silence() {
    let mut config = Config::default_site();
    config.timing.start_ms = 0;
    config.timing.shutdown_ms = 0;
    let (world, site) = World::scanned(config);
    let state = |lpar: &str| site.state()[&format!("Server-9117-MMA-SN10F6F3D/{lpar}")].clone();
    world
        .run("lpar", ["-p", "normal", "activate", "--dry-run", "-c", "node03"])
        .ok("node03: hmc01 would be sent: chsysstate -r lpar -m '9117-MMA*10F6F3D' -o on -b norm --id 3 -f normal\n");
    world
        .run("lpar", ["-p", "normal", "activate", "node03"])
        .ok("");
    assert_eq!(state("node03"), "Running");
    world.run("lpar", ["shutdown", "node03"]).ok("");
    assert_eq!(state("node03"), "Not Activated");
    world.run("lpar", ["osshutdown", "node01"]).ok("");
    assert_eq!(state("node01"), "Not Activated");
    let ran = world.run("lpar", ["osshutdown", "node03"]);
    assert!(ran.err.starts_with("hmc01: chsysstate -r lpar "), "{ran:?}");
    assert!(
        ran.err
            .contains("\nERROR: remote HMC command returned an error (1)\nStdErr: HSCL"),
        "{ran:?}"
    );
    assert_eq!(ran.code, Some(1));
    world
        .run("lpar", ["activate", "Server-9117-MMA-SN10F6F3D"])
        .fails(
            "",
            "Server-9117-MMA-SN10F6F3D: Error: Invalid node type: cec\n",
        );
}

#[test]
fn a_console_is_shown_until_it_is_left() {
    let mut config = Config::default_site();
    config.timing.start_ms = 0;
    let (world, site) = World::scanned(config);
    world.feed("lpar", ["console", "lpar05"], "\r~.").good();
    let vterms = |site: &simsite::Site| {
        let mut lines = site.commands("hmc01");
        lines.retain(|line| line.contains("vterm"));
        lines
    };
    let of = |program: &str, id: &str| format!("{program} -m '9117-MMA*10F6F3D' --id {id}");
    assert_eq!(vterms(&site), [of("mkvterm", "5"), of("rmvterm", "5")]);
    world
        .feed("lpar", ["activate", "-c", "node03"], "~.")
        .good();
    assert_eq!(vterms(&site)[2..], [of("mkvterm", "3"), of("rmvterm", "3")]);
    world
        .run("lpar", ["activate", "-c", "node03,node04"])
        .refused("Error: -c shows one console, not 2\n");
    world
        .run("lpar", ["console", "node03,node04"])
        .refused("Error: the console of one LPAR is shown\n");
}

#[test]
fn wrong_usage_is_refused() {
    let world = World::new();
    world
        .run("lpar", ["status"])
        .refused("Error: no managed system is defined; define those of all HMCs with hmc rescan\n");
    for words in [
        &["blah"][..],
        &["activate"],
        &["status", "--sideways"],
        &["help", "blah"],
    ] {
        let ran = world.run("lpar", words);
        assert!(
            ran.err.starts_with("Error: ") && ran.err.contains("Usage: lpar "),
            "{ran:?}"
        );
        assert_eq!((ran.out.as_str(), ran.code), ("", Some(1)));
    }
    let help = world.run("lpar", ["help"]).good();
    assert!(help.contains("lsvslot"), "{help}");
}
