//! What work through HMCs needs from the database, and the HMCs themselves.

use super::PowerNode;
use super::chassis;
use super::definitions;
use super::settings::{self, Error, Settings};
use crate::db::Snapshot;
use crate::hmc::{Points, Retry};
use crate::remote::{OpenSsh, State, Target};

/// Nodes with all that work on them through HMCs needs: what a command gathers
/// before it reaches out, so that no lock is held while a host is slow.
#[derive(Debug)]
pub struct Hardware {
    /// The nodes, in the order in which they were named.
    pub nodes: Vec<PowerNode>,
    /// Their HMCs, which [`PowerNode::hcps`] counts, and chassis managers.
    pub hmcs: Vec<Target>,
    /// What the site says about work with HMCs.
    pub settings: Settings,
}

impl Hardware {
    /// Reads the definitions of `names`. What a definition lacks is an error of
    /// that node only, and comes when it is needed.
    ///
    /// # Errors
    /// The database cannot be read, or the site table cannot be used.
    pub fn read(snapshot: &Snapshot<'_>, names: &[String]) -> Result<Self, Error> {
        let settings = Settings::read(snapshot)?;
        let (nodes, hmcs) = definitions::power_nodes(snapshot, names)?;
        let hmcs = settings::targets(snapshot, &hmcs, &settings)?;
        Ok(Hardware {
            nodes,
            hmcs,
            settings,
        })
    }

    /// The same with the bays of nodes in chassis; the chassis managers are
    /// targets as the HMCs are.
    ///
    /// # Errors
    /// As [`Hardware::read`].
    pub fn with_chassis(snapshot: &Snapshot<'_>, names: &[String]) -> Result<Self, Error> {
        let mut hardware = Hardware::read(snapshot, names)?;
        let first = hardware.hmcs.len();
        let managers = chassis::find(snapshot, &mut hardware.nodes, first)?;
        let targets = settings::chassis_targets(snapshot, &managers, &hardware.settings)?;
        hardware.hmcs.extend(targets);
        Ok(hardware)
    }

    /// Hands the HMCs to `work`, none of them tried yet; `chosen` is told which
    /// was chosen where there was a choice.
    pub fn reach<R>(
        &self,
        ssh: &OpenSsh,
        chosen: Option<&(dyn Fn(&str) + Sync)>,
        work: impl FnOnce(&Points<'_>) -> R,
    ) -> R {
        let several = self.nodes.iter().any(|node| node.hcps.len() > 1);
        let live = |target: &Target| several && matches!(ssh.state(target), Ok(State::Running(_)));
        let transport = Retry::new(ssh, self.settings.tries);
        let points = Points::new(&transport, &self.hmcs, self.settings.limits, &live);
        work(&points.telling(chosen))
    }
}

/// Hands the HMCs of `targets` to `work`, as [`Hardware::reach`].
pub(super) fn reach<R>(
    ssh: &OpenSsh,
    targets: &[Target],
    settings: &Settings,
    chosen: Option<&(dyn Fn(&str) + Sync)>,
    work: impl FnOnce(&Points<'_>) -> R,
) -> R {
    let live = |target: &Target| matches!(ssh.state(target), Ok(State::Running(_)));
    let transport = Retry::new(ssh, settings.tries);
    let points = Points::new(&transport, targets, settings.limits, &live);
    work(&points.telling(chosen))
}
