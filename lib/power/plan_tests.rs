//! Plans against scripted HMCs.

use std::time::Duration;

use super::*;
use crate::power::Course;
use crate::power::Way;
use crate::power::settings::tests::{db, set};
use crate::remote::{Failure, Limits, Scripted, Target};

const A: &str = "9117-MMA*10F6F3D";
const STATES: &str = "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,state";

fn on(id: u32) -> String {
    format!("chsysstate -r lpar -m '{A}' -o on -b norm --id {id} -f normal")
}

fn nodes() -> Vec<PowerNode> {
    let node = |(name, id): (&str, &str)| PowerNode {
        name: name.to_owned(),
        hwtype: "lpar".to_owned(),
        id: id.to_owned(),
        parent: "cec".to_owned(),
        system: A.parse().ok(),
        profile: "normal".to_owned(),
        hcps: vec![0],
        ..PowerNode::default()
    };
    [("lpar01", "2"), ("vios1", "1")].map(node).into()
}

fn script() -> Scripted {
    Scripted::new().answer(
        "hmc01",
        STATES,
        "lpar01,2,Not Activated\nvios1,1,Not Activated\n",
    )
}

fn plan(stages: &[(&[usize], u64)], watch: Option<Watch>) -> Plan {
    let stage = |(nodes, wait): &(&[usize], u64)| Stage {
        nodes: nodes.to_vec(),
        wait: Duration::from_millis(*wait),
    };
    Plan {
        request: Request {
            op: "on".parse().unwrap(),
            way: Way {
                width: 8,
                ..Way::default()
            },
            ..Request::default()
        },
        order: Order {
            stages: stages.iter().map(stage).collect(),
            outside: Vec::new(),
        },
        watch,
    }
}

/// What a plan says; `each` is called with each line.
fn lines(script: &Scripted, db: &mut Db, plan: &Plan, mut each: impl FnMut(&str)) -> Vec<String> {
    let targets = [Target::new("hmc01")];
    let points = Points::new(script, &targets, Limits::default(), &|_| false);
    let nodes = nodes();
    let mut lines = Vec::new();
    plan.carry_out(&points, db, &nodes, &mut |said| {
        let line = match said {
            Said::Waiting(_) => return,
            Said::Line(line) => line,
            Said::Step(..) => unreachable!("a switch has no steps"),
            Said::Node(at, Ok(done)) => format!("{}: {done}", nodes[at].name),
            Said::Node(at, Err(reason)) => format!("! {}: {reason}", nodes[at].name),
            Said::Missed(text) => format!("! {text}"),
            Said::Db(error) => format!("! {error}"),
        };
        each(&line);
        lines.push(line);
    });
    lines
}

fn status(db: &Db, node: &str) -> (String, String) {
    let table = crate::schema::table("nodelist").unwrap();
    let at = |name| table.position(name).unwrap();
    let snapshot = db.read().unwrap();
    let value = |column| {
        snapshot
            .value(table, at(column), &[(at("node"), node)])
            .unwrap()
    };
    (
        value("status").unwrap_or_default(),
        value("statustime").unwrap_or_default(),
    )
}

#[test]
fn stages_follow_one_another_and_the_status_is_written() {
    let (_folder, mut db) = db();
    let script =
        script()
            .answer("hmc01", &on(1), "")
            .exit("hmc01", &on(2), 1, "HSCL05EA No.\n", "");
    let mut plan = plan(&[(&[1], 1), (&[0], 0)], None);
    plan.order.outside = vec!["cec".to_owned()];
    let said = lines(&script, &mut db, &plan, |_| {});
    assert_eq!(
        said,
        [
            "The following nodes are dependencies for some nodes passed in through arguments, but not in the command arguments: cec, make sure these nodes are in correct state",
            "Performing action against the following nodes: vios1",
            "vios1: Success",
            "Waiting 0.001 seconds for node dependencies",
            "Performing action against the following nodes: lpar01",
            "! lpar01: HSCL05EA No.",
        ]
    );
    let (now, time) = status(&db, "vios1");
    assert_eq!(
        (now.as_str(), time.len()),
        ("powering-on", "12-31-2026 23:59:59".len())
    );
    assert_eq!(status(&db, "lpar01").0, "");
}

#[test]
fn a_dry_run_sends_and_writes_nothing() {
    let (_folder, mut db) = db();
    let script = script();
    let watch = Watch::parse(&[String::new()], Some("60"), 3).unwrap();
    let mut plan = plan(&[(&[1], 3_600_000), (&[0], 0)], Some(watch));
    plan.request.way.dry_run = true;
    let said = lines(&script, &mut db, &plan, |_| {});
    assert_eq!(said[1], format!("vios1: hmc01 would be sent: {}", on(1)));
    assert_eq!(said[2], "Waiting 3600 seconds for node dependencies");
    assert!(script.asked().iter().all(|(_, line)| line == STATES));
    assert_eq!(status(&db, "vios1").0, "");
}

#[test]
fn what_is_late_is_sent_again_and_then_given_up() {
    let (_folder, mut db) = db();
    set(
        &mut db,
        "nodelist",
        &[&[("node", "lpar01")], &[("node", "vios1")]],
    );
    let script = script()
        .answer("hmc01", &on(1), "")
        .answer("hmc01", &on(2), "");
    let watch = Watch::parse(&["nodelist.comments==ready".to_owned()], Some("0"), 1).unwrap();
    let table = crate::schema::table("nodelist").unwrap();
    let at = |name| table.position(name).unwrap();
    let change = db.change().unwrap();
    change
        .set(
            table,
            &[(at("node"), "vios1")],
            &[(at("comments"), Some("ready"))],
        )
        .unwrap();
    change.commit().unwrap();
    let said = lines(
        &script,
        &mut db,
        &plan(&[(&[0, 1], 0)], Some(watch)),
        |_| {},
    );
    assert_eq!(
        said,
        [
            "lpar01: Success",
            "vios1: Success",
            "vios1: Reached the expected status",
            "! lpar01: does not transit to the expected status",
            "lpar01: Reinitializing the installation: 1 retry",
            "lpar01: Success",
            "! lpar01: does not transit to the expected status",
            "! The node \"lpar01\" can not reach the expected status after 1 retries, the installation for this done failed",
        ]
    );
}

#[test]
fn after_an_interrupt_nothing_more_is_sent() {
    let (_folder, mut db) = db();
    let script = script().answer("hmc01", &on(1), "");
    let plan = plan(&[(&[1], 3_600_000), (&[0], 0)], None);
    let stop = plan.request.way.stop.clone();
    let said = lines(&script, &mut db, &plan, |line| {
        if line == "vios1: Success" {
            stop.set();
        }
    });
    assert_eq!(
        said.last().unwrap(),
        "! lpar01: nothing was sent: the command was interrupted"
    );
    assert!(!script.asked().iter().any(|(_, line)| *line == on(2)));
    assert_eq!(status(&db, "vios1").0, Course::On.status());
}

#[test]
fn a_change_that_was_lost_is_looked_after() {
    let (_folder, mut db) = db();
    let lost = Failure::Lost {
        host: "hmc01".to_owned(),
        reason: "the connection was lost".to_owned(),
    };
    let script = script()
        .answer("hmc01", STATES, "lpar01,2,Running\nvios1,1,Not Activated\n")
        .fail("hmc01", &on(2), lost);
    let said = lines(&script, &mut db, &plan(&[(&[0, 1], 0)], None), |_| {});
    assert_eq!(
        said[0],
        "! lpar01: hmc01: the connection was lost; whether the command was carried out is unknown; asked again: its state is Running"
    );
    assert!(
        said[1].starts_with("! vios1: nothing was sent: hmc01: "),
        "{said:?}"
    );
    assert_eq!(status(&db, "lpar01").0, "");
}
