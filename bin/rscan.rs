//! `rscan`: finds what HMCs manage.

use std::process::ExitCode;

use xcat::args::survey;
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::definitions;
use xcat::power::scan::{Form, Mode};
use xcat::power::settings::{self, Reach, Settings};

#[path = "rscan/show.rs"]
mod show;

/// Finds the frames, systems and LPARs that HMCs manage
#[derive(Debug, clap::Parser)]
#[command(
    name = "rscan",
    disable_version_flag = true,
    arg_required_else_help = true
)]
pub struct Args {
    /// The HMCs to ask.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Brings the definitions of what is found up to date, and lists those
    /// that changed.
    #[arg(short, group = "stores")]
    update: bool,
    /// Defines what is found, and brings definitions up to date.
    #[arg(short, group = "stores")]
    write: bool,
    /// Lists in XML.
    #[arg(short)]
    xml: bool,
    /// Lists in stanzas, for mkdef -z.
    #[arg(short = 'z', conflicts_with = "xml")]
    stanzas: bool,
    /// Prints a JSON document.
    #[arg(long, conflicts_with_all = ["xml", "stanzas"])]
    json: bool,
    /// With -w or -u: shows what would change, and changes nothing.
    #[arg(long, requires = "stores")]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let form = match (self.xml, self.stanzas) {
            _ if self.json => Form::Json,
            (true, _) => Form::Xml,
            (_, true) => Form::Stanzas,
            _ => Form::Table,
        };
        let reach = gather(cx, self.noderange.as_deref().unwrap_or_default())?;
        let surveys = survey(cx, &reach)?;
        let mode = match (self.write, self.update) {
            _ if surveys.is_empty() && self.json => return cx.report.line("[]"),
            _ if surveys.is_empty() => return Ok(()),
            (true, _) => Mode::Write,
            (_, true) => Mode::Update,
            _ => return show::list(cx, form, surveys),
        };
        let mut db = cx.open()?;
        let change = db.change()?;
        let merge = definitions::write(&change, surveys, mode)?;
        cx.conclude(change, self.dry_run)?;
        if !self.dry_run {
            show::tell(cx, form, mode, &merge)?;
        }
        merge.problems.iter().for_each(|p| cx.report.error(p));
        Ok(())
    }
}

/// The HMCs of the noderange; other nodes are refused, each with a line.
fn gather(cx: &mut Context, noderange: &str) -> Result<Reach> {
    let db = cx.open()?;
    let snapshot = db.read()?;
    let names = cx.nodes(&snapshot, noderange)?;
    let settings = Settings::read(&snapshot)?;
    let (hmcs, others) = definitions::hmcs(&snapshot, &names)?;
    for (node, hwtype) in others {
        let text = format!("Invalid node type: {hwtype}; rscan asks nodes with hwtype=hmc");
        cx.report.node_error(&node, text);
    }
    let hmcs = settings::targets(&snapshot, &hmcs, &settings)?;
    Ok(Reach { hmcs, settings })
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
