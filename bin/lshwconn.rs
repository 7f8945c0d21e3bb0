//! `lshwconn`: lists connections of HMCs to service processors.

use std::process::ExitCode;

use serde_json::{Map, Value, json};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::hmc::{Points, Retry};
use xcat::json::Array;
use xcat::power::NotDone;
use xcat::power::connections::{self, Listed, Through};

/// Lists connections of HMCs to systems and frames
#[derive(Debug, clap::Parser)]
#[command(name = "lshwconn", disable_version_flag = true)]
pub struct Args {
    /// The systems and frames; HMCs with all their connections.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Asks the HMCs of sfp, the service focal point.
    #[arg(short = 's')]
    sfp: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let through = match self.sfp {
            true => Through::Sfp,
            false => Through::Hcp,
        };
        let connected = {
            let db = cx.open()?;
            let snapshot = db.read()?;
            let names = cx.nodes(&snapshot, self.noderange.as_deref().unwrap_or_default())?;
            connections::gather(&snapshot, &names, &through, (false, ""))?
        };
        let ssh = cx.ssh(connected.settings.persist)?;
        let transport = Retry::new(&ssh, connected.settings.tries);
        let limits = connected.settings.limits;
        let points = Points::new(&transport, &connected.hmcs, limits, &|_| false);
        let mut array = Array::default();
        connections::list(&points, &connected, &mut |hmc, node, outcome| {
            let told = self.tell(cx, &mut array, hmc, node, outcome);
            cx.report.later(told);
        });
        match self.json {
            true => cx.report.line(array.end()),
            false => Ok(()),
        }
    }
}

impl Args {
    fn tell(
        &self,
        cx: &mut Context,
        array: &mut Array,
        hmc: &str,
        node: &str,
        outcome: Result<Listed, NotDone>,
    ) -> Result<()> {
        match outcome {
            Ok(listed) if self.json => {
                let fields = listed.record.fields().iter();
                let attributes: Map<String, Value> = fields
                    .map(|(name, value)| (name.clone(), value.as_str().into()))
                    .collect();
                let line = json!({"node": node, "hcp": hmc, "connection": attributes});
                cx.report.line(array.line(&line))
            }
            Err(reason) if self.json => {
                cx.report.node_error(node, reason);
                Ok(())
            }
            outcome => cx.report.outcome(node, outcome.map(|listed| listed.text())),
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
