//! `rcons`: the console of a node.

use std::io::{self, BufRead, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{self, ExitCode};

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result, chain};
use xcat::power::console::{Seat, console};
use xcat::power::consoles;
use xcat::remote::Raw;

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
        self.directly(cx, &name)
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

    fn directly(&self, cx: &mut Context, name: &str) -> Result<()> {
        let hardware = cx.hardware(name)?;
        let ssh = cx.ssh(hardware.settings.persist)?;
        let stop = cx.stop()?;
        let interactive = cx.is_interactive();
        let stdin = io::stdin();
        let raw = std::cell::RefCell::new(None);
        let mut output = io::stdout();
        let mut ask = || self.force || (interactive && offer(&mut io::stderr()));
        let result = hardware.reach(&ssh, cx.said(), |points| {
            let mut seat = Seat {
                input: stdin.as_fd(),
                output: &mut output,
                take_over: &mut ask,
                opened: &mut || {
                    *raw.borrow_mut() = Raw::set(io::stdin().as_fd())?;
                    Ok(())
                },
                stop: &stop,
            };
            console(&hardware, points, &ssh, &mut seat)
        });
        drop(raw);
        if interactive {
            cx.report.line("\r")?;
        }
        result.map_err(|error| Error::Refused(format!("{name}: {}", chain(&error))))
    }
}

/// Asks whether the console is to be taken over.
fn offer(err: &mut impl Write) -> bool {
    let _ = write!(err, "The console is in use. Take it over? [y/N] ");
    let _ = err.flush();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
