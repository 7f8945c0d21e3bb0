//! Waiting until the database says of nodes what is expected of them
//! (`-m table.column==value`), as an installation writes it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::db::{Db, Error, Names, Place, Reading};
use crate::objects::condition::Condition;
use crate::objects::index::column;

/// How often the database is looked at. xCAT looks every minute.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// What is waited for when `-m` names nothing.
const BOOTED: &str = "nodelist.status==booted";

/// What is waited for, and how long.
#[derive(Debug, Clone)]
pub struct Watch {
    conditions: Vec<(Place, Condition)>,
    /// How long one try may take.
    pub timeout: Duration,
    /// How often the operation is sent again.
    pub retries: u32,
}

/// Why `-m`, `-t` and `-r` cannot be followed. The beginnings are xCAT's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWatch {
    /// There is no `-t`.
    #[error("Flag missing, the -t flag is required")]
    NoTimeout,
    /// The text is no condition.
    #[error("Invalid string \"{0}\" specified with -m flag")]
    Condition(String),
    /// It does not name a column of nodes.
    #[error(
        "Invalid attribute \"{0}\" specified with -m flag, should be table.column of a table of nodes"
    )]
    Column(String),
    /// There is nothing to compare with.
    #[error("The value of attribute \"{0}\" can not be NULL")]
    NoValue(String),
    /// The time is no number of minutes.
    #[error("-t takes a number of minutes, {0:?} is none")]
    Timeout(String),
}

impl Watch {
    /// Reads the values of `-m` and of `-t`, in minutes. An empty text means
    /// the state after an installation.
    ///
    /// # Errors
    /// One of them cannot be used.
    pub fn parse(texts: &[String], timeout: Option<&str>, retries: u32) -> Result<Self, BadWatch> {
        let minutes = timeout.ok_or(BadWatch::NoTimeout)?;
        let seconds = minutes.parse::<f64>().ok().map(|minutes| minutes * 60.0);
        let timeout = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let timeout = timeout.ok_or_else(|| BadWatch::Timeout(minutes.to_owned()))?;
        let mut conditions = Vec::new();
        for text in texts.iter().filter(|text| !text.is_empty()) {
            conditions.push(condition(text)?);
        }
        if conditions.is_empty() {
            conditions.push(condition(BOOTED)?);
        }
        Ok(Watch {
            conditions,
            timeout,
            retries,
        })
    }
}

fn condition(text: &str) -> Result<(Place, Condition), BadWatch> {
    let invalid = || BadWatch::Condition(text.to_owned());
    let sign = text.find(['=', '!']).ok_or_else(invalid)?;
    let (name, rest) = text.split_at(sign);
    let signs = ["==", "=~", "!=", "!~"];
    let value = signs.iter().find_map(|sign| rest.strip_prefix(sign));
    let value = value.ok_or_else(invalid)?;
    let place = column(name).filter(|_| name.contains('.'));
    let place = place.ok_or_else(|| BadWatch::Column(name.to_owned()))?;
    if value.is_empty() {
        return Err(BadWatch::NoValue(name.to_owned()));
    }
    let condition = Condition::parse(text).map_err(|_| invalid())?;
    Ok((place, condition))
}

/// The values of nodes that were last seen, by node and condition.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<String, Vec<String>>);

/// What one look at the database found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// `node table.column: before => now`, for each value that is another one.
    pub changes: Vec<String>,
    /// The nodes that are as expected.
    pub reached: Vec<String>,
}

impl Seen {
    /// Looks at `names`.
    pub(super) fn look(&mut self, db: &Db, watch: &Watch, names: &[String]) -> Result<Look, Error> {
        let snapshot = db.read()?;
        let places: Vec<_> = watch.conditions.iter().map(|(place, _)| *place).collect();
        let mut look = Look::default();
        snapshot.node_values(Names::These(names), &places, Reading::Inherited, |row| {
            let value = |place| row.get(place).map(|value| value.text.into_owned());
            let values: Vec<String> = (0..places.len())
                .map(|place| value(place).unwrap_or_default())
                .collect();
            let before = self.0.insert(row.name.to_owned(), values.clone());
            for ((value, before), (_, condition)) in values
                .iter()
                .zip(before.unwrap_or_default())
                .zip(&watch.conditions)
            {
                if !before.is_empty() && before != *value {
                    let subject = &condition.subject;
                    let line = format!("{} {subject}: {before} => {value}", row.name);
                    look.changes.push(line);
                }
            }
            let mut tests = values.iter().zip(&watch.conditions);
            if tests.all(|(value, (_, condition))| condition.test.holds(value)) {
                look.reached.push(row.name.to_owned());
            }
            Ok::<_, Error>(())
        })?;
        Ok(look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::settings::tests::{db, set};

    fn watch(texts: &[&str], timeout: Option<&str>) -> Result<Watch, BadWatch> {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        Watch::parse(&texts, timeout, 3)
    }

    #[test]
    fn what_cannot_be_waited_for_is_refused_in_xcats_words() {
        let table = [
            (
                &["nodelist.status==booted"][..],
                None,
                "Flag missing, the -t flag is required",
            ),
            (
                &["status"],
                Some("5"),
                "Invalid string \"status\" specified with -m flag",
            ),
            (
                &["nodelist.status=booted"],
                Some("5"),
                "Invalid string \"nodelist.status=booted\"",
            ),
            (
                &["nodelist.status=~("],
                Some("5"),
                "Invalid string \"nodelist.status=~(\"",
            ),
            (
                &["status==booted"],
                Some("5"),
                "Invalid attribute \"status\" specified with -m flag",
            ),
            (
                &["site.value==a"],
                Some("5"),
                "Invalid attribute \"site.value\"",
            ),
            (
                &["nodelist.status=="],
                Some("5"),
                "The value of attribute \"nodelist.status\" can not be NULL",
            ),
            (&[""], Some("-1"), "-t takes a number of minutes"),
            (&[""], Some("soon"), "-t takes a number of minutes"),
        ];
        for (texts, timeout, expected) in table {
            let error = watch(texts, timeout).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        assert_eq!(
            watch(&[""], Some("0.5")).unwrap().timeout,
            Duration::from_secs(30)
        );
    }

    #[test]
    fn changes_are_seen_and_what_is_as_expected() {
        let (_folder, mut db) = db();
        let names = ["n1", "n2"].map(str::to_owned);
        set(
            &mut db,
            "nodelist",
            &[
                &[("node", "n1"), ("status", "powering-on")],
                &[("node", "n2")],
            ],
        );
        let watch = watch(
            &["nodelist.status=~/^boot/", "nodelist.appstatus!=down"],
            Some("1"),
        )
        .unwrap();
        let mut seen = Seen::default();
        assert_eq!(seen.look(&db, &watch, &names).unwrap(), Look::default());
        let change = db.change().unwrap();
        let table = crate::schema::table("nodelist").unwrap();
        let at = |name| table.position(name).unwrap();
        change
            .set(
                table,
                &[(at("node"), "n1")],
                &[(at("status"), Some("booted"))],
            )
            .unwrap();
        change.commit().unwrap();
        let look = seen.look(&db, &watch, &names).unwrap();
        assert_eq!(look.changes, ["n1 nodelist.status: powering-on => booted"]);
        assert_eq!(look.reached, ["n1"]);
    }
}
