//! Hosts that cannot be reached, and hosts that are not what they claim.

use std::fs;
use std::net::TcpListener;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::peers::Peer;
use super::site::{Site, eventually, helped, keygen, patient};
use crate::remote::{
    Command, Failure, Limits, OpenSsh, Phase, Settings, Target, Transport, fan_out,
};

fn hasty() -> Limits {
    Limits {
        connect: Duration::from_secs(1),
        ..patient()
    }
}

#[test]
fn a_closed_port_is_unreachable() {
    let site = Site::start();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    site.configure_port(port, "");
    let failure = site.sh("true", &patient()).unwrap_err();
    assert_eq!(
        failure.to_string(),
        format!("cannot reach hmc01: connect to host 127.0.0.1 port {port}: Connection refused")
    );
    assert!(matches!(failure, Failure::Unreachable { .. }));
}

#[test]
fn hosts_that_say_too_little_time_out() {
    let site = Site::start();
    let greetings: [&[u8]; 3] = [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        // A key exchange message of which the rest does not come.
        b"SSH-2.0-OpenSSH_9.2\r\n\0\0\x04\x04\x08\x14",
    ];
    for greeting in greetings {
        let peer = Peer::saying(greeting);
        site.configure_port(peer.port, "");
        let failure = site.sh("true", &hasty()).unwrap_err();
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
        assert_eq!(peer.accepted(), 1);
        eventually("no process stays", || site.processes().is_empty());
    }
}

/// Does nothing unless it is run as the helper of the next test.
#[test]
fn hang_helper() {
    if let Some(settings) = helped() {
        let transport = OpenSsh::new(settings);
        let _ = transport.run(&Target::new("hmc01"), &Command::new("true"), &patient());
    }
}

#[test]
fn a_killed_command_leaves_no_ssh_behind() {
    let site = Site::start();
    for signal in [Signal::INT, Signal::KILL] {
        let peer = Peer::saying(b"SSH-2.0-OpenSSH_9.2\r\n");
        site.configure_port(peer.port, "");
        let mut helper = site
            .helper("remote::tests::failures::hang_helper")
            .spawn()
            .unwrap();
        eventually("ssh is waiting for the host", || peer.accepted() == 1);
        assert!(!site.processes().is_empty());
        kill_process(Pid::from_child(&helper), signal).unwrap();
        helper.wait().unwrap();
        eventually("no process stays", || site.processes().is_empty());
    }
}

/// Does nothing unless it is run as the helper of the next test.
#[test]
fn leak_helper() {
    let Some(settings) = helped() else { return };
    let transport = OpenSsh::new(settings);
    for name in ["hmc01", "dead1", "dead2", "closed", "hmc02"] {
        let outcome = transport.run(&Target::new(name), &Command::new("true"), &hasty());
        assert_eq!(outcome.is_ok(), name.starts_with("hmc"), "{outcome:?}");
    }
    let own = std::process::id().to_string();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // pid (name) state ppid …
        let parent = stat
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.split(' ').nth(1));
        assert_ne!(parent, Some(own.as_str()), "not waited for: {stat}");
    }
}

#[test]
fn every_process_is_waited_for() {
    let site = Site::start();
    let (silent, closing) = (Peer::saying(b""), Peer::hanging_up(b""));
    let (dead, closed) = (silent.port, closing.port);
    site.configure(&format!(
        "Host dead*\nPort {dead}\nHost closed\nPort {closed}\n"
    ));
    let mut helper = site.helper("remote::tests::failures::leak_helper");
    assert!(helper.status().unwrap().success());
    // Two dead names are one host, tried for each of them in turn.
    let counts = [site.logins(), silent.accepted(), closing.accepted()];
    assert_eq!(counts, [1, 2, 1]);
}

#[test]
fn hosts_that_hang_up_are_unreachable() {
    let site = Site::start();
    let greetings: [&[u8]; 3] = [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ];
    for greeting in greetings {
        let peer = Peer::hanging_up(greeting);
        site.configure_port(peer.port, "");
        let failure = site.sh("true", &hasty()).unwrap_err();
        assert!(
            matches!(failure, Failure::Unreachable { .. }),
            "{failure:?}"
        );
        assert_eq!(failure.to_string().lines().count(), 1);
    }
}

#[test]
fn a_host_that_freezes_after_the_login_is_not_waited_for() {
    let site = Site::start();
    // It grants a login, and no answer ever comes to the request for a session.
    let relay = Peer::relay(site.port);
    site.configure_port(relay.port, "");
    site.transport()
        .connect(&Target::new("hmc01"), &patient())
        .unwrap();
    relay.freeze(true);
    let limits = Limits {
        deadline: Duration::from_secs(1),
        ..patient()
    };
    let failure = site.sh("true", &limits).unwrap_err();
    assert!(
        matches!(
            failure,
            Failure::TimedOut {
                phase: Phase::Session,
                ..
            }
        ),
        "{failure}"
    );
}

#[test]
fn a_dead_host_is_tried_once_for_all_who_wait() {
    let site = Site::start();
    let peer = Peer::saying(b"");
    site.configure_port(peer.port, "");
    let mut late = 0;
    fan_out(
        &[(); 6],
        6,
        |()| site.sh("true", &hasty()),
        |_, outcome| {
            late += usize::from(matches!(
                outcome,
                Err(Failure::TimedOut {
                    phase: Phase::Login,
                    ..
                })
            ));
        },
    );
    assert_eq!(late, 6);
    assert_eq!(peer.accepted(), 1);
}

#[test]
fn dead_hosts_do_not_hold_up_the_others() {
    let site = Site::start();
    let peer = Peer::saying(b"SSH-2.0-OpenSSH_9.2\r\n");
    site.configure(&format!("Host dead*\nPort {}\n", peer.port));
    let transport = site.transport();
    let names = ["dead1", "hmc01", "dead2", "hmc02"].map(Target::new);
    let mut order = Vec::new();
    let command = Command::new("true");
    let limits = Limits {
        connect: Duration::from_secs(2),
        ..patient()
    };
    fan_out(
        &names,
        4,
        |target| transport.run(target, &command, &limits),
        |index, outcome| {
            order.push((names[index].name.clone(), outcome.is_ok()));
        },
    );
    let served: Vec<_> = order[..2].iter().map(|(_, ok)| *ok).collect();
    assert_eq!(served, [true, true], "{order:?}");
    assert!(
        order[2..]
            .iter()
            .all(|(name, ok)| name.starts_with("dead") && !ok)
    );
}

#[test]
fn an_unknown_key_is_learned_and_a_changed_one_refused() {
    let site = Site::start();
    let limits = patient();
    site.sh("true", &limits).unwrap();
    let known = fs::read_to_string(site.path("known_hosts")).unwrap();
    assert_eq!(known.lines().count(), 1);
    let transport = site.transport();
    transport
        .disconnect(&Target::new("hmc01"), crate::remote::Ending::Now)
        .unwrap();
    keygen(&site.path("other"));
    let other = fs::read_to_string(site.path("other.pub")).unwrap();
    let (host, _) = known.split_once(' ').unwrap();
    fs::write(site.path("known_hosts"), format!("{host} {other}")).unwrap();
    let failure = site.sh("touch /nonexistent/x", &limits).unwrap_err();
    assert!(matches!(failure, Failure::Untrusted { .. }), "{failure}");
    let fix = format!(
        "ssh-keygen -f '{}' -R '[127.0.0.1]:{}'",
        site.path("known_hosts").display(),
        site.port
    );
    assert!(failure.to_string().ends_with(&fix), "{failure}");
    assert_eq!(site.logins(), 1, "no login to a host that is not trusted");
}

#[test]
fn who_wants_strict_checking_keeps_it() {
    let site = Site::start();
    site.configure("Host *\nStrictHostKeyChecking yes\n");
    let failure = site.sh("true", &patient()).unwrap_err();
    assert!(matches!(failure, Failure::Untrusted { .. }), "{failure}");
    assert!(!site.path("known_hosts").exists(), "nothing is learned");
}

#[test]
fn who_wants_no_checking_is_still_protected() {
    let site = Site::start();
    site.configure("Host *\nStrictHostKeyChecking no\n");
    keygen(&site.path("other"));
    let other = fs::read_to_string(site.path("other.pub")).unwrap();
    fs::write(
        site.path("known_hosts"),
        format!("[127.0.0.1]:{} {other}", site.port),
    )
    .unwrap();
    assert!(matches!(
        site.sh("true", &patient()),
        Err(Failure::Untrusted { .. })
    ));
}

#[test]
fn a_refused_key_is_a_refused_login() {
    let site = Site::start();
    fs::write(site.path("authorized"), "").unwrap();
    let failure = site.sh("true", &patient()).unwrap_err();
    assert!(matches!(failure, Failure::Unauthorised { .. }), "{failure}");
    assert!(
        failure.to_string().contains("no password is stored"),
        "{failure}"
    );
}

#[test]
fn a_wrong_configuration_is_said() {
    let site = Site::start();
    site.configure("NoSuchOption yes\n");
    let failure = site.sh("true", &patient()).unwrap_err();
    assert!(matches!(failure, Failure::Client { .. }), "{failure}");
    assert!(
        failure.to_string().contains("bad configuration option"),
        "{failure}"
    );
}

#[test]
fn a_missing_client_or_directory_is_said() {
    let site = Site::start();
    let command = Command::new("true");
    let target = Target::new("hmc01");
    let no_ssh = OpenSsh::new(Settings {
        ssh_program: "/nonexistent/ssh".into(),
        ..site.settings()
    });
    let no_dir = OpenSsh::new(Settings {
        control_dirs: vec!["/proc/none".into()],
        ..site.settings()
    });
    for (transport, word) in [(no_ssh, "/nonexistent/ssh"), (no_dir, "/proc/none")] {
        let failure = transport.run(&target, &command, &patient()).unwrap_err();
        assert!(matches!(failure, Failure::Client { .. }));
        assert!(failure.to_string().contains(word), "{failure}");
    }
}

#[test]
fn an_address_never_becomes_an_option() {
    let site = Site::start();
    let canary = site.path("canary");
    let address = format!("-oProxyCommand=touch {}", canary.display());
    let targets = [
        Target::new(address.clone()),
        Target {
            user: Some(address),
            ..Target::new("hmc01")
        },
    ];
    for target in targets {
        let failure = site
            .transport()
            .run(&target, &Command::new("true"), &patient())
            .unwrap_err();
        assert!(matches!(failure, Failure::BadTarget(_)), "{failure}");
    }
    assert!(!canary.exists());
}
