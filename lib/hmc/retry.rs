//! Trying a connection again.

use std::thread;
use std::time::Duration;

use crate::remote::{Command, Failure, Limits, Outcome, Target, Transport, Watch};

/// xCAT's pause between two tries.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// A transport that tries again where no connection came about (site
/// `ppcretry`). A busy HMC drops some of many connections opened at once.
///
/// Only quick failures are tried again: a host that let a deadline pass has
/// cost enough, and after a refused login more tries would lock the account.
pub struct Retry<'a> {
    transport: &'a dyn Transport,
    tries: u32,
    pause: Duration,
}

impl<'a> Retry<'a> {
    /// Returns a transport that tries at most `tries` times, at least once.
    pub fn new(transport: &'a dyn Transport, tries: u32) -> Self {
        Retry {
            transport,
            tries,
            pause: PAUSE,
        }
    }
}

impl Transport for Retry<'_> {
    fn run(&self, target: &Target, command: &Command, limits: &Limits) -> Outcome {
        again(self.tries, self.pause, || {
            self.transport.run(target, command, limits)
        })
    }

    fn watch(
        &self,
        target: &Target,
        command: &Command,
        limits: &Limits,
        watch: &mut Watch<'_>,
    ) -> Outcome {
        again(self.tries, self.pause, || {
            self.transport.watch(target, command, limits, watch)
        })
    }
}

/// Tries up to `tries` times, while there is no connection.
pub(super) fn again<T>(
    tries: u32,
    pause: Duration,
    mut work: impl FnMut() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut result = work();
    for _ in 1..tries {
        if !matches!(result, Err(Failure::Unreachable { .. })) {
            break;
        }
        thread::sleep(pause);
        result = work();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::{Phase, Scripted};

    fn run(script: &Scripted, tries: u32) -> Outcome {
        let retry = Retry {
            transport: script,
            tries,
            pause: Duration::ZERO,
        };
        retry.run(
            &Target::new("hmc01"),
            &Command::new("lshmc"),
            &Limits::default(),
        )
    }

    fn reset() -> Failure {
        let reason = "kex_exchange_identification: Connection reset by peer".to_owned();
        Failure::Unreachable {
            host: "hmc01".to_owned(),
            reason,
        }
    }

    #[test]
    fn a_dropped_connection_is_tried_again() {
        let script = Scripted::new()
            .fail("hmc01", "lshmc", reset())
            .answer("hmc01", "lshmc", "yes");
        assert_eq!(run(&script, 3).unwrap().stdout, "yes");
        let script = Scripted::new().fail("hmc01", "lshmc", reset());
        assert_eq!(run(&script, 3), Err(reset()));
        assert_eq!(script.asked().len(), 3);
    }

    #[test]
    fn deadlines_and_refused_logins_are_final() {
        let late = Failure::TimedOut {
            host: "hmc01".to_owned(),
            phase: Phase::Login,
            after: Duration::from_secs(10),
        };
        let refused = Failure::Unauthorised {
            host: "hmc01".to_owned(),
            user: "hscroot".to_owned(),
            reason: "Permission denied".to_owned(),
        };
        for failure in [late, refused] {
            let script = Scripted::new().fail("hmc01", "lshmc", failure.clone());
            assert_eq!(run(&script, 3), Err(failure));
            assert_eq!(script.asked().len(), 1);
        }
    }
}
