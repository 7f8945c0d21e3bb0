//! `lsdef`: which objects, which attributes, in which form.

use crate::world::World;

fn world() -> World {
    let world = World::new();
    for line in [
        "mkdef n1,n2 groups=lpar,all mgt=hmc nodetype=ppc,osi hwtype=lpar hcp=hmc01 os=AIX",
        "mkdef fsp1 groups=all hidden=1",
        "mkdef -t osimage -o img imagetype=NIM osname=AIX spot=s",
        "chdef -t site master=10.0.0.1",
    ] {
        let _ = world.sh(line).good();
    }
    world
}

#[test]
fn names_or_attributes() {
    let world = world();
    world.run("lsdef", [""; 0]).ok("n1  (node)\nn2  (node)\n");
    world
        .run("lsdef", ["-S"])
        .ok("fsp1  (node)\nn1  (node)\nn2  (node)\n");
    world.run("lsdef", ["-s", "n1"]).ok("n1  (node)\n");
    let n1 = "    groups=lpar,all\n    hcp=hmc01\n    hwtype=lpar\n    mgt=hmc\n    nodetype=ppc,osi\n    os=AIX\n";
    world
        .run("lsdef", ["n1"])
        .ok(&format!("Object name: n1\n{n1}"));
    world
        .run("lsdef", ["-l"])
        .ok(&format!("Object name: n1\n{n1}Object name: n2\n{n1}"));
    world.run("lsdef", ["n1", "-z"]).ok(&format!(
        "# <xCAT data object stanza file>\n\nn1:\n    objtype=node\n{n1}"
    ));
    world
        .run("lsdef", ["-t", "site"])
        .ok("clustersite  (site)\n");
    world.run("lsdef", ["-t", "site,osimage", "-l"]).ok(
        "Object name: clustersite  (site)\n    master=10.0.0.1\nObject name: img  (osimage)\n    \
         imagetype=NIM\n    osname=AIX\n    spot=s\n",
    );
    world
        .run("lsdef", ["-a"])
        .ok("all (group)\nlpar (group)\nn1 (node)\nn2 (node)\nimg (osimage)\nclustersite (site)\n");
    world
        .run("lsdef", ["-t", "network", "-z"])
        .ok("Could not find any object definitions to display.\n");
}

#[test]
fn chosen_attributes_are_shown_even_if_empty() {
    let world = world();
    world
        .run("lsdef", ["n1", "-i", "mac,os"])
        .ok("Object name: n1\n    mac=\n    os=AIX\n");
    world
        .run("lsdef", ["n1,n2", "-c", "-i", "os"])
        .ok("n1: os=AIX\nn2: os=AIX\n");
    world.run("lsdef", ["n1", "-i", "foo"]).fails(
        "Object name: n1\n",
        "Error: 'foo' is not a valid attribute name for an object type of 'node'.\n",
    );
    world
        .run("lsdef", ["-t", "site", "-i", "master,nosuch"])
        .ok("Object name: clustersite\n    master=10.0.0.1\n");
    for nothing in [
        ["-t", "site", "-c", "-i", "nosuch"],
        ["-t", "node", "-c", "-i", "nicips"],
    ] {
        world
            .run("lsdef", nothing)
            .ok("No object definitions have been found\n");
    }
    world
        .run("lsdef", ["n1", "-s", "-z"])
        .ok("# <xCAT data object stanza file>\n\nn1:\n");
    world
        .run("lsdef", ["n1", "-s", "-z", "-w", "os==none"])
        .ok("# <xCAT data object stanza file>\n");
    world
        .run("lsdef", ["n1", "-c"])
        .refused("Error: the following required arguments were not provided");
    world
        .run("lsdef", ["n1", "-l", "-s"])
        .refused("Error: the argument '--long' cannot be used with '--short'");
}

#[test]
fn conditions_choose() {
    let world = world();
    let _ = world.run("chdef", ["n2", "os=rhels7.3"]).good();
    world.run("lsdef", ["-w", "os=~AIX"]).ok("n1  (node)\n");
    world
        .run("lsdef", ["-w", "mgt==hmc", "-w", "os!~^A"])
        .ok("n2  (node)\n");
    world
        .run("lsdef", ["-w", "os!=AIX", "-i", "os"])
        .ok("Object name: n2\n    os=rhels7.3\n");
    world
        .run("lsdef", ["-w", "mac!=1"])
        .ok("No object definitions have been found\n");
    world
        .run("lsdef", ["-w", "os=~("])
        .refused("Error: the regular expression in 'os=~(' is wrong");
    let ran = world.run("lsdef", ["os==AIX"]);
    assert_eq!(ran.out, "n1  (node)\nn2  (node)\n");
    assert!(
        ran.err.starts_with("Warning: 'os==AIX' is ignored"),
        "{ran:?}"
    );
}

#[test]
fn what_is_not_there_is_named() {
    let world = world();
    let missing = "Error: Could not find an object named 'nosuch' of type 'node'.\n";
    world
        .run("lsdef", ["nosuch"])
        .fails("No object definitions have been found\n", missing);
    world
        .run("lsdef", ["n1,nosuch", "-i", "os"])
        .fails("Object name: n1\n    os=AIX\n", missing);
    world.run("lsdef", ["-t", "group", "-o", "g9", "-z"]).fails(
        "# <xCAT data object stanza file>\n",
        "Error: Could not find an object named 'g9' of type 'group'.\n",
    );
    world
        .run("lsdef", ["-t", "bogus"])
        .refused("Error: Type 'bogus' is not a valid xCAT object type.\n");
    world.run("lsdef", ["n3-n1"]).refused("Error: ");
    world
        .run("lsdef", ["n1", "n2"])
        .refused("Error: noderange can not contain spaces.");
    world
        .run("lsdef", ["-o", "n1", "n2"])
        .refused("Error: The objects are given twice");
    world
        .run("lsdef", ["-x"])
        .refused("Error: unexpected argument '-x'");
}

#[test]
fn there_is_always_one_site() {
    let world = World::new();
    world
        .run("lsdef", ["-t", "site"])
        .ok("clustersite  (site)\n");
    world
        .run("lsdef", ["-t", "site", "-l"])
        .ok("Object name: clustersite\n");
    world.run("lsdef", ["-t", "site", "-o", "other"]).fails(
        "No object definitions have been found\n",
        "Error: Could not find an object named 'other' of type 'site'.\n",
    );
    world
        .run("chdef", ["-t", "site", "-o", "other", "a=b"])
        .fails(
            "No object definitions have been created or modified.\n",
            "Error: The object name 'other' is invalid, please refer to \"man xcatdb\" for the \
             valid \"xCAT Object Name Format\"\n",
        );
}

#[test]
fn groups_give_values_and_show_members() {
    let world = world();
    let _ = world
        .run("chdef", ["-t", "group", "-o", "lpar", "power=hmc"])
        .good();
    world
        .run("lsdef", ["n1", "-i", "power", "-V"])
        .ok("Object name: n1\n    power=hmc\t(Table:nodehm - Key:node - Column:power)\n");
    world.run("lsdef", ["-t", "group", "-l"]).ok(
        "Object name: all\n    members=fsp1,n1,n2\nObject name: lpar\n    members=n1,n2\n    power=hmc\n",
    );
}

#[test]
fn what_a_group_gives_an_adapter_is_computed_for_each_node() {
    let world = World::new();
    let value = r"nicips.eth1=|\D+(\d+)|10.2.0.($1%100)|";
    let _ = world.run("mkdef", ["n101-n102", "groups=g"]).good();
    let _ = world.run("chdef", ["-t", "group", "g", value]).good();
    world
        .run("lsdef", ["n101,n102", "-c", "-i", "nicips"])
        .ok("n101: nicips.eth1=10.2.0.1\nn102: nicips.eth1=10.2.0.2\n");
    world
        .run("lsdef", ["-t", "group", "g", "-i", "nicips.eth1"])
        .ok(&format!("Object name: g\n    {value}\n"));
}

#[test]
fn the_help_explains_attributes() {
    let world = World::new();
    let help = world
        .run("lsdef", ["-h", "-t", "node", "-i", "groups"])
        .good();
    assert!(
        help.starts_with("Attribute          Description\n\ngroups:\t\t"),
        "{help}"
    );
    let all = world.run("lsdef", ["-h", "-t", "osimage"]).good();
    assert!(all.starts_with("The valid attribute names for object type 'osimage' are:\n"));
    assert!(
        all.contains("\nspot:\t\t") && all.contains("\nnimmethod:\t"),
        "{all}"
    );
    let site = world.run("lsdef", ["-h", "-t", "site"]).good();
    assert!(site.contains("\nppctimeout:\t"), "{site}");
    assert!(world.run("lsdef", ["-h"]).good().contains("Usage: lsdef"));
}

#[test]
fn a_reader_may_leave() {
    let world = World::new();
    let _ = world.run("mkdef", ["n[1-3000]", "groups=all"]).good();
    world.sh("lsdef -l | head -1").ok("Object name: n1\n");
}

#[test]
fn blame_says_whose_a_value_is() {
    let world = World::new();
    world
        .sh("mkdef -t node -o n1 groups=lpar,all hcp=h1 && \
             chdef -t group -o lpar mgt=hmc 'ip=|n(\\d+)|10.0.0.($1+0)|' && \
             chtab node=xcatdefaults postscripts.postscripts=syslog")
        .good();
    world.run("lsdef", ["--blame", "n1"]).ok(
        "Object name: n1\n    groups=lpar,all  (own)\n    hcp=h1  (own)\n    \
         ip=10.0.0.1  (group lpar, from |n(\\d+)|10.0.0.($1+0)|)\n    mgt=hmc  (group lpar)\n    \
         postscripts=syslog  (xcatdefaults)\n",
    );
    world
        .run("lsdef", ["--blame", "n1", "-i", "mgt", "-c"])
        .ok("n1: mgt=hmc  (group lpar)\n");
}

#[test]
fn templates_are_listed() {
    let world = world();
    world
        .run(
            "lsdef",
            ["--template", "switch-template,nosuch", "-i", "ip,mgt", "-c"],
        )
        .fails(
            "switch-template: ip=OPTIONAL:the ip address of the switch\nswitch-template: \
             mgt=switch\n",
            "Error: Could not find nosuch in xCAT templates.\n",
        );
    world
        .run("lsdef", ["--template", "-t", "osimage"])
        .ok("Could not find any object definitions to display.\n");
    let all = world.run("lsdef", ["--template", "-a"]).good();
    assert!(all.starts_with("cec-template (node)\n"), "{all}");
    let stanza = world
        .run("lsdef", ["--template", "hmc-template", "-z"])
        .good();
    assert!(stanza.contains("\n\nhmc-template:\n    objtype=node\n    groups=hmc\n"));
    let json = world
        .run("lsdef", ["--template", "cec-template", "--json"])
        .good();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["attributes"]["hwtype"], "cec");
    world
        .run(
            "chtab",
            ["node=xcatdefaults", "postscripts.postscripts=syslog"],
        )
        .ok("");
    let shown = world.run("lsdef", ["--template", "cec-template"]).good();
    assert!(shown.contains("    postscripts=syslog\n"), "{shown}");
    world
        .run("lsdef", ["--template", "cec-template", "n1"])
        .refused("Error: the argument");
}

#[test]
fn the_image_of_a_node_follows_it() {
    let world = world();
    world.run("chdef", ["n1", "provmethod=img"]).good();
    world
        .run("lsdef", ["n1,n2", "--osimage", "-w", "provmethod==img"])
        .ok("Object name: n1\n    groups=lpar,all\n    hcp=hmc01\n    hwtype=lpar\n    mgt=hmc\n    \
             nodetype=ppc,osi\n    os=AIX\n    provmethod=img\n    imagetype=NIM\n    \
             osname=AIX\n    spot=s\n");
    let json = world.run("lsdef", ["n1", "--osimage", "--json"]).good();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["osimage"]["spot"], "s");
    let missing = world.run("lsdef", ["n2", "--osimage"]);
    assert!(
        missing
            .err
            .starts_with("Error: Missing attributes for node n2, check"),
        "{}",
        missing.err
    );
    world
        .sh("chdef n2 provmethod=install arch=ppc64 profile=a")
        .good();
    let missing = world.run("lsdef", ["n2", "--osimage"]);
    assert_eq!(
        missing.err,
        "Error: Could not find an object named 'AIX-ppc64-install-a' of type 'osimage'.\n"
    );
}

#[test]
fn values_of_all_groups_are_joined_where_the_site_says_so() {
    let world = World::new();
    world
        .sh("mkdef -t node -o n1 groups=lpar,all mgt=hmc postscripts=own,shared && \
             mkdef -t node -o n2 groups=all,lpar && \
             chdef -t group -o lpar postscripts=shared,setup mgt=blade ip='|n(\\d+)|10.0.0.($1)|' && \
             chdef -t group -o all postscripts=setup,last mgt=fsp && \
             chdef -t site hierarchicalattrs='postscripts, nosuch:x'")
        .good();
    world
        .run("lsdef", ["n1", "-i", "postscripts,mgt"])
        .ok("Object name: n1\n    mgt=hmc\n    postscripts=own,shared,setup,last\n");
    world
        .run("lsdef", ["--blame", "-c", "-i", "postscripts", "n1,n2"])
        .ok(
            "n1: postscripts=own,shared,setup,last  (own and group lpar and group all)\n\
             n2: postscripts=setup,last,shared  (group all and group lpar)\n",
        );
    world
        .run("lsdef", ["-w", "postscripts==setup,last,shared"])
        .ok("n2  (node)\n");
    world
        .run("nodels", ["all", "postscripts.postscripts"])
        .ok("n1: own,shared,setup,last\nn2: setup,last,shared\n");
    world
        .run("nodels", ["-b", "all", "postscripts.postscripts"])
        .ok(
            "n1: own,shared,setup,last (inherited from group n1,lpar,all)\n\
             n2: setup,last,shared (inherited from group all,lpar)\n",
        );
    world
        .run("nodels", ["all", "postscripts.postscripts=~^own"])
        .ok("n1\n");
    world
        .run("gettab", ["node=n1", "postscripts.postscripts"])
        .ok("own,shared\n");
    // As in xCAT, what is added to stands with the node then.
    let _ = world.run("chdef", ["n1", "-p", "postscripts=more"]).good();
    world
        .run("tabdump", ["-w", "node==n1", "postscripts"])
        .ok("#node,postscripts,postbootscripts,comments,disable\n\"n1\",\"own,shared,setup,last,more\",,,\n");
    world
        .sh("chdef -t site hierarchicalattrs='ip:-,postscripts:;' && chdef n1 ip=10.9.9.9")
        .good();
    world
        .run("lsdef", ["-c", "-i", "ip,postscripts", "n1,n2"])
        .ok("n1: ip=10.9.9.9-10.0.0.1\nn1: postscripts=own,shared,setup,last,more;shared,setup;setup,last\n\
             n2: ip=10.0.0.2\nn2: postscripts=setup,last;shared,setup\n");
}
