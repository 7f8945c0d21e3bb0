//! `tabrestore`: a file in, whole or not at all.

use std::time::Duration;

use crate::world::World;

const POLICY: &str =
    "#priority,name,host,commands,noderange,parameters,time,rule,comments,disable\n";

fn policy(rows: &[&str]) -> String {
    let rows = rows.iter().map(|row| format!("{row}\n"));
    POLICY.to_owned() + &rows.collect::<String>()
}

#[test]
fn what_was_dumped_is_restored_byte_for_byte() {
    let world = World::new();
    let values = [
        "a \"b\", c\nd",
        "#x=y",
        "é, \"\"\"",
        " ends in blanks ",
        "|n(\\d+)|10.0.0.($1+0)|",
    ];
    for (number, value) in values.iter().enumerate() {
        let key = format!("node=n{number}");
        world
            .run("chtab", [&key, &format!("nodehm.comments={value}")])
            .ok("");
    }
    let before = world.run("tabdump", ["nodehm"]).good();
    world.file("nodehm.csv", &before);
    world.run("chtab", ["-d", "node=n0", "nodehm"]).ok("");
    world.run("tabrestore", ["nodehm.csv"]).ok("");
    world.run("tabdump", ["nodehm"]).ok(&before);
    // Again, beside a row that is in the way, and from standard input.
    world.run("chtab", ["node=zz", "nodehm.mgt=hmc"]).ok("");
    world
        .feed("tabrestore", ["-t", "nodehm", "-"], &before)
        .ok("");
    world.run("tabdump", ["nodehm"]).ok(&before);
}

#[test]
fn rows_are_compared_and_only_what_differs_is_written() {
    let world = World::new();
    let site = "#key,value,comments,disable\n\"a\",\"1\",,\n\"b\",\"2\",,\n\"c\",\"3\",,\n";
    world.file("site.csv", site);
    world
        .run("tabrestore", ["--dry-run", "site.csv"])
        .ok("site clustersite: changed\n    a: (none) -> 1\n    b: (none) -> 2\n    c: (none) -> 3\nsite: 3 added, 0 changed, 0 removed, 0 as they were\n");
    world
        .run("tabdump", ["site"])
        .ok("#key,value,comments,disable\n");
    world.run("tabrestore", ["site.csv"]).ok("");
    world.file("site.csv", "#value,key,comments\n7,b,\"x y\"\n3,c,\n4,d,\n");
    let counts = "site: 1 added, 1 changed, 1 removed, 1 as they were\n";
    let out = world.run("tabrestore", ["--dry-run", "site.csv"]).good();
    let changes = ["a: 1 -> (none)", "b: 2 -> 7", "d: (none) -> 4"];
    assert!(out.ends_with(counts), "{out}");
    assert!(changes.iter().all(|c| out.contains(c)), "{out}");
    let ran = world.run("tabrestore", ["-V", "site.csv"]);
    assert_eq!((ran.err.as_str(), ran.code), (counts, Some(0)));
    world
        .run("tabdump", ["site"])
        .ok("#key,value,comments,disable\n\"b\",\"7\",\"x y\",\n\"c\",\"3\",,\n\"d\",\"4\",,\n");
}

#[test]
fn rows_are_added_where_none_has_their_key() {
    let world = World::new();
    world.file("policy.csv", &policy(&["1,root,,,,,,allow,,"]));
    world.run("tabrestore", ["policy.csv"]).ok("");
    world.file(
        "more.csv",
        &policy(&["2,alice,,,,,,allow,,", "1,root,,,,,,allow,,"]),
    );
    world
        .run("tabrestore", ["-a", "-t", "policy", "more.csv"])
        .ok("");
    world.file(
        "more.csv",
        &policy(&["3,bob,,,,,,allow,,", "1,eve,,,,,,allow,,"]),
    );
    world
        .run("tabrestore", ["-a", "-t", "policy", "more.csv"])
        .fails(
            "",
            "Error: more.csv:3: table 'policy' has another row with this key: priority=1\n",
        );
    let rows = [
        "\"1\",\"root\",,,,,,\"allow\",,",
        "\"2\",\"alice\",,,,,,\"allow\",,",
    ];
    world.run("tabdump", ["policy"]).ok(&policy(&rows));
}

#[test]
fn keys_of_several_columns_may_have_empty_parts() {
    let world = World::new();
    let header = "#key,username,password,cryptmethod,authdomain,comments,disable\n";
    let rows = [
        "\"hmc\",\"hscroot\",\"a\",,,,",
        "\"hmc\",\"padmin\",\"b\",,,,",
        "\"system\",,\"c\",,,,",
        "\"system\",,\"d\",,,,",
    ];
    let all = format!("{header}{}\n", rows.join("\n"));
    world.file("passwd.csv", &all);
    world.run("tabrestore", ["passwd.csv"]).ok("");
    world.run("tabdump", ["passwd"]).ok(&all);
    world
        .run("tabrestore", ["--dry-run", "passwd.csv"])
        .ok("passwd: 0 added, 0 changed, 0 removed, 4 as they were\n");
    let fewer = format!("{header}{}\n{}\n", rows[1], rows[3]);
    world.file("passwd.csv", &fewer);
    world.run("tabrestore", ["passwd.csv"]).ok("");
    world.run("tabdump", ["passwd"]).ok(&fewer);
}

#[test]
fn rows_of_logs_keep_their_numbers_unless_they_are_added() {
    let world = World::new();
    for number in 1..=3 {
        let word = format!("auditlog.args=c{number}");
        world
            .run("chtab", [&format!("userid=u{number}"), &word])
            .ok("");
    }
    world.run("chtab", ["-d", "userid=u1", "auditlog"]).ok("");
    let before = world.run("tabdump", ["auditlog"]).good();
    world.file("auditlog.csv", &before);
    world.run("chtab", ["-d", "userid=u2", "auditlog"]).ok("");
    world.run("tabrestore", ["auditlog.csv"]).ok("");
    world.run("tabdump", ["auditlog"]).ok(&before);
    world.run("tabrestore", ["-a", "auditlog.csv"]).ok("");
    let after = world.run("tabdump", ["auditlog"]).good();
    let numbers: Vec<&str> = after.lines().skip(1).map(|l| &l[..3]).collect();
    assert_eq!(numbers, ["\"2\"", "\"3\"", "\"4\"", "\"5\""]);
    world.file("auditlog.csv", "#recid,userid\nx,u\n");
    world.run("tabrestore", ["auditlog.csv"]).fails(
        "",
        "Error: auditlog.csv:2: 'x' in column 'recid' is not a number\n",
    );
}

#[test]
fn a_file_that_does_not_fit_changes_nothing() {
    let world = World::new();
    world.file("site.csv", "#key,value\nmaster,mn\n");
    world.run("tabrestore", ["site.csv"]).ok("");
    let before = world.run("tabdump", ["site"]).good();
    for (text, error) in [
        (
            "key,value\n",
            "site.csv:1: the header line starting with # is missing",
        ),
        ("#key,val\n", "site.csv:1: table 'site' has no column 'val'"),
        (
            "#key,value,key\n",
            "site.csv:1: the column 'key' is named twice",
        ),
        ("#key,value\na,1\n\"b\n", "site.csv:3: a \" is never closed"),
        (
            "#key,value\na,1,2\n",
            "site.csv:2: the row has more values than",
        ),
        (
            "#key,value\na,1\n,2\n",
            "site.csv:3: the row has no value in column 'key'",
        ),
        (
            "#key,value\na,1\na,2\n",
            "site.csv:3: table 'site' has another row with this key: key=a",
        ),
        (
            "#key,value\nmaster,1\nmaster,2\n",
            "site.csv:3: table 'site' has another row",
        ),
    ] {
        world.file("site.csv", text);
        world
            .run("tabrestore", ["site.csv"])
            .refused(&format!("Error: {error}"));
        world.run("tabdump", ["site"]).ok(&before);
    }
    world
        .run("tabrestore", [""; 0])
        .refused("Error: which file?");
    world
        .run("tabrestore", ["-"])
        .refused("Error: standard input has no name");
    world
        .run("tabrestore", ["wrong.csv"])
        .refused("Error: cannot read wrong.csv: No such file");
    world.file("wrong.csv", "#a\n");
    world
        .run("tabrestore", ["wrong.csv"])
        .refused("Error: No such table: wrong");
}

#[test]
fn whoever_kills_it_finds_the_old_rows_or_the_new_ones() {
    let world = World::new();
    let rows = |value: &str| {
        let rows = (0..20_000).map(|n| format!("\"n{n:05}\",\"{value}\",,,,,,,,,,,,,,\n"));
        "#node,power,mgt,cons,termserver,termport,conserver,serialport,serialspeed,serialflow,\
         getmac,cmdmapping,consoleondemand,consoleenabled,comments,disable\n"
            .to_owned()
            + &rows.collect::<String>()
    };
    let states = [rows("hmc"), rows("ipmi")];
    world.file("a.csv", &states[0]);
    world.file("b.csv", &states[1]);
    world.run("tabrestore", ["-t", "nodehm", "a.csv"]).ok("");
    let program = crate::world::bin_folder().join("tabrestore");
    for round in 0..12u64 {
        let file = if round % 2 == 0 { "b.csv" } else { "a.csv" };
        let mut child = world
            .command(&program)
            .args(["-t", "nodehm", file])
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(round * 37 % 400));
        // It may have ended already.
        drop(child.kill());
        child.wait().unwrap();
        let now = world.run("tabdump", ["nodehm"]).good();
        assert!(states.contains(&now), "round {round}: {}", &now[..200]);
    }
}

#[test]
fn whoever_writes_to_it_may_use_the_database() {
    let world = World::new();
    let line = "(tabdump site; chtab key=a site.value=1; echo b,2) | tabrestore -t site -; \
                tabdump site";
    world
        .sh(line)
        .ok("#key,value,comments,disable\n\"b\",\"2\",,\n");
}
