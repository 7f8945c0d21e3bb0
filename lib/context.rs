//! A command's surroundings: the report, standard input, the database, and
//! the ways to hosts.

use std::env;

use crate::db::{Author, Change, Db, Snapshot};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::history::of_change;
use crate::objects::index::NodeIndex;
use crate::objects::{Note, Outcome};
use crate::power::{Hardware, Stop, Way, settings};
use crate::redact::command_line;
use crate::remote::{OpenSsh, Persist, Settings};
use crate::report::{self, Report};

mod input;
mod values;

use values::Strictness;

/// What a command works with.
pub struct Context {
    /// What it says.
    pub report: Report,
    /// What it was told by its environment.
    pub environment: Environment,
    /// Set once signals are listened for.
    stop: Option<Stop>,
}

impl Context {
    /// Surroundings of a command that a user started.
    pub fn of_process() -> Self {
        Self {
            report: Report::to_user(),
            environment: Environment::of_process(),
            stop: None,
        }
    }

    /// Listens for Ctrl-C from now on: what is at work ends early, in good
    /// order, and then the process as the signal would have ended it.
    ///
    /// # Errors
    /// No handler can be set.
    pub fn stop(&mut self) -> Result<Stop> {
        if let Some(stop) = &self.stop {
            return Ok(stop.clone());
        }
        let stop = Stop::on_signals()
            .map_err(|error| Error::Refused(format!("cannot listen for signals: {error}")))?;
        Ok(self.stop.insert(stop).clone())
    }

    /// How this command goes about its changes: it listens for Ctrl-C from now
    /// on.
    ///
    /// # Errors
    /// No handler can be set.
    pub fn way(&mut self, dry_run: bool, settings: settings::Settings) -> Result<Way> {
        Ok(Way {
            dry_run,
            stop: self.stop()?,
            width: settings.width,
        })
    }

    /// What was listened for, if anything was.
    pub(crate) fn take_stop(&mut self) -> Option<Stop> {
        self.stop.take()
    }

    /// The nodes and groups of a snapshot, for noderanges beside the operand.
    pub fn index<'s>(&'s self, snapshot: &'s Snapshot<'_>) -> NodeIndex<'s> {
        NodeIndex::new(snapshot, self.environment.surroundings())
    }

    /// Opens the node database, which is made if it is not there.
    ///
    /// # Errors
    /// As [`Environment::database_folder`] and [`Db::open`].
    pub fn open(&self) -> Result<Db> {
        let mut db = Db::open(&self.environment.database_folder()?)?;
        db.set_author(Author {
            user: self.environment.author(),
            command: command_line(env::args_os().map(|w| w.to_string_lossy().into_owned())),
        });
        Ok(db)
    }

    /// The nodes that a noderange names, each once, in natural order. Parts
    /// that name nothing beside others that do are warned about.
    ///
    /// # Errors
    /// The noderange is wrong, names what is not defined, or the database
    /// cannot be read.
    pub fn nodes(&mut self, snapshot: &Snapshot<'_>, noderange: &str) -> Result<Vec<String>> {
        let index = NodeIndex::new(snapshot, self.environment.surroundings());
        let resolved = index.nodes(noderange)?;
        for warning in &resolved.warnings {
            self.report
                .warning(format_args!("{warning}\n{}", warning.place));
        }
        Ok(resolved.nodes)
    }

    /// The nodes of a noderange with what work on them through HMCs needs.
    ///
    /// # Errors
    /// As [`Context::nodes`], or the site table cannot be used.
    pub fn hardware(&mut self, noderange: &str) -> Result<Hardware> {
        let db = self.open()?;
        let snapshot = db.read()?;
        let names = self.nodes(&snapshot, noderange)?;
        Ok(Hardware::read(&snapshot, &names)?)
    }

    /// What `-V` is told by threads that have no [`Report`] at hand.
    pub fn said(&self) -> Option<&'static (dyn Fn(&str) + Sync)> {
        self.report
            .is_verbose()
            .then_some(&report::say as &(dyn Fn(&str) + Sync))
    }

    /// How HMCs and other control points are reached. `persist` is how long a
    /// master connection is kept according to the site table; a configuration
    /// file of the LPAR-Tool goes before it.
    ///
    /// # Errors
    /// This executable, which ssh is to ask for passwords, cannot be found, or
    /// such a file cannot be used.
    pub fn ssh(&self, persist: Persist) -> Result<OpenSsh> {
        let persist = self.environment.persist(persist)?;
        let askpass_program = env::current_exe().map_err(|source| Error::File {
            action: "find",
            path: "this executable".into(),
            source,
        })?;
        Ok(OpenSsh::new(Settings {
            ssh_program: "ssh".into(),
            config_file: self.environment.ssh_config.clone(),
            control_dirs: self.environment.control_dirs(),
            persist,
            askpass_program,
            interactive: self.is_interactive(),
            verbose: self.report.is_verbose().then_some(Box::new(report::say)),
            prompting: report::prompting,
        }))
    }

    /// Ends a change: makes it lasting, or in a dry run shows the objects that
    /// it would change and gives it up. Values without the right form are
    /// warned about first, or refused.
    ///
    /// # Errors
    /// A value is refused (site key `strictvalues`), or the database cannot be written or read, or the output not be written.
    pub fn conclude(&mut self, change: Change<'_>, dry_run: bool) -> Result<()> {
        self.check_values(&change, Strictness::OfSite)?;
        self.end(change, dry_run)
    }

    /// [`Context::conclude`] of a change that brings back what was stored
    /// elsewhere: no value is refused.
    ///
    /// # Errors
    /// As [`Context::conclude`].
    pub fn conclude_as_stored(&mut self, change: Change<'_>, dry_run: bool) -> Result<()> {
        self.check_values(&change, Strictness::Never)?;
        self.end(change, dry_run)
    }

    fn end(&mut self, change: Change<'_>, dry_run: bool) -> Result<()> {
        match dry_run {
            true => of_change(&change, |object| self.report.line(object)),
            false => Ok(change.commit().map(drop)?),
        }
    }

    /// [`Context::conclude`] of a change of definitions, which has things to
    /// tell. What a dry run did not do it does not say to be done.
    ///
    /// # Errors
    /// As [`Context::conclude`].
    pub fn conclude_with(
        &mut self,
        change: Change<'_>,
        outcome: &Outcome,
        dry_run: bool,
    ) -> Result<()> {
        if !outcome.is_void {
            self.conclude(change, dry_run)?;
        }
        let said = |note: &&Note| !dry_run || !matches!(note, Note::Info(_));
        self.report.notes(outcome.notes.iter().filter(said))
    }
}
