//! Master connections: one for each host, whatever happens to them.

use std::fs;
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::peers::Peer;
use super::site::{Site, USER, eventually, patient, run};
use crate::remote::{
    Closed, Ending, Failure, Limits, OpenSsh, Persist, Phase, Settings, State, Target, fan_out,
};

fn hmc01() -> Target {
    Target::new("hmc01")
}

/// The master's process id.
fn master(site: &Site) -> Pid {
    match site.transport().state(&hmc01()).unwrap() {
        State::Running(pid) => Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(),
        State::NotConnected => panic!("no master"),
    }
}

#[test]
fn later_commands_share_the_first_ones_login() {
    let site = Site::start();
    for n in 0..3 {
        assert_eq!(site.sh(&format!("exit {n}"), &patient()).unwrap().status, n);
    }
    assert_eq!(site.logins(), 1);
}

#[test]
fn eight_at_once_log_in_once() {
    let site = Site::start();
    fan_out(
        &[(); 8],
        8,
        |()| site.sh("true", &patient()),
        |_, outcome| {
            assert_eq!(outcome.unwrap().status, 0);
        },
    );
    assert_eq!(site.logins(), 1);
    assert_eq!(site.processes().len(), 1, "one master, no orphans");
}

#[test]
fn names_of_one_host_share_a_master_and_other_users_do_not() {
    let site = Site::start();
    let transport = site.transport();
    assert!(transport.connect(&hmc01(), &patient()).unwrap());
    assert!(
        !transport
            .connect(&Target::new("hmc01-alias"), &patient())
            .unwrap()
    );
    let other = Target {
        user: Some("somebody".into()),
        ..hmc01()
    };
    assert_eq!(transport.state(&other).unwrap(), State::NotConnected);
}

#[test]
fn a_connection_is_opened_shown_and_closed() {
    let site = Site::start();
    let transport = site.transport();
    assert_eq!(
        transport.state(&hmc01()).unwrap().to_string(),
        "not connected"
    );
    let close = || transport.disconnect(&hmc01(), Ending::Now).unwrap();
    assert_eq!(close(), Closed::Absent);
    assert!(transport.connect(&hmc01(), &patient()).unwrap());
    let pid = master(&site);
    let shown = transport.state(&hmc01()).unwrap().to_string();
    assert_eq!(
        shown,
        format!("Master running (pid={})", pid.as_raw_nonzero())
    );
    assert!(!transport.connect(&hmc01(), &patient()).unwrap());
    assert_eq!(close(), Closed::Ended);
    assert_eq!(transport.state(&hmc01()).unwrap(), State::NotConnected);
    eventually("the master's process ends", || site.processes().is_empty());
    assert_eq!(site.logins(), 1);
}

#[test]
fn a_gentle_end_lets_commands_finish() {
    let site = Site::start();
    let transport = site.transport();
    let (started, release) = (site.path("started"), site.path("release"));
    thread::scope(|scope| {
        let script = format!(
            "touch {}; while [ ! -e {} ]; do sleep 0.05; done; exit 7",
            started.display(),
            release.display()
        );
        let transport = &transport;
        let running = scope.spawn(move || run(transport, &script, &patient()));
        eventually("the command runs", || started.exists());
        let close = || transport.disconnect(&hmc01(), Ending::WhenIdle).unwrap();
        assert_eq!(close(), Closed::Ending);
        assert_eq!(close(), Closed::Absent);
        assert_eq!(transport.state(&hmc01()).unwrap(), State::NotConnected);
        fs::write(&release, "").unwrap();
        assert_eq!(running.join().unwrap().unwrap().status, 7);
    });
    eventually("the master's process ends", || site.processes().is_empty());
}

#[test]
fn an_idle_connection_ends_by_itself() {
    let site = Site::start();
    let transport = OpenSsh::new(Settings {
        persist: Persist::No,
        ..site.settings()
    });
    transport.connect(&hmc01(), &patient()).unwrap();
    eventually("the connection ends", || {
        transport.state(&hmc01()).unwrap() == State::NotConnected
    });
    eventually("its process ends", || site.processes().is_empty());
}

#[test]
fn the_socket_of_a_killed_master_is_replaced() {
    let site = Site::start();
    site.sh("true", &patient()).unwrap();
    kill_process(master(&site), Signal::KILL).unwrap();
    eventually("the master is gone", || site.processes().is_empty());
    assert_eq!(site.sockets().len(), 1, "the stale socket is there");
    assert_eq!(site.sh("exit 5", &patient()).unwrap().status, 5);
    assert_eq!(site.logins(), 2);
    assert_eq!(site.sockets().len(), 1);
}

#[test]
fn something_else_on_the_socket_is_replaced() {
    let site = Site::start();
    let transport = site.transport();
    transport.connect(&hmc01(), &patient()).unwrap();
    let socket = site.sockets().remove(0);
    transport.disconnect(&hmc01(), Ending::Now).unwrap();
    // It never greets: a stopped master looks the same.
    let _listener = UnixListener::bind(&socket).unwrap();
    assert_eq!(site.sh("exit 5", &patient()).unwrap().status, 5);
}

#[test]
fn a_command_whose_master_dies_is_lost_not_repeated() {
    let site = Site::start();
    let (started, count) = (site.path("started"), site.path("count"));
    thread::scope(|scope| {
        let site = &site;
        let script = format!(
            "echo x >> {}; touch {}; {}",
            count.display(),
            started.display(),
            site.hang()
        );
        let running = scope.spawn(move || site.sh(&script, &patient()));
        eventually("the command runs", || started.exists());
        kill_process(master(site), Signal::KILL).unwrap();
        let failure = running.join().unwrap().unwrap_err();
        assert!(matches!(failure, Failure::Lost { .. }), "{failure}");
        assert!(failure.to_string().contains("unknown"), "{failure}");
    });
    assert_eq!(fs::read_to_string(&count).unwrap(), "x\n");
}

#[test]
fn a_dead_network_behind_a_living_master_is_found_out() {
    let site = Site::start();
    let relay = Peer::relay(site.port);
    site.configure_port(relay.port, "");
    site.sh("true", &patient()).unwrap();
    relay.freeze(true);
    assert!(
        matches!(site.transport().state(&hmc01()).unwrap(), State::Running(_)),
        "the trap"
    );
    let limits = Limits {
        connect: Duration::from_secs(1),
        ..patient()
    };
    let failure = site.sh("echo never", &limits).unwrap_err();
    assert!(
        matches!(
            failure,
            Failure::TimedOut {
                phase: Phase::Login,
                ..
            }
        ),
        "{failure}"
    );
    assert_eq!(
        site.transport().state(&hmc01()).unwrap(),
        State::NotConnected
    );
    eventually("no process stays", || site.processes().is_empty());
    relay.freeze(false);
    assert_eq!(site.sh("echo again", &patient()).unwrap().stdout, "again\n");
    assert_eq!(relay.accepted(), 3);
}

#[test]
fn a_probe_asks_the_host_and_opens_nothing() {
    let site = Site::start();
    let relay = Peer::relay(site.port);
    site.configure_port(relay.port, "");
    let probe = |seconds| {
        let limits = Limits {
            connect: Duration::from_secs(seconds),
            ..patient()
        };
        site.transport().probe(&hmc01(), &limits)
    };
    assert_eq!(probe(60), Ok(State::NotConnected));
    assert_eq!(site.logins(), 0);
    site.sh("true", &patient()).unwrap();
    let pid = master(&site);
    let running = State::Running(u32::try_from(pid.as_raw_nonzero().get()).unwrap());
    assert_eq!(probe(60), Ok(running));
    relay.freeze(true);
    let failure = probe(1).unwrap_err();
    let expected = format!(
        "hmc01 did not answer within 1 s; its connection (pid={}) was closed",
        pid.as_raw_nonzero()
    );
    assert_eq!(failure.to_string(), expected);
    assert_eq!(probe(1), Ok(State::NotConnected));
    eventually("no process stays", || site.processes().is_empty());
    assert_eq!((site.logins(), relay.accepted()), (1, 1));
}

#[test]
fn ssh_is_asked_about_a_host_once_until_its_configuration_changes() {
    let site = Site::start();
    let calls = site.path("calls");
    let text = format!(
        "#!/bin/sh\necho \"$*\" >> {}\nexec ssh \"$@\"\n",
        calls.display()
    );
    let ssh_program = site.script("ssh", &text);
    let transport = || {
        OpenSsh::new(Settings {
            ssh_program: ssh_program.clone(),
            ..site.settings()
        })
    };
    let count = || {
        fs::read_to_string(&calls)
            .unwrap_or_default()
            .matches(" -G ")
            .count()
    };
    assert_eq!(transport().state(&hmc01()).unwrap(), State::NotConnected);
    assert_eq!(count(), 0, "without any connection ssh need not be asked");
    transport().connect(&hmc01(), &patient()).unwrap();
    // A configuration that has just been written may change unnoticed.
    eventually("the answer is remembered", || {
        let before = count();
        assert!(matches!(
            transport().state(&hmc01()).unwrap(),
            State::Running(_)
        ));
        count() == before
    });
    let before = count();
    site.configure("Port 9\n");
    assert_eq!(transport().state(&hmc01()).unwrap(), State::NotConnected);
    assert_eq!(count(), before + 1);
}

#[test]
fn a_network_that_dies_under_a_command_ends_with_the_deadline() {
    let site = Site::start();
    let relay = Peer::relay(site.port);
    site.configure_port(relay.port, "");
    let started = site.path("started");
    site.transport().connect(&hmc01(), &patient()).unwrap();
    thread::scope(|scope| {
        let site = &site;
        let script = format!("touch {}; sleep 0.5; echo done", started.display());
        let limits = Limits {
            deadline: Duration::from_secs(3),
            ..patient()
        };
        let running = scope.spawn(move || site.sh(&script, &limits));
        eventually("the command runs", || started.exists());
        relay.freeze(true);
        let failure = running.join().unwrap().unwrap_err();
        assert!(
            matches!(
                failure,
                Failure::TimedOut {
                    phase: Phase::Command,
                    ..
                }
            ),
            "{failure}"
        );
    });
}

#[test]
fn sockets_are_nobody_elses_business() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::start();
    site.sh("true", &patient()).unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(site.path("c")), 0o700);
    for entry in fs::read_dir(site.path("c")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(path.clone()), 0o600, "{}", path.display());
    }
    assert!(!USER.is_empty());
}
