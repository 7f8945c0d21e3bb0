//! `rpower`: switches LPARs and systems, and tells their state.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::hmc::{Points, Retry};
use xcat::power::definitions;
use xcat::power::settings::{self, Settings};
use xcat::power::{Op, Outcome, PowerNode, Request, switch};
use xcat::remote::{State, Target};

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
        let work = gather(cx, noderange, (!self.nodeps).then_some(operation))?;
        work.run(cx, op)
    }
}

/// All that is needed, read from the database.
struct Work {
    nodes: Vec<PowerNode>,
    targets: Vec<Target>,
    settings: Settings,
}

fn gather(cx: &mut Context, noderange: &str, ordered: Option<&str>) -> Result<Work> {
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
    let settings = Settings::read(&snapshot)?;
    let (nodes, hmcs) = definitions::power_nodes(&snapshot, &names)?;
    let targets = settings::targets(&snapshot, &hmcs, &settings)?;
    Ok(Work {
        nodes,
        targets,
        settings,
    })
}

impl Work {
    fn run(&self, cx: &mut Context, op: Op) -> Result<()> {
        let ssh = cx.ssh(self.settings.persist)?;
        let live = |target: &Target| matches!(ssh.state(target), Ok(State::Running(_)));
        let several = self.nodes.iter().any(|node| node.hcps.len() > 1);
        let transport = Retry::new(&ssh, self.settings.tries);
        // Which master is open matters only where there is a choice.
        let live = |target: &Target| several && live(target);
        let points = Points::new(&transport, &self.targets, self.settings.limits, &live);
        let request = Request {
            op,
            interval: self.settings.interval,
            width: self.settings.width,
        };
        let mut written = Ok(());
        switch(&points, &request, &self.nodes, |index, outcome| {
            let said = tell(cx, &self.nodes[index].name, outcome);
            if written.is_ok() {
                written = said;
            }
        });
        written
    }
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
