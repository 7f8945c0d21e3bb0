//! `tabgrep`: the tables that know a node.

use crate::world::World;

#[test]
fn rows_of_the_node_and_of_its_groups_count() {
    let world = World::new();
    world
        .run("nodeadd", ["n1", "groups=lpar,all", "ppc.hcp=h1"])
        .ok("");
    world
        .run("nodeadd", ["n2", "groups=all", "vpd.serial=1"])
        .ok("");
    world.run("nodegrpch", ["lpar", "nodehm.mgt=hmc"]).ok("");
    world.run("tabgrep", ["n1"]).ok("nodehm\nnodelist\nppc\n");
    world.run("tabgrep", ["n2"]).ok("nodelist\nvpd\n");
    world.run("chtab", ["node=n2", "vpd.disable=1"]).ok("");
    world.run("tabgrep", ["n2"]).ok("nodelist\n");
}

#[test]
fn exactly_one_node_is_looked_for() {
    let world = World::new();
    world.run("nodeadd", ["n1-n2", "groups=all"]).ok("");
    world
        .run("tabgrep", ["all"])
        .refused("Error: tabgrep looks for one node, 'all' stands for 2\n");
    world
        .run("tabgrep", ["n3"])
        .fails("", "Error: Invalid nodes and/or groups in noderange: n3\n");
    world
        .run("tabgrep", [""; 0])
        .refused("Error: which node?\n");
}
