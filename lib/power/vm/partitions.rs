//! The partitions of a system, and which of them a node is.

use crate::hmc::Mtms;
use crate::hmc::ask::LparState;
use crate::hmc::profile::{Partition, partitions, service_partition};
use crate::hmc::refusal::printable;
use crate::power::NotDone;
use crate::power::line::Look;
use crate::power::switch::identify;

/// Finds the partition of a number that a node of this name can be.
///
/// # Errors
/// There is no such number, or it belongs to another partition.
pub(super) fn find<'p>(
    system: &Mtms,
    id: u32,
    node: &str,
    partitions: &'p [Partition],
) -> Result<&'p Partition, NotDone> {
    let state = |lpar: &Partition| LparState {
        name: lpar.name.clone(),
        id: lpar.id,
        state: lpar.state.clone(),
    };
    let states: Vec<_> = partitions.iter().map(state).collect();
    let found = identify(system, id, node, &states)?.id;
    let partition = partitions.iter().find(|lpar| lpar.id == found);
    partition.ok_or_else(|| NotDone::NoLpar {
        system: system.clone(),
        id,
    })
}

/// Looks whether a partition is there.
pub(super) fn whether_there(look: &Look<'_>, system: &Mtms, id: u32) -> Result<String, NotDone> {
    let lpars = look.ask(&partitions(system))?;
    let text = |lpar: &Partition| {
        let name = printable(&lpar.name);
        format!("there is an LPAR with id {id} now, {name:?}")
    };
    let found = lpars.iter().find(|lpar| lpar.id == id);
    Ok(found.map_or_else(|| format!("there is no LPAR with id {id}"), text))
}

/// Looks which partition is the service partition.
pub(super) fn which_service(look: &Look<'_>, system: &Mtms) -> Result<String, NotDone> {
    let service = look.ask(&service_partition(system))?;
    let id = service.map_or_else(|| "none".to_owned(), |id| id.to_string());
    Ok(format!("service_lpar_id is {id}"))
}
