//! `tabedit`: what comes back from an editor. The editors are `sed` and
//! scripts; a terminal for the questions is made with `script`.

use std::fs;

use crate::world::World;

/// A world with two settings, and a folder for the texts.
fn world() -> World {
    let mut world = World::new();
    let folder = world.folder().join("tmp");
    fs::create_dir(&folder).unwrap();
    world.set("TMPDIR", &folder);
    world.run("chtab", ["key=a", "site.value=1"]).ok("");
    world.run("chtab", ["key=b", "site.value=2"]).ok("");
    world
}

/// Whether no text is left behind.
fn is_tidy(world: &World) -> bool {
    fs::read_dir(world.folder().join("tmp")).unwrap().count() == 0
}

const EDITED: &str = "#key,value,comments,disable\n\"a\",\"7\",,\n\"b\",\"2\",,\n";

#[test]
fn what_was_edited_is_put_back() {
    let mut world = world();
    world.set("EDITOR", "sed -i 's/\"1\"/\"7\"/'");
    world.run("tabedit", ["site"]).ok("");
    world.run("tabdump", ["site"]).ok(EDITED);
    assert!(is_tidy(&world));
    world
        .run("tabedit", ["site"])
        .ok("No file modifications detected, not restoring.\n");
    // TABEDITOR comes before EDITOR, and all tables are one change.
    world.set("TABEDITOR", "sed -i '$ a x,y'");
    world.run("tabedit", ["policy", "site", "site"]).ok("");
    world.run("gettab", ["key=x", "site.value"]).ok("y\n");
    world.run("gettab", ["priority=x", "policy.name"]).ok("y\n");
    assert!(is_tidy(&world));
}

#[test]
fn an_editor_that_fails_changes_nothing() {
    let mut world = world();
    let before = world.run("tabdump", ["site"]).good();
    world.set("EDITOR", "false");
    world.run("tabedit", ["site"]).fails(
        "",
        "Error: false failed (exit status: 1): nothing was changed\n",
    );
    assert!(is_tidy(&world));
    world.set("EDITOR", "bash -c 'sed -i s/1/7/ $0; exit 3'");
    let ran = world.run("tabedit", ["site"]);
    assert!(
        ran.err.contains("nothing was changed; your text is in"),
        "{ran:?}"
    );
    assert!(!is_tidy(&world));
    world.run("tabdump", ["site"]).ok(&before);
    world.set("EDITOR", "/no/such/editor");
    world
        .run("tabedit", ["site"])
        .refused("Error: cannot start /no/such/editor: No such file");
}

#[test]
fn a_text_that_does_not_fit_is_refused_and_kept() {
    let mut world = world();
    let before = world.run("tabdump", ["site"]).good();
    world.set("EDITOR", "sed -i '$ a \"x'");
    let ran = world.run("tabedit", ["policy", "site"]);
    assert!(
        ran.err.starts_with("Error: policy.csv:2: a \" is never closed\nError: nothing was changed; your text is in "),
        "{ran:?}"
    );
    let folder = ran.err.trim_end().rsplit(' ').next().unwrap();
    assert!(
        fs::read_to_string(format!("{folder}/site.csv"))
            .unwrap()
            .ends_with("\"x\n")
    );
    world.run("tabdump", ["site"]).ok(&before);
}

#[test]
fn on_a_terminal_it_can_be_edited_again() {
    let mut world = world();
    let editor = "if [ -e ~/once ]; then sed -i 's/^.x$//; s/\"1\"/\"7\"/' $1\n\
                  else touch ~/once; echo '\"x' >> $1; fi\n";
    let path = world.file("editor.sh", editor);
    world.set("EDITOR", format!("bash {}", path.display()));
    let ran = world.sh("echo | script -qec 'tabedit site' /dev/null");
    assert!(ran.out.contains("hit enter to edit it again"), "{ran:?}");
    world.run("tabdump", ["site"]).ok(EDITED);
    assert!(is_tidy(&world));
}

#[test]
fn what_others_change_meanwhile_stays() {
    let mut world = world();
    let other = world.file(
        "other.sh",
        "chtab key=b site.value=3; sed -i 's/\"1\"/\"7\"/' $1\n",
    );
    world.set("EDITOR", format!("bash {}", other.display()));
    world.run("tabedit", ["site"]).ok("");
    world
        .run("tabdump", ["site"])
        .ok(&EDITED.replace("\"2\"", "\"3\""));
    let other = world.file(
        "same.sh",
        "chtab key=a site.value=8; sed -i 's/\"7\"/\"9\"/' $1\n",
    );
    world.set("EDITOR", format!("bash {}", other.display()));
    let ran = world.run("tabedit", ["site"]);
    assert!(
        ran.err.starts_with(
            "Error: somebody else changed this row of table 'site' meanwhile: key=a\n"
        ),
        "{ran:?}"
    );
    world.run("gettab", ["key=a", "site.value"]).ok("8\n");
}

#[test]
fn logs_and_what_is_no_table_are_refused() {
    let world = world();
    world
        .run("tabedit", ["auditlog"])
        .refused("Error: 'auditlog' is a log and may not be edited");
    world
        .run("tabedit", ["nosuch"])
        .refused("Error: No such table: nosuch");
    world.run("tabedit", [""; 0]).refused("Error: which table?");
}

#[test]
fn a_dry_run_shows_and_keeps_nothing() {
    let world = World::new();
    world
        .run("chtab", ["key=master", "site.value=10.0.0.1"])
        .ok("");
    world
        .sh("EDITOR='sed -i s/10.0.0.1/10.0.0.2/' tabedit --dry-run site")
        .ok("site clustersite: changed\n    master: 10.0.0.1 -> 10.0.0.2\n");
    world
        .run("gettab", ["key=master", "site.value"])
        .ok("10.0.0.1\n");
}
