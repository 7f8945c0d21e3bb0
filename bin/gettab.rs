//! `gettab`: prints columns of the rows that hold given values.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::tables;
use xcat::tables::rows::{self, Keys};

/// Prints columns of the first row that holds given values
#[derive(Debug, clap::Parser)]
#[command(name = "gettab", disable_version_flag = true)]
pub struct Args {
    /// Which row: column=value, several with commas between them.
    #[arg(value_name = "COLUMN=VALUE")]
    keys: Option<String>,
    /// What to print of it.
    #[arg(value_name = "TABLE.COLUMN")]
    columns: Vec<String>,
    /// Names the column before the value, even if there is only one.
    #[arg(short = 'H', long)]
    with_fieldname: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let (Some(keys), [_, ..]) = (&self.keys, self.columns.as_slice()) else {
            return Err(Error::Usage(
                "column=value and table.column are needed".into(),
            ));
        };
        let keys = Keys::parse(keys)?;
        // A column that a table lacks has no value: xCAT's scripts ask for such.
        let (columns, lacking): (Vec<String>, Vec<String>) = self
            .columns
            .iter()
            .cloned()
            .partition(|name| !tables::is_lacking(name));
        for column in lacking {
            cx.report.verbose(format_args!("There is no {column}."));
        }
        let db = cx.open()?;
        let snapshot = db.read()?;
        let labels = self.with_fieldname || self.columns.len() > 1;
        for (column, value) in rows::get(&snapshot, &keys, &columns)? {
            match labels {
                true => cx.report.line(format_args!("{column}: {value}"))?,
                false => cx.report.line(value)?,
            }
        }
        Ok(())
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
