//! `lsdef`: lists object definitions.

use std::process::ExitCode;

use xcat::args::{Naming, Objects, Showing, Subjects};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Snapshot;
use xcat::error::Result;
use xcat::objects::index::NodeIndex;
use xcat::objects::{self, Kind};

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
    /// Lists the templates of mkdef in place of objects: all of the type, or
    /// those that are named, with commas between.
    #[arg(long, value_name = "templates", num_args = 0..=1, default_missing_value = "",
        conflicts_with_all = ["names", "operands", "hidden", "blame", "osimage"])]
    template: Option<String>,
    #[command(flatten)]
    showing: Showing,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        let wanted = self.showing.wanted();
        if Done::Yes == (self.objects).follow::<Self>(self.common, cx, wanted.as_ref())? {
            return Ok(());
        }
        let kinds = match self.all {
            true => Kind::all(),
            false => self.objects.kinds()?,
        };
        self.objects.warn_of_attributes(cx);
        let db = cx.open()?;
        let snapshot = db.read()?;
        let subjects = Subjects {
            names: self.named(cx, &snapshot, &kinds)?,
            is_named: self.objects.has_names() || self.names_templates(),
            types: kinds.len(),
            all: self.all,
        };
        let (listing, how) = self.showing.asked(cx, subjects)?;
        if self.template.is_some() {
            return objects::show_templates(&snapshot, &kinds, &listing, how, |said| {
                cx.report.said(said)
            });
        }
        let index = NodeIndex::new(&snapshot, cx.environment.surroundings());
        objects::show(&snapshot, &index, &kinds, &listing, how, |said| {
            cx.report.said(said)
        })
    }
}

impl Args {
    /// The objects or templates that are named.
    fn named(
        &self,
        cx: &mut Context,
        snapshot: &Snapshot<'_>,
        kinds: &[Kind],
    ) -> Result<Option<Vec<String>>> {
        if let Some(list) = &self.template {
            let names = list.split(',').filter(|n| !n.is_empty());
            let names: Vec<String> = names.map(str::to_owned).collect();
            return Ok((!names.is_empty()).then_some(names));
        }
        if self.objects.has_names() {
            self.objects.refuse_several_types()?;
        }
        match kinds {
            [kind] => self.objects.names(cx, snapshot, kind, Naming::Known),
            _ => Ok(None),
        }
    }

    /// Whether templates are named, and not only asked for.
    fn names_templates(&self) -> bool {
        self.template.as_ref().is_some_and(|list| !list.is_empty())
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
