//! `nodegrpch`: what holds for a whole group.

use crate::world::World;

#[test]
fn the_groups_value_takes_the_place_of_its_members_own() {
    let world = World::new();
    world
        .run("nodeadd", ["n1-n3", "groups=lpar,all", "nodehm.cons=ivm"])
        .ok("");
    world.run("nodech", ["n1", "nodehm.mgt=ivm"]).ok("");
    world.run("nodegrpch", ["lpar", "nodehm.mgt=hmc"]).ok("");
    world
        .run("nodels", ["lpar", "nodehm.mgt", "-b"])
        .ok("n1: hmc (inherited from group lpar)\nn2: hmc (inherited from group lpar)\nn3: hmc (inherited from group lpar)\n");
    world
        .run("nodels", ["lpar", "nodehm.cons"])
        .ok("n1: ivm\nn2: ivm\nn3: ivm\n");
    world.run("nodegrpch", ["lpar,all", "ppc.hcp=h1"]).ok("");
    world.run("gettab", ["node=all", "ppc.hcp"]).ok("h1\n");
}

#[test]
fn a_group_without_members_can_be_prepared() {
    let world = World::new();
    let ran = world.run("nodegrpch", ["later", "nodehm.mgt=hmc"]);
    assert_eq!((ran.out.as_str(), ran.code), ("", Some(0)));
    assert_eq!(ran.err, "Warning: no node is in a group 'later' yet.\n");
    world.run("nodeadd", ["n1", "groups=later"]).ok("");
    world.run("nodels", ["n1", "mgt"]).ok("n1: hmc\n");
}

#[test]
fn members_and_lists_are_not_changed() {
    let world = World::new();
    world.run("nodeadd", ["n1", "groups=lpar"]).ok("");
    for (arguments, error) in [
        (
            &["lpar", "groups=x"][..],
            "Error: Group membership is not changeable via nodegrpch\n",
        ),
        (
            &["lpar", "ppc.hcp=x", "groups,=x"],
            "Error: ,= and ^= are not supported by nodegrpch\n",
        ),
        (
            &["lpar", "ppc.hcp==x"],
            "Error: conditions have no meaning for groups",
        ),
        (&["lpar"], "Error: groups and a change are needed\n"),
        (
            &[",", "ppc.hcp=x"],
            "Error: groups and a change are needed\n",
        ),
    ] {
        world.run("nodegrpch", arguments).refused(error);
    }
    world.run("gettab", ["node=lpar", "ppc.hcp"]).ok("");
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let world = World::new();
    world
        .run("nodeadd", ["n1", "groups=g", "nodehm.mgt=ipmi"])
        .ok("");
    let out = world
        .run("nodegrpch", ["--dry-run", "g", "nodehm.mgt=hmc"])
        .good();
    assert!(
        out.contains("    mgt: (none) -> hmc\n") && out.contains("    mgt: ipmi -> (none)\n"),
        "{out}"
    );
    world.run("nodels", ["n1", "nodehm.mgt"]).ok("n1: ipmi\n");
}

#[test]
fn a_node_is_no_group() {
    let world = World::new();
    let _ = world.sh("nodeadd n1 groups=all").good();
    world
        .run("nodegrpch", ["n1", "nodehm.mgt=hmc"])
        .refused("Error: 'n1' is a node and no group: nodech changes nodes\n");
    world
        .run("tabdump", ["nodehm"])
        .ok("#node,power,mgt,cons,termserver,termport,conserver,serialport,serialspeed,serialflow,getmac,cmdmapping,consoleondemand,consoleenabled,comments,disable\n");
}
