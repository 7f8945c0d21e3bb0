//! `reventlog`: the serviceable events of LPARs, systems and frames.

use std::process::ExitCode;

use xcat::args::Inquiry;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::Done as Cleared;
use xcat::power::facts::{self, BadCount, Events, Which};

/// Tells and closes serviceable events
#[derive(Debug, clap::Parser)]
#[command(name = "reventlog", disable_version_flag = true)]
pub struct Args {
    #[command(flatten)]
    inquiry: Inquiry,
    /// How many of the latest events, or all (if not given); clear closes the
    /// open ones.
    entries: Option<String>,
    /// Tells the latest first.
    #[arg(short = 's')]
    latest_first: bool,
    /// With clear: only says what would be sent to which HMC.
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
        let word = self.entries.as_deref().unwrap_or("all");
        if word == "clear" {
            return self.clear(cx);
        }
        let which: Which = word
            .parse()
            .map_err(|bad: BadCount| Error::Usage(bad.to_string()))?;
        if self.dry_run {
            return Err(Error::Usage("--dry-run is for clear".into()));
        }
        let hardware = self.inquiry.hardware(cx)?;
        let what = Events {
            which,
            latest_first: self.latest_first,
        };
        self.inquiry.tell(cx, &hardware, &what)
    }
}

impl Args {
    fn clear(&self, cx: &mut Context) -> Result<()> {
        if self.inquiry.json || self.latest_first {
            return Err(Error::Usage("--json and -s are not for clear".into()));
        }
        let hardware = self.inquiry.hardware(cx)?;
        let way = cx.way(self.dry_run, hardware.settings)?;
        let ssh = cx.ssh(hardware.settings.persist)?;
        hardware.reach(&ssh, cx.said(), |points| {
            facts::clear(points, &way, &hardware.nodes, |index, outcome| {
                let node = &hardware.nodes[index].name;
                // One line a node, as in xCAT.
                let said = match outcome {
                    Ok(Cleared::Success) => cx.report.node(node, "clear"),
                    outcome => cx.report.change(node, outcome),
                };
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
