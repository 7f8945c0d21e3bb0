//! `tabrestore`: replaces the rows of a table by those of a CSV file.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Fill;
use xcat::error::{Error, Result};
use xcat::tables::load::{self, Strays};
use xcat::tables::table;

/// Replaces the rows of a table by those of a CSV file, or adds them
#[derive(Debug, clap::Parser)]
#[command(name = "tabrestore", disable_version_flag = true)]
pub struct Args {
    /// The file, named like the table (site.csv); - is standard input.
    file: Option<String>,
    /// Adds the rows to those that are there.
    #[arg(short, long)]
    addrows: bool,
    /// The table, if the file is not named like it.
    #[arg(short, long)]
    table: Option<String>,
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
        let Some(file) = self.file.as_deref() else {
            return Err(Error::Usage("which file?".into()));
        };
        let name = match (&self.table, file) {
            (Some(name), _) => name.as_str(),
            (None, "-") => {
                return Err(Error::Usage(
                    "standard input has no name: -t says the table".into(),
                ));
            }
            (None, file) => named_by(file),
        };
        let failed = |source| Error::File {
            action: "read",
            path: file.to_owned(),
            source,
        };
        let input: Box<dyn BufRead> = match file {
            // Who writes it may take long, or use the database too: it is
            // read before the change begins.
            "-" => {
                let mut text = Vec::new();
                cx.stdin().read_to_end(&mut text).map_err(failed)?;
                Box::new(Cursor::new(text))
            }
            file => Box::new(BufReader::new(File::open(file).map_err(failed)?)),
        };
        let table = table(name)?;
        let fill = if self.addrows {
            Fill::Add
        } else {
            Fill::Replace
        };
        let mut db = cx.open()?;
        let change = db.change()?;
        let loaded = load::csv(&change, table, input, file, (fill, Strays::Refuse))?;
        match self.dry_run {
            true => {
                cx.conclude(change, true)?;
                cx.report.line(&loaded)
            }
            false => {
                cx.report.verbose(&loaded);
                cx.conclude(change, false)
            }
        }
    }
}

/// The table that a file is named after: `site` for `/tmp/site.csv`.
fn named_by(file: &str) -> &str {
    let name = Path::new(file).file_name().and_then(|n| n.to_str());
    let name = name.unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
