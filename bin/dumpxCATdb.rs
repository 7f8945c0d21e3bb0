//! `dumpxCATdb`: dumps all tables as CSV files.

#![allow(non_snake_case, reason = "the command is called so")]

use std::path::PathBuf;
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::tables::archive::{self, Event, Skipped};

/// Dumps all tables of the node database as CSV files
#[derive(Debug, clap::Parser)]
#[command(name = "dumpxCATdb", disable_version_flag = true)]
pub struct Args {
    /// The folder for the files; it is made if it is not there.
    #[arg(short, long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Dumps auditlog and eventlog, too.
    #[arg(short, long)]
    all: bool,
    /// Refused: it has DB2 make the backup.
    #[arg(short = 'b')]
    binary: bool,
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
        let Some(folder) = self.path else {
            return Err(Error::Usage(
                "-p says into which folder the tables are dumped".into(),
            ));
        };
        let db = cx.open()?;
        let snapshot = db.read()?;
        let list = cx.environment.skip_tables.as_deref();
        let skipped = Skipped::read(&snapshot, self.all, list)?;
        if !folder.exists() {
            let folder = folder.display();
            cx.report
                .line(format_args!(" Creating {folder} for database dump"))?;
        }
        let verbose = cx.report.is_verbose();
        archive::dump(&snapshot, &folder, &skipped, |event| match event {
            Event::Skipped(table) if verbose => cx.report.line(format_args!("Skipping {table}")),
            Event::Dumped(table) if verbose => cx.report.line(format_args!("Dumping {table}")),
            _ => Ok(()),
        })?;
        cx.report.line("Backup Complete.")
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
