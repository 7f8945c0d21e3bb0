//! `rmdef`: removes object definitions.

use std::process::ExitCode;

use xcat::args::{Naming, Objects};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::objects::{self, Doomed, Kind};

/// Removes object definitions
#[derive(Debug, clap::Parser)]
#[command(
    name = "rmdef",
    disable_version_flag = true,
    disable_help_flag = true,
    arg_required_else_help = true,
    args_override_self = true
)]
pub struct Args {
    #[command(flatten)]
    objects: Objects,
    /// Removes all objects of all types; needs -f.
    #[arg(short = 'a', long)]
    all: bool,
    /// Says that -a is meant.
    #[arg(short = 'f', long)]
    force: bool,
    /// Refused: it removes what other commands set up for the nodes.
    #[arg(short = 'C', long)]
    cleanup: bool,
    /// Shows what would change, and changes nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.objects.follow::<Self>(self.common, cx, None)? == Done::Yes {
            return Ok(());
        }
        if self.cleanup {
            return Err(Error::Refused(
                "'-C' is not supported: it runs 'nodeset offline', 'makeconservercf -d' and \
                 'makegocons --cleanup'; run what you use of them first"
                    .into(),
            ));
        }
        let mut db = cx.open()?;
        let doomed = match self.all {
            true => self.everything()?,
            false => {
                if let Some(word) = self.objects.first_attribute() {
                    return Err(Error::Usage(format!(
                        "No object names were provided. '{word}' reads as an attribute and a value."
                    )));
                }
                let kind = self.objects.kind()?;
                let names = match self.objects.has_names() {
                    true => self.objects.names(cx, &db.read()?, &kind, Naming::Known)?,
                    false => None,
                };
                if names.is_none() {
                    return Err(Error::Usage("No object names were provided.".into()));
                }
                vec![Doomed { kind, names }]
            }
        };
        let change = db.change()?;
        let outcome = objects::remove(&change, &doomed, cx.report.is_verbose())?;
        cx.conclude_with(change, &outcome, self.dry_run)
    }
}

impl Args {
    fn everything(&self) -> Result<Vec<Doomed>> {
        if self.objects.has_types() || self.objects.has_names() {
            return Err(Error::Usage(
                "The flag '-a' cannot be used together with '-t', '-o' or a noderange.".into(),
            ));
        }
        if !self.force {
            return Err(Error::Usage(
                "You must use the '-f' option when using the '-a' option.".into(),
            ));
        }
        let doomed = |kind| Doomed { kind, names: None };
        Ok(Kind::all().into_iter().map(doomed).collect())
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
