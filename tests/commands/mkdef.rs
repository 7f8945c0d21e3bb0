//! `mkdef`: objects made whole or not at all, stanzas, groups, refusals.

use crate::world::World;

const ONE: &str = "1 object definitions have been created or modified.\n";
const MISSED: &str = "Error: One or more errors occured when attempting to create or modify \
                      xCAT object definitions.\n";

#[test]
fn the_lines_of_the_seed_document_work() {
    let world = World::new();
    let line = "mkdef -t node -o hmc01 groups=\"hmc,all\" nodetype=ppc hwtype=hmc mgt=hmc \
                username=hscroot password=abc123";
    world.sh(line).ok(ONE);
    world.run("lsdef", ["-l", "hmc01"]).ok(
        "Object name: hmc01\n    groups=hmc,all\n    hwtype=hmc\n    mgt=hmc\n    nodetype=ppc\n    \
         password=abc123\n    username=hscroot\n",
    );
    world
        .sh("mkdef -t network -o net1 net=9.114.113.224 mask=255.255.255.224 gateway=9.114.113.254")
        .ok(ONE);
    world
        .sh("mkdef -t osimage -o aix61 provmethod=nim imagetype=NIM osname=AIX nimtype=standalone spot=aix61")
        .ok(ONE);
    world
        .run(
            "lsdef",
            ["-t", "osimage", "-o", "aix61", "-i", "nimtype,spot"],
        )
        .ok("Object name: aix61\n    nimtype=standalone\n    spot=aix61\n");
}

#[test]
fn nothing_is_made_without_what_is_needed() {
    let world = World::new();
    world.run("mkdef", ["-t", "node", "-o", "n1"]).refused(
        "Error: No object definitions have been created or modified: no attributes were \
         specified. The 'groups' attribute is required",
    );
    world
        .run("mkdef", ["-t", "node", "groups=all"])
        .refused("Error: No object names were provided.");
    world.run("mkdef", ["n1", "mgt=hmc"]).fails(
        "",
        &format!(
            "Error: Attribute 'groups' is not specified for node 'n1', skipping to the next \
             node.\n{MISSED}"
        ),
    );
    world
        .run("mkdef", ["-t", "bogus", "-o", "n1", "groups=all"])
        .refused("Error: Type 'bogus' is not a valid xCAT object type.\n");
    world
        .run("mkdef", ["n1", "n2", "groups=all"])
        .refused("Error: noderange can not contain spaces.");
    world
        .run("mkdef", ["-z"])
        .refused("Error: No object names were provided.");
    assert!(world.run("mkdef", [""; 0]).good().contains("Usage: mkdef"));
    world
        .run("lsdef", [""; 0])
        .ok("Could not find any object definitions to display.\n");
}

#[test]
fn an_unknown_attribute_means_that_nothing_is_made() {
    let world = World::new();
    world
        .run("mkdef", ["n[1-3]", "groups=all", "bogus=1"])
        .fails(
            "",
            "Error: 'bogus' is not a valid attribute name for an object type of 'node'.\n",
        );
    let input = "n1:\n objtype=node\n groups=all\nn2:\n objtype=node\n groups=all\n bogus=1\n";
    world.feed("mkdef", ["-z"], input).fails(
        "",
        "Error: 'bogus' is not a valid attribute name for an object type of 'node'.\n",
    );
    world
        .run("lsdef", [""; 0])
        .ok("Could not find any object definitions to display.\n");
}

#[test]
fn awkward_names_are_refused_and_do_nothing() {
    let world = World::new();
    let awkward = "a,b \"c\" $(touch x)";
    let refused = world.run("mkdef", ["-t", "node", "-o", awkward, "groups=all"]);
    refused.refused("Error: The object name 'a,b \"c\" $(touch x)' is invalid");
    let stanza =
        format!("{awkward}:\n objtype=node\n groups=all\nn1:\n objtype=node\n groups=all\n");
    world.feed("mkdef", ["-z"], &stanza).fails(
        "",
        "Error: The object name 'a,b \"c\" $(touch x)' is invalid, please refer to \"man xcatdb\" \
         for the valid \"xCAT Object Name Format\"\n",
    );
    world
        .run("mkdef", ["-o", "n1.cluster.com", "groups=all"])
        .fails(
            "",
            "Error: The object name 'n1.cluster.com' is invalid, Cannot use '.' in node name.\n",
        );
    world
        .run(
            "mkdef",
            ["n1", "groups=all", "usercomment=a,b \"c\" $(touch x) |&;<>"],
        )
        .ok(ONE);
    assert!(!world.home().join("x").exists());
    world
        .run("lsdef", ["n1", "-i", "usercomment"])
        .ok("Object name: n1\n    usercomment=a,b \"c\" $(touch x) |&;<>\n");
}

#[test]
fn capitals_are_warned_about() {
    let world = World::new();
    let ran = world.run("mkdef", ["UPPER", "groups=all"]);
    assert_eq!((ran.out.as_str(), ran.code), (ONE, Some(0)));
    assert!(
        ran.err
            .starts_with("Warning: The node name 'UPPER' contains capital letters")
    );
}

#[test]
fn what_is_there_stays_unless_forced() {
    let world = World::new();
    world
        .run("mkdef", ["n1", "groups=all", "os=AIX", "chassis=1"])
        .ok(ONE);
    world.run("mkdef", ["n1", "groups=other"]).fails(
        "",
        "Warning: A definition for 'n1' already exists. No changes will be made.  Run again with \
         '-f' option to force replace.\nError: 0 object definitions have been created or modified.\n",
    );
    world.run("mkdef", ["-f", "n1", "groups=other"]).ok(ONE);
    world
        .run("lsdef", ["n1"])
        .ok("Object name: n1\n    groups=other\n");
}

#[test]
fn a_group_is_never_taken_for_its_members() {
    let world = World::new();
    world
        .run("mkdef", ["n1,n2", "groups=g1", "os=AIX"])
        .ok("2 object definitions have been created or modified.\n");
    world
        .run("mkdef", ["-f", "-t", "node", "-o", "g1", "groups=x"])
        .refused("Error: 'g1' is a group, no node: name the nodes that are to be made");
    world
        .run("lsdef", ["-t", "node", "-i", "os", "-c"])
        .ok("n1: os=AIX\nn2: os=AIX\n");
}

#[test]
fn where_an_attribute_lies_may_depend_on_another() {
    let world = World::new();
    let missing = "Error: Cannot set the attr='pprofile' attribute unless mgt value is fsp or hmc \
                   or ivm.\n";
    world
        .run("mkdef", ["n1", "groups=all", "pprofile=p"])
        .fails("", &format!("{missing}{MISSED}"));
    world
        .run("mkdef", ["-t", "group", "-o", "power", "mgt=hmc"])
        .good_with_warning();
    world
        .run("mkdef", ["n1", "groups=power", "pprofile=p"])
        .ok(ONE);
    world
        .run("lsdef", ["n1"])
        .ok("Object name: n1\n    groups=power\n    mgt=hmc\n    pprofile=p\n");
    let table = world.run("tabdump", ["ppc"]).good();
    assert!(table.contains("\"n1\",,,\"p\""), "{table}");
}

#[test]
fn stanzas_have_defaults_and_may_come_twice() {
    let world = World::new();
    let input = "# a comment\ndefault-node:\n  mgt=hmc\n  groups=lpar,all\n\nn1:\n  objtype=node\n  \
                 id=1\n\nn2:\n  objtype=node\n  groups=other\n\nn1:\n  objtype=node\n  os=AIX\n\n\
                 net1:\n  objtype=network\n  net=10.0.0.0\n  mask=255.0.0.0\n";
    world
        .feed("mkdef", ["-z"], input)
        .ok("3 object definitions have been created or modified.\n");
    world.run("lsdef", ["n1,n2"]).ok(
        "Object name: n1\n    groups=lpar,all\n    id=1\n    mgt=hmc\n    os=AIX\nObject name: n2\n    \
         groups=other\n    mgt=hmc\n",
    );
}

#[test]
fn a_later_stanza_may_complete_an_earlier_one() {
    let world = World::new();
    let input = "n1:\n objtype=node\n os=AIX\nn2:\n objtype=node\n chassis=1\nn1:\n objtype=node\n groups=g\n";
    world.feed("mkdef", ["-z"], input).fails(
        "",
        &format!(
            "Error: Attribute 'groups' is not specified for node 'n2', skipping to the next \
             node.\n{MISSED}"
        ),
    );
    world
        .run("lsdef", ["-t", "node", "-l"])
        .ok("Object name: n1\n    groups=g\n    os=AIX\n");
}

#[test]
fn the_last_value_counts() {
    let world = World::new();
    let twice = |os: &str| format!("n1:\n objtype=node\n groups=g\n os={os}\n");
    let input = twice("first") + &twice("second");
    world.feed("mkdef", ["-z"], &input).ok(ONE);
    world
        .run("lsdef", ["n1"])
        .ok("Object name: n1\n    groups=g\n    os=second\n");
}

#[test]
fn a_scan_read_twice_changes_nothing() {
    let world = World::new();
    let scan = "cec1:\n\tobjtype=node\n\tnodetype=ppc\n\tid=\n\tgroups=cec,all\n\tmgt=hmc\n\thcp=hmc01\n\t\
                pprofile=\n\tparent=\n\thwtype=cec\n\tmtm=9117-MMA\n\tserial=10F6F3D\n\tip=\n";
    world.feed("mkdef", ["-z"], scan).ok(ONE);
    let listed = world.run("lsdef", ["-l", "-t", "node", "-z"]).good();
    let again = world.feed("mkdef", ["-z"], scan);
    assert_eq!((again.out.as_str(), again.code), ("", Some(1)), "{again:?}");
    world.run("lsdef", ["-l", "-t", "node", "-z"]).ok(&listed);
    world.feed("chdef", ["-z"], scan).ok(ONE);
    world.run("lsdef", ["-l", "-t", "node", "-z"]).ok(&listed);
}

#[test]
fn a_malformed_stanza_changes_nothing() {
    let world = World::new();
    let input = "n1:\n objtype=node\n groups=all\nnonsense\n";
    world.feed("mkdef", ["-z"], input).refused(
        "Error: the stanzas cannot be used, nothing was changed: standard input, line 4: ",
    );
    world.feed("mkdef", ["-z"], "n1:\n groups=all\n").refused(
        "Error: No objtype value was specified for 'n1'. Cannot create object definition.\n",
    );
    world
        .feed("mkdef", ["-z", "-o", "n1"], "")
        .refused("Error: Cannot use '-z' with '-o' or a noderange.");
    world
        .feed("mkdef", ["-z", "groups=all"], "")
        .refused("Error: Cannot use '-z' with 'groups=all'.");
    world
        .run("lsdef", [""; 0])
        .ok("Could not find any object definitions to display.\n");
}

#[test]
fn text_between_stanzas_is_passed_over_and_told() {
    let world = World::new();
    let input = "the nodes of rack one\nn1:\n objtype=node\n groups=all\nand that was all\n";
    let ran = world.feed("mkdef", ["-z"], input);
    assert_eq!((ran.out.as_str(), ran.code), (ONE, Some(0)));
    let told: Vec<&str> = ran.err.lines().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[1].starts_with("Warning: standard input, line 5: \"and that was all\" is neither"),
        "{told:?}"
    );
    world
        .feed("mkdef", ["-z"], "nothing but words\n")
        .refused("Error: No object names were provided.\n");
    let forgotten = "n2:\n objtype=node\n groups all\n";
    world.feed("mkdef", ["-z"], forgotten).refused(
        "Error: the stanzas cannot be used, nothing was changed: standard input, line 3: ",
    );
    world.run("nodels", [""; 0]).ok("n1\n");
}

#[test]
fn a_dynamic_group_of_a_stanza_says_nothing_of_members() {
    let world = World::new();
    let stanza = "g:\n objtype=group\n grouptype=dynamic\n wherevals=os==AIX\n";
    for command in ["mkdef", "chdef"] {
        let ran = world.feed(
            command,
            ["-z"],
            &stanza.replace("g:", &format!("{command}:")),
        );
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    world.run("tabdump", ["nodegroup"]).ok(
        "#groupname,grouptype,members,membergroups,wherevals,comments,disable\n\
         \"chdef\",\"dynamic\",,,\"os==AIX\",,\n\
         \"mkdef\",\"dynamic\",,,\"os==AIX\",,\n",
    );
}

#[test]
fn what_lsdef_writes_makes_the_same_objects() {
    let world = World::new();
    for line in [
        "mkdef hmc01 groups=hmc,all nodetype=ppc hwtype=hmc mgt=hmc username=hscroot password='a\"b c'",
        "mkdef n[1-3] groups=lpar,all nodetype=ppc,osi hwtype=lpar mgt=hmc hcp=hmc01 \
         nicips.eth0='1.1.1.1|1.1.1.2' nicips.eth1=2.2.2.2 usercomment='it is \"quoted\"'",
        "mkdef -t group -o rack1 members=n1,n2 power=hmc",
        "mkdef -t group -o aix -d -w mgt==hmc -w os!=Linux",
        "mkdef -t network -o net1 net=10.0.0.0 mask=255.0.0.0",
        "mkdef odd groups=all usercomment='\"all of it\"' status='  blanks  ' os=$'two\\nlines' chassis='a=b # c'",
        "mkdef -t osimage -o img imagetype=NIM osname=AIX spot=s nimmethod=mksysb",
        "mkdef -t policy -o 1 name=root rule=allow",
        "chdef -t site domain=cluster.com",
    ] {
        let _ = world.sh(line).good();
    }
    let other = World::new();
    let saved = world.run("lsdef", ["-a", "-z"]).good();
    let _ = other.feed("mkdef", ["-z"], &saved).good();
    other.run("lsdef", ["-a", "-z"]).ok(&saved);
    let again = other.feed("mkdef", ["-z"], &saved);
    assert_eq!(again.code, Some(1), "all of it is there: {again:?}");
    other.run("lsdef", ["-a", "-z"]).ok(&saved);
}

#[test]
fn groups_are_static_or_dynamic() {
    let world = World::new();
    let _ = world
        .run("mkdef", ["n1,n2,n3", "groups=all", "os=AIX"])
        .good();
    world
        .run("mkdef", ["-t", "group", "-o", "g1", "members=n1,n9"])
        .fails(
            ONE,
            "Error: Could not find a node named 'n9', skipping to the next node.\n",
        );
    world
        .run("lsdef", ["-t", "group", "g1"])
        .ok("Object name: g1\n    grouptype=static\n    members=n1\n");
    world
        .run("mkdef", ["-t", "group", "-o", "g2", "-w", "os==AIX"])
        .ok(ONE);
    world
        .run("lsdef", ["n3", "-i", "groups"])
        .ok("Object name: n3\n    groups=all,g2\n");
    world.run("mkdef", ["-t", "group", "-o", "d1", "-d"]).fails(
        "",
        &format!(
            "Error: The 'where' attributes and values were not provided for dynamic group 'd1'.\n{MISSED}"
        ),
    );
    world
        .run("mkdef", ["-t", "group", "-o", "d1", "-d", "-w", "bogus==1"])
        .refused(
            "Error: Incorrect attribute 'bogus' in the selection string specified with -w flag.\n",
        );
    world
        .run(
            "mkdef",
            ["-t", "group", "-o", "d1", "-d", "-w", "groups=~g1"],
        )
        .ok(ONE);
    world
        .run("lsdef", ["-t", "group", "d1"])
        .ok("Object name: d1\n    grouptype=dynamic\n    members=n1\n    wherevals=groups=~g1\n");
    world
        .run("mkdef", ["n4", "groups=all", "-d"])
        .refused("Error: '-d' and '-w' are for groups");
}

#[test]
fn members_may_come_with_their_group() {
    let world = World::new();
    let input = "g1:\n objtype=group\n members=n1\nn1:\n objtype=node\n groups=all\n";
    world
        .feed("mkdef", ["-z"], input)
        .ok("2 object definitions have been created or modified.\n");
    world
        .run("lsdef", ["g1"])
        .ok("Object name: n1\n    groups=all,g1\n");
}

#[test]
fn two_networks_have_not_the_same_net_and_mask() {
    let world = World::new();
    world
        .run(
            "mkdef",
            ["-t", "network", "-o", "a", "net=10.0.0.0", "mask=255.0.0.0"],
        )
        .ok(ONE);
    let ran = world.run(
        "mkdef",
        ["-t", "network", "-o", "b", "net=10.0.0.0", "mask=255.0.0.0"],
    );
    assert!(
        ran.err
            .contains("A network definition called 'a' already exists"),
        "{ran:?}"
    );
    assert_eq!(ran.code, Some(1));
    world.run("mkdef", ["-t", "network", "-o", "b", "net=10.0.0.0"]).fails(
        "",
        &format!("Error: Net or mask value should not be empty for xCAT network object 'b'.\n{MISSED}"),
    );
}

#[test]
fn a_template_fills_in_what_is_not_given() {
    let world = World::new();
    world
        .run(
            "mkdef",
            ["c1", "--template", "cec-template", "serial=1", "mtm="],
        )
        .fails(
            "",
            "Error: The attribute \"hcp\" must be specified! (The HMC that manages the system, a \
             node)\nThe attribute \"mtm\" must be specified! (Machine type and model, such as \
             9117-MMA)\n",
        );
    let given = "hcp=h1 mtm=9117-MMA serial=1 groups=mine";
    world
        .sh(&format!(
            "mkdef c1 --template cec-template {given} usercomment="
        ))
        .ok(ONE);
    let c1 = "    groups=mine\n    hcp=h1\n    hwtype=cec\n    mgt=hmc\n    mtm=9117-MMA\n    \
              nodetype=ppc\n    serial=1\n";
    world
        .run("lsdef", ["c1"])
        .ok(&format!("Object name: c1\n{c1}"));
    let all = "mtm=m serial=s hcp=h id=1 parent=p pprofile=f ip=10.0.0.1 username=u password=p \
               bmc=b vmhost=v vmnics=n";
    let list = world.run("lsdef", ["--template"]).good();
    let templates: Vec<&str> = list.lines().filter_map(|l| l.split("  ").next()).collect();
    assert!(templates.len() > 5, "{list}");
    for (number, name) in templates.iter().enumerate() {
        // What a template does not ask for may lie nowhere: it is not given.
        let asked = world.run("lsdef", ["--template", name]).good();
        let given = all.split_whitespace().filter(|pair| {
            let (name, _) = pair.split_once('=').unwrap();
            asked.contains(&format!("    {name}=MANDATORY:"))
        });
        let node = format!("t{number}");
        let line = ["--template", name, &node].into_iter().chain(given);
        world.run("mkdef", line).ok(ONE);
        let made = world.run("lsdef", [&node]).good();
        assert!(
            !made.contains("MANDATORY") && !made.contains("OPTIONAL"),
            "{made}"
        );
    }
}

#[test]
fn an_object_is_a_template_too() {
    let world = World::new();
    world
        .sh("mkdef -t group -o lpar ip='|\\D+(\\d+)|10.0.0.($1)|' hcp=h1 mgt=hmc")
        .good_with_warning();
    world
        .sh("mkdef n1 groups=lpar,all id=1 nicips.en0=10.1.0.1 nicips.en1=10.2.0.1 mac=02:00:00:00:00:01")
        .ok(ONE);
    world
        .sh("mkdef n2 --template n1 id=2 nicips.en1=10.2.0.2 mac=")
        .ok(ONE);
    world.run("lsdef", ["n2"]).ok(
        "Object name: n2\n    groups=lpar,all\n    hcp=h1\n    id=2\n    ip=10.0.0.2\n    \
         mgt=hmc\n    nicips.en0=10.1.0.1\n    nicips.en1=10.2.0.2\n",
    );
    world
        .run("mkdef", ["n2", "--template", "n2"])
        .refused("Error: The template node cannot be the same as the node to create.");
    world
        .run("mkdef", ["n3", "--template", "n4"])
        .refused("Error: Could not find the template object named 'n4' of type 'node'.");
    world
        .run("mkdef", ["n3", "--template", "n1,n2"])
        .refused("Error: Only 1 template object definition should be specified for mkdef!");
    world
        .run("mkdef", ["-z", "--template", "n1"])
        .refused("Error: the argument");
    world
        .sh("mkdef -t group -o g1 members=n1 os=AIX && mkdef -t group -o g2 --template g1")
        .ok(&ONE.repeat(2));
    world
        .run("lsdef", ["-t", "group", "g2"])
        .ok("Object name: g2\n    grouptype=static\n    members=n1\n    os=AIX\n");
    world
        .sh("mkdef -t group -o d1 -d -w id==2 && mkdef -t group -o d2 --template d1")
        .ok(&ONE.repeat(2));
    world
        .run(
            "lsdef",
            ["-t", "group", "d2", "-i", "members,wherevals", "-c"],
        )
        .ok("d2: members=n2\nd2: wherevals=id==2\n");
    world
        .sh("mkdef -u -t osimage -o i profile=compute provmethod=install")
        .refused("Error: '-u' is not supported");
    world.sh("chdef -u n1 mgt=").refused("Error: '-u'");
    world
        .sh("rmdef -C n1")
        .refused("Error: '-C' is not supported");
}

#[test]
fn networks_of_one_command_have_not_the_same_net_and_mask() {
    let world = World::new();
    let words = ["net=10.1.0.0", "mask=255.255.0.0"];
    world
        .run(
            "mkdef",
            [&["-t", "network", "-o", "f,g"][..], &words].concat(),
        )
        .refused(
            "Error: A network definition called 'f' already exists that contains the same net and \
             mask values. Cannot create a definition for 'g'.\n",
        );
    world
        .run("chtab", ["netname=k", "networks.net=10.1.0.0", "networks.mask=255.255.0.0"])
        .refused(
            "Error: two rows of table 'networks' would have the same net and mask: give one another\n",
        );
}
