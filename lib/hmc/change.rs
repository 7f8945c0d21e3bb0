//! The commands that switch partitions and managed systems.

use super::ask::{Ask, silent, words};
use super::mtms::Mtms;
use crate::remote::Command;

/// Where a partition is to stop when it is activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boot {
    /// Not at all: it boots its operating system.
    Normal,
    /// At the Open Firmware prompt.
    OpenFirmware,
    /// In the System Management Services menus.
    Sms,
}

/// What `chsysstate` is to do with a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LparChange {
    /// Activate it with a profile.
    On {
        /// Where it stops.
        boot: Boot,
        /// Name of the profile.
        profile: String,
    },
    /// Cut its power.
    Off,
    /// Shut it down in the hypervisor's delayed way.
    SoftOff,
    /// Have its operating system shut itself down; needs RMC.
    OsShutdown,
    /// Cut its power and activate it again.
    Reset,
}

/// What `chsysstate` is to do with a managed system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemChange {
    /// Power on; partitions start as configured.
    On,
    /// Power on to standby, no partition started.
    OnStandby,
    /// Power off, after its partitions.
    Off,
    /// Power off at once and on again.
    Reset,
}

/// `chsysstate -r lpar`. Success is silence.
pub fn change_lpar(system: &Mtms, lpar: u32, change: &LparChange) -> Ask<()> {
    let base = words("chsysstate -r lpar -m").arg(system.to_string());
    let id = lpar.to_string();
    let shutdown = |rest: &str| {
        let command = base.clone().args(["-o", "shutdown", "--id", &id]);
        command.args(rest.split_whitespace())
    };
    silent(match change {
        LparChange::On { boot, profile } => switch_on(base, &id, *boot, profile),
        LparChange::Off => shutdown("--immed"),
        LparChange::SoftOff => shutdown(""),
        LparChange::OsShutdown => base.args(["-o", "osshutdown", "--id", &id]),
        LparChange::Reset => shutdown("--immed --restart"),
    })
}

/// `chsysstate -r sys`. Success is silence.
pub fn change_system(system: &Mtms, change: SystemChange) -> Ask<()> {
    let rest = match change {
        SystemChange::On => "on",
        SystemChange::OnStandby => "onstandby",
        SystemChange::Off => "off",
        SystemChange::Reset => "off --immed --restart",
    };
    let base = words("chsysstate -r sys -m").arg(system.to_string());
    silent(base.arg("-o").args(rest.split_whitespace()))
}

/// `rmvterm`: closes the console of a partition, whoever holds it. It says the
/// same whether or not one was open.
pub fn close_console(system: &Mtms, lpar: u32) -> Ask<()> {
    let command = words("rmvterm -m").arg(system.to_string());
    silent(command.args(["--id".to_owned(), lpar.to_string()]))
}

fn switch_on(base: Command, id: &str, boot: Boot, profile: &str) -> Command {
    let base = base.args(["-o", "on"]);
    match boot {
        Boot::Normal => base.args(["-b", "norm", "--id", id, "-f", profile]),
        Boot::OpenFirmware => base.args(["--id", id, "-f", profile, "-b", "of"]),
        Boot::Sms => base.args(["--id", id, "-f", profile, "-b", "sms"]),
    }
}
