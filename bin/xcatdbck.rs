//! `xcatdbck`: looks for what does not fit together in the node database.

use std::process::ExitCode;

use xcat::check;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};

/// Looks for what does not fit together in the node database
#[derive(Debug, clap::Parser)]
#[command(name = "xcatdbck", disable_version_flag = true)]
pub struct Args {
    /// Prints a JSON document.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
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

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
