//! `mkhwconn`: connects HMCs to service processors.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::hmc::{Points, Retry};
use xcat::power::connections::{self, Through};
use xcat::power::vm::Way;

/// Connects HMCs to systems and frames
#[derive(Debug, clap::Parser)]
#[command(name = "mkhwconn", disable_version_flag = true)]
pub struct Args {
    /// The systems, and frames with their systems.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Connects the HMCs of hcp.
    #[arg(short = 't')]
    defined: bool,
    /// Connects this HMC, which becomes one of hcp.
    #[arg(short = 'p', value_name = "hmc", conflicts_with = "defined")]
    hmc: Option<String>,
    /// Connects the HMCs of sfp, the service focal point.
    #[arg(short = 's', conflicts_with_all = ["defined", "hmc"])]
    sfp: bool,
    /// Connects only service processors of this port.
    #[arg(long, value_name = "0|1", value_parser = ["0", "1"])]
    port: Option<String>,
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
        let through = match (&self.hmc, self.defined, self.sfp) {
            (Some(hmc), ..) => Through::Hmc(hmc.clone()),
            (_, true, _) => Through::Hcp,
            (.., true) => Through::Sfp,
            _ => {
                return Err(Error::Usage("Flag -t or -p or -s must be used.".into()));
            }
        };
        let way = Way {
            dry_run: self.dry_run,
            stop: cx.stop()?,
        };
        let connected = {
            let db = cx.open()?;
            let snapshot = db.read()?;
            if let Some(hmc) = &self.hmc {
                cx.nodes(&snapshot, hmc)?;
            }
            let names = cx.nodes(&snapshot, self.noderange.as_deref().unwrap_or_default())?;
            let port = self.port.as_deref().unwrap_or_default();
            connections::gather(&snapshot, &names, &through, (true, port))?
        };
        let ssh = cx.ssh(connected.settings.persist)?;
        let transport = Retry::new(&ssh, connected.settings.tries);
        let limits = connected.settings.limits;
        let points = Points::new(&transport, &connected.hmcs, limits, &|_| false);
        let mut made: Vec<(String, String)> = Vec::new();
        connections::make(&points, &connected, &way, &mut |hmc, node, outcome| {
            if outcome.is_ok() {
                made.push((hmc.to_owned(), node.to_owned()));
            }
            let told = cx.report.change(node, outcome);
            cx.report.later(told);
        });
        let mut db = cx.open()?;
        let change = db.change()?;
        for (hmc, node) in made {
            connections::define(&change, &[node], &through, Some(&hmc))?;
        }
        cx.conclude(change, self.dry_run)?;
        Ok(())
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
