//! HMC versions and what differs between them.
//!
//! All differences stand in one table, [`LEVELS`]. Where a capture shows the
//! difference it is named; the rest of an HMC's dialect depends on the
//! firmware of the managed system and is met by never relying on which
//! attributes a row has.

use std::fmt;

use serde_json::{Value, json};

use super::record::{self, Record};
use super::refusal::printable;

/// What the command line of an HMC version has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// The major version these facts hold from.
    pub version: u32,
    /// `lssyscfg -r frame` and `-r cage` exist. V10R1 refuses them with status
    /// 1 as a wrong parameter; up to V9 an HMC without frames answers that
    /// nothing was found.
    pub frames: bool,
    /// `lssyscfg -r sys` has `sp_type` (`fsp` or `ebmc`).
    pub sp_type: bool,
    /// `diagrmc` exists; before, `lspartition -dlparreset` resets RMC.
    pub diagrmc: bool,
}

/// The versions at which something changed, oldest first.
pub const LEVELS: &[Dialect] = &[
    Dialect {
        version: 0,
        frames: true,
        sp_type: false,
        diagrmc: false,
    },
    Dialect {
        version: 8,
        frames: true,
        sp_type: false,
        diagrmc: true,
    },
    Dialect {
        version: 10,
        frames: false,
        sp_type: true,
        diagrmc: true,
    },
];

/// The software level of an HMC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Major version: the 9 of V9R1.
    pub version: u32,
    /// What follows `R`: `7.9.0` up to V8, `3` later.
    pub release: String,
    /// Service pack, where known: `3`, `1060`.
    pub service_pack: Option<String>,
}

/// The heads of a listing of levels.
pub const COLUMNS: [&str; 4] = ["NAME", "VERSION", "RELEASE", "SERVICE_PACK"];

impl Level {
    /// Reads the answer to `lshmc -V`.
    pub fn from_version(text: &str) -> Option<Self> {
        let records = record::records(text).ok()?;
        let said = records.first()?.text("version")?;
        let line = |key: &str| said.lines().find_map(|line| line.trim().strip_prefix(key));
        Some(Level {
            version: line("Version:")?.trim().parse().ok()?,
            release: line("Release:").unwrap_or_default().trim().to_owned(),
            service_pack: line("Service Pack:").map(|text| text.trim().to_owned()),
        })
    }

    /// Reads a base version such as `V7R7.9.0`, `V8R8.2.0.0` or `V10R3`.
    pub fn from_base(text: &str) -> Option<Self> {
        let (version, release) = text.trim().strip_prefix('V')?.split_once('R')?;
        Some(Level {
            version: version.parse().ok()?,
            release: release.to_owned(),
            service_pack: None,
        })
    }

    /// The row of a listing with [`COLUMNS`].
    pub fn row(&self, hmc: &str) -> [String; 4] {
        [
            hmc.to_owned(),
            self.version.to_string(),
            printable(&self.release),
            printable(self.service_pack.as_deref().unwrap_or_default()),
        ]
    }

    /// [`Level::row`] as JSON.
    pub fn document(&self, hmc: &str) -> Value {
        json!({
            "name": hmc,
            "version": self.version,
            "release": self.release,
            "service_pack": self.service_pack,
        })
    }

    /// Returns what this level's command line has.
    pub fn dialect(&self) -> Dialect {
        let fits = |known: &&Dialect| known.version <= self.version;
        let known = LEVELS.iter().rev().find(fits);
        known.copied().unwrap_or(LEVELS[0])
    }
}

/// As in `V7R7.9.0`, without the service pack.
impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{}R{}", self.version, printable(&self.release))
    }
}

/// What `lshmc -v` says about the HMC as a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vpd {
    /// Type and model, `7310-CR4`; a virtual HMC has its own notation,
    /// `V507-f39`.
    pub model: String,
    /// Serial number.
    pub serial: String,
    /// Software level, where the answer names one that can be read.
    pub level: Option<Level>,
}

impl Vpd {
    /// Reads the answer to `lshmc -v`: one record whose only field holds lines
    /// of a two-letter keyword and a value. Old HMCs print the model inside
    /// the name of the machine, `eserver xSeries 336 -[7310CR3]-`.
    pub fn read(record: &Record) -> Option<Self> {
        let lines = record.text("vpd")?;
        let value = |key: &str| {
            let after = |line: &'_ str| {
                line.trim_start()
                    .strip_prefix(key)
                    .map(|text| text.trim().to_owned())
            };
            lines.lines().find_map(after)
        };
        let machine = value("*TM ")?;
        let bracketed = machine
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']'));
        Some(Vpd {
            model: bracketed.map_or(machine.clone(), |(model, _)| model.to_owned()),
            serial: value("*SE ").unwrap_or_default(),
            level: value("*RM ").and_then(|text| Level::from_base(&text)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! capture {
        ($name:literal) => {
            include_str!(concat!("../../tests/fixtures/hmc/", $name, ".txt"))
        };
    }

    fn level(version: u32, release: &str, pack: &str) -> Level {
        let service_pack = Some(pack.to_owned());
        Level {
            version,
            release: release.to_owned(),
            service_pack,
        }
    }

    #[test]
    fn versions_are_read_over_several_lines() {
        let table = [
            (capture!("lshmc-version-v7"), level(7, "7.9.0", "3")),
            (capture!("lshmc-version-v8"), level(8, "8.2.0", "0")),
            (capture!("lshmc-version-v10-fixes"), level(10, "3", "1060")),
            (capture!("lshmc-version-v11"), level(11, "2", "1120")),
        ];
        for (text, expected) in table {
            assert_eq!(Level::from_version(text), Some(expected));
        }
        assert_eq!(Level::from_version("No results were found.\n"), None);
        assert_eq!(Level::from_version("\"version= Version: nine\n\"\n"), None);
    }

    #[test]
    fn frames_end_with_version_10() {
        let frames = |version| level(version, "1", "0").dialect().frames;
        assert!(frames(5) && frames(7) && frames(8) && frames(9));
        assert!(!frames(10) && !frames(11) && !frames(12));
    }

    #[test]
    fn machines_are_read_from_vpd() {
        let read = |text| Vpd::read(&record::records(text).unwrap()[0]).unwrap();
        let hardware = read(capture!("lshmc-vpd-v7-hardware"));
        assert_eq!(
            (hardware.model.as_str(), hardware.serial.as_str()),
            ("7310-CR4", "1017E6B")
        );
        assert_eq!(hardware.level.unwrap().version, 7);
        let virtual_hmc = read(capture!("lshmc-vpd-v8-virtual"));
        assert_eq!(
            (virtual_hmc.model.as_str(), virtual_hmc.serial.as_str()),
            ("V507-f39", "5a6e8a2")
        );
        assert_eq!(virtual_hmc.level.unwrap().release, "8.2.0.0");
        let old = read("\"vpd=*TM eserver xSeries 336 -[7310CR3]-\n*SE KPHHK24\n*RM R3V2.6\n\"\n");
        assert_eq!((old.model.as_str(), old.level), ("7310CR3", None));
    }
}
