//! `nodeadd`: nodes made with their groups and columns.

use crate::world::World;

#[test]
fn nodes_are_added_with_their_columns() {
    let world = World::new();
    world
        .run(
            "nodeadd",
            [
                "k[01-03],web-1a",
                "groups=lpar,all",
                "ppc.hcp=h1",
                "mgt=hmc",
            ],
        )
        .ok("");
    world.run("nodels", ["lpar"]).ok("k01\nk02\nk03\nweb-1a\n");
    world
        .run("nodels", ["k02", "ppc.hcp", "mgt"])
        .ok("k02: ppc.hcp: h1\nk02: mgt: hmc\n");
    world.run("nodeadd", ["k01", "groups,=new"]).ok("");
    world
        .run("nodels", ["k01", "groups"])
        .ok("k01: new,lpar,all\n");
}

#[test]
fn names_with_capitals_are_warned_about() {
    let world = World::new();
    let ran = world.run("nodeadd", ["N[1-2],n3", "groups=all"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        ran.err,
        "Warning: The node name 'N1,N2' contains capital letters \
         which may not be resolved correctly by the dns server.\n"
    );
    world.run("nodels", [""; 0]).ok("N1\nN2\nn3\n");
}

#[test]
fn names_must_be_spelled_out_and_have_a_group() {
    let world = World::new();
    for (arguments, error) in [
        (&["n1"][..], "Error: groups=GROUPNAMES is missing\n"),
        (
            &["n1", "ppc.hcp=x"],
            "Error: groups=GROUPNAMES is missing\n",
        ),
        (
            &["n1", "groups=all", "hcp=x"],
            "Error: hcp not a valid table.column description\n",
        ),
        (
            &["/n.*", "groups=all"],
            "Error: \"/n.*\" selects existing nodes",
        ),
        (
            &["n[1-99999999999]", "groups=all"],
            "Error: the noderange stands for 99999999999 names",
        ),
        (&["", "groups=all"], "Error: the noderange is empty\n"),
        (&[], "Error: which nodes?\n"),
    ] {
        world.run("nodeadd", arguments).refused(error);
    }
    world.run("nodels", [""; 0]).ok("");
}

#[test]
fn a_group_is_no_node() {
    let world = World::new();
    world.run("nodeadd", ["n1", "groups=lpar"]).ok("");
    world
        .run("nodeadd", ["n2,lpar", "groups=all"])
        .refused("Error: 'lpar' is a group, no node: ");
    world.run("nodels", [""; 0]).ok("n1\n");
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let world = World::new();
    world
        .run("nodeadd", ["--dry-run", "n1", "groups=all"])
        .ok("node n1: added\n    groups: (none) -> all\n");
    world.run("nodels", [""; 0]).ok("");
}
