//! What each command says that goes to an HMC when something is wrong: the rows
//! are the commands, the columns what is wrong, a file `fixtures/faults/` each.
//!
//! Of every cell the file has the line typed, both streams (standard error
//! behind `! `) and how the command ended. That neither the definitions nor the
//! site have changed is asked after each column. `UPDATE=1` writes the files:
//! read what they say then.

mod columns;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::thread;
use std::time::Duration;

use simsite::{Config, Event, Site};

use crate::world::World;
use crate::world::hmcs::{eventually, masters, processes};
use columns::{Column, columns};

/// The system of the LPARs.
const SYSTEM: &str = "Server-9117-MMA-SN10F6F3D";
/// The system that no HMC is connected to.
const APART: &str = "Server-9117-MMA-SN1001234";

/// How questions to an HMC begin.
pub const QUESTION: &str = "ls";

/// What the placeholders of the rows stand for: `@` an LPAR, `~` a VIOS, `%` a
/// system, `+` a system without connection, `^` an HMC.
#[derive(Clone, Copy)]
pub struct Names {
    pub lpar: &'static str,
    pub vios: &'static str,
    pub system: &'static str,
    pub apart: &'static str,
    pub hmc: &'static str,
}

pub const NAMES: Names = Names {
    lpar: "node03",
    vios: "vios1",
    system: SYSTEM,
    apart: APART,
    hmc: "hmc01",
};

/// The commands that tell, in all their ways to an HMC.
pub const READ: &[&str] = &[
    "rscan ^",
    "rpower @ stat",
    "rpower % stat",
    "rinv @ all",
    "rvitals @ all",
    "reventlog % all",
    "lsvm @",
    "getmacs @ -d",
    "lshwconn %",
    "rbootseq @ list",
    "rspconfig ^ sshcfg",
    "lpar status @",
    "lpar lsmem @",
    "ms status %",
    "vios status ~",
    "vios lsmap ~",
    "hmc status ^",
];

/// The commands that change something.
pub const CHANGE: &[&str] = &[
    "rscan ^ -w",
    "rpower @ on",
    "rbootseq @ sms",
    "getmacs @ -D",
    "rnetboot @",
    "mkvm new1 -i 11 -l @",
    "chvm @ desired_mem=4096",
    "rmvm @",
    "mkhwconn + -t",
    "rmhwconn %",
    "reventlog % clear",
    "rspconfig ^ sshcfg=disable",
    "rspconfig ^ HMC_passwd=abc123,other1",
    "rspconfig % admin_passwd=abc123,other1",
    "rcons @ -f",
    "lpar activate @",
    "lpar osshutdown @",
];

fn line(row: &str, names: Names) -> String {
    let pairs = [
        ("@", names.lpar),
        ("~", names.vios),
        ("%", names.system),
        ("+", names.apart),
        ("^", names.hmc),
    ];
    let replace = |line: String, (sign, name): (&str, &str)| line.replace(sign, name);
    pairs.into_iter().fold(row.to_owned(), replace)
}

/// The world of a column: scanned, with all that the commands need.
fn world() -> (World, Site) {
    let mut config = Config::default_site();
    config.timing.start_ms = 0;
    config.timing.shutdown_ms = 0;
    config.timing.rmc_ms = 0;
    let event = &mut config.hmc[0].event[0];
    for time in ["created_time", "first_time", "last_time", "event_time"] {
        event.insert(time.to_owned(), "03/02/2015 10:11:12".to_owned());
    }
    for lpar in config.cec.iter_mut().flat_map(|cec| &mut cec.lpar) {
        lpar.rmc_broken |= ["node02", "p9v2"].contains(&lpar.name.as_str());
    }
    let (mut world, site) = World::scanned(config);
    let setup = format!(
        "chtab key=ppctimeout site.value=5 && chtab key=master site.value=10.0.0.1 && \
         chtab netname=net1 networks.net=10.0.0.0 networks.mask=255.255.255.0 && \
         nodech node01,node03 nodetype.os=AIX && nodech node03 hosts.ip=10.0.0.103 && \
         nodech node01 hosts.ip=10.0.0.101 && chdef node01 mac=7e:9a:01:00:90:04 && \
         chdef node03 mac=7e:9a:01:00:30:04 && chtab hcp={APART} ppcdirect.username=HMC ppcdirect.password=abc123 && \
         chtab key=cec passwd.username=HMC passwd.password=abc123 && chdef {SYSTEM} ip=10.0.1.1 && \
         mkdef -t node -o new1 groups=all && rmhwconn {APART} && \
         chdef {APART} ip=10.0.1.2 hcp=hmc01 mgt=hmc"
    );
    let ran = world.sh(&setup);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    world.bad_definitions();
    world.new_home("matrix");
    (world, site)
}

/// All that a command could have changed, as text.
fn all(world: &World, site: &Site) -> String {
    let tables = "nodelist ppc ppchcp ppcdirect vpd nodehm nodetype hosts mac";
    let dump = world
        .sh(&format!("for t in {tables}; do tabdump $t; done"))
        .good();
    let mut text = format!("{dump}{:#?}\n", site.state());
    for question in [
        "lssysconn -r all",
        "lssyscfg -r prof -m '9117-MMA*10F6F3D'",
        "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,default_profile",
        "lssvcevents -t hardware",
    ] {
        let config = site.ssh_config();
        let ask = format!("ssh -n -F {} hmc01 \"{question}\"", config.display());
        text.push_str(&world.sh(&ask).out);
    }
    text
}

/// How a command ended, and what it said.
fn cell(line: &str, output: &Output) -> String {
    use std::os::unix::process::ExitStatusExt;
    let mut text = format!("$ {line}\n");
    text.push_str(&String::from_utf8_lossy(&output.stdout));
    if !text.ends_with('\n') {
        text.push('\n');
    }
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        text.push_str(&format!("! {line}\n"));
    }
    match output.status.code() {
        Some(code) => text.push_str(&format!("[{code}]\n")),
        None => text.push_str(&format!("[signal {:?}]\n", output.status.signal())),
    }
    text
}

/// Runs a line, with an end of input.
fn run(world: &World, line: &str) -> Output {
    world.command("bash").args(["-c", line]).output().unwrap()
}

/// Runs a line and interrupts it once an HMC has what it sent. A question is
/// not waited for: the HMC is told that nobody does.
fn interrupted(world: &World, site: &Site, line: &str, word: &str) -> Output {
    let count = |is: &dyn Fn(&Event) -> bool| site.log().iter().filter(|e| is(e)).count();
    let sent = || count(&|e| matches!(e, Event::Command { line, .. } if line.contains(word)));
    let left = || count(&|e| matches!(e, Event::Abandoned { line, .. } if line.contains(word)));
    let (sent_before, left_before) = (sent(), left());
    let mut command = world.command("bash");
    command.args(["-c", &format!("exec {line}")]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    eventually(&format!("{line} sends {word}"), || sent() > sent_before);
    let pid = child.id().to_string();
    let killed = world.command("kill").args(["-INT", &pid]).status();
    assert!(killed.unwrap().success());
    let output = child.wait_with_output().unwrap();
    if word == QUESTION {
        eventually(&format!("{line} is hung up"), || left() > left_before);
    }
    output
}

fn path(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/faults");
    folder.join(format!("{name}.txt"))
}

/// Types the lines of a column. What must not change anything is compared before
/// and after.
fn played(column: &Column) -> String {
    let (world, site) = world();
    (column.before)(&world, &site);
    let before = all(&world, &site);
    let mut text = String::new();
    let changes = |row: &&String| column.changing.contains(&row.as_str());
    for row in column.rows.iter().filter(|row| !changes(row)) {
        text.push_str(&one(&world, &site, column, row));
    }
    let after = all(&world, &site);
    for row in &column.changing {
        text.push_str(&one(&world, &site, column, row));
    }
    let text = masked(&text, &site);
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch for whoever runs the test"
    )]
    let update = std::env::var_os("UPDATE").is_some();
    if update {
        fs::write(path(column.name), &text).unwrap();
    }
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (before, after) = (lines(&before), lines(&after));
    let changed: Vec<_> = before.symmetric_difference(&after).collect();
    assert!(changed.is_empty(), "{} changed {changed:#?}", column.name);
    text
}

fn one(world: &World, site: &Site, column: &Column, row: &str) -> String {
    let (row, word) = row.split_once(" <- ").unwrap_or((row, ""));
    let line = line(row, column.names);
    (column.fault)(site, word);
    let output = match column.interrupts {
        false => run(world, &line),
        true => interrupted(world, site, &line, word),
    };
    // What runs on there when nobody waits for it ends in time.
    if column.interrupts {
        thread::sleep(Duration::from_millis(200));
    }
    site.heal("hmc01");
    let orphans = || {
        let masters = masters(world);
        let all = processes(world).into_iter();
        all.filter(|(pid, _)| !masters.contains(pid)).count()
    };
    eventually(&format!("{line} leaves no process"), || orphans() == 0);
    cell(&line, &output)
}

/// Ports and folders are other ones each time.
fn masked(text: &str, site: &Site) -> String {
    let folder = site.dir().parent().unwrap().display().to_string();
    let port = format!("port {}", site.port());
    text.replace(&folder, "FOLDER").replace(&port, "port PORT")
}

fn check(name: &str) {
    let columns = columns();
    let column = columns.iter().find(|column| column.name == name).unwrap();
    let printed = played(column);
    let wanted = fs::read_to_string(path(name)).unwrap_or_default();
    let cells = |text: &str| text.split("\n$ ").map(str::to_owned).collect::<Vec<_>>();
    let (wanted, printed) = (cells(&wanted), cells(&printed));
    for (wanted, printed) in wanted.iter().zip(&printed) {
        assert_eq!(wanted.trim_end(), printed.trim_end(), "{name}");
    }
    assert_eq!(wanted.len(), printed.len(), "{name}");
}

macro_rules! columns {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name));
        }
    )*
        /// The columns that are tested.
        const TESTED: &[&str] = &[$(stringify!($name)),*];
    };
}

columns! {
    unknown_node
    node_without_hcp
    lpar_unknown_to_its_hmc
    id_and_name_disagree
    no_connection
    failed_authentication
    standby
    busy
    no_authority
    may_only_look
    running
    no_rmc
    lost_while_reading
    lost_before_a_change
    lost_in_a_change
    interrupted_while_reading
    interrupted_in_a_change
}

/// The commands that go to HMCs.
const COMMANDS: &str = "rscan rpower rinv rvitals reventlog rspconfig rbootseq getmacs \
    rnetboot lsvm mkvm chvm rmvm lshwconn mkhwconn rmhwconn rcons lpar ms vios hmc";

#[test]
fn every_command_has_a_row() {
    for command in COMMANDS.split_whitespace() {
        let row = |row: &&str| row.split(' ').next() == Some(command);
        assert!(READ.iter().chain(CHANGE).any(row), "{command}");
    }
}

#[test]
fn every_column_is_tested() {
    let names: Vec<_> = columns().iter().map(|column| column.name).collect();
    assert_eq!(names, TESTED);
}
