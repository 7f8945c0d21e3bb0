//! `chvm`: changes the profiles of LPARs.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::vm::{self, Request, Wanted};

/// Changes the profiles of LPARs, and LPARs that run
#[derive(Debug, clap::Parser)]
#[command(name = "chvm", disable_version_flag = true)]
pub struct Args {
    /// The LPARs.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Attributes of the profile, as attr=value, attr+=value, attr-=value;
    /// vmcpus=min/desired/max, vmmemory=min/desired/max.
    #[arg(conflicts_with = "profile")]
    attributes: Vec<String>,
    /// The name of a profile that the LPAR is to have; or a file of profiles as
    /// lsvm prints them, with a / in its name.
    #[arg(short = 'p', value_name = "profile")]
    profile: Option<String>,
    /// Changes LPARs that run, too.
    #[arg(long)]
    dlpar: bool,
    /// With --dlpar: takes the slots that are added from this LPAR of the same
    /// system, and from its profile.
    #[arg(long, value_name = "lpar", requires = "dlpar")]
    from: Option<String>,
    /// Shows what would be sent, and changes nothing.
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
        let wanted = self.wanted(cx)?;
        let hardware = cx.hardware(self.noderange.as_deref().unwrap_or_default())?;
        let ssh = cx.ssh(hardware.settings.persist)?;
        let request = Request {
            wanted: &wanted,
            dlpar: self.dlpar,
            from: self.from.as_deref(),
            way: cx.way(self.dry_run, hardware.settings)?,
        };
        let mut profiles = Vec::new();
        hardware.reach(&ssh, cx.said(), |points| {
            vm::change(points, &request, &hardware.nodes, |index, outcome| {
                let node = &hardware.nodes[index].name;
                let done = outcome.map(|changed| {
                    profiles.extend(changed.profile.map(|profile| (node.clone(), profile)));
                    changed.done
                });
                let told = cx.report.change(node, done);
                cx.report.later(told);
            });
        });
        if !profiles.is_empty() {
            let mut db = cx.open()?;
            let change = db.change()?;
            for (node, profile) in &profiles {
                vm::set_profile(&change, node, profile)?;
            }
            cx.conclude(change, self.dry_run)?;
        }
        Ok(())
    }
}

impl Args {
    fn wanted(&self, cx: &Context) -> Result<Wanted> {
        let wanted = match &self.profile {
            Some(file) if file.contains('/') => Wanted::Rows(vm::read_file(file)?),
            Some(name) => Wanted::Profile(name.clone()),
            None if !self.attributes.is_empty() => {
                Wanted::Attributes(vm::parse(&self.attributes, false)?)
            }
            None if cx.is_interactive() => {
                return Err(Error::Usage(
                    "Configuration file or attributes not specified".into(),
                ));
            }
            None => Wanted::Rows(vm::read_stream(cx.stdin(), "standard input")?),
        };
        if self.from.is_some() {
            let usage = |problem: vm::Problem| Error::Usage(problem.to_string());
            wanted.takes_slots().map_err(usage)?;
        }
        match (&wanted, self.dlpar) {
            (Wanted::Profile(_), true) => Err(Error::Usage(
                "--dlpar is for attributes and files: an LPAR takes another profile when it is activated".into(),
            )),
            _ => Ok(wanted),
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
