//! `rvitals`: tells how LPARs, systems and frames are.

use std::process::ExitCode;

use xcat::args::{self, Inquiry};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::facts::Vitals;

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
        let what: Vitals = args::word(self.command.as_deref())?;
        let hardware = self.inquiry.hardware(cx)?;
        self.inquiry.tell(cx, &hardware, &what)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
