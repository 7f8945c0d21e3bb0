//! What the system refuses: room, file sizes, writing, file descriptors. The
//! old definitions stay, reading works wherever it can, and a command that
//! cannot do its work says why.

use super::deeds::{self, DEEDS, State, put_back};
use super::stanzas;
use crate::world::{Ran, World};

/// A line that runs the rest in a mount namespace of its own.
const NAMESPACE: &str = "unshare --map-root-user --mount bash -c";

/// A world with nodes, all of which have `os=old`.
fn world() -> World {
    let world = World::new();
    world.feed("mkdef", ["-z"], &stanzas(60)).good();
    world
        .run("chdef", ["-t", "node", "-o", "all", "os=old"])
        .good();
    world
}

/// The command did its work or said why not; either way the definitions are
/// those before or after it. Tells whether it did.
#[track_caller]
fn all_or_nothing(ran: &Ran, os: &str, reasons: &[&str]) -> bool {
    let seen = |value: &str| os.lines().count() == 60 && os.lines().all(|l| l.ends_with(value));
    match ran.code {
        Some(0) => assert!(ran.err.is_empty() && seen("=new"), "{ran:?}\n{os}"),
        _ => {
            let said = reasons.iter().any(|reason| ran.err.contains(reason));
            assert!(ran.code == Some(1) && said && seen("=old"), "{ran:?}\n{os}");
        }
    }
    ran.code == Some(0)
}

#[test]
fn a_limit_on_file_sizes_at_every_write() {
    let (mut done, mut refused) = (0, 0);
    // The log has a few pages, the database a hundred: the limit meets each.
    for kib in (0..100).step_by(3) {
        let world = world();
        let ran = world.sh(&format!(
            "ulimit -f {kib}; exec chdef -t node -o all os=new"
        ));
        let read = world.sh(&format!("ulimit -f {kib}; exec lsdef all -i os -c"));
        assert_eq!((read.err.as_str(), read.code), ("", Some(0)), "{kib} KiB");
        let full = ["file sizes", "disk is full"];
        match all_or_nothing(&ran, &read.out, &full) {
            true => done += 1,
            false => refused += 1,
        }
        let after = world.run("lsdef", ["all", "-i", "os", "-c"]).good();
        assert_eq!(after, read.out, "{kib} KiB");
    }
    assert!(done > 2 && refused > 2, "{done} done, {refused} refused");
}

#[test]
fn every_change_meets_a_limit_on_file_sizes() {
    let (world, kept) = deeds::world(60);
    let old = State::of(&world);
    for deed in DEEDS {
        put_back(&kept, &world.database());
        assert_eq!(world.sh(deed).code, Some(0), "{deed}");
        let new = State::of(&world);
        assert!(new.follows(&old), "{deed}");
        let (mut refused, mut kib) = (0, 0);
        loop {
            put_back(&kept, &world.database());
            let ran = world.sh(&format!("ulimit -f {kib}; {deed}"));
            let now = State::of(&world);
            if ran.code == Some(0) {
                assert_eq!(now, new, "{deed} with {kib} KiB");
                break;
            }
            let said = ["file sizes", "disk is full"];
            let said = said.iter().any(|reason| ran.err.contains(reason));
            assert!(
                said && ran.code == Some(1) && now == old,
                "{kib} KiB: {ran:?}"
            );
            (refused, kib) = (refused + 1, kib + 20);
        }
        assert!(refused > 0, "{deed}");
    }
}

#[test]
fn a_dump_is_written_whole_or_not_at_all() {
    let world = world();
    let csvs = |folder: &str| {
        let ls = world.sh(&format!("ls {folder} | wc -l")).good();
        ls.trim().parse::<usize>().unwrap()
    };
    for kib in [0, 1] {
        let ran = world.sh(&format!("ulimit -f {kib}; exec dumpxCATdb -p dump"));
        assert!(
            ran.code == Some(1) && ran.err.contains("cannot write"),
            "{ran:?}"
        );
        assert_eq!(csvs("dump"), 0, "{kib} KiB");
    }
    world.run("dumpxCATdb", ["-p", "dump"]).good();
    assert!(csvs("dump") > 30);
}

#[test]
fn a_limit_while_the_database_is_made() {
    for kib in (0..420).step_by(60) {
        let world = World::new();
        let line = format!("ulimit -f {kib}; exec mkdef -t node -o n1 groups=all");
        let ran = world.sh(&line);
        if ran.code != Some(0) {
            ran.refused("Error: the database file cannot be written (a limit on file sizes");
        }
        // Nothing is in the way of the next one.
        world
            .run("mkdef", ["-f", "-t", "node", "-o", "n1", "groups=all"])
            .ok("1 object definitions have been created or modified.\n");
    }
}

/// Runs a script in a mount namespace; nothing, with a word, where the test
/// may not have one.
#[expect(clippy::print_stderr, reason = "a test that did nothing says so")]
fn in_namespace(world: &World, script: &str) -> Option<Ran> {
    if world.sh(&format!("{NAMESPACE} true")).code != Some(0) {
        eprintln!("skipped: no mount namespaces here");
        return None;
    }
    let file = world.file("script", script);
    Some(world.sh(&format!("{NAMESPACE} '. {}'", file.display())))
}

#[test]
fn a_full_disk_at_every_write() {
    let first = world();
    let script = "
        set -e
        size=$(stat -c %s $DB/xcat.sqlite)
        mkdir disk
        for pages in $(seq 1 3 60); do
            mount -t tmpfs -o size=$((size + pages * 4096)) disk disk
            cp $DB/xcat.sqlite disk
            export XCATCFG=SQLite:$PWD/disk
            chdef -t node -o all os=new >out 2>err && code=0 || code=$?
            lsdef all -i os -c >seen 2>>err
            echo $code $(sort seen | cut -d= -f2 | uniq -c) $(cat err)
            umount disk
        done";
    let script = script.replace("$DB", &first.database().display().to_string());
    let Some(ran) = in_namespace(&first, &script) else {
        return;
    };
    let lines = ran.good();
    let full = "1 60 old Error: the disk is full: nothing was changed";
    let wrong: Vec<_> = lines
        .lines()
        .filter(|l| *l != "0 60 new" && *l != full)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(lines.lines().count(), 20);
    assert!(
        lines.contains(full) && lines.contains("0 60 new"),
        "{lines}"
    );
}

#[test]
fn every_change_meets_a_full_disk() {
    let (world, kept) = deeds::world(60);
    let old = State::of(&world);
    let script = "
        mkdir disk
        state() { for t in nodelist ppc hosts nodehm vpd nodetype; do tabdump $t; done; lschange; }
        size=$(cat KEPT/* | wc -c)
        for deed in DEEDS; do
            for pages in $(seq 1 6 200); do
                mount -t tmpfs -o size=$((size + pages * 4096)) disk disk || exit 9
                cp KEPT/* disk
                export XCATCFG=SQLite:$PWD/disk
                bash -c \"$deed\" > /dev/null 2> err && code=0 || code=$?
                echo $code $(state | grep -c -e .) $(grep Error err)
                umount disk
                [ $code = 0 ] && break
            done
        done";
    let deeds: Vec<String> = DEEDS.iter().map(|deed| format!("'{deed}'")).collect();
    let script = script.replace("KEPT", &kept.display().to_string());
    let Some(ran) = in_namespace(&world, &script.replace("DEEDS", &deeds.join(" "))) else {
        return;
    };
    // How many lines the tables and the journal have tells old from new.
    let before = old.lines();
    let full = format!("1 {before} Error: the disk is full: nothing was changed");
    let (refused, done): (Vec<_>, Vec<_>) = ran.out.lines().partition(|line| *line == full);
    assert!(
        done.len() == DEEDS.len() && refused.len() >= DEEDS.len(),
        "{ran:?}"
    );
    for line in done {
        assert!(
            line.starts_with("0 ") && line != format!("0 {before}"),
            "{line}"
        );
    }
}

#[test]
fn a_read_only_file_system_can_be_read() {
    let world = world();
    let script = "
        mount --bind $DB $DB && mount -o remount,ro,bind $DB || exit 9
        lsdef all -i os -c | wc -l
        chdef -t node -o n0001 os=new
        echo $?";
    let script = script.replace("$DB", &world.database().display().to_string());
    let Some(ran) = in_namespace(&world, &script) else {
        return;
    };
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        (
            "60\n1\n",
            "Error: the database cannot be written (read-only file or folder)\n"
        )
    );
}

#[test]
fn without_the_rights_it_is_said_what_is_missing() {
    let world = world();
    let other = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    if world.sh(&format!("{other} lsdef --version")).code != Some(0) {
        eprintln!("skipped: cannot become another user here");
        return;
    }
    let (folder, file) = (world.database(), world.database().join("xcat.sqlite"));
    let (folder, file) = (folder.display(), file.display());
    let see = format!("chmod 755 {} ~ {folder}", world.folder().display());
    for (modes, begin) in [
        (
            "chmod 600",
            format!("Error: cannot open {file}: Permission denied"),
        ),
        (
            "chmod 644",
            format!("Error: cannot read {file}: reading takes locks"),
        ),
    ] {
        for command in ["lsdef all", "chdef -t node -o n0001 os=new"] {
            let ran = world.sh(&format!("{see} && {modes} {file} && {other} {command}"));
            ran.refused(&begin);
        }
    }
}

#[test]
fn few_file_descriptors_are_enough_or_missed_in_words() {
    let world = world();
    let mut answered = 0;
    for limit in 4..16 {
        let ran = world.sh(&format!("ulimit -n {limit}; exec nodels n0001"));
        match ran.code {
            Some(0) => {
                ran.ok("n0001\n");
                answered += 1;
            }
            _ => assert!(ran.err.contains("Too many open files"), "{limit}: {ran:?}"),
        }
    }
    assert!(answered > 5, "{answered}");
}
