//! What VIOSs tell through their HMC's `viosvrcmd`.

use super::view::{LPAR_STATUS, View, joined};
use super::{Column, Row};
use crate::hmc::Points;
use crate::hmc::record::Record;
use crate::hmc::vios;
use crate::power::{Machine, NotDone, Out, PowerNode, System, each_system};

/// `vios status`: as `lpar status`, of VIOSs only.
pub const VIOS_STATUS: View = View {
    rows: servers,
    ..LPAR_STATUS
};

/// The columns of `vios lsnports`.
pub const VIOS_PORTS: [Column; 7] = [
    port("NAME", "name"),
    port("PHYSLOC", "physloc"),
    port("FABRIC", "fabric"),
    port("TPORTS", "tports"),
    port("APORTS", "aports"),
    port("SWWPNS", "swwpns"),
    port("AWWPNS", "awwpns"),
];

const fn port(head: &'static str, attribute: &'static str) -> Column {
    Column { head, attribute }
}

fn servers(answers: Vec<Vec<Record>>) -> Vec<Row> {
    let is_server = |row: &Row| row.text("lpar_env") == Some("vioserver");
    joined(answers).into_iter().filter(is_server).collect()
}

/// Has each VIOS run a command of its own (`lsnports`, `lsmap -all`); hands what
/// it printed to `each`, with the index of the node, as it comes.
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
