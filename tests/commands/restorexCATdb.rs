//! `restorexCATdb`: dumps and files of a real xCAT, whole or not at all.

#![allow(non_snake_case, reason = "the command is called so")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::world::World;

/// A dump that xCAT 2.19 made.
fn real_dump() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xcat-dump")
}

/// The files of a folder; `sorted` puts their lines in order.
fn contents(folder: &Path, sorted: bool) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        if sorted {
            lines.sort_unstable();
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, lines.join("\n"))
    };
    entries.map(read).collect()
}

fn restore(world: &World, folder: &Path) {
    let folder = folder.to_str().unwrap();
    world
        .run("restorexCATdb", ["-p", folder])
        .ok("Restore of Database Complete.\n");
}

fn dump(world: &World, name: &str) -> PathBuf {
    world.run("dumpxCATdb", ["-p", name]).good();
    world.home().join(name)
}

#[test]
fn a_dump_of_a_real_xcat_is_restored_whole() {
    let world = World::new();
    restore(&world, &real_dump());
    let (ours, real) = (
        contents(&dump(&world, "d"), true),
        contents(&real_dump(), true),
    );
    for (name, text) in &real {
        assert_eq!(ours.get(name), Some(text), "{name}");
    }
    let more: Vec<_> = ours.keys().filter(|n| !real.contains_key(*n)).collect();
    assert!(more.is_empty(), "tables that xCAT does not dump: {more:?}");
    // The same once more, through our own dump.
    let again = World::new();
    restore(&again, &world.home().join("d"));
    assert_eq!(
        contents(&dump(&again, "d"), false),
        contents(&world.home().join("d"), false)
    );
}

#[test]
fn what_the_dump_lacks_stays_and_what_differs_is_told() {
    let world = World::new();
    fs::create_dir(world.home().join("d")).unwrap();
    world.file("d/site.csv", "#key,value\nmaster,mn\n");
    world.file("d/auditlog.csv", "#recid,userid\n7,u\n");
    world.file("d/README", "not a table\n");
    world.run("nodeadd", ["n1", "groups=all"]).ok("");
    world.run("chtab", ["key=old", "site.value=1"]).ok("");
    world
        .run("restorexCATdb", ["--dry-run", "-p", "d"])
        .ok("site clustersite: changed\n    master: (none) -> mn\n    old: 1 -> (none)\nsite: 1 added, 0 changed, 1 removed, 0 as they were\n");
    world
        .run("restorexCATdb", ["-V", "-p", "d"])
        .ok("Skipping auditlog.csv\nRestoring site.csv.\nRestore of Database Complete.\n");
    world.run("nodels", ["all"]).ok("n1\n");
    world.run("gettab", ["key=master", "site.value"]).ok("mn\n");
    world.run("gettab", ["key=old", "site.value"]).ok("");
    world
        .run("restorexCATdb", ["-a", "-p", "d"])
        .ok("Restore of Database Complete.\n");
    let log = world.run("tabdump", ["auditlog"]).good();
    assert!(log.contains("\"7\""), "{log}");
}

#[test]
fn one_bad_file_keeps_everything_as_it_was() {
    let world = World::new();
    world.run("chtab", ["key=old", "site.value=1"]).ok("");
    let before = contents(&dump(&world, "before"), false);
    fs::create_dir(world.home().join("d")).unwrap();
    world.file("d/site.csv", "#key,value\nmaster,mn\n");
    world.file("d/vm.csv", "#node,host\nn1,h\n\"n2\n");
    world
        .run("restorexCATdb", ["-p", "d"])
        .fails("", "Error: d/vm.csv:3: a \" is never closed\n");
    assert_eq!(contents(&dump(&world, "after"), false), before);
    world
        .run("restorexCATdb", ["-p", "nowhere"])
        .refused("Error: cannot read nowhere: No such file");
    fs::create_dir(world.home().join("empty")).unwrap();
    world
        .run("restorexCATdb", ["-p", "empty"])
        .fails("", "Error: empty has no TABLE.csv\n");
    world
        .run("restorexCATdb", [""; 0])
        .refused("Error: -p says which folder the dump is in");
}

#[test]
fn what_has_no_place_here_is_said() {
    let world = World::new();
    fs::create_dir(world.home().join("d")).unwrap();
    world.file(
        "d/site.csv",
        "#key,value,flavour,empty\nmaster,mn,sweet,\n,lost,,\n",
    );
    world.file("d/widgets.csv", "#a,b\n1,2\n3,4\n");
    world.file("d/gadgets.csv", "#a,b\n");
    let ran = world.run("restorexCATdb", ["-p", "d"]);
    let warnings = "Warning: table 'site' has no column 'flavour': 1 value is left out\n\
         Warning: d/site.csv:3: no value in 'key', the key of table 'site': 1 such row is left out\n\
         Warning: d/widgets.csv: there is no table 'widgets': its 2 rows are left out\n";
    ran.fails("Restore of Database Complete.\n", warnings);
    world.run("gettab", ["key=master", "site.value"]).ok("mn\n");
}

#[test]
fn the_files_of_a_real_xcat_are_read_and_left_alone() {
    let world = World::new();
    let folder = world.folder().join("etc");
    fs::create_dir(&folder).unwrap();
    let sqlite = |file: &str, sql: &str| {
        let done = Command::new("sqlite3")
            .arg(folder.join(file))
            .arg(sql)
            .status();
        assert!(done.is_ok_and(|s| s.success()), "sqlite3 {file}");
    };
    sqlite(
        "nodelist.sqlite",
        "CREATE TABLE nodelist(node VARCHAR(128), groups TEXT, status TEXT, PRIMARY KEY(node));
         INSERT INTO nodelist VALUES('n2', 'all,x', ''), ('n1', 'all', NULL);",
    );
    sqlite(
        "auditlog.sqlite",
        "CREATE TABLE auditlog(recid INTEGER PRIMARY KEY AUTOINCREMENT, userid TEXT);
         INSERT INTO auditlog(userid) VALUES('u');",
    );
    sqlite(
        "odd.sqlite",
        "CREATE TABLE odd(a TEXT); INSERT INTO odd VALUES('1');",
    );
    fs::write(folder.join("ppc.sqlite"), "").unwrap();
    fs::write(folder.join("cfgloc.lsdef"), "").unwrap();
    let before: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    let from = folder.to_str().unwrap();
    let ran = world.run("restorexCATdb", ["-a", "--from-xcat", from]);
    let warning =
        format!("Warning: {from}/odd.sqlite: there is no table 'odd': its 1 row is left out\n");
    ran.fails("Restore of Database Complete.\n", &warning);
    world
        .run("nodels", ["all", "nodelist.groups"])
        .ok("n1: all\nn2: all,x\n");
    let log = world.run("tabdump", ["auditlog"]).good();
    assert!(log.contains("\"1\",,\"u\""), "{log}");
    let after: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(before, after);
}

#[test]
fn a_file_in_use_is_read_and_a_damaged_one_refused() {
    let world = World::new();
    let folder = world.folder().join("etc");
    fs::create_dir(&folder).unwrap();
    let script = "import sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1] + '/site.sqlite', isolation_level=None)\n\
        db.execute(\"CREATE TABLE site(key TEXT PRIMARY KEY, value TEXT)\")\n\
        db.execute(\"INSERT INTO site VALUES('master', 'mn')\")\n\
        db.execute('BEGIN IMMEDIATE')\n\
        db.execute(\"INSERT INTO site VALUES('later', 'x')\")\n\
        print('ready', flush=True)\n\
        sys.stdin.read()\n";
    world.file("hold.py", script);
    let folder = folder.to_str().unwrap();
    let line = format!(
        "coproc python3 hold.py {folder}; read -r word <&\"${{COPROC[0]}}\"; \
         restorexCATdb --from-xcat {folder}; gettab key=master site.value; gettab key=later site.value"
    );
    world.sh(&line).ok("Restore of Database Complete.\nmn\n");
    fs::write(
        Path::new(folder).join("ppc.sqlite"),
        "this is no database, it is a text",
    )
    .unwrap();
    world
        .run("restorexCATdb", ["--from-xcat", folder])
        .refused(&format!("Error: {folder}/ppc.sqlite is not a"));
}

#[test]
fn whoever_kills_it_finds_the_old_tables_or_the_new_ones() {
    let world = World::new();
    let make = |name: &str, value: &str| {
        fs::create_dir(world.home().join(name)).unwrap();
        for (table, column) in [("ppc", "hcp"), ("vm", "host"), ("vpd", "asset")] {
            let rows = (0..8000).map(|n| format!("n{n},{value}\n"));
            let text = format!("#node,{column}\n{}", rows.collect::<String>());
            world.file(&format!("{name}/{table}.csv"), &text);
        }
    };
    make("a", "x");
    make("b", "yy");
    restore(&world, &world.home().join("a"));
    let program = crate::world::bin_folder().join("restorexCATdb");
    let story = |world: &World| world.run("lschange", [""; 0]).good().lines().count();
    let (mut value, mut entries) = ("x".to_owned(), story(&world));
    for round in 0..12u64 {
        let mut child = world
            .command(&program)
            .args(["-p", if round % 2 == 0 { "b" } else { "a" }])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(round * 53 % 500));
        // It may have ended already.
        drop(child.kill());
        child.wait().unwrap();
        let mut values: Vec<String> = Vec::new();
        for table in ["ppc", "vm", "vpd"] {
            let text = world.run("tabdump", [table]).good();
            for line in text.lines().skip(1) {
                let mut words = line.split(',').skip(1).filter(|w| !w.is_empty());
                values.push(words.next().unwrap().replace('"', ""));
            }
        }
        assert_eq!(values.len(), 24_000, "round {round}");
        assert!(values.iter().all(|v| *v == values[0]), "round {round}");
        // The journal has an entry exactly when something changed.
        let changed = values[0] != value;
        assert_eq!(
            story(&world),
            entries + usize::from(changed),
            "round {round}"
        );
        value = values.swap_remove(0);
        entries = story(&world);
    }
}
