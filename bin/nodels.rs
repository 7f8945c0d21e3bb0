//! `nodels`: lists nodes and columns of their tables.

use std::process::ExitCode;

use xcat::args::Display;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Snapshot;
use xcat::error::{Error, Result};
use xcat::noderange;
use xcat::tables::list::{self, Detail, Line, Query};

/// Lists nodes, and columns of their tables
#[derive(Debug, clap::Parser)]
#[command(name = "nodels", disable_version_flag = true)]
pub struct Args {
    /// Which nodes; all of them if nothing is given.
    noderange: Option<String>,
    /// What to show of them: table.column, groups, tags, mgt or a table; or a
    /// condition that chooses among them, such as nodehm.mgt==hmc.
    #[arg(value_name = "TABLE.COLUMN")]
    words: Vec<String>,
    /// Says which group a value comes from.
    #[arg(short, long)]
    blame: bool,
    /// Names the column before each value.
    #[arg(short = 'H', long)]
    with_fieldname: bool,
    /// Lists hidden nodes, too.
    #[arg(short = 'S')]
    hidden: bool,
    /// Writes the names as one short noderange.
    #[arg(long, conflicts_with = "json")]
    fold: bool,
    #[command(flatten)]
    display: Display,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let query = Query::parse(&self.words)?;
        if self.fold && query.shows_columns() {
            return Err(Error::Usage(
                "--fold writes names: it goes with conditions, not with columns".into(),
            ));
        }
        let db = cx.open()?;
        let snapshot = db.read()?;
        let names = match &self.noderange {
            Some(noderange) => cx.nodes(&snapshot, noderange)?,
            None => list::all(&snapshot)?,
        };
        if self.fold || self.words.is_empty() && !self.display.json {
            return self.names(&query, &snapshot, names, cx);
        }
        let detail = Detail {
            labels: self.with_fieldname || self.display.json,
            blame: self.blame && !self.display.json,
            hidden: self.hidden,
            hides_secrets: self.display.hides_secrets(cx),
        };
        if self.display.json {
            return query.json(&snapshot, &names, detail, |line| cx.report.line(line));
        }
        query.run(&snapshot, &names, detail, |node, line| match line {
            Line::Name => cx.report.line(node),
            Line::Value {
                label: None, value, ..
            } => cx.report.node(node, value),
            Line::Value {
                label: Some(label),
                value,
                ..
            } => cx.report.node(node, format_args!("{label}: {value}")),
        })
    }
}

impl Args {
    /// Names alone, in byte order as in xCAT, or folded.
    fn names(
        &self,
        query: &Query,
        snapshot: &Snapshot<'_>,
        mut names: Vec<String>,
        cx: &mut Context,
    ) -> Result<()> {
        if !self.hidden {
            list::without_hidden(snapshot, &mut names)?;
        }
        let names = query.choose(snapshot, names)?;
        match self.fold {
            true if names.is_empty() => Ok(()),
            true => cx.report.line(noderange::fold(&names)),
            false => names
                .iter()
                .try_for_each(|name| cx.report.words([name, "\n"])),
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
