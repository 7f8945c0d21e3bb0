//! `chtab`: sets, adds and removes rows of tables.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::tables::rows::{self, Keys, Setting};

/// Sets, adds and removes rows of tables
#[derive(Debug, clap::Parser)]
#[command(name = "chtab", disable_version_flag = true)]
pub struct Args {
    /// Which rows: column=value, several with commas between them.
    #[arg(value_name = "COLUMN=VALUE")]
    keys: Option<String>,
    /// What to set: table.column=value, or += to append to a list; with -d
    /// the tables.
    #[arg(value_name = "TABLE.COLUMN=VALUE")]
    words: Vec<String>,
    /// Removes the rows from the tables.
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
        self.run_as::<Self>(cx)
    }
}

impl Args {
    /// Does the work under the name of `C`: `tabch` is the same command.
    ///
    /// # Errors
    /// As [`Command::run`].
    pub fn run_as<C: Command>(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<C>(cx)? == Done::Yes {
            return Ok(());
        }
        let keys = Keys::parse(self.keys.as_deref().unwrap_or_default())
            .map_err(|e| Error::Usage(format!("which rows? {e}")))?;
        if self.words.is_empty() {
            let missing = match self.delete {
                true => "Missing table name.",
                false => "nothing is to be set: table.column=value is missing",
            };
            return Err(Error::Usage(missing.into()));
        }
        let mut db = cx.open()?;
        let change = db.change()?;
        if self.delete {
            let deleted = rows::delete(&change, &keys, &self.words)?;
            cx.report
                .verbose(format_args!("{deleted} rows are removed."));
        } else {
            let settings = self.words.iter().map(|word| Setting::parse(word));
            let settings: Vec<Setting> = settings.collect::<Result<_, _>>()?;
            rows::set(&change, &keys, &settings)?;
        }
        cx.conclude(change, self.dry_run)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
