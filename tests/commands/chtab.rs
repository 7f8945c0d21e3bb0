//! `chtab`: rows set, added and removed by the values of columns.

use crate::world::World;

fn row(world: &World, table: &str) -> String {
    let out = world.run("tabdump", [table]).good();
    out.lines().skip(1).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_row_is_made_changed_and_removed() {
    let world = World::new();
    world
        .run("chtab", ["key=domain", "site.value=a.com"])
        .ok("");
    assert_eq!(row(&world, "site"), "\"domain\",\"a.com\",,");
    world
        .run(
            "chtab",
            ["key=domain", "site.value=b.com", "site.comments=x"],
        )
        .ok("");
    assert_eq!(row(&world, "site"), "\"domain\",\"b.com\",\"x\",");
    world.run("chtab", ["key=domain", "site.comments="]).ok("");
    assert_eq!(row(&world, "site"), "\"domain\",\"b.com\",,");
    world.run("chtab", ["-d", "key=domain", "site"]).ok("");
    assert_eq!(row(&world, "site"), "");
    world.run("chtab", ["key=nothing", "site.value="]).ok("");
    assert_eq!(row(&world, "site"), "", "a row without a value is not made");
}

#[test]
fn several_rows_and_tables_are_changed_at_once() {
    let world = World::new();
    world
        .run("nodeadd", ["n1-n2", "groups=all", "nodehm.mgt=hmc"])
        .ok("");
    world
        .run("chtab", ["mgt=hmc", "nodehm.cons=hmc", "nodehm.power=hmc"])
        .ok("");
    world
        .run("nodels", ["all", "nodehm.cons", "nodehm.power"])
        .ok("n1: nodehm.cons: hmc\nn1: nodehm.power: hmc\nn2: nodehm.cons: hmc\nn2: nodehm.power: hmc\n");
    world
        .run("chtab", ["node=n3", "nodelist.groups=all", "ppc.id=7"])
        .ok("");
    world.run("nodels", ["n3", "ppc.id"]).ok("n3: 7\n");
    world.run("chtab", ["node=n3", "ppc.node=n4"]).ok("");
    assert_eq!(row(&world, "ppc"), "\"n4\",,\"7\",,,,,,,");
    world
        .run(
            "chtab",
            [
                "netname=net1",
                "networks.net=10.0.0.0",
                "networks.mask=255.0.0.0",
            ],
        )
        .ok("");
    assert!(row(&world, "networks").starts_with("\"net1\",\"10.0.0.0\",\"255.0.0.0\","));
    world
        .run("chtab", ["--delete", "node=n1", "nodehm", "nodelist"])
        .ok("");
    world.run("nodels", [""; 0]).ok("n2\nn3\n");
}

#[test]
fn a_list_grows_by_the_words_that_it_lacks() {
    let world = World::new();
    world
        .run("chtab", ["node=n1", "postscripts.postscripts+=a,b"])
        .ok("");
    world
        .run("chtab", ["node=n1", "postscripts.postscripts+=b,c"])
        .ok("");
    assert_eq!(row(&world, "postscripts"), "\"n1\",\"a,b,c\",,,");
}

#[test]
fn a_mistake_leaves_everything_as_it_was() {
    let world = World::new();
    for (arguments, error) in [
        (
            &["node=n1", "ppc.id=1", "nosuch.x=1"][..],
            "Error: Table nosuch does not exist\n",
        ),
        (
            &["node=n1", "ppc.id=1", "ppc.x=1"],
            "Error: ppc.x not a valid table.column description\n",
        ),
        (
            &["node=n1", "ppc.id=1", "site.value=1"],
            "Error: no such column: node, in table site\n",
        ),
        (
            &["x=1", "ppc.x=1"],
            "Error: no such column: x, in table ppc\n",
        ),
        (&["node=n1", "ppc.id"], "Error: Malformed argument ppc.id"),
        (
            &["id=1", "ppc.hcp=x"],
            "Error: a row of table 'ppc' needs a value in column 'node'\n",
        ),
        (&["node=n1"], "Error: nothing is to be set"),
        (&["-d", "node=n1"], "Error: Missing table name.\n"),
        (
            &["-d", "node=n1", "site"],
            "Error: no such column: node, in table site\n",
        ),
        (
            &["-d", "node=", "ppc"],
            "Error: which rows? Malformed argument node=",
        ),
        (&["ppc.id=1"], "Error: nothing is to be set"),
        (&[], "Error: which rows?"),
    ] {
        world.run("chtab", arguments).refused(error);
        assert_eq!(row(&world, "ppc"), "", "{arguments:?}");
    }
}
