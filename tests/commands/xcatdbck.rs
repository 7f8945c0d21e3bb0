//! `xcatdbck`: what does not fit together.

use serde_json::Value;

use crate::world::World;

#[test]
fn findings_make_the_exit_code_1() {
    let world = World::new();
    world.run("xcatdbck", [""; 0]).ok("");
    world.run("xcatdbck", ["--json"]).ok("[]\n");
    world
        .run("nodeadd", ["n1-n3", "groups=lpar", "ppc.hcp=hmc1"])
        .ok("");
    let line = "node n[1-3]: hcp=hmc1, but no node 'hmc1' is defined; define it with mkdef, or \
                change hcp\n";
    world.run("xcatdbck", [""; 0]).fails(line, "");
    let ran = world.run("xcatdbck", ["--json"]);
    assert_eq!((ran.err.as_str(), ran.code), ("", Some(1)));
    let findings: Value = serde_json::from_str(&ran.out).unwrap();
    let finding = &findings[0];
    assert_eq!(
        (&finding["check"], &finding["type"]),
        (&"reference".into(), &"node".into())
    );
    assert_eq!(finding["names"], serde_json::json!(["n1", "n2", "n3"]));
    assert!(finding["problem"].is_string() && finding["remedy"].is_string());
}

#[test]
fn a_damaged_file_is_not_called_sound() {
    let world = World::new();
    world
        .run("nodeadd", ["n1-n300", "groups=all", "vpd.serial=1234567"])
        .ok("");
    // What is still in the write-ahead log moves into the file.
    let file = world.database().join("xcat.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let ran = world.run("xcatdbck", [""; 0]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!(ran.out + &ran.err).is_empty());
}

#[test]
fn a_dry_run_shows_the_migration_only() {
    let world = World::new();
    let dry = || world.run("xcatdbck", ["--dry-run"]);
    dry().ok("there is no database yet\n");
    assert!(!world.database().exists());
    world.run("lsdef", [""; 0]).good();
    let file = world.database().join("xcat.sqlite");
    let bytes = std::fs::read(&file).unwrap();
    dry().ok("the database has layout 2, the present one\n");
    assert!(std::fs::read(&file).unwrap() == bytes);
    std::fs::write(&file, "").unwrap();
    dry().ok("the file is empty: it gets layout 2\n");
    assert_eq!(file.metadata().unwrap().len(), 0);
    std::fs::write(&file, "something else").unwrap();
    dry().refused(&format!("Error: {} is not", file.display()));
    world
        .run("xcatdbck", ["--dry-run", "--json"])
        .refused("Error: the argument '--dry-run' cannot be used with '--json'");
}
