//! Consoles of partitions: held, typed at, ended, taken away.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Mutex};

use simsite::Config;

use crate::client::{Ended, Place};

const CEC: &str = "9117-MMA*10F6F3D";

/// A session whose output is collected while it runs.
struct Session {
    stdin: ChildStdin,
    seen: Arc<Mutex<Vec<u8>>>,
    child: Ended,
}

impl Session {
    fn new(place: &Place, options: &[&str]) -> Self {
        let mut command = place.ssh(&["-o", "BatchMode=yes"]);
        command
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child: Child = command.spawn().unwrap();
        let seen: Arc<Mutex<Vec<u8>>> = Arc::default();
        let (mut stdout, sink) = (child.stdout.take().unwrap(), seen.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = stdout.read(&mut buffer) {
                sink.lock().unwrap().extend(&buffer[..read]);
            }
        });
        let stdin = child.stdin.take().unwrap();
        let child = Ended(child);
        Self { stdin, seen, child }
    }

    fn mkvterm(place: &Place, host: &str, lpar: &str) -> Self {
        let line = format!("mkvterm -m {CEC} -p {lpar}");
        let session = Self::new(place, &["-tt", "-e", "none", host, "--", &line]);
        session.until(place, "Open Completed. \r\n  ");
        session
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }

    fn until(&self, place: &Place, wanted: &str) {
        place.until(wanted, |_| self.text().contains(wanted));
    }

    fn type_in(&mut self, text: &str) {
        self.stdin.write_all(text.as_bytes()).unwrap();
    }
}

#[test]
fn a_login_behind_a_console_and_its_end_by_tilde_dot() {
    let place = Place::default_site();
    let mut session = Session::mkvterm(&place, "hmc01", "node01");
    session.type_in("\r");
    session.until(&place, "Console login: ");
    session.type_in("root\r");
    session.until(&place, "root's Password: ");
    session.type_in("abc123\rhostname\r");
    session.until(&place, "hostname\r\nnode01\r\n# ");
    assert!(!session.text().contains("abc123"));
    session.type_in("~.");
    session.until(&place, "Terminate session? [y/n] ");
    session.type_in("n");
    session.type_in("\r~.");
    session.type_in("y");
    assert_eq!(session.child.0.wait().unwrap().code(), Some(0));
    // It is free again, and the user is still logged in.
    let mut session = Session::mkvterm(&place, "hmc01", "node01");
    session.type_in("\r");
    session.until(&place, "\r\n# ");
}

#[test]
fn a_held_console_is_taken_away() {
    let place = Place::new(Config::dual_console());
    let session = Session::mkvterm(&place, "hmc01", "node01");
    let line = format!("mkvterm -m {CEC} -p node01");
    let busy = place.run("hmc01", &line);
    assert!(
        busy.out
            .contains("A terminal session is already open for this partition.")
    );
    let elsewhere = place.run("hmc02", &line);
    assert!(
        elsewhere.out.contains("The open failed."),
        "{}",
        elsewhere.out
    );
    assert_eq!(elsewhere.status, 0);
    let close = place.run("hmc01", &format!("rmvterm -m {CEC} -p node01"));
    assert_eq!(close.out, "Close command sent\n");
    session.until(
        &place,
        "\r\n Connection has closed \r\n\r\n\r\n This session is no longer connected. Please close this window.\n\n\n ",
    );
    drop(session);
    let next = Session::mkvterm(&place, "hmc02", "node01");
    // A client that dies keeps the terminal.
    drop(next);
    assert!(place.run("hmc02", &line).out.contains("already open"));
}

#[test]
fn a_boot_and_the_firmware_are_seen() {
    let mut config = Config::default_site();
    config.timing.start_ms = 1000;
    let place = Place::new(config);
    let session = Session::mkvterm(&place, "hmc01", "node04");
    let on = format!("chsysstate -r lpar -m {CEC} -o on --id 4 -f normal");
    assert_eq!(place.run("hmc01", &on).status, 0);
    session.until(&place, "Elapsed time since release of system processors");
    session.until(&place, "Console login: ");
    let mut firmware = Session::mkvterm(&place, "hmc01", "lpar05");
    firmware.type_in("\r");
    firmware.until(&place, "0 > ");
}

#[test]
fn a_console_within_an_interactive_shell_returns_to_the_prompt() {
    let place = Place::default_site();
    let mut session = Session::new(&place, &["-tt", "-e", "none", "hmc01"]);
    session.until(&place, "~> ");
    session.type_in(&format!("mkvterm --id 9 -m {CEC}\r"));
    session.until(&place, "Open Completed.");
    session.type_in("\r");
    session.until(&place, "Console login: ");
    session.type_in("\r~.y");
    session.type_in("echo back\r");
    session.until(&place, "back\r\n");
}
