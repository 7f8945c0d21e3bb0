//! Ending early: the user pressed Ctrl-C, or somebody ends the process.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// How long a pause lasts between two looks at the signal.
const LOOK: Duration = Duration::from_millis(50);

/// Whether work is to end. While questions are asked only, a signal ends the
/// process at once. After the first change ([`Stop::hold`]) nothing more is
/// sent, but what was sent is waited for, so that its outcome is known; a second
/// signal ends the process.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    harmless: Arc<AtomicBool>,
    is_set: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Stop {
    /// Listens for SIGINT, SIGTERM and SIGHUP from now on; for the last not
    /// where it is ignored, as below `nohup`.
    ///
    /// # Errors
    /// No handler can be set.
    pub fn on_signals() -> io::Result<Self> {
        let stop = Stop {
            harmless: Arc::new(AtomicBool::new(true)),
            ..Stop::default()
        };
        let hang_up = (!is_ignored(SIGHUP)).then_some(SIGHUP);
        for signal in [SIGINT, SIGTERM].into_iter().chain(hang_up) {
            flag::register_conditional_default(signal, Arc::clone(&stop.harmless))?;
            // In this order: at the first signal the flag is not set yet.
            flag::register_conditional_default(signal, Arc::clone(&stop.is_set))?;
            flag::register_usize(signal, Arc::clone(&stop.signal), signal as usize)?;
            flag::register(signal, Arc::clone(&stop.is_set))?;
        }
        Ok(stop)
    }

    /// Something is about to be changed: from now on signals are heeded where
    /// that leaves nothing half done.
    pub fn hold(&self) {
        self.harmless.store(false, Ordering::SeqCst);
    }

    /// Whether work is to end.
    pub fn is_set(&self) -> bool {
        self.is_set.load(Ordering::SeqCst)
    }

    /// Waits this long, or until work is to end.
    pub fn pause(&self, time: Duration) {
        let end = Instant::now() + time;
        while !self.is_set() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            thread::sleep(left.min(LOOK));
        }
    }

    /// Ends the process as the signal would have, once all is said; returns if
    /// there was none. So a shell loop around the command ends, too.
    pub fn obey(&self) {
        if self.is_set() {
            let signal = self.signal.load(Ordering::SeqCst);
            let signal = i32::try_from(signal).unwrap_or(SIGINT);
            // It ends the process, or the exit code says that not all was done.
            let _ = low_level::emulate_default_handler(signal);
        }
    }

    /// As a signal does.
    #[cfg(test)]
    pub(in crate::power) fn set(&self) {
        self.is_set.store(true, Ordering::SeqCst);
    }
}

/// Whether this process was told to ignore a signal. Where the system does not
/// say so, it counts as ignored: then the signal goes on doing what it does.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let set = line.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    set.is_none_or(|set| set >> (signal - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_is_known() {
        // Rust programs ignore it from the start.
        assert!(is_ignored(signal_hook::consts::SIGPIPE));
        assert!(!is_ignored(SIGTERM));
    }

    #[test]
    fn a_pause_ends_when_work_is_to_end() {
        let stop = Stop::default();
        stop.pause(Duration::from_millis(1));
        assert!(!stop.is_set());
        stop.set();
        stop.pause(Duration::from_secs(3600));
        assert!(stop.is_set());
    }
}
