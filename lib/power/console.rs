//! The console of an LPAR, through its HMC's `mkvterm`.
//!
//! An HMC gives a console to one session at a time, and keeps it for a session
//! that died: so it is given back with `rmvterm` when it is left, however that
//! happens, but not after somebody else has taken it over.

mod keys;

use std::io::{self, Write};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use self::keys::Keys;
use super::{Hardware, Machine, NotDone, Stop};
use crate::hmc::refusal::Refusal;
use crate::hmc::vterm::{self, End, Opening};
use crate::hmc::{self, Mtms, Points, ask, change};
use crate::remote::{Command, Failure, Interactive, OpenSsh, Target, Turn, readable};

pub use crate::remote::Raw;

/// How often a signal is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// How often a console is tried after it was taken from another.
const TRIES: u32 = 5;

/// The last bytes that may hold the text of an end.
const TAIL: usize = 400;

/// How many looks it takes to hear that a console was taken over.
const AFTERMATH: u32 = 3;

/// How a console ends without a word.
const LOST: &str = "the connection to the HMC was lost";

/// How long an interrupted opening is waited for.
const GRACE: Duration = Duration::from_secs(3);

/// Why there is no console, or no more.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The node has none.
    #[error(transparent)]
    Node(#[from] NotDone),
    /// Another session has it.
    #[error("the console is in use; take it over with rcons -f")]
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

impl Error {
    /// Whether the HMC did not let us in: trying again by itself could make it
    /// lock the account.
    pub fn is_refused_login(&self) -> bool {
        let refused = |failure: &Failure| {
            matches!(
                failure,
                Failure::Unauthorised { .. } | Failure::Untrusted { .. }
            )
        };
        match self {
            Error::Remote(failure) => refused(failure),
            Error::Node(NotDone::Hmc(errors)) => errors
                .iter()
                .any(|error| matches!(error, hmc::Error::Remote(failure) if refused(failure))),
            _ => false,
        }
    }
}

/// Who has a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Somebody had it before this session.
    Before,
    /// Somebody took it from this session.
    Taken,
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is taken over.
    TakeOver,
    /// It is left to whoever has it.
    Leave,
    /// Nobody has said: it is taken if it is free by now, else asked again.
    Look,
}

/// The user's side of a console.
pub struct Seat<'a> {
    /// What is typed.
    pub input: BorrowedFd<'a>,
    /// Where the console is shown.
    pub output: &'a mut dyn Write,
    /// What is to be done about a console in use.
    pub take_over: &'a mut dyn FnMut(Held) -> Answer,
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
    let mut held = None;
    loop {
        let (mut session, first) = line.open(seat, held)?;
        let ready = (seat.opened)().map_err(Error::from);
        match ready.and_then(|()| serve(&mut session, &first, seat)) {
            Err(Error::TakenOver) => held = Some(Held::Taken),
            result => {
                line.close(&mut session);
                return result;
            }
        }
    }
}

/// Whether something is typed within this time.
pub fn is_typed(input: BorrowedFd<'_>, wait: Duration) -> bool {
    let [typed] = readable([Some(input)], wait);
    typed
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

    /// Opens the console; returns it with what it has shown. `held` says who has
    /// it, if that is known.
    fn open(
        &self,
        seat: &mut Seat<'_>,
        mut held: Option<Held>,
    ) -> Result<(Interactive, Vec<u8>), Error> {
        let mut taken = 0;
        let mut error = match held {
            Some(Held::Taken) => Error::TakenOver,
            _ => Error::Busy,
        };
        loop {
            if let (0, Some(who)) = (taken, held) {
                match (seat.take_over)(who) {
                    Answer::TakeOver => taken = 1,
                    Answer::Leave => return Err(error),
                    Answer::Look => {}
                }
            }
            let _turn = self.turn()?;
            if taken > 0 {
                self.take()?;
                seat.stop.pause(Duration::from_secs(1));
            }
            match self.try_once(seat.stop) {
                Err(busy @ (Error::Busy | Error::Elsewhere)) => {
                    if taken >= TRIES || seat.stop.is_set() {
                        return Err(busy);
                    }
                    taken += u32::from(taken > 0);
                    if held.is_none() {
                        error = busy;
                        held = Some(Held::Before);
                    }
                }
                other => return other,
            }
        }
    }

    /// Closes it, so that others can have it.
    fn close(&self, session: &mut Interactive) {
        // Whoever opens it at this moment may be taking it over.
        let turn = self.turn();
        if turn.as_ref().is_ok_and(|(_, waited)| *waited) {
            let mut tail = Vec::new();
            for _ in 0..AFTERMATH {
                tail.extend(session.hear(None, LOOK).said);
            }
            if vterm::end(&tail) == Some(End::ThrownOut) {
                return;
            }
        }
        // The session ends with or without it.
        let _ = self
            .points
            .ask_one(self.hmc, &change::close_console(self.system, self.id));
    }

    /// Of the processes of this user one at a time opens or closes a console:
    /// what one closes late another may just have opened.
    fn turn(&self) -> Result<(Turn, bool), Failure> {
        let name = format!("console {} {}", self.system, self.id);
        let wait = self.hardware.settings.limits.deadline;
        self.ssh.turn(self.target, &name, wait)
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
        stop.hold();
        let mut session = self.ssh.interact(self.target, &command, &limits)?;
        let mut deadline = Instant::now() + limits.deadline;
        let mut said = Vec::new();
        while Instant::now() < deadline {
            // What is being opened is to be closed again.
            if stop.is_set() {
                deadline = deadline.min(Instant::now() + GRACE);
            }
            let heard = session.hear(None, LOOK);
            said.extend(heard.said);
            match vterm::opening(&said) {
                Opening::Open { console } => return Ok((session, said.split_off(console))),
                Opening::Busy => return Err(Error::Busy),
                Opening::Elsewhere => return Err(Error::Elsewhere),
                Opening::Pending if heard.ended => {
                    return Err(Error::Ended(match String::from_utf8_lossy(&said).trim() {
                        "" => LOST.to_owned(),
                        text => Refusal::new(1, text, "").to_string(),
                    }));
                }
                Opening::Pending => {}
            }
        }
        match stop.is_set() {
            true => Err(NotDone::Interrupted.into()),
            false => Err(Error::Silent(limits.deadline)),
        }
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
            return Err(Error::Ended(LOST.to_owned()));
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
