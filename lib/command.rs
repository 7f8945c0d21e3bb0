//! From arguments to an exit code: what every command's `main` does.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;
use signal_hook::consts::SIGXFSZ;

use crate::context::Context;
use crate::error::{Error, Result, chain};
use crate::remote::askpass;

/// A command: its arguments, and what it does with them.
pub trait Command: clap::Parser {
    /// Does the command's work, once.
    ///
    /// # Errors
    /// What is left to say after what was already reported.
    fn run(self, cx: &mut Context) -> Result<()>;
}

/// Options that every command has beside `-h`.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Common {
    /// Says what is done.
    #[arg(short = 'V', long)]
    pub verbose: bool,
    /// Shows the version.
    #[arg(short = 'v', long)]
    pub version: bool,
}

impl Common {
    /// Follows the options: `-V` makes the report talk; after `-v`, whose line
    /// is printed here, the command has nothing more to do.
    ///
    /// # Errors
    /// The line cannot be written.
    pub fn apply<C: Command>(self, cx: &mut Context) -> Result<Done> {
        cx.report.set_verbose(self.verbose);
        if !self.version {
            return Ok(Done::No);
        }
        let name = C::command().get_name().to_owned();
        cx.report.line(format_args!(
            "{name} - Version {} (xcat-rs)",
            env!("CARGO_PKG_VERSION")
        ))?;
        Ok(Done::Yes)
    }
}

/// Whether a command's work is already done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// There is nothing more to do.
    Yes,
    /// The work is still to be done.
    No,
}

/// Runs a command on the arguments of this process.
pub fn main<C: Command>() -> ExitCode {
    outlive_file_size_limits();
    let mut cx = Context::of_process();
    if let Some(socket) = cx.environment.askpass.clone() {
        let result = answer_ssh(&socket, &mut cx);
        return cx.report.finish(result);
    }
    let words = arguments(std::env::args_os(), C::command().get_name());
    let result = parse::<C>(words, &mut cx).and_then(|args| match args {
        Some(args) => args.run(&mut cx),
        None => Ok(()),
    });
    let stop = cx.take_stop();
    let code = cx.report.finish(with_usage::<C>(result));
    if let Some(stop) = stop {
        stop.obey();
    }
    code
}

/// At a file-size limit the system would end the process without a word. With
/// a handler the write fails in its place, and that is reported like a full
/// disk. (Children get the system's default again.)
fn outlive_file_size_limits() {
    // Where no handler can be set, all stays as it is without this.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
}

/// Answers ssh, which started this program again to be told a password.
fn answer_ssh(socket: &Path, cx: &mut Context) -> Result<()> {
    let prompt = std::env::args().nth(1).unwrap_or_default();
    match askpass::answer(socket, &prompt) {
        Ok(password) => cx.report.line(password.reveal()),
        Err(error) => Err(Error::Refused(chain(&error))),
    }
}

/// The arguments with the command's name first: `xcat lsdef -l` is `lsdef -l`.
fn arguments(given: impl Iterator<Item = OsString>, command: &str) -> Vec<OsString> {
    let mut given: Vec<OsString> = given.collect();
    let name = given.first().map(Path::new).and_then(Path::file_name);
    if name == Some(OsStr::new("xcat")) && command != "xcat" {
        given.remove(0);
    }
    // xCAT's other spellings. Behind anything else they may belong to a
    // command for nodes, as in `xdsh n1 java -version`.
    if let [_, only] = given.as_mut_slice() {
        match only.to_str() {
            Some("-?" | "-help") => *only = "--help".into(),
            Some("-version") => *only = "--version".into(),
            _ => {}
        }
    }
    given
}

/// What clap calls its help texts.
const HELP: [ErrorKind; 2] = [
    ErrorKind::DisplayHelp,
    ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
];

/// Reads the arguments; `None` where the help was asked for and shown.
fn parse<C: Command>(arguments: Vec<OsString>, cx: &mut Context) -> Result<Option<C>> {
    match C::try_parse_from(arguments) {
        Ok(args) => Ok(Some(args)),
        Err(error) if HELP.contains(&error.kind()) => {
            cx.report.line(error.render().to_string().trim_end())?;
            Ok(None)
        }
        Err(error) => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            let rest: Vec<&str> = text
                .lines()
                .skip(1)
                .take_while(|l| l.starts_with("  ") && !l.is_empty())
                .collect();
            let first = first.strip_prefix("error: ").unwrap_or(first);
            Err(Error::Usage(
                [&[first], rest.as_slice()].concat().join("\n"),
            ))
        }
    }
}

/// Puts the usage below a complaint about the command line.
fn with_usage<C: Command>(result: Result<()>) -> Result<()> {
    match result {
        Err(Error::Usage(text)) => Err(Error::Usage(format!("{text}\n\n{}", usage::<C>()))),
        other => other,
    }
}

/// The one-paragraph usage of a command.
pub fn usage<C: Command>() -> String {
    let text = C::command().render_usage().to_string();
    format!("{}\n(-h tells more)", text.trim_end())
}

/// The whole help of a command, as `-h` shows it.
pub fn help<C: Command>() -> String {
    C::command().render_help().to_string().trim_end().to_owned()
}

/// What `NAME help KEYWORD` shows: usage and options of a keyword; without
/// one, all keywords.
///
/// # Errors
/// There is no such keyword.
pub fn keyword_help<C: Command>(keyword: Option<&str>) -> Result<String> {
    let mut command = C::command();
    command.build();
    let Some(keyword) = keyword else {
        return Ok(help::<C>());
    };
    let name = command.get_name().to_owned();
    let found = command.find_subcommand(keyword).ok_or_else(|| {
        Error::Usage(format!(
            "there is no keyword '{keyword}' ({name} help shows all)"
        ))
    })?;
    let text = found
        .clone()
        .help_template("USAGE:\n   {usage}\n\n{about}\n\n{all-args}")
        .render_help()
        .to_string();
    Ok(text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_multi_command_executable_is_dropped() {
        let given = |words: &[&str], name| arguments(words.iter().map(OsString::from), name);
        assert_eq!(
            given(&["/opt/bin/xcat", "lsdef", "-l"], "lsdef"),
            ["lsdef", "-l"]
        );
        assert_eq!(
            given(&["/opt/bin/lsdef", "-l"], "lsdef"),
            ["/opt/bin/lsdef", "-l"]
        );
        assert_eq!(given(&["xcat", "--list"], "xcat"), ["xcat", "--list"]);
        assert_eq!(
            given(&["xcat", "lsdef", "-?"], "lsdef"),
            ["lsdef", "--help"]
        );
        assert_eq!(
            given(&["chtab", "-version"], "chtab"),
            ["chtab", "--version"]
        );
        assert_eq!(
            given(&["xdsh", "n1", "-version"], "xdsh"),
            ["xdsh", "n1", "-version"]
        );
    }
}
