//! What `rspconfig` is asked for.

use std::str::FromStr;

use super::definitions;
use super::passwords::{Change, User};
use super::settings::{self, Reach, Settings};
use super::{Hardware, NotDone};
use crate::db::Snapshot;
use crate::remote::Password;

/// What is to be told or set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Whether our key may log in to an HMC.
    Key,
    /// It may from now on, or not any more.
    SetKey(bool),
    /// Passwords of the service processor of a system, or of the controller of
    /// a frame. [`User::Hmc`] is also the user that we log in to an HMC as.
    Password(Change),
}

/// The word is no setting. The beginnings are xCAT's; a value is not repeated,
/// it may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// Nothing is to be done.
    #[error("No command specified")]
    Nothing,
    /// There is no such setting.
    #[error(
        "Invalid command: {0}; an HMC has sshcfg, sshcfg=enable|disable and HMC_passwd=OLD,NEW, \
         a system or frame HMC_passwd=, admin_passwd=, general_passwd= and *_passwd="
    )]
    Unknown(String),
    /// A setting is given twice.
    #[error("Command multiple times: {0}")]
    Twice(String),
    /// Nothing stands behind the sign.
    #[error("Missing argument: {0}=")]
    Empty(String),
    /// It is neither enable nor disable.
    #[error("Invalid argument '{0}'")]
    Value(String),
    /// There is no value.
    #[error("No argument specified for '{0}'")]
    NoPassword(String),
    /// There is no new password.
    #[error("New password couldn't be empty for user '{user}': write {user}_passwd=OLD,NEW")]
    NoNewPassword {
        /// Whose it would be.
        user: String,
    },
    /// Several things are to be done to an HMC.
    #[error("an HMC takes one setting at a time")]
    Several,
    /// `HMC_passwd` means two things.
    #[error("{hmc} is an HMC and {other} is not: set their passwords one after the other")]
    Mixed {
        /// An HMC.
        hmc: String,
        /// What is none.
        other: String,
    },
}

/// Why nothing is told or set.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for is not possible.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// The definitions cannot be used.
    #[error(transparent)]
    Site(#[from] settings::Error),
}

/// Reads the words of a command line. `secret` is asked for the value of a
/// password for which a dash stands: `HMC_passwd=-`.
///
/// # Errors
/// There is none, one is no setting, or one stands there twice; or `secret`
/// failed.
pub fn parse<E: From<Error>>(
    words: &[String],
    secret: impl Fn(&str) -> Result<String, E>,
) -> Result<Vec<Setting>, E> {
    let bad = |bad: BadSetting| E::from(bad.into());
    if words.is_empty() {
        return Err(bad(BadSetting::Nothing));
    }
    let mut names: Vec<&str> = Vec::new();
    let mut settings = Vec::new();
    for word in words {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        if names.contains(&name) {
            return Err(bad(BadSetting::Twice(name.to_owned())));
        }
        names.push(name);
        let setting = match name.ends_with("_passwd") && value == "-" {
            true => format!("{name}={}", secret(&format!("{name} (OLD,NEW): "))?).parse(),
            false => word.parse(),
        };
        settings.push(setting.map_err(bad)?);
    }
    Ok(settings)
}

impl FromStr for Setting {
    type Err = BadSetting;

    fn from_str(word: &str) -> Result<Self, BadSetting> {
        let (name, value) = match word.split_once('=') {
            Some((name, "")) => return Err(BadSetting::Empty(name.to_owned())),
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        match (name, name.strip_suffix("_passwd"), value) {
            ("sshcfg", _, None) => Ok(Setting::Key),
            ("sshcfg", _, Some(value)) => match value.to_lowercase().as_str() {
                "enable" => Ok(Setting::SetKey(true)),
                "disable" => Ok(Setting::SetKey(false)),
                _ => Err(BadSetting::Value(value.to_owned())),
            },
            (name, Some(user), value) => password(user, name, value).map(Setting::Password),
            (name, None, _) => Err(BadSetting::Unknown(name.to_owned())),
        }
    }
}

fn password(user: &str, name: &str, value: Option<&str>) -> Result<Change, BadSetting> {
    let users = User::ALL.into_iter();
    let users: Vec<_> = users
        .filter(|known| user == "*" || user == known.name())
        .collect();
    if users.is_empty() {
        return Err(BadSetting::Unknown(name.to_owned()));
    }
    let value = value.ok_or_else(|| BadSetting::NoPassword(name.to_owned()))?;
    match value.split_once(',') {
        Some((_, "")) | None => Err(BadSetting::NoNewPassword {
            user: user.to_owned(),
        }),
        Some((old, new)) => Ok(Change {
            users,
            old: Some(old).filter(|old| !old.is_empty()).map(Password::new),
            new: Password::new(new),
        }),
    }
}

impl Setting {
    /// The password that the user has now, where it was given.
    fn login(&self) -> Option<&Password> {
        match self {
            Setting::Password(change) => change.old.as_ref(),
            Setting::Key | Setting::SetKey(_) => None,
        }
    }
}

/// Whom the settings are for, and who they are not for.
#[derive(Debug)]
pub enum Meant<'s> {
    /// HMCs.
    Hmcs {
        /// The HMCs, which are logged in to with the password that was given.
        reach: Reach,
        /// What is to be told or set.
        setting: &'s Setting,
        /// The other nodes.
        others: Vec<(String, NotDone)>,
    },
    /// What HMCs manage.
    Machines(Hardware, Vec<Change>),
}

/// Reads the definitions of the nodes that the settings are for.
///
/// # Errors
/// The settings are not for these nodes, the database cannot be read, or the
/// site table cannot be used.
pub fn gather<'s>(
    snapshot: &Snapshot<'_>,
    names: &[String],
    wanted: &'s [Setting],
) -> Result<Meant<'s>, Error> {
    let (hmcs, others) = definitions::hmcs(snapshot, names).map_err(settings::Error::from)?;
    let changes = wanted.iter().filter_map(|setting| match setting {
        Setting::Password(change) => Some(change.clone()),
        Setting::Key | Setting::SetKey(_) => None,
    });
    let changes: Vec<_> = changes.collect();
    if let (Some((other, _)), true) = (others.first(), changes.len() == wanted.len()) {
        return match hmcs.first() {
            None => Ok(Meant::Machines(Hardware::read(snapshot, names)?, changes)),
            Some(hmc) => Err(Error::Setting(BadSetting::Mixed {
                hmc: hmc.clone(),
                other: other.clone(),
            })),
        };
    }
    let [setting] = wanted else {
        return Err(Error::Setting(BadSetting::Several));
    };
    let site = Settings::read(snapshot)?;
    let mut targets = settings::targets(snapshot, &hmcs, &site).map_err(settings::Error::from)?;
    if let Some(password) = setting.login() {
        for hmc in &mut targets {
            hmc.password = Some(password.clone());
        }
    }
    let refused = |(node, hwtype)| (node, NotDone::NodeType(hwtype));
    Ok(Meant::Hmcs {
        reach: Reach {
            hmcs: targets,
            settings: site,
        },
        setting,
        others: others.into_iter().map(refused).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_passwords_are_not_repeated() {
        let read = |word: &str| word.parse::<Setting>();
        assert_eq!(read("sshcfg"), Ok(Setting::Key));
        assert_eq!(read("sshcfg=Enable"), Ok(Setting::SetKey(true)));
        let change = |users: &[User], old: Option<&str>, new: &str| {
            Ok(Setting::Password(Change {
                users: users.to_vec(),
                old: old.map(Password::new),
                new: Password::new(new),
            }))
        };
        let both = change(&[User::Hmc], Some("abc123"), "a,b");
        assert_eq!(read("HMC_passwd=abc123,a,b"), both);
        assert_eq!(
            read("general_passwd=,x"),
            change(&[User::General], None, "x")
        );
        assert_eq!(read("*_passwd=a,b"), change(&User::ALL, Some("a"), "b"));
        for word in [
            "HMC_passwd=secret",
            "admin_passwd=secret,",
            "*_passwd",
            "Hmc_passwd=secret,secret",
            "_passwd=secret,secret",
        ] {
            let text = read(word).unwrap_err().to_string();
            assert!(!text.contains("secret"), "{text}");
        }
        assert!(read("sshcfg=maybe").is_err() && read("sshcfg=").is_err());
        let twice = ["admin_passwd=a,b", "admin_passwd=secret,c"].map(str::to_owned);
        let text = parse::<Error>(&twice, |_| Ok(String::new())).unwrap_err();
        assert_eq!(text.to_string(), "Command multiple times: admin_passwd");
    }

    #[test]
    fn a_dash_is_asked_for() {
        let ask = |words: [&str; 2]| {
            let words = words.map(str::to_owned);
            parse::<Error>(&words, |prompt| Ok(format!("{},b", prompt.len())))
        };
        let read = |words: [&str; 2]| -> Vec<Setting> {
            words.iter().map(|word| word.parse().unwrap()).collect()
        };
        assert_eq!(
            ask(["HMC_passwd=-", "*_passwd=-,x"]).unwrap(),
            read(["HMC_passwd=22,b", "*_passwd=-,x"])
        );
        assert!(ask(["sshcfg=-", "sshcfg"]).is_err());
    }
}
