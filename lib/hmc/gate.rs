//! How many commands one HMC carries out at a time.

use std::sync::{Condvar, Mutex, PoisonError};

/// Lets a number of threads through at a time. Waiting here does not count
/// against the deadline of a command, as waiting for a session would.
///
/// One place is kept from commands that take minutes: an HMC on which as many
/// LPARs boot as it has places could not be asked anything.
#[derive(Debug)]
pub(super) struct Gate {
    width: usize,
    used: Mutex<Used>,
    freed: Condvar,
}

#[derive(Debug, Default, Clone, Copy)]
struct Used {
    all: usize,
    long: usize,
}

/// How long a command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// A question, or a change that is answered once it is accepted.
    Short,
    /// Minutes.
    Long,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    gate: &'a Gate,
    length: Length,
}

impl Gate {
    /// A gate with so many places, at least one.
    pub fn new(width: usize) -> Self {
        Gate {
            width: width.max(1),
            used: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Waits for a place.
    pub fn enter(&self, length: Length) -> Place<'_> {
        let long = (self.width - 1).max(1);
        let full = |used: &mut Used| {
            used.all == self.width || (length == Length::Long && used.long == long)
        };
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let used = self.freed.wait_while(used, full);
        let mut used = used.unwrap_or_else(PoisonError::into_inner);
        used.all += 1;
        used.long += usize::from(length == Length::Long);
        Place { gate: self, length }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut used = self
            .gate
            .used
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        used.all -= 1;
        used.long -= usize::from(self.length == Length::Long);
        // One of those who wait may not be one who can have it.
        self.gate.freed.notify_all();
    }
}
