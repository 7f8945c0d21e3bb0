//! Running an ssh process so that it cannot outlive its deadline.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};

use super::askpass::{Asked, Server};
use super::mux::left;

/// ssh's own words are short; what is longer comes from the other side (a
/// login banner without end).
const OUTPUT_MAX: usize = 1 << 20;

/// How often a process is looked at whose pipes something else holds open.
const TICK: Duration = Duration::from_millis(50);

/// Runs the words behind it, and kills them and their children when its stdin
/// is closed, which happens when the process that started it dies, however it
/// does. (A master has left the group when it goes to the background.)
const WATCH: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- &
main=$!
{ read -r line <&3; kill -KILL 0; } >/dev/null 2>&1 &
watch=$!
wait $main; status=$?
{ kill $watch; wait $watch; } 2>/dev/null
exit $status
"#;

/// What becomes of a process when this one is interrupted or killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tie {
    /// It asks on the terminal, so it stays in the foreground group, and gets
    /// the terminal's signals itself.
    Terminal,
    /// It is killed, with its jump hosts and proxies.
    Watched,
    /// Nothing: it only reads files and ends.
    None,
}

/// What a process left that ended by itself.
#[derive(Debug)]
pub(super) struct Ended {
    /// Whether it ended with 0.
    pub success: bool,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

/// Why a process was ended, or was not begun.
#[derive(Debug)]
pub(super) enum Cut {
    /// It could not be started or waited for.
    Failed(io::Error),
    /// Its deadline passed.
    Late,
    /// It wrote more than ssh has to say.
    TooMuch,
    /// It asked for a password that had already been refused.
    AskedAgain,
}

/// Runs `command` with an empty stdin until `deadline`, serving its password
/// prompts meanwhile. A process that is cut off is killed and waited for; if it
/// is not tied to the terminal, its jump hosts and proxies are killed with it.
pub(super) fn run(
    command: &mut Command,
    tie: Tie,
    deadline: Instant,
    askpass: Option<&mut Server<'_>>,
) -> Result<Ended, Cut> {
    let mut watched;
    let command = if tie == Tie::Watched {
        watched = watch(command);
        watched.stdin(Stdio::piped())
    } else {
        command.stdin(Stdio::null())
    };
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let own_group = tie != Tie::Terminal;
    if own_group {
        command.process_group(0);
    }
    let child = command.spawn().map_err(Cut::Failed)?;
    let mut guard = Guard {
        child,
        own_group,
        reaped: false,
    };
    attend(&mut guard, deadline, askpass)
}

/// The same command under [`WATCH`].
fn watch(command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", WATCH, "sh"]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    if let Some(dir) = command.get_current_dir() {
        shell.current_dir(dir);
    }
    shell
}

/// Kills and reaps what was not reaped.
struct Guard {
    child: Child,
    own_group: bool,
    reaped: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.reaped {
            return;
        }
        if self.own_group {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        // Both fail only when there is nothing left to kill or to wait for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Guard {
    fn ended(&mut self) -> Result<Option<ExitStatus>, Cut> {
        let status = self.child.try_wait().map_err(Cut::Failed)?;
        self.reaped |= status.is_some();
        Ok(status)
    }
}

fn attend(
    guard: &mut Guard,
    deadline: Instant,
    mut askpass: Option<&mut Server<'_>>,
) -> Result<Ended, Cut> {
    let mut stdout = Stream::new(guard.child.stdout.take());
    let mut stderr = Stream::new(guard.child.stderr.take());
    let mut nap = Duration::from_millis(1);
    loop {
        let wait = left(deadline).ok_or(Cut::Late)?;
        if stdout.source.is_none() && stderr.source.is_none() {
            // Both streams are closed: it ends now, or is not to be waited for long.
            if let Some(status) = guard.ended()? {
                return Ok(ended(status, stdout, stderr));
            }
            std::thread::sleep(nap.min(wait));
            nap = (nap * 2).min(TICK);
            continue;
        }
        let [out, err, ask] = readable(
            [
                stdout.fd(),
                stderr.fd(),
                askpass.as_deref().map(AsFd::as_fd),
            ],
            wait.min(TICK),
        );
        if out {
            stdout.read();
        }
        if err {
            stderr.read();
        }
        if let Some(server) = askpass.as_deref_mut().filter(|_| ask)
            && server.serve() == Asked::Again
        {
            return Err(Cut::AskedAgain);
        }
        if stdout.bytes.len() + stderr.bytes.len() > OUTPUT_MAX {
            return Err(Cut::TooMuch);
        }
        // What it started may hold its pipes: its own end counts, once all it
        // wrote is read.
        if !out
            && !err
            && !ask
            && let Some(status) = guard.ended()?
        {
            stdout.read_rest();
            stderr.read_rest();
            return Ok(ended(status, stdout, stderr));
        }
    }
}

fn ended(status: ExitStatus, stdout: Stream, stderr: Stream) -> Ended {
    Ended {
        success: status.success(),
        stdout: String::from_utf8_lossy(&stdout.bytes).into_owned(),
        stderr: String::from_utf8_lossy(&stderr.bytes).into_owned(),
    }
}

/// Whether a process of this user runs. One that has ended, but has not been
/// waited for, does not.
pub(super) fn runs(pid: u32) -> bool {
    let known = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let exists = known.is_some_and(|pid| test_kill_process(pid).is_ok());
    let ended = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        stat.is_ok_and(|stat| stat.contains(") Z "))
    };
    exists && !ended()
}

/// Which of the descriptors can be read without waiting, after `wait` at most.
pub(crate) fn readable<const N: usize>(
    sources: [Option<BorrowedFd<'_>>; N],
    wait: Duration,
) -> [bool; N] {
    let limit = Timespec::try_from(wait).ok();
    let mut watched: Vec<_> = sources
        .iter()
        .flatten()
        .map(|fd| PollFd::new(fd, PollFlags::IN))
        .collect();
    // An interrupted wait finds nothing ready; the caller begins it again.
    if poll(&mut watched, limit.as_ref()).unwrap_or(0) == 0 {
        return [false; N];
    }
    let mut results = watched.iter();
    sources
        .map(|source| source.is_some() && results.next().is_some_and(|fd| !fd.revents().is_empty()))
}

/// One of a process's streams, or a session's, and what came out of it.
#[derive(Debug)]
pub(super) struct Stream {
    source: Option<Box<dyn Source>>,
    pub bytes: Vec<u8>,
}

/// A pipe's reading end.
pub(super) trait Source: Read + AsFd + Send + std::fmt::Debug {}
impl<T: Read + AsFd + Send + std::fmt::Debug> Source for T {}

impl Stream {
    pub fn new(source: Option<impl Source + 'static>) -> Self {
        Stream {
            source: source.map(|source| Box::new(source) as Box<dyn Source>),
            bytes: Vec::new(),
        }
    }

    /// What to wait for; `None` once the other end is closed.
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.source.as_ref().map(|source| source.as_fd())
    }

    /// Takes what is there; forgets the source at its end.
    pub fn read(&mut self) {
        let Some(source) = &mut self.source else {
            return;
        };
        let mut chunk = [0; 64 << 10];
        match source.read(&mut chunk) {
            Ok(count) if count > 0 => self.bytes.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(_) | Err(_) => self.source = None,
        }
    }

    /// Takes what is there without waiting for more.
    fn read_rest(&mut self) {
        while self.bytes.len() <= OUTPUT_MAX && readable([self.fd()], Duration::ZERO) == [true] {
            self.read();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, limit: Duration) -> Result<Ended, Cut> {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script);
        let result = run(&mut command, Tie::None, Instant::now() + limit, None);
        let watched = run(&mut command, Tie::Watched, Instant::now() + limit, None);
        assert_eq!(
            format!("{result:?}"),
            format!("{watched:?}"),
            "the watch changes nothing"
        );
        watched
    }

    const LONG: Duration = Duration::from_secs(30);
    const SHORT: Duration = Duration::from_millis(100);

    #[test]
    fn streams_and_status_come_back() {
        let ended = sh("echo a; echo b >&2; exit 3", LONG).unwrap();
        assert_eq!(
            (ended.stdout.as_str(), ended.stderr.as_str()),
            ("a\n", "b\n")
        );
        assert!(!ended.success);
        assert!(sh("true", LONG).unwrap().success);
    }

    #[test]
    fn a_late_process_dies_with_its_children() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pids");
        let script = format!("sleep 1000 & echo $! $$ > {}; wait", file.display());
        assert!(matches!(
            sh(&script, Duration::from_millis(500)),
            Err(Cut::Late)
        ));
        let pids = std::fs::read_to_string(&file).unwrap();
        for pid in pids.split_whitespace() {
            let stat = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let gone = || stat().is_empty() || stat().contains(") Z ");
            let end = Instant::now() + LONG;
            while !gone() {
                assert!(Instant::now() < end, "still running: {}", stat());
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }

    #[test]
    fn output_without_end_is_cut() {
        assert!(matches!(sh("yes", LONG), Err(Cut::TooMuch)));
    }

    #[test]
    fn closed_streams_do_not_end_the_wait() {
        assert!(matches!(
            sh("exec >&- 2>&-; sleep 1000", SHORT),
            Err(Cut::Late)
        ));
        assert!(sh("exec >&- 2>&-; sleep 0.1", LONG).unwrap().success);
    }

    #[test]
    fn who_inherits_the_pipes_does_not_hold_up_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pid");
        let script = format!("sleep 1000 & echo $! >> {}; echo done", file.display());
        let ended = sh(&script, LONG).unwrap();
        assert_eq!(ended.stdout, "done\n");
        for pid in std::fs::read_to_string(&file).unwrap().lines() {
            let pid = Pid::from_raw(pid.parse().unwrap()).unwrap();
            rustix::process::kill_process(pid, Signal::KILL).unwrap();
        }
    }

    #[test]
    fn a_watched_process_gets_its_words_environment_and_directory() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "printf '[%s]' \"$@\" \"$A\" \"$PWD\"; cat",
            "sh",
            "a b",
            "",
            "$(id)",
        ]);
        command.env("A", "x y").current_dir("/");
        let ended = run(&mut command, Tie::Watched, Instant::now() + LONG, None).unwrap();
        assert_eq!(ended.stdout, "[a b][][$(id)][x y][/]");
    }

    #[test]
    fn a_missing_program_is_said() {
        let mut command = Command::new("/nonexistent/ssh");
        let result = run(&mut command, Tie::None, Instant::now() + LONG, None);
        assert!(matches!(result, Err(Cut::Failed(_))));
    }
}
