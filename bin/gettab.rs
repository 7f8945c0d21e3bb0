//! `gettab`: prints columns of the rows that hold given values.

use std::process::ExitCode;

use serde_json::json;
use xcat::args::Display;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::schema::HIDDEN;
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
    display: Display,
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
        let mut found = rows::get(&snapshot, &keys, &columns)?;
        if self.display.hides_secrets(cx) {
            let secret = found
                .iter_mut()
                .filter(|(column, _)| tables::is_secret(column));
            secret
                .filter(|(_, value)| !value.is_empty())
                .for_each(|(_, value)| *value = HIDDEN.into());
        }
        if self.display.json {
            let value = |value: &str| (!value.is_empty()).then(|| value.to_owned());
            let json =
                |(column, text): &(String, String)| json!({"column": column, "value": value(text)});
            return cx
                .report
                .line(json!(found.iter().map(json).collect::<Vec<_>>()));
        }
        for (column, value) in found {
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
