//! `rnetboot`: LPARs boot from the network.

use super::run::{Event, Ready, each_lpar};
use super::{Error, Plan};
use crate::hmc::Points;
use crate::hmc::boot::{self, Partition};
use crate::power::{NotDone, PowerNode, Stop};

/// How nodes are to be booted.
#[derive(Debug, Clone, Copy)]
pub struct Boot<'a> {
    /// What the database says of each node, in their order.
    pub plans: &'a [Plan],
    /// Cuts off a running operating system (`-f`).
    pub immediate: bool,
    /// Boots nodes, too, that are to boot from their disks (`-F`).
    pub whatever_state: bool,
    /// Sends nothing that changes anything (`--dry-run`).
    pub dry_run: bool,
    /// Systems worked on at the same time (site `ppcmaxp`).
    pub width: usize,
    /// Set when nothing more is to be done.
    pub stop: &'a Stop,
}

/// Boots `nodes` from the network; hands each step and each outcome to `each`,
/// with the index of the node, on the calling thread and as it comes.
pub fn boot(
    points: &Points,
    request: &Boot<'_>,
    nodes: &[PowerNode],
    each: impl FnMut(usize, Result<Event<()>, NotDone>),
) {
    let check = |index: usize| {
        let plan: &Plan = &request.plans[index];
        if plan.in_boot_state && !request.whatever_state {
            return Err(Error::InBootState.into());
        }
        plan.boot_route()?;
        plan.through.clone()?;
        Ok(())
    };
    let work = |ready: &Ready, step: &mut dyn FnMut(&str)| one(ready, request, step);
    each_lpar(
        points,
        nodes,
        (request.width, request.stop),
        check,
        work,
        each,
    );
}

/// Tries the adapters of the node in their order, until one boots or the HMC
/// cannot be asked any more.
fn one(
    ready: &Ready,
    request: &Boot<'_>,
    step: &mut dyn FnMut(&str),
) -> Result<Event<()>, NotDone> {
    let plan = &request.plans[ready.index];
    let partition = Partition {
        name: &ready.lpar.name,
        profile: &ready.node.profile,
        system: ready.system,
        fabric: plan.fabric,
        immediate: request.immediate || !plan.is_aix,
    };
    let route = plan.boot_route()?;
    let mut outcome = Err(Error::NoMac.into());
    for through in &plan.through.clone()? {
        let ask = boot::boot(&partition, through, &route);
        if request.dry_run {
            return Ok(ready.would(&ask));
        }
        outcome = ready.watch(&ask, step).map(Event::Done);
        let failed = |reason: &NotDone| matches!(reason, NotDone::Netboot(error) if matches!(**error, Error::Failed { .. }));
        if !outcome.as_ref().is_err_and(failed) {
            break;
        }
    }
    outcome
}
