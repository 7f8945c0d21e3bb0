//! The adapters of LPARs, as their HMCs list them.

use super::{Row, Shape, rows};
use crate::hmc::adapters::{HeaPort, Kind, Port, hea_ports, ports};
use crate::hmc::ask::{self, Lpar};
use crate::hmc::{Error, Points};
use crate::power::netboot;
use crate::power::switch::identify;
use crate::power::systems::{Job, Out, System, each_system};
use crate::power::{Machine, NotDone, PowerNode};
use crate::remote::fan_out;

/// The systems with host fabric interfaces: Power 575 and 775.
const WITH_HFI: &str = "9125-";

/// Lists the adapters of `nodes`; hands each outcome to `each`, with the index
/// of the node, on the calling thread and as it comes. `width` systems are
/// asked at the same time.
pub fn list(
    points: &Points,
    nodes: &[PowerNode],
    width: usize,
    shape: &Shape,
    each: impl FnMut(usize, Result<Vec<Row>, NotDone>),
) {
    let check = |_: &PowerNode, machine| match machine {
        Machine::Cec | Machine::Frame => Err(netboot::Error::NoLpar.into()),
        Machine::Lpar { .. } => Ok(()),
    };
    let work = |system: &System, out: &Out<Vec<Row>>| one_system(points, system, shape, out);
    each_system(nodes, width, check, work, each);
}

fn one_system(points: &Points, system: &System, shape: &Shape, out: &Out<Vec<Row>>) {
    let jobs = || system.lpars().map(|(_, job)| job);
    let (hmc, mut all) = match points.ask(system.hcps, &ports(system.mtms, Kind::Virtual)) {
        Err(errors) => return out.fail(jobs(), &errors),
        Ok(answer) => answer,
    };
    let lpars = match others(points, system, hmc) {
        Err(error) => return out.fail(jobs(), &[error]),
        Ok((others, lpars)) => {
            all.extend(others);
            lpars
        }
    };
    for (id, job) in system.lpars() {
        let rows = rows(&of(&all, id), shape);
        out.send(job, outcome(system, (id, job), rows, &lpars));
    }
}

fn of(all: &[Port], id: u32) -> Vec<Port> {
    all.iter().filter(|port| port.lpar == id).cloned().collect()
}

/// The adapters are those of the LPAR that is meant. One without any is told
/// from one that has never been active, the adapters of which the hypervisor
/// does not know yet.
fn outcome(
    system: &System,
    (id, job): (u32, &Job),
    rows: Vec<Row>,
    lpars: &[Lpar],
) -> Result<Vec<Row>, NotDone> {
    let lpar = identify(system.mtms, id, &job.node.name, lpars)?;
    match rows.is_empty() && lpar.current_profile.is_none() {
        true => Err(NotDone::NoActiveProfile(job.node.name.clone())),
        false => Ok(rows),
    }
}

/// A question beside that for virtual Ethernet adapters.
enum Asked {
    Ports(Kind),
    Behind,
    Lpars,
}

/// What a question found.
enum Found {
    Ports(Vec<Port>),
    Behind(Vec<HeaPort>),
    Lpars(Vec<Lpar>),
}

/// The adapters of all other kinds and the LPARs, asked for at the same time. A
/// system that cannot have a kind refuses the question, and so does an old HMC.
fn others(points: &Points, system: &System, hmc: usize) -> Result<(Vec<Port>, Vec<Lpar>), Error> {
    let mut asked = vec![
        Asked::Ports(Kind::Hea),
        Asked::Behind,
        Asked::Ports(Kind::Vnic),
        Asked::Ports(Kind::Sriov),
        Asked::Lpars,
    ];
    if system.mtms.to_string().starts_with(WITH_HFI) {
        asked.push(Asked::Ports(Kind::Hfi));
    }
    let question = |asked: &Asked| match asked {
        Asked::Ports(kind) => points
            .ask_one(hmc, &ports(system.mtms, *kind))
            .map(Found::Ports),
        Asked::Behind => points
            .ask_one(hmc, &hea_ports(system.mtms))
            .map(Found::Behind),
        Asked::Lpars => points
            .ask_one(hmc, &ask::lpars(system.mtms))
            .map(Found::Lpars),
    };
    let mut answers: Vec<_> = asked.iter().map(|_| None).collect();
    fan_out(&asked, asked.len(), question, |at, answer| {
        answers[at] = Some(answer);
    });
    let (mut found, mut behind, mut lpars) = (Vec::new(), Vec::new(), Vec::new());
    for (asked, answer) in asked.iter().zip(answers) {
        match (answer, asked) {
            (Some(Ok(Found::Ports(ports))), _) => found.extend(ports),
            (Some(Ok(Found::Behind(ports))), _) => behind.extend(ports),
            (Some(Ok(Found::Lpars(all))), _) => lpars = all,
            (Some(Err(Error::Refused { .. })), Asked::Ports(_) | Asked::Behind) | (None, _) => {}
            (Some(Err(error)), _) => return Err(error),
        }
    }
    for port in &mut found {
        port.find_behind(&behind);
    }
    Ok((found, lpars))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmc::Mtms;
    use crate::remote::{Failure, Limits, Scripted, Target};

    const ETH: &str = "lshwres -r virtualio -m '9117-MMA*10F6F3D' --level lpar --rsubtype eth";
    const VNIC: &str = "lshwres -r virtualio -m '9117-MMA*10F6F3D' --level lpar --rsubtype vnic";
    const SRIOV: &str = "lshwres -r sriov -m '9117-MMA*10F6F3D' --level eth --rsubtype logport";
    const HEA: &str = "lshwres -r hea -m '9117-MMA*10F6F3D' --level port --rsubtype logical";
    const PHYS: &str = "lshwres -r hea -m '9117-MMA*10F6F3D' --level port --rsubtype phys";
    const LPARS: &str =
        "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,default_profile,curr_profile";

    fn node(name: &str, id: &str) -> PowerNode {
        PowerNode {
            name: name.to_owned(),
            hwtype: "lpar".to_owned(),
            id: id.to_owned(),
            parent: "cec".to_owned(),
            system: Mtms::new("9117-MMA", "10F6F3D"),
            hcps: vec![0],
            ..PowerNode::default()
        }
    }

    fn script() -> Scripted {
        let none = "HSCL3205 Not supported.\n";
        Scripted::new()
            .answer("hmc01", ETH, "lpar_name=a,lpar_id=2,port_vlan_id=1,vswitch=ETHERNET0,mac_addr=7E23C0001204\n")
            .exit("hmc01", VNIC, 1, none, "")
            .exit("hmc01", SRIOV, 1, none, "")
            .answer("hmc01", HEA, "adapter_id=23000000,lpar_id=2,port_group=1,logical_port_id=2,mac_addr=00145E5F2023\n")
            .answer("hmc01", PHYS, "adapter_id=23000000,port_group=1,phys_port_loc=T6,curr_conn_speed=1000,log_port_ids=2\n")
    }

    fn run(script: &Scripted) -> Vec<Result<String, String>> {
        let nodes = [node("lpar01", "2"), node("lpar02", "3")];
        let targets = [Target::new("hmc01")];
        let points = Points::new(script, &targets, Limits::default(), &|_| false);
        let mut outcomes = vec![Err(String::new()); nodes.len()];
        list(&points, &nodes, 4, &Shape::default(), |index, outcome| {
            outcomes[index] = outcome
                .map(|rows| super::super::table(&rows))
                .map_err(|reason| reason.to_string());
        });
        outcomes
    }

    #[test]
    fn kinds_that_a_system_cannot_have_are_none() {
        let script = script().answer("hmc01", LPARS, "a,2,p,p\nb,3,p,\n");
        let outcomes = run(&script);
        let table = outcomes[0].as_ref().unwrap();
        assert!(
            table.contains("virtualio  N/A  7e:23:c0:00:12:04\n"),
            "{table}"
        );
        assert!(
            table.contains(
                "hea        T6  00:14:5e:5f:20:23\n  23000000  1  N/A  2  N/A  N/A  1000\n"
            ),
            "{table}"
        );
        let refused = outcomes[1].as_ref().unwrap_err();
        assert!(refused.contains("has no active profile"), "{refused}");
    }

    #[test]
    fn a_wrong_number_shows_no_other_lpar() {
        let script = script().answer("hmc01", LPARS, "lpar02,2,p,p\nlpar01,3,p,p\n");
        for outcome in run(&script) {
            let refused = outcome.unwrap_err();
            assert!(
                refused.contains("correct the id with rscan -u"),
                "{refused}"
            );
        }
        let script = script_without_lpars();
        assert!(run(&script)[0].is_err());
    }

    fn script_without_lpars() -> Scripted {
        script().exit("hmc01", LPARS, 1, "HSCL350B No authority.\n", "")
    }

    #[test]
    fn an_hmc_that_is_lost_on_the_way_is_an_error_of_all() {
        let lost = Failure::Lost {
            host: "hmc01".to_owned(),
            reason: "the connection was lost while the command ran".to_owned(),
        };
        let script = Scripted::new()
            .answer("hmc01", ETH, "")
            .answer("hmc01", LPARS, "a,2,p,p\nb,3,p,\n")
            .fail("hmc01", HEA, lost)
            .answer("hmc01", PHYS, "")
            .answer("hmc01", VNIC, "")
            .answer("hmc01", SRIOV, "");
        for outcome in run(&script) {
            assert!(
                outcome
                    .unwrap_err()
                    .starts_with("hmc01: the connection was lost")
            );
        }
    }
}
