//! Values without the form that their attributes take, whatever the command
//! that brings them.

use crate::world::World;

const IP: &str = "ip=999.1.2.3 is not what it should be; write an IPv4 or IPv6 address, such as \
                  10.0.0.1";

/// (line, what it warns of); each in a world with node n1.
const LINES: [(&str, &str); 14] = [
    ("mkdef n2 groups=all ip=999.1.2.3", "node n2: "),
    ("mkdef -f n1 groups=all ip=999.1.2.3", "node n1: "),
    ("chdef n1 ip=999.1.2.3", "node n1: "),
    ("mkdef -t group -o g1 members=n1 ip=999.1.2.3", "group g1: "),
    (
        "printf 'n[2-3]:\\n objtype=node\\n' >/dev/null; printf 'n2:\\n objtype=node\\n groups=all\\n ip=999.1.2.3\\nn3:\\n objtype=node\\n groups=all\\n ip=999.1.2.3\\n' | mkdef -z",
        "node n[2-3]: ",
    ),
    (
        "printf 'n1:\\n objtype=node\\n ip=999.1.2.3\\n' | chdef -z",
        "node n1: ",
    ),
    ("nodech n1 hosts.ip=999.1.2.3", "node n1: "),
    (
        "nodeadd n2-n9 groups=all hosts.ip=999.1.2.3",
        "node n[2-9]: ",
    ),
    ("nodegrpch all hosts.ip=999.1.2.3", "group all: "),
    ("chtab node=n1 hosts.ip=999.1.2.3", "node n1: "),
    ("tabch node=n1 hosts.ip=999.1.2.3", "node n1: "),
    (
        "printf '#node,ip\\nn1,999.1.2.3\\n' > hosts.csv && tabrestore hosts.csv",
        "node n1: ",
    ),
    (
        "printf '#node,ip\\nn1,999.1.2.3\\n' | tabrestore -a -t hosts -",
        "node n1: ",
    ),
    (
        "EDITOR='sed -i s/10.0.0.1/999.1.2.3/' tabedit hosts",
        "node n2: ",
    ),
];

fn world(strict: &str) -> World {
    let world = World::new();
    world
        .sh("mkdef n1 groups=all mgt=hmc && chtab node=n2 hosts.ip=10.0.0.1")
        .ok("1 object definitions have been created or modified.\n");
    let key = format!("site.value={strict}");
    world.run("chtab", ["key=strictvalues", &key]).ok("");
    world
}

fn dump(world: &World) -> String {
    ["nodelist", "hosts", "nodegroup", "nodehm"]
        .map(|table| world.run("tabdump", [table]).good())
        .concat()
}

#[test]
fn they_are_stored_with_a_warning() {
    for (line, about) in LINES {
        let world = world("no");
        let ran = world.sh(line);
        assert_eq!(ran.err, format!("Warning: {about}{IP}\n"), "{line}");
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.out);
        let stored = world.run("tabdump", ["hosts"]).good();
        assert!(stored.contains("999.1.2.3"), "{line}");
        assert_eq!(
            world.sh(line).err.contains("is not what"),
            line.contains("-f "),
            "{line}"
        );
    }
}

#[test]
fn where_the_site_is_strict_nothing_is_changed() {
    for (line, about) in LINES {
        let world = world("yes");
        let before = dump(&world);
        let ran = world.sh(line);
        let refused = format!(
            "Error: {about}{IP}\nError: Nothing was changed: the site key strictvalues is set.\n"
        );
        assert!(ran.err.starts_with(&refused), "{line}: {}", ran.err);
        assert_eq!(ran.code, Some(1), "{line}");
        assert!(!ran.out.contains("have been"), "{line}: {}", ran.out);
        assert_eq!(dump(&world), before, "{line}");
    }
}

#[test]
fn computed_and_empty_values_pass() {
    let world = world("1");
    for line in [
        "chdef -t group -o all 'ip=|\\D+(\\d+)|10.0.0.($1)|'",
        "chdef n1 ip= mac=",
        "nodech n1 hosts.ip=",
        "chdef n1 'mac=02:00:00:00:00:01!n1|02:00:00:00:00:02!n1-en1' hcp=hmc1,hmc2",
        "chdef -t site master=10.0.0.1 maxssh=4",
        "mkdef -t network -o net1 net=10.0.0.0 mask=255.0.0.0 'gateway=<xcatmaster>'",
    ] {
        let ran = world.sh(line);
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.err);
        assert!(!ran.err.contains("is not what"), "{line}: {}", ran.err);
    }
    // What is computed is looked at as the nodes have it.
    world
        .run("chtab", ["node=all", "hosts.ip=|(.*)|10.0.0.($1)|"])
        .ok("");
    world.run("mkdef", ["x1", "groups=all"]).good();
    let found = world.run("xcatdbck", ["--json"]);
    assert!(found.out.contains("\"value\""), "{}", found.out);
}

#[test]
fn a_value_that_the_same_command_replaces_does_not_count() {
    let world = world("yes");
    let input = "n2:\n objtype=node\n groups=all\n ip=zzz\nn2:\n objtype=node\n ip=10.0.0.2\n";
    world
        .feed("mkdef", ["-z"], input)
        .ok("1 object definitions have been created or modified.\n");
}

#[test]
fn a_dump_comes_back_whatever_is_in_it() {
    let world = world("yes");
    world.file("hosts.csv", "#node,ip\nn1,999.1.2.3\n");
    let ran = world.run("restorexCATdb", ["-p", "."]);
    assert_eq!(ran.err, format!("Warning: node n1: {IP}\n"));
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("Restore of Database Complete.\n", Some(0))
    );
    let found = world.run("xcatdbck", [""; 0]);
    assert!(found.out.contains(IP), "{}", found.out);
}

#[test]
fn settings_and_other_objects_are_checked_too() {
    let world = world("no");
    for (line, warning) in [
        ("chdef -t site maxssh=many", "site clustersite: maxssh=many"),
        (
            "mkdef -t network -o net1 net=10.0.0.0 mask=255.0.255.0",
            "network net1: mask=255.0.255.0",
        ),
        (
            "mkdef -t osimage -o i imagetype=NIM osname=AIX nimtype=x",
            "osimage i: nimtype=x",
        ),
        ("chdef n1 nicips.en0=10.0.0", "node n1: nicips=en0!10.0.0"),
        ("mkdef n7 groups=all mac=zzz", "node n7: mac=zzz"),
        ("mkdef n8 groups=all mgt=hcm", "node n8: mgt=hcm"),
    ] {
        let ran = world.sh(line);
        let begin = format!("Warning: {warning} is not what it should be; write ");
        assert!(ran.err.starts_with(&begin), "{line}: {}", ran.err);
        assert_eq!(ran.code, Some(0), "{line}");
    }
    let found = world.run("xcatdbck", ["--json"]);
    let found: serde_json::Value = serde_json::from_str(&found.out).unwrap();
    let of_values = |kind: &str| {
        let all = found.as_array().unwrap().iter();
        all.filter(|f| f["check"] == "value" && f["type"] == kind)
            .count()
    };
    let counts = ["node", "site", "network", "osimage"].map(of_values);
    assert_eq!(counts, [3, 1, 1, 1], "{found:#}");
}
