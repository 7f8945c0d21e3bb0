//! `rnetboot`: boots LPARs from the network.

use std::process::ExitCode;
use std::time::Duration;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::netboot::{Boot, Patience};

#[path = "rnetboot/course.rs"]
mod course;

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
    /// Waits until the nodes meet this condition: table.column==value, also
    /// with != =~ !~
    #[arg(short = 'm', value_name = "CONDITION", requires = "timeout")]
    expected: Vec<String>,
    /// How long is waited for that, in minutes.
    #[arg(short = 't', value_name = "MINUTES", requires = "expected")]
    timeout: Option<u64>,
    /// How often a node is booted again that does not meet it in time.
    #[arg(short = 'r', value_name = "COUNT", requires = "expected")]
    retries: Option<u32>,
    /// Boots nothing: shows what would be sent.
    #[arg(long, conflicts_with = "expected")]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let goal = course::goal(&self.expected)?;
        if self.order.iter().any(|device| device == "hd") {
            cx.report.warning(NO_ORDER);
        }
        let db = cx.open()?;
        let noderange = self.noderange.as_deref().unwrap_or_default();
        let (hardware, plans) = course::gather(cx, &db, noderange)?;
        let ssh = cx.ssh(hardware.settings.persist)?;
        let stop = cx.stop()?;
        let request = Boot {
            plans: &plans,
            immediate: self.force_shutdown,
            whatever_state: self.force_boot,
            dry_run: self.dry_run,
            width: hardware.settings.width,
            stop: &stop,
        };
        let patience = Patience {
            timeout: Duration::from_secs(60 * self.timeout.unwrap_or_default()),
            pause: Duration::from_secs(5),
            retries: self.retries.unwrap_or(3),
            stop: &stop,
        };
        let said = cx.said();
        hardware.reach(&ssh, said, |points| {
            let mut course = course::Boots::new(cx, db, points, &hardware, request, &goal);
            course.boot();
            if !self.expected.is_empty() {
                course.watch(&patience)?;
            }
            course.end()
        })
    }
}

/// What `-s` cannot do.
const NO_ORDER: &str = "an HMC boots an LPAR from the network once and sets no boot order: \
     hd is left to the bootlist of the operating system";

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
