//! A private sshd on loopback, with its own keys, and a client configuration
//! that knows nothing but it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::super::mux::Client;
use crate::remote::{Command, Limits, OpenSsh, Outcome, Persist, Settings, Target, Transport};

/// Long enough for a loaded machine; nothing in a passing test takes it.
pub const LONG: Duration = Duration::from_secs(60);

pub struct Site {
    pub dir: TempDir,
    pub port: u16,
    sshd: Child,
}

/// Names the site's directory to a helper.
const HELPED: &str = "XCAT_TEST_SITE";

/// The settings for the site whose helper this process is; `None` in a test.
#[expect(clippy::disallowed_methods, reason = "how a helper is told")]
pub fn helped() -> Option<Settings> {
    let dir = PathBuf::from(std::env::var_os(HELPED)?);
    Some(settings(&dir))
}

fn settings(dir: &Path) -> Settings {
    Settings {
        ssh_program: "ssh".into(),
        config_file: Some(dir.join("config")),
        control_dirs: vec![dir.join("c")],
        persist: Persist::For(LONG),
        askpass_program: dir.join("askpass"),
        interactive: false,
        verbose: None,
        prompting: |_| {},
    }
}

/// Who runs the tests.
pub static USER: LazyLock<String> = LazyLock::new(|| {
    let output = Process::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
});

impl Site {
    /// An sshd with the default configuration.
    pub fn start() -> Self {
        Site::with("")
    }

    /// An sshd with these lines before the others (the first of a kind counts).
    pub fn with(sshd_lines: &str) -> Self {
        // Not in TMPDIR, whose path may be too long for sockets.
        let dir = tempfile::Builder::new()
            .prefix("x")
            .tempdir_in("/tmp")
            .unwrap();
        for name in ["host_key", "user_key"] {
            keygen(&dir.path().join(name));
        }
        fs::copy(
            dir.path().join("user_key.pub"),
            dir.path().join("authorized"),
        )
        .unwrap();
        if rustix::process::geteuid().is_root() {
            fs::create_dir_all("/run/sshd").unwrap();
        }
        let (sshd, port) = start_sshd(dir.path(), sshd_lines);
        let site = Site { dir, port, sshd };
        site.configure("");
        site
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes the client's configuration, with these lines before the others.
    pub fn configure(&self, client_lines: &str) {
        self.configure_port(self.port, client_lines);
    }

    /// The same, to another port: a relay or a peer that misbehaves.
    pub fn configure_port(&self, port: u16, client_lines: &str) {
        let dir = self.dir.path().display();
        let text = format!(
            "{client_lines}\nHost *\nHostName 127.0.0.1\nPort {port}\nIdentityFile {dir}/user_key\n\
             IdentitiesOnly yes\nUserKnownHostsFile {dir}/known_hosts\nGlobalKnownHostsFile none\n\
             KexAlgorithms curve25519-sha256\n"
        );
        fs::write(self.path("config"), text).unwrap();
    }

    pub fn settings(&self) -> Settings {
        settings(self.dir.path())
    }

    /// A transport as another process would have it: it shares no state with
    /// the others but the control directory.
    pub fn transport(&self) -> OpenSsh {
        OpenSsh::new(self.settings())
    }

    /// Runs a shell script on hmc01, over a transport of its own.
    pub fn sh(&self, script: &str, limits: &Limits) -> Outcome {
        run(&self.transport(), script, limits)
    }

    /// A shell script that ends with this site, not before: a server does not
    /// kill what runs in a session that was closed.
    pub fn hang(&self) -> String {
        format!(
            "while [ -d {} ]; do sleep 0.2; done",
            self.dir.path().display()
        )
    }

    /// What sshd wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("sshd.log")).unwrap()
    }

    /// How often `text` stands in sshd's log.
    pub fn logged(&self, text: &str) -> usize {
        self.log().matches(text).count()
    }

    /// How often somebody logged in.
    pub fn logins(&self) -> usize {
        self.logged("Accepted publickey")
    }

    /// The processes whose command line names this site's directory, sshd apart.
    pub fn processes(&self) -> Vec<String> {
        let dir = self.dir.path().to_str().unwrap().to_owned();
        let entries = fs::read_dir("/proc").unwrap().flatten();
        entries
            .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
            .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
            .filter(|line| line.contains(&dir) && !line.contains("sshd"))
            .collect()
    }

    /// The control sockets.
    pub fn sockets(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.path("c")) else {
            return Vec::new();
        };
        let paths = entries.flatten().map(|entry| entry.path());
        paths
            .filter(|path| path.extension().is_none() && path.to_string_lossy().contains("/m-"))
            .collect()
    }

    /// This test executable, to run one of its tests in a process of its own,
    /// which finds this site in its environment.
    pub fn helper(&self, test: &str) -> Process {
        let mut process = Process::new(std::env::current_exe().unwrap());
        process
            .args(["--exact", test, "--nocapture"])
            .env(HELPED, self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        process
    }

    /// Writes an executable script.
    pub fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for socket in self.sockets() {
            let soon = Instant::now() + Duration::from_secs(2);
            if let Ok(client) = Client::connect(&socket, soon) {
                let _ = client.terminate(soon);
            }
        }
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

/// Runs a shell script on hmc01.
pub fn run(transport: &OpenSsh, script: &str, limits: &Limits) -> Outcome {
    transport.run(
        &Target::new("hmc01"),
        &Command::new("sh").arg("-c").arg(script),
        limits,
    )
}

/// Limits that a passing test does not reach.
pub fn patient() -> Limits {
    Limits {
        connect: LONG,
        deadline: LONG,
        output: 1 << 20,
    }
}

/// Waits until `is` holds, or fails the test.
pub fn eventually(what: &str, is: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !is() {
        assert!(Instant::now() < end, "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

pub fn keygen(path: &Path) {
    let mut command = Process::new("ssh-keygen");
    command
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path);
    assert!(command.status().unwrap().success());
}

/// Starts sshd on a free port. Another process may take the port in between:
/// then the next one is tried.
fn start_sshd(dir: &Path, lines: &str) -> (Child, u16) {
    for _ in 0..20 {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let place = dir.display();
        let text = format!(
            "{lines}\nPort {port}\nListenAddress 127.0.0.1\nHostKey {place}/host_key\n\
             AuthorizedKeysFile {place}/authorized\nStrictModes no\nUsePAM no\nPidFile none\n\
             PermitRootLogin yes\nMaxStartups 100\nAcceptEnv LC_*\nLogLevel VERBOSE\n"
        );
        fs::write(dir.join("sshd_config"), text).unwrap();
        let log = dir.join("sshd.log");
        let mut child = Process::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(dir.join("sshd_config"))
            .stdin(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .expect("these tests need sshd (Debian: openssh-server)");
        let end = Instant::now() + LONG;
        while Instant::now() < end {
            if fs::read_to_string(&log)
                .unwrap()
                .contains("Server listening on")
            {
                return (child, port);
            }
            if child.try_wait().unwrap().is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
    panic!(
        "sshd does not start: {}",
        fs::read_to_string(dir.join("sshd.log")).unwrap()
    );
}
