//! Compares what the hardware commands print with what the real xCAT 2.19
//! printed (`fixtures/xcat-hmc/`), on a site with the same hardware.
//!
//! A capture agrees when the lines on standard output and the exit code are the
//! same, but for:
//!
//! - blank lines, blanks at the ends of lines, and usage texts;
//! - the order of nodes where several systems are asked, which comes as they
//!   answer, of the rows of a dump, and of the members of a group; and two blanks
//!   between the sentences of an HMC, which are one here;
//! - messages of a failure that name no node: they may stand on standard error,
//!   behind `Error: `;
//! - `# …` of `rscan`: what was defined, which xCAT does not tell;
//! - `xcat.updatestatus - …`: what the daemon writes to its log, which a client
//!   without a daemon has on its terminal.
//!
//! Values that belong to that HMC and not to xCAT, as the text of a refusal, are
//! given in pairs: what the capture has, and what the simulated HMC has. Where
//! xCAT is not followed, `fixtures/xcat-hmc/README.md` says so with the reason,
//! and what is printed instead stands here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use simsite::{Config, Fault, Site};

use crate::world::{Ran, World};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xcat-hmc")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What xCAT printed.
struct Capture {
    line: String,
    out: String,
    err: String,
    code: i32,
}

/// The texts of an HMC with one blank between sentences, as they are told here.
fn blanks(text: &str) -> String {
    let line = |line: &str| match line.contains(": HSCL") {
        true => line.replace(".  ", ". "),
        false => line.to_owned(),
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

/// Reads a capture. The two of `lsdef` and `tabdump` are outputs alone.
fn capture(name: &str) -> Capture {
    let text = blanks(&read(&format!("{name}.txt")));
    let Some(text) = text.strip_prefix("$ ") else {
        return Capture {
            line: String::new(),
            out: text,
            err: String::new(),
            code: 0,
        };
    };
    let (line, rest) = text.split_once("\n--- stdout\n").unwrap();
    let (out, rest) = rest.split_once("--- stderr\n").unwrap();
    let (err, rest) = rest.split_once("--- rc=").unwrap();
    Capture {
        line: line.to_owned(),
        out: out.to_owned(),
        err: err.to_owned(),
        code: rest.lines().next().unwrap().parse().unwrap(),
    }
}

/// What is printed where xCAT is not followed.
#[derive(Clone, Copy)]
struct Here {
    out: &'static str,
    /// How standard error begins.
    err: &'static str,
    code: i32,
}

/// A capture and how it is compared.
#[derive(Clone, Copy)]
struct Step {
    capture: &'static str,
    /// What is typed before, without being looked at.
    before: &'static str,
    /// What is done to the site before.
    site: fn(&Site),
    /// What is typed, where the capture does not say it.
    line: &'static str,
    /// What that HMC said, and what the simulated one says.
    pairs: &'static [(&'static str, &'static str)],
    /// Where xCAT is not followed in a detail: what it printed, and what is.
    unlike: &'static [(&'static str, &'static str)],
    /// Where xCAT is not followed.
    here: Option<Here>,
    /// A warning that xCAT does not give.
    warns: &'static str,
}

const fn same(capture: &'static str) -> Step {
    Step {
        capture,
        before: "",
        site: |_| (),
        line: "",
        pairs: &[],
        unlike: &[],
        here: None,
        warns: "",
    }
}

const fn after(before: &'static str, capture: &'static str) -> Step {
    Step {
        before,
        ..same(capture)
    }
}

const fn other(capture: &'static str, out: &'static str, err: &'static str, code: i32) -> Step {
    Step {
        here: Some(Here { out, err, code }),
        ..same(capture)
    }
}

/// After something went wrong on the site.
const fn when(site: fn(&Site), capture: &'static str) -> Step {
    Step {
        site,
        ..same(capture)
    }
}

const HMC: &str = "mkdef -t node -o hmc01 groups=hmc,all nodetype=ppc hwtype=hmc mgt=hmc \
    ip=10.0.0.10 username=hscroot password=abc123 && chtab key=ppcretry site.value=1";

const NETWORK: &str = "chtab key=master site.value=10.0.0.1 && \
    chtab netname=net1 networks.net=10.0.0.0 networks.mask=255.255.255.0 && \
    for i in 1 2 3 4; do nodech lpar0$i hosts.ip=10.0.0.10$i nodetype.os=AIX || exit; done";

/// The defaults that an installed xCAT writes.
const DEFAULTS: &str = "chtab node=xcatdefaults postscripts.postscripts=syslog,remoteshell,syncfiles \
     postscripts.postbootscripts=otherpkgs";

const DUMP: &str = "for t in nodelist ppc ppchcp vpd nodehm nodetype nodepos hosts; \
    do echo \"== $t\"; tabdump $t; done";

/// Attributes of profiles that the level of the simulated firmware has more.
const PROFILE: &[(&str, &str)] = &[
    (
        ",proc_mode=",
        ",mem_mode=ded,mem_expansion=0.0,hpt_ratio=1:64,proc_mode=",
    ),
    (
        ",hca_adapters=",
        ",vtpm_adapters=none,virtual_fc_adapters=none,hca_adapters=",
    ),
    (
        ",bsr_arrays=0",
        ",bsr_arrays=0,lhea_logical_ports=none,lhea_capabilities=none,lpar_proc_compat_mode=default,electronic_err_reporting=null",
    ),
    (
        "max_mem=8192,min_num_huge_pages=0,desired_num_huge_pages=0,max_num_huge_pages=0",
        "max_mem=8192",
    ),
];

/// The refusal of an LPAR that is on.
const ACTIVE: &[(&str, &str)] = &[(
    "HSCL036F The partition must be in Not Activated state. Shut down the partition and retry.",
    "HSCL05EA The partition must be in the Not Activated state to perform this operation.",
)];

/// The session on hardware as it is found.
const SESSION: &[Step] = &[
    after(HMC, "rscan"),
    same("rscan-x"),
    same("rscan-z"),
    same("aix-mn-rscan"),
    same("aix-mn-rscan-z"),
    same("rscan-noargs"),
    other(
        "rscan-badflag",
        "",
        "Error: unexpected argument '-q' found\n",
        1,
    ),
    same("rscan-nosuch"),
    same("rscan-w"),
    Step {
        before: DEFAULTS,
        line: "lsdef Frame-9458-100-SN99201WM,Server-9117-MMA-SN10F6F3D,lpar01,lpar02",
        ..same("lsdef-after-rscan-w")
    },
    Step {
        line: DUMP,
        unlike: &[(
            "\"hmc01\",\"hmc,all\",,,,,,\"0\"",
            "\"hmc01\",\"hmc,all\",,,,,,",
        )],
        ..same("tabdump-after-rscan-w")
    },
    other(
        "rscan-u",
        "#Updated following nodes:\ntype    name  id      type-model  serial-number  side\n",
        "",
        0,
    ),
    other(
        "rscan-bad",
        "",
        "lpar01: Error: Invalid node type: lpar; ",
        1,
    ),
    same("rpower-stat"),
    same("aix-mn-rpower-stat"),
    same("rpower-cec"),
    same("rpower-hmc"),
    same("rpower-noarg"),
    same("rpower-nosuch"),
    same("rpower-bad"),
    other(
        "rpower-frame",
        "Frame-9458-100-SN99200G1: Standby/Standby\nFrame-9458-100-SN99201WM: Standby/Standby\n",
        "",
        0,
    ),
    other(
        "rpower-state-cec",
        "Frame-9458-100-SN99200G1: Standby/Standby\nFrame-9458-100-SN99201WM: Standby/Standby\n\
         Server-9117-MMA-SN1001234: Operating\nServer-9117-MMA-SN10F6F3D: Operating\n",
        "",
        0,
    ),
    same("rinv-bus"),
    same("rinv-config"),
    same("rinv-firm"),
    same("rinv-model"),
    same("rinv-serial"),
    same("rvitals-power"),
    same("rvitals-temp"),
    same("rvitals-voltage"),
    Step {
        pairs: PROFILE,
        ..same("lsvm")
    },
    Step {
        pairs: PROFILE,
        ..same("lsvm-a")
    },
    Step {
        pairs: PROFILE,
        ..same("lsvm-cec")
    },
    other(
        "lshwconn",
        "Server-9117-MMA-SN10F6F3D(10.0.1.1): resource_type=sys,ipaddr=10.0.1.1,alt_ipaddr=unavailable,state=Connected\n",
        "",
        0,
    ),
    after(NETWORK, "rnetboot-nomac"),
    same("rnetboot-ondemand-f"),
    same("getmacs-d"),
    same("getmacs-F"),
    other(
        "aix-mn-getmacs-d",
        "lpar01:\n\
         #Type  Phys_Port_Loc  MAC_Address  Adapter  Port_Group  Phys_Port  Logical_Port  VLan  VSwitch  Curr_Conn_Speed\n\
         virtualio  N/A  7e:23:c0:00:12:04\n  N/A  N/A  N/A  N/A  1  ETHERNET0  N/A\n\
         hea        T6  00:14:5e:5f:20:23\n  23000000  1  N/A  2  N/A  N/A  1000\n",
        "",
        0,
    ),
    same("getmacs"),
    other(
        "aix-mn-getmacs",
        "lpar02:\n\
         #Type  Phys_Port_Loc  MAC_Address  Adapter  Port_Group  Phys_Port  Logical_Port  VLan  VSwitch  Curr_Conn_Speed\n\
         virtualio  N/A  7e:23:c0:00:13:04\n  N/A  N/A  N/A  N/A  1  ETHERNET0  N/A\n",
        "",
        0,
    ),
    same("getmacs-D-ondemand"),
    same("getmacs-D-ondemand-SGC"),
    same("aix-mn-getmacs-D-ondemand"),
    other(
        "getmacs-D-V-ondemand",
        "lpar01:\n# Type\t Location Code\t MAC Address\t Full Path Name\tPing Result\n\
         ent U9117.MMA.10F6F3D-V2-C4-T1 7e23c0001204 /vdevice/l-lan@30000004 successful\n",
        "hmc01: lssyscfg -r lpar -m '9117-MMA*10F6F3D'\n",
        0,
    ),
    other(
        "getmacs-D-console",
        "lpar02:\n# Type\t Location Code\t MAC Address\t Full Path Name\tPing Result\n\
         ent U9117.MMA.10F6F3D-V3-C4-T1 7e23c0001304 /vdevice/l-lan@30000004 successful\n",
        "",
        0,
    ),
    same("rnetboot-ondemand"),
    same("rnetboot-f-ondemand"),
    Step {
        warns: "Warning: an HMC boots an LPAR from the network once and sets no boot order: ",
        ..same("rnetboot-sf")
    },
    same("aix-mn-rnetboot-ondemand"),
    other(
        "rnetboot-V-ondemand",
        "lpar01: Success\n",
        "hmc01: lssyscfg -r lpar -m '9117-MMA*10F6F3D'\n",
        0,
    ),
    other("rnetboot-console", "lpar01: Success\n", "", 0),
    after("rpower lpar02 off", "rpower-on"),
    Step {
        pairs: ACTIVE,
        ..same("rpower-on-again")
    },
    Step {
        pairs: ACTIVE,
        ..same("rpower-sms")
    },
    same("rpower-off"),
    same("rpower-on-lpar02"),
    same("rpower-off-lpar02"),
    same("rpower-reset"),
    same("rpower-boot"),
    same("rpower-softoff"),
    Step {
        pairs: &[("CA00E1F1", "CA00E1DC")],
        ..after("rpower lpar01 of", "rvitals-lcds")
    },
    same("rvitals-state"),
    same("rpower-off-all"),
    same("rvitals-all"),
    same("rpower-of"),
];

/// On hardware whose `lpar01` was never active.
const NEVER_ACTIVE: &[Step] = &[same("rinv-all")];

/// With a password that is not that of the HMC.
const BAD_PASSWORD: &[Step] = &[Step {
    before: "chtab hcp=hmc01 ppchcp.password=wrong",
    ..other(
        "rpower-badpw",
        "",
        "lpar01: Error: hmc01 refused the login of hscroot: ",
        1,
    )
}];

/// Sets the state of the system of `lpar01`.
fn state(site: &Site, state: &str) {
    site.set_state("Server-9117-MMA-SN10F6F3D", state).unwrap();
}

/// With a node whose LPAR is not there, and hardware in trouble.
const FAULTS: &[Step] = &[
    same("lshwconn-hmc"),
    same("rvitals-lcds-cec"),
    Step {
        unlike: NO_LPAR,
        ..same("rpower-no-lpar")
    },
    Step {
        unlike: NO_LPAR,
        ..same("rvitals-no-lpar")
    },
    when(|site| state(site, "No Connection"), "rpower-no-connection"),
    same("rpower-no-connection-cec"),
    same("rpower-no-connection-on"),
    same("rinv-no-connection"),
    same("rvitals-no-connection"),
    same("getmacs-no-connection"),
    other(
        "rscan-no-connection",
        "type    name                       id      type-model  serial-number  side\n\
         cec     Server-9117-MMA-SN1001234  7       9117-MMA    1001234\n\
         cec     Server-9117-MMA-SN10F6F3D  5       9117-MMA    10F6F3D\n\
         frame   Frame-9458-100-SN99200G1   2       9458-100    99200G1\n\
         frame   Frame-9458-100-SN99201WM   1       9458-100    99201WM\n\
         hmc     hmc01                              7310-CR4    1017E6B\n\
         lpar    lpar03                     2       9117-MMA    1001234\n\
         lpar    lpar04                     3       9117-MMA    1001234\n\
         lpar    vios2                      1       9117-MMA    1001234\n",
        "hmc01: Error: the LPARs of 9117-MMA*10F6F3D, which is in state \"No Connection\", are not known: HSCL0237 ",
        1,
    ),
    when(
        |site| state(site, "Failed Authentication"),
        "rpower-failed-authentication",
    ),
    same("rpower-failed-authentication-on"),
    when(|site| state(site, "Standby"), "rpower-standby"),
    same("rpower-standby-on"),
    when(|site| state(site, "Power Off"), "rpower-power-off"),
    same("rpower-power-off-lpar"),
    same("rpower-power-off-on"),
    same("rvitals-power-off"),
    when(
        |site| {
            state(site, "Operating");
            site.fault("hmc01", Fault::Busy);
        },
        "rpower-busy",
    ),
    same("rpower-busy-stat"),
    when(
        |site| {
            site.heal("hmc01");
            site.fault("hmc01", Fault::NoAuthority);
        },
        "rpower-no-authority",
    ),
    same("rpower-no-authority-on"),
    same("rinv-no-authority"),
    same("getmacs-no-authority"),
    other(
        "rscan-no-authority",
        "",
        "hmc01: Error: HSCL350B The user does not have the appropriate authority\n",
        1,
    ),
];

const NO_LPAR: &[(&str, &str)] = &[(
    "Node not found",
    "Node not found: 9117-MMA*10F6F3D has no LPAR with id 77",
)];

const SESSIONS: [&[Step]; 4] = [SESSION, NEVER_ACTIVE, BAD_PASSWORD, FAULTS];

/// What the daemon logs.
const LOG: &str = "xcat.updatestatus - ";

/// The lines that must agree.
fn data(line: &str, out: &str) -> Vec<String> {
    let lines = || {
        let lines = out.lines().map(str::trim_end);
        lines.filter(|l| !l.is_empty() && !l.starts_with(LOG))
    };
    let mut lines: Vec<String> = match lines().any(|l| l.starts_with("Usage: ")) {
        true => Vec::new(),
        false => lines().map(members_in_order).collect(),
    };
    if line.starts_with("rscan ") {
        lines.retain(|line| !line.starts_with("# "));
    }
    if ["rpower ", "lshwconn "].iter().any(|c| line.starts_with(c)) || line.contains(" cec ") {
        lines.sort();
    }
    if line.contains("tabdump ") {
        lines = tables(lines);
    }
    lines
}

/// Sorts the rows of each table.
fn tables(lines: Vec<String>) -> Vec<String> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut table = String::new();
    for line in lines {
        if line.starts_with("== ") {
            table = line;
        } else {
            tables.entry(table.clone()).or_default().push(line);
        }
    }
    tables.values_mut().for_each(|rows| rows.sort());
    let flat = |(table, rows): (String, Vec<String>)| std::iter::once(table).chain(rows);
    tables.into_iter().flat_map(flat).collect()
}

/// The groups of `groups=all,cec` and `"node","all,cec"` in order.
fn members_in_order(line: &str) -> String {
    let members = |list: &str| {
        let mut members: Vec<_> = list.split(',').collect();
        members.sort_unstable();
        members.join(",")
    };
    if let Some(list) = line.strip_prefix("    groups=") {
        return format!("    groups={}", members(list));
    }
    match line.split('"').collect::<Vec<_>>()[..] {
        ["", node, ",", groups, ref rest @ ..] if groups.contains(",") => {
            format!("\"{node}\",\"{}\"{}", members(groups), rest.join("\""))
        }
        _ => line.to_owned(),
    }
}

/// Whether a failure's message is on standard error.
fn told(ran: &Ran, message: &str) -> bool {
    ran.err
        .lines()
        .any(|line| line == format!("Error: {message}"))
}

/// Compares an answer with the capture's.
fn agrees(step: &Step, capture: &Capture, ran: &Ran) -> bool {
    let paired = |text: &str| {
        let replace = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
        let pairs = step.pairs.iter().chain(step.unlike);
        pairs.fold(text.to_owned(), replace)
    };
    let line = line(step, capture);
    let mut want = data(line, &paired(&capture.out));
    let mut messages = capture.out.lines().chain(capture.err.lines());
    let usage = capture.out.lines().any(|l| l.starts_with("Usage: "));
    let quiet = match capture.code {
        0 => ran.err.is_empty(),
        _ if usage => messages.next().is_some_and(|message| told(ran, message)),
        _ => messages.all(|l| {
            let log = l.is_empty() || l.starts_with(LOG);
            log || ran.out.contains(&paired(l)) || ran.err.contains(l)
        }),
    };
    let quiet = quiet || !step.warns.is_empty() && ran.err.starts_with(step.warns);
    want.retain(|line| !told(ran, line));
    quiet && want == data(line, &ran.out) && ran.code == Some(capture.code)
}

fn line<'a>(step: &'a Step, capture: &'a Capture) -> &'a str {
    match step.line {
        "" => &capture.line,
        line => line,
    }
}

/// Plays a session and tells what differs.
fn play(world: &World, site: &Site, steps: &[Step]) {
    let mut told = String::new();
    for step in steps {
        (step.site)(site);
        if !step.before.is_empty() {
            let ran = world.sh(step.before);
            assert_eq!(ran.code, Some(0), "{}: {ran:#?}", step.before);
        }
        let capture = capture(step.capture);
        let line = line(step, &capture);
        let ran = world.sh(line);
        let same = agrees(step, &capture, &ran);
        let followed = Step {
            unlike: &[],
            ..*step
        };
        let right = match step.here {
            None if step.unlike.is_empty() => same,
            None => same && !agrees(&followed, &capture, &ran),
            Some(_) if same => {
                told.push_str(&format!(
                    "\n{} is listed in README.md and agrees",
                    step.capture
                ));
                continue;
            }
            Some(here) => {
                data(line, &ran.out) == data(line, here.out)
                    && ran.err.starts_with(here.err)
                    && ran.err.is_empty() == here.err.is_empty()
                    && ran.code == Some(here.code)
            }
        };
        // As a control character would be shown.
        if !right || ran.err.contains('?') {
            told.push_str(&format!(
                "\n{}: {line}\n  xCAT: {}{}",
                step.capture, capture.out, capture.err
            ));
            told.push_str(&format!("  here: {ran:#?}\n"));
        }
    }
    assert!(told.is_empty(), "{told}");
}

fn site(change: impl FnOnce(&mut Config)) -> (World, Site) {
    let mut config = Config::from_toml(&read("site.toml")).unwrap();
    change(&mut config);
    World::on_site(config)
}

#[test]
fn the_hardware_commands_print_what_xcat_prints() {
    let (world, site) = site(|_| ());
    play(&world, &site, SESSION);
}

#[test]
fn an_lpar_that_was_never_active_has_what_xcat_says() {
    let (world, site) = site(|config| {
        let lpar = config.cec[0]
            .lpar
            .iter_mut()
            .find(|lpar| lpar.name == "lpar01");
        let lpar = lpar.unwrap();
        lpar.state = "Not Activated".to_owned();
        lpar.attrs
            .insert("resource_config".to_owned(), "0".to_owned());
    });
    assert_eq!(world.sh(&format!("{HMC} && rscan hmc01 -w")).code, Some(0));
    play(&world, &site, NEVER_ACTIVE);
}

#[test]
fn a_wrong_password_is_told() {
    let (mut world, site) = site(|config| config.authorized_key = false);
    assert_eq!(world.sh(&format!("{HMC} && rscan hmc01 -w")).code, Some(0));
    world.new_home("later");
    play(&world, &site, BAD_PASSWORD);
}

#[test]
fn trouble_is_told_as_xcat_tells_it() {
    let (mut world, site) = site(|_| ());
    let gone = "mkdef -t node -o gone groups=other,all nodetype=ppc,osi hwtype=lpar id=77 mgt=hmc \
        hcp=hmc01 pprofile=p parent=Server-9117-MMA-SN10F6F3D cons=hmc";
    let setup = world.sh(&format!("{HMC} && rscan hmc01 -w && {gone}"));
    assert_eq!(setup.code, Some(0), "{setup:#?}");
    world.new_home("later");
    play(&world, &site, FAULTS);
}

#[test]
fn no_capture_is_left_out() {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
    let names = files.filter_map(|file| {
        let name = file.file_name().into_string().unwrap();
        name.strip_suffix(".txt").map(str::to_owned)
    });
    let captures: BTreeSet<String> = names.collect();
    let steps = || SESSIONS.iter().copied().flatten();
    let compared: Vec<String> = steps().map(|step| step.capture.to_owned()).collect();
    let once: BTreeSet<String> = compared.iter().cloned().collect();
    assert_eq!(compared.len(), once.len(), "a capture is compared twice");
    assert_eq!(captures, once);
    let here = steps().filter(|step| step.here.is_some() || !step.unlike.is_empty());
    let here: BTreeSet<String> = here.map(|step| step.capture.to_owned()).collect();
    assert_eq!(here, listed(), "README.md lists others");
}

/// The captures that README.md lists as not followed: the first cells of its table.
fn listed() -> BTreeSet<String> {
    let readme = read("README.md");
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.filter_map(|row| row.split_once(" | ").map(|(cell, _)| cell.to_owned()));
    let names = cells.flat_map(|cell| {
        let names = cell
            .split(',')
            .map(|name| name.trim_matches([' ', '`']).to_owned());
        names.collect::<Vec<_>>()
    });
    names.collect()
}
