//! `tabch`: what `chtab` does, under its other name.

use crate::world::World;

#[test]
fn rows_are_set_appended_to_and_removed() {
    let world = World::new();
    let post = |words: &[&str]| world.run("tabch", words);
    post(&["node=n1", "postscripts.postscripts=a"]).ok("");
    post(&["node=n1", "postscripts.postscripts+=b"]).ok("");
    world
        .run("gettab", ["node=n1", "postscripts.postscripts"])
        .ok("a,b\n");
    post(&["--dry-run", "-d", "node=n1", "postscripts"])
        .ok("node n1: changed\n    postscripts: a,b -> (none)\n");
    post(&["--dry-run", "node=n2", "nodehm.mgt=hmc", "ppc.hcp=h"])
        .ok("node n2: changed\n    hcp: (none) -> h\n    mgt: (none) -> hmc\n");
    world
        .run("gettab", ["node=n1", "postscripts.postscripts"])
        .ok("a,b\n");
    post(&["-d", "node=n1", "postscripts"]).ok("");
    world
        .run("gettab", ["node=n1", "postscripts.postscripts"])
        .ok("");
    post(&["-d", "node=n1"]).refused("Error: Missing table name.");
    let version = world.run("tabch", ["-v"]).good();
    assert!(version.starts_with("tabch - Version "), "{version}");
}
