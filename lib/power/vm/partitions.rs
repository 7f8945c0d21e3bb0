//! The partitions of a system, and which of them a node is.

use crate::hmc::Mtms;
use crate::hmc::ask::LparState;
use crate::hmc::profile::Partition;
use crate::power::NotDone;
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
