//! Scans against scripted HMCs: what is listed, and what goes wrong.

use super::*;
use crate::remote::{Failure, Limits, Scripted, Target};

const VPD_V7: &str = "\"vpd=*TM 7310-CR4\n*SE 1017E6B\n*RM V7R3.1.0.1\n\"\n";
const VPD_V10: &str = "\"vpd=*TM 7063-CR1\n*SE 1017E6C\n*RM V10R3\n\"\n";
const FRAMES: &str = "lssyscfg -r frame -F type_model,serial_num,name,frame_num,ipaddr_a,ipaddr_b";
const SYSTEMS: &str = "lssyscfg -r sys -F name,type_model,serial_num,ipaddr,state";

fn cages(frame: &str) -> String {
    format!("lssyscfg -r cage -e '{frame}' -F cage_num,type_model_serial_num")
}

fn lpars(system: &str) -> String {
    format!("lssyscfg -r lpar -m '{system}' -F name,lpar_id,default_profile,curr_profile")
}

/// The HMC that the real xCAT scanned for the expected listings.
fn power6() -> Scripted {
    Scripted::new()
        .answer("hmc01", "lshmc -v", VPD_V7)
        .answer(
            "hmc01",
            FRAMES,
            "9458-100,99201WM,Frame-9458-100-SN99201WM,1,,\n9458-100,99200G1,Frame-9458-100-SN99200G1,2,,\n",
        )
        .answer("hmc01", &cages("9458-100*99201WM"), "5,9117-MMA*10F6F3D\n6,null\n")
        .answer("hmc01", &cages("9458-100*99200G1"), "7,9117-MMA*1001234\n")
        .answer(
            "hmc01",
            SYSTEMS,
            "Server-9117-MMA-SN10F6F3D,9117-MMA,10F6F3D,10.0.1.5,Operating\n\
             Server-9117-MMA-SN1001234,9117-MMA,1001234,10.0.1.7,Operating\n",
        )
        .answer(
            "hmc01",
            &lpars("9117-MMA*10F6F3D"),
            "lpar02,3,lpar02,\nlpar01,2,default,lpar01\nvios1,1,default,none\n",
        )
        .answer(
            "hmc01",
            &lpars("9117-MMA*1001234"),
            "vios2,1,default,default\nlpar03,2,lpar03,lpar03\nlpar04,3,lpar04,lpar04\n",
        )
}

/// A V10 HMC with one system.
fn power9(script: Scripted, hmc: &str, systems: &str) -> Scripted {
    script
        .answer(hmc, "lshmc -v", VPD_V10)
        .answer(hmc, SYSTEMS, systems)
}

/// The surveys in the order of the HMCs, those that failed as errors.
fn surveys(script: &Scripted, hmcs: &[&str]) -> Vec<Result<Survey, hmc::Error>> {
    let targets: Vec<_> = hmcs.iter().map(|name| Target::new(*name)).collect();
    let mut surveys: Vec<_> = targets.iter().map(|_| None).collect();
    scan(script, &targets, Limits::default(), 8, |index, survey| {
        surveys[index] = Some(survey);
    });
    surveys.into_iter().flatten().collect()
}

fn survey(script: &Scripted) -> Survey {
    surveys(script, &["hmc01"])
        .remove(0)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn texts(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

fn names(found: &[Found]) -> Vec<&str> {
    found.iter().map(|found| found.name.as_str()).collect()
}

#[test]
fn the_three_listings_are_those_of_xcat() {
    let survey = survey(&power6());
    assert_eq!(survey.problems, []);
    assert_eq!(
        listing::table(&survey.found),
        include_str!("../../../tests/fixtures/rscan/table.txt")
    );
    let (found, problems) = definable(combine(vec![survey]), &[]);
    assert_eq!(problems, []);
    assert_eq!(
        listing::stanzas(&found),
        include_str!("../../../tests/fixtures/rscan/stanzas.txt")
    );
    assert_eq!(
        listing::xml(&found),
        include_str!("../../../tests/fixtures/rscan/xml.txt")
    );
}

#[test]
fn each_system_is_asked_once_and_frames_not_at_all_from_v10_on() {
    let script = power9(
        Scripted::new(),
        "hmc01",
        "p9,9009-42A,7812345,10.0.0.1,Operating\n",
    )
    .answer("hmc01", &lpars("9009-42A*7812345"), "lpar01,1,default,\n");
    let survey = survey(&script);
    assert_eq!(names(&survey.found), ["hmc01", "p9", "lpar01"]);
    assert_eq!(
        (survey.found[1].id.as_str(), survey.found[1].parent.as_str()),
        ("", "")
    );
    let asked: Vec<_> = script
        .asked()
        .into_iter()
        .map(|(_, command)| command)
        .collect();
    assert_eq!(asked, ["lshmc -v", SYSTEMS, &lpars("9009-42A*7812345")]);
}

#[test]
fn an_hmc_of_unknown_level_may_refuse_frames() {
    let refusal = include_str!("../../../tests/fixtures/hmc/error-v10-no-frames.txt");
    let script = Scripted::new()
        .answer("hmc01", "lshmc -v", "\"vpd=*TM 7063-CR2\n*SE 1\n\"\n")
        .exit("hmc01", FRAMES, 1, refusal, "")
        .answer("hmc01", SYSTEMS, "Nie znaleziono wyników.\n");
    let survey = survey(&script);
    assert_eq!(names(&survey.found), ["hmc01"]);
    assert_eq!(
        texts(&survey.problems),
        ["No results were found: it manages no system"]
    );
}

#[test]
fn systems_in_bad_states_are_listed_and_the_others_served() {
    let systems = "10.0.0.1,9009-42A,7812345,10.0.0.1,No Connection\n\
                   p9b,9009-42A,7812346,10.0.0.2,Power Off\n\
                   p9c,9009-42A,7812347,10.0.0.3,Version Mismatch\n\
                   10.0.0.4,unavailable,unavailable,10.0.0.4,Pending Authentication\n\
                   p9d,9009-42A,7812348,10.0.0.5,Operating\n";
    let refusal = "HSCL1234 Not now.\n";
    let script = power9(Scripted::new(), "hmc01", systems)
        .exit("hmc01", &lpars("9009-42A*7812345"), 1, refusal, "")
        .answer("hmc01", &lpars("9009-42A*7812346"), "lparb,1,default,\n")
        .exit("hmc01", &lpars("9009-42A*7812347"), 1, refusal, "")
        .answer(
            "hmc01",
            &lpars("9009-42A*7812348"),
            "No results were found.\n",
        );
    let survey = survey(&script);
    let expected = [
        "hmc01",
        "Server-9009-42A-SN7812345",
        "p9b",
        "lparb",
        "p9c",
        "p9d",
    ];
    assert_eq!(names(&survey.found), expected);
    assert_eq!(
        texts(&survey.problems),
        [
            "the LPARs of 9009-42A*7812345, which is in state \"No Connection\", are not known: HSCL1234 Not now.",
            "the LPARs of 9009-42A*7812347, which is in state \"Version Mismatch\", are not known: HSCL1234 Not now.",
            "the system at 10.0.0.4, in state \"Pending Authentication\", has not told its type and serial number yet; connect it, then scan again",
        ]
    );
}

#[test]
fn a_dead_and_a_garbled_hmc_do_not_hold_up_the_others() {
    let refused = Failure::Unreachable {
        host: "hmc02".to_owned(),
        reason: "Connection refused".to_owned(),
    };
    let script = power6()
        .fail("hmc02", "lshmc -v", refused)
        .answer("hmc03", "lshmc -v", "\u{fffd}\u{fffd}PK\u{3}")
        .exit(
            "hmc04",
            "lshmc -v",
            127,
            "",
            "-rbash: lshmc: command not found\n",
        );
    let surveys = surveys(&script, &["hmc01", "hmc02", "hmc03", "hmc04"]);
    let error = |index: usize| surveys[index].as_ref().unwrap_err().to_string();
    assert_eq!(surveys[0].as_ref().unwrap().found.len(), 11);
    assert_eq!(error(1), "cannot reach hmc02: Connection refused");
    assert_eq!(
        error(2),
        "hmc03 answered lshmc with something that cannot be read: line 1: a field without an attribute name"
    );
    assert_eq!(error(3), "-rbash: lshmc: command not found");
}

#[test]
fn an_hmc_that_goes_away_is_not_asked_about_each_system() {
    let systems: String = (1..=30)
        .map(|n| format!("p{n},9009-42A,{n},10.0.0.{n},Operating\n"))
        .collect();
    let lost = Failure::Lost {
        host: "hmc01".to_owned(),
        reason: "connection closed".to_owned(),
    };
    let mut script = power9(Scripted::new(), "hmc01", &systems);
    for n in 1..=30 {
        script = script.fail("hmc01", &lpars(&format!("9009-42A*{n}")), lost.clone());
    }
    let survey = survey(&script);
    assert_eq!(survey.found.len(), 31);
    assert_eq!(survey.problems.len(), 30);
    // One question a session at most was under way when it was noticed.
    assert!(script.asked().len() <= 2 + Target::new("hmc01").max_sessions);
}

#[test]
fn a_system_of_two_hmcs_is_one_with_two_control_points() {
    let script = power9(
        Scripted::new(),
        "hmc01",
        "10.0.0.1,9009-42A,7812345,10.0.0.1,No Connection\n",
    )
    .exit(
        "hmc01",
        &lpars("9009-42A*7812345"),
        1,
        "HSCL1234 Not now.\n",
        "",
    );
    let script = power9(script, "hmc02", "p9,9009-42A,7812345,10.0.0.1,Operating\n").answer(
        "hmc02",
        &lpars("9009-42A*7812345"),
        "lpar01,1,default,\n",
    );
    let surveys = surveys(&script, &["hmc01", "hmc02"])
        .into_iter()
        .map(Result::unwrap);
    let found = combine(surveys.collect());
    assert_eq!(names(&found), ["hmc01", "p9", "hmc02", "lpar01"]);
    assert_eq!(found[1].hcp, ["hmc01", "hmc02"]);
    assert!(found[1].complete && !found[1].unnamed);
    assert_eq!(
        (found[3].parent.as_str(), found[3].hcp.as_slice()),
        ("p9", ["hmc02".to_owned()].as_slice())
    );
}

#[test]
fn odd_and_double_names_are_listed_but_not_defined() {
    let systems =
        "p9a,9009-42A,7812345,10.0.0.1,Operating\np9b,9009-42A,7812346,10.0.0.2,Operating\n";
    let script = power9(Scripted::new(), "hmc01", systems)
        .answer(
            "hmc01",
            &lpars("9009-42A*7812345"),
            "vios1,1,default,\n\"a,b \"\"c\"\" $(touch x)\",7,it's,\n",
        )
        .answer("hmc01", &lpars("9009-42A*7812346"), "vios1,1,default,\n");
    let survey = survey(&script);
    let table = listing::table(&survey.found);
    assert!(
        table.contains("lpar    a,b \"c\" $(touch x)  7       9009-42A    7812345              \n"),
        "{table}"
    );
    assert_eq!(table.matches("lpar    vios1").count(), 2);
    let (found, problems) = definable(combine(vec![survey]), &[]);
    assert_eq!(names(&found), ["hmc01", "p9a", "p9b", "vios1"]);
    assert_eq!(
        texts(&problems),
        [
            "LPAR \"a,b \\\"c\\\" $(touch x)\" (id 7 of p9a) has no name that a node can have; \
             define it under another: mkdef -t node -o NAME groups=lpar,all nodetype=ppc,osi \
             hwtype=lpar mgt=hmc hcp=hmc01 cons=hmc id=7 parent=p9a pprofile='it'\\''s'",
            "LPAR \"vios1\" (id 1 of p9b) is not defined: LPAR \"vios1\" (id 1 of p9a) has its name; \
             define it under another: mkdef -t node -o NAME groups=lpar,all nodetype=ppc,osi \
             hwtype=lpar mgt=hmc hcp=hmc01 cons=hmc id=1 parent=p9b pprofile=default",
        ]
    );
    assert!(!listing::stanzas(&found).contains("touch"));
}

#[test]
fn what_has_a_node_already_is_listed_under_its_name() {
    let systems = "p9a,9009-42A,7812345,10.0.0.1,Operating\n";
    let script = power9(Scripted::new(), "hmc01", systems).answer(
        "hmc01",
        &lpars("9009-42A*7812345"),
        "a b,7,p,\nc d,8,p,\n",
    );
    let found = combine(vec![survey(&script)]);
    let node = Found {
        name: "ab".to_owned(),
        ..found[2].clone()
    };
    let (found, problems) = definable(found, &[node]);
    assert_eq!(names(&found), ["hmc01", "p9a", "ab"]);
    assert_eq!(problems.len(), 1);
}

#[test]
fn xml_is_escaped() {
    let mut survey = survey(&power6());
    survey.found[3].profile = "<&\">".to_owned();
    let xml = listing::xml(&survey.found);
    assert!(
        xml.contains("<pprofile>&lt;&amp;&quot;&gt;</pprofile>"),
        "{xml}"
    );
}

#[test]
fn partitions_go_with_a_system_that_cannot_be_defined() {
    let systems = "Server 1,9009-42A,7812345,10.0.0.1,Operating\n";
    let script = power9(Scripted::new(), "hmc01", systems).answer(
        "hmc01",
        &lpars("9009-42A*7812345"),
        "lpar01,1,p,\nlpar02,2,p,\n",
    );
    let all = combine(vec![survey(&script)]);
    let (found, problems) = definable(all.clone(), &[]);
    assert_eq!(names(&found), ["hmc01"]);
    assert_eq!(
        texts(&problems),
        [
            "system \"Server 1\" (9009-42A*7812345) has no name that a node can have and is left \
             out with its LPARs; define it under another: mkdef -t node -o NAME groups=cec,all \
             nodetype=ppc hwtype=cec mgt=hmc hcp=hmc01 mtm=9009-42A serial=7812345"
        ]
    );
    let node = Found {
        name: "server1".to_owned(),
        ..all[1].clone()
    };
    let (found, problems) = definable(all, &[node]);
    assert_eq!(names(&found), ["hmc01", "server1", "lpar01", "lpar02"]);
    assert_eq!((found[2].parent.as_str(), problems.len()), ("server1", 0));
}

#[test]
fn two_systems_of_one_name_do_not_mix_their_partitions() {
    let one = |script, hmc, serial: &str, lpar: &str| {
        let systems = format!("sys1,9009-42A,{serial},10.0.0.1,Operating\n");
        let question = lpars(&format!("9009-42A*{serial}"));
        power9(script, hmc, &systems).answer(hmc, &question, &format!("{lpar},1,p,\n"))
    };
    let script = one(Scripted::new(), "hmc01", "A1", "lpara");
    let script = one(script, "hmc02", "B1", "lparb");
    let surveys = surveys(&script, &["hmc01", "hmc02"]).into_iter();
    let (found, problems) = definable(combine(surveys.map(Result::unwrap).collect()), &[]);
    assert_eq!(names(&found), ["hmc01", "hmc02", "sys1", "lpara"]);
    assert_eq!(problems.len(), 1);
}
