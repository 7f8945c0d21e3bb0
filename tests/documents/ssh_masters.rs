//! "Master/Slave-Verbindungen zu den HMCs", the LPAR-Tool's page on connections:
//! each of its commands, and what it prints. Process ids are those of the real
//! masters. HMCs stand in natural order, where the page has the order in which
//! they were registered.

use crate::world::World;
use crate::world::hmcs::{self, masters};

const HMCS: [&str; 6] = ["hmca01", "hmca02", "hmcg01", "hmcg02", "hmc01", "hmc02"];

/// What the page shows; `PID` stands for a process id.
const CONNECTIONS: &str = "\
hmca01: not connected
hmca02: not connected
hmcg01: Master running (pid=PID)
hmcg02: Master running (pid=PID)
hmc01: Master running (pid=PID)
hmc02: not connected
";

const AFTER_DISCONNECT: &str = "\
hmca01: not connected
hmca02: not connected
hmcg01: Master running (pid=PID)
hmcg02: not connected
hmc01: Master running (pid=PID)
hmc02: not connected
";

/// `hmc connections`, with each process id checked to be that of a master and
/// replaced, and the lines in the order of the page.
fn connections(world: &World) -> String {
    let out = world.run("hmc", ["connections"]).good();
    let names: Vec<_> = out.lines().map(|l| l.split(':').next().unwrap()).collect();
    assert_eq!(
        names,
        ["hmc01", "hmc02", "hmca01", "hmca02", "hmcg01", "hmcg02"]
    );
    let shown = |name: &str| {
        let line = out.lines().find(|l| l.starts_with(&format!("{name}:")));
        let line = line.unwrap();
        let Some((before, pid)) = line.split_once("(pid=") else {
            return format!("{line}\n");
        };
        let pid: u32 = pid.strip_suffix(')').unwrap().parse().unwrap();
        assert!(masters(world).contains(&pid), "{line}");
        format!("{before}(pid=PID)\n")
    };
    HMCS.map(shown).concat()
}

#[test]
fn the_page_is_played() {
    let (world, site) = hmcs::named(&HMCS);
    world
        .run("hmc", ["connect", "hmcg01", "hmcg02", "hmc01"])
        .good();

    let configuration = "\
# How long (seconds) inactive master connection should persist. Default: 600
ControlPersist 8h
";
    world.file(".lpar.cfg", configuration);
    world.sh("cat ~/.lpar.cfg").ok(configuration);
    assert_eq!(connections(&world), CONNECTIONS);
    world
        .sh("hmc disconnect hmcg02")
        .ok("connection to hmcg02 terminated\n");
    assert_eq!(connections(&world), AFTER_DISCONNECT);
    world
        .sh("hmc connect hmcg02")
        .ok("master connection created\n");
    assert_eq!(connections(&world), CONNECTIONS);

    assert_eq!(hmcs::logins(&site, "hmcg02"), 2);
    assert_eq!(site.commands("hmcg02"), [""; 0], "no command was run there");
    let opened: Vec<_> = hmcs::calls(&world)
        .into_iter()
        .filter(|call| call.contains("ControlMaster"))
        .collect();
    assert_eq!(opened.len(), 4);
    assert!(opened[2].contains("ControlPersist=600"), "{opened:?}");
    assert!(opened[3].contains("ControlPersist=28800"), "{opened:?}");
}
