//! `mkdef`: makes object definitions.

use std::process::ExitCode;

use xcat::args::{Defining, Naming};
use xcat::command::{self, Command, Done};
use xcat::context::Context;
use xcat::db::Snapshot;
use xcat::error::{Error, Result};
use xcat::objects::{self, Define, Definitions, Form};

/// Makes object definitions
#[derive(Debug, clap::Parser)]
#[command(
    name = "mkdef",
    disable_version_flag = true,
    disable_help_flag = true,
    arg_required_else_help = true,
    args_override_self = true
)]
pub struct Args {
    #[command(flatten)]
    given: Defining,
    /// Replaces objects that are defined already.
    #[arg(short = 'f', long)]
    force: bool,
    /// Fills in what a template says (see lsdef --template), or what an object
    /// of the same type has.
    #[arg(long, value_name = "template", conflicts_with = "stanza")]
    template: Option<String>,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.given.follow::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let mut db = cx.open()?;
        let definitions = match self.given.stanzas(cx)? {
            Some(stanzas) => stanzas,
            None => self.named(cx, &db.read()?)?,
        };
        let request = Define {
            force: self.force,
            dynamic: self.given.dynamic,
            conditions: &self.given.conditions,
            surroundings: &cx.environment.surroundings(),
        };
        let change = db.change()?;
        let outcome = objects::define(&change, definitions, &request)?;
        let lists = cx.report.is_verbose() && !self.given.dry_run;
        if lists && !outcome.changed.is_empty() {
            cx.report
                .line("The database was updated for the following objects:")?;
            cx.report.line(outcome.changed.join("\n"))?;
        }
        cx.conclude_with(change, &outcome, self.given.dry_run)
    }
}

impl Args {
    fn named(&self, cx: &mut Context, snapshot: &Snapshot<'_>) -> Result<Definitions<'static>> {
        let (kind, names) = self.given.named(cx, snapshot, Naming::New)?;
        let mut attributes = self.given.objects.attributes();
        if let Some(template) = &self.template {
            let around = cx.environment.surroundings();
            objects::fill(snapshot, around, &kind, template, &names, &mut attributes)?;
        }
        if attributes.is_empty() && kind.form != Form::Group {
            let mut text = String::from(
                "No object definitions have been created or modified: no attributes were specified.",
            );
            if kind.form == Form::Node {
                text += " The 'groups' attribute is required when creating node definitions.";
            }
            return Err(Error::Refused(text));
        }
        Ok(Definitions::Named {
            kind,
            names,
            attributes,
        })
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
