//! `rmdef`: what goes, from where, and what stays.

use crate::world::World;

fn world() -> World {
    let world = World::new();
    let _ = world
        .run(
            "mkdef",
            [
                "n1,n2,n3",
                "groups=lpar,all",
                "os=AIX",
                "mac=02:00:00:00:00:01",
            ],
        )
        .good();
    world
}

#[test]
fn a_node_goes_from_all_tables() {
    let world = world();
    world
        .run("nodech", ["n1", "kvm_nodedata.xml=x", "prescripts.begin=y"])
        .ok("");
    world
        .run("rmdef", ["-t", "node", "-o", "n1"])
        .ok("1 object definitions have been removed.\n");
    for table in ["nodelist", "nodetype", "mac", "prescripts", "kvm_nodedata"] {
        let rows = world.run("tabdump", [table]).good();
        assert!(!rows.contains("\"n1\""), "{table}: {rows}");
    }
    world.run("lsdef", [""; 0]).ok("n2  (node)\nn3  (node)\n");
}

#[test]
fn names_that_are_not_there_are_errors_and_the_others_go() {
    let world = world();
    let missing = "Error: Could not find an object named 'nosuch' of type 'node'.\n";
    world
        .run("rmdef", ["n1,nosuch"])
        .fails("1 object definitions have been removed.\n", missing);
    world.run("rmdef", ["nosuch"]).fails(
        "No objects have been removed from the xCAT database.\n",
        missing,
    );
    world
        .run("rmdef", ["-V", "n2-n3"])
        .ok("The following objects were removed:\n\nn2\nn3\n");
}

#[test]
fn a_group_goes_from_its_members_lists() {
    let world = world();
    let _ = world
        .run("chdef", ["-t", "group", "-o", "lpar", "mgt=hmc"])
        .good();
    world
        .run("rmdef", ["-t", "group", "-o", "lpar"])
        .ok("1 object definitions have been removed.\n");
    world
        .run("lsdef", ["n1"])
        .ok("Object name: n1\n    groups=all\n    mac=02:00:00:00:00:01\n    os=AIX\n");
    world
        .run("rmdef", ["all"])
        .ok("3 object definitions have been removed.\n");
}

#[test]
fn everything_goes_only_if_it_is_meant() {
    let world = world();
    world
        .run("rmdef", ["-a"])
        .refused("Error: You must use the '-f' option when using the '-a' option.");
    world
        .run("rmdef", ["-a", "-f", "-t", "node"])
        .refused("Error: The flag '-a' cannot be used together");
    world
        .run("rmdef", ["-t", "node"])
        .refused("Error: No object names were provided.");
    world
        .run("rmdef", ["all@nodehm.mgt!=hmc"])
        .refused("Error: No object names were provided.");
    world
        .run("rmdef", ["-t", "bogus", "x"])
        .refused("Error: Type 'bogus' is not a valid xCAT object type.\n");
    world
        .run("rmdef", ["-d", "n1"])
        .refused("Error: unexpected argument '-d'");
    assert!(world.run("rmdef", [""; 0]).good().contains("Usage: rmdef"));
    world
        .run("rmdef", ["-f", "-a"])
        .ok("5 object definitions have been removed.\n");
    world
        .run("lsdef", [""; 0])
        .ok("Could not find any object definitions to display.\n");
}

#[test]
fn who_removes_a_machine_is_told_of_its_children() {
    let world = world();
    let _ = world
        .run("mkdef", ["cec1", "groups=all", "mgt=hmc", "hwtype=cec"])
        .good();
    let _ = world.run("chdef", ["n1", "mgt=hmc", "parent=cec1"]).good();
    let ran = world.run("rmdef", ["cec1"]);
    assert_eq!(ran.out, "1 object definitions have been removed.\n");
    assert_eq!(
        ran.err,
        "Warning: You have removed the cec 'cec1'; these nodes still have it as their parent: n1\n"
    );
    assert_eq!(ran.code, Some(0));
}

#[test]
fn bare_numbers_stand_for_nodes_with_the_usual_prefix() {
    let world = World::new();
    let _ = world
        .run("mkdef", ["-t", "node", "-o", "10-12,7", "groups=all"])
        .good();
    world
        .run("nodels", ["10-12"])
        .ok("node10\nnode11\nnode12\n");
    world
        .run("rmdef", ["-t", "node", "-o", "11-12,7"])
        .ok("3 object definitions have been removed.\n");
    world.run("nodels", ["--fold"]).ok("node10\n");
}
