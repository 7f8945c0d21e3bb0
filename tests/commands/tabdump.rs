//! `tabdump`: CSV, selected rows, descriptions.

use crate::world::World;

const PPC: &str = "#node,hcp,id,pprofile,parent,nodetype,supernode,sfp,comments,disable\n";

fn world() -> World {
    let world = World::new();
    let nodes = [("n1", "1"), ("n2", "2"), ("n10", "10")];
    for (node, id) in nodes {
        let (key, id) = (format!("node={node}"), format!("ppc.id={id}"));
        world.run("chtab", [&key, &id]).ok("");
    }
    world
        .run("chtab", ["node=n2", "ppc.comments=a \"b\", c\nd"])
        .ok("");
    world.run("chtab", ["node=n10", "ppc.disable=1"]).ok("");
    world
}

#[test]
fn a_table_is_printed_as_csv_in_the_order_of_its_key() {
    let world = world();
    let rows = [
        "\"n1\",,\"1\",,,,,,,",
        "\"n10\",,\"10\",,,,,,,\"1\"",
        "\"n2\",,\"2\",,,,,,\"a \"\"b\"\", c\nd\",",
    ];
    let want = format!("{PPC}{}\n", rows.join("\n"));
    world.run("tabdump", ["ppc"]).ok(&want);
    world.run("tabdump", ["-f", "out.csv", "ppc"]).ok("");
    let file = std::fs::read_to_string(world.home().join("out.csv")).unwrap();
    assert_eq!(file, want);
    let empty = world.run("tabdump", ["nodegroup"]).good();
    assert_eq!(
        empty,
        "#groupname,grouptype,members,membergroups,wherevals,comments,disable\n"
    );
}

#[test]
fn conditions_select_rows_that_are_not_disabled() {
    let world = world();
    for (conditions, nodes) in [
        (&["node==n1"][..], "n1"),
        (&["node==n10"], ""),
        (&["id!=1"], "n2"),
        (&["id>=1"], "n1 n2"),
        (&["id<2"], "n1"),
        (&["node=~n%", "id!~2"], "n1"),
        (&["comments=~%B%"], "n2"),
        (&["comments!=x"], "n2"),
        (&["parent==x"], ""),
    ] {
        let mut arguments = vec!["ppc"];
        conditions.iter().for_each(|c| arguments.extend(["-w", c]));
        let out = world.run("tabdump", &arguments).good();
        let found: Vec<&str> = out
            .lines()
            .filter_map(|l| l.strip_prefix('"')?.split('"').next())
            .filter(|name| name.starts_with('n'))
            .collect();
        assert_eq!(found.join(" "), nodes, "{conditions:?}");
    }
}

#[test]
fn the_newest_rows_of_a_log_come_last() {
    let world = World::new();
    for number in 1..=12 {
        let word = format!("auditlog.args=c{number}");
        world
            .run("chtab", [&format!("userid=u{number}"), &word])
            .ok("");
    }
    let out = world.run("tabdump", ["-n", "2", "auditlog"]).good();
    let ids: Vec<&str> = out
        .lines()
        .skip(1)
        .map(|l| l.split(',').next().unwrap())
        .collect();
    assert_eq!(ids, ["\"11\"", "\"12\""]);
    let out = world.run("tabdump", ["-w", "recid==3", "auditlog"]).good();
    assert!(out.lines().nth(1).unwrap().starts_with("\"3\","), "{out}");
    world
        .run("tabdump", ["-n", "2", "ppc"])
        .refused("Error: ppc table is not supported in tabdump -n.");
    world
        .run("tabdump", ["-n", "2", "eventlog"])
        .ok("Nothing to display from eventlog.\n");
}

#[test]
fn tables_and_columns_are_named_and_described() {
    let world = World::new();
    let names = world.run("tabdump", [""; 0]).good();
    let tables: Vec<&str> = names.lines().collect();
    assert!(tables.is_sorted() && tables.contains(&"ppc"), "{names}");
    let described = world.run("tabdump", ["-d"]).good();
    assert_eq!(described.split("\n\n").count(), tables.len());
    let columns = world.run("tabdump", ["-d", "ppc"]).good();
    let names: Vec<&str> = columns
        .split("\n\n")
        .map(|c| c.split(":\t").next().unwrap())
        .collect();
    assert_eq!(format!("#{}\n", names.join(",")), PPC);
    let site = world.run("tabdump", ["-d", "-f", "file", "site"]).good();
    assert!(site.contains("\nmaxssh:\t"), "{site}");
    let file = std::fs::read_to_string(world.home().join("file")).unwrap();
    assert_eq!(file, site);
}

#[test]
fn what_cannot_be_done_is_refused() {
    let world = World::new();
    for (arguments, error) in [
        (&["nosuchtable"][..], "Error: No such table: nosuchtable\n"),
        (
            &["-d", "nosuchtable"],
            "Error: No such table: nosuchtable\n",
        ),
        (
            &["-w", "a==1", "ppc"],
            "Error: No column \"a\" in table \"ppc\"\n",
        ),
        (
            &["-w", "id", "ppc"],
            "Error: Unsupported operator:id on -w flag input\n",
        ),
        (
            &["-n", "1", "-d", "auditlog"],
            "Error: the argument '--lines <COUNT>' cannot be used with '-d'",
        ),
        (
            &["-n", "1", "-w", "a==1", "auditlog"],
            "Error: the argument '--lines <COUNT>' cannot be used with '-w",
        ),
        (
            &["-f", "x"],
            "Error: the following required arguments were not provided:\n  <TABLE>",
        ),
        (
            &["-f", "no/x", "ppc"],
            "Error: cannot write no/x: No such file",
        ),
        (
            &["ppc", "nodehm"],
            "Error: unexpected argument 'nodehm' found\n",
        ),
    ] {
        world.run("tabdump", arguments).refused(error);
    }
    assert!(!world.home().join("x").exists());
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let world = World::new();
    world
        .run("nodeadd", ["n[1-5000]", "groups=all,compute"])
        .ok("");
    let ran = world.sh("tabdump nodelist | head -n 2 | tail -n 1; echo ${PIPESTATUS[0]}");
    assert_eq!(ran.err, "");
    assert!(
        ran.out.starts_with("\"n1\",\"all,compute\","),
        "{}",
        ran.out
    );
}
