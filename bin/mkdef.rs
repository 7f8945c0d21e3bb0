//! `mkdef`: makes object definitions.

use std::process::ExitCode;

use xcat::args::{Naming, Objects};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::objects::{self, Define, Definitions, Form, Kind};
use xcat::stanza::Reader;

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
    objects: Objects,
    /// Reads definitions as stanzas from standard input.
    #[arg(short = 'z', long)]
    stanza: bool,
    /// Replaces objects that are defined already.
    #[arg(short = 'f', long)]
    force: bool,
    /// Makes groups whose members are found by the conditions of -w.
    #[arg(short = 'd', long)]
    dynamic: bool,
    /// The members of a group: nodes that meet all conditions, as attr==val,
    /// attr!=val, attr=~regex, attr!~regex.
    #[arg(short = 'w', value_name = "condition", allow_hyphen_values = true)]
    conditions: Vec<String>,
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
        let mut db = cx.open()?;
        let definitions = match self.stanza {
            true => {
                self.objects.refuse_beside_stanzas()?;
                objects::check_conditions(&self.conditions)?;
                Definitions::Stanzas(Reader::new(Box::new(cx.stdin()), "standard input"))
            }
            false => {
                let kind = self
                    .objects
                    .kind_of_members(self.dynamic, &self.conditions)?;
                objects::check_conditions(&self.conditions)?;
                let names = self.objects.names(cx, &db.read()?, &kind, Naming::New)?;
                self.named(kind, names)?
            }
        };
        let request = Define {
            force: self.force,
            dynamic: self.dynamic,
            conditions: &self.conditions,
            surroundings: &cx.environment.surroundings(),
        };
        let change = db.change()?;
        let outcome = objects::define(&change, definitions, &request)?;
        let lists = cx.report.is_verbose() && !self.dry_run;
        if lists && !outcome.changed.is_empty() {
            cx.report
                .line("The database was updated for the following objects:")?;
            cx.report.line(outcome.changed.join("\n"))?;
        }
        cx.conclude_with(change, &outcome, self.dry_run)
    }
}

impl Args {
    fn named(&self, kind: Kind, names: Option<Vec<String>>) -> Result<Definitions<'static>> {
        let names = names.ok_or_else(|| Error::Refused("No object names were provided.".into()))?;
        let attributes = self.objects.attributes();
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
