//! What is done with connections, on all HMCs at the same time.

use serde_json::{Map, Value, json};

use super::Problem;
use super::gather::{Connected, Node};
use crate::hmc::record::Record;
use crate::hmc::refusal::printable;
use crate::hmc::sysconn;
use crate::hmc::{Mtms, Points};
use crate::power::line::{Line, Look};
use crate::power::{Done, NotDone, Way};
use crate::remote::fan_out;

/// A line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The node, with the address in brackets behind it where that is xCAT's
    /// way.
    pub label: String,
    /// The attributes.
    pub record: Record,
}

impl Listed {
    /// The attributes as an HMC writes them.
    pub fn text(&self) -> String {
        printable(&self.record.to_string())
    }

    /// The attributes as JSON, with the node and the HMC that told them.
    pub fn document(&self, hmc: &str) -> Value {
        let fields = self.record.fields().iter();
        let attributes: Map<_, _> = fields
            .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
            .collect();
        json!({"node": self.label, "hcp": hmc, "connection": attributes})
    }
}

/// Is told what comes of a node: the HMC, the node, the outcome.
pub type Told<'a, R> = dyn FnMut(&str, &str, Result<R, NotDone>) + 'a;

/// The nodes of one HMC.
type Group<'a> = (usize, Vec<&'a Node>);

/// Asks each HMC for its connections, hands them to `work` with its nodes, and
/// what comes of the nodes to `each`, with the name of the HMC. Nodes without
/// an HMC come first.
fn each_hmc<R: Send>(
    points: &Points<'_>,
    connected: &Connected,
    allowed: &[&str],
    work: impl Fn(&Group<'_>, &[Record]) -> Vec<(String, Result<R, NotDone>)> + Sync,
    each: &mut Told<'_, R>,
) {
    let groups = groups(connected, allowed, each);
    let ask = |group: &Group<'_>| match points.ask_one(group.0, &sysconn::rows()) {
        Ok(rows) => work(group, &rows),
        Err(error) => all_fail(&group.1, &error),
    };
    fan_out(&groups, connected.settings.width, ask, |index, outcomes| {
        let (hmc, nodes) = &groups[index];
        let hmc = &connected.hmcs[*hmc].name;
        for (label, outcome) in outcomes {
            let several = |node: &&Node| node.name == label && node.hcps.len() > 1;
            let named = nodes.iter().any(several);
            let outcome = match outcome {
                // What could not be asked says itself where.
                Err(reason) if named && reason.is_answer() => Err(NotDone::Of {
                    of: hmc.clone(),
                    reason: Box::new(reason),
                }),
                other => other,
            };
            each(hmc, &label, outcome);
        }
    });
}

/// The nodes by HMC; `each` gets those that cannot be asked about.
fn groups<'a, R>(
    connected: &'a Connected,
    allowed: &[&str],
    each: &mut Told<'_, R>,
) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for node in &connected.nodes {
        if !allowed.contains(&node.kind.as_str()) {
            each("", &node.name, Err(Problem::Kind(node.name.clone()).into()));
            continue;
        }
        if node.hcps.is_empty() {
            let unset = NotDone::Unset {
                attribute: "hcp",
                of: node.name.clone(),
            };
            each("", &node.name, Err(unset));
        }
        for hmc in &node.hcps {
            match groups.iter_mut().find(|(have, _)| have == hmc) {
                Some((_, nodes)) => nodes.push(node),
                None => groups.push((*hmc, vec![node])),
            }
        }
    }
    groups
}

fn all_fail<R>(nodes: &[&Node], error: &crate::hmc::Error) -> Vec<(String, Result<R, NotDone>)> {
    let failed = |node: &&Node| {
        let error = NotDone::Hmc(vec![error.clone()]);
        (node.name.clone(), Err(error))
    };
    nodes.iter().map(failed).collect()
}

fn text<'r>(row: &'r Record, name: &str) -> &'r str {
    row.text(name).unwrap_or_default()
}

fn machine(row: &Record) -> Option<Mtms> {
    text(row, "type_model_serial_num").parse().ok()
}

/// Whether a row is a connection to this node.
fn is_to(row: &Record, node: &Node) -> bool {
    let address = text(row, "ipaddr");
    match machine(row) {
        Some(mtms) => node.mtms.as_ref() == Some(&mtms),
        // Never connected: only its address is known.
        None => node.addresses.iter().any(|own| own == address),
    }
}

/// Lists the connections of nodes: of a system or frame its own, of an HMC
/// all. `each` gets the node, and the line or why there is none.
pub fn list(points: &Points<'_>, connected: &Connected, each: &mut Told<'_, Listed>) {
    let work = |(hmc, nodes): &Group<'_>, rows: &[Record]| {
        let name = &connected.hmcs[*hmc].name;
        let of = |node: &&Node| match node.kind.as_str() {
            "hmc" => of_hmc(name, rows, connected),
            _ => of_machine(node, name, rows),
        };
        nodes.iter().flat_map(of).collect()
    };
    each_hmc(points, connected, &["hmc", "cec", "frame"], work, each);
}

type Lines = Vec<(String, Result<Listed, NotDone>)>;

/// xCAT's columns; where several HMCs have the node, the HMC behind them.
fn of_machine(node: &Node, hmc: &str, rows: &[Record]) -> Lines {
    let own: Vec<_> = rows.iter().filter(|row| is_to(row, node)).collect();
    if own.is_empty() {
        return vec![(node.name.clone(), Err(Problem::NotFound.into()))];
    }
    let line = |row: &&Record| {
        let mut record = (*row).clone();
        ["type_model_serial_num", "sp", "sp_phys_loc"]
            .iter()
            .for_each(|name| record.remove(name));
        if node.hcps.len() > 1 {
            record.set("hcp", hmc);
        }
        let label = format!("{}({})", node.name, printable(text(row, "ipaddr")));
        (label.clone(), Ok(Listed { label, record }))
    };
    own.iter().map(line).collect()
}

fn of_hmc(hmc: &str, rows: &[Record], connected: &Connected) -> Lines {
    let line = |row: &Record| {
        let mtms = machine(row);
        let known = connected
            .machines
            .iter()
            .find(|(known, ..)| Some(known) == mtms.as_ref());
        let (label, parent) = match known {
            Some((_, name, parent)) => (name.clone(), parent.as_str()),
            None => (printable(text(row, "type_model_serial_num")), ""),
        };
        let label = match label.is_empty() {
            true => "unavailable".to_owned(),
            false => label,
        };
        let mut record = Record::default();
        record.set("hcp", hmc);
        record.set("parent", parent);
        let hidden = [
            "type_model_serial_num",
            "resource_type",
            "sp",
            "sp_phys_loc",
        ];
        for (name, value) in row.fields() {
            if !hidden.contains(&name.as_str()) {
                record.set(name, value.as_str());
            }
        }
        (label.clone(), Ok(Listed { label, record }))
    };
    rows.iter().map(line).collect()
}

/// Changes the connections of each node with `deed`.
fn change(
    points: &Points<'_>,
    connected: &Connected,
    way: &Way,
    deed: impl Fn(&Node, &[Record], &mut Line<'_>) -> Result<Done, NotDone> + Sync,
    each: &mut Told<'_, Done>,
) {
    let work = |(hmc, nodes): &Group<'_>, rows: &[Record]| {
        let mut line = Line::new(points, (*hmc, &[]), way);
        let one = |node: &&Node| (node.name.clone(), deed(node, rows, &mut line));
        nodes.iter().map(one).collect()
    };
    each_hmc(points, connected, &["cec", "frame"], work, each);
}

/// Makes the connections that are not there yet.
pub fn make(points: &Points<'_>, connected: &Connected, way: &Way, each: &mut Told<'_, Done>) {
    change(points, connected, way, connect, each);
}

fn connect(node: &Node, rows: &[Record], line: &mut Line<'_>) -> Result<Done, NotDone> {
    if node.addresses.is_empty() {
        return Err(Problem::Address(node.name.clone()).into());
    }
    let password = node.password.as_ref().ok_or(Problem::Password)?;
    for address in &node.addresses {
        let same = |row: &&Record| text(row, "ipaddr") == address;
        match rows.iter().find(same).map(|row| text(row, "state")) {
            Some("Connected") => continue,
            Some(state) => {
                return Err(Problem::NotConnected {
                    address: address.clone(),
                    state: state.to_owned(),
                }
                .into());
            }
            None => {}
        }
        let frame = node.kind == "frame";
        let change = sysconn::make(address, frame, password.reveal());
        line.send(&change, |look| there(look, address))?;
    }
    Ok(line.done())
}

/// What the HMC says of the connection to an address now.
fn there(look: &Look<'_>, address: &str) -> Result<String, NotDone> {
    let rows = look.ask(&sysconn::rows())?;
    let row = rows.iter().find(|row| text(row, "ipaddr") == address);
    Ok(match row {
        Some(row) => format!(
            "there is a connection to {address}, in state {:?}",
            printable(text(row, "state"))
        ),
        None => format!("there is no connection to {address}"),
    })
}

/// Removes all connections to the nodes.
pub fn remove(points: &Points<'_>, connected: &Connected, way: &Way, each: &mut Told<'_, Done>) {
    change(points, connected, way, disconnect, each);
}

fn disconnect(node: &Node, rows: &[Record], line: &mut Line<'_>) -> Result<Done, NotDone> {
    let own = rows.iter().filter(|row| is_to(row, node));
    let addresses: Vec<_> = own.map(|row| text(row, "ipaddr")).collect();
    if addresses.is_empty() {
        return Err(Problem::NotFound.into());
    }
    // A frame is forgotten with the first of its two sides.
    for (place, address) in addresses.iter().enumerate() {
        let gone = place > 0 && !line.is_dry() && {
            let rows = line.ask(&sysconn::rows());
            let rows = rows.map_err(|error| NotDone::Hmc(vec![error]))?;
            !rows.iter().any(|row| text(row, "ipaddr") == *address)
        };
        if !gone {
            line.send(&sysconn::remove(address), |look| there(look, address))?;
        }
    }
    Ok(line.done())
}
