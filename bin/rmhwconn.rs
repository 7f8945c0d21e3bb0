//! `rmhwconn`: ends connections of HMCs to service processors.

use std::process::ExitCode;

use xcat::args::hwconn;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::connections::{self, Through};

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
        let through = Through::defined(self.sfp);
        let connected = hwconn::gather(cx, self.noderange.as_deref(), &through, (true, ""))?;
        hwconn::change(
            cx,
            &connected,
            self.dry_run,
            connections::remove,
            |change, all| {
                // What another HMC still has stays as it is defined.
                let kept = |node: &String| all.iter().any(|one| one.node == *node && !one.is_done);
                let mut gone: Vec<_> = all.iter().map(|one| one.node.clone()).collect();
                gone.retain(|node| !kept(node));
                connections::define(change, &gone, &through, None)
            },
        )
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
