//! What happens to connections: none of it hangs, logs in twice or leaves a
//! process behind.

use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use simsite::{Event, Fault};

use crate::world::World;
use crate::world::hmcs::{self, calls, eventually, kill, logins, masters, processes};

/// Waits no longer than this for an HMC that says nothing, in seconds.
fn short_deadline(world: &World) {
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "2")]]);
}

/// How ssh was called to log in.
fn opened(world: &World) -> usize {
    let calls = calls(world);
    calls.iter().filter(|c| c.contains("ControlMaster")).count()
}

#[test]
fn refused_logins_and_dead_hosts_fail_alone() {
    let names = ["down", "mute", "banner", "refuses", "changed", "well"];
    let (world, site) = hmcs::named(&names);
    short_deadline(&world);
    site.fault("down", Fault::Down);
    site.fault("mute", Fault::Silent);
    site.fault("banner", Fault::BannerOnly);
    site.fault("refuses", Fault::RefuseLogin);
    site.fault("changed", Fault::ChangeHostKey);
    let ran = world.run("hmc", ["connect"]);
    assert_eq!(ran.out, "well: master connection created\n", "{ran:#?}");
    assert_eq!(ran.code, Some(1));
    let expected = [
        ("banner", "banner did not finish the login within 2 s"),
        ("changed", "changed is not trusted: "),
        ("down", "cannot reach down: "),
        ("mute", "mute did not finish the login within 2 s"),
        ("refuses", "refuses refused the login of hscroot: "),
    ];
    for (line, (name, text)) in ran.err.lines().zip(expected) {
        assert!(
            line.starts_with(&format!("{name}: Error: {text}")),
            "{ran:#?}"
        );
    }
    assert_eq!(ran.err.lines().count(), expected.len(), "{ran:#?}");
    let passwords = site.log().into_iter().filter(|event| {
        matches!(event, Event::Login { host, method, .. } if host == "refuses" && *method != "publickey")
    });
    assert!(passwords.count() <= 1, "one try, or the account is locked");
    eventually("only one process stays", || {
        processes(&world).len() == 1 && masters(&world).len() == 1
    });
}

#[test]
fn two_at_once_log_in_once() {
    let mut config = hmcs::config(&["hmc01"]);
    config.timing.login_ms = 300;
    let (world, site) = hmcs::on(config);
    let mut outs: Vec<String> = thread::scope(|scope| {
        let one = || world.run("hmc", ["connect", "hmc01"]).good();
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    outs.sort();
    let pid = masters(&world)[0];
    let already = format!("already connected: Master running (pid={pid})\n");
    let created = "master connection created\n";
    assert_eq!(outs, [&already, &already, &already, created]);
    assert_eq!((logins(&site, "hmc01"), opened(&world)), (1, 1));
    assert_eq!(processes(&world).len(), 1, "{:?}", processes(&world));
}

#[test]
fn a_killed_master_is_not_running_and_is_replaced() {
    let (world, site) = hmcs::named(&["hmc01"]);
    world.run("hmc", ["connect"]).good();
    kill("-KILL", masters(&world)[0]);
    eventually("it is gone", || processes(&world).is_empty());
    let gone = "hmc01: not connected\n";
    world.run("hmc", ["connections"]).ok(gone);
    world.run("hmc", ["connections", "--deep"]).ok(gone);
    world.run("hmc", ["disconnect"]).ok(gone);
    world
        .run("hmc", ["connect"])
        .ok("master connection created\n");
    assert_eq!((masters(&world).len(), logins(&site, "hmc01")), (1, 2));
}

#[test]
fn a_stopped_master_holds_up_nobody_for_long() {
    let (world, _site) = hmcs::named(&["hmc01", "hmc02"]);
    world.run("hmc", ["connect"]).good();
    let out = world.run("hmc", ["connections", "hmc02"]).good();
    let pid = out
        .trim()
        .strip_prefix("hmc02: Master running (pid=")
        .unwrap();
    let pid = pid.strip_suffix(')').unwrap();
    kill("-STOP", pid);
    let out = world.run("hmc", ["connections"]).good();
    assert!(out.starts_with("hmc01: Master running"), "{out}");
    assert!(out.ends_with("\nhmc02: not connected\n"), "{out}");
    let stuck = "hmc02: Error: cannot run ssh for hmc02: the process that holds its connection does \
                 not answer; the next command opens another connection\n";
    world.run("hmc", ["disconnect", "hmc02"]).fails("", stuck);
    world
        .run("hmc", ["connect", "hmc02"])
        .ok("master connection created\n");
    kill("-KILL", pid);
    world.run("hmc", ["connections", "--deep"]).good();
}

#[test]
fn a_dead_network_behind_a_master_is_found_by_a_deep_look() {
    let (world, site) = hmcs::named(&["hmc01", "hmc02", "hmc03"]);
    short_deadline(&world);
    world.run("hmc", ["connect", "hmc01", "hmc02"]).good();
    let shown = world.run("hmc", ["connections"]).good();
    let lines: Vec<_> = shown.lines().collect();
    site.fault("hmc01", Fault::Freeze);
    world.run("hmc", ["connections"]).ok(&shown);
    let pid = lines[0].strip_prefix("hmc01: Master running (").unwrap();
    let pid = pid.strip_suffix(')').unwrap();
    world.run("hmc", ["connections", "--deep"]).fails(
        &format!("hmc01: not connected\n{}\nhmc03: not connected\n", lines[1]),
        &format!(
            "hmc01: Error: hmc01 did not answer within 2 s; its connection ({pid}) was closed\n"
        ),
    );
    eventually("its process ends", || processes(&world).len() == 1);
    assert_eq!(logins(&site, "hmc01") + logins(&site, "hmc03"), 1);
    site.heal("hmc01");
    world
        .run("hmc", ["connect", "hmc01"])
        .ok("master connection created\n");
}

#[test]
fn an_hmc_that_hangs_after_the_login_is_found_out() {
    let (world, site) = hmcs::named(&["hmc01"]);
    short_deadline(&world);
    world.run("hmc", ["connect"]).good();
    site.fault("hmc01", Fault::HangAfterLogin);
    let ran = world.run("hmc", ["connections", "--deep"]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("hmc01: not connected\n", Some(1))
    );
    eventually("its process ends", || processes(&world).is_empty());
}

#[test]
fn more_commands_than_sessions_wait_their_turn() {
    let mut config = hmcs::config(&["hmc01"]);
    config.limits.max_sessions = 2;
    config.timing.command_ms = 100;
    let (world, site) = hmcs::on(config);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let out = world.run("hmc", ["version"]).good();
                assert_eq!(out.lines().count(), 2, "{out}");
            });
        }
    });
    assert_eq!((logins(&site, "hmc01"), masters(&world).len()), (1, 1));
    assert_eq!(site.commands("hmc01").len(), 8);
}

#[test]
fn sockets_find_a_place_when_the_home_folder_is_too_deep() {
    let (mut world, _site) = hmcs::named(&["hmc01"]);
    world.new_home(&"deep".repeat(20));
    let runtime = tempfile::Builder::new()
        .prefix("x")
        .tempdir_in("/tmp")
        .unwrap();
    world.set("XDG_RUNTIME_DIR", runtime.path());
    world
        .run("hmc", ["connect"])
        .ok("master connection created\n");
    let out = world.run("hmc", ["connections"]).good();
    assert!(out.starts_with("hmc01: Master running"), "{out}");
    assert!(runtime.path().join("xcat").is_dir());
    world
        .run("hmc", ["disconnect"])
        .ok("connection to hmc01 terminated\n");
}

#[test]
fn running_commands_are_not_cut_off_unless_told() {
    let (world, site) = hmcs::named(&["hmc01"]);
    world.run("hmc", ["connect"]).good();
    site.fault_on("hmc01", "lshmc", Fault::Slow(Duration::from_secs(3)));
    thread::scope(|scope| {
        let slow = scope.spawn(|| world.run("hmc", ["version"]));
        eventually("it runs", || site.commands("hmc01").len() == 1);
        world
            .run("hmc", ["disconnect"])
            .ok("connection to hmc01 ends with the commands that run through it\n");
        world
            .run("hmc", ["connections"])
            .ok("hmc01: not connected\n");
        slow.join().unwrap().good();
    });
    eventually("it ends", || processes(&world).is_empty());
    world.run("hmc", ["connect"]).good();
    site.fault_on("hmc01", "lshmc", Fault::Hang);
    thread::scope(|scope| {
        let slow = scope.spawn(|| world.run("hmc", ["version"]));
        eventually("it runs", || site.commands("hmc01").len() == 2);
        world
            .run("hmc", ["disconnect", "--now"])
            .ok("connection to hmc01 terminated\n");
        let ran = slow.join().unwrap();
        assert_eq!(ran.code, Some(1));
        assert!(
            ran.err
                .contains("whether the command was carried out is unknown"),
            "{ran:#?}"
        );
    });
}

#[test]
fn an_interrupted_login_leaves_nothing_behind() {
    let (world, site) = hmcs::named(&["hmc01"]);
    site.fault("hmc01", Fault::Silent);
    let mut command = world.command(crate::world::bin_folder().join("hmc"));
    command
        .arg("connect")
        .process_group(0)
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    eventually("ssh logs in", || opened(&world) == 1);
    kill("-INT", format!("-{}", child.id()));
    child.wait().unwrap();
    eventually("nothing stays", || processes(&world).is_empty());
}
