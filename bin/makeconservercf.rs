//! `makeconservercf`: writes conserver's configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::{Names, Snapshot};
use xcat::error::{Error, Result};
use xcat::hosts;
use xcat::power::consoles::{self, Console, Entries};

#[path = "makeconservercf/surroundings.rs"]
mod surroundings;

/// Writes conserver's configuration
#[derive(Debug, clap::Parser)]
#[command(name = "makeconservercf", disable_version_flag = true)]
pub struct Args {
    /// The nodes whose entries are made anew; all nodes if nothing is given.
    noderange: Option<String>,
    /// Removes the entries of the nodes.
    #[arg(short, long)]
    delete: bool,
    /// Removes the entries of nodes that are not defined any more.
    #[arg(short = 'C', long, conflicts_with_all = ["noderange", "delete", "local"])]
    cleanup: bool,
    /// Says nothing of the files of other hosts.
    #[arg(short, long)]
    local: bool,
    /// Further hosts from which consoles may be reached.
    #[arg(short, long, value_name = "HOSTS", value_delimiter = ',')]
    trust: Vec<String>,
    /// The file, in place of conserver's own, which is told to read it then.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Writes nothing: shows the file.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let db = cx.open()?;
        let snapshot = db.read()?;
        let common = surroundings::common(&snapshot, &self.trust)?;
        let (mut chosen, names) = self.chosen(cx, &snapshot)?;
        chosen.retain(|node, console| match &console.conserver {
            Some(host) if !consoles::is_host(host) => {
                cx.report
                    .node_error(node, format_args!("its conserver {host:?} is no host"));
                false
            }
            _ => true,
        });
        let entries = match (self.cleanup, self.delete, &self.noderange) {
            (true, ..) => Entries::Only(&names),
            (_, true, _) => Entries::Without(&names),
            (.., Some(_)) => Entries::These(&chosen),
            (.., None) => Entries::All(&chosen),
        };
        if !self.cleanup && !self.delete {
            surroundings::warn(cx, &chosen, &common.own_names, self.local);
        }
        let path = self.file.clone().unwrap_or_else(surroundings::path);
        let mut gone = Vec::new();
        let mut change = |old: &[u8]| {
            let (text, removed) = consoles::file(&String::from_utf8_lossy(old), &common, entries);
            gone = removed;
            text.into_bytes()
        };
        if self.dry_run {
            let old = surroundings::read(&path)?;
            let text = change(&old);
            return cx.report.text(&String::from_utf8_lossy(&text));
        }
        let changed = hosts::file::update(&path, change)?;
        cx.report.verbose(format_args!("{}", path.display()));
        if self.cleanup {
            cx.report.line(match gone.is_empty() {
                true => "Nothing removed".to_owned(),
                false => format!("Remove console entry for the nodes:{}", gone.join(",")),
            })?;
        }
        if changed && self.file.is_none() {
            surroundings::tell_conserver(cx);
        }
        Ok(())
    }
}

impl Args {
    fn chosen(
        &self,
        cx: &mut Context,
        snapshot: &Snapshot<'_>,
    ) -> Result<(BTreeMap<String, Console>, BTreeSet<String>)> {
        let names = match &self.noderange {
            Some(noderange) => cx.nodes(snapshot, noderange)?,
            None => xcat::tables::list::all(snapshot)?,
        };
        let consoles = consoles::read(snapshot, Names::These(&names))?;
        Ok((consoles, names.into_iter().collect()))
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}

/// What went wrong with a file.
fn file(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::File {
        action,
        path: path.display().to_string(),
        source,
    }
}
