//! Commands killed at any moment: the database is the old or the new one, and
//! the journal has an entry exactly when it is the new one.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::deeds::{self, DEEDS, State, put_back};
use crate::world::World;

/// Kills each command so many times, ever later; tells how often the old and
/// how often the new database was found.
fn kill(rounds: u32) -> (usize, usize) {
    let (world, kept) = deeds::world(200);
    let old = State::of(&world);
    let (mut before, mut after) = (0, 0);
    for deed in DEEDS {
        put_back(&kept, &world.database());
        let start = Instant::now();
        assert_eq!(world.sh(deed).code, Some(0), "{deed}");
        let takes = start.elapsed();
        let new = State::of(&world);
        assert!(new.follows(&old), "{deed} does nothing");
        for round in 0..rounds {
            put_back(&kept, &world.database());
            kill_after(&world, deed, takes * (round + 1) / rounds);
            match State::of(&world) {
                state if state == old => before += 1,
                state if state == new => after += 1,
                torn => panic!("{deed}, round {round}: {torn:?}"),
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

#[test]
fn a_killed_first_command_leaves_a_database_or_none() {
    for round in 0..16 {
        let world = World::new();
        let deed = "exec mkdef -t node -o n1 groups=all";
        kill_after(&world, deed, Duration::from_millis(round * 2));
        let nodes = world.run("nodels", [""; 0]).good();
        assert!(nodes.is_empty() || nodes == "n1\n", "{nodes}");
        let ran = world.run("mkdef", ["-f", "-t", "node", "-o", "n1", "groups=all"]);
        ran.ok("1 object definitions have been created or modified.\n");
    }
}
