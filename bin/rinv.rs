//! `rinv`: tells what LPARs, systems and frames are made of.

use std::process::ExitCode;

use xcat::args::{self, Inquiry};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::facts::Inventory;

/// Tells what LPARs, systems and frames are made of
#[derive(Debug, clap::Parser)]
#[command(name = "rinv", disable_version_flag = true)]
pub struct Args {
    #[command(flatten)]
    inquiry: Inquiry,
    /// bus, config, model, serial, firm, mem, proc, all.
    command: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let what: Inventory = args::word(self.command.as_deref())?;
        let mut hardware = self.inquiry.hardware(cx)?;
        if what.is_slow() {
            hardware.settings.limits.deadline *= 3;
        }
        self.inquiry.tell(cx, &hardware, &what)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
