//! HMCs as arguments, and what is said about all of them.

use serde_json::Value;

use crate::context::Context;
use crate::db::Snapshot;
use crate::error::{Error, Result};
use crate::hmc::connection::{self, Deed};
use crate::hmc::{Retry, level, status};
use crate::json::Array;
use crate::listing;
use crate::power::definitions;
use crate::power::scan::{self, Mode, Survey};
use crate::power::settings::{self, Reach, Settings};

/// HMCs, by name.
#[derive(Debug, clap::Args)]
pub struct Hmcs {
    /// The HMCs, by name or noderange; all that are defined if none is given.
    #[arg(value_name = "HMC")]
    names: Vec<String>,
}

impl Hmcs {
    /// The HMCs that are named, in that order, else all, in natural order, and
    /// what the site table says of work with them. A node that is no HMC is
    /// reported and left out.
    ///
    /// # Errors
    /// A name is not defined, there is no HMC at all, or the database cannot be
    /// read.
    pub fn gather(&self, cx: &mut Context) -> Result<Reach> {
        let db = cx.open()?;
        let snapshot = db.read()?;
        let settings = Settings::read(&snapshot)?;
        let hmcs = if self.names.is_empty() {
            definitions::all_hmcs(&snapshot)?
        } else {
            self.named(cx, &snapshot)?
        };
        if hmcs.is_empty() && self.names.is_empty() {
            return Err(Error::Refused(
                "no HMC is defined; define one with \
                 mkdef -t node -o NAME groups=hmc,all nodetype=ppc hwtype=hmc mgt=hmc"
                    .into(),
            ));
        }
        let hmcs = settings::targets(&snapshot, &hmcs, &settings)?;
        Ok(Reach { hmcs, settings })
    }

    fn named(&self, cx: &mut Context, snapshot: &Snapshot<'_>) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for word in &self.names {
            for name in cx.nodes(snapshot, word)? {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let (hmcs, others) = definitions::hmcs(snapshot, &names)?;
        for (node, hwtype) in others {
            let text = format_args!("it is no HMC: its hwtype is {hwtype}");
            cx.report.node_error(&node, text);
        }
        Ok(hmcs)
    }

    /// Opens or closes their connections, and says what came of it.
    ///
    /// # Errors
    /// As [`Hmcs::gather`], or ssh cannot be used.
    pub fn connections(&self, cx: &mut Context, deed: Deed) -> Result<()> {
        self.each_connection(cx, deed, None)
    }

    /// Tells of each connection in a line, or as an element of `array`.
    fn each_connection(
        &self,
        cx: &mut Context,
        deed: Deed,
        mut array: Option<&mut Array>,
    ) -> Result<()> {
        let Reach { hmcs, settings } = self.gather(cx)?;
        let ssh = cx.ssh(settings.persist)?;
        let alone = hmcs.len() == 1;
        connection::each(&ssh, &hmcs, deed, &settings.into(), |name, told| {
            let line = match &mut array {
                Some(array) => connection::document(name, &told).map(|one| array.line(&one)),
                None => connection::line(name, alone, &told),
            };
            if let Some(line) = line {
                let written = cx.report.line(line);
                cx.report.later(written);
            }
            if let Err(failure) = told {
                cx.report.node_error(name, failure);
            }
        });
        Ok(())
    }

    /// Defines what they manage and brings definitions up to date, and says
    /// what changed.
    ///
    /// # Errors
    /// As [`Hmcs::gather`], or the database cannot be written.
    pub fn rescan(&self, cx: &mut Context, dry_run: bool) -> Result<()> {
        let reach = self.gather(cx)?;
        let surveys = survey(cx, &reach)?;
        if surveys.is_empty() {
            return Ok(());
        }
        let mut db = cx.open()?;
        let change = db.change()?;
        let merge = definitions::write(&change, surveys, Mode::Write)?;
        cx.conclude(change, dry_run)?;
        if !dry_run {
            for line in merge.summary() {
                cx.report.line(line)?;
            }
        }
        merge.problems.iter().for_each(|p| cx.report.error(p));
        Ok(())
    }
}

/// HMCs that are listed.
#[derive(Debug, clap::Args)]
pub struct HmcListing {
    /// Prints a JSON document.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hmcs: Hmcs,
}

impl HmcListing {
    /// Lists their connections; `deep` lets each HMC answer through its own.
    ///
    /// # Errors
    /// As [`Hmcs::gather`], or ssh cannot be used.
    pub fn connections(&self, cx: &mut Context, deep: bool) -> Result<()> {
        let deed = match deep {
            true => Deed::Probe,
            false => Deed::Show,
        };
        if !self.json {
            return self.hmcs.connections(cx, deed);
        }
        let mut array = Array::default();
        self.hmcs.each_connection(cx, deed, Some(&mut array))?;
        cx.report.line(array.end())
    }

    /// Lists their levels; one that does not tell its own is an error.
    ///
    /// # Errors
    /// As [`Hmcs::gather`], or ssh cannot be used.
    pub fn levels(&self, cx: &mut Context) -> Result<()> {
        let Reach { hmcs, settings } = self.hmcs.gather(cx)?;
        let ssh = cx.ssh(settings.persist)?;
        let mut rows = Vec::new();
        connection::levels(&ssh, &hmcs, &settings.into(), |name, told| match told {
            Ok(level) => rows.push((level.row(name), level.document(name))),
            Err(error) => cx.report.hmc_error(name, &error),
        });
        show(cx, level::COLUMNS, rows, self.json)
    }

    /// Lists them at a glance; one that does not answer is an error.
    ///
    /// # Errors
    /// As [`Hmcs::gather`], or ssh cannot be used.
    pub fn statuses(&self, cx: &mut Context) -> Result<()> {
        let Reach { hmcs, settings } = self.hmcs.gather(cx)?;
        let ssh = cx.ssh(settings.persist)?;
        let mut rows = Vec::new();
        status::statuses(&ssh, &hmcs, &settings.into(), |name, told| match told {
            Ok(status) => rows.push((status.row(name), status.document(name))),
            Err(error) => cx.report.hmc_error(name, &error),
        });
        show(cx, status::COLUMNS, rows, self.json)
    }
}

/// Shows rows below their heads, or each as an object of a JSON array.
fn show<const N: usize>(
    cx: &mut Context,
    heads: [&str; N],
    rows: Vec<([String; N], Value)>,
    json: bool,
) -> Result<()> {
    let (rows, objects): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    if !json {
        return cx.report.text(&listing::table(heads, &rows));
    }
    let mut array = Array::default();
    for object in objects {
        cx.report.line(array.line(&object))?;
    }
    cx.report.line(array.end())
}

/// Asks HMCs what they manage; what they cannot tell is reported.
///
/// # Errors
/// ssh cannot be used.
pub fn survey(cx: &mut Context, reach: &Reach) -> Result<Vec<Survey>> {
    let Reach { hmcs, settings } = reach;
    let ssh = cx.ssh(settings.persist)?;
    let transport = Retry::new(&ssh, settings.tries);
    let mut surveys = vec![None; hmcs.len()];
    let mut told = 0;
    cx.report.count(told, hmcs.len(), "HMCs have told");
    let (limits, width) = (settings.limits, settings.width);
    scan::scan(&transport, hmcs, limits, width, |index, answer| {
        let hmc = &hmcs[index].name;
        match &answer {
            Ok(survey) => survey
                .problems
                .iter()
                .for_each(|p| cx.report.node_error(hmc, p)),
            Err(error) => cx.report.node_error(hmc, error),
        }
        surveys[index] = answer.ok();
        told += 1;
        cx.report.count(told, hmcs.len(), "HMCs have told");
    });
    Ok(surveys.into_iter().flatten().collect())
}
