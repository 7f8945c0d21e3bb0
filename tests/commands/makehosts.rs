//! `makehosts`: lines of nodes in a hosts file.

use std::fs;

use crate::world::World;

const OLD: &str = "127.0.0.1 localhost\n# ours\n10.9.9.9 printer\n";

fn world() -> World {
    let world = World::new();
    world.file("hosts", OLD);
    world
        .run("chtab", ["key=domain", "site.value=x.org"])
        .ok("");
    world
        .run("nodeadd", ["n1-n3", "groups=aix", "hosts.hostnames=alias"])
        .ok("");
    world
        .run("chtab", ["node=aix", "hosts.ip=|n(\\d+)|10.0.0.($1+0)|"])
        .ok("");
    world
}

fn hosts(world: &World, words: &[&str]) -> String {
    let words = [&["--hosts-file", "hosts"], words].concat();
    world.run("makehosts", words).ok("");
    fs::read_to_string(world.home().join("hosts")).unwrap()
}

#[test]
fn nodes_are_added_replaced_and_removed_and_other_lines_stay() {
    let world = world();
    let line = |n: u8| format!("10.0.0.{n} n{n} n{n}.x.org alias\n");
    let all = format!("{OLD}{}{}{}", line(1), line(2), line(3));
    assert_eq!(hosts(&world, &["n2"]), format!("{OLD}{}", line(2)));
    assert_eq!(
        fs::read_to_string(world.home().join("hosts.xcatbak")).unwrap(),
        OLD
    );
    let second = format!("{OLD}{}{}{}", line(2), line(1), line(3));
    assert_eq!(hosts(&world, &[]), second);
    assert_eq!(hosts(&world, &["aix"]), second);
    assert_eq!(hosts(&world, &["-d", "n1,n3"]), format!("{OLD}{}", line(2)));
    world.run("nodech", ["n2", "hosts.ip=10.0.0.22"]).ok("");
    assert_eq!(
        hosts(&world, &["n2"]),
        format!("{OLD}10.0.0.22 n2 n2.x.org alias\n")
    );
    world.run("nodech", ["n2", "hosts.ip=10.0.0.2"]).ok("");
    assert_eq!(
        hosts(&world, &["-n"]),
        all.replace(OLD, "127.0.0.1 localhost\n")
    );
}

#[test]
fn names_stand_in_the_order_that_is_wanted() {
    let world = world();
    let line = |words: &[&str]| {
        let words = [words, &["n1"]].concat();
        hosts(&world, &words).lines().last().unwrap().to_owned()
    };
    assert_eq!(line(&["-l"]), "10.0.0.1 n1.x.org n1 alias");
    assert_eq!(line(&["-o"]), "10.0.0.1 alias n1.x.org n1");
    assert_eq!(line(&["-a"]), "10.0.0.1 n1 n1.x.org alias.x.org alias");
    world
        .run("chtab", ["key=FQDNfirst", "site.value=yes"])
        .ok("");
    assert_eq!(line(&[]), "10.0.0.1 n1.x.org n1 alias");
    world
        .run(
            "chtab",
            ["net=10.0.0.0,mask=255.0.0.0", "networks.domain=y.org"],
        )
        .ok("");
    assert_eq!(line(&[]), "10.0.0.1 n1.y.org n1 alias");
}

#[test]
fn further_interfaces_have_lines_of_their_own() {
    let world = world();
    let other = "hosts.otherinterfaces=-en1:10.1.0.1,rsa!fd00::1";
    world.run("nodech", ["n1", other]).ok("");
    let nics = [
        "nics.nicips=en2!10.2.0.1|10.3.0.1,ib0!|n(\\d+)|10.4.0.($1+20)|",
        "nics.nichostnamesuffixes=en2!-a|-b",
        "nics.nicaliases=ib0!|n(\\d+)|m($1)-ib0|",
    ];
    let words = [&["node=n1"], &nics[..]].concat();
    world.run("chtab", words).ok("");
    let want = [
        "10.0.0.1 n1 n1.x.org alias",
        "10.1.0.1 n1-en1 n1-en1.x.org",
        "fd00::1 rsa rsa.x.org",
        "10.2.0.1 n1-a n1-a.x.org",
        "10.3.0.1 n1-b n1-b.x.org",
        "10.4.0.21 n1-ib0 n1-ib0.x.org m1-ib0",
    ];
    let text = hosts(&world, &["n1"]);
    assert_eq!(text, format!("{OLD}{}\n", want.join("\n")));
    assert_eq!(hosts(&world, &["-d", "n1"]), OLD);
    world
        .run("chtab", ["node=n1", "mac.mac=00:21:5e:a3:76:b0"])
        .ok("");
    let text = hosts(&world, &["-m", "n1"]);
    assert_eq!(text, format!("{OLD}fe80::221:5eff:fea3:76b0 n1 n1.x.org\n"));
}

#[test]
fn what_is_no_address_or_name_never_gets_into_the_file() {
    let world = world();
    for (column, value, error) in [
        (
            "ip",
            "10.0.0.999",
            "'10.0.0.999' is not an address that 'n1' can have",
        ),
        (
            "ip",
            "127.0.0.1",
            "'127.0.0.1' is not an address that 'n1' can have",
        ),
        ("ip", "10.0.0.1 evil\n10.0.0.2", "'10.0.0.1 evil"),
        ("hostnames", "a#b", "'a#b' is not a host name"),
        (
            "otherinterfaces",
            "b c:10.0.0.7",
            "'b c' is not a host name",
        ),
    ] {
        let setting = format!("hosts.{column}={value}");
        let stored = world.run("chtab", ["node=n1", &setting]);
        assert_eq!(stored.code, Some(0), "{stored:?}");
        let ran = world.run("makehosts", ["--hosts-file", "hosts", "n1"]);
        assert!(
            ran.err.starts_with(&format!("Error: n1: {error}")),
            "{ran:?}"
        );
        assert_eq!(ran.code, Some(1));
        world
            .run(
                "chtab",
                [
                    "node=n1",
                    "hosts.ip=",
                    "hosts.hostnames=",
                    "hosts.otherinterfaces=",
                ],
            )
            .ok("");
    }
    let text = fs::read_to_string(world.home().join("hosts")).unwrap();
    assert!(!text.contains("evil") && !text.contains("a#b"), "{text}");
    world.run("nodeadd", ["m1", "groups=all"]).ok("");
    let ran = world.run("makehosts", ["--hosts-file", "hosts", "m1"]);
    assert_eq!(
        ran.err,
        "Warning: Ignoring node 'm1', it has no address in the hosts table\n"
    );
    assert_eq!(ran.code, Some(0));
}

#[test]
fn a_dry_run_prints_the_file_and_changes_nothing() {
    let world = world();
    world
        .run("makehosts", ["--dry-run", "--hosts-file", "hosts", "n1"])
        .ok(&format!("{OLD}10.0.0.1 n1 n1.x.org alias\n"));
    assert_eq!(fs::read_to_string(world.home().join("hosts")).unwrap(), OLD);
    world
        .run("makehosts", ["--hosts-file", "no/hosts", "n1"])
        .refused("Error: cannot lock no/hosts: No such file");
    world
        .run("makehosts", ["-d"])
        .refused("Error: the following required arguments were not provided");
}

#[test]
fn those_at_work_at_once_wait_for_one_another() {
    let world = world();
    world.run("nodeadd", ["n4-n30", "groups=aix"]).ok("");
    let line = "for n in $(seq 1 30); do makehosts --hosts-file hosts n$n & done; wait; \
                grep -c x.org hosts";
    let ran = world.sh(line);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("30\n", ""));
}
