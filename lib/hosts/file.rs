//! The lines of a hosts file: those of nodes are replaced and removed, all
//! others stay as they are.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::net::IpAddr;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Entry;

/// How long another one may keep the file locked.
const PATIENCE: Duration = Duration::from_secs(60);

/// The first line of a new file.
const LOCALHOST: &str = if cfg!(target_os = "aix") {
    "127.0.0.1 loopback localhost"
} else {
    "127.0.0.1 localhost"
};

/// Why a hosts file could not be changed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}", path.display())]
pub struct Error {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// The lines of a hosts file.
#[derive(Debug, Default)]
pub struct Hosts {
    /// Without line breaks; `None` where one was removed.
    lines: Vec<Option<Vec<u8>>>,
    /// Lines by addresses and names. A line may have changed since.
    index: HashMap<String, Vec<usize>>,
}

/// What a line says: its address, and its first name with each part of that
/// before a dot.
fn subject(line: &[u8]) -> Option<(IpAddr, Vec<String>)> {
    let text = String::from_utf8_lossy(line);
    let mut words = text.split_ascii_whitespace();
    let address = words.next()?.parse().ok()?;
    let name = words.next().filter(|name| !name.starts_with('#'));
    let names = name.map_or_else(Vec::new, |name| {
        let dots = name.match_indices('.').map(|(dot, _)| &name[..dot]);
        dots.chain([name]).map(str::to_owned).collect()
    });
    Some((address, names))
}

impl Hosts {
    /// Reads the text of a file.
    pub fn new(text: &[u8]) -> Self {
        let mut hosts = Self::default();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        if !text.is_empty() {
            for line in text.split(|&b| b == b'\n') {
                hosts.push(line.to_vec());
            }
        }
        hosts
    }

    /// The file that a machine without any would have.
    pub fn fresh() -> Self {
        Self::new(LOCALHOST.as_bytes())
    }

    fn push(&mut self, line: Vec<u8>) {
        self.lines.push(Some(line));
        self.note(self.lines.len() - 1);
    }

    fn note(&mut self, number: usize) {
        let subject = self.lines[number].as_deref().and_then(subject);
        if let Some((address, names)) = subject {
            let keys = names.into_iter().chain([address.to_string()]);
            keys.for_each(|key| self.index.entry(key).or_default().push(number));
        }
    }

    /// The lines of the address, and those of the name in its address family.
    fn of(&self, entry: &Entry) -> BTreeSet<usize> {
        let keys = [&entry.address.to_string(), &entry.name];
        let found = keys.into_iter().filter_map(|key| self.index.get(key));
        let is_its = |number: &usize| {
            let subject = self.lines[*number].as_deref().and_then(subject);
            subject.is_some_and(|(address, names)| {
                let family = address.is_ipv4() == entry.address.is_ipv4();
                address == entry.address || (family && names.contains(&entry.name))
            })
        };
        found.flatten().copied().filter(is_its).collect()
    }

    /// Writes an address in place of its lines, or behind all.
    pub fn put(&mut self, entry: &Entry) {
        let line = format!("{} {}", entry.address, entry.names.join(" ")).into_bytes();
        let mut own = self.of(entry).into_iter();
        match own.next() {
            Some(first) => {
                own.for_each(|other| self.lines[other] = None);
                self.lines[first] = Some(line);
                self.note(first);
            }
            None => self.push(line),
        }
    }

    /// Removes the lines of an address and its name.
    pub fn remove(&mut self, entry: &Entry) {
        for number in self.of(entry) {
            self.lines[number] = None;
        }
    }

    /// The file's text.
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for line in self.lines.iter().flatten() {
            text.extend_from_slice(line);
            text.push(b'\n');
        }
        text
    }
}

/// Replaces a file by what `change` makes of its text, while nobody else does
/// the same; tells whether it is another one now. Readers see the old file or
/// the new one, with the same owner and mode; the old one is kept as
/// `FILE.xcatbak`.
///
/// # Errors
/// The file cannot be read, locked or replaced.
pub fn update(path: &Path, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<bool, Error> {
    let failed = |action| {
        let path = path.to_owned();
        move |source| Error {
            action,
            path,
            source,
        }
    };
    // A link stays a link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut locked = lock(&target).map_err(failed("lock"))?;
    let mut old = Vec::new();
    locked.read_to_end(&mut old).map_err(failed("read"))?;
    let new = change(&old);
    if new == old {
        return Ok(false);
    }
    let data = locked.metadata().map_err(failed("read"))?;
    write(&with_end(&target, ".xcatbak"), &old, &data).map_err(failed("keep the old"))?;
    let beside = with_end(&target, ".xcatnew");
    let written = write(&beside, &new, &data).and_then(|()| fs::rename(&beside, &target));
    let written = match written {
        // A file that is a mount of its own, as in containers, cannot be
        // replaced, only written.
        Err(e) if e.kind() == io::ErrorKind::ResourceBusy => fs::write(&target, &new),
        other => other,
    };
    if written.is_err() {
        // It may not even be there.
        let _ = fs::remove_file(&beside);
    }
    written.map_err(failed("write"))?;
    Ok(true)
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

/// Opens and locks the file, which is made if it is not there. While this
/// waited, another one may have put a new file in its place.
fn lock(path: &Path) -> io::Result<File> {
    let end = Instant::now() + PATIENCE;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(0o644);
    loop {
        let file = options.open(path)?;
        match file.try_lock() {
            Ok(()) if fs::metadata(path)?.ino() == file.metadata()?.ino() => return Ok(file),
            Ok(()) => continue,
            Err(TryLockError::WouldBlock) if Instant::now() < end => {}
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Writes a file that is like another one.
fn write(path: &Path, text: &[u8], like: &fs::Metadata) -> io::Result<()> {
    // What an earlier run left there is not written through.
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mode = like.permissions().mode() & 0o7777;
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text)?;
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
        std::os::unix::fs::fchown(&file, Some(like.uid()), Some(like.gid()))?;
    }
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(address: &str, name: &str) -> Entry {
        Entry {
            address: address.parse().unwrap(),
            name: name.into(),
            names: vec![name.into(), format!("{name}.x.org")],
        }
    }

    #[test]
    fn lines_of_nodes_are_replaced_and_others_stay() {
        let text = b"# by hand\n127.0.0.1 localhost\n\n10.0.0.1 n1.old.org n1\n\
            10.0.0.9 printer # n1\n10.0.0.7 n1 again\nfd00::1 n1\n\xff\xfe\n10.0.0.2 two";
        let mut hosts = Hosts::new(text);
        hosts.put(&entry("10.0.0.1", "n1"));
        hosts.put(&entry("10.0.0.2", "n2"));
        hosts.put(&entry("10.0.0.3", "n3"));
        let want = b"# by hand\n127.0.0.1 localhost\n\n10.0.0.1 n1 n1.x.org\n\
            10.0.0.9 printer # n1\nfd00::1 n1\n\xff\xfe\n10.0.0.2 n2 n2.x.org\n\
            10.0.0.3 n3 n3.x.org\n";
        assert_eq!(hosts.text(), want);
        hosts.put(&entry("10.0.0.4", "n3"));
        hosts.remove(&entry("10.0.0.1", "n1"));
        let text = String::from_utf8_lossy(&hosts.text()).into_owned();
        assert!(
            text.ends_with("n2 n2.x.org\n10.0.0.4 n3 n3.x.org\n"),
            "{text}"
        );
        assert!(
            !text.contains("n1.x.org") && text.contains("fd00::1 n1"),
            "{text}"
        );
    }

    #[test]
    fn a_file_is_replaced_with_its_mode_and_its_links() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("hosts"), folder.path().join("link"));
        fs::write(&path, "a\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(update(&link, |old| [old, b"b\n"].concat()).unwrap());
        assert!(!update(&link, <[u8]>::to_vec).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"a\nb\n");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(
            fs::read(folder.path().join("hosts.xcatbak")).unwrap(),
            b"a\n"
        );
        assert!(!folder.path().join("hosts.xcatnew").exists());
    }
}
