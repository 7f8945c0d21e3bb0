//! Commands killed at any moment: the database is the old or the new one, and
//! the journal has an entry exactly when it is the new one.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::stanzas;
use crate::world::World;

/// What is killed, as the shell runs it in the home folder.
const DEEDS: [&str; 5] = [
    "exec mkdef -z -f < more",
    "exec chdef -t node -o all os=new serial=same",
    "exec rmdef -t node -o n0000-n0079",
    "exec undochange 1 --force",
    "exec restorexCATdb -p dump",
];

/// Puts the database of `from` in the place of that of `to`.
fn put_back(from: &Path, to: &Path) {
    drop(fs::remove_dir_all(to));
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// What the tables and the journal hold.
fn state(world: &World) -> (String, usize) {
    let tables = ["nodelist", "ppc", "hosts", "nodehm", "vpd", "nodetype"];
    let tables = tables.map(|table| world.run("tabdump", [table]).good());
    let entries = world.run("lschange", [""; 0]).good().lines().count();
    (tables.concat(), entries)
}

/// Kills each command so many times, ever later; tells how often the old and
/// how often the new database was found.
fn kill(rounds: u32) -> (usize, usize) {
    let world = World::new();
    world.feed("mkdef", ["-z"], &stanzas(200)).good();
    world.run("dumpxCATdb", ["-p", "dump"]).good();
    world
        .run("chdef", ["-t", "node", "-o", "n0001", "os=Linux"])
        .good();
    world.file("more", &stanzas(300).replace("AIX", "Linux"));
    let kept = world.folder().join("kept");
    put_back(&world.database(), &kept);
    let old = state(&world);
    let (mut before, mut after) = (0, 0);
    for deed in DEEDS {
        put_back(&kept, &world.database());
        let start = Instant::now();
        assert_eq!(world.sh(deed).code, Some(0), "{deed}");
        let takes = start.elapsed();
        let new = state(&world);
        assert!(new.0 != old.0 && new.1 > old.1, "{deed} does nothing");
        for round in 0..rounds {
            put_back(&kept, &world.database());
            kill_after(&world, deed, takes * (round + 1) / rounds);
            match state(&world) {
                state if state == old => before += 1,
                state if state == new => after += 1,
                torn => panic!("{deed}, round {round}: {} entries\n{}", torn.1, torn.0),
            }
        }
    }
    (before, after)
}

fn kill_after(world: &World, deed: &str, wait: Duration) {
    let mut command = world.command("bash");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.args(["-c", deed]).spawn().unwrap();
    thread::sleep(wait);
    // SIGKILL; a command that has ended already is none the worse for it.
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killed_commands_leave_the_old_or_the_new_state_and_journal() {
    let (before, after) = kill(6);
    assert!(before > 0 && before + after == 30, "{before} {after}");
}

#[test]
#[ignore = "some minutes: cargo test -p xcat-commands killed_a_thousand -- --ignored --nocapture"]
fn killed_a_thousand_times() {
    let (before, after) = kill(200);
    println!("{before} times the old state, {after} times the new one");
}
