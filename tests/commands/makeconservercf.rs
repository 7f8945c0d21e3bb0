//! `makeconservercf`: the file. That conserver takes it is tested with `rcons`.

use std::fs;

use simsite::Config;

use super::getmacs::site;
use crate::world::bin_folder;

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
            "db01: Warning: ignored: cons=ipmi; only consoles of LPARs through HMCs can be shown (cons=hmc)\n\
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
