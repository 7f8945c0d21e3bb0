//! Descriptions of sites, consoles that share hardware, scale, and the program itself.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use simsite::{Config, Site};

use crate::client::{Ended, Place};

#[test]
fn the_default_site_is_as_promised() {
    let config = Config::default_site();
    config.check().unwrap();
    assert_eq!((config.hmc.len(), config.cec.len()), (2, 4));
    assert_eq!(
        config.cec.iter().map(|cec| cec.lpar.len()).sum::<usize>(),
        24
    );
    let place = Place::new(config);
    let frames = "lssyscfg -r frame -F type_model,serial_num,name,frame_num,ipaddr_a,ipaddr_b";
    assert_eq!(
        place.run("hmc01", frames).out.lines().next(),
        Some("9458-100,99201WM,Frame-9458-100-SN99201WM,1,10.0.0.11,10.0.0.12")
    );
    let cages = "lssyscfg -r cage -e 9458-100*99201WM -F cage_num,type_model_serial_num";
    assert_eq!(place.run("hmc01", cages).out, "5,9117-MMA*10F6F3D\n");
    assert_eq!(place.run("hmc02", frames).status, 1);
    let names = "lssyscfg -r lpar -m 9117-MMA*10F6F3D -F name,lpar_id,default_profile,curr_profile";
    assert_eq!(
        place.run("hmc01", names).out,
        "vios1,1,default,default\nnode01,9,lpar9,lpar9\nnode02,7,lpar6,lpar6\n\
         node03,3,normal,normal\nnode04,4,normal,\nlpar05,5,lpar05,lpar05\n"
    );
}

#[test]
fn two_consoles_of_one_system_see_the_same_state() {
    let place = Place::new(Config::dual_console());
    let line = "chsysstate -r lpar -m 9117-MMA*10F6F3D -o on --id 4 -f normal";
    assert_eq!(place.run("hmc01", line).status, 0);
    place.until("it runs", |site| {
        site.state()["Server-9117-MMA-SN10F6F3D/node04"] == "Running"
    });
    let line = "lssyscfg -r lpar -m 9117-MMA*10F6F3D --filter lpar_ids=4 -F state";
    assert_eq!(place.run("hmc02", line).out, "Running\n");
    assert_eq!(
        place
            .run("hmc02", &line.replace("10F6F3D", "785A3F1"))
            .status,
        1
    );
}

#[test]
fn an_awkward_name_is_listed_as_csv() {
    let place = Place::new(Config::default_site().with_awkward_lpar());
    let line = "lssyscfg -r lpar -m 9117-MMA*10F6F3D -F name,lpar_id --filter lpar_ids=66";
    assert_eq!(
        place.run("hmc01", line).out,
        "\"a,b \"\"c\"\" $(touch x)\",66\n"
    );
    let line = "lssyscfg -r lpar -m 9117-MMA*10F6F3D -F lpar_id state --filter lpar_ids=66";
    assert_eq!(place.run("hmc01", line).out, "66 \"Not Activated\"\n");
}

#[test]
fn systems_out_of_reach_are_listed_but_cannot_be_asked() {
    let place = Place::default_site();
    let cec = "Server-9117-MMA-SN1001234";
    place.site.set_state(cec, "No Connection").unwrap();
    let list = place
        .run(
            "hmc01",
            "lssyscfg -r sys -F name,type_model,serial_num,state",
        )
        .out;
    assert!(
        list.contains("\n10.0.1.2,9117-MMA,1001234,No Connection\n"),
        "{list}"
    );
    let answer = place.run("hmc01", "lssyscfg -r lpar -m 9117-MMA*1001234 -F name");
    assert!(
        answer.out.starts_with("HSCL0237 ") && answer.status == 1,
        "{}",
        answer.out
    );
    assert!(
        place
            .run("hmc01", &format!("lssyscfg -r lpar -m {cec}"))
            .out
            .starts_with("HSCL8018 ")
    );
    let connections = place
        .run(
            "hmc01",
            "lssysconn -r all -F ipaddr,state,connection_error_code",
        )
        .out;
    assert!(
        connections.contains("10.0.1.2,No Connection,Connecting  0000-0000-00000000\n"),
        "{connections}"
    );
    place.site.set_state(cec, "Failed Authentication").unwrap();
    let connections = place.run("hmc01", "lssysconn -r all").out;
    let failed =
        "state=Failed Authentication,connection_error_code=Incorrect password 0802-0001-00000026\n";
    assert!(connections.contains(failed), "{connections}");
    for state in ["Incomplete", "Failed Authentication", "Recovery", "Error"] {
        place.site.set_state(cec, state).unwrap();
        let line = format!("lssyscfg -r sys -m {cec} -F state");
        assert_eq!(place.run("hmc01", &line).out, format!("{state}\n"));
    }
}

#[test]
fn a_large_site_has_what_was_asked_for() {
    let place = Place::new(Config::scaled(3, 10));
    let list = place.run("hmc03", "lssyscfg -r sys -F name").out;
    let lpars: usize = list
        .lines()
        .map(|name| {
            let line = format!("lssyscfg -r lpar -m {name} -F name,state");
            place.run("hmc03", &line).out.lines().count()
        })
        .sum();
    assert_eq!((list.lines().count(), lpars), (4, 10));
}

#[test]
fn sites_run_side_by_side() {
    let places = [
        Place::default_site(),
        Place::default_site(),
        Place::default_site(),
    ];
    places[0]
        .site
        .set_state("Server-9117-MMA-SN10F6F3D/node01", "Error")
        .unwrap();
    let line = "lssyscfg -r lpar -m 9117-MMA*10F6F3D --filter lpar_names=node01 -F state";
    let states: Vec<_> = places
        .iter()
        .map(|place| place.run("hmc01", line).out)
        .collect();
    assert_eq!(states, ["Error\n", "Running\n", "Running\n"]);
}

#[test]
fn descriptions_that_make_no_sense_are_refused() {
    let cases = [
        ("nonsense = 1", "unknown field `nonsense`"),
        (
            "[[hmc]]\nname='h'\nversion='V10R3'\ntype_model='x'\nserial='y'\nsystems=['gone']",
            "h: no system gone",
        ),
        (
            "[[cec]]\nname='c'\ntype_model='x'\nserial='y'\nip='z'\nlevel='v99'",
            "unknown level v99",
        ),
    ];
    for (text, reason) in cases {
        let error = Config::from_toml(text).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    let mut config = Config::default_site();
    config.hmc[0].address = Some("10.0.0.1".into());
    let dir = tempfile::tempdir().unwrap();
    assert!(Site::start(config, dir.path()).is_err());
}

#[test]
fn the_program_starts_tells_shows_and_ends() {
    let dir = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_simsite");
    let mut command = Command::new(program);
    command
        .args(["start", "--until-eof", "--dir"])
        .arg(dir.path());
    let mut site = Ended(
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut line = String::new();
    BufReader::new(site.0.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "ready\n");
    let call = |words: &[&str]| {
        let output = Command::new(program)
            .args(words)
            .arg("--dir")
            .arg(dir.path())
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    assert!(call(&["tell", "p9-42a-1/db01 state Error"]).0);
    assert!(call(&["tell", "hmc01 slow 1ms on lssyscfg"]).0);
    assert!(call(&["tell", "hmc01 heal"]).0);
    assert!(!call(&["tell", "hmc01 explode"]).0);
    assert!(!call(&["tell", "hmc99 hang"]).0);
    assert!(!call(&["tell", "p9-42a-1/db01 state Flying"]).0);
    let mut ssh = Command::new("ssh");
    ssh.arg("-F").arg(dir.path().join("ssh_config")).args([
        "-o",
        "BatchMode=yes",
        "hmc02",
        "uname -n",
    ]);
    assert_eq!(
        ssh.stdin(Stdio::null()).output().unwrap().stdout,
        b"hmc02\n"
    );
    let (_, shown) = call(&["show"]);
    assert!(shown.contains("p9-42a-1/db01: Error\n"), "{shown}");
    assert!(shown.contains("hmc02 exec uname -n\n"), "{shown}");
    let mut stdin = site.0.stdin.take().unwrap();
    stdin.flush().unwrap();
    drop(stdin);
    assert!(site.0.wait().unwrap().success());
    assert!(!call(&["show"]).0);
}
