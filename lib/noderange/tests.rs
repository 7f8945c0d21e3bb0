//! Recorded answers of xCAT, tables of our own, and laws.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// Nodes in memory: name → attribute → value.
#[derive(Default)]
struct Site {
    nodes: BTreeMap<String, BTreeMap<String, String>>,
    dynamic: BTreeMap<String, (String, String)>,
    empty: Vec<String>,
    files: BTreeMap<String, String>,
    withheld: Option<String>,
    asked: Cell<usize>,
}

impl Site {
    fn node(&mut self, names: &[String], attributes: &[&str]) {
        for name in names {
            let node = self.nodes.entry(name.clone()).or_default();
            for (key, value) in attributes.iter().map(|a| a.split_once('=').unwrap()) {
                let old = node.entry(key.to_owned()).or_default();
                match key {
                    "groups" if !old.is_empty() => *old = format!("{old},{value}"),
                    _ => *old = value.to_owned(),
                }
            }
        }
    }

    fn with(nodes: &[(&str, &str)]) -> Self {
        let mut site = Self::default();
        for (names, groups) in nodes {
            site.node(&names_of(names), &[&format!("groups={groups}")]);
        }
        site
    }

    /// The set-up steps beside the recorded answers.
    fn recorded(steps: &[Vec<String>]) -> Self {
        let mut site = Self::default();
        for step in steps {
            let options: Vec<&str> = step.iter().map(String::as_str).collect();
            match options.as_slice() {
                ["mkdef", "-t", "node", "-o", names, attributes @ ..] => {
                    site.node(&names_of(names), attributes);
                }
                ["chdef", "-t", "node", "-o", names, "-p", added] => {
                    site.node(&names_of(names), &[added]);
                }
                ["mkdef", "-t", "group", "-o", group, "-d", "-w", test] => {
                    let (column, value) = test.split_once("==").unwrap();
                    site.dynamic
                        .insert((*group).to_owned(), (column.to_owned(), value.to_owned()));
                }
                ["mkdef", "-t", "group", "-o", group, members] => {
                    let members = names_of(members.strip_prefix("members=").unwrap());
                    site.node(&members, &[&format!("groups={group}")]);
                }
                other => panic!("unknown step {other:?}"),
            }
        }
        site
    }

    fn matching(&self, test: impl Fn(&BTreeMap<String, String>) -> bool) -> Vec<String> {
        self.nodes
            .iter()
            .filter(|(_, node)| test(node))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

impl Index for Site {
    type Error = Infallible;

    fn defined(&self, names: &[String]) -> Result<Vec<bool>, Infallible> {
        self.asked.set(self.asked.get() + 1);
        Ok(names
            .iter()
            .map(|name| self.nodes.contains_key(name))
            .collect())
    }

    fn members(&self, group: &str) -> Result<Option<Vec<String>>, Infallible> {
        if let Some((column, value)) = self.dynamic.get(group) {
            return Ok(Some(self.matching(|node| node.get(column) == Some(value))));
        }
        let found = self.matching(|n| {
            n.get("groups")
                .is_some_and(|g| g.split(',').any(|g| g == group))
        });
        Ok((!found.is_empty() || self.empty.iter().any(|g| g == group)).then_some(found))
    }

    fn all(&self) -> Result<Vec<String>, Infallible> {
        Ok(self.nodes.keys().cloned().collect())
    }

    fn select(&self, test: &ColumnTest) -> Result<Option<Vec<String>>, Infallible> {
        let attribute = match test.column.as_str() {
            "groups" | "nodelist.groups" => "groups",
            "mgt" | "nodehm.mgt" => "mgt",
            "hcp" | "ppc.hcp" => "hcp",
            "nodetype.os" => "os",
            _ => return Ok(None),
        };
        let value =
            |node: &BTreeMap<String, String>| node.get(attribute).cloned().unwrap_or_default();
        Ok(Some(
            self.matching(|node| test.comparison.holds(&value(node))),
        ))
    }

    fn file(&self, path: &str) -> Result<String, FileError> {
        let missing = || FileError::Read(std::io::ErrorKind::NotFound.into());
        self.files.get(path).cloned().ok_or_else(missing)
    }

    fn affixes(&self) -> (&str, &str) {
        ("node", "")
    }

    fn withheld(&self) -> Result<Option<String>, Infallible> {
        Ok(self.withheld.clone())
    }
}

fn names_of(text: &str) -> Vec<String> {
    expand_names(text, ("node", "")).unwrap()
}

fn answer(site: &Site, text: &str) -> Result<Vec<String>, String> {
    let expr = parse(text).map_err(|e| e.to_string())?;
    resolve(&expr, site)
        .map(|found| found.nodes)
        .map_err(|e| e.to_string())
}

fn small() -> Site {
    Site::with(&[
        ("node[01-20]", "compute,all"),
        ("node[01-05]", "first"),
        ("node[03-08]", "mid"),
        ("web-1a,web-2a", "all"),
    ])
}

#[derive(serde::Deserialize)]
struct Recorded {
    setup: Vec<Vec<String>>,
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    expr: String,
    rc: i32,
    nodes: Vec<String>,
    err: String,
}

#[test]
fn xcat_answers_the_same() {
    let recorded: Recorded =
        serde_json::from_str(include_str!("../../tests/fixtures/noderange.json")).unwrap();
    let site = Site::recorded(&recorded.setup);
    let mut wrong = Vec::new();
    for case in &recorded.cases {
        let silent = case.rc == 0 && case.nodes.is_empty();
        let ours = answer(&site, &case.expr);
        let agrees = match &ours {
            // The recording cuts long messages.
            Err(text) => {
                silent || (case.rc != 0 && format!("Error: {text}\n").starts_with(&case.err))
            }
            Ok(nodes) => {
                case.rc == 0 && nodes.iter().collect::<BTreeSet<_>>() == case.nodes.iter().collect()
            }
        };
        if !agrees {
            wrong.push((&case.expr, &case.nodes, &case.err, ours));
        }
    }
    assert!(recorded.cases.len() > 100);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn forms() {
    let mut site = small();
    site.node(&names_of("web,compute-x"), &["groups=extra"]);
    site.empty.push("nobody".to_owned());
    site.files.insert(
        "/tmp/list".to_owned(),
        "#comment\nnode01:note\n^/tmp/other\nnode03-node05 note\n\n-node04\n/node1[0-1]\n"
            .to_owned(),
    );
    for (text, want) in [
        ("node01:node03", "node[01-03]"),
        ("node[01:03]", "node[01-03]"),
        ("node[01-09/4]", "node01,node05,node09"),
        ("node[01-03,]", "node[01-03]"),
        ("node08+3", "node[08-11]"),
        ("10-12", "node[10-12]"),
        ("12", "node12"),
        ("18+2", "node[18-20]"),
        ("web-1a-web-2a", "web-1a,web-2a"),
        ("web-[1-2]a", "web-1a,web-2a"),
        ("compute-x", "compute-x"),
        ("compute@first,mid", "node[01-08]"),
        ("(compute,web-1a)@first@mid", "node[03-05]"),
        ("node01-node10,-node03-node05,node04", "node[01-02,06-10]"),
        ("compute,-(first),node03", "node[03,06-20]"),
        ("node20,first@(mid)", "node[03-05]"),
        ("node20,(first)@mid", "node[03-05]"),
        ("node20,(first@mid)", "node[03-05],node20"),
        ("node20,first@mid", "node[03-05],node20"),
        ("all@-first", "node[01-05]"),
        ("compute@", "node[01-20]"),
        (",node01,", "node01"),
        ("all,-", "node[01-20],web-1a,web-2a"),
        ("node01,-()", "node01"),
        ("node01,()", "node01"),
        ("n'ode01'", "node01"),
        ("/node0.", "node[01-09]"),
        ("/^node0[1-3]$", "node[01-03]"),
        ("/node0[1,2]", "node[01-02]"),
        ("/node0(1|2)", "node[01-02]"),
        ("/node0{1,2}1", "node01"),
        ("(/node0.),-(/node0[2-9])", "node01"),
        ("nodelist.groups=~mid", "node[03-08]"),
        ("groups=~/^compute.*mid$/", "node[03-08]"),
        ("mgt=hmc,node01", "node01"),
        ("^/tmp/list", "node[01,03,05,10-11]"),
        (
            "all,-^/tmp/list@compute",
            "node[02,04,06-09,12-20],web-1a,web-2a",
        ),
        ("nobody,node01", "node01"),
    ] {
        assert_eq!(answer(&site, text), Ok(names_of(want)), "{text}");
    }
}

#[test]
fn empty_sets_that_are_meant() {
    let mut site = small();
    site.empty.push("nobody".to_owned());
    for text in [
        "compute,-compute",
        "/a$",
        "nobody",
        "all@nobody",
        "node01@node02",
        "mgt==nothing",
    ] {
        assert_eq!(answer(&site, text), Ok(vec![]), "{text}");
    }
}

#[test]
fn a_node_wins_over_a_group_and_a_range() {
    let mut site = Site::with(&[("a,b", "g1"), ("g[1-3]", "x"), ("node5,node6", "7")]);
    assert_eq!(answer(&site, "g1"), Ok(names_of("g1")));
    assert_eq!(answer(&site, "7"), Ok(names_of("node5,node6")));
    site.node(&["g1-g3".to_owned(), "node7".to_owned()], &["groups=x"]);
    assert_eq!(answer(&site, "g1-g3"), Ok(vec!["g1-g3".to_owned()]));
    assert_eq!(answer(&site, "7"), Ok(names_of("node7")));
}

#[test]
fn mistakes_are_shown() {
    let site = small();
    for (text, want, mark) in [
        ("", "the noderange is empty", ""),
        (",", "the noderange is empty", ","),
        ("(),-(())", "the noderange is empty", "(),-(())"),
        ("-first", "the noderange only excludes", "-first"),
        ("@compute", "nothing stands before the @", "@"),
        ("all,-@first", "nothing stands before the @", "-@"),
        ("all,-,first", "nothing stands after \"-\"", "-"),
        (
            "node05-node01",
            "the range runs backwards, from 05 to 01",
            "node05-node01",
        ),
        (
            "node15-node11",
            "the range runs backwards, from 15 to 11",
            "node15-node11",
        ),
        (
            "node[15-11]",
            "the range runs backwards, from 15 to 11",
            "15-11",
        ),
        (
            "node[01-3]",
            "01 and 3 are padded to different widths",
            "01-3",
        ),
        ("node[01", "'[' is never closed", "["),
        ("node01]", "']' closes nothing", "]"),
        ("(node01", "'(' is never closed", "("),
        ("node01)", "')' closes nothing", ")"),
        ("node01(first)", "expected a comma or @ before '('", "("),
        ("node[]", "an empty element", "[]"),
        ("node[1,,2]", "an empty element", "[1,,2]"),
        ("node[a-c]", "\"a\" is no range", "a-c"),
        ("node[1-9/0]", "\"0\" is no step", "1-9/0"),
        ("web+3", "\"web+3\" cannot be counted on from", "web+3"),
        (
            "node[1-99999999999]",
            "the noderange stands for 99999999999 names",
            "1-99999999999",
        ),
        (
            "node1-node99999999999",
            "the noderange stands for 99999999999 names",
            "node1-node99999999999",
        ),
        (
            "f[1-9999]n[1-9999]",
            "the noderange stands for 99980001 names",
            "f[1-9999]n[1-9999]",
        ),
        (
            "/bad[",
            "the regular expression \"bad[\" is wrong: unclosed character class",
            "bad[",
        ),
        (
            "nosuch.col==1",
            "\"nosuch.col\" is no table.column",
            "nosuch.col==1",
        ),
        ("no~de", "\"no~de\" is no comparison", "no~de"),
        ("^/nosuch", "cannot use the file \"/nosuch\"", "^/nosuch"),
        (
            "all,-nosuch",
            "Invalid nodes and/or groups in noderange: nosuch",
            "nosuch",
        ),
        (
            "node01,x,node02,y",
            "Invalid nodes and/or groups in noderange: x,y",
            "x",
        ),
        (
            "node18+5",
            "Invalid nodes and/or groups in noderange: node21,node22,node23",
            "node18+5",
        ),
        (
            "f1n1-f2n3",
            "Invalid nodes and/or groups in noderange: f1n1-f2n3",
            "f1n1-f2n3",
        ),
        (
            "ü,nodé01",
            "Invalid nodes and/or groups in noderange: ü,nodé01",
            "ü",
        ),
    ] {
        let (said, place) = match parse(text) {
            Err(error) => (error.to_string(), error.place),
            Ok(expr) => {
                let error = resolve(&expr, &site).unwrap_err();
                (error.to_string(), error.place().unwrap().clone())
            }
        };
        assert!(said.starts_with(want), "{text}: {said}");
        let shown = place.to_string();
        let (line, carets) = shown.split_once('\n').unwrap();
        let marked: String = line
            .chars()
            .zip(carets.chars())
            .filter(|(_, c)| *c == '^')
            .map(|(c, _)| c)
            .collect();
        assert_eq!(marked.trim(), mark, "{text}\n{shown}");
    }
}

#[test]
fn what_stands_for_nothing_is_a_warning_beside_nodes() {
    let expr = parse("all,-node15-node08,node[01-3]").unwrap();
    let found = resolve(&expr, &small()).unwrap();
    assert_eq!(found.nodes.len(), 22);
    let said: Vec<String> = found
        .warnings
        .iter()
        .map(|w| format!("{w}\n{}", w.place))
        .collect();
    assert_eq!(
        said,
        [
            "the range runs backwards, from 15 to 08; write 08 first\n    \
             all,-node15-node08,node[01-3]\n         ^^^^^^^^^^^^^",
            "01 and 3 are padded to different widths; write both with as many digits\n    \
             all,-node15-node08,node[01-3]\n                            ^^^^",
        ]
    );
}

/// As xCAT 2.19 answers.
#[test]
fn exclusions_up_to_the_first_parenthesis_end_with_it() {
    for (text, want) in [
        ("mid,-(node[03-08]),node04", "node04"),
        ("mid,-node[03-08],node04", ""),
        ("first,-node01,(web-1a),node01", "node[01-05],web-1a"),
        ("(mid,-(node[03-08]),node04),-node04", ""),
        ("first@mid,-((node03,-node03,node04)),node04", "node[03-05]"),
    ] {
        let want = match want {
            "" => Vec::new(),
            some => names_of(some),
        };
        assert_eq!(answer(&small(), text), Ok(want), "{text}");
    }
}

#[test]
fn withheld_nodes_are_never_named() {
    let mut site = small();
    site.withheld = Some("mid".to_owned());
    assert_eq!(answer(&site, "first"), Ok(names_of("node01,node02")));
    site.withheld = Some("(".to_owned());
    assert!(answer(&site, "first").is_err());
}

#[test]
fn a_mistake_in_a_file_names_its_line() {
    let mut site = small();
    site.files
        .insert("/tmp/bad".to_owned(), "node01\nnode[02\n".to_owned());
    let error = resolve(&parse("^/tmp/bad").unwrap(), &site).unwrap_err();
    assert_eq!(
        error.place().unwrap().to_string(),
        "  in /tmp/bad, line 2:\n    node[02\n        ^"
    );
}

#[test]
fn many_names_are_asked_for_at_once() {
    let site = Site::with(&[("n[1-5000]", "all")]);
    assert_eq!(answer(&site, "n[1-5000]").unwrap().len(), 5000);
    assert_eq!(site.asked.replace(0), 1);
    assert_eq!(
        answer(&site, &names_of("n[1-5000]").join(","))
            .unwrap()
            .len(),
        5000
    );
    assert_eq!(site.asked.get(), 1);
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = "(".repeat(10_000) + "n1" + &")".repeat(10_000);
    assert_eq!(parse(&deep).unwrap_err().problem, Problem::TooDeep);
    let long = "n".repeat(MAX_LENGTH + 1);
    assert_eq!(
        parse(&long).unwrap_err().problem,
        Problem::TooLong(MAX_LENGTH + 1)
    );
    let none = "n[1-1000000]x[1-1000000]y[1-1000000]z[2-1]";
    let said = resolve(&parse(none).unwrap(), &small())
        .unwrap_err()
        .to_string();
    assert_eq!(said, "the range runs backwards, from 2 to 1; write 1 first");
    let many = vec!["n[1-1000]"; 1001].join(",");
    assert_eq!(
        expand_names(&many, ("", "")).unwrap_err().problem,
        Problem::TooMany(1_001_000)
    );
}

#[test]
fn names_without_an_index() {
    for (text, want) in [
        ("n[1-3]", "n1 n2 n3"),
        ("n1-n3", "n1 n2 n3"),
        ("web-1", "web-1"),
        ("10-12", "node10 node11 node12"),
        ("n[9-11],-n10", "n9 n11"),
        ("f[1-2]n[1-2]", "f1n1 f1n2 f2n1 f2n2"),
        ("b,a,a", "a b"),
        ("rack[a,b]", "racka rackb"),
        ("[08-10]", "08 09 10"),
        ("n[1,2]5", "n15 n25"),
        ("n[98-101]", "n98 n99 n100 n101"),
        ("n[9-200/95]b[1-2]", "n9b1 n9b2 n104b1 n104b2 n199b1 n199b2"),
        ("n098+3", "n098 n099 n100 n101"),
        ("[a,8-9]-x", "8-x 9-x a-x"),
    ] {
        assert_eq!(names_of(text).join(" "), want, "{text}");
    }
    for text in ["/n.*", "^/tmp/x", "mgt==hmc", "n[10-1]"] {
        assert!(expand_names(text, ("node", "")).is_err(), "{text}");
    }
}

#[test]
fn natural_order() {
    let mut names: Vec<String> = [
        "n10", "n2", "n1", "n01", "m3", "n2a", "n", "n1x2", "n1x10", "n10",
    ]
    .map(str::to_owned)
    .into();
    natural::sort(&mut names);
    assert_eq!(names.join(" "), "m3 n n01 n1 n1x2 n1x10 n2 n2a n10");
}

#[test]
fn folded() {
    for (names, want) in [
        ("n3,n1,n2,n1", "n[1-3]"),
        ("n1", "n1"),
        ("n08,n09,n10,n100", "n[08-10,100]"),
        ("n1,n01,n001,n2,n02", "n[1-2,01-02,001]"),
        ("f[1-3]n[1-20]", "f[1-3]n[1-20]"),
        ("f[1-3]n[1-20],-f2n5", "f2n[1-4,6-20],f[1,3]n[1-20]"),
        (
            "rack01unit[34-35],rack02unit34",
            "rack01unit[34-35],rack02unit34",
        ),
        ("web,n1,a", "a,n1,web"),
        ("[10-12]", "[10-12]"),
        ("[10]", "[10]"),
        ("n1-n[3]", "n1-n[3]"),
        ("web-1a", "web-1a"),
    ] {
        let folded = fold(&names_of(names));
        let sort = |text: &str| text.split(',').map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(sort(&folded), sort(want), "{names}: {folded}");
        assert_eq!(names_of(&folded), names_of(names));
    }
    assert_eq!(fold::<&str>(&[]), "");
}

proptest! {
    #[test]
    fn folding_loses_nothing(names in prop::collection::btree_set("[a-z0-9_][a-c0-2_.-]{0,6}[0-9]{0,3}", 1..60)) {
        let names: Vec<String> = names.into_iter().collect();
        let back: BTreeSet<String> = expand_names(&fold(&names), ("node", "")).unwrap().into_iter().collect();
        prop_assert_eq!(back, names.into_iter().collect::<BTreeSet<_>>());
    }

    #[test]
    fn anything_may_be_typed(text in "\\PC*", signs in "[a-c0-9,@()\\[\\]/^=~!+:'-]{0,30}") {
        let site = small();
        for text in [text, signs] {
            let _ = answer(&site, &text);
            let _ = expand_names(&text, ("node", ""));
            let _ = fold(&[text]);
        }
    }

    #[test]
    fn sets_obey_their_laws(a in operand(), b in operand(), c in operand()) {
        let site = small();
        let set = |text: String| answer(&site, &text).unwrap();
        prop_assert_eq!(set(format!("{a},{b}")), set(format!("{b},{a}")));
        prop_assert_eq!(set(format!("{a}@{b}")), set(format!("{b}@{a}")));
        prop_assert_eq!(set(format!("({a},{b}),{c}")), set(format!("{a},({b},{c})")));
        prop_assert_eq!(set(format!("({a},{b})@{c}")), set(format!("({a}@{c}),({b}@{c})")));
        prop_assert_eq!(set(format!("{a},-{b},-{c}")), set(format!("{a},-({b},{c})")));
        prop_assert_eq!(set(format!("{a},-{b},{b}")), set(format!("{a},-{b}")));
        prop_assert_eq!(set(format!("({a}),-({b}),{c}")), set(format!("({a},{c}),-({b})")));
        prop_assert_eq!(set(format!("{a},-{a}")), Vec::<String>::new());
        prop_assert_eq!(set(format!("{a}@{a}")), set(a));
    }

    #[test]
    fn natural_order_is_total(mut names in prop::collection::vec("[a-b0-1.]{0,12}[0-9]{0,12}", 0..20)) {
        let mut slow = names.clone();
        slow.sort_by(|a, b| natural::compare(a, b));
        slow.dedup();
        natural::sort(&mut names);
        prop_assert_eq!(names, slow);
    }
}

fn operand() -> impl Strategy<Value = String> {
    let numbers = (1..20u32, 1..20u32).prop_map(|(a, b)| (a.min(b), a.max(b)));
    prop_oneof![
        prop::sample::select(vec![
            "compute",
            "first",
            "mid",
            "all",
            "node07",
            "/node1.*",
            "groups=~mid"
        ])
        .prop_map(str::to_owned),
        numbers
            .clone()
            .prop_map(|(a, b)| format!("node{a:02}-node{b:02}")),
        numbers.prop_map(|(a, b)| format!("node[{a:02}-{b:02}/2]")),
    ]
}
