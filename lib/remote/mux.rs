//! The protocol that ssh processes speak on a control socket (OpenSSH's
//! PROTOCOL.mux, version 4), as much of it as a client needs.
//!
//! Spoken natively because it answers more than a `ssh -S …` process would: an
//! exit message tells a command that ended with 255 from a connection that was
//! lost, a refused session is told from a failed login, nothing can fall back
//! to a login of its own, and there is no process to start, kill or wait for.

use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

const VERSION: u32 = 4;
const HELLO: u32 = 0x0000_0001;
const NEW_SESSION: u32 = 0x1000_0002;
const ALIVE_CHECK: u32 = 0x1000_0004;
const TERMINATE: u32 = 0x1000_0005;
const STOP_LISTENING: u32 = 0x1000_0009;
const OK: u32 = 0x8000_0001;
const PERMISSION_DENIED: u32 = 0x8000_0002;
const FAILURE: u32 = 0x8000_0003;
const EXIT_MESSAGE: u32 = 0x8000_0004;
const ALIVE: u32 = 0x8000_0005;
const SESSION_OPENED: u32 = 0x8000_0006;

/// No answer of a master is nearly as long; a longer one is not from a master.
const MESSAGE_MAX: u32 = 256 << 10;

/// Why a master did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// There is no socket.
    #[error("there is no master connection")]
    Absent,
    /// There is a socket and nobody listens: its master was killed.
    #[error("the master connection has died")]
    Stale,
    /// The master process, or the host behind it, gave no answer in time.
    #[error("the master connection does not answer")]
    Silent,
    /// The master ended while it was being talked to.
    #[error("the master connection was closed")]
    Closed,
    /// The master, or the host behind it, said no.
    #[error("{0}")]
    Refused(String),
    /// The answer was none that a master gives.
    #[error("the control socket gave an answer that is not OpenSSH's")]
    Garbled,
    /// The socket could not be used.
    #[error("the control socket failed")]
    Socket(#[source] io::Error),
}

impl Error {
    fn of(source: io::Error) -> Self {
        use io::ErrorKind as Kind;
        match source.kind() {
            Kind::NotFound => Error::Absent,
            Kind::ConnectionRefused => Error::Stale,
            Kind::WouldBlock | Kind::TimedOut => Error::Silent,
            Kind::UnexpectedEof | Kind::BrokenPipe | Kind::ConnectionReset => Error::Closed,
            _ => Error::Socket(source),
        }
    }
}

/// What a master says about a session after it was opened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The remote command's exit status.
    Exit(u32),
    /// Something else, of no interest to a session without a terminal.
    Other,
    /// The master has nothing more to say about this session.
    Closed,
}

/// A connection to a master's control socket, past the greeting.
#[derive(Debug)]
pub(super) struct Client {
    stream: UnixStream,
    request: u32,
}

impl Client {
    /// Connects to the master at `socket` and exchanges greetings.
    pub fn connect(socket: &Path, deadline: Instant) -> Result<Self, Error> {
        let stream = UnixStream::connect(socket).map_err(Error::of)?;
        let mut client = Client { stream, request: 0 };
        client.send(Message::new(HELLO).u32(VERSION), deadline)?;
        let mut hello = client.receive(deadline)?;
        if hello.kind != HELLO || hello.u32()? != VERSION {
            return Err(Error::Garbled);
        }
        Ok(client)
    }

    /// The master's process id. Says nothing about the network behind it.
    pub fn pid(&mut self, deadline: Instant) -> Result<u32, Error> {
        let mut reply = self.ask(ALIVE_CHECK, deadline)?;
        reply.expect(ALIVE)?;
        reply.u32()
    }

    /// Ends the master and all sessions with it; returns when it has begun to.
    /// A client that has asked for a session is not heard: take another.
    pub fn terminate(mut self, deadline: Instant) -> Result<(), Error> {
        match self.ask(TERMINATE, deadline) {
            // A master may end before it replies.
            Ok(_) | Err(Error::Closed) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Lets the master take no new sessions and end with its last one.
    pub fn stop(mut self, deadline: Instant) -> Result<(), Error> {
        self.ask(STOP_LISTENING, deadline)?.expect(OK)
    }

    /// Runs `command` in a new session with these descriptors as stdin, stdout
    /// and stderr; returns when the host has opened the session. With
    /// `terminal` it runs on a terminal there, with the modes of the one that
    /// is its stdin here.
    ///
    /// Keep `self` until the end: the master ends a session whose client left.
    pub fn open_session(
        &mut self,
        command: &str,
        environment: &[&str],
        terminal: bool,
        descriptors: [BorrowedFd<'_>; 3],
        deadline: Instant,
    ) -> Result<(), Error> {
        self.request += 1;
        // PROTOCOL.mux calls the four flags booleans; OpenSSH writes words.
        let mut message = Message::new(NEW_SESSION)
            .u32(self.request)
            .text("") // reserved
            .u32(terminal.into())
            .u32(0) // no X11
            .u32(0) // no agent
            .u32(0) // no subsystem
            .u32(u32::MAX) // no escape character
            .text("") // terminal type
            .text(command);
        for variable in environment {
            message = message.text(variable);
        }
        self.send(message, deadline)?;
        for descriptor in descriptors {
            self.pass(descriptor)?;
        }
        self.reply(deadline)?.expect(SESSION_OPENED)
    }

    /// Whether the session that [`Client::open_session`] gave up on was opened
    /// after all. Waits until the master is gone or `deadline` passes.
    pub fn was_opened(mut self, deadline: Instant) -> bool {
        loop {
            match self.receive(deadline) {
                Ok(message) if message.kind == SESSION_OPENED => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    }

    /// The next message about the session. Call it when the socket is readable.
    pub fn event(&mut self, deadline: Instant) -> Result<Event, Error> {
        match self.receive(deadline) {
            Ok(mut message) if message.kind == EXIT_MESSAGE => {
                message.u32()?; // the session's id
                Ok(Event::Exit(message.u32()?))
            }
            Ok(_) => Ok(Event::Other),
            Err(Error::Closed) => Ok(Event::Closed),
            Err(error) => Err(error),
        }
    }

    fn ask(&mut self, kind: u32, deadline: Instant) -> Result<Reply, Error> {
        self.request += 1;
        self.send(Message::new(kind).u32(self.request), deadline)?;
        self.reply(deadline)
    }

    /// The answer to the last request; a refusal becomes an error.
    fn reply(&mut self, deadline: Instant) -> Result<Reply, Error> {
        let mut reply = self.receive(deadline)?;
        if reply.u32()? != self.request {
            return Err(Error::Garbled);
        }
        match reply.kind {
            PERMISSION_DENIED | FAILURE => Err(Error::Refused(reply.text()?)),
            _ => Ok(reply),
        }
    }

    fn send(&mut self, message: Message, deadline: Instant) -> Result<(), Error> {
        let wait = left(deadline).ok_or(Error::Silent)?;
        self.stream
            .set_write_timeout(Some(wait))
            .map_err(Error::of)?;
        self.stream.write_all(&message.framed()).map_err(Error::of)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Reply, Error> {
        let length = u32::from_be_bytes(self.read(deadline)?);
        if !(4..=MESSAGE_MAX).contains(&length) {
            return Err(Error::Garbled);
        }
        let kind = u32::from_be_bytes(self.read(deadline)?);
        let mut body = vec![0; length as usize - 4];
        self.fill(&mut body, deadline)?;
        Ok(Reply { kind, body, at: 0 })
    }

    fn read<const N: usize>(&mut self, deadline: Instant) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, deadline)?;
        Ok(bytes)
    }

    /// `read_exact` with one deadline for the whole, not one for each byte.
    fn fill(&mut self, mut buffer: &mut [u8], deadline: Instant) -> Result<(), Error> {
        while !buffer.is_empty() {
            let wait = left(deadline).ok_or(Error::Silent)?;
            self.stream
                .set_read_timeout(Some(wait))
                .map_err(Error::of)?;
            match self.stream.read(buffer) {
                Ok(0) => return Err(Error::Closed),
                Ok(count) => buffer = &mut buffer[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::of(error)),
            }
        }
        Ok(())
    }

    /// Hands one descriptor over, with the one byte that OpenSSH sends along.
    fn pass(&self, descriptor: BorrowedFd<'_>) -> Result<(), Error> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let descriptors = [descriptor];
        control.push(SendAncillaryMessage::ScmRights(&descriptors));
        let byte = [IoSlice::new(&[0])];
        loop {
            match sendmsg(&self.stream, &byte, &mut control, SendFlags::NOSIGNAL) {
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(Error::of(errno.into())),
            }
        }
    }
}

impl AsFd for Client {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// The time until `deadline`; `None` when it has passed.
pub(super) fn left(deadline: Instant) -> Option<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    (!left.is_zero()).then_some(left)
}

/// A message under construction: the bytes behind the length word.
struct Message(Vec<u8>);

impl Message {
    fn new(kind: u32) -> Self {
        Message(kind.to_be_bytes().to_vec())
    }

    fn u32(mut self, word: u32) -> Self {
        self.0.extend(word.to_be_bytes());
        self
    }

    fn text(self, text: &str) -> Self {
        // Command lines are bounded by the caller, far below 4 GiB.
        let mut message = self.u32(text.len() as u32);
        message.0.extend(text.as_bytes());
        message
    }

    fn framed(self) -> Vec<u8> {
        let mut bytes = (self.0.len() as u32).to_be_bytes().to_vec();
        bytes.extend(self.0);
        bytes
    }
}

/// A message as received.
struct Reply {
    kind: u32,
    body: Vec<u8>,
    at: usize,
}

impl Reply {
    fn expect(&self, kind: u32) -> Result<(), Error> {
        if self.kind == kind {
            Ok(())
        } else {
            Err(Error::Garbled)
        }
    }

    fn u32(&mut self) -> Result<u32, Error> {
        let word = self.body[self.at..].first_chunk().ok_or(Error::Garbled)?;
        self.at += word.len();
        Ok(u32::from_be_bytes(*word))
    }

    fn text(&mut self) -> Result<String, Error> {
        let length = self.u32()? as usize;
        let bytes = self.body[self.at..].get(..length).ok_or(Error::Garbled)?;
        self.at += length;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;
    use std::thread;

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(200)
    }

    /// What a client makes of a peer that says `bytes` and then stays silent.
    fn greeted_with(bytes: &'static [u8]) -> Error {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        let listener = UnixListener::bind(&path).unwrap();
        let peer = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(bytes).unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let error = Client::connect(&path, soon()).unwrap_err();
        peer.join().unwrap();
        error
    }

    #[test]
    fn a_silent_peer_is_given_up() {
        assert!(matches!(greeted_with(b""), Error::Silent));
        assert!(matches!(
            greeted_with(b"\0\0\0\x08\0\0\0\x01"),
            Error::Silent
        ));
    }

    #[test]
    fn a_peer_that_is_no_master_is_refused() {
        assert!(matches!(
            greeted_with(b"SSH-2.0-OpenSSH_9.2\r\n"),
            Error::Garbled
        ));
        assert!(matches!(
            greeted_with(b"\0\0\0\x08\0\0\0\x01\0\0\0\x03"),
            Error::Garbled
        ));
        assert!(matches!(
            greeted_with(b"\0\0\0\x04\0\0\0\x01"),
            Error::Garbled
        ));
        assert!(matches!(greeted_with(b"\0\0\0\0"), Error::Garbled));
    }

    #[test]
    fn absent_and_stale_sockets_differ() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        assert!(matches!(Client::connect(&path, soon()), Err(Error::Absent)));
        drop(UnixListener::bind(&path).unwrap());
        assert!(matches!(Client::connect(&path, soon()), Err(Error::Stale)));
    }
}
