//! `restorexCATdb`: restores all tables from a dump, or from the files of a
//! real xCAT.

#![allow(non_snake_case, reason = "the command is called so")]

use std::path::PathBuf;
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Change;
use xcat::error::{Error, Result};
use xcat::tables::archive::{self, Event, Skipped};

/// Restores the tables of the node database, all of them or none
#[derive(Debug, clap::Parser)]
#[command(name = "restorexCATdb", disable_version_flag = true)]
pub struct Args {
    /// The folder with a TABLE.csv for each table.
    #[arg(short, long, value_name = "DIR", conflicts_with = "from_xcat")]
    path: Option<PathBuf>,
    /// The folder with the SQLite files of a real xCAT, such as /etc/xcat.
    #[arg(long, value_name = "DIR")]
    from_xcat: Option<PathBuf>,
    /// Restores auditlog and eventlog, too.
    #[arg(short, long)]
    all: bool,
    /// Refused: it has DB2 bring back its own backup.
    #[arg(short = 'b')]
    binary: bool,
    /// Refused: it says which backup of DB2's.
    #[arg(short = 't', long, value_name = "TIMESTAMP")]
    timestamp: Option<String>,
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
        if self.binary {
            return Err(Error::Refused(
                "'-b' is not supported: it needs DB2, which this database does not use".into(),
            ));
        }
        if self.timestamp.is_some() {
            return Err(Error::Refused(
                "'-t' is not supported: it needs DB2, which this database does not use".into(),
            ));
        }
        if self.path.is_none() && self.from_xcat.is_none() {
            return Err(Error::Usage(
                "-p says which folder the dump is in (or --from-xcat where xCAT's files are)"
                    .into(),
            ));
        }
        let mut db = cx.open()?;
        let change = db.change()?;
        let counts = self.restore(&change, cx)?;
        cx.conclude_as_stored(change, self.dry_run)?;
        match self.dry_run {
            true => counts.iter().try_for_each(|line| cx.report.line(line)),
            false => cx.report.line("Restore of Database Complete."),
        }
    }
}

impl Args {
    /// Restores within the change; gives a line for each table that is then
    /// another one.
    fn restore(&self, change: &Change<'_>, cx: &mut Context) -> Result<Vec<String>> {
        let skipped = Skipped::read(change, self.all, None)?;
        let mut counts = Vec::new();
        let verbose = cx.report.is_verbose();
        let tell = |event: Event<'_>| -> Result<()> {
            match event {
                Event::Skipped(file) if verbose => {
                    cx.report.line(format_args!("Skipping {file}"))?;
                }
                Event::Restored(file, loaded) => {
                    if verbose {
                        cx.report.line(format_args!("Restoring {file}."))?;
                    }
                    counts.extend((!loaded.is_unchanged()).then(|| loaded.to_string()));
                }
                Event::LeftOut(text) => {
                    cx.report.warning(text);
                    cx.report.fail();
                }
                Event::Skipped(_) | Event::Dumped(_) => {}
            }
            Ok(())
        };
        match (&self.path, &self.from_xcat) {
            (Some(folder), _) => archive::restore_dump(change, folder, &skipped, tell)?,
            (None, Some(folder)) => archive::restore_xcat(change, folder, &skipped, tell)?,
            (None, None) => {}
        }
        Ok(counts)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
