//! `nodegrpch`: changes columns of groups, and lets them hold for all members.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::noderange::Index;
use xcat::objects::index::NodeIndex;
use xcat::tables::change::Orders;

/// Changes columns of groups, and empties those of their members
#[derive(Debug, clap::Parser)]
#[command(name = "nodegrpch", disable_version_flag = true)]
pub struct Args {
    /// Which groups, with commas between them.
    groups: Option<String>,
    /// What to change.
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
        let groups = self.groups.as_deref().unwrap_or_default();
        let groups: Vec<&str> = groups.split(',').filter(|g| !g.is_empty()).collect();
        if groups.is_empty() || self.words.is_empty() {
            return Err(Error::Usage("groups and a change are needed".into()));
        }
        let orders = Orders::parse(&self.words)?;
        if orders.has_conditions() || orders.is_empty() {
            return Err(Error::Usage(
                "conditions have no meaning for groups: write table.column=value".into(),
            ));
        }
        let mut db = cx.open()?;
        let change = db.change()?;
        for group in groups {
            let index = NodeIndex::new(&change, cx.environment.surroundings());
            let members = index.members(group)?;
            if members.is_none() && index.defined(&[group.to_owned()])?.contains(&true) {
                return Err(Error::Refused(format!(
                    "'{group}' is a node and no group: nodech changes nodes"
                )));
            }
            if members.is_none() {
                cx.report
                    .warning(format_args!("no node is in a group '{group}' yet."));
            }
            orders.apply_to_group(&change, group, &members.unwrap_or_default())?;
        }
        cx.conclude(change, self.dry_run)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
