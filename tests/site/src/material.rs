//! The files a client needs: its key, `known_hosts` and an ssh configuration.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use russh::keys::PrivateKey;
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};

use crate::Error;
use crate::host::Host;

/// A new ed25519 key.
pub fn new_key(comment: &str) -> Result<PrivateKey, Error> {
    let mut seed = [0; 32];
    let path = Path::new("/dev/urandom");
    let mut source = fs::File::open(path).map_err(|e| Error::Io(path.into(), e))?;
    source
        .read_exact(&mut seed)
        .map_err(|e| Error::Io(path.into(), e))?;
    let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
    PrivateKey::new(pair, comment).map_err(|e| Error::Key(e.to_string()))
}

/// The public half in OpenSSH's one-line form.
pub fn public_line(key: &PrivateKey) -> Result<String, Error> {
    key.public_key()
        .to_openssh()
        .map_err(|e| Error::Key(e.to_string()))
}

/// Writes a file that only its owner may read.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    let mut file = file.map_err(|e| Error::Io(path.into(), e))?;
    file.write_all(text.as_bytes())
        .map_err(|e| Error::Io(path.into(), e))
}

/// Writes everything into `dir` and returns the path of the ssh configuration.
pub fn write_all<'a>(
    dir: &Path,
    client: &PrivateKey,
    hosts: impl Iterator<Item = &'a Host> + Clone,
    port: u16,
) -> Result<PathBuf, Error> {
    let private = client
        .to_openssh(LineEnding::LF)
        .map_err(|e| Error::Key(e.to_string()))?;
    write(&dir.join("id_ed25519"), &private)?;
    write(&dir.join("id_ed25519.pub"), &(public_line(client)? + "\n"))?;
    let mut known = String::new();
    let mut config = String::new();
    for host in hosts {
        let line = public_line(host.proper_key())?;
        let place = match port {
            22 => host.address.clone(),
            port => format!("[{}]:{port}", host.address),
        };
        if host.config.known_hosts {
            known.push_str(&format!("{place} {line}\n"));
        }
        // A string takes all that is written to it.
        let _ = writeln!(
            config,
            "Host {}\n    HostName {}\n    Port {port}\n    User {}\n",
            host.name,
            host.address,
            host.user()
        );
    }
    write(&dir.join("known_hosts"), &known)?;
    let shown = |name: &str| quoted(&dir.join(name));
    let common = format!(
        "Host *\n    IdentityFile {}\n    IdentitiesOnly yes\n    UserKnownHostsFile {}\n    GlobalKnownHostsFile /dev/null\n    UpdateHostKeys no\n",
        shown("id_ed25519"),
        shown("known_hosts")
    );
    let path = dir.join("ssh_config");
    write(&path, &(config + &common))?;
    Ok(path)
}

/// A path as an ssh configuration takes it.
fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display())
}
