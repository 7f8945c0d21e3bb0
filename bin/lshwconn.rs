//! `lshwconn`: lists connections of HMCs to service processors.

use std::process::ExitCode;

use xcat::args::hwconn;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::json::Array;
use xcat::power::NotDone;
use xcat::power::connections::{self, Listed, Through};

/// Lists connections of HMCs to systems and frames
#[derive(Debug, clap::Parser)]
#[command(name = "lshwconn", disable_version_flag = true)]
pub struct Args {
    /// The systems and frames; HMCs with all their connections.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Asks the HMCs of sfp, the service focal point.
    #[arg(short = 's')]
    sfp: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let through = Through::defined(self.sfp);
        let connected = hwconn::gather(cx, self.noderange.as_deref(), &through, (false, ""))?;
        let ssh = cx.ssh(connected.settings.persist)?;
        let said = cx.said();
        let mut array = Array::default();
        connected.reach(&ssh, said, |points| {
            connections::list(points, &connected, &mut |hmc, node, outcome| {
                let told = self.tell(cx, &mut array, hmc, node, outcome);
                cx.report.later(told);
            });
        });
        match self.json {
            true => cx.report.line(array.end()),
            false => Ok(()),
        }
    }
}

impl Args {
    fn tell(
        &self,
        cx: &mut Context,
        array: &mut Array,
        hmc: &str,
        node: &str,
        outcome: Result<Listed, NotDone>,
    ) -> Result<()> {
        match outcome {
            Ok(listed) if self.json => cx.report.line(array.line(&listed.document(hmc))),
            Err(reason) if self.json => {
                cx.report.node_error(node, reason);
                Ok(())
            }
            outcome => cx.report.outcome(node, outcome.map(|listed| listed.text())),
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
