//! `lpar`: LPARs, as LPAR-Tool users type it.

use std::process::ExitCode;

use xcat::args::front::{Front, Listing, Switching};
use xcat::command::{self, Command, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::Op;
use xcat::power::overview::{LPAR_MEMORY, LPAR_PROCESSORS, LPAR_PROFILES, LPAR_SLOTS, LPAR_STATUS};

/// Lists and switches LPARs
#[derive(Debug, clap::Parser)]
#[command(
    name = "lpar",
    disable_version_flag = true,
    disable_help_flag = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    override_usage = "lpar [-h HMC] [-m MS] [-p PROFILE] [-v] KEYWORD [LPAR ...]"
)]
pub struct Args {
    #[command(flatten)]
    front: Front,
    /// The profile that LPARs are activated with, in place of their own.
    #[arg(short = 'p', value_name = "PROFILE")]
    profile: Option<String>,
    #[command(subcommand)]
    keyword: Option<Keyword>,
}

#[derive(Debug, clap::Subcommand)]
enum Keyword {
    /// Lists states, profiles, RMC, processors and memory
    #[command(
        override_usage = "lpar [-h HMC] [-m MS] [-v] status [-F ATTRIBUTES | --json] [LPAR ...]"
    )]
    Status(Listing),
    /// Lists profiles
    #[command(
        override_usage = "lpar [-h HMC] [-m MS] [-v] lsprof [-F ATTRIBUTES | --json] [LPAR ...]"
    )]
    Lsprof(Listing),
    /// Lists processors
    #[command(
        override_usage = "lpar [-h HMC] [-m MS] [-v] lsproc [-F ATTRIBUTES | --json] [LPAR ...]"
    )]
    Lsproc(Listing),
    /// Lists memory, in MB
    #[command(
        override_usage = "lpar [-h HMC] [-m MS] [-v] lsmem [-F ATTRIBUTES | --json] [LPAR ...]"
    )]
    Lsmem(Listing),
    /// Lists virtual adapters
    #[command(
        override_usage = "lpar [-h HMC] [-m MS] [-v] lsvslot [-F ATTRIBUTES | --json] [LPAR ...]"
    )]
    Lsvslot(Listing),
    /// Starts LPARs
    #[command(override_usage = "lpar [-h HMC] [-m MS] [-p PROFILE] [-v] activate LPAR ...")]
    Activate(Lpars),
    /// Ends LPARs through the hypervisor, whatever their operating systems do
    #[command(override_usage = "lpar [-h HMC] [-m MS] [-v] shutdown LPAR ...")]
    Shutdown(Lpars),
    /// Has the operating systems of LPARs shut themselves down, over RMC
    #[command(override_usage = "lpar [-h HMC] [-m MS] [-v] osshutdown LPAR ...")]
    Osshutdown(Lpars),
    /// Explains a keyword
    #[command(override_usage = "lpar help [KEYWORD]")]
    Help {
        /// The keyword; all of them if none is given.
        keyword: Option<String>,
    },
}

/// LPARs to be switched: none is meant that is not named.
#[derive(Debug, clap::Args)]
struct Lpars {
    /// The LPARs, by name or noderange.
    #[arg(value_name = "LPAR", required = true)]
    names: Vec<String>,
}

impl Command for Args {
    fn run(mut self, cx: &mut Context) -> Result<()> {
        if self.front.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let (view, listing) = match self
            .keyword
            .take()
            .unwrap_or(Keyword::Help { keyword: None })
        {
            Keyword::Status(listing) => (LPAR_STATUS, listing),
            Keyword::Lsprof(listing) => (LPAR_PROFILES, listing),
            Keyword::Lsproc(listing) => (LPAR_PROCESSORS, listing),
            Keyword::Lsmem(listing) => (LPAR_MEMORY, listing),
            Keyword::Lsvslot(listing) => (LPAR_SLOTS, listing),
            Keyword::Activate(lpars) => return self.switch(cx, Op::On, &lpars),
            Keyword::Shutdown(lpars) => return self.switch(cx, Op::SoftOff, &lpars),
            Keyword::Osshutdown(lpars) => return self.switch(cx, Op::OsShutdown, &lpars),
            Keyword::Help { keyword } => {
                let help = command::keyword_help::<Self>(keyword.as_deref())?;
                return cx.report.line(help);
            }
        };
        self.front.list(cx, &view, &listing)
    }
}

impl Args {
    fn switch(&self, cx: &mut Context, op: Op, lpars: &Lpars) -> Result<()> {
        let profile = self.profile.as_deref();
        self.front
            .switch(cx, Switching { op, profile }, &lpars.names)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
