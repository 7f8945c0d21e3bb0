//! `rmvm`: removes LPARs.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::vm::{self, Removed, What};
use xcat::power::{Hardware, NotDone, PowerNode};

/// Removes LPARs
#[derive(Debug, clap::Parser)]
#[command(name = "rmvm", disable_version_flag = true)]
pub struct Args {
    /// The LPARs, and systems of which all LPARs are removed.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Keeps the definitions of the nodes.
    #[arg(short)]
    retain: bool,
    /// Removes service LPARs, too; of a system only its service LPAR.
    #[arg(long)]
    service: bool,
    /// Shows what would be sent and removed, and changes nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let hardware = cx.hardware(self.noderange.as_deref().unwrap_or_default())?;
        let removed = self.remove(cx, &hardware)?;
        if !self.retain && !removed.is_empty() {
            let mut db = cx.open()?;
            let change = db.change()?;
            vm::remove_nodes(&change, removed)?;
            cx.conclude(change, self.dry_run)?;
        }
        Ok(())
    }
}

impl Args {
    /// Removes the LPARs; gives the nodes that they were.
    fn remove(&self, cx: &mut Context, hardware: &Hardware) -> Result<Vec<String>> {
        let ssh = cx.ssh(hardware.settings.persist)?;
        let what = match self.service {
            true => What::Service,
            false => What::Lpars,
        };
        let way = cx.way(self.dry_run, hardware.settings)?;
        let mut outcomes = Vec::new();
        hardware.reach(&ssh, cx.said(), |points| {
            let nodes = &hardware.nodes;
            vm::remove(points, nodes, (what, &way), |index, outcome| {
                match self.tell(cx, &nodes[index], outcome) {
                    Ok(removed) => outcomes.extend(removed),
                    Err(error) => cx.report.later(Err(error)),
                }
            });
        });
        Ok(outcomes)
    }

    /// A line for each LPAR, under the name of its node where it has one; one
    /// for the service LPAR of a system under the name of the system, as xCAT.
    /// Gives the nodes whose LPARs are gone.
    fn tell(
        &self,
        cx: &mut Context,
        node: &PowerNode,
        outcome: Result<Vec<Removed>, NotDone>,
    ) -> Result<Vec<String>> {
        let removed = match outcome {
            Ok(removed) => removed,
            Err(reason) => {
                cx.report.change(&node.name, Err(reason))?;
                return Ok(Vec::new());
            }
        };
        let ids: Vec<u32> = removed.iter().map(|lpar| lpar.id).collect();
        let nodes = match node.hwtype.as_str() {
            "cec" => vm::lpars_of(&cx.open()?.read()?, &node.name, &ids)?,
            _ => ids.iter().map(|id| (*id, node.name.clone())).collect(),
        };
        let mut gone = Vec::new();
        for lpar in removed {
            let own = nodes.iter().filter(|(id, _)| *id == lpar.id);
            let own: Vec<_> = own.map(|(_, name)| name.clone()).collect();
            let name = match own.first() {
                _ if self.service => &node.name,
                Some(name) => name,
                None => &lpar.name,
            };
            if lpar.outcome.is_ok() {
                gone.extend(own.iter().cloned());
            }
            let told = cx.report.change(name, lpar.outcome);
            cx.report.later(told);
        }
        Ok(gone)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
