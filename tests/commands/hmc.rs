//! `hmc`: the connections to HMCs, on the simulated site.

mod faults;

use std::thread;
use std::time::Duration;

use simsite::{Config, Event, Fault};

use crate::world::World;
use crate::world::hmcs::{self, calls, eventually, logins, masters, processes};
use crate::world::terminal::Terminal;

#[test]
fn connections_are_opened_shown_and_closed() {
    let (world, site) = hmcs::named(&["hmc10", "hmc02"]);
    let none = "hmc02: not connected\nhmc10: not connected\n";
    world.run("hmc", ["connections"]).ok(none);
    assert_eq!(calls(&world), [""; 0], "no ssh is needed for that");
    world
        .run("hmc", ["connect"])
        .ok("hmc02: master connection created\nhmc10: master connection created\n");
    world
        .run("hmc", ["disconnect", "hmc10"])
        .ok("connection to hmc10 terminated\n");
    let [pid] = masters(&world)[..] else {
        panic!("{:?}", processes(&world))
    };
    let running = format!("hmc02: Master running (pid={pid})\n");
    world
        .run("hmc", ["connections", "hmc10,hmc02"])
        .ok(&format!("{running}hmc10: not connected\n"));
    world
        .run("hmc", ["connections", "hmc10", "hmc02", "hmc10"])
        .ok(&format!("hmc10: not connected\n{running}"));
    world
        .run("hmc", ["connections", "hmc02", "--deep"])
        .ok(&running);
    world
        .run("hmc", ["connect", "hmc02"])
        .ok(&format!("already connected: Master running (pid={pid})\n"));
    world
        .run("hmc", ["disconnect"])
        .ok("connection to hmc02 terminated\nhmc10: not connected\n");
    world
        .run("hmc", ["disconnect", "--now", "hmc02"])
        .ok("hmc02: not connected\n");
    eventually("all processes end", || processes(&world).is_empty());
    assert_eq!((logins(&site, "hmc02"), logins(&site, "hmc10")), (1, 1));
}

#[test]
fn what_is_no_hmc_is_refused() {
    let (world, site) = hmcs::named(&["hmc01"]);
    world.fill("nodelist", &[&[("node", "lpar01"), ("groups", "lpar,all")]]);
    world.fill("ppc", &[&[("node", "lpar01"), ("nodetype", "lpar")]]);
    world
        .run("hmc", ["connect", "nosuch"])
        .refused("Error: Invalid nodes and/or groups in noderange: nosuch");
    world
        .run("hmc", ["connect", "hmc01", "nosuch"])
        .refused("Error: ");
    assert_eq!(logins(&site, "hmc01"), 0);
    let no_hmc = "lpar01: Error: it is no HMC: its hwtype is lpar\n";
    world
        .run("hmc", ["connections", "all"])
        .fails("hmc01: not connected\n", no_hmc);
    world
        .run("hmc", ["conect"])
        .refused("Error: unrecognized subcommand 'conect'");
    World::new()
        .run("hmc", ["connections"])
        .refused("Error: no HMC is defined; define one with mkdef");
}

#[test]
fn help_explains_keywords() {
    let world = World::new();
    let out = world.run("hmc", ["help", "connections"]).good();
    let begin = "USAGE:\n   hmc [-v] connections [--deep] [--json] [HMC ...]\n\nShows which HMCs";
    assert!(out.starts_with(begin) && out.contains("--deep"), "{out}");
    let out = world.run("hmc", ["help"]).good();
    assert!(
        out.contains("disconnect") && out.contains("version"),
        "{out}"
    );
    world
        .run("hmc", ["help", "x"])
        .refused("Error: there is no keyword 'x'");
    world.run("hmc", ["--version"]).good();
}

#[test]
fn versions_are_listed_and_refusals_are_those_of_the_hmc() {
    let (world, site) = hmcs::on(Config::default_site());
    let table = "\
NAME   VERSION  RELEASE  SERVICE_PACK
hmc01  7        7.9.0    3
hmc02  10       3        1060
";
    let out = world.run("hmc", ["version"]).good();
    assert_eq!(out, table);
    assert_eq!(site.commands("hmc02"), ["lshmc -V"]);
    site.fault_on("hmc01", "lshmc", Fault::NoAuthority);
    let ran = world.run("hmc", ["version", "hmc01", "hmc02"]);
    let begin = "hmc01: lshmc -V\nERROR: remote HMC command returned an error (1)\nStdErr: HSCL";
    assert!(ran.err.starts_with(begin), "{ran:#?}");
    assert_eq!(
        (ran.out.lines().count(), ran.code),
        (2, Some(1)),
        "{ran:#?}"
    );
}

#[test]
fn the_time_that_connections_are_kept_is_the_same_for_all_commands() {
    let (world, _site) = hmcs::on(Config::default_site());
    world.fill("site", &[&[("key", "controlpersist"), ("value", "1h")]]);
    let told = |command: &str, hmc: &str| {
        let _ = world.sh(&format!("{command} {hmc}")).good();
        let last = calls(&world)
            .into_iter()
            .rfind(|c| c.contains("ControlMaster"))
            .unwrap();
        let word = last
            .split(' ')
            .find_map(|w| w.strip_prefix("ControlPersist="))
            .unwrap();
        let _ = world.run("hmc", ["disconnect", hmc]).good();
        word.to_owned()
    };
    assert_eq!(told("hmc connect", "hmc01"), "3600");
    world.file(".lpar.cfg", "ControlPersist 8h\n");
    assert_eq!(told("hmc connect", "hmc01"), "28800");
    assert_eq!(told("hmc version", "hmc01"), "28800");
    assert_eq!(told("rscan", "hmc02"), "28800");
    world.file(".lpar.cfg", "\nControlPersist 8 h\n");
    for command in ["hmc connections", "hmc version", "rscan hmc01"] {
        let place = world.home().join(".lpar.cfg");
        world.sh(command).refused(&format!(
            "Error: {}, line 2: \"8 h\" is not a ControlPersist time: use yes, no, or a time",
            place.display()
        ));
    }
}

#[test]
fn a_connection_ends_when_its_time_is_over() {
    let (world, _site) = hmcs::named(&["hmc01"]);
    world.file(".lpar.cfg", "ControlPersist 1s\n");
    world
        .run("hmc", ["connect"])
        .ok("master connection created\n");
    eventually("it ends", || processes(&world).is_empty());
    world
        .run("hmc", ["connections"])
        .ok("hmc01: not connected\n");
}

#[test]
fn with_two_hmcs_the_connected_one_is_taken() {
    let mut config = Config::default_site();
    config.hmc[1]
        .systems
        .push("Server-9117-MMA-SN10F6F3D".into());
    let (world, site) = hmcs::on(config);
    let _ = world.run("rscan", ["-w", "hmc01,hmc02"]);
    let asked = |through: &str, other: &str| {
        let _ = world.run("hmc", ["disconnect", other]).good();
        let _ = world.run("hmc", ["connect", through]).good();
        let before = [through, other].map(|hmc| site.commands(hmc).len());
        world
            .run("rpower", ["node01", "stat"])
            .ok("node01: Running\n");
        let after = [through, other].map(|hmc| site.commands(hmc).len());
        assert!(after[0] > before[0] && after[1] == before[1], "{through}");
    };
    asked("hmc02", "hmc01");
    asked("hmc01", "hmc02");
}

#[test]
fn a_password_is_asked_for_once_on_the_terminal() {
    let mut config = hmcs::config(&["hmc01", "hmc02"]);
    config.authorized_key = false;
    let names = ["hmc01", "hmc02"];
    let (world, site) = World::on_site(config);
    for name in names {
        world.define_hmc(name, "");
    }
    let mut terminal = Terminal::start(&world, "hmc", &["connect"]);
    let mut out = String::new();
    for _ in names {
        out += &terminal.heard("assword:");
        // ssh prints the prompt before it turns the echo off.
        thread::sleep(Duration::from_millis(200));
        terminal.say(format!("{}\n", hmcs::PASSWORD));
    }
    out += &terminal.ends(0);
    for name in names {
        assert!(
            out.contains(&format!("{name}: master connection created\n")),
            "{out}"
        );
    }
    assert_eq!(out.matches("assword").count(), 2, "{out}");
    let before = site.log().len();
    let out = Terminal::start(&world, "hmc", &["version"]).ends(0);
    assert!(out.starts_with("NAME") && !out.contains("assword"), "{out}");
    let later = &site.log()[before..];
    assert!(
        !later
            .iter()
            .any(|event| matches!(event, Event::Login { .. })),
        "{later:?}"
    );
}

#[test]
fn a_hundred_hmcs_are_shown_without_ssh() {
    let names: Vec<String> = (1..=100).map(|n| format!("hmc{n:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (world, site) = hmcs::named(&names);
    // A configuration that has just been written is not relied on.
    eventually("the configuration has settled", || {
        let written = std::fs::metadata(site.ssh_config())
            .unwrap()
            .modified()
            .unwrap();
        written.elapsed().unwrap() > Duration::from_millis(100)
    });
    let out = world.run("hmc", ["connect"]).good();
    assert_eq!(
        out.matches(": master connection created\n").count(),
        100,
        "{out}"
    );
    let before = calls(&world).len();
    let out = world.run("hmc", ["connections"]).good();
    assert_eq!(out.matches(": Master running (pid=").count(), 100, "{out}");
    assert_eq!(calls(&world).len(), before, "ssh was asked before");
    world.run("hmc", ["connections", "--deep"]).ok(&out);
    let out = world.run("hmc", ["disconnect"]).good();
    assert_eq!(out.matches(" terminated\n").count(), 100, "{out}");
    eventually("all end", || processes(&world).is_empty());
}

#[test]
fn json_is_for_programs() {
    let (world, site) = hmcs::on(Config::default_site());
    let read = |words: &[&str], code: i32| -> serde_json::Value {
        let ran = world.run("hmc", words);
        assert_eq!(ran.code, Some(code), "{ran:#?}");
        serde_json::from_str(&ran.out).unwrap()
    };
    let off = |hmc: &str| serde_json::json!({"hmc": hmc, "state": "not connected", "pid": null});
    let both = serde_json::json!([off("hmc01"), off("hmc02")]);
    assert_eq!(read(&["connections", "--json"], 0), both);
    world.run("hmc", ["connect", "hmc01"]).good();
    let [pid] = masters(&world)[..] else {
        panic!("{:?}", processes(&world))
    };
    let on = serde_json::json!({"hmc": "hmc01", "state": "running", "pid": pid});
    let both = serde_json::json!([on, off("hmc02")]);
    assert_eq!(read(&["connections", "--json"], 0), both);
    assert_eq!(read(&["connections", "--deep", "--json"], 0), both);
    let version =
        serde_json::json!({"name": "hmc02", "version": 10, "release": "3", "service_pack": "1060"});
    assert_eq!(
        read(&["version", "--json", "hmc02"], 0),
        serde_json::json!([version])
    );
    // Who does not answer is missing, and told.
    site.fault_on("hmc01", "lshmc", Fault::NoAuthority);
    assert_eq!(
        read(&["version", "--json"], 1),
        serde_json::json!([version])
    );
    let all = read(&["status", "--json"], 1);
    assert_eq!(
        (all.as_array().unwrap().len(), &all[0]["systems"]),
        (1, &2.into())
    );
    assert_eq!(
        read(&["version", "--json", "hmc01"], 1),
        serde_json::json!([])
    );
}

#[test]
fn what_hmcs_manage_is_defined_once() {
    let (world, _site) = World::on_site(Config::default_site());
    world.define_hmc("hmc02", "abc123");
    let dry = world.run("hmc", ["rescan", "--dry-run", "hmc02"]).good();
    assert!(dry.contains("p9-42a-1"), "{dry}");
    world.run("nodels", ["cec"]).refused("Error: ");
    let out = world.run("hmc", ["rescan"]).good();
    let systems: Vec<_> = out.lines().filter(|line| line.starts_with("p9-")).collect();
    assert_eq!(systems, ["p9-42a-1: defined", "p9-42a-2: defined"]);
    world.run("hmc", ["rescan"]).ok("");
    world.run("nodels", ["cec"]).ok("p9-42a-1\np9-42a-2\n");
}

#[test]
fn hmcs_are_seen_at_a_glance() {
    let (world, site) = World::scanned(Config::default_site());
    world.run("hmc", ["status", "hmc02"]).ok(
        "NAME   TYPE_MODEL  SERIAL   VERSION         SYSTEMS  CONNECTED\n\
         hmc02  7063-CR2    785E1A0  V10R3.1060.0.0  2        2\n",
    );
    site.fault("hmc01", Fault::Down);
    let ran = world.run("hmc", ["status"]);
    assert!(ran.out.contains("\nhmc02  "), "{ran:?}");
    assert!(
        ran.err.starts_with("hmc01: Error: cannot reach hmc01: "),
        "{ran:?}"
    );
    assert_eq!((ran.err.lines().count(), ran.code), (1, Some(1)));
}
