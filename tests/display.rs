//! `--json` of the listing commands, and passwords on a terminal.

use serde_json::{Value, json};

use crate::world::World;

fn world() -> World {
    let world = World::new();
    world
        .sh("mkdef -t node -o n1,n2 groups=lpar,all nicips.eth0=10.0.0.1")
        .good();
    world.sh("chdef -t group -o lpar mgt=hmc").good();
    world
        .sh("mkdef hmc1 groups=hmc nodetype=ppc hwtype=hmc mgt=hmc username=a password=abc123")
        .good();
    world
}

fn json_of(world: &World, line: &str) -> Value {
    serde_json::from_str(&world.sh(line).good()).unwrap()
}

#[test]
fn listings_are_one_json_document() {
    let world = world();
    for (line, want) in [
        (
            "lsdef --json",
            json!([
                {"type": "node", "name": "hmc1", "attributes": {}},
                {"type": "node", "name": "n1", "attributes": {}},
                {"type": "node", "name": "n2", "attributes": {}},
            ]),
        ),
        (
            "lsdef --json n1",
            json!([{"type": "node", "name": "n1", "attributes":
                {"groups": "lpar,all", "mgt": "hmc", "nicips.eth0": "10.0.0.1"}}]),
        ),
        ("lsdef --json all -i mgt,os -w name==n2", json!([])),
        (
            "lsdef --json n1,n2 -i mgt,os",
            json!([
                {"type": "node", "name": "n1", "attributes": {"mgt": "hmc", "os": null}},
                {"type": "node", "name": "n2", "attributes": {"mgt": "hmc", "os": null}},
            ]),
        ),
        ("lsdef --json -t osimage", json!([])),
        (
            "nodels --json hmc1",
            json!([{"node": "hmc1", "values": []}]),
        ),
        (
            "nodels --json n1 nodehm.mgt ppc.hcp",
            json!([{"node": "n1", "values": [
                {"column": "nodehm.mgt", "value": "hmc", "group": "lpar"},
                {"column": "ppc.hcp", "value": null, "group": null},
            ]}]),
        ),
        ("nodels --json all ppc.hcp==x", json!([])),
        ("tabdump --json passwd", json!([])),
        (
            "tabdump --json -w node==hmc1 nodehm | grep -c hmc",
            json!(1),
        ),
        (
            "gettab --json node=hmc1 nodehm.mgt nodehm.cons",
            json!([
                {"column": "nodehm.mgt", "value": "hmc"},
                {"column": "nodehm.cons", "value": null},
            ]),
        ),
        ("gettab --json node=n9 nodehm.mgt", json!([])),
    ] {
        assert_eq!(json_of(&world, line), want, "{line}");
    }
    let tables = json_of(&world, "tabdump --json");
    assert!(tables.as_array().unwrap().contains(&json!("nodehm")));
    let tables = json_of(&world, "tabgrep --json n1");
    assert!(tables.as_array().unwrap().contains(&json!("nodelist")));
    let rows = json_of(&world, "tabdump --json ppchcp");
    assert_eq!(rows[0]["password"], json!("abc123"));
    assert_eq!(rows[0]["comments"], json!(null));
    let missing = world.run("lsdef", ["--json", "n1,n9", "-i", "mgt"]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
}

#[test]
fn passwords_are_not_shown_on_a_terminal() {
    let world = world();
    world.sh("chtab node=hmc1 ipmi.password=abc123").ok("");
    for line in [
        "lsdef -l hmc1",
        "lsdef -z hmc1",
        "lsdef --json hmc1",
        "nodels hmc1 ipmi.password",
        "tabdump ppchcp",
        "tabdump --json ppchcp",
        "gettab hcp=hmc1 ppchcp.password",
    ] {
        let terminal = |line: &str| world.sh(&format!("script -qec '{line}' /dev/null")).good();
        let watched = terminal(line);
        assert!(watched.contains("********"), "{line}: {watched}");
        assert!(!watched.contains("abc123"), "{line}: {watched}");
        let asked = terminal(&format!("{line} --show-secrets"));
        assert!(asked.contains("abc123"), "{line}: {asked}");
        let piped = world.sh(&format!("{line} | cat")).good();
        assert!(piped.contains("abc123"), "{line}: {piped}");
    }
}
