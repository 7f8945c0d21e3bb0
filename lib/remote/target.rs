//! What ssh is to reach, and as whom.

use std::fmt;
use std::net::Ipv6Addr;

use zeroize::Zeroizing;

/// A control point as ssh is to reach it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The node name. Messages use it; ssh does not.
    pub name: String,
    /// The host word given to ssh: an address, a host name, or an alias of the
    /// ssh configuration.
    pub address: String,
    /// The user to log in as. `None` leaves the choice to the ssh configuration.
    pub user: Option<String>,
    /// The password to answer ssh's password prompt with. Keys and agents are
    /// tried before it.
    pub password: Option<Password>,
    /// How many commands may run on this host at once (`site.maxssh`). Keep it
    /// below the server's `MaxSessions`, which is 10 by default.
    pub max_sessions: usize,
}

/// Why a target cannot be handed to ssh.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    /// The address is none that a host can have; ssh could take it for an option.
    #[error(
        "the address {address:?} of {name:?} is not a host name or an IP address: correct its address"
    )]
    Address {
        /// The node.
        name: String,
        /// Its address.
        address: String,
    },
    /// The user name is none that a host can have.
    #[error("the user name {user:?} for {name:?} is not a login name: correct its user name")]
    User {
        /// The node.
        name: String,
        /// The user to log in as.
        user: String,
    },
}

impl Target {
    /// A target reached by its node name, with the user that the ssh
    /// configuration names, no password, and 8 sessions.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Target {
            address: name.clone(),
            name,
            user: None,
            password: None,
            max_sessions: 8,
        }
    }

    /// Whether address and user are what they claim to be. They may come from
    /// the database: a word that begins with `-`, a blank, a control or a shell
    /// character (which a user's `ProxyCommand` would hand to a shell as `%h`
    /// or `%r`) is refused.
    ///
    /// # Errors
    ///
    /// Says which of the two is wrong.
    pub fn check(&self) -> Result<(), BadTarget> {
        if !is_host(&self.address) {
            return Err(BadTarget::Address {
                name: self.name.clone(),
                address: self.address.clone(),
            });
        }
        match &self.user {
            Some(user) if !is_user(user) => Err(BadTarget::User {
                name: self.name.clone(),
                user: user.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// The node name, with the address in parentheses where it differs.
    pub(crate) fn label(&self) -> String {
        if self.name == self.address {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, self.address)
        }
    }
}

fn is_host(word: &str) -> bool {
    let (address, zone) = word.split_once('%').unwrap_or((word, "0"));
    if address.parse::<Ipv6Addr>().is_ok() {
        return !zone.is_empty() && zone.chars().all(|c| c.is_ascii_alphanumeric());
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    word.len() <= 255 && word.starts_with(|c: char| fits(c) && c != '-') && word.chars().all(fits)
}

fn is_user(word: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@');
    word.len() <= 255 && word.starts_with(|c: char| fits(c) && c != '-') && word.chars().all(fits)
}

/// A password. It is wiped from memory when dropped, and nothing prints it:
/// `Debug` shows stars, `Display` does not exist.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the password over.
    pub fn new(text: impl Into<String>) -> Self {
        Password(Zeroizing::new(text.into()))
    }

    /// The password itself, for the one place that hands it on.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(word: &str) -> Result<(), BadTarget> {
        Target::new(word).check()
    }

    fn user(word: &str) -> Result<(), BadTarget> {
        let target = Target {
            user: Some(word.into()),
            ..Target::new("hmc01")
        };
        target.check()
    }

    #[test]
    fn hosts_and_addresses_pass() {
        for word in [
            "hmc01",
            "hmc01.site.example",
            "10.0.0.1",
            "::1",
            "fe80::1%eth0",
            "a_b",
        ] {
            assert_eq!(address(word), Ok(()), "{word}");
        }
    }

    #[test]
    fn what_could_be_an_option_or_reach_a_shell_is_refused() {
        let words = [
            "",
            "-oProxyCommand=id",
            "-",
            "a b",
            "a\nb",
            "a\0",
            "$(id)",
            "`id`",
            "a;b",
            "a|b",
            "a'b",
            "%h",
            "a@b",
            "ssh://a",
            "../a",
            "fe80::1%",
            "fe80::1%a b",
            "é",
        ];
        for word in words {
            assert!(address(word).is_err(), "{word:?}");
        }
    }

    #[test]
    fn users_are_checked_too() {
        assert_eq!(user("hscroot"), Ok(()));
        assert_eq!(user("admin@ad.example"), Ok(()));
        for word in ["", "-l", "a b", "$(id)", "a\n"] {
            assert!(user(word).is_err(), "{word:?}");
        }
    }

    #[test]
    fn a_refused_name_is_shown_on_one_line() {
        let text = address("a\n\u{1b}[2J").unwrap_err().to_string();
        assert!(!text.contains(char::is_control), "{text}");
    }

    #[test]
    fn a_password_is_not_shown() {
        let target = Target {
            password: Some(Password::new("abc123")),
            ..Target::new("hmc01")
        };
        let text = format!("{target:?} {target:#?}");
        assert!(!text.contains("abc123"), "{text}");
    }
}
