//! `dumpxCATdb`: which tables, into which files.

#![allow(non_snake_case, reason = "the command is called so")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::world::World;

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn every_table_but_the_logs_becomes_a_file() {
    let world = World::new();
    world
        .run("dumpxCATdb", ["-p", "a/dump"])
        .ok(" Creating a/dump for database dump\nBackup Complete.\n");
    let tables = world.run("tabdump", [""; 0]).good();
    let logs = ["auditlog", "eventlog"];
    let wanted = tables.lines().filter(|t| !logs.contains(t));
    let wanted: Vec<String> = wanted.map(|t| format!("{t}.csv")).collect();
    let folder = world.home().join("a/dump");
    assert_eq!(names(&folder), wanted);
    let site = fs::metadata(folder.join("site.csv")).unwrap();
    assert_eq!(site.permissions().mode() & 0o777, 0o600);
    world
        .run("dumpxCATdb", ["-a", "-p", "a/dump"])
        .ok("Backup Complete.\n");
    assert_eq!(names(&folder).len(), tables.lines().count());
}

#[test]
fn tables_are_skipped_as_site_or_the_environment_say() {
    let mut world = World::new();
    world
        .run("chtab", ["key=skiptables", "site.value=hosts,passwd"])
        .ok("");
    let out = world.run("dumpxCATdb", ["-V", "-p", "d"]).good();
    for line in [
        "Skipping auditlog",
        "Skipping hosts",
        "Skipping passwd",
        "Dumping site",
    ] {
        assert!(out.lines().any(|l| l == line), "{line}: {out}");
    }
    assert!(!world.home().join("d/hosts.csv").exists());
    world.set("XCAT_SKIPTABLES", "site");
    world.run("dumpxCATdb", ["-p", "e"]).good();
    assert!(world.home().join("e/hosts.csv").exists());
    assert!(!world.home().join("e/site.csv").exists());
}

#[test]
fn what_is_no_dump_is_not_overwritten() {
    let world = World::new();
    fs::create_dir(world.home().join("d")).unwrap();
    world.file("d/ppc.csv", "my own notes\n");
    world
        .run("dumpxCATdb", ["-p", "d"])
        .refused("Error: d/ppc.csv is no dump of a table and is not overwritten");
    assert_eq!(names(&world.home().join("d")), ["ppc.csv"]);
    world.file("d/ppc.csv", "\"#node\",\"hcp\"\n");
    world
        .run("dumpxCATdb", ["-p", "d"])
        .ok("Backup Complete.\n");
    world.file("x", "");
    world
        .run("dumpxCATdb", ["-p", "x"])
        .refused("Error: cannot make x: ");
    world
        .run("dumpxCATdb", [""; 0])
        .refused("Error: -p says into which folder");
}

#[test]
fn backups_of_db2_are_refused() {
    let world = World::new();
    for (command, words) in [
        ("dumpxCATdb", &["-b", "-p", "d"][..]),
        ("restorexCATdb", &["-b", "-p", "d"]),
        ("restorexCATdb", &["-t", "20261122", "-p", "d"]),
    ] {
        let refusal = format!("Error: '{}' is not supported: it needs DB2", words[0]);
        world.run(command, words).refused(&refusal);
    }
}
