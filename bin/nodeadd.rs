//! `nodeadd`: adds nodes.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::noderange;
use xcat::objects;
use xcat::tables::change::Orders;

/// Adds nodes to the database
#[derive(Debug, clap::Parser)]
#[command(name = "nodeadd", disable_version_flag = true)]
pub struct Args {
    /// The names of the nodes, as a noderange without groups.
    noderange: Option<String>,
    /// Their columns, groups=NAMES among them.
    #[arg(value_name = "TABLE.COLUMN=VALUE")]
    words: Vec<String>,
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
        let orders = Orders::parse(&self.words)?;
        if !orders.sets_groups() {
            return Err(Error::Usage("groups=GROUPNAMES is missing".into()));
        }
        let surroundings = cx.environment.surroundings();
        let affixes = (surroundings.prefix, surroundings.suffix);
        let nodes = noderange::expand_names(noderange, affixes)?;
        let capitals = |n: &&String| n.contains(|c: char| c.is_ascii_uppercase());
        let capitals: Vec<&str> = nodes.iter().filter(capitals).map(String::as_str).collect();
        if !capitals.is_empty() {
            cx.report.warning(format_args!(
                "The node name '{}' contains capital letters \
                 which may not be resolved correctly by the dns server.",
                capitals.join(",")
            ));
        }
        let mut db = cx.open()?;
        let change = db.change()?;
        objects::operand::refuse_groups(&change, &surroundings, &nodes)?;
        for text in orders.warnings(&change)? {
            cx.report.warning(text);
        }
        orders.apply(&change, &nodes)?;
        cx.conclude(change, self.dry_run)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
