//! `xcat`: all commands in one small executable.
//!
//! It is what is installed: a link named like a command runs that command, and
//! so does `xcat COMMAND …`. It knows every command's options, so the shell
//! completions come from here.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};

#[path = "xcat/install.rs"]
mod install;

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// One command: its name, what runs it, its options.
struct Entry {
    name: &'static str,
    main: fn() -> ExitCode,
    definition: fn() -> clap::Command,
}

/// Declares the commands' modules and the table of them.
macro_rules! commands {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        /// All commands, in alphabetical order.
        static COMMANDS: &[Entry] = &[$(Entry {
            name: stringify!($name),
            main: $name::main,
            definition: <$name::Args as clap::CommandFactory>::command,
        }),*];
    };
}

commands! {
    chdef,
    chtab,
    chvm,
    dumpxCATdb,
    getmacs,
    gettab,
    hmc,
    lpar,
    lschange,
    lsdef,
    lshwconn,
    lsvm,
    makeconservercf,
    makehosts,
    mkdef,
    mkhwconn,
    mkvm,
    ms,
    nodeadd,
    nodech,
    nodegrpch,
    nodels,
    noderm,
    rbootseq,
    rcons,
    restorexCATdb,
    reventlog,
    rinv,
    rmdef,
    rmhwconn,
    rmvm,
    rnetboot,
    rpower,
    rscan,
    rspconfig,
    rvitals,
    tabch,
    tabdump,
    tabedit,
    tabgrep,
    tabprune,
    tabrestore,
    undochange,
    vios,
    xcatdbck,
}

/// Runs the command that its name or first word says, or installs all commands
#[derive(Debug, clap::Parser)]
#[command(
    name = "xcat",
    disable_version_flag = true,
    arg_required_else_help = true
)]
struct Args {
    /// Lists the commands.
    #[arg(long)]
    list: bool,
    /// Puts this executable, a link for each command, manual pages and shell
    /// completions below a folder such as /opt/xcat.
    #[arg(long, value_name = "DIR")]
    install: Option<PathBuf>,
    /// Prints the completions of all commands for a shell.
    #[arg(long, value_name = "SHELL")]
    completions: Option<clap_complete::Shell>,
    /// The command to run, and its arguments.
    #[arg(
        value_name = "COMMAND",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    command: Vec<String>,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        if self.list {
            return COMMANDS.iter().try_for_each(|c| cx.report.line(c.name));
        }
        if let Some(shell) = self.completions {
            return install::print_completions(shell, cx);
        }
        if let Some(folder) = &self.install {
            return install::install(folder, cx);
        }
        Err(Error::Usage(format!(
            "there is no command '{}' (xcat --list shows all)",
            self.command.first().map_or("", String::as_str)
        )))
    }
}

fn main() -> ExitCode {
    let mut words = std::env::args_os();
    let program = words.next().unwrap_or_default();
    let name = match Path::new(&program).file_name() {
        Some(name) if name != OsStr::new("xcat") => Some(name.to_owned()),
        _ => words.next(),
    };
    match COMMANDS
        .iter()
        .find(|c| name.as_deref() == Some(OsStr::new(c.name)))
    {
        Some(command) => (command.main)(),
        None => command::main::<Args>(),
    }
}

#[cfg(test)]
#[path = "../tests/definitions.rs"]
mod definitions;
