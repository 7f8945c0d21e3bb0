//! `tabprune`: removes old entries of the journal and the logs.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::history::prune::{self, Target, Which};

/// Removes old entries of the journal and the logs, or all rows of a table
#[derive(Debug, clap::Parser)]
#[command(name = "tabprune", disable_version_flag = true)]
pub struct Args {
    /// journal, auditlog or eventlog; with -a any table.
    table: Option<String>,
    /// Removes everything.
    #[arg(short)]
    all: bool,
    /// Removes so many of the oldest entries.
    #[arg(short, long, value_name = "COUNT")]
    number: Option<usize>,
    /// Removes the entries whose number is smaller.
    #[arg(short = 'i', long = "recid", value_name = "NUMBER")]
    below: Option<i64>,
    /// Removes so many of each hundred entries, the oldest.
    #[arg(short, long, value_name = "PERCENT")]
    percent: Option<usize>,
    /// Removes the entries that are so many days old.
    #[arg(short, long, value_name = "DAYS")]
    days: Option<i64>,
    /// Says how many entries would go, and removes none.
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
        let Some(name) = &self.table else {
            return Err(Error::Usage("Table name required.".into()));
        };
        let which = self.which()?;
        let target = Target::named(name)?;
        if matches!(target, Target::Table(_)) && which != Which::All {
            return Err(Error::Refused(format!(
                "Table {name} not supported, see tabprune -h for supported tables."
            )));
        }
        let verbose = cx.report.is_verbose();
        let mut db = cx.open()?;
        let change = db.change()?;
        let count = prune::prune(&change, target, which, |line| match verbose {
            true => cx.report.line(line),
            false => Ok(()),
        })?;
        if self.dry_run {
            return match verbose {
                true => Ok(()),
                false => cx
                    .report
                    .line(format_args!("{count} entries of {name} would go.")),
            };
        }
        change.commit()?;
        match verbose {
            true => Ok(()),
            false => cx.report.line(format_args!("tabprune of {name} complete.")),
        }
    }
}

impl Args {
    /// The one option that says which entries go.
    fn which(&self) -> Result<Which> {
        let given = [
            self.all.then_some(Which::All),
            self.number.map(Which::Number),
            self.below.map(Which::Below),
            self.percent.map(Which::Percent),
            self.days.map(Which::Days),
        ];
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(which), None) => Ok(which),
            (None, _) => Err(Error::Usage(
                "One option -p or -i or -n or -a or -d must be supplied.".into(),
            )),
            (Some(_), Some(_)) => Err(Error::Usage(
                "Only one option -p or -i or -n or -a or -d may be used at a time.".into(),
            )),
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
