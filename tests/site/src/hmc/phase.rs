//! A state that changes by itself when its time has come.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A value that changes by itself at known times.
#[derive(Debug)]
pub struct Phase {
    current: String,
    since: Instant,
    coming: VecDeque<(Instant, String)>,
}

impl Phase {
    /// A state that holds until told otherwise.
    pub fn new(state: &str) -> Self {
        // The state has held for long: what depends on its age is over.
        let now = Instant::now();
        Self {
            current: state.to_owned(),
            since: now.checked_sub(Duration::from_secs(86_400)).unwrap_or(now),
            coming: VecDeque::new(),
        }
    }

    /// The state now.
    pub fn now(&mut self) -> &str {
        let now = Instant::now();
        while let Some((at, state)) = self.coming.pop_front() {
            if at > now {
                self.coming.push_front((at, state));
                break;
            }
            self.current = state;
            self.since = at;
        }
        &self.current
    }

    /// Whether no change is to come.
    pub fn settled(&mut self) -> bool {
        self.now();
        self.coming.is_empty()
    }

    /// How long the state has held.
    pub fn age(&mut self) -> Duration {
        self.now();
        self.since.elapsed()
    }

    /// Adds a state after those that are to come, `after` milliseconds from now.
    pub fn then(&mut self, after: u64, state: &str) {
        self.now();
        let at = Instant::now() + Duration::from_millis(after);
        let last = self.coming.back().map_or(at, |(last, _)| at.max(*last));
        self.coming.push_back((last, state.to_owned()));
    }

    /// Goes through states, each after a delay from the one before; forgets older plans.
    pub fn go(&mut self, steps: &[(u64, &str)]) {
        self.now();
        let mut at = Instant::now();
        self.coming.clear();
        for (delay, state) in steps {
            at += Duration::from_millis(*delay);
            self.coming.push_back((at, (*state).to_owned()));
        }
        self.now();
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::{NOT_ACTIVATED, RUNNING};
    use super::*;

    #[test]
    fn a_phase_moves_on_when_its_time_has_come() {
        let mut phase = Phase::new(NOT_ACTIVATED);
        phase.go(&[(0, "Starting"), (3_600_000, RUNNING)]);
        assert_eq!(phase.now(), "Starting");
        phase.go(&[(0, "Shutting Down"), (0, NOT_ACTIVATED)]);
        assert_eq!(phase.now(), NOT_ACTIVATED);
    }
}
