//! `rbootseq`: what an LPAR boots from.
//!
//! An HMC keeps no order of boot devices: that is the operating system's (AIX:
//! `bootlist`), in the NVRAM of the LPAR. What a profile has is the boot mode,
//! which says where an activation with it stops.

use std::str::FromStr;

use super::line::{Line, Look};
use super::request::Outcome;
use super::switch::identify;
use super::systems::{Job, Out, System, each_system};
use super::{Done, Machine, NotDone, PowerNode, Way};
use crate::hmc::Points;
use crate::hmc::ask::LparState;
use crate::hmc::configure::change_profile;
use crate::hmc::profile::{Partition, Profile, partitions, profiles};
use crate::hmc::record::Record;

/// What is to be told or set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sequence {
    /// The boot mode of the profile.
    List,
    /// It is to be this one.
    Mode(&'static str),
}

/// The boot modes that profiles have.
const MODES: [&str; 5] = ["norm", "dd", "ds", "of", "sms"];

/// xCAT's words for devices.
const DEVICES: [&str; 14] = [
    "hd", "hd0", "hd1", "hd2", "hd3", "n", "net", "network", "hfi", "cd", "cdrom", "usbflash",
    "floppy", "none",
];

/// The word cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSequence {
    /// It names devices.
    #[error(
        "an HMC has no order of boot devices ({0}): set it in the operating system of the LPAR \
         (AIX: bootlist), or boot once from the network with rnetboot"
    )]
    Devices(String),
    /// It names nothing.
    #[error("Invalid command: {0}; for an LPAR write list, norm, dd, ds, of or sms")]
    Unknown(String),
}

impl FromStr for Sequence {
    type Err = BadSequence;

    fn from_str(word: &str) -> Result<Self, BadSequence> {
        if matches!(word, "list" | "stat") {
            return Ok(Sequence::List);
        }
        if let Some(mode) = MODES.iter().find(|mode| **mode == word) {
            return Ok(Sequence::Mode(mode));
        }
        Err(match word.split(',').any(|part| DEVICES.contains(&part)) {
            true => BadSequence::Devices(word.to_owned()),
            false => BadSequence::Unknown(word.to_owned()),
        })
    }
}

/// Tells or sets the boot mode of the profiles of `nodes`; hands each outcome to
/// `each`, with the index of the node.
pub fn sequence(
    points: &Points,
    way: &Way,
    what: &Sequence,
    nodes: &[PowerNode],
    each: impl FnMut(usize, Outcome),
) {
    let check = |node: &PowerNode, machine| match machine {
        Machine::Lpar { .. } => Ok(()),
        Machine::Cec | Machine::Frame => Err(NotDone::NodeType(node.hwtype.clone())),
    };
    let work = |system: &System, out: &Out<Done>| {
        let answers = points
            .ask(system.hcps, &partitions(system.mtms))
            .and_then(|(hmc, lpars)| {
                let rows = points.ask(system.hcps, &profiles(system.mtms, None))?.1;
                Ok((hmc, lpars, rows))
            });
        match answers {
            Err(errors) => out.fail(&system.jobs, &errors),
            Ok((hmc, lpars, rows)) => {
                let mut line = Line::new(points, (hmc, system.hcps), way);
                for job in &system.jobs {
                    out.send(job, of_node(system, job, what, &lpars, &rows, &mut line));
                }
            }
        }
    };
    each_system(nodes, way.width, check, work, each);
}

fn of_node(
    system: &System,
    job: &Job,
    what: &Sequence,
    lpars: &[Partition],
    rows: &[Profile],
    line: &mut Line,
) -> Outcome {
    let Machine::Lpar { id } = job.machine else {
        return Err(NotDone::NodeType(job.node.hwtype.clone()));
    };
    let state = |lpar: &Partition| LparState {
        name: lpar.name.clone(),
        id: lpar.id,
        state: String::new(),
    };
    let states: Vec<_> = lpars.iter().map(state).collect();
    identify(system.mtms, id, &job.node.name, &states)?;
    let lpar = lpars.iter().find(|lpar| lpar.id == id);
    let name = match job.node.profile.as_str() {
        "" => lpar
            .and_then(Partition::profile)
            .ok_or_else(|| job.node.unset("pprofile"))?,
        own => own,
    };
    let row = rows
        .iter()
        .find(|row| row.lpar() == Some(id) && row.name() == name);
    let mode = row.and_then(|row| row.record.text("boot_mode"));
    let mode = mode.ok_or_else(|| NotDone::NoBootMode(name.to_owned()))?;
    match what {
        Sequence::List => Ok(Done::State(format!(
            "boot mode of the profile {name}: {mode}"
        ))),
        Sequence::Mode(wanted) if *wanted == mode => Ok(Done::Success),
        Sequence::Mode(wanted) => {
            let mut record = Record::default();
            record.set("name", name);
            record.set("lpar_id", &id.to_string());
            record.set("boot_mode", wanted);
            let again = |look: &Look| {
                let rows = look.ask(&profiles(system.mtms, Some(id)))?;
                let row = rows.iter().find(|row| row.name() == name);
                let mode = row.and_then(|row| row.record.text("boot_mode"));
                Ok(format!("boot_mode is {}", mode.unwrap_or("unknown")))
            };
            line.send(&change_profile(system.mtms, &record), again)?;
            Ok(line.done())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_refused_with_the_way_to_go() {
        let read = |word: &str| word.parse::<Sequence>();
        assert_eq!(read("stat"), Ok(Sequence::List));
        assert_eq!(read("sms"), Ok(Sequence::Mode("sms")));
        for word in ["net", "cd,net,hd0", "hfi"] {
            let text = read(word).unwrap_err().to_string();
            assert!(
                text.contains("bootlist") && text.contains("rnetboot"),
                "{text}"
            );
        }
        let text = read("later").unwrap_err().to_string();
        assert!(text.starts_with("Invalid command: later"), "{text}");
    }
}
