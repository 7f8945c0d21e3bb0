//! `mkvm`: makes LPARs.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Snapshot;
use xcat::error::{Error, Result};
use xcat::power::Hardware;
use xcat::power::vm::{self, Form, NewLpar};

/// Makes LPARs
#[derive(Debug, clap::Parser)]
#[command(name = "mkvm", disable_version_flag = true)]
pub struct Args {
    /// The nodes to make LPARs for.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Attributes of profiles, as attr=value; vmcpus=min/desired/max,
    /// vmmemory=min/desired/max.
    #[arg(conflicts_with_all = ["destination", "full"])]
    attributes: Vec<String>,
    /// The number of the first LPAR; the others are counted up from it.
    #[arg(short = 'i', value_name = "id", value_parser = clap::value_parser!(u32).range(1..))]
    first: Option<u32>,
    /// Makes copies of this LPAR.
    #[arg(short = 'l', value_name = "node", requires = "first")]
    source: Option<String>,
    /// Makes the LPARs of the file of -p on this system.
    #[arg(short = 'c', value_name = "system", requires = "file", conflicts_with_all = ["source", "first", "full"])]
    destination: Option<String>,
    /// A file of profiles as lsvm prints them.
    #[arg(short = 'p', value_name = "file", requires = "destination")]
    file: Option<String>,
    /// Makes one LPAR with all resources of its system.
    #[arg(long, conflicts_with_all = ["source", "first"])]
    full: bool,
    /// Shows what would be sent and defined, and changes nothing.
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
        let (form, names, hardware) = self.gather(cx)?;
        let ssh = cx.ssh(hardware.settings.persist)?;
        let way = cx.way(self.dry_run, hardware.settings)?;
        let mut made = Vec::new();
        hardware.reach(&ssh, cx.said(), |points| {
            let plan = vm::plan(points, &hardware.nodes, names.len(), &form);
            for (node, reason) in plan.refused {
                let told = cx.report.change(&node, Err(reason));
                cx.report.later(told);
            }
            let mut done = 0;
            cx.report.count(done, plan.lpars.len(), "LPARs are done");
            let each = |index: usize, outcome: Result<_, _>| {
                let lpar: &NewLpar = &plan.lpars[index];
                if outcome.is_ok() {
                    lpar.warnings()
                        .for_each(|text| cx.report.node_warning(&lpar.node.name, text));
                    made.push(lpar.node.clone());
                }
                let told = cx.report.change(&lpar.node.name, outcome);
                cx.report.later(told);
                done += 1;
                cx.report.count(done, plan.lpars.len(), "LPARs are done");
            };
            vm::make(points, &plan.lpars, &way, each);
        });
        let mut db = cx.open()?;
        let change = db.change()?;
        vm::define_lpars(&change, &made, &hardware.hmcs)?;
        cx.conclude(change, self.dry_run)?;
        Ok(())
    }
}

impl Args {
    fn gather(&self, cx: &mut Context) -> Result<(Form, Vec<String>, Hardware)> {
        let db = cx.open()?;
        let snapshot = db.read()?;
        let names = cx.nodes(&snapshot, self.noderange.as_deref().unwrap_or_default())?;
        let form = self.form(cx, &snapshot)?;
        if let Some(text) = form.warning(names.len()) {
            cx.report.warning(text);
        }
        let hardware = vm::gather(&snapshot, &names, &form)?;
        Ok((form, names, hardware))
    }

    fn form(&self, cx: &mut Context, snapshot: &Snapshot<'_>) -> Result<Form> {
        let values = vm::parse(&self.attributes, self.source.is_none())?;
        let mut one = |noderange: &str| match cx.nodes(snapshot, noderange)?.as_slice() {
            [node] => Ok(node.clone()),
            _ => Err(Error::Usage("Multiple source specified".into())),
        };
        Ok(match (&self.source, &self.destination, &self.file) {
            (Some(source), ..) => Form::Copies {
                source: one(source)?,
                first: self.first.unwrap_or_default(),
                changes: values,
            },
            (_, Some(destination), Some(file)) => Form::Rows {
                destination: one(destination)?,
                rows: vm::read_file(file)?,
            },
            _ if self.full => Form::Full,
            _ if values.is_empty() => {
                return Err(Error::Usage(
                    "use -i and -l, -c and -p, --full, or attributes".into(),
                ));
            }
            _ => Form::Attributes {
                first: self.first,
                values,
            },
        })
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
