//! What holds for every command, whatever it does: the list is what `xcat
//! --list` says, so that a new one cannot be forgotten.

use std::fs;
use std::path::PathBuf;

use super::stanzas;
use crate::world::World;

/// For each command a line that makes it open the database.
const LINES: &[&str] = &[
    "chdef -t node -o n0001 os=new",
    "chtab node=n0001 nodetype.os=new",
    "chvm n0001 max_mem=1",
    "dumpxCATdb -p dump",
    "getmacs n0001 -d",
    "gettab node=n0001 nodetype.os",
    "hmc connections",
    "lpar status",
    "lschange",
    "lsdef",
    "lshwconn n0001",
    "lsvm n0001",
    "makeconservercf --file conserver.cf",
    "makehosts --hosts-file hosts",
    "mkdef -t node -o n2 groups=all",
    "mkhwconn n0001 -t",
    "mkvm n0009 -i 40 -l n0001",
    "ms status",
    "nodeadd n2 groups=all",
    "nodech n0001 nodetype.os=new",
    "nodegrpch lpar nodetype.os=new",
    "nodels",
    "noderm n0002",
    "rbootseq n0001 list",
    "rcons -f n0001",
    "restorexCATdb -p old",
    "reventlog n0001",
    "rinv n0001 all",
    "rmdef -t node -o n0003",
    "rmhwconn n0001",
    "rmvm n0001",
    "rnetboot n0001",
    "rpower n0001 stat",
    "rscan n0001",
    "rspconfig n0001 sshcfg",
    "rvitals n0001 all",
    "tabch node=n0001 nodetype.os=new",
    "tabdump nodelist",
    "tabedit site",
    "tabgrep n0001",
    "tabprune eventlog -a",
    "tabrestore old/site.csv",
    "undochange 1",
    "vios status",
    "xcatdbck",
];

/// The lines, one for each command that there is.
fn lines(world: &World) -> Vec<&'static str> {
    let all = world.run("xcat", ["--list"]).good();
    let line = |command: &str| {
        let of = |line: &&&str| line.split(' ').next() == Some(command);
        let found = LINES.iter().find(of);
        *found.unwrap_or_else(|| panic!("add a line for {command} to {}", file!()))
    };
    all.lines().map(line).collect()
}

/// Nodes, a dump of another moment, a hosts file; an editor that does nothing.
fn world() -> World {
    let mut world = World::new();
    world.feed("mkdef", ["-z"], &stanzas(20)).good();
    world.run("dumpxCATdb", ["-p", "old"]).good();
    world
        .run("chdef", ["-t", "site", "domain=x.org", "maxssh=7"])
        .good();
    world.file("hosts", "127.0.0.1 localhost\n");
    world.set("EDITOR", "true");
    world
}

fn database(world: &World) -> PathBuf {
    world.database().join("xcat.sqlite")
}

#[test]
fn each_refuses_a_newer_database() {
    let world = world();
    let path = database(&world);
    let mut bytes = fs::read(&path).unwrap();
    // `PRAGMA user_version`, in SQLite's file format.
    bytes[60..64].copy_from_slice(&9u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    for line in lines(&world) {
        world.sh(line).fails(
            "",
            "Error: the database has layout 9, this command knows layouts up to 2: \
             it was made by a newer version, use that one\n",
        );
    }
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn each_refuses_what_is_no_database() {
    let world = world();
    let path = database(&world);
    let refused = |kind: &str| {
        for line in lines(&world) {
            let ran = world.sh(&format!("exec timeout 60 {line}"));
            let said = ran
                .err
                .contains(&format!("{} is not an xCAT", path.display()));
            assert!(said && ran.code == Some(1), "{kind}: {ran:?}");
        }
    };
    fs::write(&path, "hello\n").unwrap();
    refused("a text");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused("a folder");
    fs::remove_dir(&path).unwrap();
    assert_eq!(
        world.sh(&format!("mkfifo {}", path.display())).code,
        Some(0)
    );
    refused("a pipe");
}

#[test]
fn each_says_that_its_output_cannot_be_written() {
    let (one, other) = (world(), world());
    let full = "Error: cannot write the output: No space left on device (os error 28)\n";
    let mut said = 0;
    for line in lines(&one) {
        let plain = one.sh(line);
        let ran = other.sh(&format!("exec {line} > /dev/full"));
        match plain.out.is_empty() {
            true => assert_eq!((ran.err, ran.code), (plain.err, plain.code), "{line}"),
            false => {
                let told = ran.err.ends_with(full) && ran.code == Some(1);
                assert!(told, "{plain:?}\n{ran:?}");
                said += 1;
            }
        }
    }
    assert!(said >= 10, "{said}");
}

#[test]
fn each_lives_with_closed_streams() {
    let world = world();
    for line in lines(&world) {
        for streams in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
            let ran = world.sh(&format!("exec timeout 60 {line} {streams}"));
            let ended = matches!(ran.code, Some(0 | 1)) && !ran.err.contains("panicked");
            assert!(ended, "{ran:?}");
        }
    }
    // What was meant for a closed stream has not met the database.
    let ran = world.run("xcatdbck", ["--json"]);
    assert!(
        ran.err.is_empty() && !ran.out.contains("\"file\""),
        "{ran:?}"
    );
}

#[test]
fn each_works_with_twenty_descriptors_and_without_surroundings() {
    let (one, other) = (world(), world());
    let path = "PATH=\"$PATH\" XCATCFG=\"$XCATCFG\" EDITOR=true TZ=UTC";
    for line in lines(&one) {
        // How long it took to connect, and which hosts, is not the question.
        let plain = one.sh(line);
        let ran = other.sh(&format!("ulimit -n 20; exec env -i {path} {line}"));
        let same = |ran: &crate::world::Ran| (ran.err.clone(), ran.code, ran.out.lines().count());
        assert_eq!(same(&ran), same(&plain), "{line}");
    }
}

#[test]
fn each_takes_text_of_any_locale() {
    let world = World::new();
    for locale in [
        "C",
        "POSIX",
        "de_DE.ISO-8859-1",
        "tr_TR.UTF-8",
        "nonsense",
        "",
    ] {
        let comment = format!("Grüße ☃ {locale}");
        let line = format!(
            "export LC_ALL={locale} LANG={locale}; \
             mkdef -f -t node -o n1 groups=all 'usercomment={comment}' >&2 && \
             lsdef n1 -i usercomment -c"
        );
        assert_eq!(world.sh(&line).out, format!("n1: usercomment={comment}\n"));
    }
    for command in [
        "chdef -t node -o n1",
        "nodech n1",
        "chtab node=n1",
        "nodels",
    ] {
        let ran = world.sh(&format!("{command} nodelist.comments=$'\\xff'"));
        ran.refused("Error: invalid UTF-8 was detected");
    }
}
