//! `hmc`: the connections to HMCs and their versions, as LPAR-Tool users type it.

use std::process::ExitCode;

use xcat::args::{HmcListing, Hmcs};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::hmc::connection::Deed;
use xcat::remote::Ending;

/// Shows, opens and closes connections to HMCs, and shows their versions
#[derive(Debug, clap::Parser)]
#[command(
    name = "hmc",
    disable_version_flag = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    override_usage = "hmc [-v] KEYWORD [HMC ...]"
)]
pub struct Args {
    /// Says what is done: logins, and the commands that HMCs are sent.
    #[arg(short = 'v', visible_short_alias = 'V', long, global = true)]
    verbose: bool,
    /// Shows the version of this program.
    #[arg(long)]
    version: bool,
    #[command(subcommand)]
    keyword: Option<Keyword>,
}

#[derive(Debug, clap::Subcommand)]
enum Keyword {
    /// Shows which HMCs have a master connection
    #[command(override_usage = "hmc [-v] connections [--deep] [--json] [HMC ...]")]
    Connections {
        /// Lets each HMC answer through its connection; closes those through
        /// which nothing comes.
        #[arg(long)]
        deep: bool,
        #[command(flatten)]
        listing: HmcListing,
    },
    /// Opens master connections
    #[command(override_usage = "hmc [-v] connect [HMC ...]")]
    Connect(Hmcs),
    /// Closes master connections
    #[command(override_usage = "hmc [-v] disconnect [--now] [HMC ...]")]
    Disconnect {
        /// Cuts off the commands that run through them.
        #[arg(long)]
        now: bool,
        #[command(flatten)]
        hmcs: Hmcs,
    },
    /// Shows what machines HMCs are, and how many systems they reach
    #[command(override_usage = "hmc [-v] status [--json] [HMC ...]")]
    Status(HmcListing),
    /// Defines the systems and LPARs that HMCs manage, and brings definitions
    /// up to date
    #[command(override_usage = "hmc [-v] rescan [--dry-run] [HMC ...]")]
    Rescan {
        /// Shows what would change in the database, and changes nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        hmcs: Hmcs,
    },
    /// Shows the software level of HMCs
    #[command(override_usage = "hmc [-v] version [--json] [HMC ...]")]
    Version(HmcListing),
    /// Explains a keyword
    #[command(override_usage = "hmc help [KEYWORD]")]
    Help {
        /// The keyword; all of them if none is given.
        keyword: Option<String>,
    },
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        let (verbose, version) = (self.verbose, self.version);
        if (Common { verbose, version }).apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let (hmcs, deed) = match self.keyword.unwrap_or(Keyword::Help { keyword: None }) {
            Keyword::Help { keyword } => {
                let help = command::keyword_help::<Self>(keyword.as_deref())?;
                return cx.report.line(help);
            }
            Keyword::Version(listing) => return listing.levels(cx),
            Keyword::Status(listing) => return listing.statuses(cx),
            Keyword::Rescan { dry_run, hmcs } => return hmcs.rescan(cx, dry_run),
            Keyword::Connections { deep, listing } => return listing.connections(cx, deep),
            Keyword::Connect(hmcs) => (hmcs, Deed::Open),
            Keyword::Disconnect { now: false, hmcs } => (hmcs, Deed::Close(Ending::WhenIdle)),
            Keyword::Disconnect { now: true, hmcs } => (hmcs, Deed::Close(Ending::Now)),
        };
        hmcs.connections(cx, deed)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
