//! `tabch`: the other name of `chtab`.

use std::process::ExitCode;

use xcat::command::{self, Command};
use xcat::context::Context;
use xcat::error::Result;

#[path = "chtab.rs"]
#[allow(
    dead_code,
    clippy::duplicate_mod,
    reason = "it is a command of its own, with its own main"
)]
mod chtab;

/// Sets, adds and removes rows of tables
#[derive(Debug, clap::Parser)]
#[command(name = "tabch", disable_version_flag = true)]
// The group of that name is that of chtab's arguments.
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    chtab: chtab::Args,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        self.chtab.run_as::<Self>(cx)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
