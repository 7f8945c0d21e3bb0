//! The private directory of control sockets: where it may be, what is in it,
//! and the lock under which a master is opened.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A master binds `<path>.<16 random characters>` before it links the final
/// name; with 108 bytes in a socket address 90 are left (Linux), 86 where the
/// address has 104.
const PATH_MAX: usize = if cfg!(target_os = "linux") { 90 } else { 86 };

/// The length of a socket's name: `m-` and 32 hexadecimal digits.
const NAME_LENGTH: usize = 34;

/// Why no directory is fit for control sockets: one reason for each candidate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no directory for ssh control sockets: {}", .0.join("; "))]
pub struct NoControlDir(Vec<String>);

/// The first of `candidates` that can hold control sockets. It is made if it is
/// missing, readable by nobody else.
///
/// One is passed over if its path is relative or too long for a socket's
/// address, contains a character that ssh would expand (`$`, `%`), or cannot be
/// made or written. One that belongs to another user, is a symbolic link, or
/// that others may enter is refused and ends the search: somebody may have
/// put it there to listen.
///
/// # Errors
///
/// Gives the reason for each candidate.
pub fn control_dir(candidates: &[PathBuf]) -> Result<PathBuf, NoControlDir> {
    let mut reasons = Vec::new();
    for dir in candidates {
        match fit(dir) {
            Ok(()) => return Ok(dir.clone()),
            Err(Unfit::Unusable(reason)) => reasons.push(format!("{}: {reason}", dir.display())),
            Err(Unfit::Unsafe(reason)) => {
                reasons.push(format!("{}: {reason}", dir.display()));
                break;
            }
        }
    }
    Err(NoControlDir(reasons))
}

enum Unfit {
    Unusable(String),
    Unsafe(&'static str),
}

fn fit(dir: &Path) -> Result<(), Unfit> {
    let unusable = |reason: &str| Err(Unfit::Unusable(reason.to_owned()));
    let Some(text) = dir.to_str() else {
        return unusable("the path is not UTF-8");
    };
    if !dir.is_absolute() {
        return unusable("the path is relative");
    }
    if text.len() + 1 + NAME_LENGTH > PATH_MAX {
        return unusable("the path is too long for a socket");
    }
    if text.contains(['$', '%', '"']) || text.contains(char::is_control) {
        return unusable("the path has characters that ssh would expand");
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    let met = made.and_then(|()| fs::symlink_metadata(dir));
    let metadata = met.map_err(|error| Unfit::Unusable(error.to_string()))?;
    if !metadata.is_dir() {
        return Err(Unfit::Unsafe("it is not a directory"));
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(Unfit::Unsafe("it belongs to another user"));
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(Unfit::Unsafe("others may enter it: chmod 700"));
    }
    rustix::fs::access(dir, rustix::fs::Access::WRITE_OK)
        .map_err(|errno| Unfit::Unusable(io::Error::from(errno).to_string()))
}

/// The socket for the connection with this identity.
///
/// The name of this machine is part of it: a home directory on NFS is entered
/// from several, and a socket works on the one that made it only.
pub(super) fn socket_path(dir: &Path, identity: &str) -> PathBuf {
    let machine = rustix::system::uname();
    let machine = machine.nodename().to_bytes();
    let hash = fnv128([machine, b"\n", identity.as_bytes()].concat());
    dir.join(format!("m-{hash:032x}"))
}

/// Whether there is any socket in the directory, be it of a master or left by
/// one. The files beside them have extensions.
pub(super) fn has_sockets(dir: &Path) -> bool {
    let is_socket = |path: PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("m-") && !name.contains('.'))
    };
    // What cannot be listed may hold one.
    fs::read_dir(dir).map_or(true, |mut entries| {
        entries.any(|entry| entry.is_ok_and(|entry| is_socket(entry.path())))
    })
}

/// FNV-1a, the same in every build of every version, as processes of different
/// ones share sockets. Nothing is protected by it.
fn fnv128(bytes: impl IntoIterator<Item = u8>) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.into_iter().fold(BASIS, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    })
}

/// A right that one process has at a time: to open, or to clear away, the master
/// of one socket; to a session; to open or close a console. It ends when this is
/// dropped, or the process killed.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock of `socket` if nobody has it. Does not wait.
    pub fn try_take(socket: &Path) -> io::Result<Option<Self>> {
        Self::try_file(&socket.with_extension("lock"))
    }

    /// Takes a seat for a console at the host of `socket`, if nobody has it.
    pub fn try_seat(socket: &Path, number: usize) -> io::Result<Option<Self>> {
        Self::try_file(&socket.with_extension(format!("seat{number}")))
    }

    /// Takes the lock that is called so, if nobody has it.
    pub fn try_named(dir: &Path, name: &str) -> io::Result<Option<Self>> {
        Self::try_file(&socket_path(dir, name).with_extension("turn"))
    }

    fn try_file(path: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// What the last holder left for those who waited.
    pub fn read(&mut self) -> io::Result<String> {
        let mut note = String::new();
        self.0.rewind()?;
        (&self.0).take(4096).read_to_string(&mut note)?;
        Ok(note)
    }

    /// Leaves `note` for those who wait.
    pub fn write(&mut self, note: &str) -> io::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()?;
        self.0.write_all(note.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn the_first_fit_directory_is_taken_and_private() {
        let root = tempfile::tempdir().unwrap();
        let (long, good) = (root.path().join("x".repeat(80)), root.path().join("a/b"));
        let dollar = root.path().join("$a");
        let dir = control_dir(&[PathBuf::from("relative"), long, dollar, good.clone()]).unwrap();
        assert_eq!(dir, good);
        assert_eq!(
            fs::metadata(&dir).unwrap().permissions().mode() & 0o777,
            0o700
        );
        assert_eq!(
            fs::read_dir(root.path()).unwrap().count(),
            1,
            "only the chosen one is made"
        );
    }

    #[test]
    fn a_directory_of_others_ends_the_search() {
        let root = tempfile::tempdir().unwrap();
        let (open, good) = (root.path().join("open"), root.path().join("good"));
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o770)).unwrap();
        let link = root.path().join("link");
        symlink(root.path(), &link).unwrap();
        for bad in [open, link] {
            let error = control_dir(&[bad.clone(), good.clone()]).unwrap_err();
            assert!(error.to_string().contains(bad.to_str().unwrap()), "{error}");
            assert!(!good.exists());
        }
    }

    #[test]
    fn the_longest_path_leaves_room_for_a_socket() {
        let root = tempfile::tempdir().unwrap();
        let room = PATH_MAX - NAME_LENGTH - 1 - root.path().as_os_str().len() - 1;
        let dir = control_dir(&[root.path().join("y".repeat(room))]).unwrap();
        assert_eq!(socket_path(&dir, "a").as_os_str().len(), PATH_MAX);
        assert!(control_dir(&[root.path().join("y".repeat(room + 1))]).is_err());
    }

    #[test]
    fn names_of_sockets_differ_and_stay() {
        let dir = Path::new("/d");
        assert_eq!(socket_path(dir, "a"), socket_path(dir, "a"));
        assert_ne!(socket_path(dir, "a"), socket_path(dir, "b"));
        // Published test vectors of FNV-1a, 128 bits.
        assert_eq!(fnv128(*b""), 0x6c62272e07bb014262b821756295c58d);
        assert_eq!(fnv128(*b"a"), 0xd228cb696f1a8caf78912b704e4a8964);
    }

    #[test]
    fn a_lock_has_one_holder_and_carries_a_note() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("m-1");
        let mut lock = Lock::try_take(&socket).unwrap().unwrap();
        assert!(Lock::try_take(&socket).unwrap().is_none());
        lock.write("a long note").unwrap();
        lock.write("short").unwrap();
        drop(lock);
        // A process that another test forks holds the lock until it executes.
        let again = || Lock::try_take(&socket).unwrap();
        let mut lock = std::iter::repeat_with(again).flatten().next().unwrap();
        assert_eq!(lock.read().unwrap(), "short");
        lock.write("").unwrap();
        assert_eq!(lock.read().unwrap(), "");
    }
}
