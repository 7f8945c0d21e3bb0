//! Listings of a managed system and its partitions, all attributes: what
//! overviews are made of. Which attributes there are depends on the HMC's
//! level, and some do not apply to every row.

use super::Mtms;
use super::ask::{Ask, listing, on};
use super::record::Record;
use crate::remote::Command;

/// Which partitions of a system a listing is to tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// All.
    All,
    /// The one with this number.
    Id(u32),
}

/// A listing about one managed system.
pub type Listing = fn(&Mtms, Only) -> Ask<Vec<Record>>;

/// `lssyscfg -r sys`: the system itself.
pub fn system(system: &Mtms, _: Only) -> Ask<Vec<Record>> {
    records(on("lssyscfg -r sys", system), Only::All)
}

/// `lssyscfg -r lpar`: its partitions.
pub fn partitions(system: &Mtms, only: Only) -> Ask<Vec<Record>> {
    records(on("lssyscfg -r lpar", system), only)
}

/// `lssyscfg -r prof`: the profiles of its partitions.
pub fn profiles(system: &Mtms, only: Only) -> Ask<Vec<Record>> {
    records(on("lssyscfg -r prof", system), only)
}

/// `lshwres -r mem --level lpar`: memory of its partitions, in MB.
pub fn memory(system: &Mtms, only: Only) -> Ask<Vec<Record>> {
    records(at_level("lshwres -r mem", system, "lpar"), only)
}

/// `lshwres -r proc --level lpar`: processors of its partitions.
pub fn processors(system: &Mtms, only: Only) -> Ask<Vec<Record>> {
    records(at_level("lshwres -r proc", system, "lpar"), only)
}

/// `lshwres -r mem --level sys`: memory of the system, in MB.
pub fn system_memory(system: &Mtms, _: Only) -> Ask<Vec<Record>> {
    records(at_level("lshwres -r mem", system, "sys"), Only::All)
}

/// `lshwres -r proc --level sys`: processors of the system.
pub fn system_processors(system: &Mtms, _: Only) -> Ask<Vec<Record>> {
    records(at_level("lshwres -r proc", system, "sys"), Only::All)
}

/// `lshwres -r virtualio --rsubtype eth`: virtual Ethernet adapters.
pub fn ethernet(system: &Mtms, only: Only) -> Ask<Vec<Record>> {
    records(adapters(system, "eth"), only)
}

/// `lshwres -r virtualio --rsubtype scsi`: virtual SCSI adapters.
pub fn scsi(system: &Mtms, only: Only) -> Ask<Vec<Record>> {
    records(adapters(system, "scsi"), only)
}

/// `lshwres -r virtualio --rsubtype serial`: virtual serial adapters.
pub fn serial(system: &Mtms, only: Only) -> Ask<Vec<Record>> {
    records(adapters(system, "serial"), only)
}

/// `lshwres -r virtualio --rsubtype fc`: virtual Fibre Channel adapters.
/// Refused with HSCLA4C0 where the hardware has none.
pub fn fibre_channel(system: &Mtms, only: Only) -> Ask<Vec<Record>> {
    records(adapters(system, "fc"), only)
}

/// `lslic -t sys`: the firmware levels of the system.
pub fn firmware(system: &Mtms, _: Only) -> Ask<Vec<Record>> {
    records(on("lslic", system).args(["-t", "sys"]), Only::All)
}

fn at_level(line: &str, system: &Mtms, level: &str) -> Command {
    on(line, system).args(["--level", level])
}

fn adapters(system: &Mtms, kind: &str) -> Command {
    at_level("lshwres -r virtualio", system, "lpar").args(["--rsubtype", kind])
}

fn records(command: Command, only: Only) -> Ask<Vec<Record>> {
    let command = match only {
        Only::All => command,
        Only::Id(id) => command.args(["--filter".to_owned(), format!("lpar_ids={id}")]),
    };
    listing(command, |records| Ok(records.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_those_of_an_hmc() {
        let system: Mtms = "9117-MMA*10F6F3D".parse().unwrap();
        let line = |listing: Listing, only| listing(&system, only).command.to_shell();
        assert_eq!(
            line(super::system, Only::Id(3)),
            "lssyscfg -r sys -m '9117-MMA*10F6F3D'"
        );
        assert_eq!(
            line(memory, Only::Id(3)),
            "lshwres -r mem -m '9117-MMA*10F6F3D' --level lpar --filter 'lpar_ids=3'"
        );
        assert_eq!(
            line(ethernet, Only::All),
            "lshwres -r virtualio -m '9117-MMA*10F6F3D' --level lpar --rsubtype eth"
        );
        assert_eq!(
            line(firmware, Only::All),
            "lslic -m '9117-MMA*10F6F3D' -t sys"
        );
    }
}
