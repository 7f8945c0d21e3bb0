//! `getmacs -D`: the network adapters of LPARs as Open Firmware sees them.

use super::run::{Event, Ready, each_lpar};
use super::{Error, Plan};
use crate::hmc::Points;
use crate::hmc::boot::{self, Discovery};
use crate::power::{NotDone, PowerNode, Way};

/// How adapters are to be found.
#[derive(Debug, Clone, Copy)]
pub struct Discover<'a> {
    /// What the database says of each node, in their order.
    pub plans: &'a [Plan],
    /// Whether the server is pinged through each adapter.
    pub ping: bool,
    /// Cuts off a running operating system (`-f`).
    pub immediate: bool,
    /// Takes only LPARs that are at Open Firmware (`-o`).
    pub at_firmware: bool,
    /// How it is gone about.
    pub way: &'a Way,
}

/// Finds the adapters of `nodes`; hands each step and each outcome to `each`,
/// with the index of the node, on the calling thread and as it comes.
pub fn discover(
    points: &Points,
    request: &Discover<'_>,
    nodes: &[PowerNode],
    each: impl FnMut(usize, Result<Event<Discovery>, NotDone>),
) {
    let check = |index: usize| {
        let plan: &Plan = &request.plans[index];
        match request.ping {
            true => Ok(plan.route.clone().map(drop)?),
            false => Ok(()),
        }
    };
    let work = |ready: &Ready, step: &mut dyn FnMut(&str)| one(ready, request, step);
    each_lpar(points, nodes, request.way, check, work, each);
}

fn one(
    ready: &Ready,
    request: &Discover<'_>,
    step: &mut dyn FnMut(&str),
) -> Result<Event<Discovery>, NotDone> {
    let plan = &request.plans[ready.index];
    let at_firmware = ready.lpar.state == "Open Firmware";
    if request.at_firmware && !at_firmware {
        return Err(Error::NotAtFirmware(ready.lpar.state.clone()).into());
    }
    // At Open Firmware there is nothing to shut down.
    let immediate = request.immediate || request.at_firmware;
    let partition = ready.partition(plan, immediate);
    let route = match request.ping {
        true => Some(plan.route.clone()?),
        false => None,
    };
    ready.send(&boot::discover(&partition, route.as_ref()), step)
}
