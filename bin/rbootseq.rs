//! `rbootseq`: what LPARs and nodes of chassis boot from.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::Hardware;
use xcat::power::bootseq::{self, Sequence};

/// Tells and sets what LPARs and nodes of chassis boot from
#[derive(Debug, clap::Parser)]
#[command(name = "rbootseq", disable_version_flag = true)]
pub struct Args {
    /// The LPARs and nodes of chassis.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// list or stat; for LPARs a boot mode: norm, dd, ds, of, sms; for nodes of
    /// chassis up to four devices, such as net,hd0.
    sequence: Vec<String>,
    /// Only says what would be sent to which HMC or chassis manager.
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
        let what = Sequence::parse(&self.sequence)?;
        let hardware = {
            let db = cx.open()?;
            let snapshot = db.read()?;
            let names = cx.nodes(&snapshot, self.noderange.as_deref().unwrap_or_default())?;
            Hardware::with_chassis(&snapshot, &names)?
        };
        let way = cx.way(self.dry_run, hardware.settings)?;
        let ssh = cx.ssh(hardware.settings.persist)?;
        let nodes = &hardware.nodes;
        hardware.reach(&ssh, cx.said(), |points| {
            bootseq::sequence(points, &way, &what, nodes, |index, outcome| {
                let said = cx.report.outcome(&nodes[index].name, outcome);
                cx.report.later(said);
            });
        });
        Ok(())
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
