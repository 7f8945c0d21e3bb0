//! `rscan` on the simulated site.

use simsite::{Config, Fault, Site};

use crate::world::World;

/// The site with both HMCs defined; a connection is tried once.
fn site(config: Config) -> (World, Site) {
    let (world, site) = World::on_site(config);
    world.define_hmc("hmc01", "abc123");
    world.define_hmc("hmc02", "abc123");
    world.fill("site", &[&[("key", "ppcretry"), ("value", "1")]]);
    (world, site)
}

/// The default site without the LPAR whose name no node can have.
fn plain() -> Config {
    let mut config = Config::default_site();
    for cec in &mut config.cec {
        cec.lpar.retain(|lpar| !lpar.name.contains(' '));
    }
    config
}

/// A site with an empty hmc02, to be looked at without its systems.
fn one_system() -> Config {
    let mut config = plain();
    config.hmc[0].systems.truncate(1);
    config.hmc[0].frames.truncate(1);
    config.cec[0].lpar.truncate(2);
    config
}

const TABLE: &str = "\
type    name                       id      type-model  serial-number  side  
cec     Server-9117-MMA-SN10F6F3D  5       9117-MMA    10F6F3D              
frame   Frame-9458-100-SN99201WM   1       9458-100    99201WM              
hmc     hmc01                              7310-CR4    1017E6B              
lpar    node01                     9       9117-MMA    10F6F3D              
lpar    vios1                      1       9117-MMA    10F6F3D              

";

#[test]
fn the_table_is_xcats() {
    let (world, site) = site(one_system());
    world.run("rscan", ["hmc01"]).ok(TABLE);
    assert_eq!(
        site.commands("hmc01"),
        [
            "lshmc -v",
            "lssyscfg -r frame -F type_model,serial_num,name,frame_num,ipaddr_a,ipaddr_b",
            "lssyscfg -r cage -e '9458-100*99201WM' -F cage_num,type_model_serial_num",
            "lssyscfg -r sys -F name,type_model,serial_num,ipaddr,state",
            "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,default_profile,curr_profile",
        ]
    );
}

#[test]
fn writing_defines_and_says_so_once() {
    let (world, _site) = site(one_system());
    let new = "\
# Frame-9458-100-SN99201WM: defined
# Server-9117-MMA-SN10F6F3D: defined
# vios1: defined
# node01: defined
# hmc01: hcp=hmc01
";
    world
        .run("rscan", ["hmc01", "-w"])
        .ok(&format!("{TABLE}{new}"));
    world.run("rscan", ["hmc01", "-w"]).ok(TABLE);
    let head = "#Updated following nodes:\n";
    let none = "type    name  id      type-model  serial-number  side  \n\n";
    world
        .run("rscan", ["hmc01", "-u"])
        .ok(&format!("{head}{none}"));
    assert_eq!(
        world.rows("ppc"),
        [
            "node=Frame-9458-100-SN99201WM hcp=hmc01 id=1 nodetype=frame",
            "node=Server-9117-MMA-SN10F6F3D hcp=hmc01 id=5 parent=Frame-9458-100-SN99201WM nodetype=cec",
            "node=hmc01 hcp=hmc01 nodetype=hmc",
            "node=hmc02 nodetype=hmc",
            "node=node01 hcp=hmc01 id=9 pprofile=lpar9 parent=Server-9117-MMA-SN10F6F3D nodetype=lpar",
            "node=vios1 hcp=hmc01 id=1 pprofile=default parent=Server-9117-MMA-SN10F6F3D nodetype=lpar",
        ]
    );
    assert_eq!(
        world.rows("nodehm"),
        [
            "node=Frame-9458-100-SN99201WM mgt=bpa",
            "node=Server-9117-MMA-SN10F6F3D mgt=hmc",
            "node=hmc01 mgt=hmc",
            "node=hmc02 mgt=hmc",
            "node=node01 mgt=hmc cons=hmc",
            "node=vios1 mgt=hmc cons=hmc",
        ]
    );
}

#[test]
fn what_the_administrator_set_is_kept() {
    let (world, _site) = site(one_system());
    let _ = world.run("rscan", ["hmc01", "-w"]);
    world.fill("hosts", &[&[("node", "node01"), ("ip", "10.0.0.1")]]);
    world.fill(
        "postscripts",
        &[&[("node", "node01"), ("postscripts", "foo,bar")]],
    );
    let groups = |table: &str| {
        world
            .rows(table)
            .into_iter()
            .filter(|row| row.contains("node01"))
            .collect::<Vec<_>>()
    };
    let before = [groups("hosts"), groups("postscripts"), groups("nodelist")];
    for option in ["-w", "-u"] {
        assert!(
            !world
                .run("rscan", ["hmc01", option])
                .good()
                .contains("\n# "),
            "{option}"
        );
    }
    assert_eq!(
        [groups("hosts"), groups("postscripts"), groups("nodelist")],
        before
    );
}

#[test]
fn an_update_follows_the_hmc_and_keeps_names() {
    let (world, _site) = site(one_system());
    world.fill(
        "nodelist",
        &[
            &[("node", "cec1"), ("groups", "cec,mine")],
            &[("node", "db"), ("groups", "lpar,all")],
        ],
    );
    world.fill(
        "vpd",
        &[&[("node", "cec1"), ("mtm", "9117-MMA"), ("serial", "10F6F3D")]],
    );
    world.fill(
        "ppc",
        &[
            &[("node", "cec1"), ("nodetype", "cec")],
            &[
                ("node", "db"),
                ("nodetype", "lpar"),
                ("parent", "cec1"),
                ("id", "9"),
                ("pprofile", "old"),
            ],
        ],
    );
    let said = world.run("rscan", ["hmc01", "-u"]).good();
    assert!(
        said.starts_with("#Updated following nodes:\ntype    name   id      "),
        "{said}"
    );
    for line in [
        "lpar    db     9       9117-MMA    10F6F3D              \n",
        "# db: pprofile=lpar9 (was old)\n",
        "# cec1: groups=cec,mine,all (was cec,mine)\n",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(!said.contains("vios1"), "{said}");
    let nodes: Vec<_> = world
        .rows("nodelist")
        .iter()
        .map(|row| row.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(nodes, ["node=cec1", "node=db", "node=hmc01", "node=hmc02"]);
}

#[test]
fn two_hmcs_of_one_system_are_both_its_control_points() {
    let mut config = Config::dual_console();
    config.cec.iter_mut().for_each(|cec| cec.lpar.truncate(2));
    let (world, _site) = site(config);
    let said = world.run("rscan", ["hmc", "-z"]).good();
    assert_eq!(said.matches("vios1:\n").count(), 1);
    assert_eq!(said.matches("\thcp=hmc01,hmc02\n").count(), 8);
    let tables = world.run("rscan", ["hmc"]).good();
    assert_eq!(tables.matches("lpar    vios1 ").count(), 2);
}

/// Runs a scan of both HMCs, hmc01 in trouble: hmc02 is served all the same.
fn in_trouble(world: &World, expected: &str) {
    let ran = world.run("rscan", ["hmc01,hmc02", "-w"]);
    assert_eq!(ran.err.lines().count(), 1, "{ran:#?}");
    assert!(
        ran.err.starts_with(&format!("hmc01: Error: {expected}")),
        "{ran:#?}"
    );
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("lpar    web01 "), "{ran:#?}");
    assert!(!ran.out.contains("node01"), "{ran:#?}");
    let nodes = world.rows("nodelist").len();
    assert_eq!(nodes, 2 + 2 + 12, "what hmc02 manages is defined");
    assert_eq!(world.rows("nodehm").len(), nodes);
}

#[test]
fn a_dead_hmc_is_one_line() {
    let (world, site) = site(plain());
    site.fault("hmc01", Fault::Down);
    in_trouble(&world, "cannot reach hmc01: ");
    world
        .run("rscan", ["hmc01", "-w"])
        .refused("hmc01: Error: cannot reach hmc01: ");
}

#[test]
fn a_silent_hmc_costs_one_deadline_and_one_line() {
    let (world, site) = site(plain());
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "4")]]);
    site.fault("hmc01", Fault::BannerOnly);
    in_trouble(&world, "hmc01 did not finish the login within ");
}

#[test]
fn a_hung_hmc_is_one_line() {
    let (world, site) = site(plain());
    world.fill("site", &[&[("key", "ppctimeout"), ("value", "4")]]);
    site.fault("hmc01", Fault::Hang);
    in_trouble(&world, "hmc01 did not finish the command within 4 s");
}

#[test]
fn garbage_is_one_line() {
    let (world, site) = site(plain());
    site.fault("hmc01", Fault::Garbage);
    in_trouble(
        &world,
        "hmc01 answered lshmc with something that cannot be read: ",
    );
}

#[test]
fn an_endless_answer_is_one_line() {
    let (world, site) = site(plain());
    site.fault_on("hmc01", "-r sys", Fault::Endless);
    in_trouble(&world, "hmc01 answered with more than ");
}

#[test]
fn a_changed_host_key_is_refused() {
    let (world, site) = site(plain());
    site.fault("hmc01", Fault::ChangeHostKey);
    in_trouble(&world, "hmc01 is not trusted: ");
}

#[test]
fn a_wrong_password_is_one_line_and_not_shown() {
    let mut config = plain();
    config.authorized_key = false;
    let (world, site) = World::on_site(config);
    world.define_hmc("hmc01", "wrong-secret");
    world.define_hmc("hmc02", "abc123");
    in_trouble(&world, "hmc01 refused the login of hscroot: ");
    let ran = world.run("rscan", ["hmc01", "-V"]);
    assert!(!format!("{ran:?}").contains("wrong-secret"), "{ran:#?}");
    assert!(!site.log().is_empty());
}

#[test]
fn an_hmc_without_systems_is_one_line() {
    let mut config = plain();
    config.hmc[0].systems.clear();
    config.hmc[0].frames.clear();
    let (world, _site) = site(config);
    in_trouble(&world, "No results were found: it manages no system");
    let ran = world.run("rscan", ["hmc01"]);
    assert!(ran.out.contains("hmc     hmc01 "), "{ran:#?}");
}

#[test]
fn answers_in_polish_are_understood() {
    let (world, site) = site(plain());
    site.fault("hmc01", Fault::Polish);
    let said = world.run("rscan", ["hmc01"]).good();
    assert!(said.contains("lpar    node01 "), "{said}");
}

#[test]
fn a_system_without_connection_is_listed_and_the_others_are_served() {
    let (world, site) = site(plain());
    site.set_state("Server-9117-MMA-SN10F6F3D", "No Connection")
        .unwrap();
    let ran = world.run("rscan", ["hmc01"]);
    assert!(ran.err.starts_with("hmc01: Error: the LPARs of 9117-MMA*10F6F3D, which is in state \"No Connection\", are not known: "), "{ran:#?}");
    assert_eq!(
        (ran.err.lines().count(), ran.code),
        (1, Some(1)),
        "{ran:#?}"
    );
    for line in ["cec     Server-9117-MMA-SN10F6F3D  ", "lpar    node05 "] {
        assert!(ran.out.contains(line), "{ran:#?}");
    }
}

#[test]
fn an_odd_name_is_listed_but_neither_defined_nor_run() {
    let (world, _site) = site(one_system().with_awkward_lpar());
    let table = world.run("rscan", ["hmc01"]);
    assert!(
        table
            .out
            .contains("lpar    a,b \"c\" $(touch x)         66      "),
        "{table:#?}"
    );
    assert!(
        table
            .err
            .starts_with("Warning: LPAR \"a,b \\\"c\\\" $(touch x)\" (id 66 of "),
        "{table:#?}"
    );
    assert_eq!(table.code, Some(0));
    for option in ["-z", "-x", "-w"] {
        let ran = world.run("rscan", ["hmc01", option]);
        assert!(
            ran.err
                .starts_with("Error: LPAR \"a,b \\\"c\\\" $(touch x)\" (id 66 of "),
            "{ran:#?}"
        );
        assert_eq!(
            (ran.err.lines().count(), ran.code),
            (1, Some(1)),
            "{ran:#?}"
        );
        assert!(
            ran.out.contains("node01") && !ran.out.contains("touch"),
            "{ran:#?}"
        );
    }
    assert!(
        world
            .rows("nodelist")
            .iter()
            .all(|row| !row.contains("touch"))
    );
    assert!(!world.home().join("x").exists());
}

#[test]
fn other_nodes_and_wrong_usage_are_refused() {
    let (world, site) = site(one_system());
    world.fill("nodelist", &[&[("node", "lpar01"), ("groups", "lpar,all")]]);
    world.fill("ppc", &[&[("node", "lpar01"), ("nodetype", "lpar")]]);
    world
        .run("rscan", ["lpar01"])
        .refused("lpar01: Error: Invalid node type: lpar;");
    world
        .run("rscan", ["nosuch"])
        .refused("Error: Invalid nodes and/or groups in noderange: nosuch");
    world
        .run("rscan", ["-q", "hmc01"])
        .refused("Error: unexpected argument '-q'");
    world.run("rscan", ["-x", "-z", "hmc01"]).refused("Error: ");
    world.run("rscan", ["-u", "-w", "hmc01"]).refused("Error: ");
    assert!(world.run("rscan", [""; 0]).good().contains("Usage: rscan"));
    assert_eq!(site.commands("hmc01"), [""; 0]);
}

#[test]
fn a_dry_run_shows_the_nodes_and_writes_none() {
    let (world, _site) = site(one_system());
    let shown = world.run("rscan", ["hmc01", "-w", "--dry-run"]).good();
    assert!(
        shown.contains("node node01: added\n    cons: (none) -> hmc\n"),
        "{shown}"
    );
    assert!(!shown.contains("type-model"), "{shown}");
    assert_eq!(world.rows("vpd"), [""; 0]);
    let _ = world.run("rscan", ["hmc01", "-w"]).good();
    world.run("rscan", ["hmc01", "-u", "--dry-run"]).ok("");
    world
        .run("rscan", ["hmc01", "--dry-run"])
        .refused("Error: the following required arguments");
}

#[test]
fn json_tells_what_was_found() {
    let (world, _site) = site(one_system());
    let listed = world.run("rscan", ["hmc01", "--json"]).good();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let names: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["type"].as_str().unwrap(), f["name"].as_str().unwrap()))
        .collect();
    assert_eq!(
        names,
        [
            ("frame", "Frame-9458-100-SN99201WM"),
            ("cec", "Server-9117-MMA-SN10F6F3D"),
            ("hmc", "hmc01"),
            ("lpar", "node01"),
            ("lpar", "vios1"),
        ]
    );
    assert_eq!(listed[3]["parent"], "Server-9117-MMA-SN10F6F3D");
    assert_eq!(listed[3]["hcp"], serde_json::json!(["hmc01"]));
    assert_eq!(listed[2]["id"], serde_json::Value::Null);
    let written = world.run("rscan", ["hmc01", "-w", "--json"]).good();
    let written: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written.as_array().unwrap().len(), 5);
    let changed = world.run("rscan", ["hmc01", "-u", "--json"]);
    changed.ok("[]\n");
}
