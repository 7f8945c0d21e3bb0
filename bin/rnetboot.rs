//! `rnetboot`: boots LPARs from the network.

use std::process::ExitCode;

use xcat::args::Watching;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::netboot::{Boot, Given, gather};

/// Boots LPARs from the network
#[derive(Debug, clap::Parser)]
#[command(name = "rnetboot", disable_version_flag = true)]
pub struct Args {
    /// The LPARs.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// net, hd or both with a comma: the order in which is booted later on.
    #[arg(short = 's', value_name = "ORDER", value_delimiter = ',', value_parser = ["net", "hd"])]
    order: Vec<String>,
    /// Boots nodes, too, that are to boot from their disks.
    #[arg(short = 'F')]
    force_boot: bool,
    /// Cuts off running operating systems.
    #[arg(short = 'f')]
    force_shutdown: bool,
    #[command(flatten)]
    watching: Watching,
    /// Boots nothing: shows what would be sent.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let watch = self.watching.watch()?;
        if self.order.iter().any(|device| device == "hd") {
            cx.report.warning(NO_ORDER);
        }
        let mut db = cx.open()?;
        let (hardware, plans) = {
            let snapshot = db.read()?;
            let names = cx.nodes(&snapshot, self.noderange.as_deref().unwrap_or_default())?;
            gather(&snapshot, &names, Given::default())?
        };
        let boot = Boot {
            plans,
            immediate: self.force_shutdown,
            whatever_state: self.force_boot,
            way: cx.way(self.dry_run, hardware.settings)?,
            watch,
        };
        let ssh = cx.ssh(hardware.settings.persist)?;
        hardware.reach(&ssh, cx.said(), |points| {
            boot.carry_out(points, &mut db, &hardware.nodes, &mut |said| {
                let told = cx.report.underway(&hardware.nodes, said, None);
                cx.report.later(told);
            });
        });
        Ok(())
    }
}

/// What `-s` cannot do.
const NO_ORDER: &str = "an HMC boots an LPAR from the network once and sets no boot order: \
     hd is left to the bootlist of the operating system";

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
