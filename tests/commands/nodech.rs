//! `nodech`: columns of nodes set, spliced, emptied; rows removed.

use crate::world::World;

fn world() -> World {
    let world = World::new();
    world.run("nodeadd", ["n1-n3", "groups=lpar,all"]).ok("");
    world.run("nodegrpch", ["lpar", "nodehm.mgt=hmc"]).ok("");
    world
}

#[test]
fn values_are_set_for_all_nodes_in_several_tables() {
    let world = world();
    world
        .run(
            "nodech",
            ["n1-n2", "ppc.hcp=h1", "nodetype.os=AIX", "ppc.id=5"],
        )
        .ok("");
    world
        .run("nodels", ["n2", "ppc.hcp", "nodetype.os", "ppc.id"])
        .ok("n2: ppc.hcp: h1\nn2: nodetype.os: AIX\nn2: ppc.id: 5\n");
    world.run("nodels", ["n3", "ppc.hcp"]).ok("n3: \n");
}

#[test]
fn lists_are_spliced_from_what_the_node_has() {
    let world = world();
    world
        .run("nodech", ["n1", "groups,=x,y", "groups^=all"])
        .ok("");
    world.run("nodels", ["n1", "groups"]).ok("n1: y,x,lpar\n");
    world.run("nodech", ["n1", "nodehm.mgt,=ipmi"]).ok("");
    world.run("nodels", ["all", "mgt"]).ok("n2: hmc\nn3: hmc\n");
    world
        .run("nodels", ["n1", "mgt", "-b"])
        .ok("n1: ipmi,hmc\n");
    world.run("nodech", ["n1", "groups^=nosuch"]).ok("");
    world.run("nodels", ["n1", "groups"]).ok("n1: y,x,lpar\n");
}

#[test]
fn an_empty_value_hides_that_of_the_group() {
    let world = world();
    world.run("nodech", ["n1", "nodehm.mgt="]).ok("");
    world.run("nodels", ["n1-n2", "mgt"]).ok("n1: \nn2: hmc\n");
    world
        .run("gettab", ["node=n1", "nodehm.mgt"])
        .ok("|^.*$||\n");
    world.run("nodech", ["n1", "nodelist.comments=@=x"]).ok("");
    world
        .run("gettab", ["node=n1", "nodelist.comments"])
        .ok("=x\n");
}

#[test]
fn conditions_choose_among_the_nodes() {
    let world = world();
    world.run("nodech", ["n2", "nodepos.rack=2"]).ok("");
    world
        .run("nodech", ["all", "nodepos.rack==2", "groups,=rack2"])
        .ok("");
    world.run("nodels", ["rack2"]).ok("n2\n");
    world
        .run(
            "nodech",
            ["all", "nodepos.rack!=2", "mgt=~hm", "nodepos.rack=1"],
        )
        .ok("");
    world
        .run("nodels", ["all", "nodepos.rack"])
        .ok("n1: 1\nn2: 2\nn3: 1\n");
}

#[test]
fn rows_are_removed_from_tables() {
    let world = world();
    world
        .run("nodech", ["all", "ppc.hcp=h1", "ppc.id=1"])
        .ok("");
    world.run("nodech", ["-d", "n1,n3", "ppc"]).ok("");
    world
        .run("nodels", ["all", "ppc.hcp"])
        .ok("n1: \nn2: h1\nn3: \n");
}

#[test]
fn a_node_cannot_be_put_into_a_dynamic_group() {
    let world = world();
    world
        .run(
            "chtab",
            [
                "groupname=dyn",
                "nodegroup.grouptype=dynamic",
                "nodegroup.wherevals=mgt==hmc",
            ],
        )
        .ok("");
    let ran = world.run("nodech", ["n1", "groups=dyn,all"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        ran.err,
        "Warning: nodegroup dyn is a dynamic node group, \
         should not add a node into a dynamic node group statically.\n"
    );
    world.run("nodels", ["dyn"]).ok("n2\nn3\n");
}

#[test]
fn a_mistake_changes_nothing() {
    let world = world();
    for (arguments, error) in [
        (
            &["n1", "ppc.hcp=x", "ppc.nosuch=1"][..],
            "Error: ppc.nosuch not a valid table.column",
        ),
        (
            &["n1,n9", "ppc.hcp=x"],
            "Error: Invalid nodes and/or groups in noderange: n9\n",
        ),
        (&["n1", "ppc.hcp"], "Error: Malformed argument ppc.hcp"),
        (
            &["n1", "site.value=1"],
            "Error: site.value not a valid table.column description\n",
        ),
        (&["n1", "mgt==hmc"], "Error: only conditions are given"),
        (&["n1"], "Error: a noderange and a change are needed\n"),
        (&["", "ppc.hcp=x"], "Error: the noderange is empty\n"),
        (
            &["-d", "n1", "ppc.hcp"],
            "Error: ppc.hcp: . and = not valid in delete mode.\n",
        ),
        (
            &["-d", "n1", "nodelist", "nosuch"],
            "Error: No such table: nosuch\n",
        ),
        (
            &["-d", "n1", "nodelist", "site"],
            "Error: the rows of table 'site' are not those of nodes",
        ),
    ] {
        world.run("nodech", arguments).refused(error);
    }
    world
        .run("nodels", ["n1", "ppc.hcp", "groups"])
        .ok("n1: ppc.hcp: \nn1: groups: lpar,all\n");
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let world = World::new();
    world.run("nodeadd", ["n1", "groups=all"]).ok("");
    world
        .run("nodech", ["--dry-run", "n1", "groups,=x"])
        .ok("node n1: changed\n    groups: all -> x,all\n");
    world
        .run("nodels", ["n1", "nodelist.groups"])
        .ok("n1: all\n");
}
