//! `nodels`: names, columns, conditions, folding.

use crate::world::World;

/// Five nodes in two groups, one of them hidden.
fn world() -> World {
    let world = World::new();
    world
        .run("nodeadd", ["n1-n3", "groups=lpar,all", "ppc.hcp=hmc01"])
        .ok("");
    world
        .run("nodeadd", ["n10", "groups=service,all", "nodehm.mgt=ipmi"])
        .ok("");
    world
        .run("nodeadd", ["fsp1", "groups=all", "nodelist.hidden=1"])
        .ok("");
    world.run("nodegrpch", ["lpar", "nodehm.mgt=hmc"]).ok("");
    world
}

#[test]
fn names_come_in_byte_order_and_hidden_ones_on_demand() {
    let world = world();
    world.run("nodels", [""; 0]).ok("n1\nn10\nn2\nn3\n");
    world.run("nodels", ["all"]).ok("n1\nn10\nn2\nn3\n");
    world
        .run("nodels", ["all", "-S"])
        .ok("fsp1\nn1\nn10\nn2\nn3\n");
    world.run("nodels", ["-S"]).ok("fsp1\nn1\nn10\nn2\nn3\n");
    world.run("nodels", ["n2,n1,n2"]).ok("n1\nn2\n");
    world.run("nodels", ["--fold"]).ok("n[1-3,10]\n");
    world
        .run("nodels", ["all", "--fold", "-S"])
        .ok("fsp1,n[1-3,10]\n");
    world.run("nodels", ["all,-all"]).ok("");
}

#[test]
fn columns_are_labelled_when_there_are_several() {
    let world = world();
    world
        .run("nodels", ["n1,n10", "nodehm.mgt"])
        .ok("n1: hmc\nn10: ipmi\n");
    world
        .run("nodels", ["n1", "mgt", "-H"])
        .ok("n1: mgt: hmc\n");
    world
        .run("nodels", ["n1,n10", "groups", "ppc.hcp"])
        .ok("n1: groups: lpar,all\nn1: ppc.hcp: hmc01\nn10: groups: service,all\nn10: ppc.hcp: \n");
    world
        .run("nodels", ["n1", "mgt", "-b"])
        .ok("n1: hmc (inherited from group lpar)\n");
    let table = world.run("nodels", ["n1", "nodehm"]).good();
    assert!(table.starts_with("n1: nodehm.node: n1\nn1: nodehm.power: \n"));
    assert!(table.contains("n1: nodehm.mgt: hmc\n"), "{table}");
}

#[test]
fn conditions_choose_and_are_shown_if_named_again() {
    let world = world();
    for (condition, want) in [
        ("nodehm.mgt==hmc", "n1\nn2\nn3\n"),
        ("nodehm.mgt!=hmc", "n10\n"),
        ("mgt=~/^i/", "n10\n"),
        ("mgt!~^i", "n1\nn2\nn3\n"),
        ("ppc.hcp==", "n10\n"),
        ("ppc.hcp!=hmc01", "n10\n"),
        ("nodetype.os=~AIX", ""),
    ] {
        world.run("nodels", ["all", condition]).ok(want);
    }
    world
        .run("nodels", ["all", "mgt==ipmi", "mgt"])
        .ok("n10: mgt: ipmi\n");
    world
        .run("nodels", ["all", "mgt==hmc", "groups=~lpar", "--fold"])
        .ok("n[1-3]\n");
    world
        .run("nodels", ["all", "groups", "--fold"])
        .refused("Error: --fold writes names: it goes with conditions, not with columns\n");
}

#[test]
fn values_are_worked_out_for_each_node() {
    let world = world();
    world
        .run(
            "nodegrpch",
            ["lpar", r"hosts.ip=|\D+(\d+)|10.0.0.($1+100)|"],
        )
        .ok("");
    world
        .run("nodels", ["lpar", "hosts.ip"])
        .ok("n1: 10.0.0.101\nn2: 10.0.0.102\nn3: 10.0.0.103\n");
    world.run("nodels", ["hosts.ip==10.0.0.102"]).ok("n2\n");
    world
        .run("nodegrpch", ["lpar", "hosts.ip=|x|(system('touch x'))|"])
        .ok("");
    world
        .run("nodels", ["n1", "hosts.ip"])
        .ok("n1: |x|(system('touch x'))|\n");
    assert!(!world.home().join("x").exists());
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_listed() {
    let world = world();
    world.run("nodels", ["n1,n9,nosuch"]).fails(
        "",
        "Error: Invalid nodes and/or groups in noderange: n9,nosuch\n",
    );
    world
        .run("nodels", [""])
        .fails("", "Error: the noderange is empty\n");
    world.run("nodels", ["n3-n1"]).fails(
        "",
        "Error: the range runs backwards, from 3 to 1; write 1 first\n    n3-n1\n    ^^^^^\n",
    );
    for word in ["nosuch", "ppc.nosuch", "ppc.hcp=hmc01", "nosuch.x==1"] {
        let name = word.split("==").next().unwrap();
        world.run("nodels", ["all", word]).fails(
            "",
            &format!("Error: {name} not a valid table.column description\n"),
        );
    }
    world
        .run("nodels", ["all", "mgt==a", "mgt==b"])
        .refused("Error: Multiple selection criteria for mgt\n");
    world
        .run("nodels", ["all", "mgt=~("])
        .refused("Error: the regular expression in 'mgt=~(' is wrong: unclosed group\n");
    world
        .run("nodels", ["all", "site"])
        .refused("Error: the rows of table 'site' are not those of nodes");
    world
        .run("nodels", ["-all"])
        .refused("Error: unexpected argument '-a' found");
}

#[test]
fn a_file_names_nodes_and_is_only_read() {
    let world = world();
    world.file("list", "# these\nn1\nn3 the third\n-n1\n$(touch x)\n");
    world.run("nodels", ["^list"]).refused("Error: ");
    world.file("list", "# these\nn1\nn3 the third\n");
    world.run("nodels", ["^list"]).ok("n1\nn3\n");
    world.run("nodels", ["^nosuch"]).fails(
        "",
        "Error: cannot use the file \"nosuch\" in the noderange: it cannot be read: \
         No such file or directory (os error 2)\n    ^nosuch\n    ^^^^^^^\n",
    );
    world.run("nodels", ["^/dev/zero"]).refused(
        "Error: cannot use the file \"/dev/zero\" in the noderange: \
         it is larger than 16777216 bytes\n",
    );
    assert!(!world.home().join("x").exists());
}

#[test]
fn the_prefix_of_bare_numbers_comes_from_the_environment() {
    let mut world = world();
    world.run("nodels", ["1-2"]).fails(
        "",
        "Error: Invalid nodes and/or groups in noderange: node1,node2\n",
    );
    world.set("XCAT_NODE_PREFIX", "n");
    world.run("nodels", ["1-2"]).ok("n1\nn2\n");
}

#[test]
fn all_rows_of_a_node_are_shown() {
    let world = world();
    for (switch, port) in [("s1", "7"), ("s2", "8")] {
        let keys = format!("node=n1,switch={switch}");
        let port = format!("switch.port={port}");
        world.run("chtab", [&keys, &port]).ok("");
    }
    world
        .run("nodels", ["n1,n2", "switch.switch"])
        .ok("n1: s1\nn1: s2\nn2: \n");
    world.run("nodels", ["n1", "switch.switch", "switch.port"]).ok(
        "n1: switch.switch: s1\nn1: switch.port: 7\nn1: switch.switch: s2\nn1: switch.port: 8\n",
    );
    world.run("nodels", ["n1", "switch.switch==s1"]).ok("");
    world.run("nodels", ["n1", "switch.switch=~s"]).ok("n1\n");
}
