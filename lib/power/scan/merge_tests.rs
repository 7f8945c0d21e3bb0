//! What scans change in definitions, and what they leave alone.

use super::*;

const HMC: &str = "hmc01";

fn found(kind: Kind, name: &str, id: &str, serial: &str, parent: &str) -> Found {
    let lpar = kind == Kind::Lpar;
    let mtm = if kind == Kind::Frame {
        "9458-100"
    } else {
        "9117-MMA"
    };
    Found {
        kind,
        name: name.to_owned(),
        id: id.to_owned(),
        mtm: mtm.to_owned(),
        serial: serial.to_owned(),
        hcp: vec![HMC.to_owned()],
        profile: if lpar {
            format!("{name}-profile")
        } else {
            String::new()
        },
        default_profile: if lpar {
            "default".to_owned()
        } else {
            String::new()
        },
        parent: parent.to_owned(),
        unnamed: false,
        complete: kind == Kind::Cec,
    }
}

fn hmc() -> Found {
    Found {
        mtm: "7310-CR4".to_owned(),
        ..found(Kind::Hmc, HMC, "", "1017E6B", "")
    }
}

fn cec(name: &str, serial: &str) -> Found {
    found(Kind::Cec, name, "", serial, "")
}

fn lpar(name: &str, id: &str, serial: &str) -> Found {
    found(Kind::Lpar, name, id, serial, "on the HMC")
}

fn node(name: &str, attributes: &[(&str, &str)]) -> Existing {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Existing {
        name: name.to_owned(),
        attributes: attributes.iter().map(pair).collect(),
    }
}

fn lpar_node(name: &str, id: &str, parent: &str) -> Existing {
    let profile = format!("{name}-profile");
    node(
        name,
        &[
            ("cons", "hmc"),
            ("groups", "lpar,all"),
            ("hcp", HMC),
            ("hidden", "0"),
            ("hwtype", "lpar"),
            ("id", id),
            ("mgt", "hmc"),
            ("nodetype", "ppc,osi"),
            ("parent", parent),
            ("pprofile", &profile),
        ],
    )
}

fn cec_node(name: &str, serial: &str) -> Existing {
    node(
        name,
        &[
            ("groups", "cec,all"),
            ("hcp", HMC),
            ("hidden", "0"),
            ("hwtype", "cec"),
            ("mgt", "hmc"),
            ("mtm", "9117-MMA"),
            ("nodetype", "ppc"),
            ("serial", serial),
        ],
    )
}

fn write(found: &[Found], existing: &[Existing]) -> Merge {
    merge(found, &[HMC.to_owned()], existing, Mode::Write)
}

fn update(found: &[Found], existing: &[Existing]) -> Merge {
    merge(found, &[HMC.to_owned()], existing, Mode::Update)
}

/// The changes as `node: attribute=new (old)`.
fn shown(merge: &Merge) -> Vec<String> {
    let line = |change: &Change| {
        format!(
            "{}: {}={} ({})",
            change.node, change.attribute, change.new, change.old
        )
    };
    merge.changes.iter().map(line).collect()
}

/// The definitions after the changes.
fn applied(existing: &[Existing], merge: &Merge) -> Vec<Existing> {
    let mut nodes = existing.to_vec();
    nodes.extend(merge.created.iter().map(|name| node(name, &[])));
    for change in &merge.changes {
        let node = nodes
            .iter_mut()
            .find(|node| node.name == change.node)
            .unwrap();
        node.attributes
            .insert(change.attribute.to_owned(), change.new.clone());
    }
    nodes
}

#[test]
fn an_empty_database_gets_what_xcat_writes() {
    let frame = found(Kind::Frame, "frame1", "1", "99201WM", "");
    let system = Found {
        id: "5".to_owned(),
        parent: "frame1".to_owned(),
        ..cec("p6", "10F6F3D")
    };
    let things = [hmc(), frame, system, lpar("lpar01", "2", "10F6F3D")];
    let hmc_node = node(
        HMC,
        &[
            ("groups", "hmc,all"),
            ("hwtype", "hmc"),
            ("mgt", "hmc"),
            ("nodetype", "ppc"),
        ],
    );
    let merge = write(&things, std::slice::from_ref(&hmc_node));
    assert_eq!(merge.created, ["frame1", "p6", "lpar01"]);
    let summary = merge.summary();
    assert_eq!(
        summary[..4],
        [
            "frame1: defined",
            "p6: defined",
            "lpar01: defined",
            "hmc01: hcp=hmc01"
        ]
    );
    assert_eq!(merge.problems, []);
    assert_eq!(
        shown(&merge),
        [
            "hmc01: hcp=hmc01 ()",
            "frame1: groups=frame,all ()",
            "frame1: hcp=hmc01 ()",
            "frame1: hidden=0 ()",
            "frame1: hwtype=frame ()",
            "frame1: id=1 ()",
            "frame1: mgt=bpa ()",
            "frame1: mtm=9458-100 ()",
            "frame1: nodetype=ppc ()",
            "frame1: serial=99201WM ()",
            "p6: groups=cec,all ()",
            "p6: hcp=hmc01 ()",
            "p6: hidden=0 ()",
            "p6: hwtype=cec ()",
            "p6: id=5 ()",
            "p6: mgt=hmc ()",
            "p6: mtm=9117-MMA ()",
            "p6: nodetype=ppc ()",
            "p6: parent=frame1 ()",
            "p6: serial=10F6F3D ()",
            "lpar01: cons=hmc ()",
            "lpar01: groups=lpar,all ()",
            "lpar01: hcp=hmc01 ()",
            "lpar01: hidden=0 ()",
            "lpar01: hwtype=lpar ()",
            "lpar01: id=2 ()",
            "lpar01: mgt=hmc ()",
            "lpar01: nodetype=ppc,osi ()",
            "lpar01: parent=p6 ()",
            "lpar01: pprofile=lpar01-profile ()",
        ]
    );
    let again = write(&things, &applied(&[hmc_node], &merge));
    assert_eq!((again.changes, again.created), (vec![], vec![]));
    assert_eq!(again.nodes.len(), 4);
}

#[test]
fn an_update_creates_nothing() {
    let things = [hmc(), cec("p6", "10F6F3D"), lpar("lpar01", "2", "10F6F3D")];
    assert_eq!(update(&things, &[]), Merge::default());
    let odd = [cec("p6", "10F6F3D"), lpar("a b", "2", "10F6F3D")];
    assert_eq!(update(&odd, &[cec_node("p6", "10F6F3D")]).problems, []);
    let merge = update(&things, &[cec_node("p6", "10F6F3D")]);
    assert_eq!(
        (merge.changes, merge.created, merge.problems),
        (vec![], vec![], vec![])
    );
}

#[test]
fn nodes_keep_the_names_the_administrator_gave_them() {
    let things = [
        cec("Server-1", "10F6F3D"),
        lpar("lpar9", "9", "10F6F3D"),
        lpar("lpar6", "7", "10F6F3D"),
    ];
    let existing = [
        cec_node("cec1", "10F6F3D"),
        lpar_node("node01", "9", "cec1"),
        lpar_node("node02", "7", "cec1"),
    ];
    for merge in [write(&things, &existing), update(&things, &existing)] {
        assert_eq!(
            shown(&merge),
            [
                "node01: pprofile=lpar9-profile (node01-profile)",
                "node02: pprofile=lpar6-profile (node02-profile)"
            ]
        );
        assert_eq!(merge.created, [""; 0]);
        let names: Vec<_> = merge
            .nodes
            .iter()
            .map(|node| (node.name.as_str(), node.parent.as_str()))
            .collect();
        assert_eq!(
            names,
            [("cec1", ""), ("node01", "cec1"), ("node02", "cec1")]
        );
        assert_eq!(merge.changed().len(), 2);
    }
}

#[test]
fn what_the_administrator_set_stays() {
    let things = [cec("p6", "10F6F3D"), lpar("lpar01", "2", "10F6F3D")];
    let mut admin = lpar_node("lpar01", "2", "p6");
    for (name, value) in [
        ("groups", "compute,aix"),
        ("mgt", "ivm"),
        ("cons", "ipmi"),
        ("nodetype", "ppc,osi,extra"),
        ("hidden", "1"),
        ("pprofile", "default"),
        ("hcp", "hmc09,hmc01"),
    ] {
        admin.attributes.insert(name.to_owned(), value.to_owned());
    }
    let merge = write(&things, &[cec_node("p6", "10F6F3D"), admin]);
    assert_eq!(
        shown(&merge),
        ["lpar01: groups=compute,aix,lpar,all (compute,aix)"]
    );
}

#[test]
fn control_points_are_added_and_those_that_deny_are_taken_out() {
    let mut thing = cec("p6", "10F6F3D");
    thing.hcp = vec!["hmc02".to_owned()];
    let answered = ["hmc01".to_owned(), "hmc02".to_owned()];
    let existing = [cec_node("p6", "10F6F3D")];
    let things = [thing];
    let merge_of = |answered: &[String]| shown(&merge(&things, answered, &existing, Mode::Write));
    // hmc01 was asked and did not list the system any more.
    assert_eq!(merge_of(&answered), ["p6: hcp=hmc02 (hmc01)"]);
    // hmc01 was not asked, or did not answer.
    assert_eq!(merge_of(&answered[1..]), ["p6: hcp=hmc01,hmc02 (hmc01)"]);
}

#[test]
fn a_partition_that_migrated_keeps_its_node() {
    let things = [
        cec("p6a", "A1"),
        cec("p6b", "B1"),
        lpar("lpar01", "5", "B1"),
    ];
    let existing = [
        cec_node("p6a", "A1"),
        cec_node("p6b", "B1"),
        lpar_node("lpar01", "2", "p6a"),
    ];
    let merge = write(&things, &existing);
    assert_eq!(
        shown(&merge),
        ["lpar01: id=5 (2)", "lpar01: parent=p6b (p6a)"]
    );
    assert_eq!(merge.problems, []);
}

#[test]
fn a_partition_of_a_system_that_did_not_answer_has_not_migrated() {
    let mut silent = cec("p6a", "A1");
    silent.complete = false;
    let things = [silent, cec("p6b", "B1"), lpar("lpar01", "5", "B1")];
    let existing = [
        cec_node("p6a", "A1"),
        cec_node("p6b", "B1"),
        lpar_node("lpar01", "2", "p6a"),
    ];
    let merge = write(&things, &existing);
    assert_eq!(shown(&merge), [""; 0]);
    let problem = merge.problems[0].to_string();
    assert!(
        problem.starts_with(
            "LPAR \"lpar01\" (id 5 of on the HMC) is not defined: the node \"lpar01\" has its name;"
        ),
        "{problem}"
    );
}

#[test]
fn two_partitions_with_a_claim_to_one_node_get_none() {
    // lpar01 went to another system, and its number was given to lpar05; or
    // the node lpar01 is what the HMC calls lpar05. Nobody can tell.
    let things = [
        cec("p6a", "A1"),
        cec("p6b", "B1"),
        lpar("lpar05", "2", "A1"),
        lpar("lpar01", "5", "B1"),
    ];
    let existing = [
        cec_node("p6a", "A1"),
        cec_node("p6b", "B1"),
        lpar_node("lpar01", "2", "p6a"),
    ];
    let merge = write(&things, &existing);
    assert_eq!((shown(&merge), merge.created.len()), (vec![], 0));
    assert_eq!(merge.problems.len(), 2);
    assert!(
        merge.problems[0]
            .to_string()
            .contains("could both be the node \"lpar01\"")
    );
}

#[test]
fn numbers_that_changed_hands_follow_the_names() {
    let things = [
        cec("p6", "A1"),
        lpar("lpar01", "3", "A1"),
        lpar("lpar02", "2", "A1"),
    ];
    let existing = [
        cec_node("p6", "A1"),
        lpar_node("lpar01", "2", "p6"),
        lpar_node("lpar02", "3", "p6"),
    ];
    let merge = write(&things, &existing);
    assert_eq!(shown(&merge), ["lpar01: id=3 (2)", "lpar02: id=2 (3)"]);
}

#[test]
fn names_of_two_partitions_and_names_of_others_are_not_taken_over() {
    let things = [
        cec("p6a", "A1"),
        cec("p6b", "B1"),
        lpar("vios1", "1", "A1"),
        lpar("vios1", "1", "B1"),
        lpar("hmc02", "2", "A1"),
        lpar("a b", "3", "A1"),
    ];
    let merge = write(&things, &[node("hmc02", &[("hwtype", "hmc")])]);
    assert_eq!(merge.created, ["p6a", "p6b", "vios1"]);
    let problems: Vec<_> = merge.problems.iter().map(ToString::to_string).collect();
    assert!(
        problems[0].contains("LPAR \"vios1\" (id 1 of on the HMC) has its name"),
        "{problems:?}"
    );
    assert!(
        problems[1].contains("the node \"hmc02\" has its name"),
        "{problems:?}"
    );
    assert!(
        problems[2].starts_with("LPAR \"a b\" (id 3 of on the HMC) has no name"),
        "{problems:?}"
    );
    // With both defined by the administrator, nothing is wrong any more.
    let existing = [
        lpar_node("vios1a", "1", "p6a"),
        lpar_node("vios1", "1", "p6b"),
    ];
    assert_eq!(write(&things[..4], &existing).problems, []);
}

#[test]
fn a_node_defined_by_hand_without_its_place_is_filled_in() {
    let things = [cec("p6", "A1"), lpar("lpar01", "2", "A1")];
    let existing = [
        node("p6", &[("groups", "all")]),
        node("lpar01", &[("groups", "all")]),
    ];
    let merge = write(&things, &existing);
    assert_eq!(merge.created, [""; 0]);
    let lines = shown(&merge);
    assert!(lines.contains(&"p6: serial=A1 ()".to_owned()), "{lines:?}");
    assert!(
        lines.contains(&"lpar01: parent=p6 ()".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"lpar01: groups=all,lpar (all)".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn a_system_whose_name_belongs_to_another_machine_is_refused_with_its_partitions() {
    let things = [cec("p6", "NEW"), lpar("lpar01", "2", "NEW")];
    let merge = write(&things, &[cec_node("p6", "OLD")]);
    assert_eq!((shown(&merge), merge.created.len()), (vec![], 0));
    assert_eq!(merge.problems.len(), 1);
    let problem = merge.problems[0].to_string();
    let start = "system \"p6\" (9117-MMA*NEW) is not defined and is left out with its LPARs: the node \"p6\" has its name;";
    assert!(problem.starts_with(start), "{problem}");
}

mod twice {
    //! A scan that is written leaves nothing to write, whatever was there.

    use proptest::prelude::*;

    use super::*;

    const SERIALS: [&str; 2] = ["A1", "B1"];

    /// Up to one partition for each number of each system, names at random.
    fn hardware() -> impl Strategy<Value = Vec<Found>> {
        let lpars = prop::collection::vec((0usize..2, 1u32..4, 0u8..5), 0..6);
        (lpars, any::<[bool; 2]>()).prop_map(|(lpars, complete)| {
            let mut found: Vec<Found> = SERIALS
                .iter()
                .zip(complete)
                .map(|(serial, complete)| {
                    let name = format!("sys{serial}");
                    Found {
                        complete,
                        ..cec(&name, serial)
                    }
                })
                .collect();
            for (system, id, name) in lpars {
                let lpar = lpar(&format!("n{name}"), &id.to_string(), SERIALS[system]);
                let same = |other: &Found| {
                    other.serial == lpar.serial && (other.id == lpar.id || other.name == lpar.name)
                };
                if !found
                    .iter()
                    .any(|other| other.kind == Kind::Lpar && same(other))
                {
                    found.push(lpar);
                }
            }
            found
        })
    }

    /// Definitions with names of those partitions, on those systems or others.
    fn definitions() -> impl Strategy<Value = Vec<Existing>> {
        let place = (0u8..7, 0u8..4, 0usize..4);
        prop::collection::vec(place, 0..6).prop_map(|places| {
            let mut nodes: Vec<Existing> = Vec::new();
            for (name, id, parent) in places {
                let name = format!("n{name}");
                if nodes.iter().any(|node| node.name == name) {
                    continue;
                }
                let parent = ["sysA1", "sysB1", "elsewhere", ""][parent];
                let id = if id == 0 {
                    String::new()
                } else {
                    id.to_string()
                };
                let mut node = lpar_node(&name, &id, parent);
                node.attributes.retain(|_, value| !value.is_empty());
                nodes.push(node);
            }
            nodes.push(cec_node("elsewhere", "C1"));
            nodes
        })
    }

    proptest! {
        #[test]
        fn nothing_changes(found in hardware(), existing in definitions(), write in any::<bool>()) {
            let mode = if write { Mode::Write } else { Mode::Update };
            let scan = |existing: &[Existing]| merge(&found, &[HMC.to_owned()], existing, mode);
            let first = scan(&existing);
            let then = applied(&existing, &first);
            let second = scan(&then);
            prop_assert_eq!(shown(&second), [""; 0], "{:?}", shown(&first));
            prop_assert_eq!(second.created, [""; 0]);
            // Nobody lost a definition, and no two nodes are one partition.
            let mut places = std::collections::HashSet::new();
            for node in &second.nodes {
                prop_assert!(places.insert((node.kind, node.serial.clone(), node.id.clone())));
            }
            prop_assert_eq!(then.len(), existing.len() + first.created.len());
        }
    }
}
