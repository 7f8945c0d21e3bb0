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
    Status(Listing),
    /// Lists profiles
    Lsprof(Listing),
    /// Lists processors
    Lsproc(Listing),
    /// Lists memory, in MB
    Lsmem(Listing),
    /// Lists virtual adapters
    Lsvslot(Listing),
    /// Shows the console of an LPAR, until ~. is typed
    #[command(override_usage = "lpar [-h HMC] [-m MS] [-v] console LPAR")]
    Console {
        /// The LPAR.
        #[arg(value_name = "LPAR")]
        name: String,
    },
    /// Starts LPARs
    #[command(
        override_usage = "lpar [-h HMC] [-m MS] [-p PROFILE] [-v] activate [-c] [--dry-run] LPAR ..."
    )]
    Activate(Lpars),
    /// Ends LPARs through the hypervisor, whatever their operating systems do
    #[command(override_usage = "lpar [-h HMC] [-m MS] [-v] shutdown [-c] [--dry-run] LPAR ...")]
    Shutdown(Lpars),
    /// Has the operating systems of LPARs shut themselves down, over RMC
    #[command(override_usage = "lpar [-h HMC] [-m MS] [-v] osshutdown [-c] [--dry-run] LPAR ...")]
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
    /// Shows the console afterwards; for one LPAR.
    #[arg(short = 'c')]
    console: bool,
    /// Shows what would be sent, and sends nothing.
    #[arg(long)]
    dry_run: bool,
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
            Keyword::Console { name } => return self.front.console(cx, &name),
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
        let switching = Switching {
            op,
            profile,
            console: lpars.console,
            dry_run: lpars.dry_run,
        };
        self.front.switch(cx, switching, &lpars.names)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
