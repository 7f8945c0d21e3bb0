//! `rbootseq`: what LPARs and the nodes of chassis boot from.

mod blade;
mod lpar;

use super::chassis::both;
use super::line::Line;
use super::request::Outcome;
use super::{PowerNode, Way};
use crate::hmc::Points;
use crate::hmc::chassis::{Device, NONE, PLACES};

/// What is to be told or set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sequence {
    /// The boot mode of the profile, or the order of devices.
    List,
    /// The boot mode is to be this one.
    Mode(&'static str),
    /// These are the devices, in xCAT's words.
    Devices(Vec<String>),
}

/// The boot modes that profiles have.
const MODES: [&str; 5] = ["norm", "dd", "ds", "of", "sms"];

/// The words cannot be followed. The beginnings are xCAT's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSequence {
    /// There is none.
    #[error("No command specified")]
    Nothing,
    /// It names nothing.
    #[error(
        "Invalid command: {0}; write list; for an LPAR norm, dd, ds, of or sms; for a node of a \
         chassis up to four devices, such as net,hd0"
    )]
    Unknown(String),
    /// There are more than a sequence has.
    #[error("Only four boot sequence entries allowed")]
    TooMany,
    /// It begins with no device.
    #[error("cannot specify 'none' as first device")]
    NoneFirst,
    /// A device stands behind the end of the sequence.
    #[error("cannot specify 'none' before a device")]
    NoneBefore,
}

impl Sequence {
    /// Reads the words of a command line; each may be a list.
    ///
    /// # Errors
    /// They name nothing that there is, or no sequence that is possible.
    pub fn parse(words: &[String]) -> Result<Self, BadSequence> {
        match words {
            [] => return Err(BadSequence::Nothing),
            [word] if matches!(word.as_str(), "list" | "stat") => return Ok(Sequence::List),
            [word] => {
                if let Some(mode) = MODES.iter().find(|mode| **mode == word) {
                    return Ok(Sequence::Mode(mode));
                }
            }
            _ => {}
        }
        let devices: Vec<_> = words.iter().flat_map(|word| word.split(',')).collect();
        // It is one of an LPAR, where it is refused with a reason.
        let known = |word: &&str| Device::named(word).is_some() || *word == "hfi";
        if !devices.iter().all(known) {
            return Err(BadSequence::Unknown(words.join(" ")));
        }
        let end = devices.iter().position(|word| *word == NONE.name);
        let after = end.map_or(&[][..], |end| &devices[end..]);
        match (end, devices.len()) {
            (_, count) if count > PLACES => Err(BadSequence::TooMany),
            (Some(0), _) => Err(BadSequence::NoneFirst),
            _ if after.iter().any(|word| *word != NONE.name) => Err(BadSequence::NoneBefore),
            _ => Ok(Sequence::Devices(
                devices.into_iter().map(str::to_owned).collect(),
            )),
        }
    }
}

/// Tells or sets what `nodes` boot from, LPARs and nodes of chassis at the same
/// time; hands each outcome to `each`, with the index of the node, on the calling
/// thread and as it comes.
pub fn sequence(
    points: &Points<'_>,
    way: &Way,
    what: &Sequence,
    nodes: &[PowerNode],
    each: impl FnMut(usize, Outcome),
) {
    let lpars = |nodes: &[PowerNode], each: &mut dyn FnMut(usize, Outcome)| {
        lpar::sequence(points, way, what, nodes, each);
    };
    let in_bay = |bay, line: &mut Line<'_>| blade::sequence(bay, what, line);
    both(points, way, nodes, lpars, in_bay, each);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_read() {
        let read = |line: &str| {
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            Sequence::parse(&words)
        };
        assert_eq!(read("stat"), Ok(Sequence::List));
        assert_eq!(read("sms"), Ok(Sequence::Mode("sms")));
        let devices = ["c", "f", "n", "hd0"].map(str::to_owned).to_vec();
        assert_eq!(read("c,f,n,hd0"), Ok(Sequence::Devices(devices.clone())));
        assert_eq!(read("c f n,hd0"), Ok(Sequence::Devices(devices)));
        assert!(read("hfi").is_ok() && read("net,none,none").is_ok());
        for (line, text) in [
            ("", "No command specified"),
            ("later", "Invalid command: later; write list"),
            ("net,sms", "Invalid command: net,sms; write list"),
            ("n,c,f,hd0,hd1", "Only four boot sequence entries allowed"),
            ("none", "cannot specify 'none' as first device"),
            ("n,none,c", "cannot specify 'none' before a device"),
        ] {
            let error = read(line).unwrap_err().to_string();
            assert!(error.starts_with(text), "{line}: {error}");
        }
    }
}
