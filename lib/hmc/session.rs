//! Asking an HMC over a transport.

use super::ask::{Ask, Garbled};
use super::refusal::{self, Refusal};
use crate::remote::{Failure, Limits, Output, Phase, Target, Transport, Watch};

/// Why an HMC gave no usable answer. Each text is one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The command did not run to its end.
    #[error(transparent)]
    Remote(#[from] Failure),
    /// The HMC refused the command.
    #[error("{refusal}")]
    Refused {
        /// Node name of the HMC.
        hmc: String,
        /// The command line that it was sent, without secrets.
        command: String,
        /// What it said.
        refusal: Box<Refusal>,
    },
    /// The answer is not in the format that HMCs answer in.
    #[error("{hmc} answered {command} with something that cannot be read: {reason}")]
    Garbled {
        /// Node name of the HMC.
        hmc: String,
        /// The program that was run on it.
        command: String,
        /// What is wrong with the answer.
        reason: Garbled,
    },
}

impl Error {
    /// Returns whether the command may have been carried out, in whole or in
    /// part: it had been started, and its end is not known.
    pub fn is_unclear(&self) -> bool {
        match self {
            Error::Remote(failure) => matches!(
                failure,
                Failure::Lost { .. }
                    | Failure::TooMuchOutput { .. }
                    | Failure::Interrupted { .. }
                    | Failure::TimedOut {
                        phase: Phase::Command | Phase::Session,
                        ..
                    }
            ),
            Error::Refused { .. } | Error::Garbled { .. } => false,
        }
    }

    /// Returns whether the HMC itself, not only this command, is out of reach.
    pub fn is_dead(&self) -> bool {
        let about_the_command = |failure: &Failure| {
            matches!(
                failure,
                Failure::TooMuchOutput { .. } | Failure::Interrupted { .. }
            )
        };
        matches!(self, Error::Remote(failure) if !about_the_command(failure))
    }
}

impl Error {
    /// The HMC, where the error knows its name.
    pub fn hmc(&self) -> Option<&str> {
        match self {
            Error::Remote(failure) => failure.host(),
            Error::Refused { hmc, .. } | Error::Garbled { hmc, .. } => Some(hmc),
        }
    }
}

/// An HMC that can be asked.
#[derive(Clone, Copy)]
pub struct Hmc<'a> {
    /// How it is reached.
    pub transport: &'a dyn Transport,
    /// Which it is.
    pub target: &'a Target,
    /// The bounds of each command.
    pub limits: Limits,
}

impl Hmc<'_> {
    /// Sends one command and reads its answer.
    pub fn ask<A>(&self, ask: &Ask<A>) -> Result<A, Error> {
        let output = self
            .transport
            .run(self.target, &ask.command, &self.limits)?;
        self.answer(ask, &output)
    }

    /// The same for a command that takes long, `times` the usual deadline at
    /// most, whose lines are handed over while it runs.
    pub fn watch<A>(&self, ask: &Ask<A>, times: u32, watch: &mut Watch<'_>) -> Result<A, Error> {
        let limits = Limits {
            deadline: self.limits.deadline.saturating_mul(times),
            ..self.limits
        };
        let output = self
            .transport
            .watch(self.target, &ask.command, &limits, watch)?;
        self.answer(ask, &output)
    }

    fn answer<A>(&self, ask: &Ask<A>, output: &Output) -> Result<A, Error> {
        let refused = |refusal| Error::Refused {
            hmc: self.target.name.clone(),
            command: ask.command.to_string(),
            refusal: Box::new(refusal),
        };
        if output.status != 0 {
            return Err(refused(Refusal::new(
                output.status,
                &output.stdout,
                &output.stderr,
            )));
        }
        if let Some(refusal) = refusal::in_answer(&output.stdout) {
            return Err(refused(refusal));
        }
        (ask.read)(&output.stdout).map_err(|reason| match reason {
            Garbled::Refused(text) => refused(Refusal::new(output.status, &text, &output.stderr)),
            reason => Error::Garbled {
                hmc: self.target.name.clone(),
                command: ask.command.words().first().cloned().unwrap_or_default(),
                reason,
            },
        })
    }
}
