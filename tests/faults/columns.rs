//! What can be wrong.

use simsite::{Fault, Site};
use std::time::Duration;

use super::{CHANGE, NAMES, Names, QUESTION, READ, SYSTEM};
use crate::world::World;

/// Something that is wrong, and the commands that meet it.
pub struct Column {
    pub name: &'static str,
    /// The lines with placeholders; behind ` <- `, the command of an HMC that
    /// the fault hits.
    pub rows: Vec<String>,
    pub names: Names,
    /// What is made wrong, once.
    pub before: fn(&World, &Site),
    /// What is made wrong before each line.
    pub fault: fn(&Site, &str),
    /// Whether the user ends the commands.
    pub interrupts: bool,
    /// The rows that change something all the same; they come last.
    pub changing: Vec<&'static str>,
}

fn column(name: &'static str, rows: Vec<String>) -> Column {
    Column {
        name,
        rows,
        names: NAMES,
        before: |_, _| (),
        fault: |_, _| (),
        interrupts: false,
        changing: Vec::new(),
    }
}

fn owned(rows: &[&str]) -> Vec<String> {
    rows.iter().map(|row| (*row).to_owned()).collect()
}

/// All rows that name one of these.
fn rows(signs: &[char]) -> Vec<String> {
    let all = READ.iter().chain(CHANGE);
    let chosen = all.filter(|row| row.contains(signs));
    chosen.map(|row| (*row).to_owned()).collect()
}

const ANY: &[char] = &['@', '~', '%', '+', '^'];
const LPARS: &[char] = &['@', '~'];

/// What a change is to an HMC.
const SENT: &[(&str, &str)] = &[
    ("rpower @ on", "chsysstate"),
    ("rbootseq @ sms", "chsyscfg"),
    ("getmacs @ -D", "lpar_netboot"),
    ("rnetboot @", "lpar_netboot"),
    ("mkvm new1 -i 11 -l @", "mksyscfg"),
    ("chvm @ desired_mem=4096", "chsyscfg"),
    ("chvm node01 --dlpar io_slots=21010202/none/0", "chhwres"),
    ("rmvm @", "rmsyscfg"),
    ("mkhwconn + -t", "mksysconn"),
    ("rmhwconn %", "rmsysconn"),
    ("reventlog % clear", "chsvcevent"),
    ("rspconfig ^ sshcfg=disable", "mkauthkeys"),
    ("rspconfig ^ HMC_passwd=abc123,other1", "chhmcusr"),
    ("rspconfig % admin_passwd=abc123,other1", "chsyspwd"),
    ("rcons @ -f", "mkvterm"),
    ("lpar activate @", "chsysstate"),
    ("lpar osshutdown node01", "chsysstate"),
];

/// The changes, each where it can be done.
const DONE: &[&str] = &[
    "rpower node04 on <- chsysstate",
    "rcons node01 -f <- mkvterm",
    "chvm node01 --dlpar io_slots=21010202/none/0 <- chhwres",
    "lpar osshutdown node01 <- chsysstate",
    "lpar activate node01 <- chsysstate",
    "rbootseq @ sms <- chsyscfg",
    "chvm @ desired_mem=4096 <- chsyscfg",
    "getmacs @ -D <- lpar_netboot",
    "rnetboot @ <- lpar_netboot",
    "mkvm new1 -i 11 -l @ <- mksyscfg",
    "reventlog % clear <- chsvcevent",
    "rpower @ off <- chsysstate",
    "rmvm @ <- rmsyscfg",
    "rspconfig % admin_passwd=abc123,other1 <- chsyspwd",
    "mkhwconn + -t <- mksysconn",
    "rmhwconn % <- rmsysconn",
    "rspconfig ^ sshcfg=disable <- mkauthkeys",
    "rspconfig ^ HMC_passwd=abc123,other1 <- chhmcusr",
];

/// The changes that wait for a managed system.
fn systems_only() -> Vec<String> {
    let others = ["mkauthkeys", "chhmcusr", "mkvterm"];
    let mut rows = sent();
    rows.retain(|row| !others.iter().any(|word| row.contains(word)));
    rows
}

fn sent() -> Vec<String> {
    let row = |(row, word): &(&str, &str)| format!("{row} <- {word}");
    SENT.iter().map(row).collect()
}

/// The system of the LPARs in a state; one that is not operating runs none.
fn state(site: &Site, state: &str) {
    if state == "Standby" {
        for lpar in ["vios1", "node01", "node02", "lpar05"] {
            let name = format!("{SYSTEM}/{lpar}");
            site.set_state(&name, "Not Activated").unwrap();
        }
    }
    site.set_state(SYSTEM, state).unwrap();
}

fn in_state(name: &'static str, changing: &[&'static str], before: fn(&World, &Site)) -> Column {
    Column {
        changing: changing.to_vec(),
        // The connection that is to be made is the one in this state.
        names: Names {
            apart: SYSTEM,
            ..NAMES
        },
        before,
        ..column(name, rows(&['@', '~', '%', '+']))
    }
}

/// What an HMC does without the system.
const ON_THE_HMC: &[&str] = &["reventlog % clear", "rmhwconn %"];

/// The columns.
pub fn columns() -> Vec<Column> {
    let mut columns = definitions();
    columns.extend(systems());
    columns.extend(hmcs());
    columns.extend(lost());
    columns
}

fn definitions() -> Vec<Column> {
    let same = |name| Names {
        lpar: name,
        vios: name,
        system: name,
        apart: name,
        hmc: name,
    };
    vec![
        Column {
            names: same("nosuch"),
            ..column("unknown_node", rows(ANY))
        },
        Column {
            names: Names {
                system: "lonely",
                apart: "lonely",
                ..same("orphan")
            },
            before: |world, _| {
                let setup = "mkdef -t node -o lonely groups=cec,all nodetype=ppc hwtype=cec mgt=hmc id=1 mtm=9117-MMA serial=10F6F3E && \
                    mkdef -t node -o orphan groups=lpar,all nodetype=ppc,osi hwtype=lpar mgt=hmc id=3 parent=lonely pprofile=p ip=10.0.0.109 mac=7e:9a:01:00:99:04";
                let ran = world.sh(setup);
                assert_eq!(ran.code, Some(0), "{ran:#?}");
            },
            ..column("node_without_hcp", rows(&['@', '~', '%', '+']))
        },
        Column {
            names: same("gone"),
            before: |world, _| {
                let ran =
                    world.sh("chdef gone mgt=hmc pprofile=p ip=10.0.0.109 mac=7e:9a:01:00:99:04");
                assert_eq!(ran.code, Some(0), "{ran:#?}");
            },
            ..column("lpar_unknown_to_its_hmc", rows(LPARS))
        },
        Column {
            names: same("node02"),
            before: |world, _| {
                let ran = world.sh("chdef node02 id=3 ip=10.0.0.102 mac=7e:9a:01:00:70:04");
                assert_eq!(ran.code, Some(0), "{ran:#?}");
            },
            ..column("id_and_name_disagree", rows(LPARS))
        },
    ]
}

fn systems() -> Vec<Column> {
    vec![
        in_state("no_connection", ON_THE_HMC, |_, site| {
            state(site, "No Connection");
        }),
        in_state("failed_authentication", ON_THE_HMC, |_, site| {
            state(site, "Failed Authentication");
        }),
        // What is only configuration is done.
        in_state(
            "standby",
            &[
                "rbootseq @ sms",
                "chvm @ desired_mem=4096",
                "mkvm new1 -i 11 -l @",
                "rmvm @",
                "rspconfig % admin_passwd=abc123,other1",
                "reventlog % clear",
                "rmhwconn %",
            ],
            |_, site| state(site, "Standby"),
        ),
    ]
}

fn hmcs() -> Vec<Column> {
    let running = [
        "rpower node01 on",
        "rpower node01 sms",
        "lpar activate node01",
        "rmvm node01",
        "rmvm %",
        "mkvm node01 -i 9 -l node03",
    ];
    let no_rmc = [
        "lpar osshutdown node02",
        "lpar osshutdown node03",
        "chvm node02 --dlpar desired_mem=4096",
        "chvm node02 --dlpar io_slots=21010202/none/0",
        "vios lsmap p9v2",
        "vios lsnports p9v2",
    ];
    vec![
        Column {
            fault: |site, word| site.fault_on("hmc01", word, Fault::Busy),
            ..column("busy", systems_only())
        },
        Column {
            fault: |site, _| site.fault("hmc01", Fault::NoAuthority),
            ..column("no_authority", rows(ANY))
        },
        Column {
            fault: |site, word| site.fault_on("hmc01", word, Fault::NoAuthority),
            ..column("may_only_look", sent())
        },
        column("running", owned(&running)),
        column("no_rmc", owned(&no_rmc)),
    ]
}

fn lost() -> Vec<Column> {
    let questions = || -> Vec<String> {
        // Of an HMC's own settings nothing is asked.
        let rows = rows(ANY).into_iter();
        let rows = rows.filter(|row| !row.starts_with("rspconfig ^"));
        rows.map(|row| format!("{row} <- {QUESTION}")).collect()
    };
    vec![
        Column {
            fault: |site, _| site.fault("hmc01", Fault::Drop),
            // They ask nothing first.
            changing: vec![
                "rspconfig ^ sshcfg=disable",
                "rspconfig ^ HMC_passwd=abc123,other1",
            ],
            ..column("lost_while_reading", rows(ANY))
        },
        Column {
            fault: |site, word| site.fault_on("hmc01", word, Fault::Cut),
            ..column("lost_before_a_change", sent())
        },
        Column {
            fault: |site, word| site.fault_on("hmc01", word, Fault::Drop),
            changing: DONE.to_vec(),
            ..column("lost_in_a_change", owned(DONE))
        },
        Column {
            fault: |site, _| site.fault("hmc01", Fault::Hang),
            interrupts: true,
            ..column("interrupted_while_reading", questions())
        },
        Column {
            // It is refused in the end.
            fault: |site, word| {
                site.fault_on("hmc01", word, Fault::Slow(Duration::from_secs(1)));
                site.fault_on("hmc01", word, Fault::NoAuthority);
            },
            interrupts: true,
            ..column("interrupted_in_a_change", sent())
        },
    ]
}
