//! Every command's options, seen at once: they are consistent, and the manual
//! page names the same ones.

use std::collections::BTreeSet;

use super::{COMMANDS, PAGES};

/// The page of a command, in section 1 or 8.
fn page(name: &str) -> &'static str {
    let files = [format!("{name}.1"), format!("{name}.8")];
    let found = PAGES.iter().find(|p| files.iter().any(|f| f == p.1));
    found
        .unwrap_or_else(|| panic!("man/man1/{name}.1 (or man8) is missing"))
        .2
}

/// The options of an `.It Fl o , Fl -object Ar name` line, as `-o`, `--object`.
fn options_of_line(line: &str) -> impl Iterator<Item = String> + '_ {
    let words: Vec<&str> = line.split_whitespace().collect();
    let after_fl = words
        .windows(2)
        .filter(|w| w[0] == "Fl")
        .map(|w| w[1])
        .collect::<Vec<_>>();
    after_fl
        .into_iter()
        .map(|o| format!("-{}", o.replace('\\', "")))
}

/// The arguments of a command and of its keywords.
fn arguments(command: &clap::Command) -> impl Iterator<Item = &clap::Arg> {
    let keywords = command.get_subcommands();
    let more = keywords.flat_map(clap::Command::get_arguments);
    command.get_arguments().chain(more)
}

#[test]
fn the_definitions_are_consistent() {
    for command in COMMANDS {
        (command.definition)().debug_assert();
        assert_eq!((command.definition)().get_name(), command.name);
    }
    <super::Args as clap::CommandFactory>::command().debug_assert();
    assert!(
        COMMANDS.is_sorted_by_key(|c| c.name),
        "the commands stand in alphabetical order"
    );
}

#[test]
fn the_manual_page_names_the_same_options() {
    let own: (&str, fn() -> clap::Command) =
        ("xcat", <super::Args as clap::CommandFactory>::command);
    for (name, definition) in COMMANDS.iter().map(|c| (c.name, c.definition)).chain([own]) {
        let mut definition = definition();
        definition.build();
        let mut defined = BTreeSet::new();
        for argument in arguments(&definition).filter(|a| !a.is_hide_set()) {
            defined.extend(argument.get_short().map(|s| format!("-{s}")));
            let more = argument.get_visible_short_aliases().unwrap_or_default();
            defined.extend(more.iter().map(|s| format!("-{s}")));
            defined.extend(argument.get_long().map(|l| format!("--{l}")));
        }
        let documented: BTreeSet<String> = page(name)
            .lines()
            .filter(|l| l.starts_with(".It Fl "))
            .flat_map(options_of_line)
            .collect();
        assert_eq!(
            documented, defined,
            "{name}: left the page, right the program"
        );
    }
}

#[test]
fn the_manual_page_names_the_same_keywords() {
    for command in COMMANDS {
        let definition = (command.definition)();
        let defined: BTreeSet<&str> = definition.get_subcommands().map(|k| k.get_name()).collect();
        if defined.is_empty() {
            continue;
        }
        let lines = page(command.name).lines();
        let keywords = lines.filter_map(|l| l.strip_prefix(".It Cm "));
        let documented: BTreeSet<_> = keywords.filter_map(|l| l.split(' ').next()).collect();
        assert_eq!(
            documented, defined,
            "{}: left the page, right the program",
            command.name
        );
    }
}

/// Commands, and keywords of commands, that change the database, a file, or
/// what HMCs manage.
const CHANGING: [&str; 33] = [
    "chdef",
    "chtab",
    "chvm",
    "getmacs",
    "hmc rescan",
    "lpar activate",
    "lpar osshutdown",
    "lpar shutdown",
    "makeconservercf",
    "makehosts",
    "mkdef",
    "mkhwconn",
    "mkvm",
    "nodeadd",
    "nodech",
    "nodegrpch",
    "noderm",
    "rbootseq",
    "restorexCATdb",
    "reventlog",
    "rmdef",
    "rmhwconn",
    "rmvm",
    "rnetboot",
    "rpower",
    "rscan",
    "rspconfig",
    "tabch",
    "tabedit",
    "tabprune",
    "tabrestore",
    "undochange",
    // It brings a database of an earlier version up to date.
    "xcatdbck",
];

/// Those that list what there is.
const LISTING: [&str; 29] = [
    "getmacs",
    "gettab",
    "hmc connections",
    "hmc status",
    "hmc version",
    "lpar lsmem",
    "lpar lsproc",
    "lpar lsprof",
    "lpar lsvslot",
    "lpar status",
    "lschange",
    "lsdef",
    "lshwconn",
    "lsvm",
    "ms lslic",
    "ms lsmem",
    "ms lsproc",
    "ms status",
    "nodels",
    "reventlog",
    "rinv",
    "rpower",
    "rscan",
    "rvitals",
    "tabdump",
    "tabgrep",
    "vios lsnports",
    "vios status",
    "xcatdbck",
];

/// Those that do neither: a connection is no setting; consoles, explanations,
/// copies and the words of a VIOS are passed on as they are.
const OTHER: [&str; 10] = [
    "dumpxCATdb",
    "hmc connect",
    "hmc disconnect",
    "hmc help",
    "lpar console",
    "lpar help",
    "ms help",
    "rcons",
    "vios help",
    "vios lsmap",
];

/// The commands, and in place of a command with keywords each of those.
fn parts() -> Vec<(String, clap::Command)> {
    let part = |command: &super::Entry| {
        let definition = (command.definition)();
        let keywords: Vec<_> = definition.get_subcommands().cloned().collect();
        match keywords.is_empty() {
            true => vec![(command.name.to_owned(), definition)],
            false => {
                let named = |keyword: clap::Command| {
                    (format!("{} {}", command.name, keyword.get_name()), keyword)
                };
                keywords.into_iter().map(named).collect()
            }
        }
    };
    COMMANDS.iter().flat_map(part).collect()
}

#[test]
fn every_changing_command_has_a_dry_run_and_every_listing_one_json() {
    for (name, definition) in parts() {
        let has = |long: &str| {
            definition
                .get_arguments()
                .any(|a| a.get_long() == Some(long))
        };
        let changing = CHANGING.contains(&name.as_str());
        let listing = LISTING.contains(&name.as_str());
        let other = OTHER.contains(&name.as_str());
        assert!(
            other != (changing || listing),
            "{name}: say what it does: it changes, lists, or neither"
        );
        assert_eq!(has("dry-run"), changing, "{name}: --dry-run");
        assert_eq!(has("json"), listing, "{name}: --json");
        let page = page(name.split(' ').next().unwrap());
        let synopsis = page
            .split(".Sh ")
            .find(|s| s.starts_with("SYNOPSIS"))
            .unwrap();
        for (wanted, option) in [(changing, "Fl -dry-run"), (listing, "-json")] {
            assert!(
                !wanted || synopsis.contains(option),
                "{name}: SYNOPSIS has {option}"
            );
        }
    }
}

#[test]
fn every_option_is_explained() {
    for command in COMMANDS {
        let definition = (command.definition)();
        for argument in arguments(&definition) {
            let name = argument.get_id();
            assert!(
                argument.get_help().is_some(),
                "{}: {name} has no help",
                command.name
            );
        }
    }
}

#[test]
fn every_command_has_completions() {
    use clap_complete::Shell;
    for command in COMMANDS {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = super::install::completion(command, shell);
            let script = String::from_utf8_lossy(&script);
            assert!(
                script.contains(command.name) && script.contains("verbose"),
                "{}",
                command.name
            );
        }
    }
}
