//! The console of an LPAR, through its HMC's `mkvterm`.
//!
//! An HMC gives a console to one session at a time, and keeps it for a session
//! that died: so it is given back with `rmvterm` when it is left, however that
//! happens, but not after somebody else has taken it over.

use std::io::{self, Write};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use super::{Hardware, Machine, NotDone, Stop};
use crate::hmc::refusal::Refusal;
use crate::hmc::vterm::{self, End, Opening};
use crate::hmc::{Mtms, Points, ask, change};
use crate::remote::{Command, Failure, Interactive, OpenSsh, Target};

pub use crate::remote::Raw;

/// How often a signal is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// How often a console is tried after it was taken from another.
const TRIES: u32 = 5;

/// The last bytes that may hold the text of an end.
const TAIL: usize = 400;

/// Why there is no console, or no more.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The node has none.
    #[error(transparent)]
    Node(#[from] NotDone),
    /// Another session has it.
    #[error("the console is in use; take it over with -f")]
    Busy,
    /// Another session has it, on another HMC.
    #[error("the console could not be opened; it may be in use on another HMC of the system")]
    Elsewhere,
    /// Somebody took it over.
    #[error("another session has taken the console over")]
    TakenOver,
    /// The HMC refused it, or it was lost.
    #[error("the console ended: {0}")]
    Ended(String),
    /// The HMC said nothing.
    #[error("the HMC opened no console within {} s", .0.as_secs())]
    Silent(Duration),
    /// The HMC could not be asked.
    #[error(transparent)]
    Remote(#[from] Failure),
    /// This side's input or output failed.
    #[error("cannot go on")]
    Local(#[from] io::Error),
}

/// The user's side of a console.
pub struct Seat<'a> {
    /// What is typed.
    pub input: BorrowedFd<'a>,
    /// Where the console is shown.
    pub output: &'a mut dyn Write,
    /// Whether a console in use is to be taken over.
    pub take_over: &'a mut dyn FnMut() -> bool,
    /// Told when the console is open: from then on keys are for it.
    pub opened: &'a mut dyn FnMut() -> io::Result<()>,
    /// Set when the console is to be left.
    pub stop: &'a Stop,
}

/// Shows the console of the first node of `hardware` until `~.` is typed at
/// the beginning of a line, the input ends, or a signal comes.
///
/// # Errors
/// The console cannot be opened, or ends by itself.
pub fn console(
    hardware: &Hardware,
    points: &Points,
    ssh: &OpenSsh,
    seat: &mut Seat<'_>,
) -> Result<(), Error> {
    let line = Line::find(hardware, points, ssh)?;
    let (mut session, first) = line.open(seat)?;
    (seat.opened)()?;
    let result = serve(&mut session, &first, seat);
    if !matches!(result, Err(Error::TakenOver)) {
        // The session ends with or without it.
        let _ = points.ask_one(line.hmc, &change::close_console(line.system, line.id));
    }
    result
}

/// Where a console is.
struct Line<'a> {
    points: &'a Points<'a>,
    ssh: &'a OpenSsh,
    hardware: &'a Hardware,
    target: &'a Target,
    hmc: usize,
    system: &'a Mtms,
    id: u32,
}

impl<'a> Line<'a> {
    fn find(
        hardware: &'a Hardware,
        points: &'a Points<'a>,
        ssh: &'a OpenSsh,
    ) -> Result<Self, Error> {
        let node = &hardware.nodes[0];
        let machine = node.machine()?;
        let Machine::Lpar { id } = machine else {
            return Err(NotDone::from(super::netboot::Error::NoLpar).into());
        };
        let system = node.managed(machine)?;
        let states = points.ask(&node.hcps, &ask::lpar_states(system));
        let (hmc, states) = states.map_err(NotDone::Hmc)?;
        super::switch::identify(system, id, &node.name, &states)?;
        Ok(Line {
            points,
            ssh,
            hardware,
            target: points.target(hmc),
            hmc,
            system,
            id,
        })
    }

    /// Opens the console; returns it with what it has shown.
    fn open(&self, seat: &mut Seat<'_>) -> Result<(Interactive, Vec<u8>), Error> {
        let mut taken = false;
        for _ in 0..TRIES {
            match self.try_once(seat.stop) {
                Err(error @ (Error::Busy | Error::Elsewhere)) => {
                    if !taken && !(seat.take_over)() {
                        return Err(error);
                    }
                    taken = true;
                    self.take()?;
                    seat.stop.pause(Duration::from_secs(1));
                }
                other => return other,
            }
        }
        Err(Error::Busy)
    }

    /// Has every HMC of the system close the console.
    fn take(&self) -> Result<(), Error> {
        let close = change::close_console(self.system, self.id);
        let mut errors = Vec::new();
        let hcps = &self.hardware.nodes[0].hcps;
        for hmc in hcps {
            errors.extend(self.points.ask_one(*hmc, &close).err());
        }
        match errors.len() == hcps.len() {
            true => Err(NotDone::Hmc(errors).into()),
            false => Ok(()),
        }
    }

    fn try_once(&self, stop: &Stop) -> Result<(Interactive, Vec<u8>), Error> {
        let limits = self.hardware.settings.limits;
        let command = Command::new("mkvterm")
            .arg("-m")
            .arg(self.system.to_string());
        let command = command.args(["--id".to_owned(), self.id.to_string()]);
        let mut session = self.ssh.interact(self.target, &command, &limits)?;
        let deadline = Instant::now() + limits.deadline;
        let mut said = Vec::new();
        while Instant::now() < deadline && !stop.is_set() {
            let heard = session.hear(None, LOOK);
            said.extend(heard.said);
            match vterm::opening(&said) {
                Opening::Open { console } => return Ok((session, said.split_off(console))),
                Opening::Busy => return Err(Error::Busy),
                Opening::Elsewhere => return Err(Error::Elsewhere),
                Opening::Pending if heard.ended => {
                    let text = String::from_utf8_lossy(&said);
                    return Err(Error::Ended(Refusal::new(1, &text, "").to_string()));
                }
                Opening::Pending => {}
            }
        }
        Err(Error::Silent(limits.deadline))
    }
}

/// Moves bytes both ways until one side has enough.
fn serve(session: &mut Interactive, first: &[u8], seat: &mut Seat<'_>) -> Result<(), Error> {
    seat.output.write_all(first)?;
    seat.output.flush()?;
    let mut tail = Vec::new();
    let mut keys = Keys::Start;
    while !seat.stop.is_set() {
        let heard = session.hear(Some(seat.input), LOOK);
        if !heard.said.is_empty() {
            seat.output.write_all(&heard.said)?;
            seat.output.flush()?;
            tail.extend(&heard.said);
            tail.drain(..tail.len().saturating_sub(TAIL));
            match vterm::end(&tail) {
                Some(End::ThrownOut) => return Err(Error::TakenOver),
                Some(End::InputEnded) => return Ok(()),
                None => {}
            }
        }
        if heard.ended {
            return Err(Error::Ended(
                "the connection to the HMC was lost".to_owned(),
            ));
        }
        if heard.other {
            let mut typed = [0; 4096];
            let count = rustix::io::read(seat.input, &mut typed).map_err(io::Error::from)?;
            if count == 0 {
                return Ok(());
            }
            let Some(bytes) = keys.pass(&typed[..count]) else {
                return Ok(());
            };
            session.say(&bytes)?;
        }
    }
    Ok(())
}

/// Where the typist is: `~.` at the beginning of a line leaves the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// At the beginning of a line.
    Start,
    /// After a `~` there.
    Tilde,
    /// Within a line.
    Within,
}

impl Keys {
    /// What of these bytes is for the console; `None` if it is to be left.
    /// `~~` at the beginning of a line is one `~`.
    fn pass(&mut self, typed: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(typed.len());
        for byte in typed {
            match (*self, byte) {
                (Keys::Start, b'~') => {
                    *self = Keys::Tilde;
                    continue;
                }
                (Keys::Tilde, b'.') => return None,
                (Keys::Tilde, b'~') => {}
                (Keys::Tilde, _) => bytes.push(b'~'),
                _ => {}
            }
            bytes.push(*byte);
            *self = match byte {
                b'\r' | b'\n' => Keys::Start,
                _ => Keys::Within,
            };
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pieces: &[&str]) -> Option<String> {
        let mut keys = Keys::Start;
        let mut all = Vec::new();
        for piece in pieces {
            all.extend(keys.pass(piece.as_bytes())?);
        }
        Some(String::from_utf8(all).unwrap())
    }

    #[test]
    fn tilde_dot_leaves_at_the_beginning_of_a_line_only() {
        let text = |pieces| typed(pieces).unwrap();
        assert_eq!(text(&["ls ~.\r"]), "ls ~.\r");
        assert_eq!(text(&["~", "~", ".\r"]), "~.\r");
        assert_eq!(text(&["~x\r~"]), "~x\r");
        assert_eq!(typed(&["~."]), None);
        assert_eq!(typed(&["ls\r", "~", "."]), None);
        assert_eq!(text(&["a~", "."]), "a~.");
    }
}
