//! `lsvm` on the simulated site.

use simsite::{Config, Fault, Site};

use crate::world::World;

/// The site, scanned; a connection is tried once.
fn site() -> (World, Site) {
    World::scanned(Config::default_site())
}

#[test]
fn the_profile_that_counts_is_printed_as_the_hmc_printed_it() {
    let (world, site) = site();
    let before = site.commands("hmc01").len();
    let out = world.run("lsvm", ["node01"]).good();
    let row = out.lines().next().unwrap();
    assert!(row.starts_with("node01: name=lpar9,lpar_name=node01,lpar_id=9,"));
    assert!(
        row.contains(",\"virtual_serial_adapters=0/server/1/any//any/1,1/server/1/any//any/1\",")
    );
    assert_eq!(out, format!("{row}\n\n\n"));
    assert_eq!(
        site.commands("hmc01")[before..],
        [
            "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,state,default_profile,curr_profile,rmc_state",
            "lssyscfg -r prof -m '9117-MMA*10F6F3D' --filter 'lpar_ids=9'",
        ]
    );
    let all = world.run("lsvm", ["node01", "--all"]).good();
    let rows: Vec<_> = all.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(rows[0], row);
    assert!(
        rows[1].starts_with("name=backup,lpar_name=node01,"),
        "{all}"
    );
    assert_eq!(all, format!("{}\n\n{}\n\n\n", rows[0], rows[1]));
}

#[test]
fn a_system_is_one_question_and_nodes_come_in_their_order() {
    let (world, site) = site();
    let before = site.commands("hmc01").len() + site.commands("hmc02").len();
    let out = world
        .run(
            "lsvm",
            ["web01,node04,db01,Server-9117-MMA-SN10F6F3D,node03"],
        )
        .good();
    let heads: Vec<_> = out
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.split(",lpar_id").next().unwrap())
        .collect();
    assert_eq!(
        heads,
        [
            "Server-9117-MMA-SN10F6F3D: name=lpar05,lpar_name=lpar05",
            "name=lpar9,lpar_name=node01",
            "name=lpar6,lpar_name=node02",
            "name=normal,lpar_name=node03",
            "name=normal,lpar_name=node04",
            "name=default,lpar_name=vios1",
            "db01: name=default_profile,lpar_name=db01",
            "node03: name=normal,lpar_name=node03",
            "node04: name=normal,lpar_name=node04",
            "web01: name=default_profile,lpar_name=web01",
        ]
    );
    let after = site.commands("hmc01").len() + site.commands("hmc02").len();
    // Partitions and profiles of three systems.
    assert_eq!(after - before, 6);
}

#[test]
fn json_and_lines_show_the_attributes() {
    let (world, _site) = site();
    let out = world.run("lsvm", ["node03,nosuch1,node04", "--json"]);
    out.refused("Error: ");
    let text = world.run("lsvm", ["node03,node04", "--json"]).good();
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read[0]["node"], "node03");
    assert_eq!(read[1]["profiles"][0]["lpar_id"], "4");
    assert_eq!(
        read[0]["profiles"][0]["virtual_serial_adapters"],
        "0/server/1/any//any/1,1/server/1/any//any/1"
    );
    let lines = world.run("lsvm", ["-l", "node03"]).good();
    assert!(lines.starts_with("node03: profile \"normal\" of LPAR \"node03\"\n    name=normal\n"));
    assert!(
        lines.contains("\n    virtual_serial_adapters: 1/server/1/any//any/1\n"),
        "{lines}"
    );
}

#[test]
fn each_way_to_fail_is_one_line_a_node() {
    let (mut world, site) = site();
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "5")]]);
    world.bad_definitions();
    let ran = world.run("lsvm", ["node03,gone,node0x,bare,hmc01"]);
    let expected = [
        "bare: hwtype of bare is not set;",
        "gone: Node not found: 9117-MMA*10F6F3D has no LPAR with id 77",
        "hmc01: Invalid node type: hmc",
        "node03: name=normal,",
        "node0x: id of node0x is not set;",
    ];
    ran.lines_begin(&expected);
    // The number of one LPAR, the name of another.
    world.run("chdef", ["node02", "id=3"]).good();
    let ran = world.run("lsvm", ["node02"]);
    ran.lines_begin(&["node02: id 3 of 9117-MMA*10F6F3D is the LPAR \"node03\", and the LPAR \"node02\" has id 7;"]);
    for (number, (fault, text)) in [
        (Fault::Down, "cannot reach hmc01: "),
        (Fault::Hang, "hmc01 did not finish the command within 5 s"),
        (Fault::Garbage, "hmc01 answered lssyscfg with something"),
    ]
    .into_iter()
    .enumerate()
    {
        site.heal("hmc01");
        site.fault("hmc01", fault);
        world.new_home(&format!("home{number}"));
        world
            .run("lsvm", ["node03"])
            .refused(&format!("node03: Error: {text}"));
    }
    site.heal("hmc01");
    site.fault("hmc01", Fault::NoAuthority);
    world.run("lsvm", ["node03"]).fails(
        "node03: HSCL350B The user does not have the appropriate authority\n",
        "",
    );
    site.heal("hmc01");
    for state in ["No Connection", "Failed Authentication"] {
        site.set_state("Server-9117-MMA-SN10F6F3D", state).unwrap();
        let ran = world.run("lsvm", ["node03,Server-9117-MMA-SN10F6F3D"]);
        ran.lines_begin(&["Server-9117-MMA-SN10F6F3D: HSCL0237 ", "node03: HSCL0237 "]);
    }
}

#[test]
fn wrong_usage_is_refused() {
    let (world, _site) = site();
    world
        .run("lsvm", ["node01", "--p775"])
        .refused("Error: unexpected argument '--p775'");
    world
        .run("lsvm", ["nosuch"])
        .refused("Error: Invalid nodes and/or groups in noderange: nosuch");
    let empty = World::new();
    empty
        .run("lsvm", ["node01"])
        .refused("Error: Invalid nodes and/or groups in noderange: node01");
}
