//! What `mkdef` and `chdef` take alike.

use super::{Naming, Objects};
use crate::command::{Command, Common, Done};
use crate::context::Context;
use crate::db::Snapshot;
use crate::error::{Error, Result};
use crate::objects::{self, Definitions, Kind};
use crate::stanza::Reader;

/// The objects, their attributes, and how they come.
#[derive(Debug, clap::Args)]
pub struct Defining {
    /// The objects.
    #[command(flatten)]
    pub objects: Objects,
    /// Reads definitions as stanzas from standard input.
    #[arg(short = 'z', long)]
    stanza: bool,
    /// New groups are dynamic: their members are found by the conditions of -w.
    #[arg(short = 'd', long)]
    pub dynamic: bool,
    /// The members of a group: nodes that meet all conditions, as attr==val,
    /// attr!=val, attr=~regex, attr!~regex.
    #[arg(short = 'w', value_name = "condition", allow_hyphen_values = true)]
    pub conditions: Vec<String>,
    /// Refused: it looks for files of Linux installations.
    #[arg(short = 'u')]
    update: bool,
    /// Shows what would change, and changes nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Defining {
    /// Follows the options that need no database, as [`Objects::follow`].
    ///
    /// # Errors
    /// As there, or an option is refused.
    pub fn follow<C: Command>(&self, cx: &mut Context) -> Result<Done> {
        let done = self.objects.follow::<C>(self.common, cx, None)?;
        if done == Done::No && self.update {
            return Err(Error::Refused(
                "'-u' is not supported: it fills in the files of xCAT's Linux installations; \
                 give template=, pkglist= and the others yourself"
                    .into(),
            ));
        }
        Ok(done)
    }

    /// The stanzas on standard input, if that is where definitions come from.
    ///
    /// # Errors
    /// Objects are named as well, or a condition is wrong.
    pub fn stanzas(&self, cx: &Context) -> Result<Option<Definitions<'static>>> {
        if !self.stanza {
            return Ok(None);
        }
        self.objects.refuse_beside_stanzas()?;
        objects::check_conditions(&self.conditions)?;
        let input = Box::new(cx.stdin());
        Ok(Some(Definitions::Stanzas(Reader::new(
            input,
            "standard input",
        ))))
    }

    /// The objects that are named, and their type.
    ///
    /// # Errors
    /// There are none, the type or a name cannot be, or a condition is wrong.
    pub fn named(
        &self,
        cx: &mut Context,
        snapshot: &Snapshot<'_>,
        naming: Naming,
    ) -> Result<(Kind, Vec<String>)> {
        let objects = &self.objects;
        let kind = objects.kind_of_members(self.dynamic, &self.conditions)?;
        objects::check_conditions(&self.conditions)?;
        let names = objects.names(cx, snapshot, &kind, naming)?;
        let names = names.ok_or_else(|| Error::Usage("No object names were provided.".into()))?;
        Ok((kind, names))
    }
}
