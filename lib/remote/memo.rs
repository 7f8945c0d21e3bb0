//! What `ssh -G` said of a target, remembered until a configuration file changes.
//!
//! Starting ssh for that takes several milliseconds of computing, for each host
//! of each command: longer than all else before the first answer, once a master
//! connection is open. A note lies in the private directory of control sockets.
//! It names each file that the configuration was read from, with the time of
//! its last change; if one of them differs, or there is one more, ssh is asked
//! again. Nothing is remembered of a configuration that depends on more than
//! its files (`Match exec`, names made canonical by DNS, the environment).

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where OpenSSH's configuration for all users stands. That ssh has read no
/// file but those known here is checked.
const SYSTEM: &str = "/etc/ssh/ssh_config";

/// File times are as coarse as the kernel's clock ticks.
const TICK: Duration = Duration::from_millis(20);

/// What `Match` may depend on without running or asking anything.
const STATIC_MATCH: [&str; 4] = ["host", "originalhost", "user", "localuser"];

/// What each of [`STATIC_MATCH`] is not followed by: an argument.
const BARE_MATCH: [&str; 3] = ["all", "final", "canonical"];

/// The option that makes `ssh -G` print where the user's configuration is.
pub(super) const ASK_HOME: &str = "ControlPath=~/.ssh/config";

/// The note about one target.
#[derive(Debug)]
pub(super) struct Memo {
    path: PathBuf,
    config_file: Option<PathBuf>,
}

impl Memo {
    /// The note at `path`, for an ssh that reads `config_file`, or the usual
    /// files where there is none.
    pub fn new(path: PathBuf, config_file: Option<&Path>) -> Self {
        Memo {
            path,
            config_file: config_file.map(Path::to_owned),
        }
    }

    /// What ssh said, if it would say the same again.
    pub fn recall(&self) -> Option<String> {
        let note = fs::read_to_string(&self.path).ok()?;
        let (stamps, answer) = note.split_once("\n\n")?;
        let same = |line: &str| match line.split_once(' ') {
            Some((known, path)) => stamp(Path::new(path)) == known,
            None => false,
        };
        stamps.lines().all(same).then(|| answer.to_owned())
    }

    /// Remembers what `ssh -v -G` said when it was asked at `asked`, if that
    /// depends on nothing but files. A note that cannot be written is none.
    pub fn keep(&self, answer: &str, debug: &str, asked: SystemTime) {
        let Some(sources) = self.sources(answer) else {
            return;
        };
        let read = debug
            .lines()
            .filter_map(|line| line.trim_end().split_once("Reading configuration data "));
        if read
            .map(|(_, path)| absolute(path))
            .any(|path| !sources.contains(&path))
        {
            return;
        }
        let mut note = String::new();
        for path in &sources {
            let (stamp, Some(text)) = (stamp(path), path.to_str()) else {
                return;
            };
            if text.contains('\n') || changed_since(path, asked) {
                return;
            }
            note.push_str(&format!("{stamp} {text}\n"));
        }
        let _ = self.write(&format!("{note}\n{answer}"));
    }

    fn write(&self, note: &str) -> std::io::Result<()> {
        let new = self
            .path
            .with_extension(format!("new-{}", std::process::id()));
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(note.as_bytes())?;
        fs::rename(&new, &self.path)
    }

    /// All that the configuration may be read from; `None` if it depends on more.
    fn sources(&self, answer: &str) -> Option<BTreeSet<PathBuf>> {
        let user = answer
            .lines()
            .find_map(|line| line.strip_prefix("controlpath "));
        // An ssh that does not expand the `~` leaves it unknown.
        let user = user.map(PathBuf::from).filter(|path| path.is_absolute())?;
        let first = match &self.config_file {
            Some(file) => vec![file.clone()],
            None => vec![user.clone(), SYSTEM.into()],
        };
        let mut sources = BTreeSet::new();
        let mut left = first;
        while let Some(path) = left.pop() {
            if !sources.insert(path.clone()) || path.is_dir() {
                continue;
            }
            let text = match fs::read(&path) {
                Ok(bytes) => String::from_utf8(bytes).ok()?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(_) => return None,
            };
            let base = match path.parent() {
                Some(system) if system.starts_with("/etc/ssh") => system,
                _ => user.parent()?,
            };
            for line in text.lines() {
                left.extend(included(line, base)?);
            }
        }
        Some(sources)
    }
}

/// What a line includes: files, or a folder with all that is in it. `None` if
/// the line depends on more than files.
fn included(line: &str, base: &Path) -> Option<Vec<PathBuf>> {
    let line = line.trim();
    if line.starts_with('#') {
        return Some(Vec::new());
    }
    if line.contains("${") {
        return None;
    }
    let mut words = line
        .split([' ', '\t', '='])
        .filter(|word| !word.is_empty())
        .map(str::to_owned);
    let keyword = words.next().unwrap_or_default().to_ascii_lowercase();
    match keyword.as_str() {
        "include" => {
            let files: Option<Vec<_>> = words.map(|word| matches(&word, base)).collect();
            Some(files?.concat())
        }
        "match" => {
            while let Some(word) = words.next() {
                let word = word.trim_start_matches('!').to_ascii_lowercase();
                if STATIC_MATCH.contains(&word.as_str()) {
                    words.next();
                } else if !BARE_MATCH.contains(&word.as_str()) {
                    return None;
                }
            }
            Some(Vec::new())
        }
        "canonicalizehostname" if words.next().as_deref() != Some("no") => None,
        _ => Some(Vec::new()),
    }
}

/// The files that the pattern of an `Include` may match.
fn matches(pattern: &str, base: &Path) -> Option<Vec<PathBuf>> {
    if pattern.contains(['"', '\'', '\\', '%', '$']) {
        return None;
    }
    let path = match pattern.strip_prefix("~/") {
        Some(rest) => base.parent()?.join(rest),
        None if pattern.starts_with('~') => return None,
        None => base.join(pattern),
    };
    let folder = path.parent()?;
    let is_glob = |path: &Path| path.to_string_lossy().contains(['*', '?', '[']);
    if is_glob(folder) {
        return None;
    }
    if !is_glob(&path) {
        return Some(vec![path]);
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file());
    Some([folder.to_owned()].into_iter().chain(files).collect())
}

fn absolute(path: &str) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.into())
}

/// Tells a file from what it was and will be. The time is that of the last
/// change of any kind, which nobody can set back.
fn stamp(path: &Path) -> String {
    match fs::metadata(path) {
        Ok(file) => format!(
            "{}.{}.{}.{:09}",
            file.dev(),
            file.ino(),
            file.ctime(),
            file.ctime_nsec()
        ),
        Err(_) => "-".to_owned(),
    }
}

fn changed_since(path: &Path, time: SystemTime) -> bool {
    let Ok(file) = fs::metadata(path) else {
        return false;
    };
    let seconds = u64::try_from(file.ctime()).unwrap_or_default();
    let nanoseconds = u32::try_from(file.ctime_nsec()).unwrap_or_default();
    UNIX_EPOCH + Duration::new(seconds, nanoseconds) + TICK >= time
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> &'static Path {
        Path::new("/home/a/.ssh")
    }

    #[test]
    fn includes_are_followed() {
        let files = |line| included(line, base()).unwrap();
        assert_eq!(files("HostName = 10.0.0.1"), [""; 0].map(PathBuf::from));
        assert_eq!(files(" # Include x"), [""; 0].map(PathBuf::from));
        assert_eq!(
            files("include=hmcs ~/x /etc/y"),
            ["/home/a/.ssh/hmcs", "/home/a/x", "/etc/y"].map(PathBuf::from)
        );
        assert_eq!(
            files("\tInclude /nonexistent/*.conf"),
            ["/nonexistent"].map(PathBuf::from)
        );
    }

    #[test]
    fn what_depends_on_more_than_files_is_seen() {
        for line in [
            "Match exec \"test -e /x\"",
            "match host a exec true",
            "Match localnetwork 10.0.0.0/8",
            "CanonicalizeHostname always",
            "Include ~root/x",
            "Include /etc/*/x",
            "Include \"/a b\"",
            "IdentityFile ${KEY}",
        ] {
            assert_eq!(included(line, base()), None, "{line}");
        }
        for line in [
            "Match all",
            "Match final all",
            "Match !host a,b user c",
            "CanonicalizeHostname no",
        ] {
            assert_eq!(included(line, base()), Some(Vec::new()), "{line}");
        }
    }

    /// A folder with a configuration that includes another, both of which have
    /// not changed for a while, and the memo of a target.
    fn remembered() -> (tempfile::TempDir, Memo, String) {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        fs::create_dir(dir.path().join("d")).unwrap();
        let more = dir.path().join("d/more");
        fs::write(&config, format!("Include {}/d/*\n", dir.path().display())).unwrap();
        fs::write(&more, "Port 22\n").unwrap();
        let memo = Memo::new(dir.path().join("m-1.host"), Some(&config));
        let answer = "user a\ncontrolpath /home/a/.ssh/config\n".to_owned();
        let later = SystemTime::now() + Duration::from_secs(1);
        let debug = format!(
            "debug1: Reading configuration data {}\r\ndebug1: Reading configuration data {}\r\n",
            config.display(),
            more.display()
        );
        memo.keep(&answer, &debug, later);
        assert_eq!(memo.recall().as_ref(), Some(&answer));
        (dir, memo, answer)
    }

    #[test]
    fn a_changed_file_is_noticed() {
        let (dir, memo, _) = remembered();
        fs::write(dir.path().join("d/more"), "Port 23\n").unwrap();
        assert_eq!(memo.recall(), None);
    }

    #[test]
    fn a_new_file_is_noticed() {
        let (dir, memo, _) = remembered();
        fs::write(dir.path().join("d/new"), "").unwrap();
        assert_eq!(memo.recall(), None);
    }

    #[test]
    fn a_file_that_just_changed_or_is_not_known_is_not_relied_on() {
        let (dir, memo, answer) = remembered();
        let config = dir.path().join("config");
        let forget = || fs::remove_file(dir.path().join("m-1.host")).unwrap();
        forget();
        memo.keep(&answer, "", UNIX_EPOCH);
        assert_eq!(memo.recall(), None);
        let later = SystemTime::now() + Duration::from_secs(1);
        memo.keep(
            &answer,
            "debug1: Reading configuration data /elsewhere\n",
            later,
        );
        assert_eq!(memo.recall(), None);
        fs::write(&config, "Match exec true\n").unwrap();
        memo.keep(&answer, "", later);
        assert_eq!(memo.recall(), None);
    }
}
