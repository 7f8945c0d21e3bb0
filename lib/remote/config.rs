//! What the user's ssh configuration makes of a target, as `ssh -G` tells it.

use std::time::{Instant, SystemTime};

use super::classify::last_words;
use super::memo::{self, Memo};
use super::outcome::Failure;
use super::process::{self, Cut, Tie};
use super::settings::Settings;
use super::target::Target;

/// A host as the ssh configuration resolves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Resolved {
    /// The user to log in as.
    pub user: String,
    /// The host name or address to connect to.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// The name under which the host key is known, where it is not the host's.
    pub alias: Option<String>,
    /// Jump hosts or a proxy command on the way.
    pub route: Option<String>,
    /// The user wants unknown host keys refused.
    pub strict: bool,
    /// The user has set a ServerAliveInterval.
    pub keeps_alive: bool,
    /// The user's ConnectTimeout, in seconds.
    pub connect_timeout: Option<u64>,
    /// The file to which new host keys are added.
    pub known_hosts: Option<String>,
    /// The files of the keys to log in with, in their order.
    pub identities: Vec<String>,
}

impl Resolved {
    /// Reads the answer of `ssh -G`: a keyword and its value on each line.
    /// `None` if user, host or port are missing.
    pub fn parse(text: &str) -> Option<Self> {
        let mut resolved = Resolved::default();
        for line in text.lines() {
            let (keyword, value) = line.split_once(' ').unwrap_or((line, ""));
            let value = value.trim();
            let some = || Some(value.to_owned()).filter(|value| value != "none");
            match keyword {
                "user" => resolved.user = value.to_owned(),
                "hostname" => resolved.host = value.to_owned(),
                "port" => resolved.port = value.parse().ok()?,
                "hostkeyalias" => resolved.alias = some(),
                "proxyjump" | "proxycommand" => resolved.route = some(),
                "stricthostkeychecking" => resolved.strict = matches!(value, "yes" | "true"),
                "serveraliveinterval" => resolved.keeps_alive = value != "0",
                "connecttimeout" => resolved.connect_timeout = value.parse().ok(),
                "identityfile" => resolved.identities.extend(some()),
                "userknownhostsfile" => {
                    resolved.known_hosts = value.split(' ').next().map(str::to_owned);
                }
                _ => {}
            }
        }
        let complete = !resolved.user.is_empty() && !resolved.host.is_empty() && resolved.port != 0;
        complete.then_some(resolved)
    }

    /// What makes a connection this one and no other: two names for one host
    /// share a master, one name that the configuration sends elsewhere does not.
    pub fn identity(&self) -> String {
        let route = self.route.as_deref().unwrap_or("");
        let alias = self.alias.as_deref().unwrap_or("");
        format!(
            "{}\n{}\n{}\n{alias}\n{route}",
            self.user, self.host, self.port
        )
    }

    /// The host as known_hosts writes it.
    pub fn known_as(&self) -> String {
        match (&self.alias, self.port) {
            (Some(alias), _) => alias.clone(),
            (None, 22) => self.host.clone(),
            (None, port) => format!("[{}]:{port}", self.host),
        }
    }
}

/// The configuration's view of a target.
pub(super) fn resolve(
    settings: &Settings,
    target: &Target,
    memo: &Memo,
    deadline: Instant,
) -> Result<Resolved, Failure> {
    if let Some(resolved) = memo.recall().and_then(|text| Resolved::parse(&text)) {
        return Ok(resolved);
    }
    let asked = SystemTime::now();
    let host = target.label();
    let mut command = settings.ssh();
    command.args(["-v", "-G", "-o", memo::ASK_HOME]);
    settings.host(&mut command, target);
    let reason = match process::run(&mut command, Tie::None, deadline, None) {
        Ok(ended) if ended.success => match Resolved::parse(&ended.stdout) {
            Some(resolved) => {
                memo.keep(&ended.stdout, &ended.stderr, asked);
                return Ok(resolved);
            }
            None => "ssh -G does not name user, host and port".to_owned(),
        },
        Ok(ended) => last_words(&ended.stderr),
        Err(Cut::Late) => "reading the ssh configuration (ssh -G) took too long".to_owned(),
        Err(Cut::Failed(error)) => format!(
            "{}: {error}; is the OpenSSH client installed?",
            settings.ssh_program.display()
        ),
        Err(Cut::TooMuch | Cut::AskedAgain) => "ssh -G does not end".to_owned(),
    };
    Err(Failure::Client { host, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "host hmc01\nuser hscroot\nhostname 10.0.0.1\nport 2222\n\
        serveraliveinterval 0\nstricthostkeychecking ask\nconnecttimeout none\n\
        userknownhostsfile /home/a/.ssh/known_hosts /home/a/.ssh/known_hosts2\n";

    #[test]
    fn the_answer_of_ssh_is_read() {
        let resolved = Resolved::parse(TEXT).unwrap();
        let expected = Resolved {
            user: "hscroot".into(),
            host: "10.0.0.1".into(),
            port: 2222,
            known_hosts: Some("/home/a/.ssh/known_hosts".into()),
            ..Resolved::default()
        };
        assert_eq!(resolved, expected);
        assert_eq!(resolved.known_as(), "[10.0.0.1]:2222");
    }

    #[test]
    fn what_the_user_has_set_is_seen() {
        let text = TEXT
            .replace("interval 0", "interval 5")
            .replace("ask", "true")
            .replace(
                "connecttimeout none",
                "connecttimeout 3\nproxyjump bastion\nhostkeyalias hmc",
            );
        let resolved = Resolved::parse(&text).unwrap();
        assert!(resolved.keeps_alive && resolved.strict);
        assert_eq!(resolved.connect_timeout, Some(3));
        assert_eq!(resolved.route.as_deref(), Some("bastion"));
        assert_eq!(resolved.known_as(), "hmc");
    }

    #[test]
    fn each_part_of_the_way_makes_another_connection() {
        let base = Resolved::parse(TEXT).unwrap();
        for (from, to) in [
            ("hscroot", "root"),
            ("10.0.0.1", "10.0.0.2"),
            ("2222", "22"),
            ("ask", "ask\nproxyjump b"),
            ("ask", "ask\nhostkeyalias b"),
        ] {
            let other = Resolved::parse(&TEXT.replace(from, to)).unwrap();
            assert_ne!(base.identity(), other.identity(), "{to}");
        }
    }

    #[test]
    fn no_answer_is_no_host() {
        assert_eq!(Resolved::parse(""), None);
        assert_eq!(Resolved::parse("user a\nhostname b\nport x\n"), None);
    }
}
