//! `xcat`: the multi-command executable and its installation.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::world::World;

#[test]
fn it_lists_the_commands_and_refuses_others() {
    let world = World::new();
    for name in world.run("xcat", ["--list"]).good().lines() {
        let version = world.run("xcat", [name, "--version"]).good();
        assert!(
            version.starts_with(&format!("{name} - Version ")),
            "{version}"
        );
    }
    world
        .run("xcat", ["nosuch", "-l"])
        .refused("Error: there is no command 'nosuch'");
}

#[test]
fn an_installation_is_complete_and_can_be_repeated() {
    let world = World::new();
    let said = world.run("xcat", ["--install", "opt"]).good();
    assert!(said.ends_with("are installed below opt\n"), "{said}");
    world.run("xcat", ["--install", "opt"]).ok(&said);
    let opt = world.home().join("opt");
    let mode = fs::metadata(opt.join("bin/xcat"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o755);
    for name in world.run("xcat", ["--list"]).good().lines() {
        assert_eq!(
            fs::read_link(opt.join("bin").join(name)).unwrap().to_str(),
            Some("xcat")
        );
        for file in [
            format!("share/bash-completion/completions/{name}"),
            format!("share/zsh/site-functions/_{name}"),
            format!("share/fish/vendor_completions.d/{name}.fish"),
        ] {
            assert!(fs::metadata(opt.join(&file)).unwrap().len() > 100, "{file}");
        }
        // -h names an HMC to those that are typed as in the LPAR-Tool.
        let help = match name {
            "lpar" | "ms" | "vios" => "--help",
            _ => "-h",
        };
        world
            .sh(&format!("opt/bin/{name} {help} > /dev/null"))
            .ok("");
    }
}

#[test]
fn an_installation_that_cannot_be_made_says_where() {
    let world = World::new();
    world.file("opt", "a file in the way");
    world
        .run("xcat", ["--install", "opt"])
        .refused("Error: cannot make the folder opt/bin: ");
}
