//! `vios`: Virtual I/O Servers, as LPAR-Tool users type it.

use std::process::ExitCode;

use xcat::args::front::{Front, Listing};
use xcat::command::{self, Command, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::overview::VIOS_STATUS;
use xcat::power::overview::vios::{self, PORTS};

/// Lists Virtual I/O Servers, and what they serve
#[derive(Debug, clap::Parser)]
#[command(
    name = "vios",
    disable_version_flag = true,
    disable_help_flag = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    override_usage = "vios [-h HMC] [-m MS] [-v] KEYWORD [VIOS ...]"
)]
pub struct Args {
    #[command(flatten)]
    front: Front,
    #[command(subcommand)]
    keyword: Option<Keyword>,
}

#[derive(Debug, clap::Subcommand)]
enum Keyword {
    /// Lists states, profiles, RMC, processors and memory
    #[command(
        override_usage = "vios [-h HMC] [-m MS] [-v] status [-F ATTRIBUTES | --json] [VIOS ...]"
    )]
    Status(Listing),
    /// Lists the Fibre Channel ports that serve NPIV
    #[command(
        override_usage = "vios [-h HMC] [-m MS] [-v] lsnports [-F ATTRIBUTES | --json] [VIOS ...]"
    )]
    Lsnports(Listing),
    /// Shows what is mapped to which client, in the words of the VIOS
    #[command(override_usage = "vios [-h HMC] [-m MS] [-v] lsmap [--npiv | --net] [VIOS ...]")]
    Lsmap {
        /// Shows virtual Fibre Channel in place of virtual SCSI.
        #[arg(long, conflicts_with = "net")]
        npiv: bool,
        /// Shows shared Ethernet in place of virtual SCSI.
        #[arg(long)]
        net: bool,
        /// The VIOSs, by name or noderange; all if none is named.
        #[arg(value_name = "VIOS")]
        names: Vec<String>,
    },
    /// Explains a keyword
    #[command(override_usage = "vios help [KEYWORD]")]
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
        match self.keyword.unwrap_or(Keyword::Help { keyword: None }) {
            Keyword::Status(listing) => self.front.list(cx, &VIOS_STATUS, &listing),
            Keyword::Lsnports(listing) => ports(cx, &self.front, &listing),
            Keyword::Lsmap { npiv, net, names } => {
                maps(cx, &self.front, vios::maps(npiv, net), &names)
            }
            Keyword::Help { keyword } => {
                let help = command::keyword_help::<Self>(keyword.as_deref())?;
                cx.report.line(help)
            }
        }
    }
}

fn ports(cx: &mut Context, front: &Front, listing: &Listing) -> Result<()> {
    let (selections, names) = listing.split()?;
    let told = front.vios(cx, "lsnports", &names)?;
    let mut rows = Vec::new();
    for (name, text) in told {
        match vios::ports(&name, &text) {
            Ok(found) => rows.extend(found),
            Err(garbled) => cx.report.node_error(&name, garbled),
        }
    }
    listing.show(cx, &PORTS, rows, &selections)
}

/// One VIOS's answer stands alone; of several, each below its name.
fn maps(cx: &mut Context, front: &Front, command: &str, names: &[String]) -> Result<()> {
    let told = front.vios(cx, command, &names.iter().collect::<Vec<_>>())?;
    let several = told.len() > 1;
    for (name, text) in told {
        if several {
            cx.report.line(format_args!("{name}:"))?;
        }
        cx.report.text(&vios::printable(&text))?;
    }
    Ok(())
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
