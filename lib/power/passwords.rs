//! `rspconfig` `HMC_passwd=`, `admin_passwd=` …: the passwords of the service
//! processors of systems and of the controllers of frames, set through HMCs.

use std::fmt;

use super::line::Line;
use super::settings::columns;
use super::systems::{Job, Out, System, each_machine};
use super::{Done, Machine, NotDone, PowerNode, Way};
use crate::db::{self, Db};
use crate::hmc::ask::{frame_state, system_state};
use crate::hmc::{Points, access};
use crate::remote::Password;

/// A user of a service processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// The one that HMCs log in as.
    Hmc,
    /// The administrator of the ASM menus.
    Admin,
    /// The general user of the ASM menus.
    General,
}

impl User {
    /// All of them, in the order of xCAT.
    pub const ALL: [User; 3] = [User::Hmc, User::Admin, User::General];

    /// The name, in xCAT's tables too.
    pub fn name(self) -> &'static str {
        match self {
            User::Hmc => "HMC",
            User::Admin => "admin",
            User::General => "general",
        }
    }

    /// What an HMC calls the password.
    fn kind(self) -> &'static str {
        match self {
            User::Hmc => "access",
            User::Admin => "admin",
            User::General => "general",
        }
    }

    /// The password of a service processor that nobody has given another, as
    /// xCAT knows them (`FSPcfg.pm`).
    fn factory(self) -> Password {
        Password::new(match self {
            User::Hmc => "",
            User::Admin => "admin",
            User::General => "general",
        })
    }
}

/// A new password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whose it becomes.
    pub users: Vec<User>,
    /// The one that they have now; none if it is that of the factory.
    pub old: Option<Password>,
    /// The new one.
    pub new: Password,
}

/// A password that was set, or would be in a dry run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewed<'c> {
    /// Whose it is.
    pub user: User,
    /// The password.
    pub new: &'c Password,
    /// What was done.
    pub done: Done,
}

impl fmt::Display for Renewed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.done {
            Done::Would(_) => self.done.fmt(f),
            done => write!(f, "{}: {done}", self.user.name()),
        }
    }
}

/// What came of each password of a node.
type OfNode<'c> = Vec<Result<Renewed<'c>, NotDone>>;

/// Sets the passwords of the systems and frames among `nodes`; hands what came
/// of each password to `each`, with the index of the node.
pub fn renew<'c>(
    points: &Points<'_>,
    changes: &'c [Change],
    way: &Way,
    nodes: &[PowerNode],
    mut each: impl FnMut(usize, Result<Renewed<'c>, NotDone>),
) {
    let check = |node: &PowerNode, machine| match machine {
        Machine::Cec | Machine::Frame => Ok(()),
        Machine::Lpar { .. } => Err(NotDone::NodeType(node.hwtype.clone())),
    };
    let work = |system: &System<'_>, out: &Out<OfNode<'c>>| match points
        .ask(system.hcps, &state(system))
    {
        Err(errors) => out.fail(&system.jobs, &errors),
        Ok((hmc, _)) => {
            let mut line = Line::new(points, (hmc, system.hcps), way);
            for job in &system.jobs {
                out.send(job, Ok(of_node(system, job, changes, &mut line)));
            }
        }
    };
    each_machine(nodes, way.width, check, work, |index, told| match told {
        Ok(all) => all.into_iter().for_each(|one| each(index, one)),
        Err(reason) => each(index, Err(reason)),
    });
}

/// The question for the state of the system, or frame: it tells which of its
/// HMCs can be asked, and what there is to see after a change whose end was
/// lost.
fn state(system: &System<'_>) -> crate::hmc::ask::Ask<String> {
    match system.frames().next() {
        Some(_) => frame_state(system.mtms),
        None => system_state(system.mtms),
    }
}

fn of_node<'c>(
    system: &System<'_>,
    job: &Job<'_>,
    changes: &'c [Change],
    line: &mut Line<'_>,
) -> OfNode<'c> {
    let mut all = Vec::new();
    for change in changes {
        for user in &change.users {
            let old = change.old.clone().unwrap_or_else(|| user.factory());
            let words = (old.reveal(), change.new.reveal());
            let frame = job.machine == Machine::Frame;
            let command = access::set_system_password(user.kind(), (system.mtms, frame), words);
            let sent = line.send(&command, |look| {
                let now = look.ask(&state(system))?;
                Ok(format!(
                    "it is {now}; which password it has shows at its ASM menus only"
                ))
            });
            let renewed = |()| Renewed {
                user: *user,
                new: &change.new,
                done: line.done(),
            };
            all.push(sent.map(renewed).map_err(|reason| NotDone::Of {
                of: user.name().to_owned(),
                reason: Box::new(reason),
            }));
        }
    }
    all
}

/// Writes the new passwords of nodes into the table ppcdirect, where xCAT has
/// them, in one transaction. What a dry run told is not written.
///
/// # Errors
/// The database cannot be written: then nothing has changed.
pub fn remember(db: &mut Db, all: &[(&str, Renewed<'_>)]) -> Result<(), db::Error> {
    let names = ["hcp", "username", "password"];
    let Some((ppcdirect, [hcp, username, password])) = columns("ppcdirect", names) else {
        return Ok(());
    };
    let set = all.iter().filter(|(_, one)| one.done == Done::Success);
    let set: Vec<_> = set.collect();
    if set.is_empty() {
        return Ok(());
    }
    let change = db.change()?;
    for (node, Renewed { user, new, .. }) in set {
        let row = [(hcp, *node), (username, user.name())];
        change.set(ppcdirect, &row, &[(password, Some(new.reveal()))])?;
    }
    change.commit().map(drop)
}
