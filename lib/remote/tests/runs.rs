//! Commands that run: what comes back, and the bounds they are held to.

use std::fs;
use std::time::{Duration, Instant};

use super::site::{LONG, Site, eventually, patient, run};
use crate::remote::{Command, Ending, Failure, Limits, Phase, Target, Transport, fan_out};

#[test]
fn streams_and_status_come_back() {
    let site = Site::start();
    let output = site
        .sh("echo out; echo err >&2; exit 3", &patient())
        .unwrap();
    assert_eq!(
        (
            output.status,
            output.stdout.as_str(),
            output.stderr.as_str()
        ),
        (3, "out\n", "err\n")
    );
}

#[test]
fn a_status_of_255_is_the_commands_own() {
    let site = Site::start();
    assert_eq!(site.sh("exit 255", &patient()).unwrap().status, 255);
}

#[test]
fn words_arrive_as_they_were_sent() {
    let site = Site::start();
    let words = [
        "a,b \"c\" $(touch x)",
        "",
        "-n",
        "'",
        "line\nbreak",
        "é",
        "`touch x`",
        "; touch x",
    ];
    let command = Command::new("printf").arg(r"[%s]\n").args(words);
    let output = site
        .transport()
        .run(&Target::new("hmc01"), &command, &patient())
        .unwrap();
    assert_eq!(
        output.stdout,
        words.map(|word| format!("[{word}]\n")).concat()
    );
    for place in [".".into(), site.dir.path().to_owned(), "/".into()] {
        assert!(!fs::exists(place.join("x")).unwrap());
    }
}

#[test]
fn stdin_is_empty_and_the_locale_is_c() {
    let site = Site::start();
    let output = site.sh("cat; echo $LC_ALL", &patient()).unwrap();
    assert_eq!(output.stdout, "C\n");
}

#[test]
fn large_output_comes_whole() {
    let site = Site::start();
    let limits = Limits {
        output: 20 << 20,
        ..patient()
    };
    let output = site
        .sh(
            "head -c 10000000 /dev/zero; head -c 5000000 /dev/zero >&2",
            &limits,
        )
        .unwrap();
    assert_eq!(
        (output.stdout.len(), output.stderr.len()),
        (10_000_000, 5_000_000)
    );
}

#[test]
fn endless_output_is_cut_off() {
    let site = Site::start();
    for script in ["yes", "yes >&2", "cat /dev/zero"] {
        let failure = site.sh(script, &patient()).unwrap_err();
        assert!(
            matches!(
                failure,
                Failure::TooMuchOutput {
                    limit: 0x10_0000,
                    ..
                }
            ),
            "{failure}"
        );
    }
    assert_eq!(site.logins(), 1, "the connection survives");
}

#[test]
fn a_command_that_hangs_or_drips_is_given_up_and_the_connection_kept() {
    let site = Site::start();
    site.sh("true", &patient()).unwrap();
    let limits = Limits {
        deadline: Duration::from_millis(700),
        ..patient()
    };
    let drip = site.hang().replace("do ", "do echo; ");
    for script in [site.hang(), drip] {
        let failure = site.sh(&script, &limits).unwrap_err();
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
    }
    assert_eq!(site.sh("echo next", &patient()).unwrap().stdout, "next\n");
    assert_eq!(site.logins(), 1);
}

#[test]
fn what_a_command_leaves_in_the_background_does_not_hide_its_status() {
    let site = Site::start();
    let limits = Limits {
        deadline: Duration::from_secs(2),
        ..patient()
    };
    site.sh("true", &patient()).unwrap();
    let output = site.sh("echo done; sleep 5 & exit 4", &limits).unwrap();
    assert_eq!((output.status, output.stdout.as_str()), (4, "done\n"));
}

#[test]
fn a_command_killed_by_a_signal_is_lost() {
    let site = Site::start();
    let failure = site.sh("kill -9 $$", &patient()).unwrap_err();
    assert!(
        failure.to_string().contains("killed by a signal"),
        "{failure}"
    );
    assert!(matches!(failure, Failure::Lost { .. }));
}

#[test]
fn more_commands_than_sessions_queue_on_one_connection() {
    let site = Site::with("MaxSessions 2");
    // Each on a transport of its own: no process knows of the others.
    let mut statuses = Vec::new();
    fan_out(
        &[1, 2, 3, 4, 5, 6],
        6,
        |n| site.sh(&format!("sleep 0.2; exit {n}"), &patient()),
        |_, outcome| {
            statuses.push(outcome.unwrap().status);
        },
    );
    statuses.sort_unstable();
    assert_eq!(statuses, [1, 2, 3, 4, 5, 6]);
    assert_eq!(site.logins(), 1);
}

#[test]
fn one_process_keeps_to_its_own_cap() {
    let site = Site::start();
    let transport = site.transport();
    let target = Target {
        max_sessions: 1,
        ..Target::new("hmc01")
    };
    let script = format!(
        "mkdir {0} && sleep 0.1 && rmdir {0}",
        site.path("busy").display()
    );
    let command = Command::new("sh").arg("-c").arg(script);
    fan_out(
        &[(); 5],
        5,
        |()| transport.run(&target, &command, &patient()),
        |_, outcome| {
            assert_eq!(outcome.unwrap().status, 0, "two ran at once");
        },
    );
}

#[test]
fn who_waits_for_a_session_has_a_deadline_too() {
    let site = Site::with("MaxSessions 1");
    let transport = site.transport();
    let started = site.path("started");
    std::thread::scope(|scope| {
        let script = format!("touch {}; {}", started.display(), site.hang());
        let transport = &transport;
        let long = scope.spawn(move || run(transport, &script, &patient()));
        eventually("the first command runs", || started.exists());
        let limits = Limits {
            deadline: Duration::from_millis(500),
            ..patient()
        };
        let failure = site.sh("true", &limits).unwrap_err();
        assert!(
            matches!(
                failure,
                Failure::TimedOut {
                    phase: Phase::Queue,
                    ..
                }
            ),
            "{failure}"
        );
        transport
            .disconnect(&Target::new("hmc01"), Ending::Now)
            .unwrap();
        assert!(matches!(long.join().unwrap(), Err(Failure::Lost { .. })));
    });
}

#[test]
fn a_nul_is_refused() {
    let site = Site::start();
    let failure = site
        .transport()
        .run(&Target::new("hmc01"), &Command::new("a\0b"), &patient())
        .unwrap_err();
    assert!(matches!(failure, Failure::Client { .. }));
    assert_eq!(site.logins(), 0);
}

/// Not a test of speed: prints what a session costs against a login.
/// `cargo test -p xcat session_cost -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn session_cost() {
    let site = Site::start();
    let time = |work: &dyn Fn()| {
        let mut times: Vec<_> = (0..21)
            .map(|_| {
                let begun = Instant::now();
                work();
                begun.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[10]
    };
    let command = Command::new("true");
    let target = Target::new("hmc01");
    let login = time(&|| {
        let transport = site.transport();
        assert!(transport.connect(&target, &patient()).unwrap());
        transport.run(&target, &command, &patient()).unwrap();
        transport.disconnect(&target, Ending::Now).unwrap();
    });
    let plain = time(&|| {
        let mut ssh = std::process::Command::new("ssh");
        ssh.arg("-F")
            .arg(site.path("config"))
            .args(["hmc01", "true"]);
        assert!(ssh.status().unwrap().success());
    });
    site.transport().connect(&target, &patient()).unwrap();
    let fresh = time(&|| {
        site.transport().run(&target, &command, &patient()).unwrap();
    });
    let transport = site.transport();
    let warm = time(&|| {
        transport.run(&target, &command, &patient()).unwrap();
    });
    let state = time(&|| {
        transport.state(&target).unwrap();
    });
    println!(
        "plain ssh {plain:?}; login + session + exit {login:?}; session in a new process {fresh:?}; in the same {warm:?}; state {state:?}"
    );
    assert!(warm < LONG);
}
