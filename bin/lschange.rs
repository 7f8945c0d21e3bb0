//! `lschange`: shows what was changed, by whom, and how.

use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Snapshot;
use xcat::error::{Error, Result};
use xcat::history::json::{self, OneChange};
use xcat::history::list::{self, Filter, Listed};
use xcat::history::time::{self, Edge};
use xcat::history::{entry, of_entry};

/// Shows the changes of the node database
#[derive(Debug, clap::Parser)]
#[command(name = "lschange", disable_version_flag = true)]
pub struct Args {
    /// The number of a change, to see what it did; without one, the changes
    /// are listed.
    number: Option<i64>,
    /// Lists no more than the newest ones.
    #[arg(short = 'n', long = "lines", value_name = "COUNT")]
    count: Option<usize>,
    /// Only what was done to these objects: a noderange, or names.
    #[arg(short, long, value_name = "NAMES")]
    object: Option<String>,
    /// Only what was done to objects of this type.
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Only what was done by this user.
    #[arg(short, long, value_name = "USER")]
    user: Option<String>,
    /// Only what was done at this time or later: 2026-11-30, '2026-11-30
    /// 14:05', or how long ago, such as 2h or 3d.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only what was done at this time or before.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Prints a JSON document.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let listing = self.count.is_some() || self.user.is_some();
        if self.number.is_some() && (listing || self.since.is_some() || self.until.is_some()) {
            return Err(Error::Usage(
                "-n, -u, --since and --until choose among changes: they do not go with a number"
                    .into(),
            ));
        }
        let db = cx.open()?;
        let snapshot = db.read()?;
        let filter = self.filter(&snapshot, cx)?;
        if let Some(number) = self.number {
            return self.show(number, &filter, &snapshot, cx);
        }
        let found = list::list(&snapshot, &filter)?;
        if self.json {
            return json::write_list(cx.report.out(), &found).map_err(Error::Output);
        }
        found.iter().try_for_each(|listed| cx.report.line(listed))
    }
}

impl Args {
    fn filter(&self, snapshot: &Snapshot<'_>, cx: &Context) -> Result<Filter> {
        let time = |text: &Option<String>, edge| {
            let text = text.as_deref();
            text.map(|text| time::parse(text, edge, time::now()))
                .transpose()
        };
        let named = |text: &String| list::names(snapshot, text, cx.environment.surroundings());
        let filter = Filter {
            count: self.count,
            names: self.object.as_ref().map(named).transpose()?,
            kind: self.kind.clone(),
            since: time(&self.since, Edge::First)?,
            until: time(&self.until, Edge::Last)?,
            user: self.user.clone(),
        };
        filter.check()?;
        Ok(filter)
    }

    fn show(
        &self,
        number: i64,
        filter: &Filter,
        snapshot: &Snapshot<'_>,
        cx: &mut Context,
    ) -> Result<()> {
        let entry = entry(snapshot, number)?;
        let undone_by = list::undone_by(snapshot, &entry)?;
        let listed = Listed { entry, undone_by };
        let out = cx.report.out();
        if !self.json {
            cx.report.line(&listed)?;
            return of_entry(snapshot, &listed.entry, |object| {
                match filter.wants(&object.subject) {
                    true => cx.report.line(object),
                    false => Ok(()),
                }
            });
        }
        let mut document = OneChange::begin(out, &listed).map_err(Error::Output)?;
        of_entry(snapshot, &listed.entry, |object| {
            match filter.wants(&object.subject) {
                true => document.object(out, &object).map_err(Error::Output),
                false => Ok(()),
            }
        })?;
        document.end(out).map_err(Error::Output)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
