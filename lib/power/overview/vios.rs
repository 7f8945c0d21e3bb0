//! What VIOSs tell through their HMC's `viosvrcmd`.

use super::view::{LPAR_STATUS, View};
use super::{Column, Row, Scope};
use crate::hmc::ask::Garbled;
use crate::hmc::record::Record;
use crate::hmc::{Points, refusal, vios};
use crate::power::{Machine, NotDone, Out, PowerNode, System, each_system};

/// `vios status`: as `lpar status`, of VIOSs only.
pub const STATUS: View = View {
    kind: Some("vioserver"),
    ..LPAR_STATUS
};

/// `vios lsnports`.
pub const PORTS: View = View {
    listings: &[],
    columns: &[
        port("NAME", "name"),
        port("PHYSLOC", "physloc"),
        port("FABRIC", "fabric"),
        port("TPORTS", "tports"),
        port("APORTS", "aports"),
        port("SWWPNS", "swwpns"),
        port("AWWPNS", "awwpns"),
    ],
    owner: Some("vios"),
    ..STATUS
};

const fn port(head: &'static str, attribute: &'static str) -> Column {
    Column { head, attribute }
}

/// The VIOS's own command behind `vios lsmap`.
pub fn maps(npiv: bool, net: bool) -> &'static str {
    match (npiv, net) {
        (true, _) => "lsmap -all -npiv",
        (_, true) => "lsmap -all -net",
        _ => "lsmap -all",
    }
}

/// The VIOSs of the rows of [`STATUS`], as nodes to be asked.
pub fn servers(scope: &Scope, rows: &[Row]) -> Vec<PowerNode> {
    let server = |row: &Row| {
        let ms = row.get("ms")?.as_str();
        let system = scope.systems.iter().find(|system| system.name == ms)?;
        Some(PowerNode {
            name: row.get("name")?.as_str().to_owned(),
            hwtype: "lpar".to_owned(),
            id: row.text("lpar_id")?.to_owned(),
            parent: system.name.clone(),
            system: Some(system.mtms.clone()),
            hcps: system.hcps.clone(),
            ..PowerNode::default()
        })
    };
    rows.iter().filter_map(server).collect()
}

/// Has each VIOS run a command of its own; hands what it printed to `each`,
/// with the index of the node, as it comes.
pub fn tell(
    points: &Points,
    width: usize,
    nodes: &[PowerNode],
    command: &str,
    each: impl FnMut(usize, Result<String, NotDone>),
) {
    let check = |_: &PowerNode, machine| match machine {
        Machine::Lpar { .. } => Ok(()),
        Machine::Cec | Machine::Frame => Err(NotDone::NodeType("cec".to_owned())),
    };
    let work = |system: &System, out: &Out<String>| {
        for (id, job) in system.lpars() {
            let told = points.ask(system.hcps, &vios::told(system.mtms, id, command));
            let told = told.map(|(_, told)| told);
            out.send(job, told.map_err(NotDone::Hmc));
        }
    };
    each_system(nodes, width, check, work, each);
}

/// The rows of what `lsnports` printed on a VIOS.
///
/// # Errors
/// It is no table.
pub fn ports(name: &str, text: &str) -> Result<Vec<Row>, Garbled> {
    let row = |record: &Record| {
        let mut row = Row {
            fields: record.fields().to_vec(),
        };
        row.set("vios", name);
        row
    };
    Ok(vios::table(text)?.iter().map(row).collect())
}

/// A VIOS's text without what would change a terminal.
pub fn printable(text: &str) -> String {
    let lines = text.lines().map(|line| refusal::printable(line) + "\n");
    lines.collect()
}
