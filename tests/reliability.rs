//! Nothing is lost: killed commands, commands at the same time, closed pipes,
//! and definitions that go out and come in again.

mod damage;
mod deeds;
mod every;
mod interrupted;
mod killed;
mod limits;
mod places;
mod together;

use std::io::Write;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::world::{World, bin_folder};

/// So many nodes, with attributes in several tables.
fn stanzas(nodes: usize) -> String {
    let stanza = |n| {
        format!(
            "n{n:04}:\n\tobjtype=node\n\tgroups=lpar,all\n\tmgt=hmc\n\thwtype=lpar\n\tid={n}\n\
             \thcp=hmc01\n\tip=10.0.{}.{}\n\tos=AIX\n\tserial=S{n}\n\n",
            n / 250,
            n % 250
        )
    };
    (0..nodes).map(stanza).collect()
}

#[test]
fn a_killed_command_leaves_the_old_or_the_new_database() {
    let input = stanzas(600);
    let (mut old, mut new) = (0, 0);
    for round in 0..40 {
        let world = World::new();
        world
            .run("mkdef", ["-t", "node", "-o", "before", "groups=all"])
            .good();
        let mut child = world
            .command(bin_folder().join("mkdef"))
            .arg("-z")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let text = input.clone();
        let writer = thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
        thread::sleep(Duration::from_millis(round * 3));
        child.kill().unwrap();
        child.wait().unwrap();
        writer.join().unwrap();
        let counts = ["nodelist", "ppc", "hosts", "nodehm", "vpd"].map(|table| {
            let dump = world.run("tabdump", [table]).good();
            dump.lines().filter(|l| l.starts_with("\"n0")).count()
        });
        match counts {
            [0, 0, 0, 0, 0] => old += 1,
            [600, 600, 600, 600, 600] => new += 1,
            torn => panic!("round {round}: {torn:?}"),
        }
    }
    assert!(
        old + new == 40 && old > 0,
        "{old} times the old database, {new} times the new"
    );
}

#[test]
fn commands_at_the_same_time_wait_and_all_succeed() {
    let world = World::new();
    world
        .run("mkdef", ["-t", "node", "-o", "n1", "groups=all"])
        .good();
    thread::scope(|scope| {
        for number in 0..50 {
            let world = &world;
            scope.spawn(move || {
                let groups = format!("groups=g{number}");
                world
                    .run("chdef", ["-t", "node", "-o", "n1", "-p", &groups])
                    .ok("1 object definitions have been created or modified.\n");
            });
        }
    });
    let groups = world.run("lsdef", ["n1", "-i", "groups", "-c"]).good();
    let mut groups: Vec<&str> = groups
        .trim()
        .trim_start_matches("n1: groups=")
        .split(',')
        .collect();
    groups.sort_unstable();
    groups.dedup();
    assert_eq!(groups.len(), 51, "{groups:?}");
}

#[test]
fn a_closed_pipe_ends_a_listing_quietly() {
    let world = World::new();
    world.feed("mkdef", ["-z"], &stanzas(3000)).good();
    for command in [
        "lsdef -t node -l",
        "lsdef -t node -z",
        "nodels all",
        "tabdump ppc",
    ] {
        let ran = world.sh(&format!("{command} | head -n 1 > /dev/null"));
        assert_eq!((ran.err.as_str(), ran.code), ("", Some(0)), "{command}");
    }
}

#[test]
fn definitions_come_back_byte_for_byte() {
    let world = World::new();
    for words in [
        &[
            "-t",
            "node",
            "-o",
            "hmc01",
            "groups=hmc,all",
            "nodetype=ppc",
            "hwtype=hmc",
            "mgt=hmc",
            "username=hscroot",
            "password=abc123",
        ][..],
        &[
            "-t",
            "network",
            "-o",
            "net1",
            "net=9.114.113.224",
            "mask=255.255.255.224",
            "gateway=9.114.113.254",
        ],
        &[
            "-t",
            "osimage",
            "-o",
            "610sysb",
            "imagetype=NIM",
            "osname=AIX",
            "nimtype=standalone",
            "nimmethod=mksysb",
            "spot=610spot",
        ],
        &[
            "-t",
            "node",
            "-o",
            "odd",
            "groups=all",
            "usercomment=it's \"quoted\" # not a comment, a=b",
        ],
        &[
            "-t", "group", "-o", "dyn", "-d", "-w", "mgt==hmc", "-w", "id=~1$",
        ],
    ] {
        world.run("mkdef", words).good();
    }
    world.feed("mkdef", ["-z"], &stanzas(50)).good();
    let stanzas = world.run("lsdef", ["-a", "-l", "-z"]).good();
    let other = World::new();
    other
        .feed("mkdef", ["-z"], &stanzas)
        .ok("58 object definitions have been created or modified.\n");
    assert_eq!(other.run("lsdef", ["-a", "-l", "-z"]).good(), stanzas);
    for table in [
        "nodelist",
        "ppc",
        "ppchcp",
        "networks",
        "osimage",
        "nimimage",
        "nodegroup",
    ] {
        assert_eq!(
            other.run("tabdump", [table]).good(),
            world.run("tabdump", [table]).good()
        );
    }
}

#[test]
fn a_wrong_stanza_file_changes_nothing() {
    let world = World::new();
    let _ = world
        .run("chdef", ["-t", "site", "strictvalues=yes"])
        .good();
    let text = format!("{}broken line without a sign\n", stanzas(5));
    let ran = world.feed("mkdef", ["-z"], &text);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("line"), "the place is named: {}", ran.err);
    world
        .run("nodels", ["all"])
        .refused("Error: Invalid nodes and/or groups in noderange: all");
}
