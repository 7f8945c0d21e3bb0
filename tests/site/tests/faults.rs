//! Each fault as a client sees it, and the site's neighbours untouched by it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use simsite::{Config, Event, Fault};

use crate::client::{Ended, Place};

fn raw(place: &Place, host: &str) -> std::io::Result<TcpStream> {
    let address: std::net::IpAddr = place.site.address(host).unwrap().parse().unwrap();
    let stream = TcpStream::connect((address, place.site.port()))?;
    stream.set_read_timeout(Some(Duration::from_millis(300)))?;
    Ok(stream)
}

/// What a host sends to somebody who says nothing.
fn greeting(place: &Place, host: &str) -> Vec<u8> {
    let mut stream = raw(place, host).unwrap();
    let mut all = Vec::new();
    // Ends by the timeout: the host says no more.
    let _ = stream.read_to_end(&mut all);
    all
}

#[test]
fn a_host_that_is_down_refuses_connections() {
    let place = Place::default_site();
    place.site.fault("hmc01", Fault::Down);
    place.until("the port is closed", |_| raw(&place, "hmc01").is_err());
    assert!(
        place
            .run("hmc01", "date")
            .err
            .contains("Connection refused")
    );
    assert_eq!(place.run("hmc02", "uname -n").out, "hmc02\n");
    place.site.heal("hmc01");
    place.until("the port is open", |_| raw(&place, "hmc01").is_ok());
    assert_eq!(place.run("hmc01", "uname -n").out, "hmc01\n");
}

#[test]
fn silent_hosts_and_those_with_a_banner_alone() {
    let place = Place::default_site();
    place.site.fault("hmc01", Fault::Silent);
    place.site.fault("hmc02", Fault::BannerOnly);
    assert_eq!(greeting(&place, "hmc01"), b"");
    let mut stream = raw(&place, "hmc02").unwrap();
    stream.write_all(b"SSH-2.0-test\r\n").unwrap();
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    assert_eq!(all, b"SSH-2.0-OpenSSH_8.0\r\n");
}

#[test]
fn a_changed_host_key_is_noticed_and_healed() {
    let place = Place::default_site();
    place.site.fault("hmc01", Fault::ChangeHostKey);
    let answer = place.run("hmc01", "date");
    assert!(
        answer
            .err
            .contains("REMOTE HOST IDENTIFICATION HAS CHANGED"),
        "{}",
        answer.err
    );
    place.site.heal("hmc01");
    assert_eq!(place.run("hmc01", "uname -n").out, "hmc01\n");
}

#[test]
fn unknown_host_keys_can_be_learned() {
    let mut config = Config::default_site();
    config.known_hosts = false;
    let place = Place::new(config);
    assert!(
        place
            .run("hmc01", "date")
            .err
            .contains("Host key verification failed.")
    );
    let command = place.ssh(&["-T", "hmc01", "--", "uname -n"]);
    // The first value counts: this stands before the one of the helper.
    let mut learning = std::process::Command::new("ssh");
    learning
        .args(["-o", "StrictHostKeyChecking=accept-new"])
        .args(command.get_args())
        .stdin(Stdio::null());
    assert_eq!(learning.output().unwrap().stdout, b"hmc01\n");
    assert_eq!(place.run("hmc01", "uname -n").out, "hmc01\n");
}

#[test]
fn refused_logins_leave_the_account_unlocked_when_healed() {
    let place = Place::default_site();
    place.site.fault("hmc01", Fault::RefuseLogin);
    let answer = place.run("hmc01", "date");
    assert!(answer.err.contains("Permission denied"), "{}", answer.err);
    let refused = Event::Login {
        host: "hmc01".into(),
        user: "hscroot".into(),
        method: "publickey",
        accepted: false,
    };
    assert!(place.site.log().contains(&refused));
    place.site.heal("hmc01");
    assert_eq!(place.run("hmc01", "uname -n").out, "hmc01\n");
}

#[test]
fn a_hung_command_holds_up_itself_alone() {
    let place = Place::default_site();
    place.site.fault_on("hmc01", "-r lpar", Fault::Hang);
    let mut command = place.ssh(&["-T", "-o", "BatchMode=yes", "hmc01", "--"]);
    command
        .arg("lssyscfg -r lpar -m 9117-MMA*10F6F3D")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut hung = Ended(command.spawn().unwrap());
    place.until("the command arrived", |site| {
        !site.commands("hmc01").is_empty()
    });
    assert_eq!(
        place
            .run("hmc01", "lssyscfg -r sys -m 9117-MMA*1001234 -F state")
            .out,
        "Operating\n"
    );
    assert!(hung.0.try_wait().unwrap().is_none());
}

#[test]
fn a_session_that_is_never_answered() {
    let place = Place::default_site();
    place.site.fault("hmc01", Fault::HangAfterLogin);
    let mut command = place.ssh(&["-T", "-o", "BatchMode=yes", "hmc01", "--", "date"]);
    let mut hung = Ended(
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let login = |event: &Event| matches!(event, Event::Login { accepted: true, .. });
    place.until("the login is done", |site| site.log().iter().any(login));
    assert!(hung.0.try_wait().unwrap().is_none());
    assert!(place.site.commands("hmc01").is_empty());
}

#[test]
fn a_connection_that_drops_in_mid_line() {
    let place = Place::default_site();
    let line = "lssyscfg -r sys -F name";
    let whole = place.run("hmc01", line).out;
    place.site.fault_on("hmc01", "lssyscfg", Fault::Drop);
    let answer = place.run("hmc01", line);
    assert_eq!(answer.status, 255, "{}", answer.err);
    assert!(whole.starts_with(&answer.out) && answer.out.len() < whole.len());
    assert!(
        !answer.out.is_empty() && !answer.out.ends_with('\n'),
        "{}",
        answer.out
    );
}

#[test]
fn a_frozen_host_starves_masters_and_newcomers_until_it_thaws() {
    let place = Place::default_site();
    let socket = place.dir().join("m");
    let control = format!("ControlPath={}", socket.display());
    let options = ["-o", &control, "-o", "BatchMode=yes"];
    let mut master = place.ssh(&options);
    master
        .args(["-o", "ControlMaster=yes", "-N", "hmc01"])
        .stderr(Stdio::null());
    let _master = Ended(master.spawn().unwrap());
    place.until("the master is there", |_| socket.exists());
    place.site.fault("hmc01", Fault::Freeze);
    let mut slave = place.ssh(&options);
    slave
        .args(["-T", "hmc01", "--", "uname -n"])
        .stdout(Stdio::piped());
    let slave = slave.spawn().unwrap();
    assert_eq!(greeting(&place, "hmc01"), b"");
    let mut check = place.ssh(&options);
    assert!(
        check
            .args(["-O", "check", "hmc01"])
            .output()
            .unwrap()
            .status
            .success()
    );
    assert!(place.site.commands("hmc01").is_empty());
    place.site.heal("hmc01");
    assert_eq!(slave.wait_with_output().unwrap().stdout, b"hmc01\n");
}

#[test]
fn garbage_and_endless_output() {
    let place = Place::default_site();
    place.site.fault("hmc01", Fault::Garbage);
    let output = place
        .ssh(&[
            "-T",
            "-o",
            "BatchMode=yes",
            "hmc01",
            "--",
            "lssyscfg -r sys",
        ])
        .output()
        .unwrap();
    assert!(output.stdout.contains(&0) && std::str::from_utf8(&output.stdout).is_err());
    place.site.fault("hmc02", Fault::Endless);
    let mut command = place.ssh(&[
        "-T",
        "-o",
        "BatchMode=yes",
        "hmc02",
        "--",
        "lssyscfg -r sys",
    ]);
    let mut child = Ended(
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut buffer = vec![0; 3_000_000];
    child
        .0
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut buffer)
        .unwrap();
    drop(child);
    assert_eq!(place.run("hmc02", "uname -n").out, "hmc02\n");
}

#[test]
fn slow_and_dripping_answers_are_whole() {
    let place = Place::default_site();
    place
        .site
        .fault("hmc01", Fault::Slow(Duration::from_millis(50)));
    place
        .site
        .fault("hmc01", Fault::Drip(Duration::from_millis(1)));
    let line = "lssyscfg -r sys -F name";
    assert_eq!(
        place.run("hmc01", line).out,
        "Server-9117-MMA-SN10F6F3D\nServer-9117-MMA-SN1001234\n"
    );
}

#[test]
fn consoles_that_are_busy_or_grant_nothing_or_speak_polish() {
    let place = Place::default_site();
    let on = "chsysstate -r lpar -m 9117-MMA*10F6F3D -o on --id 4 -f normal";
    place.site.fault("hmc01", Fault::Busy);
    assert!(place.run("hmc01", on).out.starts_with("HSCL3205 "));
    assert_eq!(
        place
            .run("hmc01", "lssyscfg -r sys -m 9117-MMA*10F6F3D -F state")
            .out,
        "Operating\n"
    );
    place.site.heal("hmc01");
    place.site.fault("hmc01", Fault::NoAuthority);
    let answer = place.run("hmc01", on);
    assert_eq!(
        answer.out,
        "HSCL350B The user does not have the appropriate authority\n"
    );
    assert_eq!(answer.status, 1);
    place.site.heal("hmc01");
    place.site.fault("hmc01", Fault::Polish);
    let none = "lssyscfg -r prof -m 9117-MMA*10F6F3D --filter profile_names=none";
    assert_eq!(place.run("hmc01", none).out, "Nie znaleziono wyników.\n");
    let english = place.run("hmc01", &format!("LC_ALL=C {none}"));
    assert_eq!(english.out, "No results were found.\n");
}

#[test]
fn connections_beyond_the_limit_are_reset() {
    let mut config = Config::default_site();
    config.limits.max_connections = 2;
    let place = Place::new(config);
    let held = [raw(&place, "hmc01").unwrap(), raw(&place, "hmc01").unwrap()];
    let connection = |event: &&Event| matches!(event, Event::Connection { .. });
    place.until("both are in", |site| {
        site.log().iter().filter(connection).count() == 2
    });
    let answer = place.run("hmc01", "date");
    assert!(
        answer
            .err
            .contains("kex_exchange_identification: read: Connection reset by peer"),
        "{}",
        answer.err
    );
    drop(held);
    place.until("there is room again", |_| {
        place.run("hmc01", "uname -n").out == "hmc01\n"
    });
}

#[test]
fn a_change_whose_connection_is_lost_may_be_done_or_not() {
    let place = Place::default_site();
    let on = "chsysstate -r lpar -m 9117-MMA*10F6F3D -o on --id 4 -f normal";
    let key = "Server-9117-MMA-SN10F6F3D/node04";
    place.site.fault_on("hmc01", "chsysstate", Fault::Cut);
    assert_eq!(place.run("hmc01", on).status, 255);
    assert_eq!(place.site.state()[key], "Not Activated");
    place.site.heal("hmc01");
    place.site.fault_on("hmc01", "chsysstate", Fault::Drop);
    assert_eq!(place.run("hmc01", on).status, 255);
    place.until("it was done", |site| site.state()[key] == "Running");
}

#[test]
fn a_client_that_goes_away_is_seen() {
    let place = Place::default_site();
    place.site.fault_on("hmc01", "-r sys", Fault::Hang);
    let mut command = place.ssh(&["-T", "-o", "BatchMode=yes", "hmc01", "--"]);
    let child = command.arg("lssyscfg -r sys").spawn().unwrap();
    let child = Ended(child);
    place.until("it runs", |site| !site.commands("hmc01").is_empty());
    drop(child);
    let gone = Event::Abandoned {
        host: "hmc01".to_owned(),
        line: "lssyscfg -r sys".to_owned(),
    };
    place.until("it is gone", |site| site.log().contains(&gone));
}

#[test]
fn an_installation_of_ten_consoles() {
    let mut config = Config::installation();
    assert_eq!(
        (config.timing.login_ms, config.timing.command_ms),
        (1200, 200)
    );
    config.timing.login_ms = 0;
    config.timing.command_ms = 0;
    let lpars: usize = config.cec.iter().map(|cec| cec.lpar.len()).sum();
    assert_eq!((config.hmc.len(), config.cec.len(), lpars), (10, 50, 500));
    let place = Place::new(config);
    for hmc in (1..=5).map(|number| format!("hmc{number:02}")) {
        place.site.fault(&hmc, Fault::Silent);
    }
    let line = "lssyscfg -r lpar -m sys103 -F name";
    assert_eq!(place.run("hmc10", line).out.lines().count(), 10);
}
