//! `rcons` on the simulated site: alone, on a terminal, and with the real
//! conserver.

mod conserver;
mod terminal;

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use simsite::{Config, Fault};

use super::getmacs::site;
use crate::world::hmcs::eventually;
use crate::world::{World, bin_folder};

/// A process that is talked with; it is ended when dropped.
struct Talk {
    child: Child,
    stdin: Option<ChildStdin>,
    said: Arc<Mutex<String>>,
}

impl Talk {
    fn new(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let streams: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().unwrap()),
            Box::new(child.stderr.take().unwrap()),
        ];
        for mut stream in streams {
            let said = Arc::clone(&said);
            thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(count @ 1..) = stream.read(&mut bytes) {
                    let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
                    said.lock().unwrap().push_str(&text);
                }
            });
        }
        let stdin = child.stdin.take();
        Talk { child, stdin, said }
    }

    fn heard(&self, text: &str) {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let said = self.said.lock().unwrap().clone();
            if said.contains(text) {
                return;
            }
            assert!(Instant::now() < end, "not {text:?} but {said:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn say(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    fn end(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

/// Asked first, so that conserver ends its own processes, too.
impl Drop for Talk {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let pid = self.child.id().to_string();
            let _ = Command::new("kill").arg(pid).status();
        }
        let end = Instant::now() + Duration::from_secs(30);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn rcons(world: &World, words: &[&str]) -> Talk {
    let mut command = world.command(bin_folder().join("rcons"));
    command.args(words);
    Talk::new(command)
}

const CLOSE: &str = "rmvterm -m '9117-MMA*10F6F3D' --id 5";

#[test]
fn a_console_is_open_until_tilde_dot_and_then_given_back() {
    let (world, site) = site(Config::default_site());
    // At Open Firmware.
    let mut talk = rcons(&world, &["lpar05", "-f"]);
    eventually("the console is opened", || {
        let open = "mkvterm -m '9117-MMA*10F6F3D' --id 5".to_owned();
        site.commands("hmc01").contains(&open)
    });
    talk.say("\r");
    talk.heard("0 > ");
    talk.say("~.");
    assert_eq!(talk.end(), Some(0), "{:?}", talk.said);
    assert_eq!(site.commands("hmc01").last().unwrap(), CLOSE);
}

#[test]
fn a_console_in_use_is_taken_over() {
    let (world, site) = site(Config::default_site());
    let mut first = rcons(&world, &["lpar05", "-f"]);
    first.say("\r");
    first.heard("0 > ");
    let mut second = rcons(&world, &["lpar05", "-f"]);
    second.say("\r");
    second.heard("0 > ");
    assert_eq!(first.end(), Some(1));
    first.heard("lpar05: another session has taken the console over");
    // The first did not take it back.
    second.say("\r");
    drop(second.stdin.take());
    assert_eq!(second.end(), Some(0));
    let closed = site.commands("hmc01");
    assert_eq!(closed.iter().filter(|line| *line == CLOSE).count(), 2);
}

#[test]
fn a_console_that_another_hmc_has_is_taken_over_there() {
    let mut config = Config::default_site();
    config.hmc[1]
        .systems
        .push("Server-9117-MMA-SN10F6F3D".into());
    let (world, site) = site(config);
    world.run("chdef", ["lpar05", "hcp=hmc01,hmc02"]).good();
    let mut command = world.command(bin_folder().join("lpar"));
    command.args(["-h", "hmc02", "console", "lpar05"]);
    let mut first = Talk::new(command);
    first.say("\r");
    first.heard("0 > ");
    world
        .run("lpar", ["-h", "hmc01", "console", "lpar05"])
        .refused("Error: lpar05: the console could not be opened; it may be in use on another HMC of the system\n");
    world.run("hmc", ["disconnect", "hmc02"]).good();
    let mut second = rcons(&world, &["lpar05", "-f"]);
    second.say("\r");
    second.heard("0 > ");
    assert_eq!(first.end(), Some(1));
    // Both were told to close it.
    for hmc in ["hmc01", "hmc02"] {
        assert!(site.commands(hmc).iter().any(|line| line == CLOSE), "{hmc}");
    }
    second.say("\r~.");
    assert_eq!(second.end(), Some(0));
}

#[test]
fn what_cannot_be_shown_says_why() {
    let (world, site) = site(Config::default_site());
    for (node, err) in [
        (
            "Server-9117-MMA-SN10F6F3D",
            "Error: Server-9117-MMA-SN10F6F3D: Node must be LPAR\n",
        ),
        ("hmc01", "Error: hmc01: Invalid node type: hmc\n"),
        (
            "node01,node03",
            "Error: rcons shows the console of one node\n",
        ),
        (
            "nosuch",
            "Error: Invalid nodes and/or groups in noderange: nosuch",
        ),
    ] {
        world.run("rcons", [node, "-f"]).refused(err);
    }
    site.fault_on("hmc01", "mkvterm", Fault::Drop);
    let ran = world.run("rcons", ["lpar05", "-f"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    site.heal("hmc01");
    site.fault("hmc01", Fault::Down);
    let ran = world.run("rcons", ["lpar05", "-f"]);
    assert!(ran.err.starts_with("Error: lpar05: "), "{ran:#?}");
}
