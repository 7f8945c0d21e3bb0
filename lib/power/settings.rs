//! What the site and its tables of logins say about work through HMCs.

use std::collections::HashMap;
use std::time::Duration;

use crate::db::{self, Names, Place, Reading, Rows, Snapshot};
use crate::hmc::Points;
use crate::hmc::connection::Bounds;
use crate::remote::{BadPersist, Limits, OpenSsh, Password, Persist, Target};
use crate::schema::{Table, table};

/// Why the definitions cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// `controlpersist` in the site table is no time.
    #[error("controlpersist in the site table: {0}")]
    Persist(#[from] BadPersist),
    /// A value of the site table is none that it can have.
    #[error(
        "{key} in the site table is {value:?}, which is no number; correct it with chdef -t site clustersite {key}="
    )]
    Setting {
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
    },
}

/// What the site table says about work through HMCs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// `ppctimeout`: seconds for one command, 60 if 0 or not set.
    pub limits: Limits,
    /// `ppcretry`: how often a connection is tried.
    pub tries: u32,
    /// `ppcmaxp`: HMCs worked on at the same time.
    pub width: usize,
    /// `maxssh`: sessions on one HMC at the same time.
    pub sessions: usize,
    /// `powerinterval`: the pause between two partitions switched on.
    pub interval: Duration,
    /// `controlpersist`: how long connections are kept.
    pub persist: Persist,
}

/// What an HMC may answer, in bytes. All attributes of 1,000 partitions are not
/// a tenth of it.
const MOST_OUTPUT: usize = 8 << 20;

impl From<Settings> for Bounds {
    fn from(settings: Settings) -> Self {
        Bounds {
            limits: settings.limits,
            tries: settings.tries,
            width: settings.width,
        }
    }
}

impl Settings {
    /// Reads the site table.
    ///
    /// # Errors
    /// A value is no number, or the database cannot be read.
    pub fn read(snapshot: &Snapshot<'_>) -> Result<Self, Error> {
        let base = Limits::default();
        let deadline = match number(snapshot, "ppctimeout", 0)? {
            0 => base.deadline,
            seconds => Duration::from_secs(seconds),
        };
        let count = |key, default| number(snapshot, key, default).map(|count| count.clamp(1, 4096));
        Ok(Settings {
            limits: Limits {
                connect: base.connect.min(deadline),
                deadline,
                output: MOST_OUTPUT,
            },
            tries: count("ppcretry", 3)?.try_into().unwrap_or(u32::MAX),
            width: count("ppcmaxp", 64)?.try_into().unwrap_or(usize::MAX),
            sessions: count("maxssh", 8)?.try_into().unwrap_or(usize::MAX),
            interval: Duration::from_secs(number(snapshot, "powerinterval", 0)?),
            persist: match text(snapshot, "controlpersist")? {
                Some(text) => text.parse()?,
                None => Persist::default(),
            },
        })
    }
}

fn number(snapshot: &Snapshot<'_>, key: &'static str, default: u64) -> Result<u64, Error> {
    match text(snapshot, key)? {
        None => Ok(default),
        Some(value) => value.parse().map_err(|_| Error::Setting { key, value }),
    }
}

fn text(snapshot: &Snapshot<'_>, key: &str) -> Result<Option<String>, db::Error> {
    let Some((site, [name, value])) = columns("site", ["key", "value"]) else {
        return Ok(None);
    };
    let value = snapshot.value(site, value, &[(name, key)])?;
    Ok(value
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty()))
}

/// A table with the positions of some of its columns.
pub(super) fn columns<const N: usize>(
    name: &str,
    names: [&str; N],
) -> Option<(&'static Table, [usize; N])> {
    let table = table(name)?;
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        *place = table.position(name)?;
    }
    Some((table, places))
}

/// HMCs with how they are reached.
#[derive(Debug)]
pub struct Reach {
    /// The HMCs.
    pub hmcs: Vec<Target>,
    /// What the site says about work with them.
    pub settings: Settings,
}

impl Reach {
    /// Hands the HMCs to `work`, none of them tried yet.
    pub fn reach<R>(&self, ssh: &OpenSsh, work: impl FnOnce(&Points<'_>) -> R) -> R {
        super::hardware::reach(ssh, &self.hmcs, &self.settings, None, work)
    }
}

/// Makes targets of HMCs, in the order of `names`: reached by their names, so
/// that `/etc/hosts` and the ssh configuration count, as the user of `ppchcp`,
/// else of `passwd` with key `hmc`, else `hscroot`.
///
/// # Errors
/// The database cannot be read.
pub fn targets(
    snapshot: &Snapshot<'_>,
    names: &[String],
    settings: &Settings,
) -> Result<Vec<Target>, db::Error> {
    logging_in(snapshot, names, settings, &HMC)
}

/// The same for chassis managers: as the user of `mpa`, else of `passwd` with
/// key `blade`, else `USERID`.
///
/// # Errors
/// The database cannot be read.
pub fn chassis_targets(
    snapshot: &Snapshot<'_>,
    names: &[String],
    settings: &Settings,
) -> Result<Vec<Target>, db::Error> {
    logging_in(snapshot, names, settings, &CHASSIS)
}

/// Where the logins of a kind of control points stand.
struct Logins {
    table: &'static str,
    /// The key of the table passwd.
    key: &'static str,
    /// Who logs in where nobody is named.
    user: &'static str,
}

const HMC: Logins = Logins {
    table: "ppchcp",
    key: "hmc",
    user: "hscroot",
};

const CHASSIS: Logins = Logins {
    table: "mpa",
    key: "blade",
    user: "USERID",
};

fn logging_in(
    snapshot: &Snapshot<'_>,
    names: &[String],
    settings: &Settings,
    logins: &Logins,
) -> Result<Vec<Target>, db::Error> {
    let defaults = default_logins(snapshot, logins.key)?;
    let mut own = own_logins(snapshot, names, logins.table)?;
    let target = |name: &String| {
        let (user, password) = own.remove(name).unwrap_or_default();
        let fallback = defaults
            .iter()
            .find(|(known, _)| user.as_ref().is_none_or(|user| user == known));
        let user = user.or_else(|| fallback.map(|(user, _)| user.clone()));
        let password = password.or_else(|| fallback.and_then(|(_, password)| password.clone()));
        Target {
            user: Some(user.unwrap_or_else(|| logins.user.to_owned())),
            password: password.map(Password::new),
            max_sessions: settings.sessions,
            ..Target::new(name.clone())
        }
    };
    Ok(names.iter().map(target).collect())
}

type Login = (Option<String>, Option<String>);

fn own_logins(
    snapshot: &Snapshot<'_>,
    names: &[String],
    table: &str,
) -> Result<HashMap<String, Login>, db::Error> {
    let mut logins = HashMap::new();
    let Some((table, at)) = columns(table, ["username", "password"]) else {
        return Ok(logins);
    };
    let places: Vec<_> = at
        .iter()
        .filter_map(|column| Place::of_node(table, *column))
        .collect();
    snapshot.node_values(Names::These(names), &places, Reading::Inherited, |row| {
        let value = |place| row.get(place).map(|value| value.text.into_owned());
        logins.insert(row.name.to_owned(), (value(0), value(1)));
        Ok::<_, db::Error>(())
    })?;
    Ok(logins)
}

/// The rows of `passwd` with this key: user and password.
fn default_logins(
    snapshot: &Snapshot<'_>,
    of: &str,
) -> Result<Vec<(String, Option<String>)>, db::Error> {
    let mut logins = Vec::new();
    let names = ["key", "username", "password", "disable"];
    let Some((passwd, [key, user, password, disable])) = columns("passwd", names) else {
        return Ok(logins);
    };
    snapshot.rows(
        passwd,
        &[user, password, disable],
        Rows::Where(&[(key, of)]),
        |row| {
            let text = |at| {
                row.get(at)
                    .filter(|text: &&str| !text.is_empty())
                    .map(str::to_owned)
            };
            if let (Some(user), true) = (text(0), db::is_enabled(row.get(2))) {
                logins.push((user, text(1)));
            }
            Ok::<_, db::Error>(())
        },
    )?;
    Ok(logins)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::db::Db;

    pub(in crate::power) fn db() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(folder.path()).unwrap();
        (folder, db)
    }

    pub(in crate::power) fn set(db: &mut Db, table_name: &str, rows: &[&[(&str, &str)]]) {
        let table = table(table_name).unwrap();
        let change = db.change().unwrap();
        for row in rows {
            let values: Vec<_> = row
                .iter()
                .map(|(column, value)| (table.position(column).unwrap(), Some(*value)))
                .collect();
            change.insert(table, &values).unwrap();
        }
        change.commit().unwrap();
    }

    #[test]
    fn settings_are_those_of_the_site_or_xcats_defaults() {
        let (_folder, mut db) = db();
        let read = |db: &Db| Settings::read(&db.read().unwrap());
        let base = read(&db).unwrap();
        assert_eq!((base.tries, base.width, base.sessions), (3, 64, 8));
        let limits = Limits {
            output: MOST_OUTPUT,
            ..Limits::default()
        };
        assert_eq!((base.limits, base.interval), (limits, Duration::ZERO));
        set(
            &mut db,
            "site",
            &[
                &[("key", "ppctimeout"), ("value", "5")],
                &[("key", "maxssh"), ("value", "0")],
                &[("key", "powerinterval"), ("value", "2")],
            ],
        );
        let told = read(&db).unwrap();
        assert_eq!(told.limits.deadline, Duration::from_secs(5));
        assert_eq!(told.limits.connect, Duration::from_secs(5));
        assert_eq!((told.sessions, told.interval), (1, Duration::from_secs(2)));
        set(
            &mut db,
            "site",
            &[&[("key", "ppcretry"), ("value", "many")]],
        );
        let refused = read(&db).unwrap_err().to_string();
        assert!(
            refused.starts_with("ppcretry in the site table is \"many\", which is no number"),
            "{refused}"
        );
    }

    #[test]
    fn logins_come_from_ppchcp_then_from_passwd() {
        let (_folder, mut db) = db();
        let names = ["hmc01", "hmc02", "hmc03"].map(str::to_owned);
        let logins = |db: &Db| {
            let snapshot = db.read().unwrap();
            let settings = Settings::read(&snapshot).unwrap();
            let targets = targets(&snapshot, &names, &settings).unwrap();
            let login = |target: Target| {
                (
                    target.user.unwrap(),
                    target.password.map(|password| password.reveal().to_owned()),
                )
            };
            targets.into_iter().map(login).collect::<Vec<_>>()
        };
        let hscroot = || "hscroot".to_owned();
        assert_eq!(logins(&db)[0], (hscroot(), None));
        set(
            &mut db,
            "ppchcp",
            &[
                &[
                    ("hcp", "hmc01"),
                    ("username", "hscroot"),
                    ("password", "abc123"),
                ],
                &[("hcp", "hmc02"), ("username", "admin")],
            ],
        );
        set(
            &mut db,
            "passwd",
            &[&[
                ("key", "hmc"),
                ("username", "hscroot"),
                ("password", "site"),
            ]],
        );
        assert_eq!(
            logins(&db),
            [
                (hscroot(), Some("abc123".to_owned())),
                ("admin".to_owned(), None),
                (hscroot(), Some("site".to_owned())),
            ]
        );
    }
}
