//! `gettab`: columns of the row that holds given values.

use crate::world::World;

#[test]
fn a_row_is_found_by_any_columns() {
    let world = World::new();
    world
        .run("chtab", ["key=master", "site.value=10.0.0.1"])
        .ok("");
    world
        .run(
            "nodeadd",
            ["n1-n2", "groups=all,lpar", "ppc.hcp=h1", "ppc.id=7"],
        )
        .ok("");
    world
        .run("gettab", ["key=master", "site.value"])
        .ok("10.0.0.1\n");
    world
        .run("gettab", ["-H", "key=master", "site.value"])
        .ok("site.value: 10.0.0.1\n");
    world
        .run(
            "gettab",
            ["node=n2", "ppc.hcp", "nodelist.groups", "ppc.id"],
        )
        .ok("ppc.hcp: h1\nppc.id: 7\nnodelist.groups: all,lpar\n");
    world.run("gettab", ["hcp=h1,id=7", "ppc.node"]).ok("n1\n");
    world.run("gettab", ["node=n1", "ppc.parent"]).ok("\n");
    world.run("gettab", ["node=nosuch", "ppc.hcp"]).ok("");
}

#[test]
fn rows_are_raw_and_disabled_ones_are_not_seen() {
    let world = World::new();
    world.run("nodeadd", ["n1", "groups=lpar"]).ok("");
    world
        .run("nodegrpch", ["lpar", "hosts.ip=|10.0.0.($1)|"])
        .ok("");
    world.run("gettab", ["node=n1", "hosts.ip"]).ok("");
    world
        .run("gettab", ["node=lpar", "hosts.ip"])
        .ok("|10.0.0.($1)|\n");
    world
        .run("chtab", ["node=lpar", "hosts.disable=yes"])
        .ok("");
    world.run("gettab", ["node=lpar", "hosts.ip"]).ok("");
}

#[test]
fn a_column_that_a_table_lacks_has_no_value() {
    let world = World::new();
    world.run("chtab", ["node=n1", "ppc.hcp=hmc1"]).ok("");
    world.run("gettab", ["node=n1", "ppc.nosuch"]).ok("");
    world
        .run("gettab", ["node=n1", "ppc.nosuch", "ppc.hcp"])
        .ok("ppc.hcp: hmc1\n");
    let said = world.run("gettab", ["-V", "node=n1", "ppc.nosuch"]);
    assert!(
        format!("{}{}", said.out, said.err).contains("no ppc.nosuch"),
        "{said:?}"
    );
}

#[test]
fn what_is_not_there_is_refused() {
    let world = World::new();
    for (arguments, error) in [
        (
            &["node=n1", "nosuch.x"][..],
            "Error: nosuch.x not a valid table.column description\n",
        ),
        (
            &["node=n1", "site.value"],
            "Error: no such column: node, in table site\n",
        ),
        (&["node", "ppc.hcp"], "Error: Malformed argument node"),
        (
            &["node=n1"],
            "Error: column=value and table.column are needed\n",
        ),
    ] {
        world.run("gettab", arguments).refused(error);
    }
}
