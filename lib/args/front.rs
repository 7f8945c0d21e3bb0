//! Arguments of the short front ends `lpar`, `ms` and `vios`, and what they
//! have in common.

use super::console::Manner;
use crate::command::{Command, Common, Done};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::noderange::natural;
use crate::power::overview::{
    self, Asked, Bad, Column, Failed, NoAttribute, Row, Scope, Selection, Shown, View, vios,
};
use crate::power::{Hardware, NotDone, Op, Request, switch};

/// What stands before the keyword.
#[derive(Debug, clap::Args)]
pub struct Front {
    /// The HMC to be asked, whatever the definitions say.
    #[arg(short = 'h', value_name = "HMC")]
    hmc: Option<String>,
    /// The managed system, by its node or as type-model*serial.
    #[arg(short = 'm', value_name = "MS")]
    system: Option<String>,
    /// Says what is done: logins, and the commands that HMCs are sent.
    #[arg(short = 'v', visible_short_alias = 'V', long, global = true)]
    verbose: bool,
    /// Shows the version of this program.
    #[arg(long)]
    version: bool,
    /// Shows this help.
    #[arg(long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// What is to be listed, and how.
#[derive(Debug, clap::Args)]
pub struct Listing {
    /// Prints only these attributes, without heads, commas between.
    #[arg(short = 'F', value_name = "ATTRIBUTES", value_delimiter = ',')]
    attributes: Vec<String>,
    /// Prints a JSON document.
    #[arg(long)]
    json: bool,
    /// Names or noderanges; and selections: attribute=value, !=, ~regexp, !~,
    /// and :eq: :ne: :lt: :le: :gt: :ge: for numbers. All if none is named.
    #[arg(value_name = "NAME|SELECTION")]
    words: Vec<String>,
}

impl Listing {
    /// The words that are selections, and the others.
    ///
    /// # Errors
    /// A selection cannot be used.
    pub fn split(&self) -> Result<(Vec<Selection>, Vec<&String>)> {
        let (selections, names): (Vec<_>, Vec<_>) =
            self.words.iter().partition(|word| Selection::is_one(word));
        let parsed = selections.into_iter().map(|word| word.parse());
        let parsed: Result<_, overview::BadSelection> = parsed.collect();
        Ok((parsed.map_err(|bad| Error::Usage(bad.to_string()))?, names))
    }

    /// Shows the rows that the selections pick.
    ///
    /// # Errors
    /// An attribute is none, or the output cannot be written.
    pub fn show(
        &self,
        cx: &mut Context,
        view: &View,
        rows: Vec<Row>,
        selections: &[Selection],
    ) -> Result<()> {
        let rows = view.pick(rows, selections)?;
        let mut columns: Vec<Column> = view.columns.to_vec();
        let several = |name| rows.iter().any(|row| row.text(name) != rows[0].text(name));
        if let Some(attribute) = view.owner.filter(|name| self.json || several(name)) {
            let head = "LPAR_NAME";
            columns.insert(0, Column { head, attribute });
        }
        let mut heads: Vec<_> = columns.iter().map(|c| c.head.to_owned()).collect();
        let mut names: Vec<_> = columns.iter().map(|c| c.attribute.to_owned()).collect();
        if !self.attributes.is_empty() {
            heads.clone_from(&self.attributes);
            let name = |name: &String| view.attribute(&rows, name);
            names = self.attributes.iter().map(name).collect::<Result<_, _>>()?;
        }
        let form = match (self.json, self.attributes.is_empty()) {
            (true, _) => Shown::Json,
            (false, true) => Shown::Table,
            (false, false) => Shown::Values,
        };
        cx.report
            .text(&overview::shown(&rows, &heads, &names, form))
    }
}

impl Front {
    /// Follows the options that need no keyword.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn apply<C: Command>(&self, cx: &mut Context) -> Result<Done> {
        let (verbose, version) = (self.verbose, self.version);
        Common { verbose, version }.apply::<C>(cx)
    }

    /// What is asked about; nodes that cannot be asked about are reported.
    ///
    /// # Errors
    /// A name is not defined, nothing is, or the database cannot be read.
    pub fn scope(&self, cx: &mut Context, names: &[&String]) -> Result<Scope> {
        let db = cx.open()?;
        let snapshot = db.read()?;
        let mut nodes: Vec<String> = Vec::new();
        for word in names {
            for node in cx.nodes(&snapshot, word)? {
                if !nodes.contains(&node) {
                    nodes.push(node);
                }
            }
        }
        let asked = Asked {
            hmc: self.hmc.as_deref(),
            system: self.system.as_deref(),
            nodes: (!names.is_empty()).then_some(&nodes),
        };
        let scope = Scope::read(&snapshot, &asked)?;
        for (node, reason) in &scope.refused {
            cx.report.node_error(node, reason);
        }
        Ok(scope)
    }

    /// Lists.
    ///
    /// # Errors
    /// As [`Front::scope`] and [`Listing::show`].
    pub fn list(&self, cx: &mut Context, view: &View, listing: &Listing) -> Result<()> {
        let (selections, names) = listing.split()?;
        let scope = self.scope(cx, &names)?;
        let rows = self.rows(cx, &scope, view)?;
        listing.show(cx, view, rows, &selections)
    }

    /// The rows of a view; what is missing is reported.
    ///
    /// # Errors
    /// ssh cannot be used.
    pub fn rows(&self, cx: &mut Context, scope: &Scope, view: &View) -> Result<Vec<Row>> {
        let ssh = cx.ssh(scope.settings.persist)?;
        let said = cx.said();
        Ok(scope.reach(&ssh, said, |points| {
            overview::gather(points, scope, view, |failed| match failed {
                Failed::Hmc { hmc, error } => cx.report.hmc_error(&hmc, &error),
                Failed::Node { node, reason } => cx.report.node_error(&node, reason),
            })
        }))
    }

    /// What VIOSs print to a command of their own, in natural order of their
    /// names; what they or their HMCs refuse is reported.
    ///
    /// # Errors
    /// As [`Front::scope`].
    pub fn vios(
        &self,
        cx: &mut Context,
        command: &str,
        names: &[&String],
    ) -> Result<Vec<(String, String)>> {
        let scope = self.scope(cx, names)?;
        let rows = self.rows(cx, &scope, &vios::STATUS)?;
        let servers = vios::servers(&scope, &rows);
        let ssh = cx.ssh(scope.settings.persist)?;
        let said = cx.said();
        let width = scope.settings.width;
        let mut told = Vec::new();
        scope.reach(&ssh, said, |points| {
            vios::tell(points, width, &servers, command, |index, answer| {
                let name = &servers[index].name;
                match answer {
                    Ok(text) => told.push((name.clone(), text)),
                    Err(reason) => refused(cx, name, reason),
                }
            });
        });
        told.sort_by(|a, b| natural::compare(&a.0, &b.0));
        Ok(told)
    }
}

/// What is done to LPARs, and how they start.
#[derive(Debug, Clone, Copy)]
pub struct Switching<'a> {
    /// What is done.
    pub op: Op,
    /// The profile that they start with, in place of their nodes' own.
    pub profile: Option<&'a str>,
    /// Whether the console of the LPAR, one only, is shown afterwards.
    pub console: bool,
    /// Whether what would be sent is told only.
    pub dry_run: bool,
}

impl Front {
    /// Switches LPARs; success is silent.
    ///
    /// # Errors
    /// As [`Front::scope`].
    pub fn switch(&self, cx: &mut Context, what: Switching<'_>, names: &[String]) -> Result<()> {
        let mut scope = self.scope(cx, &names.iter().collect::<Vec<_>>())?;
        let (mut nodes, others): (Vec<_>, Vec<_>) = scope
            .nodes
            .drain(..)
            .partition(|node| node.hwtype == "lpar");
        for other in others {
            let reason = NotDone::NodeType(other.hwtype);
            cx.report.node_error(&other.name, reason);
        }
        if let Some(profile) = what.profile {
            nodes
                .iter_mut()
                .for_each(|node| profile.clone_into(&mut node.profile));
        }
        if what.console && nodes.len() != 1 {
            let text = format!("-c shows one console, not {}", nodes.len());
            return Err(Error::Usage(text));
        }
        let request = Request {
            op: what.op,
            way: cx.way(what.dry_run, scope.settings)?,
            interval: scope.settings.interval,
        };
        let ssh = cx.ssh(scope.settings.persist)?;
        let said = cx.said();
        let mut failed = false;
        scope.reach(&ssh, said, |points| {
            switch(points, &request, &nodes, |index, outcome| {
                let node = &nodes[index].name;
                match outcome {
                    Ok(planned) if what.dry_run => {
                        let written = cx.report.node(node, planned);
                        cx.report.later(written);
                    }
                    Ok(_) => {}
                    Err(reason) => {
                        failed = true;
                        refused(cx, node, reason);
                    }
                }
            });
        });
        match nodes.as_slice() {
            [node] if what.console && !failed && !what.dry_run => self.console(cx, &node.name),
            _ => Ok(()),
        }
    }

    /// Shows the console of an LPAR until the user leaves it.
    ///
    /// # Errors
    /// It is not one LPAR, or as [`console`](super::console::console).
    pub fn console(&self, cx: &mut Context, name: &String) -> Result<()> {
        let scope = self.scope(cx, &[name])?;
        if scope.nodes.is_empty() {
            return Err(Error::Reported);
        }
        if scope.nodes.len() > 1 {
            return Err(Error::Usage("the console of one LPAR is shown".into()));
        }
        let hardware = Hardware {
            nodes: scope.nodes,
            hmcs: scope.hmcs,
            settings: scope.settings,
        };
        super::console::console(cx, &hardware, Manner::default())
    }
}

/// Says why nothing was done with a node: what HMCs refuse, in their own words.
pub fn refused(cx: &mut Context, node: &str, reason: NotDone) {
    match reason {
        NotDone::Hmc(errors) => {
            for error in errors {
                cx.report.hmc_error(error.hmc().unwrap_or(node), &error);
            }
        }
        other => cx.report.node_error(node, other),
    }
}

impl From<Bad> for Error {
    fn from(bad: Bad) -> Self {
        match bad {
            Bad::Db(error) => error.into(),
            Bad::Settings(error) => error.into(),
            other => Error::Refused(other.to_string()),
        }
    }
}

impl From<NoAttribute> for Error {
    fn from(none: NoAttribute) -> Self {
        Error::Refused(none.to_string())
    }
}
