//! `rbootseq`: what LPARs and the nodes of chassis boot from.

mod blade;
mod lpar;

use std::sync::mpsc;
use std::thread;

use super::hardware::reach;
use super::request::Outcome;
use super::settings::{self, Error};
use super::{Hardware, PowerNode, Way};
use crate::db::Snapshot;
use crate::hmc::Points;
use crate::hmc::chassis::{Device, NONE, PLACES};
use crate::remote::OpenSsh;

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

/// LPARs and nodes of chassis, with what work on them needs.
#[derive(Debug)]
pub struct Gathered {
    /// The nodes, in the order in which they were named.
    pub names: Vec<String>,
    /// The LPARs; the targets are HMCs and chassis managers.
    pub hardware: Hardware,
    /// Which of the names each LPAR is.
    lpars: Vec<usize>,
    blades: Vec<blade::Blade>,
}

impl Gathered {
    /// Reads the definitions of `names`.
    ///
    /// # Errors
    /// The database cannot be read, or the site table cannot be used.
    pub fn read(snapshot: &Snapshot<'_>, names: &[String]) -> Result<Self, Error> {
        let mut hardware = Hardware::read(snapshot, names)?;
        let mut managers: Vec<String> = Vec::new();
        let blades = blade::gather(snapshot, &hardware.nodes, &mut managers)?;
        let first = hardware.hmcs.len();
        let targets = settings::chassis_targets(snapshot, &managers, &hardware.settings)?;
        hardware.hmcs.extend(targets);
        let blades: Vec<_> = blades
            .into_iter()
            .map(|blade| blade.behind(first))
            .collect();
        let is_lpar = |index: &usize| blades.iter().all(|blade| blade.index != *index);
        let lpars: Vec<_> = (0..names.len()).filter(is_lpar).collect();
        let nodes = std::mem::take(&mut hardware.nodes);
        let kept = nodes.into_iter().enumerate();
        let kept = kept.filter(|(index, _)| lpars.contains(index));
        hardware.nodes = kept.map(|(_, node)| node).collect::<Vec<PowerNode>>();
        Ok(Gathered {
            names: names.to_vec(),
            hardware,
            lpars,
            blades,
        })
    }

    /// Tells or sets what the nodes boot from; hands each outcome to `each`, with
    /// the index of the name. `chosen` is told which HMC was chosen where there
    /// was a choice.
    pub fn sequence(
        &self,
        ssh: &OpenSsh,
        chosen: Option<&(dyn Fn(&str) + Sync)>,
        way: &Way,
        what: &Sequence,
        each: impl FnMut(usize, Outcome),
    ) {
        let Hardware { hmcs, settings, .. } = &self.hardware;
        let work = |points: &Points<'_>| self.both(points, way, what, each);
        reach(ssh, hmcs, settings, chosen, work);
    }

    /// LPARs and chassis at the same time; what comes of the LPARs is told first.
    fn both(
        &self,
        points: &Points<'_>,
        way: &Way,
        what: &Sequence,
        mut each: impl FnMut(usize, Outcome),
    ) {
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            scope.spawn(|| {
                let sender = sender;
                blade::sequence(points, way, what, &self.blades, |index, outcome| {
                    // Nobody listens any more: then the command is ending.
                    let _ = sender.send((index, outcome));
                });
            });
            let nodes = &self.hardware.nodes;
            lpar::sequence(points, way, what, nodes, |index, outcome| {
                each(self.lpars[index], outcome);
            });
            for (index, outcome) in receiver {
                each(index, outcome);
            }
        });
    }
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
