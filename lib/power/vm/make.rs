//! Making partitions: as copies of one, from a file, by attributes, of a whole
//! system.

use super::attributes::{Assignment, Sign, unknown};
use super::copy::copy;
use super::file::Row;
use super::partitions::{find, whether_there, which_service};
use super::problem::Problem;
use crate::hmc::configure::{make_lpar, set_service_partition};
use crate::hmc::profile::{Profile, partitions, profiles};
use crate::hmc::record::{Record, Value};
use crate::hmc::{Mtms, Points};
use crate::power::line::Line;
use crate::power::scan::is_node_name;
use crate::power::{Done, Job, Machine, NotDone, Out, PowerNode, System, Way, each_system};

/// A partition that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLpar {
    /// The node, as it is defined when the partition is there.
    pub node: PowerNode,
    /// What is given to `mksyscfg`.
    pub record: Record,
    /// Whether it becomes the service partition of its system.
    pub service: bool,
    /// Attributes with adapters that a copy does not get.
    pub left_out: Vec<&'static str>,
}

impl NewLpar {
    /// What is to be warned about once it is made.
    pub fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        self.left_out.iter().map(|adapters| {
            format!("{adapters} not copied: they would be taken from the LPAR that has them")
        })
    }

    fn new(name: &str, id: u32, on: &PowerNode, parent: &str, record: Record) -> Self {
        let text = |name: &str| record.get(name).map_or("", Value::as_str).to_owned();
        let node = PowerNode {
            frame: None,
            name: name.to_owned(),
            hwtype: "lpar".to_owned(),
            mgt: "hmc".to_owned(),
            id: id.to_string(),
            parent: parent.to_owned(),
            system: on.system.clone(),
            profile: text("profile_name"),
            hcps: on.hcps.clone(),
            bay: None,
        };
        NewLpar {
            node,
            record,
            service: false,
            left_out: Vec::new(),
        }
    }
}

/// Copies of the partition `source`, on its system: one for each name, numbered
/// from `first` on, with some attributes set otherwise.
///
/// # Errors
/// The partition or its profile is not there, or an attribute is none.
pub(super) fn copies(
    points: &Points<'_>,
    source: &PowerNode,
    names: &[String],
    first: u32,
    changes: &[Assignment],
) -> Result<Vec<NewLpar>, NotDone> {
    let profile = profile_of(points, source)?;
    let record = &profile.record;
    let unknown = unknown(record, changes);
    if !unknown.is_empty() {
        return Problem::Attributes(unknown).is();
    }
    let new = |(step, name): (u32, &String)| {
        let id = first.saturating_add(step - 1);
        let mut copy = copy(record, name, id, step);
        for change in changes {
            let value = change.result(copy.record.get(&change.name));
            copy.record.set(&change.name, value.as_str());
        }
        let left_out = copy.left_out;
        NewLpar {
            left_out,
            ..NewLpar::new(name, id, source, &source.parent, copy.record)
        }
    };
    Ok((1..).zip(names).map(new).collect())
}

/// The profile of `source` to copy: that of its definition, else the one that
/// counts.
fn profile_of(points: &Points<'_>, source: &PowerNode) -> Result<Profile, NotDone> {
    let machine = source.machine()?;
    let Machine::Lpar { id } = machine else {
        return Problem::SystemAsSource.is();
    };
    let system = source.managed(machine)?;
    let (hmc, lpars) = points
        .ask(&source.hcps, &partitions(system))
        .map_err(NotDone::Hmc)?;
    let lpar = find(system, id, &source.name, &lpars)?;
    let asked = points.ask_one(hmc, &profiles(system, Some(id)));
    let rows = asked.map_err(|error| NotDone::Hmc(vec![error]))?;
    let name = match source.profile.as_str() {
        "" => lpar.profile(),
        name => Some(name),
    };
    let found = match name {
        Some(name) => rows.into_iter().find(|row| row.name() == name),
        None => return Problem::NoProfiles(lpar.name.clone()).is(),
    };
    let missing = || Problem::NoPprofile {
        node: source.name.clone(),
        profile: name.unwrap_or_default().to_owned(),
    };
    Ok(found.ok_or_else(missing)?)
}

/// Partitions on the system `dest`, one for each name, from the rows of a file:
/// with the numbers and the names of profiles that stand there.
///
/// # Errors
/// `dest` is no system.
pub(super) fn from_rows(
    dest: &PowerNode,
    names: &[String],
    rows: &[Row],
) -> Result<Vec<NewLpar>, NotDone> {
    if dest.machine()? != Machine::Cec {
        return Problem::DestinationIsNoSystem(dest.name.clone()).is();
    }
    let new = |(name, row): (&String, &Row)| {
        let id = row.profile.lpar().unwrap_or_default();
        let copy = copy(&row.profile.record, name, id, 0);
        let left_out = copy.left_out;
        NewLpar {
            left_out,
            ..NewLpar::new(name, id, dest, &dest.name, copy.record)
        }
    };
    Ok(names.iter().zip(rows).map(new).collect())
}

/// A partition with exactly these attributes, on the system `parent`. It has
/// the number `id`, else that of its definition.
///
/// # Errors
/// It has no number.
pub(super) fn by_attributes(
    node: &PowerNode,
    parent: &PowerNode,
    id: Option<u32>,
    changes: &[Assignment],
) -> Result<NewLpar, NotDone> {
    let id = match id {
        Some(id) => id,
        None => node.id.parse().map_err(|_| node.unset("id"))?,
    };
    if let Some(change) = changes.iter().find(|change| change.sign != Sign::Set) {
        return Problem::NothingToChange(change.left()).is();
    }
    let mut record = head(node, id);
    record.set("lpar_env", "aixlinux");
    for change in changes {
        record.set(&change.name, &change.value);
    }
    if record.get("desired_procs").is_some() && record.get("proc_mode").is_none() {
        record.set("proc_mode", "ded");
    }
    Ok(NewLpar::new(&node.name, id, parent, &parent.name, record))
}

/// A partition with all resources of the system `parent`, which becomes its
/// service partition. It has the number of its definition, else 1.
///
/// # Errors
/// Its number is none.
pub(super) fn full(node: &PowerNode, parent: &PowerNode) -> Result<NewLpar, NotDone> {
    let id = match node.id.as_str() {
        "" => 1,
        id => id.parse().map_err(|_| node.unset("id"))?,
    };
    let mut record = head(node, id);
    for (name, value) in [
        ("lpar_env", "aixlinux"),
        ("all_resources", "1"),
        ("boot_mode", "norm"),
        ("conn_monitoring", "0"),
    ] {
        record.set(name, value);
    }
    Ok(NewLpar {
        service: true,
        ..NewLpar::new(&node.name, id, parent, &parent.name, record)
    })
}

fn head(node: &PowerNode, id: u32) -> Record {
    let profile = match node.profile.as_str() {
        "" => &node.name,
        profile => profile,
    };
    let mut record = Record::default();
    record.set("name", &node.name);
    record.set("profile_name", profile);
    record.set("lpar_id", &id.to_string());
    record
}

/// Makes partitions; hands each outcome to `each`, with the index of the
/// partition, on the calling thread and as it comes.
pub fn make(
    points: &Points<'_>,
    lpars: &[NewLpar],
    way: &Way,
    each: impl FnMut(usize, Result<Done, NotDone>),
) {
    let nodes: Vec<_> = lpars.iter().map(|lpar| lpar.node.clone()).collect();
    let check = |node: &PowerNode, _| match is_node_name(&node.name) {
        true => Ok(()),
        false => Problem::Name(node.name.clone()).is(),
    };
    let work = |system: &System<'_>, out: &Out<Done>| match points
        .ask(system.hcps, &partitions(system.mtms))
    {
        Err(errors) => out.fail(&system.jobs, &errors),
        Ok((hmc, there)) => {
            let mut line = Line::new(points, (hmc, system.hcps), way);
            let taken = there.into_iter().map(|lpar| (lpar.id, lpar.name)).collect();
            of_system(system, lpars, taken, &mut line, out);
        }
    };
    each_system(&nodes, way.width, check, work, each);
}

fn of_system(
    system: &System<'_>,
    lpars: &[NewLpar],
    mut taken: Vec<(u32, String)>,
    line: &mut Line<'_>,
    out: &Out<Done>,
) {
    for (id, job) in system.lpars() {
        let made = free(id, job, system.mtms, &taken)
            .and_then(|()| one(system.mtms, id, &lpars[job.index], line));
        if made.is_ok() {
            taken.push((id, job.node.name.clone()));
        }
        out.send(job, made);
    }
}

fn free(id: u32, job: &Job<'_>, system: &Mtms, taken: &[(u32, String)]) -> Result<(), NotDone> {
    let holder = |(other, name): &&(u32, String)| *other == id || *name == job.node.name;
    match taken.iter().find(holder) {
        None => Ok(()),
        Some((other, name)) => Problem::Taken {
            system: system.clone(),
            id: *other,
            name: name.clone(),
        }
        .is(),
    }
}

fn one(system: &Mtms, id: u32, lpar: &NewLpar, line: &mut Line<'_>) -> Result<Done, NotDone> {
    line.send(&make_lpar(system, &lpar.record), |look| {
        whether_there(look, system, id)
    })?;
    if lpar.service {
        let change = set_service_partition(system, Some(id));
        line.send(&change, |look| which_service(look, system))
            .map_err(|reason| NotDone::Partly {
                done: "the LPAR was made, but it is not the service LPAR".to_owned(),
                reason: Box::new(reason),
            })?;
    }
    Ok(line.done())
}
