//! `getmacs`: collects the MAC addresses of LPARs.

use std::net::Ipv4Addr;
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::macs;
use xcat::power::netboot::Given;

#[path = "getmacs/told.rs"]
mod told;
#[path = "getmacs/ways.rs"]
mod ways;

use ways::Told;

/// Collects the MAC addresses of LPARs
#[derive(Debug, clap::Parser)]
#[command(name = "getmacs", disable_version_flag = true)]
pub struct Args {
    /// The LPARs.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Shows the addresses only; by default the first one is written to the
    /// table mac.
    #[arg(short = 'd')]
    display_only: bool,
    /// Restarts the LPARs to Open Firmware and asks that for all adapters, with
    /// a ping through each.
    #[arg(short = 'D')]
    discover: bool,
    /// The server to ping.
    #[arg(short = 'S', value_name = "SERVER", requires = "discover")]
    server: Option<Ipv4Addr>,
    /// The gateway on the way to it.
    #[arg(short = 'G', value_name = "GATEWAY", requires = "discover")]
    gateway: Option<Ipv4Addr>,
    /// The address of the LPAR for the ping.
    #[arg(short = 'C', value_name = "CLIENT", requires = "discover")]
    client: Option<Ipv4Addr>,
    /// Takes only LPARs that are at Open Firmware already.
    #[arg(short = 'o', requires = "discover")]
    at_firmware: bool,
    /// Pings nothing.
    #[arg(long, requires = "discover", conflicts_with_all = ["server", "gateway", "client"])]
    noping: bool,
    /// Cuts off running operating systems.
    #[arg(short = 'f', requires = "discover")]
    force: bool,
    /// Chooses adapters: Type=hea,VSwitch=ETHERNET0.
    #[arg(short = 'F', value_name = "FILTER", conflicts_with = "discover")]
    filter: Option<String>,
    /// Shows all addresses that one adapter can have.
    #[arg(short = 'M', conflicts_with = "discover")]
    several: bool,
    /// Asks the network of this machine.
    #[arg(long, conflicts_with_all = ["discover", "filter", "several", "json"])]
    arp: bool,
    /// Prints a JSON array.
    #[arg(long)]
    json: bool,
    /// Writes nothing and restarts nothing: shows what would be written, or
    /// with -D what would be sent.
    #[arg(long, conflicts_with_all = ["json", "display_only"])]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let noderange = self.noderange.as_deref().unwrap_or_default();
        let mut told = told::All::new(self.json);
        let mut tell = |cx: &mut Context, node: &str, what: Told| told.tell(cx, node, what);
        match (self.arp, self.discover) {
            (true, _) => ways::arp(cx, noderange, &mut tell)?,
            (_, true) => ways::discover(cx, noderange, &self.firmware(), &mut tell)?,
            _ => ways::list(cx, noderange, &self.shape()?, &mut tell)?,
        }
        let macs = told.end(cx)?;
        if !self.display_only && !macs.is_empty() {
            let mut db = cx.open()?;
            let change = db.change()?;
            macs::store(&change, &macs)?;
            cx.conclude(change, self.dry_run)?;
        }
        Ok(())
    }
}

impl Args {
    fn shape(&self) -> Result<macs::Shape> {
        let filter = self.filter.as_deref().map(str::parse).transpose();
        let bad = |bad: macs::BadFilter| Error::Usage(bad.to_string());
        Ok(macs::Shape {
            filter: filter.map_err(bad)?.unwrap_or_default(),
            several: self.several,
        })
    }

    fn firmware(&self) -> ways::Firmware {
        ways::Firmware {
            given: Given {
                server: self.server,
                gateway: self.gateway,
                client: self.client,
            },
            ping: !self.noping,
            immediate: self.force,
            at_firmware: self.at_firmware,
            dry_run: self.dry_run,
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
