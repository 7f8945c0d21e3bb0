//! `rvitals`: tells how LPARs, systems and frames are.

use std::process::ExitCode;

use xcat::args::Inquiry;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::facts::{BadVital, Vitals};

/// Tells how LPARs, systems and frames are
#[derive(Debug, clap::Parser)]
#[command(name = "rvitals", disable_version_flag = true)]
pub struct Args {
    #[command(flatten)]
    inquiry: Inquiry,
    /// power, state, lcds, temp, voltage, all.
    command: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let word = self.command.as_deref();
        let word = word.ok_or_else(|| Error::Usage("No command specified".into()))?;
        let what: Vitals = word
            .parse()
            .map_err(|bad: BadVital| Error::Usage(bad.to_string()))?;
        let hardware = self.inquiry.hardware(cx)?;
        self.inquiry.tell(cx, &hardware, &what)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
