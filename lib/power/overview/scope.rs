//! Which systems are asked, and which of their LPARs are meant.

use crate::db::{self, Names, Snapshot};
use crate::hmc::{Mtms, Points};
use crate::power::settings::{self, Settings};
use crate::power::{Machine, NotDone, PowerNode, definitions, hardware};
use crate::remote::{OpenSsh, Target};

/// What a user asked about.
#[derive(Debug, Default)]
pub struct Asked<'a> {
    /// The HMC that is to be asked, whatever the definitions say (`-h`).
    pub hmc: Option<&'a str>,
    /// The managed system that is meant (`-m`): a node, or its type, model and
    /// serial number.
    pub system: Option<&'a str>,
    /// The nodes; all systems if there are none.
    pub nodes: Option<&'a [String]>,
}

/// Why there is no such scope.
#[derive(Debug, thiserror::Error)]
pub enum Bad {
    /// The database cannot be read.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The site table cannot be used.
    #[error(transparent)]
    Settings(#[from] settings::Error),
    /// There is no managed system of that name.
    #[error(
        "no managed system {0:?} is defined; lsdef -w hwtype==cec shows those that are, \
         hmc rescan defines what HMCs manage"
    )]
    System(String),
    /// No managed system is defined.
    #[error("no managed system is defined; define those of all HMCs with hmc rescan")]
    NoSystems,
    /// There is no HMC of that name.
    #[error("{0:?} is no HMC: no node of that name has hwtype=hmc")]
    Hmc(String),
}

/// A managed system with those of its LPARs that are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scoped {
    /// Its node, where it has one.
    pub name: String,
    /// What it is.
    pub mtms: Mtms,
    /// Its HMCs, as indices of the targets.
    pub hcps: Vec<usize>,
    /// Numbers of LPARs with their nodes; all LPARs if none are named.
    pub lpars: Vec<(u32, String)>,
}

/// All that is asked about, read from the database.
#[derive(Debug)]
pub struct Scope {
    /// The systems, in the order in which they or their LPARs were named.
    pub systems: Vec<Scoped>,
    /// Their HMCs.
    pub hmcs: Vec<Target>,
    /// What the site says of work with them.
    pub settings: Settings,
    /// The nodes of LPARs, in the order in which they were named.
    pub nodes: Vec<PowerNode>,
    /// Nodes that cannot be asked about, with the reason.
    pub refused: Vec<(String, NotDone)>,
}

impl Scope {
    /// Reads what the definitions say.
    ///
    /// # Errors
    /// The HMC or the system is not defined, or no system at all.
    pub fn read(snapshot: &Snapshot<'_>, asked: &Asked<'_>) -> Result<Self, Bad> {
        let settings = Settings::read(snapshot)?;
        let system = asked.system.map(|name| named(snapshot, name)).transpose()?;
        let names = match (asked.nodes, &system) {
            (Some(nodes), _) => nodes.to_vec(),
            (None, Some(system)) => vec![system.name.clone()],
            (None, None) => definitions::all_of(snapshot, "cec")?,
        };
        if names.is_empty() && asked.nodes.is_none() {
            return Err(Bad::NoSystems);
        }
        let (mut nodes, mut hmcs) = definitions::power_nodes(snapshot, &names)?;
        if let Some(hmc) = asked.hmc {
            // Of all systems, those are meant that it manages.
            if asked.nodes.is_none() && system.is_none() {
                let index = hmcs.iter().position(|name| name == hmc);
                nodes.retain(|node| index.is_some_and(|index| node.hcps.contains(&index)));
            }
            force(snapshot, hmc, &mut nodes, &mut hmcs)?;
        }
        let mut scope = Scope {
            systems: Vec::new(),
            hmcs: settings::targets(snapshot, &hmcs, &settings)?,
            settings,
            nodes: Vec::new(),
            refused: Vec::new(),
        };
        let elsewhere = |node: &PowerNode| match &system {
            Some(system) if node.system != system.system => Some(system.name.clone()),
            _ => None,
        };
        for node in nodes {
            let sorted = match elsewhere(&node) {
                Some(system) => Err(NotDone::OtherSystem { system }),
                None => scope.add(&node),
            };
            match sorted {
                Ok(()) => scope.nodes.push(node),
                Err(reason) => scope.refused.push((node.name, reason)),
            }
        }
        Ok(scope)
    }

    /// Hands the HMCs to `work`; `chosen` is told which was chosen where there
    /// was a choice.
    pub fn reach<R>(
        &self,
        ssh: &OpenSsh,
        chosen: Option<&(dyn Fn(&str) + Sync)>,
        work: impl FnOnce(&Points<'_>) -> R,
    ) -> R {
        hardware::reach(ssh, &self.hmcs, &self.settings, chosen, work)
    }

    fn add(&mut self, node: &PowerNode) -> Result<(), NotDone> {
        let machine = node.machine()?;
        let mtms = node.managed(machine)?;
        let same = |other: &&mut Scoped| other.mtms == *mtms && other.hcps == node.hcps;
        let lpar = match machine {
            Machine::Lpar { id } => Some((id, node.name.clone())),
            Machine::Cec | Machine::Frame => None,
        };
        match (self.systems.iter_mut().find(same), lpar) {
            // All its LPARs are meant already, or now.
            (Some(system), lpar) if system.lpars.is_empty() || lpar.is_none() => {
                system.lpars.clear();
            }
            (Some(system), lpar) => system.lpars.extend(lpar),
            (None, lpar) => self.systems.push(Scoped {
                name: match machine {
                    Machine::Lpar { .. } => node.parent.clone(),
                    Machine::Cec | Machine::Frame => node.name.clone(),
                },
                mtms: mtms.clone(),
                hcps: node.hcps.clone(),
                lpars: lpar.into_iter().collect(),
            }),
        }
        Ok(())
    }
}

/// The node of a managed system.
fn named(snapshot: &Snapshot<'_>, name: &str) -> Result<PowerNode, Bad> {
    let by_name = [name.to_owned()];
    let (mut nodes, _) = definitions::power_nodes(snapshot, &by_name)?;
    if let Some(node) = nodes.pop().filter(|node| node.hwtype == "cec") {
        return Ok(node);
    }
    let all = definitions::all_of(snapshot, "cec")?;
    let (nodes, _) = definitions::power_nodes(snapshot, &all)?;
    let is_it = |node: &PowerNode| node.system.as_ref().is_some_and(|m| m.to_string() == name);
    let found = nodes.into_iter().find(is_it);
    found.ok_or_else(|| Bad::System(name.to_owned()))
}

/// Has all nodes reached through this HMC.
fn force(
    snapshot: &Snapshot<'_>,
    hmc: &str,
    nodes: &mut [PowerNode],
    hmcs: &mut Vec<String>,
) -> Result<(), Bad> {
    let names = [hmc.to_owned()];
    let defined = definitions::existing(snapshot, Names::These(&names))?;
    let is_hmc = |node: &super::super::scan::Existing| {
        node.attributes
            .get("hwtype")
            .is_some_and(|kind| kind == "hmc")
    };
    if !defined.iter().any(is_hmc) {
        return Err(Bad::Hmc(hmc.to_owned()));
    }
    *hmcs = names.to_vec();
    for node in nodes {
        node.hcps = vec![0];
    }
    Ok(())
}
