//! `noderm`: nodes removed from all tables.

use crate::world::World;

#[test]
fn nodes_leave_every_table_and_groups_stay() {
    let world = World::new();
    world
        .run(
            "nodeadd",
            ["n1-n4", "groups=lpar,all", "ppc.hcp=h1", "vpd.serial=1"],
        )
        .ok("");
    world.run("nodegrpch", ["lpar", "nodehm.mgt=hmc"]).ok("");
    world.run("noderm", ["n2-n4"]).ok("");
    world.run("nodels", [""; 0]).ok("n1\n");
    for table in ["ppc", "vpd"] {
        let rows = world.run("tabdump", [table]).good();
        assert_eq!(rows.lines().count(), 2, "{rows}");
    }
    world.run("gettab", ["node=lpar", "nodehm.mgt"]).ok("hmc\n");
}

#[test]
fn children_of_a_removed_system_are_named() {
    let world = World::new();
    world
        .run("nodeadd", ["cec1", "groups=all", "ppc.nodetype=cec"])
        .ok("");
    world
        .run("nodeadd", ["l1-l3", "groups=all", "ppc.parent=cec1"])
        .ok("");
    world
        .run("noderm", ["cec1,l1"])
        .ok("Removed a cec node, please remove these nodes belongs to it manually: l2,l3\n");
    world.run("noderm", ["l2,l3"]).ok("");
}

#[test]
fn nothing_is_removed_if_anything_is_wrong() {
    let world = World::new();
    world.run("nodeadd", ["n1-n2", "groups=all"]).ok("");
    for (noderange, error) in [
        (
            "n1,n9",
            "Error: Invalid nodes and/or groups in noderange: n9\n",
        ),
        (
            "all,-all",
            "Error: 'all,-all' stands for no node at present\n",
        ),
        (
            "nodehm.mgt==x",
            "Error: 'nodehm.mgt==x' stands for no node at present\n",
        ),
        ("", "Error: the noderange is empty\n"),
        ("-n1", "Error: unexpected argument '-n' found"),
    ] {
        world.run("noderm", [noderange]).refused(error);
    }
    world
        .run("noderm", [""; 0])
        .refused("Error: which nodes?\n");
    world.run("nodels", [""; 0]).ok("n1\nn2\n");
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let world = World::new();
    world.run("nodeadd", ["n1", "groups=all"]).ok("");
    world
        .run("noderm", ["--dry-run", "n1"])
        .ok("node n1: removed\n    groups: all -> (none)\n");
    world.run("nodels", [""; 0]).ok("n1\n");
}
