//! Power against scripted HMCs.

use std::time::Duration;

use super::*;
use crate::power::Way;
use crate::remote::{Failure, Limits, Phase, Scripted, Target};

const A: &str = "9117-MMA*10F6F3D";
const B: &str = "9117-MMA*1001234";

fn states(system: &str) -> String {
    format!("lssyscfg -r lpar -m '{system}' -F name,lpar_id,state")
}

fn change(system: &str, rest: &str) -> String {
    format!("chsysstate -r lpar -m '{system}' -o {rest}")
}

fn lpar(name: &str, id: &str, system: &str) -> PowerNode {
    PowerNode {
        name: name.to_owned(),
        hwtype: "lpar".to_owned(),
        mgt: "hmc".to_owned(),
        id: id.to_owned(),
        parent: "cec".to_owned(),
        system: system.parse().ok(),
        profile: "normal".to_owned(),
        hcps: vec![0],
        frame: None,
        bay: None,
    }
}

fn cec(name: &str, system: &str) -> PowerNode {
    PowerNode {
        name: name.to_owned(),
        hwtype: "cec".to_owned(),
        system: system.parse().ok(),
        hcps: vec![0],
        ..PowerNode::default()
    }
}

/// The lines of `rpower`, in the order of the nodes.
fn lines(script: &Scripted, op: &str, nodes: &[PowerNode]) -> Vec<String> {
    let targets = [Target::new("hmc01"), Target::new("hmc02")];
    let points = Points::new(script, &targets, Limits::default(), &|_| false);
    let request = Request {
        op: op.parse().unwrap(),
        way: Way {
            width: 64,
            ..Way::default()
        },
        ..Request::default()
    };
    let mut lines: Vec<_> = nodes.iter().map(|_| None).collect();
    switch(&points, &request, nodes, |index, outcome| {
        let text = outcome.map_or_else(|error| format!("! {error}"), |done| done.to_string());
        let before = lines[index].replace(format!("{}: {text}", nodes[index].name));
        assert_eq!(before, None, "a node has one outcome");
    });
    lines.into_iter().flatten().collect()
}

fn commands(script: &Scripted) -> Vec<String> {
    script
        .asked()
        .into_iter()
        .map(|(_, command)| command)
        .collect()
}

fn power6() -> Scripted {
    Scripted::new()
        .answer(
            "hmc01",
            &states(A),
            "lpar02,3,Not Activated\nlpar01,2,Running\nvios1,1,Running\n",
        )
        .answer(
            "hmc01",
            &states(B),
            "vios2,1,Running\nlpar03,2,Running\nlpar04,3,Open Firmware\n",
        )
}

#[test]
fn states_cost_one_question_a_system() {
    let script = power6();
    let nodes = [
        lpar("lpar01", "2", A),
        lpar("lpar02", "3", A),
        lpar("lpar03", "2", B),
        lpar("lpar04", "3", B),
        lpar("vios1", "1", A),
        lpar("vios2", "1", B),
    ];
    assert_eq!(
        lines(&script, "stat", &nodes),
        [
            "lpar01: Running",
            "lpar02: Not Activated",
            "lpar03: Running",
            "lpar04: Open Firmware",
            "vios1: Running",
            "vios2: Running"
        ]
    );
    let mut asked = commands(&script);
    asked.sort();
    assert_eq!(asked, [states(B), states(A)]);
    assert_eq!(lines(&power6(), "state", &nodes[..1]), ["lpar01: Running"]);
}

#[test]
fn each_operation_sends_what_xcat_sends() {
    let table = [
        ("on", "on -b norm --id 3 -f normal"),
        ("of", "on --id 3 -f normal -b of"),
        ("sms", "on --id 3 -f normal -b sms"),
        ("off", "shutdown --id 3 --immed"),
        ("softoff", "shutdown --id 3"),
        ("reset", "shutdown --id 3 --immed --restart"),
        ("boot", "on -b norm --id 3 -f normal"),
    ];
    for (op, sent) in table {
        let script = power6().answer("hmc01", &change(A, sent), "");
        assert_eq!(
            lines(&script, op, &[lpar("lpar02", "3", A)]),
            ["lpar02: Success"],
            "{op}"
        );
        assert_eq!(commands(&script), [states(A), change(A, sent)], "{op}");
    }
}

#[test]
fn boot_resets_what_is_on() {
    let on = change(A, "on -b norm --id 3 -f normal");
    let reset = change(A, "shutdown --id 2 --immed --restart");
    let script = power6()
        .answer("hmc01", &on, "")
        .answer("hmc01", &reset, "");
    let nodes = [lpar("lpar01", "2", A), lpar("lpar02", "3", A)];
    assert_eq!(
        lines(&script, "boot", &nodes),
        ["lpar01: Success", "lpar02: Success"]
    );
    assert_eq!(commands(&script), [states(A), reset, on]);
}

#[test]
fn systems_are_switched() {
    let state = |system: &str| format!("lssyscfg -r sys -m '{system}' -F name,state");
    let table = [
        ("on", "on"),
        ("onstandby", "onstandby"),
        ("off", "off"),
        ("reset", "off --immed --restart"),
        ("boot", "on"),
    ];
    for (op, sent) in table {
        let sent = format!("chsysstate -r sys -m '{A}' -o {sent}");
        let script = Scripted::new()
            .answer("hmc01", &state(A), "cec1,Power Off\n")
            .answer("hmc01", &sent, "");
        assert_eq!(
            lines(&script, op, &[cec("cec1", A)]),
            ["cec1: Success"],
            "{op}"
        );
        assert_eq!(commands(&script), [state(A), sent], "{op}");
    }
    let script = Scripted::new().answer("hmc01", &state(A), "cec1,Operating\n");
    assert_eq!(
        lines(&script, "stat", &[cec("cec1", A)]),
        ["cec1: Operating"]
    );
    let reset = format!("chsysstate -r sys -m '{A}' -o off --immed --restart");
    let script = script.answer("hmc01", &reset, "");
    assert_eq!(lines(&script, "boot", &[cec("cec1", A)]), ["cec1: Success"]);
}

#[test]
fn what_is_missing_is_said_and_the_others_are_served() {
    let bare = PowerNode {
        name: "bare".to_owned(),
        ..PowerNode::default()
    };
    let with = |change: fn(&mut PowerNode)| {
        let mut node = lpar("lpar02", "3", A);
        change(&mut node);
        node
    };
    let nodes = [
        bare,
        PowerNode {
            name: "hmc01".to_owned(),
            hwtype: "hmc".to_owned(),
            ..PowerNode::default()
        },
        with(|node| node.mgt = "fsp".to_owned()),
        with(|node| node.id = String::new()),
        with(|node| node.id = "$(id)".to_owned()),
        with(|node| node.hcps.clear()),
        with(|node| node.system = None),
        with(|node| node.parent = String::new()),
        with(|node| node.profile = String::new()),
        lpar("lpar02", "3", A),
    ];
    let script = power6().answer("hmc01", &change(A, "on -b norm --id 3 -f normal"), "");
    let hint = "set it with chdef, or run rscan -u on the HMC";
    assert_eq!(
        lines(&script, "on", &nodes),
        [
            format!("bare: ! hwtype of bare is not set; {hint}"),
            "hmc01: ! Invalid node type: hmc".to_owned(),
            "lpar02: ! mgt=fsp: no HMC manages it; chdef mgt=hmc if one does".to_owned(),
            format!("lpar02: ! id of lpar02 is not set; {hint}"),
            format!("lpar02: ! id of lpar02 is not set; {hint}"),
            format!("lpar02: ! hcp of lpar02 is not set; {hint}"),
            format!("lpar02: ! mtm or serial of cec is not set; {hint}"),
            format!("lpar02: ! parent of lpar02 is not set; {hint}"),
            format!("lpar02: ! pprofile of lpar02 is not set; {hint}"),
            "lpar02: Success".to_owned(),
        ]
    );
    // The state needs no profile.
    assert_eq!(
        lines(&power6(), "stat", &nodes[8..9]),
        ["lpar02: Not Activated"]
    );
}

#[test]
fn operations_that_a_node_does_not_have_are_refused_before_anything_is_sent() {
    let script = Scripted::new();
    let nodes = [cec("cec1", A)];
    for op in ["softoff", "of", "sms"] {
        assert_eq!(
            lines(&script, op, &nodes),
            [format!("cec1: ! '{op}' command not supported on a cec")]
        );
    }
    let refused = lines(&script, "onstandby", &[lpar("lpar01", "2", A)]);
    assert_eq!(
        refused,
        ["lpar01: ! 'onstandby' command not supported on a lpar"]
    );
    assert_eq!(commands(&script), [""; 0]);
    assert_eq!(
        "blah".parse::<Op>().unwrap_err().to_string(),
        "Invalid command: blah"
    );
}

#[test]
fn a_number_without_partition_or_with_anothers_is_never_switched() {
    let script = power6();
    let nodes = [
        lpar("lpar09", "9", A),
        lpar("lpar01", "3", A),
        lpar("node02", "3", A),
    ];
    let off = change(A, "shutdown --id 3 --immed");
    let script = script.answer("hmc01", &off, "");
    assert_eq!(
        lines(&script, "off", &nodes),
        [
            format!("lpar09: ! Node not found: {A} has no LPAR with id 9"),
            format!(
                "lpar01: ! id 3 of {A} is the LPAR \"lpar02\", and the LPAR \"lpar01\" has id 2; \
                 nothing was done: correct the id with rscan -u"
            ),
            "node02: Success".to_owned(),
        ]
    );
    assert_eq!(commands(&script), [states(A), off]);
}

#[test]
fn refusals_are_one_line_a_node() {
    let refusal = include_str!("../../tests/fixtures/hmc/error-lpar-already-active.txt");
    let script = power6()
        .exit(
            "hmc01",
            &change(A, "on -b norm --id 2 -f normal"),
            1,
            refusal,
            "",
        )
        .answer("hmc01", &change(A, "on -b norm --id 3 -f normal"), "");
    let nodes = [lpar("lpar01", "2", A), lpar("lpar02", "3", A)];
    assert_eq!(
        lines(&script, "on", &nodes),
        [
            format!("lpar01: ! {}", refusal.trim()),
            "lpar02: Success".to_owned()
        ]
    );
}

#[test]
fn a_system_without_partitions_or_with_garbage_is_one_line_a_node() {
    let script = Scripted::new()
        .answer("hmc01", &states(A), "Nie znaleziono wyników.\n")
        .answer("hmc01", &states(B), "<html>\n<title>\n");
    let nodes = [lpar("lpar01", "2", A), lpar("lpar03", "2", B)];
    assert_eq!(
        lines(&script, "stat", &nodes),
        [
            format!("lpar01: ! Node not found: {A} has no LPAR with id 2"),
            "lpar03: ! hmc01 answered lssyscfg with something that cannot be read: \
             line 1: 1 values where 3 were asked for"
                .to_owned(),
        ]
    );
}

#[test]
fn the_second_hmc_is_asked_if_the_first_is_dead() {
    let failure = Failure::Unreachable {
        host: "hmc01".to_owned(),
        reason: "No route to host".to_owned(),
    };
    let off = change(A, "shutdown --id 2 --immed");
    let script = Scripted::new()
        .fail("hmc01", &states(A), failure)
        .answer("hmc02", &states(A), "lpar01,2,Running\n")
        .answer("hmc02", &off, "");
    let node = PowerNode {
        hcps: vec![0, 1],
        ..lpar("lpar01", "2", A)
    };
    assert_eq!(
        lines(&script, "off", std::slice::from_ref(&node)),
        ["lpar01: Success"]
    );
    assert_eq!(script.asked()[2], ("hmc02".to_owned(), off));
    let alone = PowerNode {
        hcps: vec![0],
        ..node
    };
    assert_eq!(
        lines(&script, "off", &[alone]),
        ["lpar01: ! cannot reach hmc01: No route to host"]
    );
}

#[test]
fn a_change_that_may_have_been_done_is_not_sent_elsewhere() {
    let late = Failure::TimedOut {
        host: "hmc01".to_owned(),
        phase: Phase::Command,
        after: Duration::from_secs(60),
    };
    let script = power6()
        .fail("hmc01", &change(A, "shutdown --id 2 --immed"), late.clone())
        .answer("hmc02", &states(A), "lpar01,2,Shutting Down\n");
    let mut nodes = [lpar("lpar01", "2", A), lpar("lpar02", "3", A)];
    for node in &mut nodes {
        node.hcps = vec![0, 1];
    }
    assert_eq!(
        lines(&script, "off", &nodes),
        [
            format!(
                "lpar01: ! {late}; whether the command was carried out is unknown; asked again: its state is Shutting Down"
            ),
            format!("lpar02: ! nothing was sent: {late}")
        ]
    );
    let sent = |(_, line): &(String, String)| line.starts_with("chsysstate");
    let asked = script.asked();
    let sent: Vec<_> = asked.iter().filter(|asked| sent(asked)).collect();
    assert_eq!(sent.len(), 1);
}

#[test]
fn the_state_that_cannot_be_read_again_is_said_so() {
    let lost = Failure::Lost {
        host: "hmc01".to_owned(),
        reason: "gone".to_owned(),
    };
    let down = Failure::Unreachable {
        host: "hmc01".to_owned(),
        reason: "Connection refused".to_owned(),
    };
    let script = Scripted::new()
        .answer(
            "hmc01",
            "lssyscfg -r sys -m '9117-MMA*10F6F3D' -F name,state",
            "p6,Operating\n",
        )
        .fail(
            "hmc01",
            "lssyscfg -r sys -m '9117-MMA*10F6F3D' -F name,state",
            down,
        )
        .fail(
            "hmc01",
            "chsysstate -r sys -m '9117-MMA*10F6F3D' -o off",
            lost,
        );
    assert_eq!(
        lines(&script, "off", &[cec("p6", A)]),
        [
            "p6: ! hmc01: gone; whether the command was carried out is unknown; asked again: cannot reach hmc01: Connection refused"
        ]
    );
}

#[test]
fn a_frame_has_a_state_and_no_switch() {
    let frame = PowerNode {
        hwtype: "frame".to_owned(),
        ..cec("rack", "9458-100*99201WM")
    };
    let asked = "lssyscfg -r frame -e '9458-100*99201WM' -F name,state";
    let script = Scripted::new().answer("hmc01", asked, "rack,Standby/Standby\n");
    assert_eq!(
        lines(&script, "stat", std::slice::from_ref(&frame)),
        ["rack: Standby/Standby"]
    );
    assert_eq!(
        lines(&script, "onstandby", &[frame]),
        ["rack: ! 'onstandby' command not supported on a frame"]
    );
}

#[test]
fn a_thousand_partitions_cost_a_question_a_system() {
    let mut script = Scripted::new();
    let mut nodes = Vec::new();
    for system in 0..100 {
        let mtms = format!("9009-42A*{system:07}");
        let rows: String = (1..=10)
            .map(|id| format!("n{system}x{id},{id},Running\n"))
            .collect();
        script = script.answer(["hmc01", "hmc02"][system % 2], &states(&mtms), &rows);
        for id in 1..=10 {
            let node = lpar(&format!("n{system}x{id}"), &id.to_string(), &mtms);
            nodes.push(PowerNode {
                hcps: vec![system % 2],
                ..node
            });
        }
    }
    let lines = lines(&script, "stat", &nodes);
    assert_eq!(lines.len(), 1000);
    assert!(lines.iter().all(|line| line.ends_with(": Running")));
    assert_eq!(script.asked().len(), 100);
}
