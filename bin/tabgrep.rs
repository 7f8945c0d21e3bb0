//! `tabgrep`: lists the tables that know a node.

use std::process::ExitCode;

use serde_json::json;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::tables::rows;

/// Lists the tables with a row for a node or one of its groups
#[derive(Debug, clap::Parser)]
#[command(name = "tabgrep", disable_version_flag = true)]
pub struct Args {
    /// The node.
    node: Option<String>,
    /// Prints a JSON document.
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
        let Some(node) = self.node else {
            return Err(Error::Usage("which node?".into()));
        };
        let db = cx.open()?;
        let snapshot = db.read()?;
        let nodes = cx.nodes(&snapshot, &node)?;
        let [node] = nodes.as_slice() else {
            return Err(Error::Refused(format!(
                "tabgrep looks for one node, '{node}' stands for {}",
                nodes.len()
            )));
        };
        let tables = rows::tables_of(&snapshot, node)?;
        if self.json {
            return cx.report.line(json!(tables));
        }
        tables.iter().try_for_each(|table| cx.report.line(table))
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
