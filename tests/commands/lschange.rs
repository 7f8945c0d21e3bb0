//! `lschange`: the journal, listed and shown.

use serde_json::Value;

use crate::world::World;

fn world() -> World {
    let mut world = World::new();
    world.set("USER", "root");
    world
        .run("nodeadd", ["n1-n3", "groups=lpar,all", "ppc.hcp=hmc1"])
        .ok("");
    world.set("SUDO_USER", "alice");
    world.run("nodech", ["n2", "ppc.hcp=hmc2"]).ok("");
    world
        .run(
            "chtab",
            ["hcp=hmc1", "ppchcp.username=a", "ppchcp.password=abc123"],
        )
        .ok("");
    world
}

fn numbers(world: &World, arguments: &[&str]) -> String {
    let lines = world.run("lschange", arguments).good();
    let numbers = lines.lines().map(|l| l.split(' ').next().unwrap());
    numbers.collect::<Vec<_>>().join(" ")
}

#[test]
fn changes_are_found_by_object_type_user_and_time() {
    let world = world();
    for (arguments, want) in [
        (&[][..], "1 2 3"),
        (&["-n", "2"], "2 3"),
        (&["-n", "0"], ""),
        (&["-o", "n2"], "1 2"),
        (&["-o", "n2", "-n", "1"], "2"),
        (&["-o", "lpar"], "1 2"),
        (&["-o", "hmc1"], "3"),
        (&["-o", "n9"], ""),
        (&["-t", "node"], "1 2 3"),
        (&["-t", "osimage"], ""),
        (&["-u", "alice"], "2 3"),
        (&["-u", "root"], "1 2 3"),
        (&["-u", "bob"], ""),
        (&["--since", "1h"], "1 2 3"),
        (&["--until", "1h"], ""),
        (&["--since", "2020-01-01", "--until", "2020-12-31"], ""),
    ] {
        assert_eq!(numbers(&world, arguments), want, "{arguments:?}");
    }
    let line = world.run("lschange", ["-n", "1"]).good();
    assert!(line.contains("  root (alice)  chtab "), "{line}");
    world.run("noderm", ["n3"]).ok("");
    assert_eq!(numbers(&world, &["-o", "n3"]), "1 4");
}

#[test]
fn a_change_is_shown_without_its_passwords() {
    let world = world();
    let shown = world.run("lschange", ["3"]).good();
    let want = "node hmc1: changed\n    password: (none) -> ********\n    username: (none) -> a\n";
    assert!(shown.ends_with(want), "{shown}");
    let all = world.sh("lschange; lschange 3; lschange --json 3").good();
    assert!(!all.contains("abc123"), "{all}");
    let one = world.run("lschange", ["1", "-o", "n3"]).good();
    assert_eq!(one.matches("node ").count(), 1, "{one}");
}

#[test]
fn json_is_typed() {
    let world = world();
    let list: Value = serde_json::from_str(&world.run("lschange", ["--json"]).good()).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 3);
    assert_eq!(list[1]["number"], 2);
    assert_eq!(list[1]["undoes"], Value::Null);
    let one = world.run("lschange", ["2", "--json"]).good();
    let one: Value = serde_json::from_str(&one).unwrap();
    let object = &one["objects"][0];
    assert_eq!(
        (&object["type"], &object["action"]),
        (&"node".into(), &"changed".into())
    );
    let value = &object["values"][0];
    assert_eq!(value["attribute"], "hcp");
    assert_eq!(
        (&value["old"], &value["new"]),
        (&"hmc1".into(), &"hmc2".into())
    );
    assert_eq!(value["secret"], false);
    let none = world.run("lschange", ["--json", "-u", "nobody"]).good();
    assert_eq!(none, "[]\n");
}

#[test]
fn what_cannot_be_shown_is_said() {
    let world = world();
    for (arguments, error) in [
        (&["9"][..], "Error: there is no change 9 in the journal"),
        (&["--since", "tomorrow"], "Error: 'tomorrow' is no time"),
        (&["-t", "nosuch"], "Error: 'nosuch' is no type of object"),
        (&["-o", "n1("], "Error: expected"),
        (
            &["2", "-n", "1"],
            "Error: -n, -u, --since and --until choose",
        ),
        (&["x"], "Error: invalid value 'x'"),
    ] {
        world.run("lschange", arguments).refused(error);
    }
}
