//! `xcatdbck`: looks for what does not fit together in the node database.

use std::process::ExitCode;

use xcat::check;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Db;
use xcat::error::{Error, Result};

/// Looks for what does not fit together in the node database
#[derive(Debug, clap::Parser)]
#[command(name = "xcatdbck", disable_version_flag = true)]
pub struct Args {
    /// Prints a JSON document.
    #[arg(long)]
    json: bool,
    /// Says what the next command does to a database of an earlier version,
    /// and leaves it as it is.
    #[arg(long, conflicts_with = "json")]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        if self.dry_run {
            return rehearse(cx);
        }
        let db = cx.open()?;
        let findings = check::run(&db.read()?)?;
        if !findings.is_empty() {
            cx.report.fail();
        }
        if self.json {
            return cx
                .report
                .line(check::json(&findings).map_err(Error::Output)?);
        }
        findings
            .iter()
            .try_for_each(|finding| cx.report.line(finding))
    }
}

/// Shows the migration that opening the database would be.
fn rehearse(cx: &mut Context) -> Result<()> {
    let Some(migration) = Db::rehearse(&cx.environment.database_folder()?)? else {
        return cx.report.line("there is no database yet");
    };
    cx.report.line(&migration)?;
    migration
        .steps
        .iter()
        .try_for_each(|step| cx.report.line(format_args!("    {step}")))
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
