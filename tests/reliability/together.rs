//! Many commands at the same time: each succeeds, and none sees half of
//! another.

use std::thread;
use std::time::{Duration, Instant};

use super::stanzas;
use crate::world::World;

/// Attributes in several tables, which one command sets to the same value.
const SAME: [&str; 4] = ["os", "serial", "hcp", "usercomment"];

/// Writers and readers, each again and again for this time; tells how often.
fn writers_and_readers(time: Duration) -> (usize, usize) {
    let world = World::new();
    world.feed("mkdef", ["-z"], &stanzas(20)).good();
    let set = |value: &str| {
        let pairs = SAME.map(|attribute| format!("{attribute}={value}"));
        let words = ["-t", "node", "-o", "n0001,n0002"];
        let words = words.into_iter().chain(pairs.iter().map(String::as_str));
        world
            .run("chdef", words)
            .ok("2 object definitions have been created or modified.\n");
    };
    let look = || {
        let lines = world
            .run("lsdef", ["n0001,n0002", "-i", &SAME.join(","), "-c"])
            .good();
        let mut values: Vec<_> = lines.lines().filter_map(|l| l.split_once('=')).collect();
        assert_eq!(values.len(), 2 * SAME.len(), "{lines}");
        values.dedup_by_key(|(_, value)| *value);
        assert_eq!(values.len(), 1, "two changes at once:\n{lines}");
    };
    set("first");
    let end = Instant::now() + time;
    let again = |deed: &dyn Fn(usize)| {
        let mut count = 0;
        // Each is there at least once, however slow the machine.
        while count == 0 || Instant::now() < end {
            deed(count);
            count += 1;
        }
        count
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..20)
            .map(|writer| scope.spawn(move || again(&|n| set(&format!("w{writer}-{n}")))))
            .collect();
        let readers: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| again(&|_| look())))
            .collect();
        let count = |threads: Vec<thread::ScopedJoinHandle<'_, usize>>| {
            threads.into_iter().map(|t| t.join().unwrap()).sum()
        };
        (count(writers), count(readers))
    })
}

#[test]
fn readers_see_whole_changes_only() {
    let (written, read) = writers_and_readers(Duration::from_secs(2));
    assert!(written >= 20 && read >= 20, "{written} {read}");
}

#[test]
#[ignore = "half a minute: cargo test -p xcat-commands whole_changes_only -- --ignored --nocapture"]
fn for_long_readers_see_whole_changes_only() {
    let (written, read) = writers_and_readers(Duration::from_secs(30));
    println!("{written} changes, {read} answers");
}
