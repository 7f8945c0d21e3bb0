//! The boot mode of LPARs, through their HMCs.
//!
//! An HMC keeps no order of boot devices: that is the operating system's (AIX:
//! `bootlist`), in the NVRAM of the LPAR. What a profile has is the boot mode,
//! which says where an activation with it stops.

use super::Sequence;
use crate::hmc::Points;
use crate::hmc::ask::LparState;
use crate::hmc::configure::change_profile;
use crate::hmc::profile::{Partition, Profile, partitions, profiles};
use crate::hmc::record::Record;
use crate::power::line::{Line, Look};
use crate::power::request::Outcome;
use crate::power::switch::identify;
use crate::power::systems::{Job, Out, System, each_system};
use crate::power::{Done, Machine, NotDone, PowerNode, Way};

/// Why an LPAR takes no order of devices.
const NO_DEVICES: &str = "an HMC has no order of boot devices: set it in the operating system of \
                          the LPAR (AIX: bootlist), or boot once from the network with rnetboot";

/// Tells or sets the boot mode of the profiles of `nodes`; hands each outcome to
/// `each`, with the index of the node.
pub(super) fn sequence(
    points: &Points,
    way: &Way,
    what: &Sequence,
    nodes: &[PowerNode],
    each: impl FnMut(usize, Outcome),
) {
    let check = |node: &PowerNode, machine| match machine {
        Machine::Lpar { .. } => match what {
            Sequence::Devices(_) => Err(NotDone::NotHere(NO_DEVICES)),
            Sequence::List | Sequence::Mode(_) => Ok(()),
        },
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
        Sequence::Devices(_) => Err(NotDone::NotHere(NO_DEVICES)),
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
