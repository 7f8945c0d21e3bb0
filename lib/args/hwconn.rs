//! What `lshwconn`, `mkhwconn` and `rmhwconn` have in common.

use crate::context::Context;
use crate::db::{self, Change};
use crate::error::{Error, Result};
use crate::hmc::Points;
use crate::power::connections::{self, Connected, Through, Told};
use crate::power::{Done, Way, definitions};

/// [`connections::make`] or [`connections::remove`].
pub type Deed = fn(&Points<'_>, &Connected, &Way, &mut Told<'_, Done>);

/// What came of the connection of an HMC to a node.
#[derive(Debug)]
pub struct Changed {
    /// The HMC.
    pub hmc: String,
    /// The node.
    pub node: String,
    /// Whether it is as wanted now.
    pub is_done: bool,
}

/// Reads what a noderange names, as [`connections::gather`].
///
/// # Errors
/// The noderange or the HMC is not defined, or the database cannot be read.
pub fn gather(
    cx: &mut Context,
    noderange: Option<&str>,
    through: &Through,
    of: (bool, &str),
) -> Result<Connected> {
    let db = cx.open()?;
    let snapshot = db.read()?;
    if let Through::Hmc(hmc) = through {
        let named = cx.nodes(&snapshot, hmc)?;
        let (hmcs, _) = definitions::hmcs(&snapshot, &named)?;
        if named.len() != 1 || hmcs != [hmc.as_str()] {
            return Err(Error::Refused(format!(
                "{hmc} is no HMC: one node with hwtype=hmc is needed"
            )));
        }
    }
    let names = cx.nodes(&snapshot, noderange.unwrap_or_default())?;
    Ok(connections::gather(&snapshot, &names, through, of)?)
}

/// Changes connections and tells what came of each node; then `define` writes
/// down who manages what.
///
/// # Errors
/// ssh cannot be used, or the database not be written.
pub fn change(
    cx: &mut Context,
    connected: &Connected,
    dry_run: bool,
    deed: Deed,
    define: impl FnOnce(&Change<'_>, &[Changed]) -> Result<(), db::Error>,
) -> Result<()> {
    let way = cx.way(dry_run, connected.settings)?;
    let ssh = cx.ssh(connected.settings.persist)?;
    let said = cx.said();
    let mut all = Vec::new();
    connected.reach(&ssh, said, |points| {
        deed(points, connected, &way, &mut |hmc, node, outcome| {
            all.push(Changed {
                hmc: hmc.to_owned(),
                node: node.to_owned(),
                is_done: outcome.is_ok(),
            });
            let told = cx.report.change(node, outcome);
            cx.report.later(told);
        });
    });
    let mut db = cx.open()?;
    let change = db.change()?;
    define(&change, &all)?;
    cx.conclude(change, dry_run)
}
