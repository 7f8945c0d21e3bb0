//! `undochange`: changes taken back, and back again.

use crate::world::World;

fn world() -> World {
    let world = World::new();
    world
        .run("nodeadd", ["n1-n3", "groups=lpar,all", "ppc.hcp=hmc1"])
        .ok("");
    world
        .run("nodech", ["n2", "ppc.hcp=hmc2", "ppc.id=7"])
        .ok("");
    world
}

fn dump(world: &World) -> String {
    world
        .sh("tabdump nodelist; tabdump ppc; tabdump ppchcp")
        .good()
}

#[test]
fn an_undone_change_can_be_done_again() {
    let world = world();
    let after = dump(&world);
    world
        .run("undochange", ["2"])
        .ok("Change 2 is undone; undochange 3 brings it back.\n");
    let before = dump(&world);
    assert!(!before.contains("hmc2"), "{before}");
    world
        .run("undochange", ["2"])
        .refused("Error: change 2 was already undone by change 3; undochange 3 brings it back");
    world
        .run("undochange", ["3"])
        .ok("Change 3 is undone; undochange 4 brings it back.\n");
    assert_eq!(dump(&world), after);
    world
        .run("undochange", ["2"])
        .ok("Change 2 is undone; undochange 5 brings it back.\n");
    assert_eq!(dump(&world), before);
    world
        .run("undochange", ["1"])
        .ok("Change 1 is undone; undochange 6 brings it back.\n");
    world.run("nodels", [""; 0]).ok("");
}

#[test]
fn later_changes_are_kept_unless_forced() {
    let world = world();
    world.run("nodech", ["n2", "ppc.hcp=hmc3"]).ok("");
    let before = dump(&world);
    let conflict = "node n2: hcp was hmc2 after the change and is hmc3 now (change 3)\n";
    let refused = "Error: change 2 was not undone: the same values were changed since; undo \
                   those changes first, or use --force\n";
    world
        .run("undochange", ["2"])
        .fails("", &format!("Error: {conflict}{refused}"));
    assert_eq!(dump(&world), before);
    let shown = "node n2: changed\n    hcp: hmc3 -> hmc1\n    id: 7 -> (none)\n";
    let ran = world.run("undochange", ["2", "--force", "--dry-run"]);
    assert_eq!(
        (ran.out.as_str(), ran.err, ran.code),
        (shown, format!("Warning: {conflict}"), Some(0))
    );
    assert_eq!(dump(&world), before);
    let ran = world.run("undochange", ["-f", "2"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    world.run("gettab", ["node=n2", "ppc.hcp"]).ok("hmc1\n");
}

#[test]
fn a_password_is_not_put_back_and_that_is_said() {
    let world = world();
    world
        .run(
            "chtab",
            ["hcp=hmc1", "ppchcp.username=a", "ppchcp.password=abc123"],
        )
        .ok("");
    world.run("chtab", ["-d", "hcp=hmc1", "ppchcp"]).ok("");
    let left = "Error: node hmc1: password is a password, which the journal does not keep; set \
                it again\n";
    world
        .run("undochange", ["4"])
        .fails("Change 4 is undone; undochange 5 brings it back.\n", left);
    world
        .run("gettab", ["hcp=hmc1", "ppchcp.username"])
        .ok("a\n");
}

#[test]
fn a_change_that_there_is_not_cannot_be_undone() {
    let world = world();
    world
        .run("undochange", ["9"])
        .refused("Error: there is no change 9 in the journal");
    world
        .run("undochange", [""; 0])
        .refused("Error: which change?\n");
}
