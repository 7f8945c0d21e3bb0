//! `noderm`: removes nodes from all tables.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::tables::remove;

/// Removes nodes from all tables
#[derive(Debug, clap::Parser)]
#[command(name = "noderm", disable_version_flag = true)]
pub struct Args {
    /// Which nodes.
    noderange: Option<String>,
    /// Shows what would change, and changes nothing.
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
        let Some(noderange) = &self.noderange else {
            return Err(Error::Usage("which nodes?".into()));
        };
        let mut db = cx.open()?;
        let change = db.change()?;
        let nodes = cx.nodes(&change, noderange)?;
        if nodes.is_empty() {
            let text = format!("'{noderange}' stands for no node at present");
            return Err(Error::Refused(text));
        }
        for left in remove::left_behind(&change, &nodes)? {
            if self.dry_run {
                break;
            }
            cx.report.line(format_args!(
                "Removed a {} node, please remove these nodes belongs to it manually: {}",
                left.kind,
                left.children.join(",")
            ))?;
        }
        remove::remove(&change, &nodes)?;
        cx.conclude(change, self.dry_run)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
