//! `rpower`: switches LPARs and systems, and tells their state.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::{Hardware, Op, Outcome, Request, definitions, switch};

/// Switches the power of LPARs and systems, and tells their state
#[derive(Debug, clap::Parser)]
#[command(name = "rpower", disable_version_flag = true)]
pub struct Args {
    /// The LPARs and systems.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// on, off, softoff, stat or state, reset, boot, of, sms for LPARs;
    /// on, onstandby, off, stat or state, reset, boot for systems.
    operation: Option<String>,
    /// Switches nodes that depend on others according to the deps table, too.
    #[arg(long)]
    nodeps: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let noderange = self.noderange.as_deref().unwrap_or_default();
        let operation = self.operation.as_deref();
        let operation = operation.ok_or_else(|| Error::Usage("No command specified".into()))?;
        let op: Op = operation
            .parse()
            .map_err(|bad: xcat::power::BadOp| Error::Usage(bad.to_string()))?;
        let hardware = gather(cx, noderange, (!self.nodeps).then_some(operation))?;
        run(cx, &hardware, op)
    }
}

fn gather(cx: &mut Context, noderange: &str, ordered: Option<&str>) -> Result<Hardware> {
    let db = cx.open()?;
    let snapshot = db.read()?;
    let names = cx.nodes(&snapshot, noderange)?;
    if let Some(operation) = ordered
        && let Some((node, on)) = definitions::dependent(&snapshot, &names, operation)?
    {
        return Err(Error::Refused(format!(
            "{node} depends on {on} for {operation} (table deps), and such orders are not kept yet; \
             switch {on} first, then use --nodeps"
        )));
    }
    Ok(Hardware::read(&snapshot, &names)?)
}

fn run(cx: &mut Context, hardware: &Hardware, op: Op) -> Result<()> {
    let settings = hardware.settings;
    let ssh = cx.ssh(settings.persist)?;
    let request = Request {
        op,
        interval: settings.interval,
        width: settings.width,
    };
    let mut written = Ok(());
    hardware.reach(&ssh, cx.said(), |points| {
        switch(points, &request, &hardware.nodes, |index, outcome| {
            let said = tell(cx, &hardware.nodes[index].name, outcome);
            if written.is_ok() {
                written = said;
            }
        });
    });
    written
}

/// States and refusals are lines of standard output, as in xCAT; that an HMC
/// could not be asked is an error.
fn tell(cx: &mut Context, node: &str, outcome: Outcome) -> Result<()> {
    match outcome {
        Ok(done) => cx.report.node(node, done),
        Err(reason) if reason.is_answer() => {
            cx.report.fail();
            cx.report.node(node, reason)
        }
        Err(reason) => {
            cx.report.node_error(node, reason);
            Ok(())
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
