//! `nodech`: changes columns of nodes.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::tables::change::{self, Orders};

/// Changes columns of nodes
#[derive(Debug, clap::Parser)]
#[command(name = "nodech", disable_version_flag = true)]
pub struct Args {
    /// Which nodes.
    noderange: Option<String>,
    /// What to change: table.column=value, ,= to put words before a list, ^=
    /// to take them out; or a condition that chooses among the nodes; with -d
    /// the tables.
    #[arg(value_name = "TABLE.COLUMN=VALUE")]
    words: Vec<String>,
    /// Removes the nodes' rows from the tables.
    #[arg(short, long)]
    delete: bool,
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
        let (Some(noderange), [_, ..]) = (&self.noderange, self.words.as_slice()) else {
            return Err(Error::Usage("a noderange and a change are needed".into()));
        };
        let mut db = cx.open()?;
        let change = db.change()?;
        let nodes = cx.nodes(&change, noderange)?;
        if self.delete {
            if let Some(word) = self.words.iter().find(|w| w.contains(['=', '.'])) {
                let text = format!("{word}: . and = not valid in delete mode.");
                return Err(Error::Refused(text));
            }
            change::delete_rows(&change, &nodes, &self.words)?;
        } else {
            let orders = Orders::parse(&self.words)?;
            if orders.is_empty() {
                return Err(Error::Usage(
                    "only conditions are given, no change such as table.column=value".into(),
                ));
            }
            for text in orders.warnings(&change)? {
                cx.report.warning(text);
            }
            orders.apply(&change, &nodes)?;
        }
        cx.conclude(change, self.dry_run)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
