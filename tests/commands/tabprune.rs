//! `tabprune`: the journal and the logs shortened, tables emptied.

use crate::world::World;

/// Five entries of a log, the third switched off, the fourth and fifth recent.
fn log(world: &World) {
    for (time, disable) in [
        ("2020-01-01 10:00:00", "0"),
        ("2020-01-02 10:00:00", "0"),
        ("2020-01-03 10:00:00", "1"),
        ("2999-01-01 10:00:00", "0"),
        ("2999-01-02 10:00:00", "0"),
    ] {
        let time = format!("audittime={time}");
        let disable = format!("auditlog.disable={disable}");
        world
            .run("chtab", [time.as_str(), "auditlog.userid=root", &disable])
            .ok("");
    }
    assert_eq!(ids(world), "1 2 3 4 5");
}

fn ids(world: &World) -> String {
    let rows = world.run("tabdump", ["auditlog"]).good();
    let ids = rows.lines().skip(1).map(|l| l.split('"').nth(1).unwrap());
    ids.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_oldest_entries_of_a_log_go() {
    for (option, value, left) in [
        ("-n", "1", "2 3 4 5"),
        ("-n", "3", "3 5"),
        ("-n", "99", "3"),
        ("-i", "2", "2 3 4 5"),
        ("-i", "4", "3 4 5"),
        ("-p", "50", "3 4 5"),
        ("-p", "100", "3"),
        ("-d", "5", "3 4 5"),
    ] {
        let world = World::new();
        log(&world);
        let said = world
            .run("tabprune", ["auditlog", option, value, "--dry-run"])
            .good();
        assert!(said.ends_with(" entries of auditlog would go.\n"), "{said}");
        assert_eq!(ids(&world), "1 2 3 4 5");
        world
            .run("tabprune", ["auditlog", option, value])
            .ok("tabprune of auditlog complete.\n");
        assert_eq!(ids(&world), left, "{option} {value}");
    }
    let world = World::new();
    log(&world);
    world
        .run("tabprune", ["-a", "auditlog"])
        .ok("tabprune of auditlog complete.\n");
    assert_eq!(ids(&world), "");
}

#[test]
fn what_goes_can_be_kept_as_csv() {
    let world = World::new();
    log(&world);
    let kept = world.run("tabprune", ["auditlog", "-V", "-n", "2"]).good();
    let lines: Vec<&str> = kept.lines().collect();
    assert_eq!(lines.len(), 3, "{kept}");
    assert!(lines[0].starts_with("#recid,audittime,userid,"), "{kept}");
    assert!(
        lines[2].starts_with("\"2\",\"2020-01-02 10:00:00\",\"root\","),
        "{kept}"
    );
}

#[test]
fn the_journal_is_shortened_and_goes_on() {
    let world = World::new();
    world.run("nodeadd", ["n1-n3", "groups=all"]).ok("");
    world.run("nodech", ["n1", "ppc.hcp=h1"]).ok("");
    world.run("nodech", ["n1", "ppc.hcp=h2"]).ok("");
    let kept = world.run("tabprune", ["journal", "-n", "1", "-V"]).good();
    assert!(
        kept.starts_with("#id,time,user,command,undoes\n\"1\","),
        "{kept}"
    );
    world
        .run("tabprune", ["journal", "-d", "1"])
        .ok("tabprune of journal complete.\n");
    world
        .run("undochange", ["3"])
        .ok("Change 3 is undone; undochange 4 brings it back.\n");
    world.run("gettab", ["node=n1", "ppc.hcp"]).ok("h1\n");
    world
        .run("tabprune", ["journal", "-a"])
        .ok("tabprune of journal complete.\n");
    world.run("lschange", [""; 0]).ok("");
    world.run("nodech", ["n1", "ppc.hcp=h3"]).ok("");
    world
        .run("undochange", ["5"])
        .ok("Change 5 is undone; undochange 6 brings it back.\n");
}

#[test]
fn any_table_can_be_emptied_and_that_undone() {
    let world = World::new();
    world
        .run("nodeadd", ["n1-n3", "groups=all", "ppc.hcp=h1"])
        .ok("");
    let before = world.run("tabdump", ["ppc"]).good();
    world
        .run("tabprune", ["ppc", "-a"])
        .ok("tabprune of ppc complete.\n");
    assert_eq!(world.run("tabdump", ["ppc"]).good().lines().count(), 1);
    world
        .run("undochange", ["2"])
        .ok("Change 2 is undone; undochange 3 brings it back.\n");
    world.run("tabdump", ["ppc"]).ok(&before);
}

#[test]
fn one_option_says_what_goes() {
    let world = World::new();
    for (arguments, error) in [
        (
            &["auditlog"][..],
            "Error: One option -p or -i or -n or -a or -d must be supplied.",
        ),
        (&["auditlog", "-a", "-n", "1"], "Error: Only one option"),
        (&["-a"], "Error: Table name required."),
        (&["nosuch", "-a"], "Error: No such table: nosuch\n"),
        (
            &["nodelist", "-n", "1"],
            "Error: Table nodelist not supported",
        ),
        (&["auditlog", "-n", "x"], "Error: invalid value 'x'"),
    ] {
        world.run("tabprune", arguments).refused(error);
    }
}
