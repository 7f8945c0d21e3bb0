//! `rpower`: switches LPARs, systems and nodes of chassis, and tells their state.

use std::process::ExitCode;

use xcat::args::{self, Watching};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Db;
use xcat::error::{Error, Result};
use xcat::json::Array;
use xcat::power::order::Order;
use xcat::power::{Hardware, Op, Plan, Request};

/// Switches the power of LPARs, systems and nodes of chassis, and tells their state
#[derive(Debug, clap::Parser)]
#[command(name = "rpower", disable_version_flag = true)]
pub struct Args {
    /// The LPARs, systems, frames and nodes of chassis.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// on, off, softoff, stat or state, reset, boot, of, sms for LPARs;
    /// on, onstandby, off, stat or state, reset, boot for systems;
    /// on, off, softoff, stat or state, reset, boot for nodes of chassis;
    /// stat or state for frames.
    operation: Option<String>,
    /// Switches all nodes at once, whatever the deps table says.
    #[arg(long)]
    nodeps: bool,
    #[command(flatten)]
    watching: Watching,
    /// Only says what would be sent to which HMC or chassis manager.
    #[arg(long)]
    dry_run: bool,
    /// With stat or state: prints a JSON document.
    #[arg(long, conflicts_with = "dry_run")]
    json: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let op: Op = args::word(self.operation.as_deref())?;
        let watch = self.watching.watch()?;
        if watch.is_some() && !op.changes() {
            return Err(Error::Usage(
                "-m waits for what a change brings about, not for stat".into(),
            ));
        }
        if self.json && op.changes() {
            return Err(Error::Usage("--json is for 'stat' and 'state'".into()));
        }
        let mut array = self.json.then(Array::default);
        let mut db = cx.open()?;
        let (hardware, order) = self.gather(cx, &db, op.changes().then_some(op.word()))?;
        let settings = hardware.settings;
        let plan = Plan {
            request: Request {
                op,
                way: cx.way(self.dry_run, settings)?,
                interval: settings.interval,
            },
            order,
            watch,
        };
        let ssh = cx.ssh(settings.persist)?;
        hardware.reach(&ssh, cx.said(), |points| {
            plan.carry_out(points, &mut db, &hardware.nodes, &mut |said| {
                let told = cx.report.underway(&hardware.nodes, said, array.as_mut());
                cx.report.later(told);
            });
        });
        cx.report.end(array)
    }
}

impl Args {
    /// The nodes, and in which order a change comes to them.
    fn gather(&self, cx: &mut Context, db: &Db, change: Option<&str>) -> Result<(Hardware, Order)> {
        let snapshot = db.read()?;
        let names = cx.nodes(&snapshot, self.noderange.as_deref().unwrap_or_default())?;
        let order = match change.filter(|_| !self.nodeps) {
            Some(op) => Order::read(&snapshot, &cx.index(&snapshot), &names, op)?,
            None => Order::none(names.len()),
        };
        Ok((Hardware::with_chassis(&snapshot, &names)?, order))
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
