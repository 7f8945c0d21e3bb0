//! Orders of the deps table.

use super::*;
use crate::noderange::FileError;
use crate::objects::index::Surroundings;
use crate::power::settings::tests::{db, set};

fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

fn need(node: &str, on: &str, wait: u64) -> Dependency {
    Dependency {
        node: node.to_owned(),
        on: names(on),
        wait: Duration::from_millis(wait),
    }
}

/// The stages as `a,b 10 c`: names, waits in milliseconds.
fn text(names: &[String], order: &Order) -> String {
    let stage = |stage: &Stage| {
        let nodes: Vec<_> = stage.nodes.iter().map(|&n| names[n].as_str()).collect();
        match stage.wait.as_millis() {
            0 => nodes.join(","),
            wait => format!("{} {wait}", nodes.join(",")),
        }
    };
    order
        .stages
        .iter()
        .map(stage)
        .collect::<Vec<_>>()
        .join(" ; ")
}

#[test]
fn nodes_follow_those_they_depend_on() {
    let all = names("lpar01,lpar02,vios1,cec");
    let needs = [
        need("lpar01", "vios1", 10),
        need("lpar02", "vios1,elsewhere", 30),
        need("vios1", "cec", 5),
        need("stranger", "cec", 9),
    ];
    let order = stages(&all, &needs).unwrap();
    assert_eq!(text(&all, &order), "cec 5 ; vios1 30 ; lpar01,lpar02");
    assert_eq!(order.outside, ["elsewhere"]);
    assert_eq!(stages(&all, &[]).unwrap(), Order::none(4));
}

#[test]
fn a_ring_is_refused_and_named() {
    let all = names("a,b,c");
    let needs = [need("a", "b", 0), need("b", "a", 0)];
    let error = stages(&all, &needs).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "Loop dependency, check your deps table, may be related to the following nodes: a,b;"
        ),
        "{error}"
    );
    assert!(stages(&all, &[need("a", "a", 0)]).is_err());
}

fn read(db: &db::Db, all: &[String], op: &str) -> Result<Order, Error> {
    let snapshot = db.read().unwrap();
    let surroundings = Surroundings {
        prefix: "node",
        suffix: "",
        read: &|_| Err(FileError::NotText),
    };
    let index = NodeIndex::new(&snapshot, surroundings);
    Order::read(&snapshot, &index, all, op)
}

#[test]
fn the_table_is_read_with_groups_and_several_rows() {
    let (_folder, mut db) = db();
    let all = names("lpar01,lpar02,vios1");
    let node = |name, groups| [("node", name), ("groups", groups)];
    set(
        &mut db,
        "nodelist",
        &[
            &node("lpar01", "lpar"),
            &node("lpar02", "lpar"),
            &node("vios1", "vios"),
        ],
    );
    set(
        &mut db,
        "deps",
        &[
            &[
                ("node", "lpar"),
                ("nodedep", "vios"),
                ("cmd", "on,boot"),
                ("msdelay", "10"),
            ],
            &[("node", "vios1"), ("nodedep", "lpar,gone"), ("cmd", "off")],
            &[("node", "vios1"), ("nodedep", "cec"), ("cmd", "reset")],
        ],
    );
    let order = |op| read(&db, &all, op).unwrap();
    assert_eq!(text(&all, &order("on")), "vios1 10 ; lpar01,lpar02");
    assert_eq!(order("boot"), order("on"));
    assert_eq!(text(&all, &order("off")), "lpar01,lpar02 ; vios1");
    assert_eq!(order("off").outside, ["gone"]);
    assert_eq!(order("reset").outside, ["cec"]);
    assert_eq!(order("stat"), Order::none(3));
    set(
        &mut db,
        "deps",
        &[&[
            ("node", "lpar02"),
            ("nodedep", "vios1"),
            ("cmd", "sms"),
            ("msdelay", "soon"),
        ]],
    );
    let error = read(&db, &all, "sms").unwrap_err().to_string();
    assert!(
        error.starts_with("msdelay of lpar02 in the deps table is \"soon\""),
        "{error}"
    );
}
