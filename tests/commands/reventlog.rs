//! `reventlog` on the simulated site.

use std::time::Duration;

use simsite::{Config, Fault};

use crate::world::World;

const A: &str = "Server-9117-MMA-SN10F6F3D";
const B: &str = "Server-9117-MMA-SN1001234";

/// Two events of system B besides the one that it has.
fn config() -> Config {
    let mut config = Config::default_site();
    let mut open = config.hmc[0].event[1].clone();
    for (number, text) in [("21", "first"), ("22", "second")] {
        open.insert("problem_num".to_owned(), number.to_owned());
        open.insert("status".to_owned(), "Open".to_owned());
        open.insert("text".to_owned(), text.to_owned());
        config.hmc[0].event.push(open.clone());
    }
    config
}

#[test]
fn events_are_those_of_the_system() {
    let (world, _site) = World::scanned(config());
    let told = |words: &[&str]| world.run("reventlog", words).good();
    let line = |number, text: &str, status| {
        format!("03/02/2015 10:11:12 B7006970 {status} {text} [{number}]\n")
    };
    let old = line(11, "PCI host bridge failure", "Closed");
    let (first, second) = (line(21, "first", "Open"), line(22, "second", "Open"));
    assert_eq!(
        told(&[B, "all"]),
        format!("{B}: {old}{B}: {first}{B}: {second}")
    );
    assert_eq!(told(&[B, "2"]), format!("{B}: {first}{B}: {second}"));
    assert_eq!(
        told(&["node05", "2", "-s"]),
        format!("node05: {second}node05: {first}")
    );
    assert!(
        told(&[A])
            .ends_with(" B3030001 Open ACT04284I A Management Console connection failed. [12]\n")
    );
    assert_eq!(told(&["db01"]), "db01: no serviceable events\n");
    assert_eq!(
        told(&["Frame-9458-100-SN99201WM"]),
        "Frame-9458-100-SN99201WM: no serviceable events\n"
    );
    let out = told(&[B, "1", "--json"]);
    let read: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(read[0]["events"][0]["problem_num"], 22);
    assert_eq!(read[0]["events"][0]["duplicate_count"], 2);
}

#[test]
fn clear_closes_the_open_ones() {
    let (world, site) = World::scanned(config());
    world
        .run("reventlog", [B, "clear", "--dry-run"])
        .ok(&format!(
            "{B}: hmc01 would be sent: chsvcevent -o close -p 21 -h hmc01\n\
         {B}: hmc01 would be sent: chsvcevent -o close -p 22 -h hmc01\n"
        ));
    let closes = || {
        let sent = site.commands("hmc01").into_iter();
        sent.filter(|line| line.starts_with("chsvcevent")).count()
    };
    assert_eq!(closes(), 0);
    world
        .run("reventlog", [B, "clear"])
        .ok(&format!("{B}: clear\n"));
    assert_eq!(closes(), 2);
    let out = world.run("reventlog", [B, "all"]).good();
    assert_eq!(
        (out.lines().count(), out.matches(" Closed ").count()),
        (3, 3)
    );
    world
        .run("reventlog", [B, "clear"])
        .ok(&format!("{B}: clear\n"));
    assert_eq!(closes(), 2);
    world.run("reventlog", ["node05", "clear"]).fails(
        "node05: events are those of the whole system; clear them with the name of the system\n",
        "",
    );
}

#[test]
fn what_goes_wrong_is_said_of_the_node() {
    let (world, site) = World::scanned(config());
    site.fault("hmc01", Fault::Busy);
    let ran = world.run("reventlog", [B, "clear"]);
    assert!(ran.out.starts_with(&format!("{B}: HSCL3205 ")), "{ran:?}");
    site.heal("hmc01");
    site.fault("hmc01", Fault::NoAuthority);
    let ran = world.run("reventlog", [B]);
    assert!(
        ran.out.starts_with(&format!("{B}: HSCL350B ")) && ran.code == Some(1),
        "{ran:?}"
    );
}

#[test]
fn wrong_usage_is_refused() {
    let (world, _site) = World::scanned(Config::default_site());
    for word in ["0", "many", "-5", "+5"] {
        let ran = world.run("reventlog", ["node01", word]);
        assert_eq!((ran.out.as_str(), ran.code), ("", Some(1)), "{ran:?}");
    }
    world
        .run("reventlog", ["node01", "0"])
        .refused("Error: Invalid entry count: 0\n");
    world
        .run("reventlog", [A, "clear", "-s"])
        .refused("Error: --json and -s are not for clear\n");
    world
        .run("reventlog", [A, "--dry-run"])
        .refused("Error: --dry-run is for clear\n");
}

#[test]
fn an_event_whose_end_was_not_seen_is_looked_at_again() {
    let (world, site) = World::scanned(config());
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "5")]]);
    site.fault_on("hmc01", "chsvcevent", Fault::Hang);
    world.run("reventlog", [B, "clear"]).fails(
        "",
        &format!("{B}: Error: hmc01 did not finish the command within 5 s; it may still be running there; whether the command was carried out is unknown; asked again: event 21 is Open\n"),
    );
    site.heal("hmc01");
    site.fault_on("hmc01", "chsvcevent", Fault::Drop);
    let ran = world.run("reventlog", [B, "clear"]);
    assert!(
        ran.err.starts_with(&format!("{B}: Error: hmc01: "))
            && ran.err.contains("is unknown; asked again: event 21 is "),
        "{ran:#?}"
    );
}

#[test]
fn what_was_closed_before_an_interrupt_is_told() {
    let (world, site) = World::scanned(config());
    site.fault_on("hmc01", "chsvcevent", Fault::Slow(Duration::from_secs(3)));
    let closes = || {
        let sent = site.commands("hmc01").into_iter();
        sent.filter(|line| line.starts_with("chsvcevent")).count()
    };
    let ran = world.interrupt("reventlog", [B, "clear"], || closes() > 0);
    ran.killed(
        "",
        &format!("{B}: Error: 1 closed, the next one not: nothing was sent: the command was interrupted\n"),
    );
    assert_eq!(closes(), 1);
    let out = world.run("reventlog", [B, "2"]).good();
    assert!(out.contains(" Closed first [21]\n") && out.contains(" Open second [22]\n"));
}
