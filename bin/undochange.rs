//! `undochange`: takes a change of the node database back.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::history::{self, list, of_change, undo};

/// Takes a change of the node database back
#[derive(Debug, clap::Parser)]
#[command(name = "undochange", disable_version_flag = true)]
pub struct Args {
    /// The number of the change, as lschange shows it.
    number: Option<i64>,
    /// Takes it back even if the same values were changed since, or if it was
    /// taken back already.
    #[arg(short, long)]
    force: bool,
    /// Shows what would be changed, and changes nothing.
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
        let Some(number) = self.number else {
            return Err(Error::Usage("which change?".into()));
        };
        let mut db = cx.open()?;
        let change = db.change()?;
        let entry = history::entry(&change, number)?;
        if let Some(by) = list::undone_by(&change, &entry)?.filter(|_| !self.force) {
            return Err(Error::Refused(format!(
                "change {number} was already undone by change {by}; undochange {by} brings it \
                 back, --force undoes it again"
            )));
        }
        let outcome = undo::undo(&change, &entry, self.force)?;
        if !self.force && !outcome.conflicts.is_empty() {
            outcome.conflicts.iter().for_each(|c| cx.report.error(c));
            return Err(Error::Refused(format!(
                "change {number} was not undone: the same values were changed since; undo those \
                 changes first, or use --force"
            )));
        }
        outcome.conflicts.iter().for_each(|c| cx.report.warning(c));
        outcome.left.iter().for_each(|left| cx.report.error(left));
        if self.dry_run {
            return of_change(&change, |object| cx.report.line(object));
        }
        match change.commit_as_undo_of(Some(number))? {
            Some(by) => cx.report.line(format_args!(
                "Change {number} is undone; undochange {by} brings it back."
            )),
            None => Err(Error::Refused(format!(
                "change {number} was not undone: nothing of it can be put back"
            ))),
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
