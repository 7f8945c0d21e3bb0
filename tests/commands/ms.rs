//! `ms` on the simulated site.

use simsite::Config;

use crate::world::World;

#[test]
fn systems_are_listed() {
    let (world, _site) = World::scanned(Config::default_site());
    world.run("ms", ["status", "p9-42a-1"]).ok(
        "NAME      TYPE_MODEL  SERIAL   STATE      IPADDR    PROCS  PROCS_AVAIL  MEM    MEM_AVAIL\n\
         p9-42a-1  9009-42A    785A3F1  Operating  10.0.1.3  2.0    1.1          32768  13696\n",
    );
    world.run("ms", ["lsproc", "p9-42a-1"]).ok(
        "NAME      INSTALLED  CONFIGURABLE  AVAIL  MAX_SHARED_PROC_POOLS\n\
         p9-42a-1  2.0        2.0           1.1    1\n",
    );
    world.run("ms", ["lsmem", "p9-42a-1"]).ok(
        "NAME      INSTALLED  CONFIGURABLE  AVAIL  FIRMWARE  REGION_SIZE\n\
         p9-42a-1  32768      32768         13696  640       128\n",
    );
    world
        .run("ms", ["lslic", "p9-42a-1"])
        .ok("NAME      ECNUMBER  ACTIVATED  INSTALLED  ACCEPTED\n\
         p9-42a-1  01VL950   124        124        124\n");
    let names = world.run("ms", ["status", "-F", "name", "state=Operating"]);
    assert_eq!(names.good().lines().count(), 4);
}

#[test]
fn a_system_that_is_off_is_listed_with_what_is_known() {
    let (world, site) = World::scanned(Config::default_site());
    site.set_state("p9-42a-1", "Power Off").unwrap();
    let ran = world.run("ms", ["status", "-F", "name,state", "p9-42a-1"]);
    assert!(ran.out.starts_with("p9-42a-1,Power Off"), "{ran:?}");
}

#[test]
fn nothing_is_defined() {
    let world = World::new();
    let begin = "Error: no managed system is defined; define those of all HMCs with hmc rescan\n";
    world.run("ms", ["status"]).refused(begin);
    let ran = world.run("ms", ["blah"]);
    assert!(ran.err.contains("Usage: ms "), "{ran:?}");
    assert_eq!((ran.out.as_str(), ran.code), ("", Some(1)));
}
