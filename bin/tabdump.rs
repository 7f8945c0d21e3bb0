//! `tabdump`: prints a table as CSV.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use serde_json::json;
use xcat::args::Display;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Snapshot;
use xcat::error::{Error, Result};
use xcat::schema::Table;
use xcat::tables;
use xcat::tables::dump::{self, Filter, Selection};

/// Prints a table of the node database as CSV
#[derive(Debug, clap::Parser)]
#[command(name = "tabdump", disable_version_flag = true)]
pub struct Args {
    /// The table; without one, the names of all tables are listed.
    table: Option<String>,
    /// Describes the tables, or the columns of the table.
    #[arg(short = 'd', conflicts_with = "json")]
    describe: bool,
    /// Writes to a file in place of standard output; with -d to both.
    #[arg(
        short = 'f',
        value_name = "FILE",
        requires = "table",
        conflicts_with = "newest"
    )]
    file: Option<String>,
    /// Prints the newest rows only (auditlog and eventlog).
    #[arg(short = 'n', long = "lines", value_name = "COUNT", requires = "table", conflicts_with_all = ["describe", "conditions"])]
    newest: Option<usize>,
    /// Prints the rows that hold this, such as node==n1; may be repeated.
    #[arg(
        short = 'w',
        value_name = "ATTR==VALUE",
        requires = "table",
        conflicts_with = "describe"
    )]
    conditions: Vec<String>,
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
        if self.describe {
            let text = dump::descriptions(self.table.as_deref())?.join("\n\n");
            if let Some(file) = &self.file {
                fs::write(file, format!("{text}\n")).map_err(|e| not_written(file, e))?;
            }
            return cx.report.line(text);
        }
        let Some(name) = &self.table else {
            if self.display.json {
                return cx.report.line(json!(dump::tables().collect::<Vec<_>>()));
            }
            return dump::tables().try_for_each(|name| cx.report.line(name));
        };
        let table = tables::table(name)?;
        let db = cx.open()?;
        self.print(&db.read()?, table, cx)
    }
}

impl Args {
    fn selection(&self, table: &'static Table) -> Result<Selection> {
        if let Some(count) = self.newest {
            if !matches!(table.name, "auditlog" | "eventlog") {
                return Err(Error::Refused(format!(
                    "{} table is not supported in tabdump -n. You may only use this option on \
                     the auditlog or the eventlog.",
                    table.name
                )));
            }
            return Ok(Selection::Newest(count));
        }
        if self.conditions.is_empty() {
            return Ok(Selection::All);
        }
        let filters = self.conditions.iter().map(|c| Filter::parse(c, table));
        Ok(Selection::Where(filters.collect::<Result<_, _>>()?))
    }

    /// Prints the rows as CSV or JSON.
    fn print(
        &self,
        snapshot: &Snapshot<'_>,
        table: &'static Table,
        cx: &mut Context,
    ) -> Result<()> {
        let selection = self.selection(table)?;
        let path = self.file.as_deref().unwrap_or_default();
        let failed = |source| not_written(path, source);
        let file = self.file.as_ref().map(File::create).transpose();
        let mut file = file.map_err(failed)?.map(BufWriter::new);
        let hides = file.is_none() && self.display.hides_secrets(cx);
        let each = |line: &str| match &mut file {
            Some(file) => writeln!(file, "{line}").map_err(failed),
            None => cx.report.line(line),
        };
        match self.display.json {
            true => dump::json(snapshot, table, &selection, hides, each)?,
            false => dump::csv(snapshot, table, &selection, hides, each)?,
        }
        file.map_or(Ok(()), |mut file| file.flush().map_err(failed))
    }
}

fn not_written(path: &str, source: io::Error) -> Error {
    Error::File {
        action: "write",
        path: path.to_owned(),
        source,
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
