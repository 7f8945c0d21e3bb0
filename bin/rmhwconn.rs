//! `rmhwconn`: ends connections of HMCs to service processors.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::hmc::{Points, Retry};
use xcat::power::connections::{self, Through};
use xcat::power::vm::Way;

/// Ends connections of HMCs to systems and frames
#[derive(Debug, clap::Parser)]
#[command(name = "rmhwconn", disable_version_flag = true)]
pub struct Args {
    /// The systems, and frames with their systems.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Ends the connections of the HMCs of sfp, the service focal point.
    #[arg(short = 's')]
    sfp: bool,
    /// Shows what would be sent and defined, and changes nothing.
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
        let through = match self.sfp {
            true => Through::Sfp,
            false => Through::Hcp,
        };
        let way = Way {
            dry_run: self.dry_run,
            stop: cx.stop()?,
        };
        let connected = {
            let db = cx.open()?;
            let snapshot = db.read()?;
            let names = cx.nodes(&snapshot, self.noderange.as_deref().unwrap_or_default())?;
            connections::gather(&snapshot, &names, &through, (true, ""))?
        };
        let ssh = cx.ssh(connected.settings.persist)?;
        let transport = Retry::new(&ssh, connected.settings.tries);
        let limits = connected.settings.limits;
        let points = Points::new(&transport, &connected.hmcs, limits, &|_| false);
        let (mut gone, mut kept) = (Vec::new(), Vec::new());
        connections::remove(&points, &connected, &way, &mut |_, node, outcome| {
            match outcome.is_ok() {
                true => gone.push(node.to_owned()),
                false => kept.push(node.to_owned()),
            }
            let told = cx.report.change(node, outcome);
            cx.report.later(told);
        });
        // What another HMC still has stays as it is defined.
        gone.retain(|node| !kept.contains(node));
        let mut db = cx.open()?;
        let change = db.change()?;
        connections::define(&change, &gone, &through, None)?;
        cx.conclude(change, self.dry_run)?;
        Ok(())
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
