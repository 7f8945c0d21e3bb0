//! The console of a partition on a session: what is typed goes there, what it shows comes back,
//! until `~.`, the end of the input, or `rmvterm`.

use std::sync::Arc;
use std::time::Duration;

use super::terminal::{Input, Terminal};
use crate::hmc::vterm::{self, Vterm};
use crate::host::Host;
use crate::shell::Outcome;

/// How often the state of the partition is looked at for what appears by itself.
const LOOK: Duration = Duration::from_millis(200);
/// Between the two halves of the opening (half a second on a real console).
const OPENING: Duration = Duration::from_millis(50);
/// The question after `~.` (that there is one is known, its text assumed).
const QUESTION: &str = "\r\nTerminate session? [y/n] ";

/// What `mkvterm` itself makes of typed bytes.
#[derive(Debug, Default, PartialEq, Eq)]
enum Escape {
    /// At the start of a line.
    #[default]
    Start,
    /// After `~` at the start of a line.
    Tilde,
    /// Within a line.
    Within,
    /// Asked whether the session shall end.
    Asked,
}

/// What one typed byte leads to.
#[derive(Debug, PartialEq, Eq)]
enum Typed {
    /// Bytes for the partition.
    Pass(Vec<u8>),
    /// The question is asked.
    Ask,
    /// The session ends.
    End,
}

impl Escape {
    fn feed(&mut self, byte: u8) -> Typed {
        let (next, typed) = match (&*self, byte) {
            (Self::Asked, b'y' | b'Y') => return Typed::End,
            (Self::Asked, _) => (Self::Start, Typed::Pass(Vec::new())),
            (Self::Start, b'~') => (Self::Tilde, Typed::Pass(Vec::new())),
            (Self::Tilde, b'.') => (Self::Asked, Typed::Ask),
            // A second tilde stands for one.
            (Self::Tilde, b'~') => (Self::Within, Typed::Pass(vec![b'~'])),
            (Self::Tilde, byte) => (after(byte), Typed::Pass(vec![b'~', byte])),
            (_, byte) => (after(byte), Typed::Pass(vec![byte])),
        };
        *self = next;
        typed
    }
}

fn after(byte: u8) -> Escape {
    match byte {
        b'\r' | b'\n' => Escape::Start,
        _ => Escape::Within,
    }
}

/// Holds a terminal until it ends.
pub async fn run(host: &Arc<Host>, terminal: &Terminal, held: &Vterm) -> Outcome {
    // What happened before is not shown; from here on every change is.
    drop(host.type_at(&held.key, &[]));
    say(host, terminal, vterm::OPENING).await;
    tokio::time::sleep(OPENING).await;
    say(host, terminal, vterm::OPENED).await;
    let mut escape = Escape::default();
    loop {
        tokio::select! {
            () = held.closed.notified() => {
                say(host, terminal, vterm::THROWN_OUT).await;
                // The session stays; only the client ends it.
                return std::future::pending().await;
            }
            input = terminal.input() => match input {
                Some(Input::Bytes(bytes)) => for (at, byte) in bytes.iter().enumerate() {
                    match escape.feed(*byte) {
                        Typed::Pass(bytes) => {
                            let shown = host.type_at(&held.key, &bytes);
                            terminal.raw(&shown).await;
                        }
                        Typed::Ask => terminal.raw(QUESTION.as_bytes()).await,
                        Typed::End => {
                            // What was typed after it is for the shell.
                            terminal.unread(&bytes[at + 1..]);
                            host.release(held);
                            terminal.raw(b"\r\n").await;
                            return Outcome::status(0);
                        }
                    }
                },
                Some(Input::End) => return Outcome::said(vterm::INPUT_ENDED.to_owned()),
                None => return Outcome::status(0),
            },
            () = tokio::time::sleep(LOOK) => {
                let shown = host.type_at(&held.key, &[]);
                terminal.raw(&shown).await;
            }
        }
    }
}

/// Writes what `mkvterm` itself says, its line ends as they are. Old consoles put a NUL before
/// every character on a terminal (seen by a client of V7).
pub async fn say(host: &Host, terminal: &Terminal, text: &str) {
    if terminal.is_pty() && host.is_old_console() {
        let bytes: Vec<u8> = text.bytes().flat_map(|byte| [0, byte]).collect();
        terminal.raw(&bytes).await;
    } else {
        terminal.raw(text.as_bytes()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(text: &[u8]) -> (Vec<u8>, Option<Typed>) {
        let (mut escape, mut all) = (Escape::default(), Vec::new());
        for byte in text {
            match escape.feed(*byte) {
                Typed::Pass(bytes) => all.extend(bytes),
                other => return (all, Some(other)),
            }
        }
        (all, None)
    }

    #[test]
    fn tilde_dot_counts_at_the_start_of_a_line_only() {
        assert_eq!(passed(b"ls\r~."), (b"ls\r".to_vec(), Some(Typed::Ask)));
        assert_eq!(passed(b"a~.b"), (b"a~.b".to_vec(), None));
        assert_eq!(passed(b"~~.x"), (b"~.x".to_vec(), None));
        assert_eq!(passed(b"~/x\r"), (b"~/x\r".to_vec(), None));
        let mut escape = Escape::Asked;
        assert_eq!(escape.feed(b'n'), Typed::Pass(Vec::new()));
        assert_eq!(escape, Escape::Start);
    }
}
