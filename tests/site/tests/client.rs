//! What the tests share: a site in a folder of its own, and the ssh client.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use simsite::{Config, Site};

/// A site and the folder that goes with it.
pub struct Place {
    /// The running site.
    pub site: Site,
    dir: tempfile::TempDir,
}

/// What a remote command left.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub out: String,
    pub err: String,
    pub status: i32,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status.code().unwrap_or(-1),
        }
    }
}

impl Place {
    pub fn new(config: Config) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::start(config, dir.path()).unwrap();
        Self { site, dir }
    }

    pub fn default_site() -> Self {
        Self::new(Config::default_site())
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// An ssh command with the site's configuration that never asks a person.
    pub fn ssh(&self, options: &[&str]) -> Command {
        let mut command = Command::new("ssh");
        command.arg("-F").arg(self.site.ssh_config());
        command
            .args(["-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=20"])
            .args(options);
        command
            .stdin(Stdio::null())
            .env_remove("SSH_AUTH_SOCK")
            .env_remove("LANG");
        command
    }

    /// Runs a command line on a host, with the key.
    pub fn run(&self, host: &str, line: &str) -> Answer {
        let mut command = self.ssh(&["-T", "-o", "BatchMode=yes", host, "--", line]);
        command.output().unwrap().into()
    }

    /// Runs ssh with something to read on stdin.
    pub fn feed(&self, options: &[&str], input: &str) -> Answer {
        let mut command = self.ssh(options);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// Runs ssh with an askpass program that answers a password.
    pub fn with_password(&self, password: &str, options: &[&str]) -> Answer {
        let script = self.dir().join("askpass");
        std::fs::write(
            &script,
            format!(
                "#!/bin/sh\necho \"$1\" >> '{0}.prompts'\necho '{password}'\n",
                script.display()
            ),
        )
        .unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&script, mode).unwrap();
        let mut command = self.ssh(options);
        command
            .env("SSH_ASKPASS", &script)
            .env("SSH_ASKPASS_REQUIRE", "force");
        command.output().unwrap().into()
    }

    /// Waits until a condition holds; panics when it never does.
    pub fn until(&self, what: &str, condition: impl Fn(&Site) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !condition(&self.site) {
            assert!(Instant::now() < end, "never: {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Ends a child that a test no longer needs.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a command that succeeds prints, on standard output alone.
pub fn out(place: &Place, host: &str, line: &str) -> String {
    let answer = place.run(host, line);
    assert_eq!(
        (answer.status, answer.err.as_str()),
        (0, ""),
        "{line}: {}",
        answer.out
    );
    answer.out
}

/// Every line is refused with status 1 and a text that has this in it.
pub fn refused(place: &Place, host: &str, cases: &[(&str, &str)]) {
    for (line, text) in cases {
        let answer = place.run(host, line);
        assert_eq!(answer.status, 1, "{line}: {}", answer.out);
        assert!(answer.out.contains(text), "{line}: {}", answer.out);
    }
}
