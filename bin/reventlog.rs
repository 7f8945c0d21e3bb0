//! `reventlog`: the serviceable events of LPARs, systems and frames.

use std::process::ExitCode;

use xcat::args::Inquiry;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::facts::{self, BadCount, Events, Which};
use xcat::power::{NotDone, Request};

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
        let request = Request {
            dry_run: self.dry_run,
            stop: cx.stop()?,
            width: hardware.settings.width,
            ..Request::default()
        };
        let ssh = cx.ssh(hardware.settings.persist)?;
        hardware.reach(&ssh, cx.said(), |points| {
            facts::clear(points, &request, &hardware.nodes, |index, outcome| {
                let said = tell(cx, &hardware.nodes[index].name, self.dry_run, outcome);
                cx.report.later(said);
            });
        });
        Ok(())
    }
}

/// One line a node, as in xCAT; in a dry run a line for each event.
fn tell(
    cx: &mut Context,
    node: &str,
    dry_run: bool,
    outcome: Result<Vec<xcat::power::Done>, NotDone>,
) -> Result<()> {
    match outcome {
        Ok(plans) if dry_run => plans.iter().try_for_each(|plan| cx.report.node(node, plan)),
        outcome => cx.report.outcome(node, outcome.map(|_| "clear")),
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
