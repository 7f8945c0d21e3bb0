//! `rspconfig`: who may log in to HMCs.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use super::settings::columns;
use super::{NotDone, Stop};
use crate::db::{self, Db};
use crate::hmc::ask::Ask;
use crate::hmc::{Points, access};
use crate::remote::{Password, Target, fan_out};

/// What is to be told or set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Whether our key may log in.
    Key,
    /// It may from now on, or not any more.
    SetKey(bool),
    /// The password of the user that we log in as.
    Password {
        /// The one that it has.
        old: Option<Password>,
        /// The one that it gets.
        new: Password,
    },
}

/// The word is no setting of an HMC. The beginnings are xCAT's; a value is not
/// repeated, it may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// There is no such setting.
    #[error(
        "Invalid command: {0}; an HMC has sshcfg, sshcfg=enable|disable and HMC_passwd=OLD,NEW"
    )]
    Unknown(String),
    /// Nothing stands behind the sign.
    #[error("Missing argument: {0}=")]
    Empty(String),
    /// It is neither enable nor disable.
    #[error("Invalid argument '{0}'")]
    Value(String),
    /// There is no value.
    #[error("No argument specified for 'HMC_passwd'")]
    NoPassword,
    /// There is no new password.
    #[error("New password couldn't be empty for user 'HMC': write HMC_passwd=OLD,NEW")]
    NoNewPassword,
}

impl FromStr for Setting {
    type Err = BadSetting;

    fn from_str(word: &str) -> Result<Self, BadSetting> {
        let (name, value) = match word.split_once('=') {
            Some((name, "")) => return Err(BadSetting::Empty(name.to_owned())),
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        match (name, value) {
            ("sshcfg", None) => Ok(Setting::Key),
            ("sshcfg", Some(value)) => match value.to_lowercase().as_str() {
                "enable" => Ok(Setting::SetKey(true)),
                "disable" => Ok(Setting::SetKey(false)),
                _ => Err(BadSetting::Value(value.to_owned())),
            },
            ("HMC_passwd", None) => Err(BadSetting::NoPassword),
            ("HMC_passwd", Some(value)) => match value.split_once(',') {
                Some((_, "")) | None => Err(BadSetting::NoNewPassword),
                Some((old, new)) => Ok(Setting::Password {
                    old: Some(old).filter(|old| !old.is_empty()).map(Password::new),
                    new: Password::new(new),
                }),
            },
            (name, _) => Err(BadSetting::Unknown(name.to_owned())),
        }
    }
}

impl Setting {
    /// The password that the HMC has now, where it was given: to log in with.
    pub fn login(&self) -> Option<&Password> {
        match self {
            Setting::Password { old, .. } => old.as_ref(),
            Setting::Key | Setting::SetKey(_) => None,
        }
    }
}

/// A public key, on one line as OpenSSH writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(String);

impl PublicKey {
    /// Reads the first of these identity files, with `.pub`, that there is: the
    /// key that ssh would log in with. `~` is `home`.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn first(files: &[String], home: &Path) -> Result<Self, NotDone> {
        for file in files {
            let path = match file.strip_prefix("~/") {
                Some(rest) => home.join(rest),
                None => file.into(),
            };
            let mut path = path.into_os_string();
            path.push(".pub");
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let line = text
                .lines()
                .find(|line| line.split_whitespace().count() >= 2);
            if let Some(line) = line {
                return Ok(PublicKey(line.trim().to_owned()));
            }
        }
        Err(NotDone::NoKey(files.join(".pub, ") + ".pub"))
    }

    fn is_in(&self, lines: &[String]) -> bool {
        let own = self.0.split_whitespace().nth(1);
        let words = lines.iter().flat_map(|line| line.split_whitespace());
        own.is_some_and(|own| words.into_iter().any(|word| word == own))
    }

    fn comment(&self) -> Option<&str> {
        let mut parts = self.0.splitn(3, char::is_whitespace);
        parts
            .nth(2)
            .map(str::trim)
            .filter(|comment| !comment.is_empty())
    }
}

/// How a setting is told or set.
#[derive(Debug, Clone, Default)]
pub struct Configuring {
    /// HMCs worked on at the same time.
    pub width: usize,
    /// Only says what would be sent.
    pub dry_run: bool,
    /// Ends the work early.
    pub stop: Stop,
}

/// Tells or sets `setting` of `targets`, which `points` counts; `key` finds our
/// key for one of them. Hands what came of it to `each`.
pub fn configure(
    points: &Points,
    targets: &[Target],
    setting: &Setting,
    how: &Configuring,
    key: impl Fn(&Target) -> Result<PublicKey, NotDone> + Sync,
    each: impl FnMut(usize, Result<String, NotDone>),
) {
    let indices: Vec<usize> = (0..targets.len()).collect();
    let work = |index: &usize| {
        let hmc = One {
            points,
            index: *index,
            how,
        };
        let user = targets[*index].user.as_deref().unwrap_or("hscroot");
        match setting {
            Setting::Key => hmc.has(&key(&targets[*index])?, user).map(word),
            Setting::SetKey(wanted) => hmc.set_key(&key(&targets[*index])?, user, *wanted),
            Setting::Password { new, .. } => {
                let change = access::set_password(user, new.reveal());
                hmc.send(&change)
                    .map(|told| told.unwrap_or_else(|| "Success".to_owned()))
            }
        }
    };
    fan_out(&indices, how.width, work, each);
}

fn word(enabled: bool) -> String {
    (if enabled { "enabled" } else { "disabled" }).to_owned()
}

/// One HMC.
struct One<'a> {
    points: &'a Points<'a>,
    index: usize,
    how: &'a Configuring,
}

impl One<'_> {
    fn has(&self, key: &PublicKey, user: &str) -> Result<bool, NotDone> {
        match self
            .points
            .ask_one(self.index, &access::authorized_keys(user))
        {
            Ok(lines) => Ok(key.is_in(&lines)),
            Err(error) if access::is_no_keys(&error) => Ok(false),
            Err(error) => Err(NotDone::Hmc(vec![error])),
        }
    }

    fn set_key(&self, key: &PublicKey, user: &str, wanted: bool) -> Result<String, NotDone> {
        if self.has(key, user)? == wanted {
            return Ok(word(wanted));
        }
        let change = match wanted {
            true => access::add_key(&key.0),
            false => access::remove_keys(key.comment().ok_or(NotDone::NoComment)?),
        };
        if let Some(told) = self.send(&change)? {
            return Ok(told);
        }
        match self.has(key, user)? == wanted {
            true => Ok(word(wanted)),
            false => Err(NotDone::NotTaken),
        }
    }

    /// Sends a change; in a dry run gives what would be sent.
    fn send(&self, change: &Ask<()>) -> Result<Option<String>, NotDone> {
        if self.how.dry_run {
            let hmc = &self.points.target(self.index).name;
            return Ok(Some(format!("{hmc} would be sent: {}", change.command)));
        }
        if self.how.stop.is_set() {
            return Err(NotDone::Interrupted);
        }
        let sent = self.points.ask_one(self.index, change).map(|()| None);
        sent.map_err(|error| match error.is_unclear() {
            true => NotDone::Unclear {
                now: Ok("log in to find out".to_owned()),
                error: Box::new(error),
            },
            false => NotDone::Hmc(vec![error]),
        })
    }
}

/// Writes the new password of HMCs and the user that it belongs to into the
/// table ppchcp, in one transaction.
///
/// # Errors
/// The database cannot be written: then nothing has changed.
pub fn remember(db: &mut Db, hmcs: &[Target], new: &Password) -> Result<(), db::Error> {
    let names = ["hcp", "username", "password"];
    let Some((ppchcp, [hcp, username, password])) = columns("ppchcp", names) else {
        return Ok(());
    };
    let change = db.change()?;
    for hmc in hmcs {
        let values = [
            (username, hmc.user.as_deref()),
            (password, Some(new.reveal())),
        ];
        change.set(ppchcp, &[(hcp, &hmc.name)], &values)?;
    }
    change.commit().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_passwords_are_not_repeated() {
        let read = |word: &str| word.parse::<Setting>();
        assert_eq!(read("sshcfg"), Ok(Setting::Key));
        assert_eq!(read("sshcfg=Enable"), Ok(Setting::SetKey(true)));
        let both = Setting::Password {
            old: Some(Password::new("abc123")),
            new: Password::new("a,b"),
        };
        assert_eq!(read("HMC_passwd=abc123,a,b"), Ok(both));
        for word in [
            "HMC_passwd=secret",
            "HMC_passwd=secret,",
            "HMC_passwd",
            "Hmc_passwd=secret,secret",
        ] {
            let text = read(word).unwrap_err().to_string();
            assert!(!text.contains("secret"), "{text}");
        }
        assert!(read("sshcfg=maybe").is_err() && read("sshcfg=").is_err());
    }

    #[test]
    fn a_key_is_known_by_its_second_word() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b.pub"), "ssh-ed25519 AAAA me@mn here\n").unwrap();
        let files = ["~/a".to_owned(), "~/b".to_owned()];
        let key = PublicKey::first(&files, folder.path()).unwrap();
        assert!(key.is_in(&["no-pty ssh-ed25519 AAAA other".to_owned()]));
        assert!(!key.is_in(&["ssh-ed25519 BBBB me@mn here".to_owned()]));
        assert_eq!(key.comment(), Some("me@mn here"));
        let none = PublicKey::first(&files[..1], folder.path())
            .unwrap_err()
            .to_string();
        assert!(
            none.starts_with("there is no public key (~/a.pub)"),
            "{none}"
        );
    }
}
