//! Commands that keep their session for long, and the further connections that
//! they go through.
//!
//! A server has ten sessions a connection by default. Consoles and commands that
//! take minutes have seats, counted for all processes of this user; the first
//! few go through the connection that commands share, the others through further
//! ones, so that commands find sessions free.

use std::path::Path;

use super::control::Lock;
use super::openssh::{Host, OpenSsh};
use super::outcome::Failure;
use super::target::Target;

/// Seats at the connection that commands share.
const GUESTS: usize = 2;

/// Seats of all processes of this user at one host.
const SEATS: usize = 1024;

/// The further connections that a host may have.
pub(super) const LANES: std::ops::RangeInclusive<usize> = 1..=SEATS;

/// The connection of a seat: 0 is the one that commands share, the others have
/// `width` seats each.
fn lane(seat: usize, width: usize) -> usize {
    seat.checked_sub(GUESTS)
        .map_or(0, |seat| 1 + seat / width.max(1))
}

/// Why a command was not started.
pub(super) enum NotStarted {
    /// The server has no session for it on this connection.
    Busy,
    /// Something else.
    Failed(Failure),
}

impl From<Failure> for NotStarted {
    fn from(failure: Failure) -> Self {
        NotStarted::Failed(failure)
    }
}

impl OpenSsh {
    /// Has `start` start a command through the connection, named by its socket,
    /// of the first seat that is free and has a session for it. The seat is
    /// taken until what is returned beside the result is dropped.
    pub(super) fn seated<T>(
        &self,
        target: &Target,
        host: &Host,
        mut start: impl FnMut(&Path) -> Result<T, NotStarted>,
    ) -> Result<(T, Lock), Failure> {
        let failed = |reason: String| Failure::Client {
            host: target.label(),
            reason,
        };
        let shared = self.socket(target, host, 0)?;
        let mut full = None;
        for number in 0..SEATS {
            let lane = lane(number, target.max_sessions);
            if full == Some(lane) {
                continue;
            }
            let seat = Lock::try_seat(&shared, number);
            let Some(seat) = seat.map_err(|error| failed(error.to_string()))? else {
                continue;
            };
            match start(&self.socket(target, host, lane)?) {
                Ok(started) => return Ok((started, seat)),
                Err(NotStarted::Busy) => full = Some(lane),
                Err(NotStarted::Failed(failure)) => return Err(failure),
            }
        }
        Err(failed(format!("{SEATS} consoles and boots are open")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_seats_are_at_the_connection_of_commands_the_others_at_their_own() {
        let lanes: Vec<_> = (0..12).map(|seat| lane(seat, 4)).collect();
        assert_eq!(lanes, [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3]);
        assert_eq!(lane(5, 0), 4);
    }
}
