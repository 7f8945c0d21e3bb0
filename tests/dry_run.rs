//! `--dry-run` of all changing commands: what it shows is what the real run
//! then does, and until then nothing is done.

use std::fs;

use crate::world::World;

/// Lines that are run one after the other, each dry before it is run.
const LINES: [&str; 20] = [
    "mkdef -t node -o n[1-3] groups=lpar,all mgt=hmc hcp=hmc1 ip=10.0.0.1",
    "mkdef hmc1 groups=hmc,all nodetype=ppc hwtype=hmc mgt=hmc username=a password=abc123",
    "mkdef -t group -o aix members=n1,n2 os=aix72",
    "mkdef -f n3 groups=all mgt=ipmi bmc=b3",
    "printf 'n4:\\n objtype=node\\n groups=all\\nn5:\\n objtype=node\\n groups=aix\\n' | mkdef -z",
    "chdef n1 ip=10.0.0.9 mac=",
    "chdef -p n1-n3 groups=new",
    "chdef -t site maxssh=7 master=mn",
    "chdef -m n1 groups=new",
    "chdef hmc1 password=def456",
    "chdef -n n9 n3",
    "nodech n1,n2 ppc.hcp=hmc2 groups,=x",
    "nodeadd n6-n7 groups=all nodehm.mgt=hmc",
    "nodegrpch lpar nodehm.mgt=ivm",
    "chtab key=tftpdir site.value=/tftpboot",
    "tabch key=tftpdir site.value=/tftp",
    "chtab -d key=tftpdir site",
    "nodech -d n1 ppc",
    "noderm n6-n7",
    "rmdef -t group -o aix",
];

fn with_dry_run(line: &str) -> String {
    let (before, command) = line.rsplit_once("| ").unwrap_or(("", line));
    let (name, rest) = command.split_once(' ').unwrap();
    let pipe = if before.is_empty() { "" } else { "| " };
    format!("{before}{pipe}{name} --dry-run {rest}")
}

#[test]
fn a_dry_run_shows_what_the_real_run_does() {
    let world = World::new();
    world.run("lsdef", [""; 0]).good();
    let file = world.database().join("xcat.sqlite");
    for (number, line) in (1..).zip(LINES) {
        let before = fs::read(&file).unwrap();
        let shown = world.sh(&with_dry_run(line)).good();
        assert!(fs::read(&file).unwrap() == before, "{line}");
        assert!(!shown.is_empty(), "{line}");
        assert!(
            !shown.contains("abc123") && !shown.contains("def456"),
            "{line}: {shown}"
        );
        assert!(!shown.contains("have been"), "{line}: {shown}");
        world.sh(line).good();
        let done = world.run("lschange", [number.to_string()]).good();
        assert!(done.ends_with(&shown), "{line}:\n{shown}\n{done}");
    }
}

#[test]
fn values_are_shown_before_and_after() {
    let world = World::new();
    world.sh("mkdef -t node -o n1 groups=all mgt=hmc").good();
    world
        .run(
            "chdef",
            ["--dry-run", "n1", "mgt=ipmi", "bmcpassword=abc123"],
        )
        .ok("node n1: changed\n    bmcpassword: (none) -> ********\n    mgt: hmc -> ipmi\n");
    world
        .run("rmdef", ["--dry-run", "n1"])
        .ok("node n1: removed\n    groups: all -> (none)\n    mgt: hmc -> (none)\n");
    world
        .run("lsdef", ["n1", "-i", "mgt", "-c"])
        .ok("n1: mgt=hmc\n");
}

#[test]
fn what_fails_fails_in_a_dry_run_too() {
    let world = World::new();
    world.sh("mkdef -t node -o n1 groups=all mgt=hmc").good();
    for line in [
        "rmdef n1,n9",
        "mkdef n2 groups=all bogus=1",
        "mkdef n2 mgt=hmc",
        "chdef n1 bogus=1",
        "chdef -n n1 n1",
        "noderm n9",
        "nodech n1 bogus.x=1",
    ] {
        let dry = world.sh(&with_dry_run(line));
        let real = world.sh(line);
        assert_eq!((dry.code, &dry.err), (real.code, &real.err), "{line}");
        assert_eq!(dry.code, Some(1), "{line}");
    }
    world
        .sh("lsdef")
        .ok("Could not find any object definitions to display.\n");
}
