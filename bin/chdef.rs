//! `chdef`: changes object definitions.

use std::process::ExitCode;

use xcat::args::{Naming, Objects};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Db;
use xcat::error::{Error, Result};
use xcat::objects::{self, Change, Definitions, Mode, nics};
use xcat::stanza::Reader;

/// Changes object definitions, and makes those that are not there
#[derive(Debug, clap::Parser)]
#[command(
    name = "chdef",
    disable_version_flag = true,
    disable_help_flag = true,
    arg_required_else_help = true,
    args_override_self = true
)]
pub struct Args {
    #[command(flatten)]
    objects: Objects,
    /// Reads changes as stanzas from standard input.
    #[arg(short = 'z', long)]
    stanza: bool,
    /// Adds the values to the lists that are there.
    #[arg(short = 'p', long, conflicts_with = "minus")]
    plus: bool,
    /// Takes the values out of the lists that are there.
    #[arg(short = 'm', long)]
    minus: bool,
    /// Makes a new group dynamic: its members are found by the conditions of -w.
    #[arg(short = 'd', long)]
    dynamic: bool,
    /// The members of a group: nodes that meet all conditions, as attr==val,
    /// attr!=val, attr=~regex, attr!~regex.
    #[arg(short = 'w', value_name = "condition", allow_hyphen_values = true)]
    conditions: Vec<String>,
    /// Gives an object another name.
    #[arg(short = 'n', value_name = "new-name", allow_hyphen_values = true,
        conflicts_with_all = ["plus", "minus", "dynamic", "stanza", "conditions"])]
    new_name: Option<String>,
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
        if let Some(new) = &self.new_name {
            return self.rename(cx, &mut db, new);
        }
        let mode = match (self.plus, self.minus) {
            (true, _) => Mode::Plus,
            (_, true) => Mode::Minus,
            _ => Mode::Set,
        };
        let definitions = match self.stanza {
            true => {
                self.objects.refuse_beside_stanzas()?;
                Definitions::Stanzas(Reader::new(Box::new(cx.stdin()), "standard input"))
            }
            false => self.named(cx, &db, mode)?,
        };
        objects::check_conditions(&self.conditions)?;
        let request = Change {
            mode,
            dynamic: self.dynamic,
            conditions: &self.conditions,
            verbose: cx.report.is_verbose(),
            surroundings: &cx.environment.surroundings(),
        };
        let change = db.change()?;
        let outcome = objects::change(&change, definitions, &request)?;
        cx.conclude_with(change, &outcome, self.dry_run)
    }
}

impl Args {
    fn named(&self, cx: &mut Context, db: &Db, mode: Mode) -> Result<Definitions<'static>> {
        let kind = self
            .objects
            .kind_of_members(self.dynamic, &self.conditions)?;
        let attributes = self.objects.attributes();
        if mode != Mode::Set && attributes.iter().any(|a| nics::split(&a.0).is_some()) {
            return Err(Error::Refused(
                "chdef does not support to change the nic related attributes with -m or -p flag."
                    .into(),
            ));
        }
        let names = self.objects.names(cx, &db.read()?, &kind, Naming::Known)?;
        let names = names.ok_or_else(|| Error::Usage("No object names were provided.".into()))?;
        Ok(Definitions::Named {
            kind,
            names,
            attributes,
        })
    }

    fn rename(&self, cx: &mut Context, db: &mut Db, new: &str) -> Result<()> {
        let kind = self.objects.kind()?;
        if let Some(word) = self.objects.first_attribute() {
            return Err(Error::Usage(format!(
                "'{word}' cannot be combined with '-n'."
            )));
        }
        let names = self.objects.names(cx, &db.read()?, &kind, Naming::Known)?;
        let Some([old]) = names.as_deref() else {
            return Err(Error::Usage(
                "The '-n' option (changing object name) can only work on one object.".into(),
            ));
        };
        let change = db.change()?;
        let outcome = objects::rename(&change, &kind, old, new)?;
        cx.conclude_with(change, &outcome, self.dry_run)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
