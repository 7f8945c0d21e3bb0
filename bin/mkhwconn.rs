//! `mkhwconn`: connects HMCs to service processors.

use std::process::ExitCode;

use xcat::args::hwconn;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::connections::{self, Through};

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
        let port = self.port.as_deref().unwrap_or_default();
        let connected = hwconn::gather(cx, self.noderange.as_deref(), &through, (true, port))?;
        hwconn::change(
            cx,
            &connected,
            self.dry_run,
            connections::make,
            |change, all| {
                for made in all.iter().filter(|one| one.is_done) {
                    let node = std::slice::from_ref(&made.node);
                    connections::define(change, node, &through, Some(&made.hmc))?;
                }
                Ok(())
            },
        )
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
