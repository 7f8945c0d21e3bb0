//! Reaching other machines over ssh: targets, commands, master connections, fan-out.
//!
//! Control points (HMCs, NIM masters, service nodes) are reached through the
//! system's OpenSSH client, so that agents, jump hosts, hardware keys and all
//! else in the user's ssh configuration keep working. Whoever has something to
//! run hands a [`Target`], a [`Command`] and [`Limits`] to a [`Transport`] and
//! gets an [`Outcome`]: the command's status and output, or one of the ways in
//! which a host can fail, each with its own message.
//!
//! # How a command travels
//!
//! 1. `ssh -G` tells what the configuration makes of the target (`config`), which
//!    is remembered until the configuration changes (`memo`).
//! 2. A *master connection* to that user, host and port is found, or opened
//!    under a lock by an `ssh` process that goes to the background (`master`,
//!    `login`, `control`, `process`, `askpass`). Its failures are told apart by
//!    ssh's texts (`classify`); those who waited for it read them in a `note`.
//! 3. The command becomes a session of that master, asked for on its control
//!    socket without another process (`mux`, `session`). So a status of 255 is
//!    the command's own, and a session that ends without a status is
//!    [`Failure::Lost`]; nothing is wrapped around the command line, which an
//!    HMC's restricted shell gets as it is.
//! 4. Consoles (`interactive`) and commands that take minutes have `seats`: most
//!    of them go through further masters, so that commands find sessions free.
//!
//! Nothing is ever run twice: a command is sent again only if the connection
//! it was to use gave no session for it.
//!
//! Needs OpenSSH 7.6; 8.4 for stored passwords where there is a terminal.

pub mod askpass;
mod classify;
mod command;
mod config;
mod connections;
mod control;
mod fanout;
mod interactive;
mod login;
pub mod lparcfg;
mod master;
mod memo;
mod mux;
mod note;
mod openssh;
mod outcome;
mod persist;
mod places;
mod process;
#[cfg(test)]
mod scripted;
mod seats;
mod session;
mod settings;
mod target;
mod terminal;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

pub use command::{Command, quote};
pub use connections::{Closed, Ending, State};
pub use control::{NoControlDir, control_dir};
pub use fanout::fan_out;
pub use interactive::{Heard, Interactive, Turn};
pub use openssh::OpenSsh;
pub use outcome::{Failure, Limits, Outcome, Output, Phase};
pub use persist::{BadPersist, Persist};
pub(crate) use process::readable;
#[cfg(test)]
pub use scripted::Scripted;
pub use settings::{Settings, Verbose};
pub use target::{BadTarget, Password, Target};
pub use terminal::Raw;

/// Runs commands on other machines.
///
/// What works through an HMC takes a `&dyn Transport`, and so can be tested
/// without any host.
pub trait Transport: Sync {
    /// Runs one command and waits for its end, for its deadline or for its
    /// output bound, whichever comes first.
    ///
    /// # Errors
    ///
    /// A command that ran and failed is not an error: its status is in the
    /// [`Output`]. Each other end is a [`Failure`].
    fn run(&self, target: &Target, command: &Command, limits: &Limits) -> Outcome;

    /// Runs one command that takes long, and hands its standard output over
    /// line by line while it runs. Deadline and bound are those of
    /// [`Transport::run`].
    ///
    /// # Errors
    ///
    /// As [`Transport::run`]; and [`Failure::Interrupted`] when `watch` did
    /// not want to go on, after the command was hung up.
    fn watch(
        &self,
        target: &Target,
        command: &Command,
        limits: &Limits,
        watch: &mut Watch<'_>,
    ) -> Outcome {
        let output = self.run(target, command, limits)?;
        for line in output.stdout.lines() {
            if watch(Some(line)).is_break() {
                return Err(Failure::Interrupted {
                    host: target.label(),
                });
            }
        }
        Ok(output)
    }
}

/// Is told each line of a running command, and `None` a few times a second
/// while there is none. What it returns says whether to go on.
pub type Watch<'a> = dyn FnMut(Option<&str>) -> ControlFlow<()> + 'a;
