//! `chdef`: changes object definitions.

use std::process::ExitCode;

use xcat::args::{Defining, Naming};
use xcat::command::{self, Command, Done};
use xcat::context::Context;
use xcat::db::Db;
use xcat::error::{Error, Result};
use xcat::objects::{self, Change, Definitions, Mode, nics};

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
    given: Defining,
    /// Adds the values to the lists that are there.
    #[arg(short = 'p', long, conflicts_with = "minus")]
    plus: bool,
    /// Takes the values out of the lists that are there.
    #[arg(short = 'm', long)]
    minus: bool,
    /// Gives an object another name.
    #[arg(short = 'n', value_name = "new-name", allow_hyphen_values = true,
        conflicts_with_all = ["plus", "minus", "dynamic", "stanza", "conditions"])]
    new_name: Option<String>,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.given.follow::<Self>(cx)? == Done::Yes {
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
        let definitions = match self.given.stanzas(cx)? {
            Some(stanzas) => stanzas,
            None => self.named(cx, &db, mode)?,
        };
        let request = Change {
            mode,
            dynamic: self.given.dynamic,
            conditions: &self.given.conditions,
            verbose: cx.report.is_verbose(),
            surroundings: &cx.environment.surroundings(),
        };
        let change = db.change()?;
        let outcome = objects::change(&change, definitions, &request)?;
        cx.conclude_with(change, &outcome, self.given.dry_run)
    }
}

impl Args {
    fn named(&self, cx: &mut Context, db: &Db, mode: Mode) -> Result<Definitions<'static>> {
        let attributes = self.given.objects.attributes();
        if mode != Mode::Set && attributes.iter().any(|a| nics::split(&a.0).is_some()) {
            return Err(Error::Refused(
                "chdef does not support to change the nic related attributes with -m or -p flag."
                    .into(),
            ));
        }
        let (kind, names) = self.given.named(cx, &db.read()?, Naming::Known)?;
        Ok(Definitions::Named {
            kind,
            names,
            attributes,
        })
    }

    fn rename(&self, cx: &mut Context, db: &mut Db, new: &str) -> Result<()> {
        let kind = self.given.objects.kind()?;
        if let Some(word) = self.given.objects.first_attribute() {
            return Err(Error::Usage(format!(
                "'{word}' cannot be combined with '-n'."
            )));
        }
        let names = self
            .given
            .objects
            .names(cx, &db.read()?, &kind, Naming::Known)?;
        let Some([old]) = names.as_deref() else {
            return Err(Error::Usage(
                "The '-n' option (changing object name) can only work on one object.".into(),
            ));
        };
        let change = db.change()?;
        let outcome = objects::rename(&change, &kind, old, new)?;
        cx.conclude_with(change, &outcome, self.given.dry_run)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
