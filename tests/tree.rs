//! What a person could forget, and the rules of the layers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The commands: one file each in `bin/`.
fn commands() -> BTreeSet<String> {
    fs::read_dir(root().join("bin"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "xcat")
        .collect()
}

/// All Rust files below a folder.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if !path.ends_with("target") => folders.push(path),
                false if path.extension().is_some_and(|e| e == "rs") => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_command_is_complete() {
    let manifest = read("Cargo.toml");
    let multi = read("bin/xcat.rs");
    let tests = read("tests/commands/mod.rs");
    for name in commands() {
        let stanza = format!(
            "[[bin]]\nname = \"{name}\"\npath = \"bin/{name}.rs\"\ntest = false\ndoc = false\n"
        );
        assert!(manifest.contains(&stanza), "Cargo.toml lacks:\n{stanza}");
        assert!(
            multi.contains(&format!("\n    {name},\n")),
            "bin/xcat.rs does not list {name}"
        );
        let pages = [format!("man/man1/{name}.1"), format!("man/man8/{name}.8")];
        assert!(
            pages.iter().any(|p| root().join(p).is_file()),
            "{} is missing",
            pages[0]
        );
        assert!(
            tests.contains(&format!("mod {name};\n")),
            "tests/commands/mod.rs lacks {name}"
        );
        assert!(
            root().join(format!("tests/commands/{name}.rs")).is_file(),
            "tests of {name}"
        );
        let lines = read(&format!("bin/{name}.rs")).lines().count();
        assert!(
            lines <= 130,
            "bin/{name}.rs has {lines} lines: work belongs in the library"
        );
    }
}

#[test]
fn nothing_registered_is_missing() {
    let commands = commands();
    let manifest = read("Cargo.toml");
    for line in manifest
        .lines()
        .filter_map(|l| l.strip_prefix("path = \"bin/"))
    {
        let name = line.trim_end_matches(".rs\"");
        assert!(
            name == "xcat" || commands.contains(name),
            "Cargo.toml names {name}"
        );
    }
    for entry in fs::read_dir(root().join("tests/commands")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            name == "mod" || name == "xcat" || commands.contains(&name),
            "{} has no command",
            path.display()
        );
    }
}

/// (what, only below these paths)
const LAYERS: [(&str, &[&str]); 9] = [
    ("rusqlite", &["lib/db"]),
    ("ssh2::", &["lib/remote"]),
    ("std::process::Command", &["lib/remote", "lib/editor.rs"]),
    ("env::var", &["lib/environment.rs", "lib/build.rs"]),
    ("println!", &["lib/report.rs", "lib/build.rs"]),
    (
        "use nom",
        &[
            "lib/noderange",
            "lib/hmc",
            "lib/db/expand.rs",
            "lib/db/expand",
            "lib/stanza",
        ],
    ),
    ("clap::", &["lib/command.rs", "lib/args"]),
    ("StrictHostKeyChecking=no", &[]),
    (
        "crate::remote",
        &[
            "lib/remote",
            "lib/hmc",
            "lib/power",
            "lib/command.rs",
            "lib/context.rs",
            "lib/environment.rs",
            "lib/error.rs",
        ],
    ),
];

#[test]
fn the_layers_of_the_library_hold() {
    for path in sources("lib") {
        let short = path
            .strip_prefix(root())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let product = text.split("#[cfg(test)]\nmod ").next().unwrap();
        if short.contains("/tests") {
            continue;
        }
        for line in product
            .lines()
            .filter(|l| !l.trim_start().starts_with("//"))
        {
            for (what, places) in LAYERS {
                let allowed = places.iter().any(|p| short.starts_with(p));
                assert!(
                    allowed || !line.contains(what),
                    "{short} may not name {what}: {line}"
                );
            }
        }
    }
}

#[test]
fn a_file_opens_with_what_it_is_for_and_stays_readable() {
    for folder in ["bin", "lib", "tests"] {
        for path in sources(folder) {
            let text = fs::read_to_string(&path).unwrap();
            assert!(
                text.starts_with("//!"),
                "{} does not say what it is for",
                path.display()
            );
            let lines = text
                .split("#[cfg(test)]\nmod ")
                .next()
                .unwrap()
                .lines()
                .count();
            // A table of test cases is read from case to case.
            if folder == "lib" && path.to_str().unwrap().ends_with("tests.rs") {
                continue;
            }
            // Tables of cases may be longer than code.
            let cases = path.to_str().is_some_and(|p| p.contains("tests"));
            let most = if cases { 700 } else { 450 };
            assert!(lines <= most, "{} has {lines} lines", path.display());
        }
    }
}
