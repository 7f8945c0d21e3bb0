//! Commands that change much, and the database before and after them.

use std::fs;
use std::path::{Path, PathBuf};

use super::stanzas;
use crate::world::World;

/// What is done, as the shell runs it in the home folder.
pub const DEEDS: [&str; 5] = [
    "exec mkdef -z -f < more",
    "exec chdef -t node -o all os=new serial=same",
    "exec rmdef -t node -o n0000-n0039",
    "exec undochange 1 --force",
    "exec restorexCATdb -p dump",
];

/// A world with so many nodes and what the deeds need; and a copy of its
/// database.
pub fn world(nodes: usize) -> (World, PathBuf) {
    let world = World::new();
    world.feed("mkdef", ["-z"], &stanzas(nodes)).good();
    world.run("dumpxCATdb", ["-p", "dump"]).good();
    world
        .run("chdef", ["-t", "node", "-o", "n0001", "os=Linux"])
        .good();
    let more = stanzas(nodes + nodes / 2).replace("AIX", "Linux");
    world.file("more", &more);
    let kept = world.folder().join("kept");
    put_back(&world.database(), &kept);
    (world, kept)
}

/// Puts the database of `from` in the place of that of `to`.
pub fn put_back(from: &Path, to: &Path) {
    drop(fs::remove_dir_all(to));
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// What the tables and the journal hold.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    tables: String,
    entries: usize,
}

impl State {
    pub fn of(world: &World) -> Self {
        let tables = ["nodelist", "ppc", "hosts", "nodehm", "vpd", "nodetype"];
        let tables = tables.map(|table| world.run("tabdump", [table]).good());
        let entries = world.run("lschange", [""; 0]).good();
        Self {
            tables: tables.concat(),
            entries: entries.lines().count(),
        }
    }

    /// How many lines all of it has.
    pub fn lines(&self) -> usize {
        self.tables.lines().count() + self.entries
    }

    /// Whether other tables and more entries are there than in this one.
    pub fn follows(&self, old: &Self) -> bool {
        self.tables != old.tables && self.entries > old.entries
    }
}
