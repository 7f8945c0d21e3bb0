//! Logins by key, password and keyboard-interactive; locks and limits.

use std::process::Stdio;

use simsite::{Config, Event};

use crate::client::{Ended, Place};

fn only(methods: &str) -> Vec<String> {
    vec![
        "-o".into(),
        format!("PreferredAuthentications={methods}"),
        "-o".into(),
        "NumberOfPasswordPrompts=1".into(),
    ]
}

fn by(place: &Place, methods: &str, password: &str) -> crate::client::Answer {
    let mut options = only(methods);
    options.extend(["-T", "hmc01", "--", "uname -n"].map(String::from));
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    place.with_password(password, &options)
}

fn prompts(place: &Place) -> String {
    std::fs::read_to_string(place.dir().join("askpass.prompts")).unwrap_or_default()
}

#[test]
fn passwords_and_keyboard_interactive_let_in() {
    let place = Place::default_site();
    assert_eq!(by(&place, "password", "abc123").out, "hmc01\n");
    assert!(
        prompts(&place).contains("hscroot@127.1.0.1's password: "),
        "{}",
        prompts(&place)
    );
    assert_eq!(by(&place, "keyboard-interactive", "abc123").out, "hmc01\n");
    assert!(
        prompts(&place)
            .lines()
            .any(|line| line.ends_with("Password: ")),
        "{}",
        prompts(&place)
    );
    let methods: Vec<_> = place
        .site
        .log()
        .into_iter()
        .filter_map(|event| match event {
            Event::Login {
                method,
                accepted: true,
                ..
            } => Some(method),
            _ => None,
        })
        .collect();
    assert_eq!(methods, ["password", "keyboard-interactive"]);
}

#[test]
fn three_bad_passwords_lock_the_account() {
    let place = Place::default_site();
    for _ in 0..3 {
        let answer = by(&place, "password", "wrong");
        assert_eq!(answer.status, 255);
        assert!(
            answer
                .err
                .contains("Permission denied (publickey,password,keyboard-interactive)."),
            "{}",
            answer.err
        );
    }
    assert_eq!(by(&place, "password", "abc123").status, 255);
    assert_eq!(by(&place, "keyboard-interactive", "abc123").status, 255);
    let shown = prompts(&place);
    assert!(
        shown.contains("The account is locked due to 3 failed logins."),
        "{shown}"
    );
    assert!(shown.contains("(5 minutes left to unlock)"), "{shown}");
    place.site.heal("hmc01");
    assert_eq!(by(&place, "password", "abc123").out, "hmc01\n");
}

#[test]
fn methods_can_be_switched_off() {
    let mut config = Config::default_site();
    config.auth = vec!["publickey".into()];
    config.authorized_key = false;
    let place = Place::new(config);
    let answer = place.run("hmc01", "date");
    assert!(
        answer.err.contains("Permission denied (publickey)."),
        "{}",
        answer.err
    );
}

#[test]
fn keys_are_added_and_removed_by_the_console() {
    let mut config = Config::default_site();
    config.authorized_key = false;
    let place = Place::new(config);
    let key = std::fs::read_to_string(place.dir().join("id_ed25519.pub")).unwrap();
    let add = format!("mkauthkeys --add '{}'", key.trim_end());
    let options = only("password");
    let mut words: Vec<&str> = options.iter().map(String::as_str).collect();
    words.extend(["-T", "hmc01", "--", &add]);
    assert_eq!(place.with_password("abc123", &words).status, 0);
    assert_eq!(place.run("hmc01", "uname -n").out, "hmc01\n");
    assert_eq!(
        place.run("hmc01", "mkauthkeys --remove client@site").status,
        0
    );
    assert_eq!(place.run("hmc01", "uname -n").status, 255);
}

#[test]
fn too_many_attempts_end_the_connection() {
    let mut config = Config::default_site();
    config.limits.max_auth_tries = 2;
    config.limits.lockout_after = 100;
    let place = Place::new(config);
    let answer = place.with_password(
        "wrong",
        &[
            "-o",
            "PreferredAuthentications=password",
            "-o",
            "NumberOfPasswordPrompts=5",
            "hmc01",
            "date",
        ],
    );
    assert!(
        answer.err.contains("Too many authentication failures"),
        "{}",
        answer.err
    );
}

#[test]
fn a_connection_holds_as_many_sessions_as_it_may() {
    let mut config = Config::default_site();
    config.limits.max_sessions = 3;
    let place = Place::new(config);
    let socket = place.dir().join("m");
    let socket = format!("ControlPath={}", socket.display());
    let master = place
        .ssh(&[
            "-o",
            &socket,
            "-o",
            "ControlMaster=yes",
            "-o",
            "BatchMode=yes",
            "-N",
            "hmc01",
        ])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _master = Ended(master);
    place.until("the master is there", |_| place.dir().join("m").exists());
    let slave = |line: &str| {
        let mut command = place.ssh(&[
            "-o",
            &socket,
            "-o",
            "ControlMaster=no",
            "-o",
            "BatchMode=yes",
            "-T",
        ]);
        // Without a host to fall back to, a refused session is an error.
        command.args(["-p", "9", "-o", "ConnectTimeout=1", "hmc01", "--", line]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let held: Vec<_> = (0..3)
        .map(|_| Ended(slave("sleep 60").spawn().unwrap()))
        .collect();
    let sleeping = |site: &simsite::Site| {
        site.commands("hmc01")
            .iter()
            .filter(|line| *line == "sleep 60")
            .count()
    };
    place.until("three sessions are open", |site| sleeping(site) == 3);
    let output = slave("date").output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("Session open refused by peer"), "{text}");
    assert!(
        place
            .site
            .log()
            .iter()
            .any(|event| matches!(event, Event::SessionRefused { .. }))
    );
    drop(held);
    place.until("a session is free again", |_| {
        slave("uname -n").output().unwrap().stdout == b"hmc01\n"
    });
    let connections = place
        .site
        .log()
        .into_iter()
        .filter(|e| matches!(e, Event::Connection { .. }));
    assert_eq!(connections.count(), 1);
}
