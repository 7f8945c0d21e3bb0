//! Where a case runs: a home, a database and a folder for files of its own,
//! below one temporary folder, with nothing of the caller's environment.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::rules;

/// Definitions that every case finds.
const SITE: &str = include_str!("../site.stanza");

/// What defines them, reading them from standard input. The second one is
/// what xCAT's set-up leaves: scripts that every node runs.
const SET_UP: [&str; 2] = [
    "chdef -z",
    "chtab node=xcatdefaults postscripts.postscripts=syslog,remoteshell,syncfiles \
     postscripts.postbootscripts=otherpkgs",
];

/// So long may one command line take, in seconds.
const DEADLINE: &str = "60";

/// Worlds of the same kind, one a case.
pub struct Worlds {
    root: tempfile::TempDir,
    /// xCAT's root: its `bin` has the commands.
    tree: PathBuf,
    made: usize,
}

/// The world of a case; gone when dropped.
pub struct World {
    folder: PathBuf,
    tree: PathBuf,
}

/// What a command line did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; 124 if it took too long, as with timeout(1).
    pub code: i32,
    /// What it wrote, without the last end of line.
    pub output: String,
    /// What programs in the midst of it wrote to standard error.
    pub errors: String,
}

impl Worlds {
    /// Makes the database that all worlds begin with, with the commands of
    /// `tree`.
    ///
    /// # Errors
    /// The database could not be made; the text says why.
    pub fn new(tree: &Path) -> Result<Self, String> {
        let failed = |e: io::Error| format!("cannot make a folder for the cases: {e}");
        let root = tempfile::Builder::new().prefix("xcat-cases-").tempdir();
        let worlds = Self {
            root: root.map_err(failed)?,
            tree: fs::canonicalize(tree)
                .map_err(|e| format!("cannot find {}: {e}", tree.display()))?,
            made: 0,
        };
        let first = worlds.make(0).map_err(failed)?;
        for line in SET_UP {
            let ran = first.feed(line, SITE)?;
            if ran.code != 0 {
                return Err(format!("{line}\nfailed ({}):\n{}", ran.code, ran.output));
            }
        }
        let database = worlds.root.path().join("database");
        fs::rename(first.folder.join("db"), database).map_err(failed)?;
        Ok(worlds)
    }

    /// Makes a world.
    ///
    /// # Errors
    /// Its folder could not be made.
    pub fn next(&mut self) -> Result<World, String> {
        self.made += 1;
        let made = self.make(self.made).and_then(|world| {
            let database = self.root.path().join("database");
            copy(&database, &world.folder.join("db"))?;
            Ok(world)
        });
        made.map_err(|e| format!("cannot make a folder for the case: {e}"))
    }

    fn make(&self, number: usize) -> io::Result<World> {
        let folder = self.root.path().join(number.to_string());
        for part in ["home", "tmp", "work", "db"] {
            fs::create_dir_all(folder.join(part))?;
        }
        Ok(World {
            folder,
            tree: self.tree.clone(),
        })
    }
}

impl World {
    /// Looks whether a command line may run here.
    ///
    /// # Errors
    /// What it needs.
    pub fn judge(&self, line: &str) -> Result<(), String> {
        rules::judge(line, &self.folder, &self.tree.join("bin"))
    }

    /// The text with this world's folder in the place of `/tmp`.
    pub fn settle(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(place) = rest.find("/tmp") {
            let (before, found) = rest.split_at(place);
            let after = &found["/tmp".len()..];
            out.push_str(before);
            match begins_path(before) && !after.starts_with(|c: char| c.is_alphanumeric()) {
                true => out.push_str(&self.folder.join("tmp").to_string_lossy()),
                false => out.push_str("/tmp"),
            }
            rest = after;
        }
        out + rest
    }

    /// Runs a command line as xCAT's runner does: with both streams of its
    /// last part.
    ///
    /// # Errors
    /// It could not be started.
    pub fn run(&self, line: &str) -> Result<Ran, String> {
        self.feed(line, "")
    }

    fn feed(&self, line: &str, input: &str) -> Result<Ran, String> {
        let tried = self.command(line).spawn().and_then(|mut child| {
            if let Some(mut stdin) = child.stdin.take() {
                // Who does not read closes the pipe: no fault of ours.
                drop(stdin.write_all(input.as_bytes()));
            }
            child.wait_with_output()
        });
        let done = tried.map_err(|e| format!("cannot run a shell: {e}"))?;
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.strip_suffix('\n').map(str::to_owned).unwrap_or(text)
        };
        Ok(Ran {
            code: done.status.code().unwrap_or(124),
            output: text(&done.stdout),
            errors: text(&done.stderr),
        })
    }

    fn command(&self, line: &str) -> Command {
        let path = format!(
            "{}:/usr/sbin:/usr/bin:/sbin:/bin",
            self.tree.join("bin").display()
        );
        let mut command = Command::new("timeout");
        command
            .args(["-k", "5", DEADLINE, "bash", "-c"])
            .arg(format!("{line} 2>&1"))
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.folder.join("home"))
            .env("TMPDIR", self.folder.join("tmp"))
            .env("XCATROOT", &self.tree)
            .env(
                "XCATCFG",
                format!("SQLite:{}", self.folder.join("db").display()),
            )
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .current_dir(self.folder.join("work"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // What is left goes with the folder of all worlds.
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Whether a path that begins behind this text is an absolute one.
fn begins_path(before: &str) -> bool {
    let option = |text: &str| {
        let mut end = text.chars().rev();
        end.next().is_some_and(|c| c.is_ascii_alphabetic()) && end.next() == Some('-')
    };
    !before.ends_with(|c: char| c.is_alphanumeric() || "_./".contains(c)) || option(before)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_files_move_into_the_world() {
        let world = World {
            folder: "/w".into(),
            tree: "/opt/xcat".into(),
        };
        for (text, want) in [
            ("ls /tmp/db.1>/tmp/db", "ls /w/tmp/db.1>/w/tmp/db"),
            ("mkdir -p /tmp;cd /tmp", "mkdir -p /w/tmp;cd /w/tmp"),
            ("nodels ^/tmp/x -p/tmp/y", "nodels ^/w/tmp/x -p/w/tmp/y"),
            (
                "ls /var/tmp /tmpfs ./tmp a/tmp",
                "ls /var/tmp /tmpfs ./tmp a/tmp",
            ),
        ] {
            assert_eq!(world.settle(text), want, "{text}");
        }
    }
}
