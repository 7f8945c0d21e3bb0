//! Facts against scripted HMCs.

use super::*;
use crate::remote::{Failure, Limits, Scripted, Target};

const A: &str = "9117-MMA*10F6F3D";

fn node(name: &str, hwtype: &str, id: &str) -> PowerNode {
    PowerNode {
        name: name.to_owned(),
        hwtype: hwtype.to_owned(),
        id: id.to_owned(),
        parent: "p6".to_owned(),
        system: A.parse().ok(),
        frame: "9458-100*99201WM".parse().ok(),
        hcps: vec![0],
        ..PowerNode::default()
    }
}

/// What is told, node after node; `!` stands before what nobody answered.
fn lines(script: &Scripted, what: &dyn Telling, nodes: &[PowerNode]) -> Vec<String> {
    let targets = [Target::new("hmc01")];
    let points = Points::new(script, &targets, Limits::default(), &|_| false);
    let mut told: Vec<Vec<String>> = vec![Vec::new(); nodes.len()];
    tell(&points, 8, nodes, what, |index, facts| {
        told[index] = match facts {
            Ok(facts) => facts.into_iter().flat_map(|fact| fact.lines).collect(),
            Err(reason) => vec![format!("! {reason}")],
        };
    });
    told.concat()
}

#[test]
fn a_question_is_asked_once_for_all_nodes() {
    let script = Scripted::new()
        .answer(
            "hmc01",
            "lshwres -r proc -m '9117-MMA*10F6F3D' --level lpar",
            "lpar_name=a,lpar_id=2,curr_procs=2\nlpar_name=b,lpar_id=3,curr_procs=0\n",
        )
        .answer(
            "hmc01",
            "lshwres -r mem -m '9117-MMA*10F6F3D' --level lpar",
            "lpar_name=a,lpar_id=2,curr_mem=8192\nlpar_name=b,lpar_id=3,curr_mem=0\n",
        );
    let what: Inventory = "config".parse().unwrap();
    let told = lines(
        &script,
        &what,
        &[
            node("a", "lpar", "2"),
            node("b", "lpar", "3"),
            node("c", "lpar", "4"),
        ],
    );
    assert_eq!(
        told,
        [
            "Machine Configuration Info",
            "Number of Processors: 2",
            "Total Memory (MB): 8192",
            "Machine Configuration Info",
            "Number of Processors: 0",
            "Total Memory (MB): 0",
            "Machine Configuration Info",
            "Node not found: 9117-MMA*10F6F3D has no LPAR with id 4",
        ]
    );
    assert_eq!(script.asked().len(), 2);
}

#[test]
fn an_hmc_out_of_reach_is_told_once_a_node() {
    let down = Failure::Unreachable {
        host: "hmc01".to_owned(),
        reason: "Connection refused".to_owned(),
    };
    let script = Scripted::new().fail(
        "hmc01",
        "lshwinfo -r sys -e '9458-100*99201WM' -F type_model_serial_num,temperature",
        down,
    );
    let what: Vitals = "all".parse().unwrap();
    assert_eq!(
        lines(&script, &what, &[node("a", "lpar", "2")]),
        ["! cannot reach hmc01: Connection refused"]
    );
}

#[test]
fn codes_are_shown_by_their_first_word_and_a_second_processor_may_be_missing() {
    let script = Scripted::new()
        .answer(
            "hmc01",
            "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,state",
            "a,2,Error\nb,3,Running\n",
        )
        .answer(
            "hmc01",
            "lsrefcode -r lpar -m '9117-MMA*10F6F3D'",
            "lpar_name=a,lpar_id=2,refcode=B2001230 LP=00002\nlpar_name=b,lpar_id=3,refcode=\n",
        )
        .answer(
            "hmc01",
            "lsrefcode -r sys -m '9117-MMA*10F6F3D' -s p",
            "refcode_num=0,refcode=\n",
        )
        .exit(
            "hmc01",
            "lsrefcode -r sys -m '9117-MMA*10F6F3D' -s s",
            1,
            "HSCL0001 None.\n",
            "",
        );
    let what: Vitals = "lcds".parse().unwrap();
    assert_eq!(
        lines(
            &script,
            &what,
            &[
                node("a", "lpar", "2"),
                node("b", "lpar", "3"),
                node("p6", "cec", "")
            ]
        ),
        [
            "Current LCD1: B2001230",
            "Current LCD1: blank",
            "Current LCD1: blank"
        ]
    );
}
