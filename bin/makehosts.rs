//! `makehosts`: puts the addresses of nodes into /etc/hosts.

use std::path::PathBuf;
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::hosts::file::{self, Hosts};
use xcat::hosts::{self, Addresses, Note, Style};

/// Puts the addresses of nodes into /etc/hosts
#[derive(Debug, clap::Parser)]
#[command(name = "makehosts", disable_version_flag = true)]
pub struct Args {
    /// The nodes; without, all that have an address.
    noderange: Option<String>,
    /// Begins with an empty file.
    #[arg(short = 'n')]
    new: bool,
    /// Removes the nodes' lines.
    #[arg(short = 'd', requires = "noderange", conflicts_with = "new")]
    delete: bool,
    /// Puts the name with its domain first.
    #[arg(short, long)]
    longnamefirst: bool,
    /// Puts the other names first.
    #[arg(short, long)]
    othernamesfirst: bool,
    /// Writes the other names with the domain, too.
    #[arg(short, long)]
    adddomaintohostnames: bool,
    /// Puts IPv6 link-local addresses there, which follow from MAC addresses.
    #[arg(short, long, requires = "noderange")]
    mactolinklocal: bool,
    /// The file, in place of /etc/hosts.
    #[arg(long, value_name = "FILE", default_value = "/etc/hosts")]
    hosts_file: PathBuf,
    /// Prints the file as it would be, and changes nothing.
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
        let addresses = match self.mactolinklocal {
            true => Addresses::LinkLocal,
            false => Addresses::Defined,
        };
        let style = Style {
            long_first: self.longnamefirst,
            others_first: self.othernamesfirst,
            add_domain: self.adddomaintohostnames,
        };
        let db = cx.open()?;
        let snapshot = db.read()?;
        let nodes = self.noderange.as_deref();
        let nodes = nodes.map(|text| cx.nodes(&snapshot, text)).transpose()?;
        let found = hosts::gather(&snapshot, nodes.as_deref(), addresses, style)?;
        for note in &found.notes {
            match note {
                Note::Warning(text) => cx.report.warning(text),
                Note::Error(text) => cx.report.error(text),
            }
        }
        let change = |old: &[u8]| {
            let mut hosts = if self.new {
                Hosts::fresh()
            } else {
                Hosts::new(old)
            };
            for entry in &found.entries {
                match self.delete {
                    true => hosts.remove(entry),
                    false => hosts.put(entry),
                }
            }
            hosts.text()
        };
        if self.dry_run {
            let old = std::fs::read(&self.hosts_file).map_err(|source| Error::File {
                action: "read",
                path: self.hosts_file.display().to_string(),
                source,
            })?;
            let text = change(&old);
            return cx.report.line(String::from_utf8_lossy(&text).trim_end());
        }
        let changed = file::update(&self.hosts_file, change)?;
        cx.report.verbose(match changed {
            true => "The file was changed.",
            false => "The file stays as it is.",
        });
        Ok(())
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
