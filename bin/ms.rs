//! `ms`: managed systems, as LPAR-Tool users type it.

use std::process::ExitCode;

use xcat::args::front::{Front, Listing};
use xcat::command::{self, Command, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::overview::{MS_FIRMWARE, MS_MEMORY, MS_PROCESSORS, MS_STATUS};

/// Lists managed systems
#[derive(Debug, clap::Parser)]
#[command(
    name = "ms",
    disable_version_flag = true,
    disable_help_flag = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    override_usage = "ms [-h HMC] [-m MS] [-v] KEYWORD [MS ...]"
)]
pub struct Args {
    #[command(flatten)]
    front: Front,
    #[command(subcommand)]
    keyword: Option<Keyword>,
}

#[derive(Debug, clap::Subcommand)]
enum Keyword {
    /// Lists states, addresses, processors and memory
    #[command(override_usage = "ms [-h HMC] [-m MS] [-v] status [-F ATTRIBUTES | --json] [MS ...]")]
    Status(Listing),
    /// Lists processors
    #[command(override_usage = "ms [-h HMC] [-m MS] [-v] lsproc [-F ATTRIBUTES | --json] [MS ...]")]
    Lsproc(Listing),
    /// Lists memory, in MB
    #[command(override_usage = "ms [-h HMC] [-m MS] [-v] lsmem [-F ATTRIBUTES | --json] [MS ...]")]
    Lsmem(Listing),
    /// Lists firmware levels
    #[command(override_usage = "ms [-h HMC] [-m MS] [-v] lslic [-F ATTRIBUTES | --json] [MS ...]")]
    Lslic(Listing),
    /// Explains a keyword
    #[command(override_usage = "ms help [KEYWORD]")]
    Help {
        /// The keyword; all of them if none is given.
        keyword: Option<String>,
    },
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.front.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let (view, listing) = match self.keyword.unwrap_or(Keyword::Help { keyword: None }) {
            Keyword::Status(listing) => (MS_STATUS, listing),
            Keyword::Lsproc(listing) => (MS_PROCESSORS, listing),
            Keyword::Lsmem(listing) => (MS_MEMORY, listing),
            Keyword::Lslic(listing) => (MS_FIRMWARE, listing),
            Keyword::Help { keyword } => {
                let help = command::keyword_help::<Self>(keyword.as_deref())?;
                return cx.report.line(help);
            }
        };
        self.front.list(cx, &view, &listing)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
