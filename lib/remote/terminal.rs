//! Pseudo-terminals of this machine.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr};

/// A pseudo-terminal that changes no byte: its modes become those of the
/// terminal on the other machine.
#[derive(Debug)]
pub(super) struct Terminal {
    control: OwnedFd,
}

impl Terminal {
    /// Opens one.
    pub fn open() -> io::Result<Self> {
        let control = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&control)?;
        unlockpt(&control)?;
        Ok(Terminal { control })
    }

    /// Its other end, for whoever uses it.
    pub fn user_end(&self) -> io::Result<OwnedFd> {
        let path = ptsname(&self.control, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let user_end = open(path, flags, Mode::empty())?;
        let mut modes = tcgetattr(&user_end)?;
        modes.make_raw();
        tcsetattr(&user_end, OptionalActions::Now, &modes)?;
        Ok(user_end)
    }
}

/// The terminal of this process with other modes, until this is dropped: with
/// every key handed on as it is typed, or without showing it.
#[derive(Debug)]
pub struct Raw {
    terminal: OwnedFd,
    modes: Termios,
}

impl Raw {
    /// Changes the terminal behind a descriptor; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be changed.
    pub fn set(descriptor: BorrowedFd<'_>) -> io::Result<Option<Self>> {
        Self::with(descriptor, Termios::make_raw)
    }

    /// Keeps it from showing what is typed. Lines end as ever; the keys that
    /// interrupt do not, or the terminal would be left like this.
    ///
    /// # Errors
    /// It cannot be changed.
    pub fn silent(descriptor: BorrowedFd<'_>) -> io::Result<Option<Self>> {
        Self::with(descriptor, |modes| {
            modes.local_modes -= LocalModes::ECHO | LocalModes::ISIG;
        })
    }

    fn with(
        descriptor: BorrowedFd<'_>,
        change: impl FnOnce(&mut Termios),
    ) -> io::Result<Option<Self>> {
        if !isatty(descriptor) {
            return Ok(None);
        }
        let terminal = descriptor.try_clone_to_owned()?;
        let modes = tcgetattr(&terminal)?;
        let mut changed = modes.clone();
        change(&mut changed);
        tcsetattr(&terminal, OptionalActions::Now, &changed)?;
        Ok(Some(Raw { terminal, modes }))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // What cannot be restored is gone: the terminal was closed.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.modes);
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;
    use rustix::termios::OutputModes;

    #[test]
    fn the_modes_change_no_byte() {
        let terminal = Terminal::open().unwrap();
        let modes = tcgetattr(terminal.user_end().unwrap()).unwrap();
        let local = LocalModes::ECHO | LocalModes::ISIG | LocalModes::ICANON;
        assert!(!modes.local_modes.intersects(local));
        assert!(!modes.output_modes.contains(OutputModes::OPOST));
    }

    #[test]
    fn a_silent_terminal_shows_nothing_until_it_is_dropped() {
        let terminal = Terminal::open().unwrap();
        let user_end = terminal.user_end().unwrap();
        let mut modes = tcgetattr(&user_end).unwrap();
        modes.local_modes |= LocalModes::ECHO | LocalModes::ISIG | LocalModes::ICANON;
        tcsetattr(&user_end, OptionalActions::Now, &modes).unwrap();
        let local = || tcgetattr(&user_end).unwrap().local_modes;
        let silent = Raw::silent(user_end.as_fd()).unwrap();
        assert!(silent.is_some() && !local().intersects(LocalModes::ECHO | LocalModes::ISIG));
        assert!(local().contains(LocalModes::ICANON));
        drop(silent);
        assert!(local().contains(LocalModes::ECHO | LocalModes::ISIG));
    }
}
