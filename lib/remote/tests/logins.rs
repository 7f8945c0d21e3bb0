//! Users, passwords and who is told them.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::site::{Site, USER, helped, patient};
use crate::remote::askpass;
use crate::remote::{
    Command, Failure, OpenSsh, Outcome, Password, Settings, Target, Transport, fan_out,
};

const SECRET: &str = "ab'c $(id) 123";

fn target() -> Target {
    Target {
        password: Some(Password::new(SECRET)),
        ..Target::new("hmc01")
    }
}

/// The askpass program of these tests: this test executable, which runs
/// [`askpass_helper`] and nothing else.
fn install_askpass(site: &Site) {
    let this = std::env::current_exe().unwrap();
    let text = format!(
        "#!/bin/sh\n\
         tr '\\0' '\\n' < /proc/$PPID/cmdline >> {dir}/seen\n\
         tr '\\0' '\\n' < /proc/$PPID/environ >> {dir}/seen\n\
         printf '%s\\n' \"$1\" >> {dir}/prompts\n\
         XCAT_TEST_PROMPT=\"$1\" XCAT_TEST_ANSWER={dir}/answer.$$ \\\n\
         {this} --quiet --exact remote::tests::logins::askpass_helper >/dev/null 2>&1\n\
         test -s {dir}/answer.$$ || exit 1\n\
         cat {dir}/answer.$$; rm {dir}/answer.$$\n",
        dir = site.dir.path().display(),
        this = this.display(),
    );
    site.script("askpass", &text);
}

/// Does nothing unless it is run as askpass program.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "ssh passes these through the environment"
)]
fn askpass_helper() {
    let variable = |name| std::env::var_os(name);
    let (Some(socket), Some(prompt), Some(file)) = (
        variable(askpass::VARIABLE),
        variable("XCAT_TEST_PROMPT"),
        variable("XCAT_TEST_ANSWER"),
    ) else {
        return;
    };
    let password = askpass::answer(Path::new(&socket), prompt.to_str().unwrap()).unwrap();
    let mut file = fs::File::create(file).unwrap();
    writeln!(file, "{}", password.reveal()).unwrap();
}

fn prompts(site: &Site) -> Vec<String> {
    let text = fs::read_to_string(site.path("prompts")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// What ssh's command line and environment were when it asked.
fn seen(site: &Site) -> String {
    fs::read_to_string(site.path("seen")).unwrap_or_default()
}

fn run(transport: &OpenSsh, target: &Target) -> Outcome {
    transport.run(target, &Command::new("true"), &patient())
}

#[test]
fn a_wrong_password_is_tried_once_however_many_wait() {
    let site = Site::with("PubkeyAuthentication no\nPasswordAuthentication yes\n");
    install_askpass(&site);
    let mut refused = 0;
    fan_out(
        &[(); 5],
        5,
        |()| run(&site.transport(), &target()),
        |_, outcome| {
            let failure = outcome.unwrap_err();
            assert!(matches!(failure, Failure::Unauthorised { .. }), "{failure}");
            assert!(
                failure.to_string().contains("stored password was refused"),
                "{failure}"
            );
            assert!(!failure.to_string().contains(SECRET));
            refused += 1;
        },
    );
    assert_eq!(refused, 5);
    assert_eq!(site.logged("Failed password"), 1, "{}", site.log());
    assert_eq!(
        prompts(&site),
        [format!("{}@127.0.0.1's password: ", *USER)]
    );
    assert!(seen(&site).contains(askpass::VARIABLE));
    assert!(
        !seen(&site).contains(SECRET),
        "neither on the command line nor in the environment"
    );
}

#[test]
fn who_has_a_password_does_not_fail_with_those_who_have_none() {
    let site = Site::with("PubkeyAuthentication no\nPasswordAuthentication yes\n");
    install_askpass(&site);
    let targets = [
        Target::new("hmc01"),
        target(),
        Target::new("hmc01"),
        target(),
    ];
    let mut reasons = vec![String::new(); targets.len()];
    fan_out(
        &targets,
        4,
        |target| run(&site.transport(), target),
        |index, outcome| {
            reasons[index] = outcome.unwrap_err().to_string();
        },
    );
    for (target, reason) in targets.iter().zip(reasons) {
        let expected = match target.password {
            Some(_) => "the stored password was refused",
            None => "no password is stored",
        };
        assert!(reason.contains(expected), "{reason}");
    }
}

#[test]
fn one_process_does_not_try_a_refused_login_again() {
    let site = Site::with("PubkeyAuthentication no\nPasswordAuthentication yes\n");
    install_askpass(&site);
    let transport = site.transport();
    let first = run(&transport, &target()).unwrap_err();
    assert_eq!(run(&transport, &target()).unwrap_err(), first);
    assert_eq!(site.logged("Failed password"), 1);
}

/// A command may look whether a login was refused just before it is, and begin
/// when that login is over: the lock is free then.
#[test]
fn a_refusal_is_final_for_who_did_not_wait_for_it() {
    let site = Site::with("PubkeyAuthentication no\nPasswordAuthentication yes\n");
    install_askpass(&site);
    let transport = site.transport();
    let target = target();
    let host = transport.host(&target).unwrap();
    let soon = Instant::now() + patient().deadline;
    for _ in 0..2 {
        let master = transport.master(&target, &host, patient().connect);
        let failure = master.find_or_open(soon).map(drop).unwrap_err();
        assert!(matches!(failure, Failure::Unauthorised { .. }), "{failure}");
    }
    assert_eq!(site.logged("Failed password"), 1, "{}", site.log());
}

#[test]
fn a_refusal_counts_for_all_names_of_a_host_but_not_for_who_has_more_to_offer() {
    let site = Site::with("PubkeyAuthentication no\nPasswordAuthentication yes\n");
    install_askpass(&site);
    let transport = site.transport();
    for name in ["hmc01", "hmc01.site"] {
        let bare = run(&transport, &Target::new(name)).unwrap_err();
        assert!(bare.to_string().contains("no password is stored"), "{bare}");
        let named = Target {
            password: target().password,
            ..Target::new(name)
        };
        let failure = run(&transport, &named).unwrap_err().to_string();
        let told = format!("{} refused the login", named.label());
        assert!(failure.starts_with(&told) && failure.contains("stored password was refused"));
    }
    assert_eq!(site.logged("Failed password"), 1, "{}", site.log());
}

/// Whether the host counts a password that it got but did not answer is not
/// known.
#[test]
fn a_password_that_was_given_out_is_not_given_again_whatever_came_of_it() {
    let site = Site::start();
    install_askpass(&site);
    let ask = ["(hscroot@hmc01.site) Password: "];
    for end in [
        "Connection closed by 10.0.0.1 port 22",
        "Connection timed out",
    ] {
        let transport = asking(&site, &ask, end);
        let first = run(&transport, &target()).unwrap_err();
        assert!(!matches!(first, Failure::Unauthorised { .. }), "{first}");
        assert_eq!(run(&transport, &target()).unwrap_err(), first);
        assert_eq!(told(&site), format!("{SECRET}\n"));
        fs::remove_file(site.path("told")).unwrap();
    }
}

#[test]
fn a_key_needs_no_password_though_one_is_stored() {
    let site = Site::start();
    install_askpass(&site);
    assert_eq!(run(&site.transport(), &target()).unwrap().status, 0);
    assert!(prompts(&site).is_empty());
}

/// Gives the user's key a passphrase.
fn encrypt_key(site: &Site) -> PathBuf {
    let key = site.path("user_key");
    let mut keygen = Process::new("ssh-keygen");
    keygen
        .args(["-q", "-p", "-P", "", "-N", "passphrase", "-f"])
        .arg(&key);
    assert!(keygen.stdout(Stdio::null()).status().unwrap().success());
    key
}

#[test]
fn the_passphrase_of_a_key_is_not_answered_with_the_password() {
    let site = Site::with("PasswordAuthentication no\n");
    install_askpass(&site);
    let key = site.path("user_key");
    let mut keygen = std::process::Command::new("ssh-keygen");
    keygen
        .args(["-q", "-p", "-P", "", "-N", "passphrase", "-f"])
        .arg(&key);
    assert!(keygen.status().unwrap().success());
    let failure = run(&site.transport(), &target()).unwrap_err();
    assert!(matches!(failure, Failure::Unauthorised { .. }), "{failure}");
    assert_eq!(
        prompts(&site),
        [format!("Enter passphrase for key '{}': ", key.display())]
    );
    assert!(
        failure.to_string().contains("Enter passphrase"),
        "{failure}"
    );
}

const DENIED: &str = "hscroot@hmc01.site: Permission denied (keyboard-interactive).";

/// A stand-in for ssh that asks what a server could ask, notes the answers, and
/// says `end`.
fn asking(site: &Site, prompts: &[&str], end: &str) -> OpenSsh {
    let mut text = String::from(
        "#!/bin/sh\nfor a; do [ \"$a\" = -G ] && { printf 'user hscroot\\nhostname hmc01.site\\nport 22\\n'; exit; }; done\n",
    );
    for prompt in prompts {
        let dir = site.dir.path().display();
        text += &format!("\"$SSH_ASKPASS\" '{prompt}' >> {dir}/told || echo no >> {dir}/told\n");
    }
    text += &format!("echo '{end}' >&2; exit 255\n");
    OpenSsh::new(Settings {
        ssh_program: site.script("ssh", &text),
        ..site.settings()
    })
}

fn told(site: &Site) -> String {
    fs::read_to_string(site.path("told")).unwrap_or_default()
}

#[test]
fn the_password_reaches_ssh_and_only_for_its_own_prompt() {
    let site = Site::start();
    install_askpass(&site);
    let transport = asking(
        &site,
        &["(root@jump) Password: ", "(hscroot@hmc01.site) Password: "],
        DENIED,
    );
    let failure = run(&transport, &target()).unwrap_err();
    assert_eq!(told(&site), format!("no\n{SECRET}\n"));
    assert!(matches!(failure, Failure::Unauthorised { user, .. } if user == "hscroot"));
}

#[test]
fn a_second_method_does_not_get_the_password_again() {
    let site = Site::start();
    install_askpass(&site);
    let transport = asking(
        &site,
        &[
            "(hscroot@hmc01.site) Password: ",
            "hscroot@hmc01.site'\\''s password: ",
        ],
        DENIED,
    );
    let failure = run(&transport, &target()).unwrap_err();
    assert!(told(&site).starts_with(&format!("{SECRET}\n")));
    assert_eq!(told(&site).matches(SECRET).count(), 1);
    assert!(failure.to_string().contains("tried once"), "{failure}");
}

/// Does nothing unless it is run as the helper of the next test.
#[test]
fn interactive_helper() {
    if let Some(settings) = helped() {
        let transport = OpenSsh::new(Settings {
            interactive: true,
            ..settings
        });
        assert_eq!(run(&transport, &Target::new("hmc01")).unwrap().status, 0);
        assert_eq!(run(&transport, &Target::new("hmc01")).unwrap().status, 0);
    }
}

#[test]
fn who_sits_at_a_terminal_is_asked_once() {
    let site = Site::with("PasswordAuthentication no\n");
    encrypt_key(&site);
    let mut helper = site.helper("remote::tests::logins::interactive_helper");
    let words: Vec<_> = [helper.get_program()]
        .into_iter()
        .chain(helper.get_args())
        .collect();
    let line = words.join(OsStr::new(" "));
    // script(1) gives it a terminal of its own.
    let mut script = Process::new("script");
    script.args(["-q", "-e", "-c"]).arg(line).arg("/dev/null");
    for (name, value) in helper.stdin(Stdio::null()).get_envs() {
        script.env(name, value.unwrap());
    }
    let mut child = script
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut shown = Vec::new();
    let mut stdout = child.stdout.take().unwrap();
    let mut byte = [0];
    while !String::from_utf8_lossy(&shown).contains("Enter passphrase for key") {
        assert_eq!(
            stdout.read(&mut byte).unwrap(),
            1,
            "{}",
            String::from_utf8_lossy(&shown)
        );
        shown.extend(byte);
    }
    // ssh throws away what was typed before it turned the echo off.
    thread::sleep(Duration::from_millis(200));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"passphrase\n").unwrap();
    stdout.read_to_end(&mut shown).unwrap();
    let shown = String::from_utf8_lossy(&shown);
    assert!(child.wait().unwrap().success(), "{shown}");
    assert_eq!(shown.matches("Enter passphrase").count(), 1);
    assert_eq!(site.logins(), 1);
}

#[test]
fn the_targets_user_wins_over_the_configuration() {
    let site = Site::start();
    site.configure("Host *\nUser nobody-of-this-name\n");
    let named = Target {
        user: Some(USER.clone()),
        ..Target::new("hmc01")
    };
    assert_eq!(run(&site.transport(), &named).unwrap().status, 0);
    let failure = run(&site.transport(), &Target::new("hmc01")).unwrap_err();
    assert!(matches!(failure, Failure::Unauthorised { user, .. } if user == "nobody-of-this-name"));
}

#[test]
fn what_is_said_about_the_work_holds_no_secret() {
    use std::sync::{Arc, Mutex};
    let site = Site::start();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let transport = OpenSsh::new(Settings {
        verbose: Some(Box::new(move |line| {
            sink.lock().unwrap().push(line.to_owned());
        })),
        ..site.settings()
    });
    run(&transport, &target()).unwrap();
    let lines = lines.lock().unwrap();
    assert_eq!(
        *lines,
        [
            "hmc01: true".to_owned(),
            format!("hmc01: logged in as {}", *USER)
        ]
    );
}
