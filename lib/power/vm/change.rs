//! Changing profiles: by attributes, as a file says, to another profile; and
//! running partitions with them.

use super::attributes::{Assignment, unknown};
use super::dynamic::{Dynamic, Resources};
use super::file::Row;
use super::other::to_profile;
use super::partitions::find;
use super::problem::Problem;
use super::slots::{self, IO_SLOTS, Slots};
use crate::hmc::configure::change_profile;
use crate::hmc::profile::{Partition, Profile, partitions, profiles};
use crate::hmc::record::{Record, Value};
use crate::hmc::refusal::printable;
use crate::hmc::{self, Mtms, Points};
use crate::power::line::{Line, Look};
use crate::power::{Done, Job, Machine, NotDone, Out, PowerNode, System, Way, each_system};

/// What is to be changed.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Attributes of the profile that counts.
    Attributes(Vec<Assignment>),
    /// The profiles are to be as these rows say.
    Rows(Vec<Row>),
    /// The partition is to have the profile of this name, if need be as a copy
    /// of another partition's, and to be activated with it.
    Profile(String),
}

impl Wanted {
    /// Whether an attribute may change.
    fn names(&self, attribute: &str) -> bool {
        match self {
            Wanted::Attributes(changes) => changes.iter().any(|change| change.name == attribute),
            Wanted::Rows(_) => true,
            Wanted::Profile(_) => false,
        }
    }

    /// Whether slots can be taken from another partition for it.
    ///
    /// # Errors
    /// No slots are named.
    pub fn takes_slots(&self) -> Result<(), Problem> {
        match self.names(IO_SLOTS) {
            true => Ok(()),
            false => Err(Problem::NothingToMove),
        }
    }
}

/// What is to be done to all nodes.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// What is to be changed.
    pub wanted: &'a Wanted,
    /// Whether partitions that run are changed, too.
    pub dlpar: bool,
    /// The partition that slots may be taken from, which then runs, too.
    pub from: Option<&'a str>,
    /// How it is gone about.
    pub way: Way,
}

/// What was done to a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// What was done.
    pub done: Done,
    /// The profile that it is to be activated with from now on.
    pub profile: Option<String>,
}

/// Changes the profiles of `nodes`; hands each outcome to `each` with the index
/// of the node, on the calling thread and as it comes.
pub fn change(
    points: &Points<'_>,
    request: &Request<'_>,
    nodes: &[PowerNode],
    each: impl FnMut(usize, Result<Changed, NotDone>),
) {
    let check = |_: &PowerNode, machine| match machine {
        Machine::Lpar { .. } => Ok(()),
        Machine::Cec | Machine::Frame => Problem::NotForSystems.is(),
    };
    let work = |system: &System<'_>, out: &Out<Changed>| match read(system, points, request) {
        Err(errors) => out.fail(&system.jobs, &errors),
        Ok((hmc, there)) => {
            let mut line = Line::new(points, (hmc, system.hcps), &request.way);
            for (id, job) in system.lpars() {
                out.send(job, one(system.mtms, (id, job), request, &there, &mut line));
            }
        }
    };
    each_system(nodes, request.way.width, check, work, each);
}

/// What a system has, before it is changed.
pub(super) struct There {
    lpars: Vec<Partition>,
    pub rows: Vec<Profile>,
    /// Only where partitions that run are changed.
    resources: Option<Resources>,
}

fn read(
    system: &System<'_>,
    points: &Points<'_>,
    request: &Request<'_>,
) -> Result<(usize, There), Vec<hmc::Error>> {
    let (hmc, lpars) = points.ask(system.hcps, &partitions(system.mtms))?;
    let only = match (request.wanted, system.jobs.as_slice()) {
        (Wanted::Profile(_), _) => None,
        _ if request.from.is_some() => None,
        (_, [job]) => system.lpars().next().map(|(id, _)| id).filter(|id| {
            // An HMC refuses the profiles of a number that it does not have.
            job.machine != Machine::Cec && lpars.iter().any(|lpar| lpar.id == *id)
        }),
        _ => None,
    };
    let with_slots = request.wanted.names(IO_SLOTS);
    let read = || {
        Ok(There {
            rows: points.ask_one(hmc, &profiles(system.mtms, only))?,
            resources: match request.dlpar {
                true => Some(Resources::read(points, hmc, system.mtms, with_slots)?),
                false => None,
            },
            lpars,
        })
    };
    let there = read().map_err(|error| vec![error])?;
    Ok((hmc, there))
}

fn one(
    system: &Mtms,
    (id, job): (u32, &Job<'_>),
    request: &Request<'_>,
    there: &There,
    line: &mut Line<'_>,
) -> Result<Changed, NotDone> {
    let lpar = find(system, id, &job.node.name, &there.lpars)?;
    if let Wanted::Profile(name) = request.wanted {
        return to_profile(system, lpar, name, there, line);
    }
    let (own, changes) = match request.wanted {
        Wanted::Rows(rows) => by_rows(lpar, &job.node.name, rows, there)?,
        Wanted::Attributes(changes) => by_attributes(lpar, changes, there)?,
        Wanted::Profile(_) => return Problem::NotForSystems.is(),
    };
    let (dynamic, source) = match &there.resources {
        Some(resources) => plan(system, lpar, &changes, (request, there, resources))?,
        None => (Dynamic::default(), None),
    };
    let changed = |change: &&Assignment| {
        let before = own.record.get(&change.name);
        before != Some(&change.result(before))
    };
    let changes = changes.iter().filter(changed);
    // An HMC that keeps the profile in step by itself has it changed by then.
    let whole = |change: &Assignment| match change.name == IO_SLOTS && dynamic.has_slots() {
        true => {
            let result = change.result(own.record.get(IO_SLOTS));
            Assignment::set(IO_SLOTS, result.as_str())
        }
        false => change.clone(),
    };
    let changes: Vec<_> = changes.map(whole).collect();
    dynamic.send(system, lpar.id, line)?;
    let sent = source.map_or(Ok(()), |(own, change)| send(system, own, &[change], line));
    let sent = sent.and_then(|()| match changes.as_slice() {
        [] => Ok(()),
        changes => send(system, own, changes, line),
    });
    sent.map_err(|reason| dynamic.done(reason))?;
    Ok(Changed {
        done: line.done(),
        profile: None,
    })
}

/// What is to be done to a partition that runs; and to the profile of the one
/// that slots are taken from.
#[expect(clippy::type_complexity, reason = "two plans")]
fn plan<'t>(
    system: &Mtms,
    lpar: &Partition,
    changes: &[Assignment],
    (request, there, resources): (&Request<'_>, &'t There, &Resources),
) -> Result<(Dynamic, Option<(&'t Profile, Assignment)>), NotDone> {
    let current = |lpar: &Partition| profile(lpar, lpar.profile()?, there).ok();
    let list = |lpar: &Partition| current(lpar)?.record.get(IO_SLOTS).cloned();
    let from = match request.from {
        None => None,
        Some(name) => {
            let found = there.lpars.iter().find(|lpar| lpar.name == name);
            Some(found.ok_or_else(|| Problem::NoSource {
                system: system.clone(),
                name: name.to_owned(),
            })?)
        }
    };
    let slots = Slots {
        all: &resources.slots,
        lpars: &there.lpars,
        profile: &list,
        from,
    };
    let dynamic = resources.plan(lpar, changes, &slots)?;
    let moved = dynamic.moved();
    let source = from.and_then(|from| {
        let own = current(from)?;
        let change = slots::without(own.record.get(IO_SLOTS)?, &moved)?;
        Some((own, change))
    });
    Ok((dynamic, source))
}

fn by_attributes<'t>(
    lpar: &Partition,
    changes: &[Assignment],
    there: &'t There,
) -> Result<(&'t Profile, Vec<Assignment>), NotDone> {
    let missing = || Problem::NoProfiles(lpar.name.clone());
    let own = profile(lpar, lpar.profile().ok_or_else(missing)?, there)?;
    match unknown(&own.record, changes) {
        unknown if unknown.is_empty() => Ok((own, changes.to_vec())),
        unknown => Problem::Attributes(unknown).is(),
    }
}

/// What a row says about the profile itself, and cannot be changed.
const IDENTITY: [&str; 3] = ["name", "lpar_name", "lpar_id"];

/// A file with one row is meant for every node; else the rows of the partition
/// are.
fn by_rows<'t>(
    lpar: &Partition,
    node: &str,
    rows: &[Row],
    there: &'t There,
) -> Result<(&'t Profile, Vec<Assignment>), NotDone> {
    let own_row = |row: &&Row| {
        let named = row.profile.lpar_name() == lpar.name || row.node.as_deref() == Some(node);
        named && row.profile.lpar() == Some(lpar.id)
    };
    let row = match rows {
        [row] => row,
        rows => {
            let mut own = rows.iter().filter(own_row);
            match (own.next(), own.next()) {
                (Some(row), None) => row,
                (None, _) => return Problem::NoRow(lpar.name.clone()).is(),
                _ => return Problem::SeveralRows(lpar.name.clone()).is(),
            }
        }
    };
    let own = profile(lpar, row.profile.name(), there)?;
    let mut changes = Vec::new();
    for (name, value) in row.profile.record.fields() {
        let same = own.record.get(name) == Some(value);
        let nothing = matches!(value, Value::Null | Value::Unavailable);
        if same || nothing || IDENTITY.contains(&name.as_str()) {
            continue;
        }
        if matches!(name.as_str(), "lpar_env" | "all_resources") {
            return Problem::Fixed(name.clone()).is();
        }
        changes.push(Assignment::set(name, value.as_str()));
    }
    Ok((own, changes))
}

pub(super) fn profile<'t>(
    lpar: &Partition,
    name: &str,
    there: &'t There,
) -> Result<&'t Profile, Problem> {
    let own = |row: &&Profile| row.lpar() == Some(lpar.id) && row.name() == name;
    let found = there.rows.iter().find(own);
    found.ok_or_else(|| Problem::NoProfile {
        lpar: lpar.name.clone(),
        profile: name.to_owned(),
    })
}

/// Names a profile to the HMC.
pub(super) fn key(name: &str, lpar: u32) -> Record {
    let mut record = Record::default();
    record.set("name", name);
    record.set("lpar_id", &lpar.to_string());
    record
}

fn send(
    system: &Mtms,
    own: &Profile,
    changes: &[Assignment],
    line: &mut Line<'_>,
) -> Result<(), NotDone> {
    let lpar = own.lpar().unwrap_or_default();
    let mut record = key(own.name(), lpar);
    for change in changes {
        record.set(&change.left(), &change.value);
    }
    let seen = |look: &Look<'_>| {
        let rows = look.ask(&profiles(system, Some(lpar)))?;
        let now = rows.iter().find(|row| row.name() == own.name());
        Ok(now.map_or_else(
            || "the profile is gone".to_owned(),
            |now| told(own, now, changes),
        ))
    };
    line.send(&change_profile(system, &record), seen)
}

/// What became of the changes, as far as a listing shows it.
fn told(before: &Profile, now: &Profile, changes: &[Assignment]) -> String {
    let text = |change: &Assignment| {
        let value = now.record.get(&change.name);
        let wanted = change.result(before.record.get(&change.name));
        let shown = printable(value.map_or("not there", Value::as_str));
        match value == Some(&wanted) {
            true => format!("{} is {shown}", change.name),
            false => format!(
                "{} is {shown}, not {}",
                change.name,
                printable(wanted.as_str())
            ),
        }
    };
    changes.iter().map(text).collect::<Vec<_>>().join(", ")
}
