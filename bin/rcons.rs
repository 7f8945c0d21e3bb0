//! `rcons`: the console of a node.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{self, ExitCode};

use xcat::args::console::{Manner, console};
use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::consoles;

/// Shows the console of a node
#[derive(Debug, clap::Parser)]
#[command(name = "rcons", disable_version_flag = true)]
pub struct Args {
    /// The node: one only.
    #[arg(required_unless_present = "version")]
    node: Option<String>,
    /// The host that conserver runs on; by default that of nodehm.conserver, or
    /// this one.
    #[arg(conflicts_with = "force")]
    conserver: Option<String>,
    /// Goes to the HMC without conserver, and takes the console over from
    /// whoever has it.
    #[arg(short = 'f')]
    force: bool,
    /// Stays where the console cannot be shown, ends, or is taken over, and tries
    /// again: for conserver.
    #[arg(long, requires = "force")]
    stay: bool,
    /// Watches only: conserver passes on nothing that is typed.
    #[arg(short = 's', conflicts_with = "force")]
    spy: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let node = self.node.as_deref().unwrap_or_default();
        let (name, host) = {
            let db = cx.open()?;
            let snapshot = db.read()?;
            let names = cx.nodes(&snapshot, node)?;
            let [name] = names.as_slice() else {
                return Err(Error::Usage("rcons shows the console of one node".into()));
            };
            let host = consoles::conserver_of(&snapshot, name)?;
            (name.clone(), host)
        };
        if !self.force {
            let host = self.conserver.clone().or(host);
            let error = self.through_conserver(&name, host);
            if error.kind() != io::ErrorKind::NotFound {
                return Err(Error::Refused(format!("cannot run console: {error}")));
            }
            if self.spy {
                return Err(Error::Refused(
                    "-s needs conserver: its program console was not found".into(),
                ));
            }
        }
        let hardware = cx.hardware(&name)?;
        let (force, stay) = (self.force, self.stay);
        console(cx, &hardware, Manner { force, stay })
    }
}

impl Args {
    /// Becomes conserver's client; returns only if that cannot be.
    fn through_conserver(&self, name: &str, host: Option<String>) -> io::Error {
        let mut client = process::Command::new("console");
        if self.spy {
            client.arg("-s");
        }
        client.args(["-M", host.as_deref().unwrap_or("localhost"), name]);
        client.exec()
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
