//! `lsdef`: lists object definitions.

use std::process::ExitCode;

use xcat::args::{Display, Naming, Objects};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Snapshot;
use xcat::error::Result;
use xcat::objects::condition::Condition;
use xcat::objects::index::NodeIndex;
use xcat::objects::{self, Asked, Kind, Layout, Listing, Manner, Wanted, nics};

/// Lists object definitions
#[derive(Debug, clap::Parser)]
#[command(
    name = "lsdef",
    disable_version_flag = true,
    disable_help_flag = true,
    args_override_self = true
)]
pub struct Args {
    #[command(flatten)]
    objects: Objects,
    /// Lists objects of all types.
    #[arg(short = 'a', long, conflicts_with_all = ["types", "names", "operands"])]
    all: bool,
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
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        let wanted = match self.nics {
            true => Some(Wanted::parse(&nics::ALL.join(","))),
            false => self.wanted.as_deref().map(Wanted::parse),
        };
        if Done::Yes == (self.objects).follow::<Self>(self.common, cx, wanted.as_ref())? {
            return Ok(());
        }
        let kinds = match self.all {
            true => Kind::all(),
            false => self.objects.kinds()?,
        };
        self.objects.warn_of_attributes(cx);
        let db = cx.open()?;
        self.list(cx, &db.read()?, &kinds, wanted)
    }
}

impl Args {
    fn list(
        &self,
        cx: &mut Context,
        snapshot: &Snapshot<'_>,
        kinds: &[Kind],
        wanted: Option<Wanted>,
    ) -> Result<()> {
        let long = [self.long, self.stanza, self.blame, wanted.is_some()].contains(&true)
            || self.objects.has_names();
        let layout = Layout::of(Asked {
            long: long && !self.short,
            stanza: self.stanza,
            compact: self.compress,
            json: self.display.json,
            all: self.all,
            types: kinds.len(),
        });
        if self.objects.has_names() {
            self.objects.kind()?;
        }
        let names = match kinds {
            [kind] => self.objects.names(cx, snapshot, kind, Naming::Known)?,
            _ => None,
        };
        let conditions = Condition::parse_all(self.conditions.iter().map(String::as_str));
        let listing = Listing {
            names,
            wanted,
            names_only: !long || self.short,
            conditions: conditions.map_err(objects::Error::from)?,
            hidden: self.hidden,
            defaults: layout != Layout::Stanza,
        };
        let index = NodeIndex::new(snapshot, cx.environment.surroundings());
        let how = Manner {
            layout,
            places: cx.report.is_verbose(),
            blame: self.blame,
            hides_secrets: self.display.hides_secrets(cx),
        };
        objects::show(snapshot, &index, kinds, &listing, how, |said| {
            cx.report.said(said)
        })
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
