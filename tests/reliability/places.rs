//! Where the database may lie, and what stands there in its place.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use crate::world::World;

/// A world in whose folder `db` n1 has `os=AIX`.
fn world() -> World {
    let world = World::new();
    world
        .run("mkdef", ["-t", "node", "-o", "n1", "groups=all", "os=AIX"])
        .good();
    world
}

/// Runs a line with the database at this place, seen from the world's folder.
fn at(world: &World, place: &str, line: &str) -> crate::world::Ran {
    world.sh(&format!(
        "cd ..; XCATCFG=SQLite:{place}; export XCATCFG; {line}"
    ))
}

#[test]
fn relative_and_linked_folders_and_files_are_followed() {
    let world = world();
    let folder = world.folder();
    symlink("db", folder.join("link")).unwrap();
    fs::create_dir(folder.join("other")).unwrap();
    symlink("../db/xcat.sqlite", folder.join("other/xcat.sqlite")).unwrap();
    for (number, place) in ["db", "./db/../db/", "link", "other", "'  db '"]
        .iter()
        .enumerate()
    {
        let os = format!("AIX{number}");
        at(&world, place, &format!("chdef -t node -o n1 os={os}"))
            .ok("1 object definitions have been created or modified.\n");
        world
            .run("lsdef", ["n1", "-i", "os", "-c"])
            .ok(&format!("n1: os={os}\n"));
    }
    // SQLite's log lies beside the file itself, not beside the link.
    assert_eq!(fs::read_dir(folder.join("other")).unwrap().count(), 1);
}

#[test]
fn a_folder_is_made_with_its_parents_for_its_owner_alone() {
    let world = world();
    at(&world, "no/such/parent", "lsdef").ok("Could not find any object definitions to display.\n");
    for place in ["no", "no/such", "no/such/parent"] {
        let mode = world.folder().join(place).metadata().unwrap().mode();
        assert_eq!(mode & 0o777, 0o700, "{place}");
    }
    // A name that is no text is as good as others, and no other is taken.
    let line = "export XCATCFG=$'SQLite:odd\\xff'; mkdef -t node -o n7 groups=all; \
                lsdef -s; ls -d odd*";
    let ran = world.sh(line);
    assert!(ran.out.contains("n7  (node)\nodd"), "{ran:?}");
}

#[test]
fn what_stands_in_the_way_is_named() {
    let world = world();
    let folder = world.folder();
    symlink("nowhere", folder.join("dangling")).unwrap();
    for name in ["lost", "circle", "zero", "folder"] {
        fs::create_dir(folder.join(name)).unwrap();
    }
    symlink("nowhere", folder.join("lost/xcat.sqlite")).unwrap();
    symlink("xcat.sqlite", folder.join("circle/xcat.sqlite")).unwrap();
    symlink("/dev/zero", folder.join("zero/xcat.sqlite")).unwrap();
    fs::create_dir(folder.join("folder/xcat.sqlite")).unwrap();
    for (place, begin) in [
        (
            "db/xcat.sqlite",
            "Error: cannot open or make db/xcat.sqlite/xcat.sqlite: Not a dir",
        ),
        (
            "/dev/null",
            "Error: cannot open or make /dev/null/xcat.sqlite: Not a directory",
        ),
        (
            "/proc/xcat",
            "Error: cannot make the folder /proc/xcat: No such file",
        ),
        ("lost", "Error: cannot open lost/xcat.sqlite: No such file"),
        (
            "circle",
            "Error: cannot open circle/xcat.sqlite: Too many levels of symbolic",
        ),
        (
            "zero",
            "Error: zero/xcat.sqlite is not an xCAT node database",
        ),
        (
            "folder",
            "Error: folder/xcat.sqlite is not an xCAT node database",
        ),
        (
            "",
            "Error: XCATCFG does not have the form SQLite:<directory>",
        ),
    ] {
        for line in ["exec timeout 60 lsdef", "mkdef -t node -o n2 groups=all"] {
            at(&world, place, line).refused(begin);
        }
    }
    for config in ["db", "sqlite:db", "$PWD/db", "SQLite"] {
        world
            .sh(&format!("cd ..; XCATCFG={config} lsdef"))
            .refused("Error: XCATCFG does not have the form SQLite:<directory>");
    }
}

#[test]
fn two_users_share_what_they_may() {
    let world = world();
    let other = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    if world.sh(&format!("{other} lsdef --version")).code != Some(0) {
        eprintln!("skipped: cannot become another user here");
        return;
    }
    let see = format!("chmod 755 {} ~; umask 0;", world.folder().display());
    let run = |line: &str| world.sh(&format!("{see} {}", line.replace("OTHER", other)));
    // A folder and a file that both may write.
    let (done, shared) = (
        "1 object definitions have been created or modified.\n",
        "chmod 777 ../db; chmod 666 ../db/xcat.sqlite;",
    );
    for user in ["", "OTHER", ""] {
        run(&format!("{shared} {user} chdef -t node -o n1 os=shared")).good();
    }
    run("OTHER lsdef n1 -i os -c").ok("n1: os=shared\n");
    // Root in a database of somebody else leaves it to them.
    run("mkdir own; chown 65534 own").ok("");
    for user in ["OTHER", "", "OTHER"] {
        let line =
            format!("export XCATCFG=SQLite:own/db; {user} mkdef -f -t node -o n1 groups=all");
        run(&line).ok(done);
    }
    run("stat -c %u own/db/*").ok("65534\n");
    // Neither the folder of the database nor its parent.
    run("chmod 700 ../db").ok("");
    for command in ["lsdef", "chdef -t node -o n1 os=new"] {
        let ran = run(&format!("OTHER {command}"));
        ran.refused("Error: cannot open or make ");
        let ran = run(&format!("XCATCFG=SQLite:/root-alone/db OTHER {command}"));
        ran.refused("Error: cannot make the folder /root-alone/db: Permission denied");
    }
    let ran = run("OTHER chdef -t node -o n1 os=new");
    assert!(
        ran.err.ends_with("Permission denied (os error 13)\n"),
        "{ran:?}"
    );
}
