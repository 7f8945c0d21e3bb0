//! Systems and frames as connections to them need them.

use std::collections::HashMap;
use std::net::IpAddr;

use super::Problem;
use crate::db::{self, Change, Names, Place, Reading, Rows, Snapshot};
use crate::hmc::{Mtms, Points};
use crate::power::PowerNode;
use crate::power::definitions::{assign, by_name, existing, power_nodes};
use crate::power::hardware;
use crate::power::scan::Existing;
use crate::power::settings::{self, Error, Settings, columns};
use crate::remote::{OpenSsh, Password, Target};

/// A system, a frame or an HMC.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// `cec`, `frame` or `hmc`.
    pub kind: String,
    /// The frame or system it is in.
    pub parent: String,
    /// Its type, model and serial number.
    pub mtms: Option<Mtms>,
    /// Its HMCs, as indices of [`Connected::hmcs`].
    pub hcps: Vec<usize>,
    /// Addresses of its service processors.
    pub addresses: Vec<String>,
    /// The password of their user `HMC`.
    pub password: Option<Password>,
}

/// What is to be connected, and to which HMCs.
#[derive(Debug)]
pub struct Connected {
    /// The nodes, systems of frames among them.
    pub nodes: Vec<Node>,
    /// The HMCs.
    pub hmcs: Vec<Target>,
    /// What the site says about work with HMCs.
    pub settings: Settings,
    /// All machines that are defined: type, model and serial number, name, and
    /// parent.
    pub machines: Vec<(Mtms, String, String)>,
}

/// Through which HMCs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Through {
    /// Those of `hcp`.
    Hcp,
    /// This one.
    Hmc(String),
    /// Those of `sfp`, the service focal point.
    Sfp,
}

impl Through {
    /// Those that the definitions name: of `sfp`, else of `hcp`.
    pub fn defined(sfp: bool) -> Self {
        match sfp {
            true => Through::Sfp,
            false => Through::Hcp,
        }
    }
}

impl Connected {
    /// Hands the HMCs to `work`, as [`Hardware::reach`](crate::power::Hardware::reach).
    pub fn reach<R>(
        &self,
        ssh: &OpenSsh,
        chosen: Option<&(dyn Fn(&str) + Sync)>,
        work: impl FnOnce(&Points<'_>) -> R,
    ) -> R {
        hardware::reach(ssh, &self.hmcs, &self.settings, chosen, work)
    }
}

/// Reads the nodes. `whole` takes the systems of frames along; of the service
/// processors of a node those of this `port` count.
///
/// # Errors
/// The database cannot be read, or the site table cannot be used.
pub fn gather(
    snapshot: &Snapshot<'_>,
    names: &[String],
    through: &Through,
    (whole, port): (bool, &str),
) -> Result<Connected, Error> {
    let settings = Settings::read(snapshot)?;
    let all = existing(snapshot, Names::All)?;
    let mut names = names.to_vec();
    if whole {
        add_insides(&mut names, &all);
    }
    let (nodes, mut hmcs) = power_nodes(snapshot, &names)?;
    let extra = Extra::read(snapshot)?;
    let mut found = Vec::new();
    for node in nodes {
        let addresses = extra.addresses(&node.name, &all, port);
        found.push(Node {
            password: password(snapshot, &node.name, &node.hwtype)?,
            hcps: hcps(&node, through, &mut hmcs, &extra),
            name: node.name,
            kind: node.hwtype,
            parent: node.parent,
            mtms: node.system,
            addresses,
        });
    }
    let machine = |node: &Existing| {
        let mtms = Mtms::new(value(node, "mtm"), value(node, "serial"))?;
        Some((mtms, node.name.clone(), value(node, "parent").to_owned()))
    };
    Ok(Connected {
        nodes: found,
        hmcs: settings::targets(snapshot, &hmcs, &settings)?,
        settings,
        machines: all.iter().filter_map(machine).collect(),
    })
}

/// Adds the systems of the frames that are named.
fn add_insides(names: &mut Vec<String>, all: &[Existing]) {
    let inside = |node: &&Existing| {
        let parent = value(node, "parent");
        let named = |name: &str| names.iter().any(|other| other == name);
        value(node, "hwtype") == "cec" && named(parent) && !named(&node.name)
    };
    let inside: Vec<_> = all.iter().filter(inside).map(|n| n.name.clone()).collect();
    names.extend(inside);
}

/// The HMCs of a node, as indices of `hmcs`, which may grow.
fn hcps(node: &PowerNode, through: &Through, hmcs: &mut Vec<String>, extra: &Extra) -> Vec<usize> {
    match through {
        _ if node.hwtype == "hmc" => vec![index(hmcs, &node.name)],
        // What rmhwconn leaves names the node itself.
        Through::Hcp => {
            let other = |hcp: &usize| hmcs[*hcp] != node.name;
            node.hcps.iter().copied().filter(other).collect()
        }
        Through::Hmc(hmc) => vec![index(hmcs, hmc)],
        Through::Sfp => {
            let words = extra.of(&node.name, SFP).split(',');
            let words = words.filter(|word| !word.is_empty());
            words.map(|word| index(hmcs, word)).collect()
        }
    }
}

fn value<'n>(node: &'n Existing, attribute: &str) -> &'n str {
    node.attributes.get(attribute).map_or("", String::as_str)
}

fn index(hmcs: &mut Vec<String>, name: &str) -> usize {
    let known = hmcs.iter().position(|hmc| hmc == name);
    known.unwrap_or_else(|| {
        hmcs.push(name.to_owned());
        hmcs.len() - 1
    })
}

/// What connections need of nodes beside what all work on hardware needs.
struct Extra(HashMap<String, [String; 3]>);

const IP: usize = 0;
const SIDE: usize = 1;
const SFP: usize = 2;

impl Extra {
    fn read(snapshot: &Snapshot<'_>) -> Result<Self, db::Error> {
        let place = |(table, column)| {
            let (table, [column]) = columns(table, [column])?;
            Place::of_node(table, column)
        };
        let places = [("hosts", "ip"), ("vpd", "side"), ("ppc", "sfp")];
        let places: Vec<_> = places.into_iter().filter_map(place).collect();
        let mut found = HashMap::new();
        snapshot.node_values(Names::All, &places, Reading::Inherited, |row| {
            let value = |at| {
                row.get(at)
                    .map_or(String::new(), |value| value.text.into_owned())
            };
            found.insert(row.name.to_owned(), std::array::from_fn(value));
            Ok::<_, db::Error>(())
        })?;
        Ok(Extra(found))
    }

    fn of(&self, name: &str, column: usize) -> &str {
        self.0
            .get(name)
            .map_or("", |values| values[column].as_str())
    }

    /// The addresses of a node's service processors on this port, else its own.
    fn addresses(&self, name: &str, all: &[Existing], port: &str) -> Vec<String> {
        let on_port = |child: &Existing| {
            let side = self.of(&child.name, SIDE);
            side.is_empty() || port.is_empty() || side.ends_with(&format!("-{port}"))
        };
        let children = all.iter().filter(|child| {
            value(child, "parent") == name
                && matches!(value(child, "hwtype"), "fsp" | "bpa")
                && on_port(child)
        });
        let found: Vec<_> = children.filter_map(|c| self.address(&c.name)).collect();
        match found.is_empty() {
            true => self.address(name).into_iter().collect(),
            false => found,
        }
    }

    /// The address of a node: its `ip`, or its name if that is one.
    fn address(&self, name: &str) -> Option<String> {
        let ip = self.of(name, IP);
        [ip, name]
            .into_iter()
            .find(|text| text.parse::<IpAddr>().is_ok())
            .map(str::to_owned)
    }
}

/// The password of the user `HMC`: of `ppcdirect`, else of the row of `passwd`
/// with the key `cec` or `frame`.
fn password(
    snapshot: &Snapshot<'_>,
    node: &str,
    kind: &str,
) -> Result<Option<Password>, db::Error> {
    let mut found = None;
    for (table, key, key_value) in [("ppcdirect", "hcp", node), ("passwd", "key", kind)] {
        let Some((table, [key, user, password])) = columns(table, [key, "username", "password"])
        else {
            continue;
        };
        snapshot.rows(
            table,
            &[user, password],
            Rows::Where(&[(key, key_value)]),
            |row| {
                let text = |at| row.get(at).filter(|text: &&str| !text.is_empty());
                if let (None, Some("HMC"), Some(password)) = (&found, text(0), text(1)) {
                    found = Some(Password::new(password.to_owned()));
                }
                Ok::<_, db::Error>(())
            },
        )?;
    }
    Ok(found)
}

/// Writes who manages nodes from now on: with an HMC `Some`, which is added to
/// `hcp`; `None` for none, as xCAT writes it.
///
/// # Errors
/// The database cannot be written.
pub fn define(
    change: &Change<'_>,
    nodes: &[String],
    through: &Through,
    hmc: Option<&str>,
) -> Result<(), db::Error> {
    let have = by_name(existing(change, Names::These(nodes))?);
    for node in nodes {
        let hcp = have.get(node).and_then(|have| have.get("hcp"));
        let mut hcps: Vec<_> = hcp.map_or("", String::as_str).split(',').collect();
        hcps.retain(|hcp| !hcp.is_empty() && hcp != node);
        match (through, hmc) {
            (Through::Sfp, _) => {}
            (_, Some(hmc)) => {
                if !hcps.contains(&hmc) {
                    hcps.push(hmc);
                }
                assign(change, node, "mgt", "hmc")?;
                assign(change, node, "hcp", &hcps.join(","))?;
            }
            (_, None) => {
                assign(change, node, "mgt", "fsp")?;
                assign(change, node, "hcp", node)?;
            }
        }
    }
    Ok(())
}

impl Node {
    /// Whether connections to it can be made and removed.
    ///
    /// # Errors
    /// It is no system and no frame.
    pub fn is_machine(&self) -> Result<(), Problem> {
        match self.kind.as_str() {
            "cec" | "frame" => Ok(()),
            _ => Err(Problem::Kind(self.name.clone())),
        }
    }
}
