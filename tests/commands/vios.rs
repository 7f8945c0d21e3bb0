//! `vios` on the simulated site.

use simsite::Config;

use crate::world::World;

#[test]
fn servers_are_told_from_other_lpars() {
    let (world, _site) = World::scanned(Config::default_site());
    world
        .run("vios", ["status", "-F", "name,lpar_env"])
        .ok("p9v1,vioserver\np9v2,vioserver\nvios1,vioserver\nvios2,vioserver\n");
    world
        .run("vios", ["status", "-F", "name", "vios1,node01"])
        .fails(
            "vios1\n",
            "node01: Error: it is no VIOS: its lpar_env is aixlinux\n",
        );
}

#[test]
fn nothing_is_defined() {
    let world = World::new();
    let begin = "Error: no managed system is defined; define those of all HMCs with hmc rescan\n";
    for keyword in ["status", "lsnports", "lsmap"] {
        world.run("vios", [keyword]).refused(begin);
    }
    let ran = world.run("vios", ["lsmap", "--net", "--npiv"]);
    assert!(ran.err.contains("Usage: vios "), "{ran:?}");
    assert_eq!((ran.out.as_str(), ran.code), ("", Some(1)));
}
