//! What `lspartition` says about the RMC connections of an HMC.
//!
//! `-dlpar` has two lines a partition, `-i` and `-ix` have all partitions on
//! one line. An HMC lists what it once heard of: addresses may be stale, and a
//! partition that never connected is not listed at all. No entry of a Linux
//! LPAR was seen; it is taken to look like the others.

use super::ask::Garbled;
use super::mtms::Mtms;
use super::refusal;

/// A partition as RMC knows it: an entry of `lspartition -dlpar`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Number within its system.
    pub lpar: u32,
    /// The system.
    pub system: Mtms,
    /// Host name, where the HMC could find it.
    pub host: Option<String>,
    /// IP address as printed.
    pub address: String,
    /// 0 without connection; 1 and more with one. What sets 1 and 3 apart is
    /// not documented.
    pub active: u32,
    /// Operating system; not known before the first connection.
    pub os: Option<Os>,
    /// What can be reconfigured dynamically, bits without documentation.
    pub dlpar: u64,
    /// Memory in MB that the operating system pinned.
    pub pinned: Option<u64>,
}

/// An operating system as RMC reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Os {
    /// `AIX`; a VIOS is one too.
    pub name: String,
    /// `7.1`; may be empty.
    pub version: String,
    /// `7100-03-09-1717`; may be empty.
    pub level: String,
}

/// An entry of `lspartition -i`, which does not name the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Number within its system.
    pub lpar: u32,
    /// IP address as printed.
    pub address: String,
    /// As in [`Partition::active`].
    pub active: u32,
    /// Host name, with `-ix`.
    pub host: Option<String>,
    /// Operating system, with `-ix`.
    pub os: Option<Os>,
}

impl Partition {
    /// Returns whether the HMC has a connection to the partition.
    pub fn connected(&self) -> bool {
        self.active > 0
    }

    /// Returns whether the partition can be reconfigured while it runs.
    pub fn dlpar_capable(&self) -> bool {
        self.dlpar != 0
    }
}

/// Reads the answer to `lspartition -dlpar`; nothing at all is no partition.
///
/// # Errors
/// An entry that lacks what every entry has, or text outside of entries.
pub fn partitions(text: &str) -> Result<Vec<Partition>, Garbled> {
    if refusal::is_nothing(text, Some(2)) {
        return Ok(Vec::new());
    }
    let mut entries: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match entries.last_mut() {
            _ if line.starts_with("<#") => entries.push(line.to_owned()),
            Some(entry) if line.starts_with("Active:<") => *entry = format!("{entry} {line}"),
            _ => return Err(garbled("line of lspartition", line)),
        }
    }
    entries.iter().map(|entry| partition(entry)).collect()
}

/// Reads the answer to `lspartition -i` or `-ix`.
///
/// # Errors
/// An entry without number, address and state.
pub fn addresses(text: &str) -> Result<Vec<Address>, Garbled> {
    if refusal::is_nothing(text, Some(2)) {
        return Ok(Vec::new());
    }
    let entries = text.split(';').map(str::trim);
    entries
        .filter(|entry| !entry.is_empty())
        .map(address)
        .collect()
}

fn partition(entry: &str) -> Result<Partition, Garbled> {
    let of = |key| angled(entry, key);
    let who = of("Partition:").ok_or(Garbled::Missing("a partition"))?;
    let active = of("Active:").ok_or(Garbled::Missing("whether a partition is connected"))?;
    let mut parts = who.splitn(3, ',').map(str::trim);
    let (id, host, address) = (parts.next(), parts.next(), parts.next());
    let machine = id.and_then(|id| id.split_once('*'));
    let lpar_of = |(lpar, machine): (&str, &str)| Some((lpar.parse().ok()?, machine.parse().ok()?));
    let (Some((lpar, system)), Some(address)) = (machine.and_then(lpar_of), address) else {
        return Err(garbled("partition", who));
    };
    Ok(Partition {
        lpar,
        system,
        host: named(host.unwrap_or_default()),
        address: address.to_owned(),
        active: count("Active", active)?,
        os: of("OS:").and_then(os),
        dlpar: of("DCaps:").map_or(Ok(0), capabilities)?,
        pinned: of("PinnedMem:").and_then(|text| text.trim().parse().ok()),
    })
}

fn address(entry: &str) -> Result<Address, Garbled> {
    let mut parts = entry.splitn(5, ',').map(str::trim);
    let (Some(lpar), Some(address), Some(active)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err(garbled("entry of lspartition", entry));
    };
    Ok(Address {
        lpar: count("LPAR id", lpar)?,
        address: address.to_owned(),
        active: count("state of a connection", active)?,
        host: parts.next().and_then(named),
        os: parts.next().and_then(os),
    })
}

/// Returns what stands in `key<…>`.
fn angled<'a>(entry: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = entry.split_once(&format!("{key}<"))?;
    rest.split_once('>').map(|(text, _)| text)
}

/// `AIX, 7.1, 7100-03-09-1717`, `AIX`, or ` , , ` where it is not known.
fn os(text: &str) -> Option<Os> {
    let mut parts = text.splitn(3, ',').map(|part| part.trim().to_owned());
    let mut next = || parts.next().unwrap_or_default();
    let (name, version, level) = (next(), next(), next());
    (!name.is_empty()).then_some(Os {
        name,
        version,
        level,
    })
}

fn named(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn count(column: &'static str, text: &str) -> Result<u32, Garbled> {
    text.trim().parse().map_err(|_| garbled(column, text))
}

fn capabilities(text: &str) -> Result<u64, Garbled> {
    let digits = text.trim().trim_start_matches("0x");
    u64::from_str_radix(digits, 16).map_err(|_| garbled("DCaps", text))
}

fn garbled(column: &'static str, value: &str) -> Garbled {
    Garbled::Value {
        column,
        value: value.to_owned(),
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

    fn parts(os: &Option<Os>) -> [&str; 3] {
        let os = os.as_ref().unwrap();
        [&os.name, &os.version, &os.level]
    }

    #[test]
    fn partitions_of_several_systems() {
        let text = capture!("dlpar-aix");
        let found = partitions(text).unwrap();
        let ids: Vec<_> = found
            .iter()
            .map(|p| format!("{}*{} {}", p.lpar, p.system, p.address))
            .collect();
        assert_eq!(
            ids,
            [
                "2*8233-E8B*069991R 10.8.251.102",
                "7*8233-E8B*06B496R 10.8.251.37",
                "4*8408-E8E*840FB7W 10.8.253.204",
                "8*8233-E8B*069991R 10.8.251.18"
            ]
        );
        assert!(found.iter().all(|p| p.connected() && p.dlpar_capable()));
        assert!(found.iter().all(|p| p.host.is_none()));
        assert_eq!(parts(&found[2].os), ["AIX", "7.1", "7100-03-09-1717"]);
        assert_eq!((found[1].dlpar, found[1].pinned), (0xc4f, Some(1921)));
        assert_eq!(partitions(&text.replace('\n', "\r\n")), Ok(found));
    }

    #[test]
    fn a_vios_is_an_aix() {
        let found = &partitions(capture!("dlpar-vios")).unwrap()[0];
        assert_eq!(parts(&found.os), ["AIX", "6.1", "6100-09-07-1614"]);
        assert_eq!((found.lpar, found.dlpar), (1, 0x14f9f));
    }

    #[test]
    fn lost_connections_keep_their_entry() {
        let found = partitions(capture!("dlpar-inactive-and-bare-os")).unwrap();
        let active: Vec<_> = found.iter().map(Partition::connected).collect();
        assert_eq!(active, [false, false, true]);
        assert_eq!(found[0].os, None);
        assert_eq!(parts(&found[1].os), ["AIX", "", ""]);
        assert_eq!(found[0].host.as_deref(), Some("servername1.austin.ibm.com"));
        assert_eq!((found[2].pinned, found[2].dlpar), (Some(340), 0x2f));
    }

    #[test]
    fn no_capabilities_are_none() {
        let text = |caps| {
            format!(
                "<#0> Partition:<2*8233-E8B*069991R, , 10.0.0.1>\n Active:<1>, OS:<Linux/SuSE, 4.12, >{caps}\n"
            )
        };
        let found = partitions(&text(", DCaps:<0x0>")).unwrap();
        assert!(!found[0].dlpar_capable());
        assert_eq!(parts(&found[0].os), ["Linux/SuSE", "4.12", ""]);
        assert!(!partitions(&text("")).unwrap()[0].dlpar_capable());
        assert!(partitions(&text(", DCaps:<all>")).is_err());
    }

    #[test]
    fn short_answers() {
        let found = addresses(capture!("partitions-i")).unwrap();
        let active: Vec<_> = found.iter().map(|p| (p.lpar, p.active)).collect();
        assert_eq!(
            active,
            [
                (12, 0),
                (5, 0),
                (1, 3),
                (10, 0),
                (1, 3),
                (1, 0),
                (3, 0),
                (1, 0),
                (2, 0),
                (7, 0)
            ]
        );
        assert_eq!(found[3].address, "9.200.104.238");
        assert_eq!(found[3].os, None);
        let found = addresses(capture!("partitions-ix")).unwrap();
        assert_eq!(found.len(), 10);
        assert_eq!(parts(&found[6].os), ["AIX", "5.3", ""]);
        assert_eq!((found[2].active, &found[2].host), (3, &None));
        assert_eq!(addresses("1,10.0.0.1,1;\n").unwrap().len(), 1);
    }

    #[test]
    fn nothing_is_no_partition() {
        for text in [
            "",
            "\n",
            capture!("empty-english"),
            capture!("empty-polish"),
        ] {
            assert_eq!(partitions(text), Ok(Vec::new()));
            assert_eq!(addresses(text), Ok(Vec::new()));
        }
    }

    #[test]
    fn what_is_no_entry_is_refused() {
        let first = "<#0> Partition:<2*8233-E8B*069991R, , 10.0.0.1>\n";
        for text in [
            first.to_owned(),
            format!("{first}Active:<yes>, OS:<>\n"),
            format!("{first}{first}Active:<1>\n"),
            format!("noise\n{first}Active:<1>\n"),
            format!("{first}Active:<1>\nnoise\n"),
            "<#0> Partition:<2, , 10.0.0.1>\nActive:<1>\n".to_owned(),
            "<#0> Partition:<x*8233-E8B*069991R, , 10.0.0.1>\nActive:<1>\n".to_owned(),
            "<#0> Partition:<2*8233-E8B*069991R>\nActive:<1>\n".to_owned(),
            "Active:<1>\n".to_owned(),
        ] {
            assert!(partitions(&text).is_err(), "{text}");
        }
        for text in ["1,10.0.0.1", "x,10.0.0.1,1", "1,10.0.0.1,on"] {
            assert!(addresses(text).is_err(), "{text}");
        }
    }
}
