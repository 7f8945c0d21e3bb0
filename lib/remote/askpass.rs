//! Handing a stored password to ssh, and to nobody else.
//!
//! ssh asks for a password by running a program (`SSH_ASKPASS`) with the prompt
//! as its argument, and reads the answer from its stdout. That program is our
//! own executable, started with one variable more ([`VARIABLE`]) which names a
//! socket in the private control directory. On it [`answer`] passes the prompt
//! to the command that started ssh, which alone knows the password, and gets it
//! back if the prompt is the one it belongs to. So the password is on no
//! command line, in no environment and in no file.

use std::fs;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::target::Password;

/// The environment variable that tells a command to be ssh's askpass program:
/// the path of the socket for [`answer`].
pub const VARIABLE: &str = "XCAT_ASKPASS_SOCKET";

/// Both ends are on this machine and have nothing to compute.
const PATIENCE: Duration = Duration::from_secs(2);
const PROMPT_MAX: u64 = 4096;

/// Why there is no answer for ssh.
#[derive(Debug, thiserror::Error)]
pub enum AskpassError {
    /// The command that started ssh is gone, or its socket is.
    #[error("cannot ask the command that started ssh for the password")]
    Unheard(#[source] io::Error),
    /// The prompt is not one that the stored password answers.
    #[error("no password is stored that answers {0:?}")]
    NotOurs(String),
}

/// The other half: asks the command that started ssh for the answer to
/// `prompt`. The caller writes it to stdout, with a newline.
///
/// # Errors
///
/// When the answer is no, or there is nobody to ask; exit with 1 then.
pub fn answer(socket: &Path, prompt: &str) -> Result<Password, AskpassError> {
    let reply = exchange(socket, prompt).map_err(AskpassError::Unheard)?;
    match reply.strip_prefix('+') {
        Some(password) => Ok(Password::new(password)),
        None => Err(AskpassError::NotOurs(prompt.to_owned())),
    }
}

fn exchange(socket: &Path, prompt: &str) -> io::Result<zeroize::Zeroizing<String>> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(prompt.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut reply = zeroize::Zeroizing::new(String::new());
    stream.read_to_string(&mut reply)?;
    Ok(reply)
}

/// Whose password is stored: the login that a prompt must be about.
#[derive(Clone, Debug)]
pub(super) struct Login {
    /// The user.
    pub user: String,
    /// The host as ssh's prompts name it: host name or host key alias.
    pub hosts: Vec<String>,
    /// Whether jump hosts or proxies on the way may have prompts of their own.
    pub proxied: bool,
}

impl Login {
    /// Whether `prompt` asks for the password of this login.
    ///
    /// Never anything else: not the passphrase of a key, not a host key
    /// question, not a one-time code, not the password of a jump host (which
    /// asks through the same program), not a new password.
    fn is_asked_by(&self, prompt: &str) -> bool {
        let prompt = prompt.trim();
        // `user@host's password:`, ssh's own, cut as ssh cuts it.
        if let Some(login) = prompt.strip_suffix("'s password:")
            && login.contains('@')
            && !login.contains(' ')
        {
            return self.matches(login);
        }
        // The server's words, since OpenSSH 8.5 with the login before them.
        let (login, question) = match prompt
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(") "))
        {
            Some((login, question)) => (Some(login), question),
            None => (None, prompt),
        };
        let question = question.to_ascii_lowercase();
        let asks = question == "password:"
            || question == format!("password for {}:", self.user.to_ascii_lowercase())
            || question == format!("{}'s password:", self.user.to_ascii_lowercase());
        asks && login.map_or(!self.proxied, |login| self.matches(login))
    }

    fn matches(&self, login: &str) -> bool {
        let cut = |text: &str, length| text.chars().take(length).collect::<String>();
        self.hosts.iter().any(|host| {
            login == format!("{}@{host}", self.user)
                || login == format!("{}@{}", cut(&self.user, 30), cut(host, 128))
        })
    }
}

/// What came of one prompt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The password was handed over.
    Answered,
    /// The password is asked for once more: it was wrong.
    Again,
    /// Something else was asked, and refused.
    Refused,
    /// Nobody asked after all.
    Nothing,
}

/// The half that knows the password. It is handed over once: a second prompt
/// means that it was wrong, and trying again could lock the account.
#[derive(Debug)]
pub(super) struct Server<'a> {
    listener: UnixListener,
    path: PathBuf,
    login: Login,
    password: &'a Password,
    answered: bool,
    refused: Option<String>,
}

impl<'a> Server<'a> {
    /// Listens in `dir`, which must be private.
    pub fn start(dir: &Path, login: Login, password: &'a Password) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = dir.join(format!("ask-{}-{number}", process::id()));
        match fs::remove_file(&path) {
            // Left by a killed process that had our id.
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let listener = UnixListener::bind(&path)?;
        let server = Server {
            listener,
            path,
            login,
            password,
            answered: false,
            refused: None,
        };
        fs::set_permissions(&server.path, fs::Permissions::from_mode(0o600))?;
        server.listener.set_nonblocking(true)?;
        Ok(server)
    }

    /// The socket's path, for [`VARIABLE`].
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the password was handed over.
    pub fn answered(&self) -> bool {
        self.answered
    }

    /// The last prompt that was not answered.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Serves one prompt. Call it when the socket is readable.
    pub fn serve(&mut self) -> Asked {
        self.serve_one().unwrap_or(Asked::Nothing)
    }

    fn serve_one(&mut self) -> io::Result<Asked> {
        let (mut stream, _) = self.listener.accept()?;
        if !is_ours(&stream) {
            return Ok(Asked::Nothing);
        }
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut prompt = Vec::new();
        (&stream).take(PROMPT_MAX).read_to_end(&mut prompt)?;
        let prompt = String::from_utf8_lossy(&prompt).into_owned();
        if !self.login.is_asked_by(&prompt) {
            stream.write_all(b"-")?;
            self.refused = Some(prompt.trim().chars().take(200).collect());
            return Ok(Asked::Refused);
        }
        if self.answered {
            stream.write_all(b"-")?;
            return Ok(Asked::Again);
        }
        self.answered = true;
        stream.write_all(b"+")?;
        stream.write_all(self.password.reveal().as_bytes())?;
        Ok(Asked::Answered)
    }
}

impl AsFd for Server<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        // A socket left behind does no harm: nobody listens.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the other end runs as the same user. Where the system cannot say,
/// the private directory has already kept others out.
#[cfg(target_os = "linux")]
fn is_ours(stream: &UnixStream) -> bool {
    rustix::net::sockopt::socket_peercred(stream)
        .is_ok_and(|peer| peer.uid == rustix::process::geteuid())
}

#[cfg(not(target_os = "linux"))]
fn is_ours(_: &UnixStream) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn login(proxied: bool) -> Login {
        Login {
            user: "hscroot".into(),
            hosts: vec!["hmc01.site".into()],
            proxied,
        }
    }

    #[test]
    fn only_the_password_of_this_login_is_answered() {
        let yes = [
            "hscroot@hmc01.site's password: ",
            "(hscroot@hmc01.site) Password: ",
            "(hscroot@hmc01.site) Password for hscroot:",
            "Password: ",
            "password:",
            "hscroot's Password:",
            "(hscroot@hmc01.site) hscroot's password:",
        ];
        let no = [
            "",
            "root@hmc01.site's password: ",
            "root's Password:",
            "hscroot@jump's password: ",
            "(admin@jump) Password: ",
            "Enter passphrase for key '/root/.ssh/id_ed25519': ",
            "Are you sure you want to continue connecting (yes/no/[fingerprint])? ",
            "(hscroot@hmc01.site) Verification code: ",
            "(hscroot@hmc01.site) New password: ",
            "New password:",
            "(hscroot@hmc01.site) One-time password (OATH) for `hscroot': ",
            "Enter PIN for ECDSA-SK key",
        ];
        for prompt in yes {
            assert!(login(false).is_asked_by(prompt), "{prompt:?}");
        }
        for prompt in no {
            assert!(!login(false).is_asked_by(prompt), "{prompt:?}");
        }
    }

    #[test]
    fn behind_a_jump_host_a_nameless_prompt_is_not_answered() {
        assert!(!login(true).is_asked_by("Password: "));
        assert!(login(true).is_asked_by("(hscroot@hmc01.site) Password: "));
        assert!(login(true).is_asked_by("hscroot@hmc01.site's password: "));
    }

    /// Serves until `count` prompts were dealt with.
    fn serve(server: &mut Server<'_>, count: usize) -> Vec<Asked> {
        let mut results = Vec::new();
        while results.len() < count {
            match server.serve() {
                Asked::Nothing => thread::sleep(Duration::from_millis(1)),
                asked => results.push(asked),
            }
        }
        results
    }

    #[test]
    fn the_password_is_handed_over_once() {
        let dir = tempfile::tempdir().unwrap();
        let password = Password::new("abc 123'\"");
        let mut server = Server::start(dir.path(), login(false), &password).unwrap();
        let path = server.path().to_owned();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let client = thread::spawn(move || {
            let code = answer(&path, "(hscroot@hmc01.site) Verification code: ");
            let first = answer(&path, "(hscroot@hmc01.site) Password: ");
            let second = answer(&path, "hscroot@hmc01.site's password: ");
            (code, first, second)
        });
        let asked = serve(&mut server, 3);
        let (code, first, second) = client.join().unwrap();
        assert!(matches!(code, Err(AskpassError::NotOurs(_))));
        assert_eq!(first.unwrap(), password);
        assert!(matches!(second, Err(AskpassError::NotOurs(_))));
        assert_eq!(asked[1..], [Asked::Answered, Asked::Again]);
    }

    #[test]
    fn nobody_to_ask_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gone");
        assert!(matches!(
            answer(&path, "Password:"),
            Err(AskpassError::Unheard(_))
        ));
    }

    #[test]
    fn the_socket_goes_with_the_server() {
        let dir = tempfile::tempdir().unwrap();
        let password = Password::new("x");
        drop(Server::start(dir.path(), login(false), &password).unwrap());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
