//! `rspconfig` for HMCs: who may log in to them.

use std::fmt;
use std::fs;
use std::path::Path;

use super::line::{Line, Look};
use super::passwords::{Change, User};
use super::rspconfig::Setting;
use super::settings::columns;
use super::{Done, NotDone, Way};
use crate::db::{self, Db};
use crate::hmc::{Points, access};
use crate::remote::{Password, Target, fan_out};

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

/// Tells or sets `setting` of `targets`, which `points` counts; `key` finds our
/// key for one of them. Hands what came of it to `each`.
pub fn configure(
    points: &Points,
    targets: &[Target],
    setting: &Setting,
    way: &Way,
    key: impl Fn(&Target) -> Result<PublicKey, NotDone> + Sync,
    each: impl FnMut(usize, Result<Told, NotDone>),
) {
    let indices: Vec<usize> = (0..targets.len()).collect();
    let work = |index: &usize| {
        let user = targets[*index].user.as_deref().unwrap_or("hscroot");
        let mut hmc = One {
            line: Line::new(points, (*index, &[]), way),
            user,
        };
        match setting {
            Setting::Key => hmc.has(&key(&targets[*index])?).map(Told::Key),
            Setting::SetKey(wanted) => hmc.set_key(&key(&targets[*index])?, *wanted),
            Setting::Password(Change { users, .. }) if *users != [User::Hmc] => {
                Err(NotDone::NotHere(
                    "an HMC has HMC_passwd only, the password of the user that we log in as",
                ))
            }
            Setting::Password(Change { new, .. }) => {
                let change = access::set_password(user, new.reveal());
                let seen = |_: &Look<'_>| Ok("which password it has shows at a login".to_owned());
                hmc.line.send(&change, seen)?;
                Ok(Told::Done(hmc.line.done()))
            }
        }
    };
    fan_out(&indices, way.width, work, each);
}

/// What there is to say of an HMC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Whether our key may log in.
    Key(bool),
    /// What was done.
    Done(Done),
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Told::Key(true) => f.write_str("enabled"),
            Told::Key(false) => f.write_str("disabled"),
            Told::Done(done) => done.fmt(f),
        }
    }
}

/// One HMC.
struct One<'a> {
    line: Line<'a>,
    user: &'a str,
}

impl One<'_> {
    fn has(&self, key: &PublicKey) -> Result<bool, NotDone> {
        match self.line.ask(&access::authorized_keys(self.user)) {
            Ok(lines) => Ok(key.is_in(&lines)),
            Err(error) if access::is_no_keys(&error) => Ok(false),
            Err(error) => Err(NotDone::Hmc(vec![error])),
        }
    }

    fn set_key(&mut self, key: &PublicKey, wanted: bool) -> Result<Told, NotDone> {
        if self.has(key)? == wanted {
            return Ok(Told::Key(wanted));
        }
        let change = match wanted {
            true => access::add_key(&key.0),
            false => access::remove_keys(key.comment().ok_or(NotDone::NoComment)?),
        };
        let user = self.user;
        self.line.send(&change, |look| {
            let lines = look.ask(&access::authorized_keys(user))?;
            let told = Told::Key(key.is_in(&lines));
            Ok(format!("our key is {told}"))
        })?;
        if self.line.is_dry() {
            return Ok(Told::Done(self.line.done()));
        }
        match self.has(key)? == wanted {
            true => Ok(Told::Key(wanted)),
            false => Err(NotDone::NotTaken),
        }
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
