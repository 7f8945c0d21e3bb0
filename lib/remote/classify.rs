//! What a failed login was about, from the texts of the ssh client (C locale).

use std::time::Duration;

use super::config::Resolved;
use super::outcome::{Failure, Phase};

/// What is known of a login that failed.
#[derive(Debug)]
pub(super) struct Login<'a> {
    /// The host's label for messages.
    pub host: &'a str,
    /// The host as the configuration resolves it.
    pub resolved: &'a Resolved,
    /// Whether there is a stored password.
    pub stored: bool,
    /// Whether the server asked for it and got it.
    pub answered: bool,
    /// A prompt that was not answered.
    pub refused: Option<&'a str>,
    /// How long the login was allowed to take.
    pub connect: Duration,
}

impl Login<'_> {
    /// The failure that `stderr` tells of.
    pub fn failure(&self, stderr: &str) -> Failure {
        let has = |text: &str| stderr.contains(text);
        let host = self.host.to_owned();
        let reason = last_words(stderr);
        if let Some(reason) = self.distrust(stderr) {
            return Failure::Untrusted { host, reason };
        }
        if has("Permission denied (") || has("Too many authentication failures") {
            return self.unauthorised(&reason);
        }
        if has(" timed out") {
            let (phase, after) = (Phase::Login, self.connect);
            return Failure::TimedOut { host, phase, after };
        }
        let ours = [
            "unix_listener:",
            "onfiguration option",
            "Bad owner or permissions on ",
            "Can't open user config file",
            "command-line line ",
        ];
        if ours.iter().any(|text| has(text)) {
            return Failure::Client { host, reason };
        }
        let reason = if has("Unable to negotiate") {
            format!("{reason}; allow what it offers for this host in the ssh configuration")
        } else {
            reason
        };
        Failure::Unreachable { host, reason }
    }

    /// The refusal of a login, `words` being ssh's.
    pub fn unauthorised(&self, words: &str) -> Failure {
        let reason = if self.answered {
            format!(
                "the stored password was refused, and no key was accepted; \
                 correct the password or load a key into the agent ({words})"
            )
        } else if let Some(prompt) = self.refused {
            format!("it asked {prompt:?}, which no stored password answers ({words})")
        } else if self.stored {
            format!("no key was accepted, and it did not ask for the stored password ({words})")
        } else {
            format!(
                "no key was accepted and no password is stored; \
                 load a key into the agent or store a password ({words})"
            )
        };
        Failure::Unauthorised {
            host: self.host.to_owned(),
            user: self.resolved.user.clone(),
            reason,
        }
    }

    fn distrust(&self, stderr: &str) -> Option<String> {
        let known_as = self.resolved.known_as();
        let file = offending_file(stderr).or(self.resolved.known_hosts.as_deref());
        let file = file.unwrap_or("~/.ssh/known_hosts");
        if stderr.contains("REMOTE HOST IDENTIFICATION HAS CHANGED") {
            Some(format!(
                "its host key has changed, or another machine answers in its place; \
                 if the change is known, run: ssh-keygen -f '{file}' -R '{known_as}'"
            ))
        } else if stderr.contains("REVOKED HOST KEY") {
            Some("its host key is marked as revoked".to_owned())
        } else if stderr.contains("host key is known for ") {
            Some(format!(
                "its host key is unknown, and the ssh configuration wants unknown keys refused; \
                 add the key of '{known_as}' to '{file}'"
            ))
        } else if stderr.contains("Host key verification failed") {
            Some(format!(
                "its host key could not be verified ({})",
                last_words(stderr)
            ))
        } else {
            None
        }
    }
}

/// The file in `Offending ED25519 key in /home/a/.ssh/known_hosts:3`.
fn offending_file(stderr: &str) -> Option<&str> {
    let line = stderr.lines().find(|line| line.starts_with("Offending "))?;
    let (_, place) = line.split_once(" key in ")?;
    Some(place.rsplit_once(':')?.0)
}

/// The last line in which ssh says something about the failure, fit to be
/// printed: no control characters, no prefix.
pub(super) fn last_words(stderr: &str) -> String {
    let noise = ["Warning: ", "debug", "@@@@"];
    let line = stderr
        .lines()
        .map(str::trim)
        .rfind(|line| !line.is_empty() && !noise.iter().any(|start| line.starts_with(start)));
    let line = line.unwrap_or("ssh failed without saying why");
    let line = line.strip_prefix("ssh: ").unwrap_or(line);
    line.chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved() -> Resolved {
        Resolved {
            user: "hscroot".into(),
            host: "10.0.0.1".into(),
            port: 22,
            ..Resolved::default()
        }
    }

    fn failure(stderr: &str) -> Failure {
        let resolved = resolved();
        let login = Login {
            host: "hmc01",
            resolved: &resolved,
            stored: false,
            answered: false,
            refused: None,
            connect: Duration::from_secs(10),
        };
        login.failure(stderr)
    }

    /// Texts of OpenSSH 9.2.
    #[test]
    fn unreachable_hosts() {
        let cases = [
            (
                "ssh: connect to host 127.0.0.1 port 22099: Connection refused\r\n",
                "connect to host 127.0.0.1 port 22099: Connection refused",
            ),
            (
                "ssh: Could not resolve hostname nosuchhmc.invalid: Name or service not known\r\n",
                "Could not resolve hostname nosuchhmc.invalid: Name or service not known",
            ),
            (
                "kex_exchange_identification: Connection closed by remote host\r\n\
                 Connection closed by 127.0.0.1 port 22023\r\n",
                "Connection closed by 127.0.0.1 port 22023",
            ),
            (
                "Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa\r\n",
                "Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa; \
                 allow what it offers for this host in the ssh configuration",
            ),
            ("", "ssh failed without saying why"),
        ];
        for (stderr, expected) in cases {
            match failure(stderr) {
                Failure::Unreachable { reason, .. } => assert_eq!(reason, expected),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_changed_key_names_the_repair() {
        let stderr = "@@@@@@@@@@@\r\n\
            @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n\
            Offending ED25519 key in /home/a/.ssh/known_hosts:3\r\n\
            Host key verification failed.\r\n";
        let text = failure(stderr).to_string();
        assert!(matches!(failure(stderr), Failure::Untrusted { .. }));
        assert!(
            text.ends_with("ssh-keygen -f '/home/a/.ssh/known_hosts' -R '10.0.0.1'"),
            "{text}"
        );
    }

    #[test]
    fn an_unknown_key_under_strict_checking() {
        let stderr = "No ED25519 host key is known for [127.0.0.1]:22022 and you have requested strict checking.\r\n\
            Host key verification failed.\r\n";
        assert!(matches!(failure(stderr), Failure::Untrusted { .. }));
    }

    #[test]
    fn refused_logins() {
        let stderr =
            "root@127.0.0.1: Permission denied (publickey,password,keyboard-interactive).\r\n";
        let text = failure(stderr).to_string();
        assert_eq!(
            text,
            "hmc01 refused the login of hscroot: no key was accepted and no password is stored; \
             load a key into the agent or store a password \
             (root@127.0.0.1: Permission denied (publickey,password,keyboard-interactive).)"
        );
    }

    #[test]
    fn timeouts_and_local_faults() {
        let late = "Connection timed out during banner exchange\r\nConnection to 127.0.0.1 port 22023 timed out\r\n";
        assert!(matches!(
            failure(late),
            Failure::TimedOut {
                phase: Phase::Login,
                ..
            }
        ));
        for local in [
            "/home/a/.ssh/config: line 3: Bad configuration option: foo\r\n/home/a/.ssh/config: terminating, 1 bad configuration options\r\n",
            "Bad owner or permissions on /home/a/.ssh/config\r\n",
            "unix_listener: cannot bind to path /x/m1.XHWddEcD1XmEwfMZ: No such file or directory\r\n",
            "Can't open user config file /x: No such file or directory\r\n",
        ] {
            assert!(matches!(failure(local), Failure::Client { .. }), "{local}");
        }
    }

    #[test]
    fn what_the_other_side_says_is_made_harmless() {
        let text = last_words(&format!("\u{1b}[2Jbanner{}\n", "x".repeat(1000)));
        assert!(!text.contains('\u{1b}') && text.len() == 300);
    }
}
