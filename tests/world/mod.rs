//! A temporary world for one test: a home, a database, a clean environment.

pub mod chassis;
pub mod hmcs;
mod site;
pub mod terminal;
pub mod transcript;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// Where the commands under test are.
pub fn bin_folder() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_xcat")).parent().unwrap()
}

/// A home folder with an empty database; gone when dropped.
pub struct World {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("xcat-test-")
            .tempdir()
            .unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        Self {
            folder,
            environment: Vec::new(),
        }
    }

    /// The world's folder; its `home` is the working folder of what is run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The folder of the database.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("db")
    }

    /// Sets an environment variable for what is run from now on.
    pub fn set(&mut self, name: &str, value: impl AsRef<Path>) {
        self.environment
            .push((name.into(), value.as_ref().to_str().unwrap().into()));
    }

    /// Writes a file in the home folder and gives its path.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// A command with this world's environment and nothing of ours.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", bin_folder().display()),
            )
            .env("HOME", self.home())
            .env("XCATCFG", format!("SQLite:{}", self.database().display()))
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .envs(self.environment.iter().map(|(n, v)| (n, v)))
            .current_dir(self.home())
            .stdin(Stdio::null());
        command
    }

    /// Runs one of our commands.
    pub fn run<I: AsRef<OsStr>>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = I>,
    ) -> Ran {
        let mut command = self.command(bin_folder().join(program));
        command.args(arguments);
        Ran::new(program, command.output().unwrap())
    }

    /// Runs one of our commands with this text on standard input.
    pub fn feed<I: AsRef<OsStr>>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = I>,
        input: &str,
    ) -> Ran {
        let mut command = self.command(bin_folder().join(program));
        command.args(arguments).stdin(Stdio::piped());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        // A command that ends early closes the pipe: no fault of the test.
        let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran::new(program, output)
    }

    /// Runs one of our commands, and presses Ctrl-C once `now` holds.
    pub fn interrupt<I: AsRef<OsStr>>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = I>,
        now: impl Fn() -> bool,
    ) -> Ran {
        let mut command = self.command(bin_folder().join(program));
        command.args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        while !now() {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "{program} ended before the interrupt");
            std::thread::sleep(Duration::from_millis(10));
        }
        let pid = child.id().to_string();
        let killed = self.command("kill").args(["-INT", &pid]).status();
        assert!(killed.unwrap().success());
        Ran::new(program, child.wait_with_output().unwrap())
    }

    /// Runs a line as a user types it, in the shell.
    pub fn sh(&self, line: &str) -> Ran {
        Ran::new(
            line,
            self.command("bash").arg("-c").arg(line).output().unwrap(),
        )
    }
}

/// What a command did.
#[must_use = "check the output and the exit code"]
#[derive(Debug)]
pub struct Ran {
    line: String,
    pub out: String,
    pub err: String,
    pub code: Option<i32>,
}

impl Ran {
    fn new(line: &str, output: Output) -> Self {
        Self {
            line: line.to_owned(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }

    /// It succeeded with exactly this output and no diagnostics.
    #[track_caller]
    pub fn ok(self, out: &str) {
        assert_eq!(
            (self.out.as_str(), self.err.as_str(), self.code),
            (out, "", Some(0)),
            "{}",
            self.line
        );
    }

    /// It succeeded; gives the output.
    #[track_caller]
    pub fn good(self) -> String {
        assert_eq!(
            (self.err.as_str(), self.code),
            ("", Some(0)),
            "{}: {}",
            self.line,
            self.out
        );
        self.out
    }

    /// It succeeded with exactly these lines, in any order; they are given
    /// sorted.
    #[track_caller]
    pub fn good_lines(self, lines: &[&str]) {
        let out = self.good();
        let mut got: Vec<_> = out.lines().collect();
        got.sort_unstable();
        assert_eq!(got, lines);
    }

    /// It succeeded, whatever it warned about.
    #[track_caller]
    pub fn good_with_warning(self) {
        assert!(
            self.err.starts_with("Warning: "),
            "{}: {}",
            self.line,
            self.err
        );
        assert_eq!(self.code, Some(0), "{}", self.line);
    }

    /// It ended as a signal ends a process, with exactly this output and
    /// diagnostics.
    #[track_caller]
    pub fn killed(self, out: &str, err: &str) {
        assert_eq!(
            (self.out.as_str(), self.err.as_str(), self.code),
            (out, err, None),
            "{}",
            self.line
        );
    }

    /// It failed with exit code 1 and exactly this output and diagnostics.
    #[track_caller]
    pub fn fails(self, out: &str, err: &str) {
        assert_eq!(
            (self.out.as_str(), self.err.as_str(), self.code),
            (out, err, Some(1)),
            "{}",
            self.line
        );
    }

    /// It failed with exit code 1 without diagnostics; the lines of its output,
    /// in order, begin like these. Empty ones do not count.
    #[track_caller]
    pub fn lines_begin(self, beginnings: &[&str]) {
        let mut lines: Vec<_> = self.out.lines().filter(|line| !line.is_empty()).collect();
        lines.sort_unstable();
        let begin = lines.len() == beginnings.len()
            && lines
                .iter()
                .zip(beginnings)
                .all(|(line, wanted)| line.starts_with(wanted));
        let quiet = self.err.is_empty() && self.code == Some(1);
        assert!(
            begin && quiet,
            "{}\nwanted: {beginnings:#?}\ngot: {self:#?}",
            self.line
        );
    }

    /// It failed with exit code 1, printed nothing, and its diagnostics begin
    /// like this.
    #[track_caller]
    pub fn refused(self, err: &str) {
        let same = self.err.starts_with(err) && self.out.is_empty() && self.code == Some(1);
        assert!(same, "{}\nwanted: {err}\ngot: {self:#?}", self.line);
    }
}
