//! Profiles of partitions: the questions about them, and the partitions they
//! belong to.

use super::ask::{Ask, Garbled, number, on, profile, table};
use super::mtms::Mtms;
use super::record::{self, Record};
use super::refusal;

/// A profile as an HMC lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The row as printed, without a line end.
    pub text: String,
    /// Its attributes.
    pub record: Record,
}

impl Profile {
    /// Its name, which is a name within its partition.
    pub fn name(&self) -> &str {
        self.attribute("name")
    }

    /// The number of its partition; nothing if the row has none.
    pub fn lpar(&self) -> Option<u32> {
        self.attribute("lpar_id").parse().ok()
    }

    /// The name of its partition.
    pub fn lpar_name(&self) -> &str {
        self.attribute("lpar_name")
    }

    fn attribute(&self, name: &str) -> &str {
        let value = self.record.get(name);
        value.map_or("", |value| value.as_str())
    }
}

/// Reads rows of profiles.
///
/// # Errors
/// They are not in the format of a listing.
pub fn parse(text: &str) -> Result<Vec<Profile>, record::Error> {
    let rows = record::rows(text)?;
    let profile = |(text, record)| Profile { text, record };
    Ok(rows.into_iter().map(profile).collect())
}

/// `lssyscfg -r prof`: the profiles of one partition of a system, or of all.
pub fn profiles(system: &Mtms, lpar: Option<u32>) -> Ask<Vec<Profile>> {
    let command = on("lssyscfg -r prof", system);
    let command = match lpar {
        Some(id) => command.args(["--filter".to_owned(), format!("lpar_ids={id}")]),
        None => command,
    };
    Ask {
        command,
        read: Box::new(|text| match refusal::is_nothing(text, None) {
            true => Ok(Vec::new()),
            false => Ok(parse(text)?),
        }),
    }
}

/// A partition as working on its configuration needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Name; any characters.
    pub name: String,
    /// Number within its system.
    pub id: u32,
    /// `Running`, `Not Activated`, …
    pub state: String,
    /// The profile it is activated with by default, where there is one.
    pub default_profile: Option<String>,
    /// The profile it was last activated with, where there is one.
    pub current_profile: Option<String>,
    /// Whether its operating system can be reached over RMC.
    pub rmc: bool,
}

impl Partition {
    /// The profile that counts: that of the last activation, else the default.
    pub fn profile(&self) -> Option<&str> {
        let profile = self.current_profile.as_deref();
        profile.or(self.default_profile.as_deref())
    }
}

/// `lssyscfg -r lpar`: the partitions of a system, with state and profiles.
pub fn partitions(system: &Mtms) -> Ask<Vec<Partition>> {
    let columns = [
        "name",
        "lpar_id",
        "state",
        "default_profile",
        "curr_profile",
        "rmc_state",
    ];
    table(
        on("lssyscfg -r lpar", system),
        columns,
        |[name, id, state, default, current, rmc]| {
            Ok(Partition {
                name: name.to_string(),
                id: number(id)?,
                state: state.to_string(),
                default_profile: profile(default),
                current_profile: profile(current),
                rmc: rmc.as_str() == "active",
            })
        },
    )
}

/// `lssyscfg -r sys`: the number of a system's service partition, where it has
/// one.
pub fn service_partition(system: &Mtms) -> Ask<Option<u32>> {
    let rows = table(
        on("lssyscfg -r sys", system),
        ["name", "service_lpar_id"],
        |[_, id]| Ok(id.text().and_then(|id| id.parse().ok())),
    );
    let read = rows.read;
    Ask {
        command: rows.command,
        read: Box::new(move |text| read(text)?.pop().ok_or(Garbled::Missing("the system"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system() -> Mtms {
        "9117-MMA*10F6F3D".parse().unwrap()
    }

    #[test]
    fn rows_are_kept_as_they_stand() {
        let text = include_str!("../../tests/fixtures/hmc/prof-v7-power5.txt");
        let ask = profiles(&system(), None);
        let found = (ask.read)(text).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(found.len(), 6);
        for (profile, line) in found.iter().zip(lines) {
            assert_eq!(profile.text, line);
            assert_eq!(profile.record.to_string(), line);
        }
        assert_eq!((found[0].lpar_name(), found[0].lpar()), ("nim1", Some(5)));
        assert_eq!(
            parse("name=a,x=1\r\nname=b\r\n").unwrap()[0].text,
            "name=a,x=1"
        );
    }

    #[test]
    fn the_words_are_those_that_hmcs_know() {
        let sent = [
            profiles(&system(), Some(2)).command.to_shell(),
            profiles(&system(), None).command.to_shell(),
            service_partition(&system()).command.to_shell(),
        ];
        assert_eq!(
            sent,
            [
                "lssyscfg -r prof -m '9117-MMA*10F6F3D' --filter 'lpar_ids=2'",
                "lssyscfg -r prof -m '9117-MMA*10F6F3D'",
                "lssyscfg -r sys -m '9117-MMA*10F6F3D' -F name,service_lpar_id",
            ]
        );
    }

    #[test]
    fn the_profile_that_counts_is_the_last_activations() {
        let rows = "a,1,Running,default,normal,active\nb,2,Not Activated,default,,inactive\nc,3,Running,d,last*valid*configuration,none\n";
        let found = (partitions(&system()).read)(rows).unwrap();
        let profiles: Vec<_> = found.iter().map(|lpar| lpar.profile()).collect();
        assert_eq!(profiles, [Some("normal"), Some("default"), Some("d")]);
        assert!(found[0].rmc && !found[1].rmc);
        assert_eq!((service_partition(&system()).read)("s,none\n"), Ok(None));
        assert_eq!((service_partition(&system()).read)("s,2\n"), Ok(Some(2)));
    }
}
