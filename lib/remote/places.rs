//! The sessions of this process on one host, counted and queued.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::mux::left;

/// The sessions of this process on one host. (A server that has no more, because
/// other processes use them, says so.)
#[derive(Debug, Default)]
pub(super) struct Sessions {
    used: Mutex<usize>,
    freed: Condvar,
}

pub(super) struct Place<'a>(&'a Sessions);

impl Sessions {
    /// A place among `most`, once one is free; `None` when the deadline passes.
    pub fn take(&self, most: usize, deadline: Instant) -> Option<Place<'_>> {
        let mut used = lock(&self.used);
        while *used >= most.max(1) {
            let waited = self.freed.wait_timeout(used, left(deadline)?);
            used = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *used += 1;
        Some(Place(self))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *lock(&self.0.used) -= 1;
        self.0.freed.notify_one();
    }
}

/// No state behind these locks can be left half changed by a panic.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
