//! `makeconservercf`: the file. That conserver takes it is tested with `rcons`.

use std::fs;
use std::path::Path;

use simsite::Config;

use super::getmacs::site;
use crate::world::{World, bin_folder};

#[test]
fn the_file_is_xcats() {
    let (world, _site) = site(Config::default_site());
    world
        .run("nodech", ["node03", "nodehm.conserver=sn1"])
        .good();
    world.run("nodech", ["db01", "nodehm.cons=ipmi"]).good();
    let file = world.file("conserver.cf", "# mine\n");
    let path = file.to_str().unwrap();
    let ran = world.run(
        "makeconservercf",
        ["node01,node03,db01,hmc01", "--file", path],
    );
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str(), ran.code),
        (
            "",
            "db01: Warning: ignored: cons=ipmi; only consoles of LPARs through HMCs (cons=hmc) and of terminal servers (cyclades, mrv) can be shown\n\
             Warning: sn1 serves some of the consoles: run makeconservercf there, too\n",
            Some(0)
        )
    );
    let program = bin_folder().join("rcons");
    let expected = format!(
        "access * {{\n  trusted 127.0.0.1;\n  trusted 10.0.0.1;\n}}\ndefault * {{\n  logfile /var/log/consoles/&;\n  timestamp 1lab;\n  rw *;\n  master localhost;\n}}\n# mine\n\
         #xCAT BEGIN node01 CONS\nconsole node01 {{\n  type exec;\n  exec {} -f --stay node01;\n}}\n#xCAT END node01 CONS\n\
         #xCAT BEGIN node03 CONS\nconsole node03 {{\n  type exec;\n  master sn1;\n}}\n#xCAT END node03 CONS\n",
        program.display()
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    let shown = world
        .run(
            "makeconservercf",
            [
                "-d",
                "node03",
                "-t",
                "10.0.0.9",
                "--dry-run",
                "--file",
                path,
            ],
        )
        .good();
    assert!(
        shown.contains("  trusted 10.0.0.9;\n") && !shown.contains("node03"),
        "{shown}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    world
        .run("makeconservercf", ["-d", "node03", "--file", path])
        .ok("");
    assert!(!fs::read_to_string(&file).unwrap().contains("node03"));
    world.run("noderm", ["node01"]).good();
    world
        .run("makeconservercf", ["-C", "--file", path])
        .ok("Remove console entry for the nodes:node01\n");
    world
        .run("makeconservercf", ["-C", "--file", path])
        .ok("Nothing removed\n");
    world
        .run("makeconservercf", ["-t", "a;b", "--file", path])
        .refused("Error: \"a;b\" is no host to trust\n");
    world
        .run("makeconservercf", ["-C", "node01", "--file", path])
        .refused("Error: the argument '--cleanup' cannot be used with '[NODERANGE]'");
}

/// conserver itself reads the file without complaint.
#[track_caller]
fn is_taken_by_conserver(world: &World, file: &Path) {
    let mut conserver = world.command("conserver");
    let ran = conserver.arg("-S").arg("-C").arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    let complaint = said.contains("ERROR") || said.contains(".cf:");
    assert!(ran.status.success() && !complaint, "{said}");
}

#[test]
fn terminal_servers_are_named_to_conserver() {
    let world = World::new();
    world
        .run(
            "mkdef",
            [
                "n[1-4]",
                "groups=all",
                "mgt=hmc",
                "cons=mrv",
                "termserver=ts1",
            ],
        )
        .good();
    for (node, port) in [("n1", "3"), ("n2", "4"), ("n4", "5")] {
        world
            .run("chdef", [node, &format!("termport={port}")])
            .good();
    }
    world
        .run(
            "chdef",
            [
                "n4",
                "cons=cyclades",
                "termserver=ts2",
                "consoleondemand=yes",
            ],
        )
        .good();
    let file = world.file("conserver.cf", "");
    let path = file.to_str().unwrap();
    let bad = "n3: Error: Bad configuration, check attributes under the nodehm category: cons=mrv needs termserver and termport\n";
    world
        .run("makeconservercf", ["--file", path])
        .fails("", bad);
    let text = fs::read_to_string(&file).unwrap();
    let wanted = "default cyclades { type host; portbase 7000; portinc 1; }\n\
         default mrv { type host; portbase 2000; portinc 100; }\n\
         #xCAT BEGIN ts1 TS\ndefault ts1 {\n  include mrv;\n  host ts1;\n}\n#xCAT END ts1 TS\n\
         #xCAT BEGIN ts2 TS\ndefault ts2 {\n  include cyclades;\n  host ts2;\n}\n#xCAT END ts2 TS\n\
         #xCAT BEGIN n1 CONS\nconsole n1 {\n include ts1;\n port 3;\n}\n#xCAT END n1 CONS\n\
         #xCAT BEGIN n2 CONS\nconsole n2 {\n include ts1;\n port 4;\n}\n#xCAT END n2 CONS\n\
         #xCAT BEGIN n4 CONS\nconsole n4 {\n include ts2;\n port 5;\n  options ondemand;\n}\n#xCAT END n4 CONS\n";
    assert!(text.ends_with(wanted), "{text}");
    is_taken_by_conserver(&world, &file);
    // Once more, for one of them: conserver still finds the servers first.
    world.run("makeconservercf", ["n2", "--file", path]).ok("");
    is_taken_by_conserver(&world, &file);
    let again = fs::read_to_string(&file).unwrap();
    assert_eq!(again.matches("BEGIN ts1 TS").count(), 1, "{again}");
    // Without nodes all entries go, also those of nodes that are no more.
    world.run("rmdef", ["n1"]).good();
    world.run("makeconservercf", ["-d", "--file", path]).ok("");
    assert!(!fs::read_to_string(&file).unwrap().contains("#xCAT"));
}

#[test]
fn a_host_may_have_only_the_entries_that_it_serves() {
    let world = World::new();
    world
        .run("mkdef", ["n[1-3]", "groups=all", "mgt=hmc", "cons=hmc"])
        .good();
    world.run("chdef", ["n2", "conserver=sn1"]).good();
    // An address of this machine.
    world.run("chdef", ["n3", "conserver=127.0.0.9"]).good();
    let file = world.file("conserver.cf", "");
    let path = file.to_str().unwrap();
    let entries = |words: &[&str]| {
        let words = [words, &["--file", path]].concat();
        let _ = world.run("makeconservercf", words);
        is_taken_by_conserver(&world, &file);
        let text = fs::read_to_string(&file).unwrap();
        let nodes = text.lines().filter_map(|l| l.strip_prefix("#xCAT BEGIN "));
        nodes.map(|l| l.replace(" CONS", "")).collect::<Vec<_>>()
    };
    assert_eq!(entries(&[]), ["n1", "n2", "n3"]);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(
        (
            text.matches("  exec ").count(),
            text.matches("  master sn1;").count()
        ),
        (2, 1)
    );
    // Nobody else is the master; then somebody is.
    assert_eq!(entries(&["-c"]), ["n1", "n3"]);
    world
        .run("chdef", ["-t", "site", "master=192.0.2.1"])
        .good();
    assert_eq!(entries(&["-c", "n1-n3"]), ["n3"]);
    assert_eq!(entries(&["-l"]), ["n1", "n2", "n3"]);
    // One that has no console any more loses its entry.
    world.run("chdef", ["n1", "cons="]).good();
    assert_eq!(entries(&["n1"]), ["n2", "n3"]);
    for option in ["-l", "-C"] {
        world
            .run("makeconservercf", ["-c", option])
            .refused("Error: the argument '--conserver' cannot be used with '--");
    }
}
