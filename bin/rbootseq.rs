//! `rbootseq`: what LPARs boot from.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::bootseq::{BadSequence, Sequence, sequence};

/// Tells and sets where LPARs stop when they are activated
#[derive(Debug, clap::Parser)]
#[command(name = "rbootseq", disable_version_flag = true)]
pub struct Args {
    /// The LPARs.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// list or stat; or a boot mode: norm, dd, ds, of, sms.
    sequence: Option<String>,
    /// Only says what would be sent to which HMC.
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
        let word = self.sequence.as_deref();
        let word = word.ok_or_else(|| Error::Usage("No command specified".into()))?;
        let what: Sequence = word.parse().map_err(|bad| match bad {
            BadSequence::Unknown(_) => Error::Usage(bad.to_string()),
            BadSequence::Devices(_) => Error::Refused(bad.to_string()),
        })?;
        let hardware = cx.hardware(self.noderange.as_deref().unwrap_or_default())?;
        let way = cx.way(self.dry_run, hardware.settings)?;
        let ssh = cx.ssh(hardware.settings.persist)?;
        hardware.reach(&ssh, cx.said(), |points| {
            sequence(points, &way, &what, &hardware.nodes, |index, outcome| {
                let said = cx.report.outcome(&hardware.nodes[index].name, outcome);
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
