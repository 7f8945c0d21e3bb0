//! `lsvm`: lists the profiles of LPARs.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::json::Array;
use xcat::power::vm::{self, Listed, Which};
use xcat::power::{NotDone, in_order};

/// Lists the profiles of LPARs
#[derive(Debug, clap::Parser)]
#[command(name = "lsvm", disable_version_flag = true)]
pub struct Args {
    /// The LPARs, and systems with all their LPARs.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Lists all profiles, not only that of the last activation.
    #[arg(short, long)]
    all: bool,
    /// Lists one attribute a line.
    #[arg(short, long)]
    long: bool,
    /// Prints JSON.
    #[arg(long, conflicts_with = "long")]
    json: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let hardware = cx.hardware(self.noderange.as_deref().unwrap_or_default())?;
        let ssh = cx.ssh(hardware.settings.persist)?;
        let which = if self.all { Which::All } else { Which::Current };
        let mut array = Array::default();
        hardware.reach(&ssh, cx.said(), |points| {
            let mut each = in_order(|index: usize, outcome| {
                let told = self.tell(cx, &mut array, &hardware.nodes[index].name, outcome);
                cx.report.later(told);
            });
            vm::list(
                points,
                hardware.settings.width,
                &hardware.nodes,
                which,
                &mut each,
            );
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
        node: &str,
        outcome: Result<Listed, NotDone>,
    ) -> Result<(), Error> {
        match outcome {
            Ok(profiles) if self.json => {
                let line = array.line(&vm::document(node, &profiles));
                cx.report.line(line)
            }
            Err(reason) if self.json => {
                cx.report.node_error(node, reason);
                Ok(())
            }
            Ok(profiles) if self.long => cx.report.node(node, vm::lines(&profiles)),
            outcome => cx
                .report
                .outcome(node, outcome.map(|found| vm::rows(&found))),
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
