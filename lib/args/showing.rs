//! What `lsdef` shows of objects, and how.

use super::Display;
use crate::context::Context;
use crate::error::Result;
use crate::objects::condition::Condition;
use crate::objects::{self, Asked, Layout, Listing, Manner, Wanted, nics};

/// Which objects, which attributes, and in which form.
#[derive(Debug, clap::Args)]
pub struct Showing {
    /// Shows all attributes; without it and without names, only the names.
    #[arg(short = 'l', long, conflicts_with = "short")]
    long: bool,
    /// Shows names and types only.
    #[arg(short = 's', long, conflicts_with = "attributes")]
    short: bool,
    /// Shows these attributes, also where they have no value.
    #[arg(short = 'i', value_name = "attr-list", group = "attributes")]
    wanted: Option<String>,
    /// Shows the attributes of network adapters, as with -i.
    #[arg(long, group = "attributes")]
    nics: bool,
    /// Shows the attributes of the nodes' osimages below their own.
    #[arg(long, conflicts_with_all = ["attributes", "stanza", "compress"])]
    osimage: bool,
    /// With -i: one line 'object: attribute=value' for each value.
    #[arg(short = 'c', long, requires = "attributes", conflicts_with = "json")]
    compress: bool,
    /// Lists objects that meet all conditions: attr==val, !=val, =~regex, !~regex.
    #[arg(short = 'w', value_name = "condition", allow_hyphen_values = true)]
    conditions: Vec<String>,
    /// Writes a stanza file for mkdef and chdef.
    #[arg(short = 'z', long, conflicts_with = "json")]
    stanza: bool,
    /// Lists hidden nodes too.
    #[arg(short = 'S')]
    hidden: bool,
    /// Says of each value whose it is: the node's own or a group's.
    #[arg(long, conflicts_with_all = ["json", "stanza"])]
    blame: bool,
    #[command(flatten)]
    display: Display,
}

/// The objects that a listing is about.
#[derive(Debug)]
pub struct Subjects {
    /// Their names; `None` for all of the types.
    pub names: Option<Vec<String>>,
    /// Whether the command line names them: then their attributes are shown.
    pub is_named: bool,
    /// Of so many types.
    pub types: usize,
    /// Whether objects of all types are listed.
    pub all: bool,
}

impl Showing {
    /// The attributes that are asked for by name.
    pub fn wanted(&self) -> Option<Wanted> {
        match self.nics {
            true => Some(Wanted::parse(&nics::ALL.join(","))),
            false => self.wanted.as_deref().map(Wanted::parse),
        }
    }

    /// What is listed, and how.
    ///
    /// # Errors
    /// A condition is wrong.
    pub fn asked(&self, cx: &Context, subjects: Subjects) -> Result<(Listing, Manner)> {
        let wanted = self.wanted();
        let long = [self.long, self.stanza, self.blame, wanted.is_some()].contains(&true)
            || subjects.is_named;
        let layout = Layout::of(Asked {
            long: long && !self.short,
            stanza: self.stanza,
            compact: self.compress,
            json: self.display.json,
            all: subjects.all,
            types: subjects.types,
        });
        let conditions = Condition::parse_all(self.conditions.iter().map(String::as_str));
        let listing = Listing {
            names: subjects.names,
            wanted,
            names_only: !long || self.short,
            conditions: conditions.map_err(objects::Error::from)?,
            hidden: self.hidden,
            defaults: layout != Layout::Stanza,
        };
        let how = Manner {
            layout,
            places: cx.report.is_verbose(),
            blame: self.blame,
            hides_secrets: self.display.hides_secrets(cx),
            images: self.osimage,
        };
        Ok((listing, how))
    }
}
