//! `chdef`: values set, added and taken away; members, names, the site.

use crate::world::World;

const ONE: &str = "1 object definitions have been created or modified.\n";
const TWO: &str = "2 object definitions have been created or modified.\n";
const MISSED: &str = "Error: One or more errors occured when attempting to create or modify \
                      xCAT object definitions.\n";

fn world() -> World {
    let world = World::new();
    world
        .run("mkdef", ["n1,n2", "groups=lpar,all", "os=AIX"])
        .ok(TWO);
    world
}

#[test]
fn the_lines_of_the_seed_document_work() {
    let world = world();
    world.sh("chdef -t node n1 mac=fef9dfb7c60").ok(ONE);
    world
        .sh("chdef -t node -o n1 -p postscripts=foo,bar")
        .ok(ONE);
    world
        .sh("chdef -p -t group -o lpar postscripts=setupntp")
        .ok(ONE);
    world
        .sh("chdef -p -t group -o lpar postscripts=confignimsh")
        .ok(ONE);
    world
        .sh("chdef -t node -o n1 prescripts-begin=\"standalone:foo,bar\"")
        .ok(ONE);
    world
        .sh("chdef -t site -o clustersite ppctimeout=180")
        .ok(ONE);
    world.run("lsdef", ["n1,n2", "-i", "mac,postscripts,prescripts-begin", "-c"]).ok(
        "n1: mac=fef9dfb7c60\nn1: postscripts=foo,bar\nn1: prescripts-begin=standalone:foo,bar\n\
         n2: mac=\nn2: postscripts=setupntp,confignimsh\nn2: prescripts-begin=\n",
    );
    world
        .run("lsdef", ["-t", "site", "-l"])
        .ok("Object name: clustersite\n    ppctimeout=180\n");
}

#[test]
fn a_value_lies_where_what_is_stored_says_too() {
    let world = world();
    world
        .run("chdef", ["n1", "mgt=blade", "mpa=amm1", "id=3"])
        .ok(ONE);
    world.run("chdef", ["n1", "id=15"]).ok(ONE);
    assert_eq!(world.rows("mp"), ["node=n1 mpa=amm1 id=15"]);
    assert_eq!(world.rows("ppc"), ["node=n1 id=15"]);
    world.run("chdef", ["n1", "mgt=hmc", "id=5"]).ok(ONE);
    assert_eq!(world.rows("mp"), ["node=n1 mpa=amm1 id=5"]);
    world
        .run("mkdef", ["-t", "group", "bay", "mgt=blade"])
        .good_with_warning();
    world.run("mkdef", ["n3", "groups=bay", "id=4"]).ok(ONE);
    assert_eq!(world.rows("mp"), ["node=n1 mpa=amm1 id=5", "node=n3 id=4"]);
}

#[test]
fn lists_grow_shrink_and_empty() {
    let world = world();
    world
        .run("chdef", ["n1,n2", "-p", "groups=new,all"])
        .ok(TWO);
    world.run("chdef", ["n1", "-m", "groups=lpar,new"]).ok(ONE);
    world.run("chdef", ["n1,n2", "-m", "groups=lpar"]).fails(
        ONE,
        "Error: lpar is not in the attribute of 'groups' for the 'n1' definition.\n",
    );
    world.run("chdef", ["n2", "os="]).ok(ONE);
    world
        .run("lsdef", ["all", "-i", "groups,os", "-c"])
        .ok("n1: groups=all\nn1: os=AIX\nn2: groups=all,new\nn2: os=\n");
    world.run("chdef", ["n2", "-m", "os=AIX"]).fails(
        "No object definitions have been created or modified.\n",
        "Error: No value got for attribute 'os' for the 'n2' definition.\n",
    );
    world
        .run("chdef", ["n1", "-p", "-m", "os=x"])
        .refused("Error: the argument '--plus' cannot be used");
}

#[test]
fn what_is_not_there_is_made_if_it_can_be() {
    let world = world();
    world.run("chdef", ["n9", "groups=all"]).ok(&format!(
        "{ONE}New object definitions 'n9' have been created.\n"
    ));
    world.run("chdef", ["n1,nosuch", "status=booted"]).fails(
        "",
        &format!(
            "Error: Attribute 'groups' is not specified for node 'nosuch', skipping to the next \
             node.\n{MISSED}"
        ),
    );
    world
        .run("lsdef", ["n1", "-i", "status"])
        .ok("Object name: n1\n    status=booted\n");
    let table = world.run("tabdump", ["nodelist"]).good();
    assert!(!table.contains("nosuch"), "skipped is skipped: {table}");
    world.run("chdef", ["n8", "-m", "groups=all"]).fails(
        "",
        &format!("Error: The '-m' option is not valid since the 'n8' definition does not exist.\n{MISSED}"),
    );
    world
        .run("chdef", ["-t", "osimage", "-o", "img", "spot=s"])
        .ok(&format!(
            "{ONE}New object definitions 'img' have been created.\n"
        ));
    world
        .run("lsdef", ["-t", "osimage", "img"])
        .ok("Object name: img\n    imagetype=NIM\n    spot=s\n");
    world
        .run("chdef", ["-t", "node", "os=AIX"])
        .refused("Error: No object names were provided.");
}

#[test]
fn an_unknown_attribute_leaves_the_others_to_be_set() {
    let world = world();
    world.run("chdef", ["n1", "bogus=1", "chassis=2"]).fails(
        "",
        &format!(
            "Error: 'bogus' is not a valid attribute name for an object type of 'node'.\n{MISSED}"
        ),
    );
    world
        .run("lsdef", ["n1", "-i", "chassis"])
        .ok("Object name: n1\n    chassis=2\n");
    world.run("chdef", ["n1", "node=n7"]).fails(
        "",
        &format!(
            "Error: 'node=n7' does not rename 'n1': 'chdef -t node -o n1 -n n7' does\n{MISSED}"
        ),
    );
}

#[test]
fn adapters_change_one_by_one() {
    let world = world();
    world
        .run(
            "chdef",
            ["n1", "nicips.eth0=1.1.1.1|1.1.1.2", "nicips.eth1=2.2.2.2"],
        )
        .ok(ONE);
    world
        .run(
            "chdef",
            ["n1", "nicips.eth1=3.3.3.3", "nictypes.eth0=ethernet"],
        )
        .ok(ONE);
    world.run("lsdef", ["n1", "--nics"]).ok(
        "Object name: n1\n    nicips.eth0=1.1.1.1|1.1.1.2\n    nicips.eth1=3.3.3.3\n    \
         nictypes.eth0=ethernet\n",
    );
    world.run("chdef", ["n1", "nicips.eth0="]).ok(ONE);
    world
        .run("lsdef", ["n1", "-i", "nicips.eth1,nicips.eth0", "-c"])
        .ok("n1: nicips.eth1=3.3.3.3\n");
    world.run("chdef", ["n1", "-p", "nicips.eth0=4.4.4.4"]).refused(
        "Error: chdef does not support to change the nic related attributes with -m or -p flag.",
    );
}

#[test]
fn a_new_list_of_members_puts_the_group_last() {
    let world = world();
    world.run("chdef", ["n1", "groups=g1,all,x"]).ok(ONE);
    world
        .run("chdef", ["-t", "group", "-o", "g1", "members=n1"])
        .ok(ONE);
    world
        .run("lsdef", ["n1", "-i", "groups"])
        .ok("Object name: n1\n    groups=all,x,g1\n");
    world
        .run("chdef", ["-t", "group", "-o", "g1", "members="])
        .ok(ONE);
    world
        .run("lsdef", ["n1", "-i", "groups"])
        .ok("Object name: n1\n    groups=all,x\n");
    world
        .run("gettab", ["groupname=g1", "nodegroup.members"])
        .ok("\n");
}

#[test]
fn stanzas_without_an_object_are_an_error_only() {
    world()
        .feed("chdef", ["-z"], "default-node:\n os=AIX\n")
        .fails("", "Error: No object names were provided.\n");
}

#[test]
fn members_come_and_go() {
    let world = world();
    world
        .run("mkdef", ["-t", "group", "-o", "g1", "members=n1"])
        .ok(ONE);
    world
        .run("chdef", ["-t", "group", "-o", "g1", "-p", "members=n2"])
        .ok(ONE);
    world
        .run("lsdef", ["-t", "group", "g1", "-i", "members"])
        .ok("Object name: g1\n    members=n1,n2\n");
    world
        .run("chdef", ["-t", "group", "-o", "g1", "-m", "members=n1"])
        .ok(ONE);
    world
        .run("chdef", ["-t", "group", "-o", "g1", "-m", "members=n1"])
        .fails(
            "No object definitions have been created or modified.\n",
            "Error: n1 is not a member of 'g1'.\n",
        );
    world
        .run("chdef", ["-t", "group", "-o", "g1", "members=n1"])
        .ok(ONE);
    world
        .run("lsdef", ["-t", "group", "g1"])
        .ok("Object name: g1\n    grouptype=static\n    members=n1\n");
    world
        .run("mkdef", ["-t", "group", "-o", "dyn", "-d", "-w", "os==AIX"])
        .ok(ONE);
    world
        .run("chdef", ["-t", "group", "-o", "dyn", "-w", "os==Linux"])
        .ok(ONE);
    world
        .run("lsdef", ["-t", "group", "dyn", "-i", "wherevals"])
        .ok("Object name: dyn\n    wherevals=os==Linux\n");
    world
        .run("chdef", ["-t", "group", "-o", "dyn", "mgt=hmc"])
        .fails(
            "",
            &format!("Error: Can not assign attributes to dynamic node group 'dyn'.\n{MISSED}"),
        );
}

#[test]
fn an_object_gets_another_name_everywhere() {
    let world = world();
    world
        .run("chdef", ["-t", "node", "-o", "n1", "-n", "n5"])
        .ok("Changed the object name from n1 to n5.\n");
    world
        .run("lsdef", ["n5"])
        .ok("Object name: n5\n    groups=lpar,all\n    os=AIX\n");
    world
        .run("chdef", ["-t", "node", "-o", "n5", "-n", "n2"])
        .refused("Error: Object n2 already exists.");
    world
        .run("chdef", ["-t", "node", "-o", "n1", "-n", "n7"])
        .refused("Error: The n1 is not a valid object.");
    world
        .run("chdef", ["-t", "node", "-o", "n5", "-n", "a b"])
        .refused("Error: The new object name 'a b' is not valid.");
    world
        .run("chdef", ["-t", "group", "-o", "lpar", "-n", "part"])
        .ok("Changed the object name from lpar to part.\n");
    world
        .run("lsdef", ["part", "-i", "groups", "-c"])
        .ok("n2: groups=part,all\nn5: groups=part,all\n");
    world
        .run("chdef", ["-t", "node", "-o", "n2,n5", "-n", "x"])
        .refused("Error: The '-n' option");
}

#[test]
fn who_renames_is_told_of_nodes_that_still_name_the_old_one() {
    let world = world();
    let _ = world.run("chdef", ["n1", "mgt=hmc", "hcp=hmc1,n2"]).good();
    let ran = world.run("chdef", ["-t", "node", "-o", "n2", "-n", "n3"]);
    assert_eq!(ran.out, "Changed the object name from n2 to n3.\n");
    assert!(
        ran.err
            .starts_with("Warning: 'n2' is still named by an attribute (")
    );
    assert!(ran.err.ends_with(") of: n1\n"), "{}", ran.err);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn stanzas_change_many_objects_at_once() {
    let world = world();
    let input = "n1:\n objtype=node\n os=Linux\nn2:\n objtype=node\n chassis=1\nn1:\n objtype=node\n chassis=2\n";
    world
        .feed("chdef", ["-z"], input)
        .ok("2 object definitions have been created or modified.\n");
    world
        .run("lsdef", ["n1,n2", "-i", "os,chassis", "-c"])
        .ok("n1: chassis=2\nn1: os=Linux\nn2: chassis=1\nn2: os=AIX\n");
    world
        .feed("chdef", ["-z"], "n1:\n os=x\nbroken\n")
        .refused("Error: ");
    world
        .run("lsdef", ["n1", "-i", "os", "-c"])
        .ok("n1: os=Linux\n");
}

#[test]
fn the_answer_can_be_the_list_of_objects() {
    let world = world();
    world
        .run("chdef", ["-V", "n2,n1", "os=x"])
        .ok("The database was updated for the following objects:\n\nn1\nn2\n");
}

#[test]
fn scripts_that_run_everywhere_are_not_a_nodes_own() {
    let world = world();
    world
        .run(
            "chtab",
            [
                "node=xcatdefaults",
                "postscripts.postscripts=syslog,remoteshell",
            ],
        )
        .ok("");
    let ran = world.run("chdef", ["n1", "postscripts=syslog,mine"]);
    assert_eq!((ran.out.as_str(), ran.code), (ONE, Some(0)));
    assert_eq!(
        ran.err,
        "Warning: n1: postscripts 'syslog' is already included in the 'xcatdefaults'.\n"
    );
    world
        .run("lsdef", ["n1", "-i", "postscripts"])
        .ok("Object name: n1\n    postscripts=syslog,remoteshell,mine\n");
    let stanza = world.run("lsdef", ["n1", "-z"]).good();
    assert!(stanza.contains("\n    postscripts=mine\n"), "{stanza}");
}

#[test]
fn a_network_that_is_given_nothing_is_not_made() {
    let world = World::new();
    world
        .run("chdef", ["-t", "network", "net1"])
        .ok("No object definitions have been created or modified.\n");
    world
        .run("lsdef", ["-t", "network"])
        .ok("Could not find any object definitions to display.\n");
}

#[test]
fn text_between_stanzas_is_an_error_where_values_are_checked() {
    let world = world();
    let input = "hello world\nn1:\n objtype=node\n os=Linux\n";
    let problem = "standard input, line 1: \"hello world\" is neither a header (\"name:\") nor an \
                   attribute (\"attribute=value\")";
    let ran = world.feed("chdef", ["-z"], input);
    assert_eq!(ran.err, format!("Warning: {problem}; it is passed over\n"));
    assert_eq!(ran.code, Some(0));
    let _ = world
        .run("chdef", ["-t", "site", "strictvalues=yes"])
        .good();
    let input = input.replace("Linux", "AIX");
    let refusal = format!(
        "Error: {problem}\nError: Nothing was changed: the site key strictvalues is set.\n"
    );
    world.feed("mkdef", ["-f", "-z"], &input).refused(&refusal);
    world.feed("chdef", ["-z"], &input).refused(&refusal);
    world
        .run("lsdef", ["n1", "-i", "os", "-c"])
        .ok("n1: os=Linux\n");
}
