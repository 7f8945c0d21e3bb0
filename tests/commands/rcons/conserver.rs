//! Consoles through the real conserver, on busy sites and bad days.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;

use simsite::{Config, Fault, Site};

use super::{Talk, rcons};
use crate::world::World;
use crate::world::hmcs::{self, eventually, logins};

/// conserver with the entries of makeconservercf.
struct Conserver {
    port: String,
    file: PathBuf,
    logs: PathBuf,
    /// Ended when dropped, with all that it started.
    server: Option<Talk>,
}

fn free_port() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port().to_string()
}

impl Conserver {
    fn start(world: &World, nodes: &str) -> Self {
        let file = world.file("conserver.cf", "config * { sslrequired no; }\n");
        let logs = world.folder().join("consoles");
        fs::create_dir(&logs).unwrap();
        let path = file.to_str().unwrap();
        world.run("makeconservercf", [nodes, "--file", path]).ok("");
        let text = fs::read_to_string(&file).unwrap();
        let text = text.replace("/var/log/consoles", logs.to_str().unwrap());
        fs::write(&file, text).unwrap();
        let port = free_port();
        let home = world.command("x");
        let home = home.get_envs().filter(|(name, _)| *name == "HOME").last();
        let home = PathBuf::from(home.unwrap().1.unwrap());
        let rc = format!("config * {{ port {port}; sslenabled no; }}\n");
        fs::write(home.join(".consolerc"), rc).unwrap();
        let mut conserver = Conserver {
            port,
            file,
            logs,
            server: None,
        };
        conserver.run(world);
        conserver
    }

    fn run(&mut self, world: &World) {
        let mut server = world.command("conserver");
        server.arg("-C").arg(&self.file).args(["-p", &self.port]);
        server.args(["-M", "127.0.0.1", "-P", "/dev/null", "-L"]);
        server.arg(world.folder().join("conserver.log"));
        self.server = Some(Talk::new(server));
        eventually("conserver listens", || {
            TcpStream::connect(format!("127.0.0.1:{}", self.port)).is_ok()
        });
    }

    fn stop(&mut self) {
        self.server = None;
    }

    fn log(&self, node: &str) -> String {
        fs::read_to_string(self.logs.join(node)).unwrap_or_default()
    }
}

fn count(site: &Site, hmc: &str, program: &str) -> usize {
    let commands = site.commands(hmc);
    commands.iter().filter(|c| c.starts_with(program)).count()
}

/// A user of a console, who sees what is typed there.
fn user(world: &World, node: &str) -> Talk {
    let talk = rcons(world, &[node, "127.0.0.1"]);
    talk.heard("[Enter `^Ec?' for help]");
    talk
}

#[test]
fn conserver_shows_and_logs_the_console() {
    let (world, site) = super::super::getmacs::site(Config::default_site());
    let conserver = Conserver::start(&world, "lpar05");
    eventually("conserver opens the console", || {
        count(&site, "hmc01", "mkvterm") == 1
    });
    let mut talk = user(&world, "lpar05");
    talk.say("\r");
    talk.heard("0 > ");
    // A second user sees the same; of several the first may type.
    let second = user(&world, "lpar05");
    talk.say("boot\r");
    second.heard("boot unknown word");
    talk.say("\x05c.");
    talk.end();
    eventually("the log has it", || {
        conserver.log("lpar05").contains("boot unknown word")
    });
}

const NODES: usize = 12;

/// HMCs with so many LPARs each, all running.
fn running(hmcs: usize, lpars: usize) -> Config {
    let mut config = Config::sized(hmcs, 1, lpars);
    for lpar in config.cec.iter_mut().flat_map(|cec| &mut cec.lpar) {
        lpar.state = "Running".to_owned();
        lpar.os = "AIX 7.3 7300-02-01-2346".to_owned();
    }
    config
}

/// A site with this many LPARs on one HMC, all defined.
fn busy() -> (World, Site, Vec<String>) {
    let (world, site) = World::scanned(running(1, NODES));
    let nodes = world.run("nodels", ["lpar"]).good();
    let nodes: Vec<_> = nodes.lines().map(str::to_owned).collect();
    assert_eq!(nodes.len(), NODES);
    (world, site, nodes)
}

#[test]
fn many_consoles_share_few_logins_and_leave_sessions_for_commands() {
    let (world, site, nodes) = busy();
    let mut conserver = Conserver::start(&world, "lpar");
    eventually("all are opened", || {
        count(&site, "hmc01", "mkvterm") == NODES
    });
    // Two beside the commands, eight on another connection, two on a third; the
    // scan had logged in before.
    eventually("all have logged in", || logins(&site, "hmc01") == 4);
    let stat = world.run("rpower", ["lpar", "stat"]).good();
    assert_eq!(stat.lines().count(), NODES);
    assert_eq!(logins(&site, "hmc01"), 4);
    let mut users: Vec<_> = nodes.iter().map(|node| user(&world, node)).collect();
    for talk in &mut users {
        talk.say("\r");
        talk.heard("login: ");
    }
    drop(users);
    for node in &nodes {
        eventually("the log has it", || conserver.log(node).contains("login: "));
    }
    // conserver starts anew: all are given back, and opened again.
    conserver.stop();
    conserver.run(&world);
    eventually("all are given back", || {
        count(&site, "hmc01", "rmvterm") >= NODES
    });
    let mut users: Vec<_> = nodes.iter().map(|node| user(&world, node)).collect();
    for (talk, node) in users.iter_mut().zip(&nodes) {
        eventually("it is open again", || {
            conserver.log(node).matches("[-- Console up").count() == 2
        });
        talk.say("\r");
        talk.heard("login: ");
    }
    drop((users, conserver));
    eventually("all are given back", || {
        count(&site, "hmc01", "rmvterm") >= 2 * NODES
    });
    // What was opened for consoles is closed with the rest; the last console
    // may be on its way.
    eventually("no ssh stays", || {
        let _ = world.run("hmc", ["disconnect"]).good();
        // The scan had another home folder.
        let own = |line: &str| line.contains("/scanned/");
        !hmcs::processes(&world).iter().any(|(_, line)| own(line))
    });
}

#[test]
fn a_console_that_somebody_takes_is_offered_to_the_users_of_conserver() {
    let (world, site) = super::super::getmacs::site(Config::default_site());
    // Somebody had it when conserver started: it is taken over.
    let mut first = rcons(&world, &["lpar05", "-f"]);
    first.say("\r");
    first.heard("0 > ");
    let conserver = Conserver::start(&world, "lpar05");
    first.heard("lpar05: another session has taken the console over");
    assert_eq!(first.end(), Some(1));
    let mut talk = user(&world, "lpar05");
    talk.say("\r");
    talk.heard("0 > ");
    // Somebody takes it away: no fight.
    let mut other = rcons(&world, &["lpar05", "-f"]);
    talk.heard("Take it back now? [y/N] ");
    other.say("\r");
    other.heard("0 > ");
    talk.say("y\r");
    assert_eq!(other.end(), Some(1));
    talk.say("words\r");
    talk.heard("words unknown word");
    assert!(conserver.log("lpar05").contains("Take it back now?"));
    drop(conserver);
    eventually("it is given back", || {
        site.commands("hmc01")
            .last()
            .unwrap()
            .starts_with("rmvterm")
    });
}

#[test]
fn a_silent_hmc_holds_up_no_console_of_others() {
    let (world, site) = World::scanned(running(2, 2));
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "2")]]);
    site.fault("hmc01", Fault::Silent);
    let mut silent = Vec::new();
    let nodes = world.run("nodels", ["lpar"]).good();
    let nodes: Vec<_> = nodes.lines().map(str::to_owned).collect();
    let conserver = Conserver::start(&world, "lpar");
    for node in &nodes {
        let hmc = world.run("lsdef", [node, "-i", "hcp", "-c"]).good();
        if hmc.ends_with("hcp=hmc01\n") {
            silent.push(node);
            eventually("the log says why", || {
                let log = conserver.log(node);
                // Or it waited as long for the login of the other console.
                let late = log.contains(": hmc01 did not finish the login")
                    || log.contains(": hmc01 was busy with other commands");
                late && log.contains("Trying again in")
            });
        } else {
            let mut talk = user(&world, node);
            talk.say("\r");
            talk.heard("login: ");
        }
    }
    // Once it answers, whoever wants to have the console says so.
    assert_eq!(silent.len(), 2);
    site.heal("hmc01");
    let mut talk = user(&world, silent[0]);
    talk.say("\r");
    eventually("it is open", || count(&site, "hmc01", "mkvterm") == 1);
    talk.say("\r");
    talk.heard("login: ");
}
