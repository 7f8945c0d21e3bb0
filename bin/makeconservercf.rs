//! `makeconservercf`: writes conserver's configuration.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Names;
use xcat::error::Result;
use xcat::hosts;
use xcat::power::consoles::{self, Entries};

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
    #[arg(short = 'C', long, conflicts_with_all = ["noderange", "delete", "local", "conserver"])]
    cleanup: bool,
    /// Makes entries only of the nodes that this host serves; those without a
    /// conserver are the master's.
    #[arg(short, long, conflicts_with = "local")]
    conserver: bool,
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
        let names = match &self.noderange {
            Some(noderange) => cx.nodes(&snapshot, noderange)?,
            None => xcat::tables::list::all(&snapshot)?,
        };
        let mut chosen = consoles::read(&snapshot, Names::These(&names))?;
        let common = surroundings::common(&snapshot, &self.trust, &chosen)?;
        if self.cleanup || self.delete {
            chosen.clear();
        } else {
            surroundings::check(cx, &mut chosen, &common, self.conserver);
            surroundings::warn(cx, &chosen, &common, self.local);
        }
        let names: BTreeSet<_> = names.into_iter().collect();
        let entries = match (self.cleanup, self.delete, &self.noderange) {
            (true, ..) => Entries::Only(&names),
            (_, true, Some(_)) => Entries::Without(&names),
            (.., Some(_)) => Entries::These(&names, &chosen),
            (.., None) => Entries::All(&chosen),
        };
        let path = self.file.clone().unwrap_or_else(surroundings::path);
        let mut gone = Vec::new();
        let mut change = |old: &[u8]| {
            let (text, removed) = consoles::file(&String::from_utf8_lossy(old), &common, entries);
            gone = removed;
            text.into_bytes()
        };
        if self.dry_run {
            let old = surroundings::read(&path)?;
            return cx.report.text(&String::from_utf8_lossy(&change(&old)));
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

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
