//! Worlds with HMCs whose connections are looked at.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use simsite::{Config, Event, Site};

use super::World;

/// The password of all HMCs.
pub const PASSWORD: &str = "abc123";

/// A site of HMCs with these names and nothing behind them.
pub fn config(names: &[&str]) -> Config {
    let mut config = Config::default_site();
    let mut hmc = config.hmc.remove(1);
    hmc.systems.clear();
    config.cec.clear();
    config.frame.clear();
    config.hmc = names
        .iter()
        .map(|name| {
            hmc.name = (*name).to_owned();
            hmc.clone()
        })
        .collect();
    config
}

/// A world on such a site, all HMCs defined, with short deadlines and an ssh
/// whose calls are kept.
pub fn named(names: &[&str]) -> (World, Site) {
    on(config(names))
}

/// The same on a site of one's own.
pub fn on(config: Config) -> (World, Site) {
    let names: Vec<String> = config.hmc.iter().map(|hmc| hmc.name.clone()).collect();
    let (mut world, site) = World::on_site(config);
    for name in names {
        world.define_hmc(&name, PASSWORD);
    }
    world.fill("site", &[&[("key", "ppcretry"), ("value", "1")]]);
    keep_calls(&mut world);
    (world, site)
}

/// Puts a script before ssh that writes down how it is called.
pub fn keep_calls(world: &mut World) {
    let folder = world.folder().join("bin");
    fs::create_dir(&folder).unwrap();
    let script = folder.join("ssh");
    let calls = world.folder().join("calls");
    let text = format!(
        "#!/bin/sh\necho \"$*\" >> {}\nexec /usr/bin/ssh \"$@\"\n",
        calls.display()
    );
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}:/usr/sbin:/usr/bin:/sbin:/bin",
        folder.display(),
        super::bin_folder().display()
    );
    world.set("PATH", path);
}

/// How ssh was called so far.
pub fn calls(world: &World) -> Vec<String> {
    let text = fs::read_to_string(world.folder().join("calls")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The processes of this world's ssh: (process id, command line).
pub fn processes(world: &World) -> Vec<(u32, String)> {
    let folder = world.folder().to_str().unwrap().to_owned();
    let process = |entry: fs::DirEntry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let ssh = line.contains("ssh") && line.contains(&folder);
        ssh.then_some((pid, line))
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(process).collect()
}

/// The process ids of this world's masters.
pub fn masters(world: &World) -> Vec<u32> {
    let all = processes(world).into_iter();
    let masters =
        all.filter(|(_, line)| line.contains("ControlMaster") && !line.starts_with("/bin/sh"));
    masters.map(|(pid, _)| pid).collect()
}

/// How often somebody logged in, or tried to.
pub fn logins(site: &Site, hmc: &str) -> usize {
    let is_login = |event: &Event| matches!(event, Event::Login { host, .. } if host == hmc);
    site.log().iter().filter(|event| is_login(event)).count()
}

/// Sends a signal to a process, or with a minus before it to its group.
pub fn kill(signal: &str, pid: impl ToString) {
    let mut kill = Command::new("kill");
    kill.args([signal, "--", &pid.to_string()]);
    assert!(kill.status().unwrap().success());
}

/// Waits until `is` holds, or fails the test.
pub fn eventually(what: &str, is: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is() {
        assert!(Instant::now() < end, "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
