//! `lsvm`: lists the profiles of LPARs.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
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
        let mut array = self.json.then(Array::default);
        hardware.reach(&ssh, cx.said(), |points| {
            let (width, nodes) = (hardware.settings.width, &hardware.nodes);
            let mut each = in_order(|index: usize, outcome: Result<Listed, NotDone>| {
                let node = &nodes[index].name;
                let told = match &mut array {
                    Some(array) => {
                        let object = outcome.map(|profiles| vm::document(node, &profiles));
                        cx.report.element(array, node, object)
                    }
                    None => cx
                        .report
                        .outcome(node, outcome.map(|found| self.lines(&found))),
                };
                cx.report.later(told);
            });
            vm::list(points, width, nodes, which, &mut each);
        });
        cx.report.end(array)
    }
}

impl Args {
    fn lines(&self, profiles: &Listed) -> String {
        match self.long {
            true => vm::lines(profiles),
            false => vm::rows(profiles),
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
