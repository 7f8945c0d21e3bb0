//! What `mkvterm` and `rmvterm` say around the console of an LPAR.
//!
//! `mkvterm` says whether it got the terminal and goes on with what the LPAR
//! prints; its exit status is 0 even where another session holds the terminal.
//! A session that `rmvterm` threw out gets a text and stays open and silent,
//! so the text is the only sign. Two traps: HMCs of V7 were seen to send a NUL
//! before every character on a terminal, and a client that dies keeps the
//! terminal: `rmvterm` comes before every `mkvterm`.
//!
//! The texts are known in English only. Another one leaves an opening
//! [`Opening::Pending`], so whoever waits needs a deadline.

/// How far `mkvterm` has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Nothing decided yet. If the command has ended, what it said is a
    /// refusal: [`Refusal`](super::refusal::Refusal).
    Pending,
    /// The terminal is open.
    Open {
        /// Where the console's own bytes begin in what was said.
        console: usize,
    },
    /// Another session on this HMC holds the terminal.
    Busy,
    /// The terminal could not be opened; another HMC of the same system may
    /// hold it.
    Elsewhere,
}

/// How a terminal that was open came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// `rmvterm` closed it. The command goes on running, silently.
    ThrownOut,
    /// The command saw the end of its input and ends.
    InputEnded,
}

/// Reads all that `mkvterm` has said since its start; call it again with more
/// while it is pending.
pub fn opening(said: &[u8]) -> Opening {
    let seen = without_nuls(said);
    if let Some(place) = find(&seen, "open completed.") {
        let console = console_start(&seen, place, said.len());
        return Opening::Open { console };
    }
    if find(&seen, "already open for this partition").is_some() {
        return Opening::Busy;
    }
    match find(&seen, "open failed").is_some() {
        true => Opening::Elsewhere,
        false => Opening::Pending,
    }
}

/// Returns how the terminal ended, if what was said last says so. Give it the
/// last 200 bytes at least, 400 for an HMC that sends NULs; the text counts
/// only at the very end, and a program on the LPAR could print the same.
pub fn end(said: &[u8]) -> Option<End> {
    let seen = without_nuls(said);
    let last = seen
        .iter()
        .rposition(|(_, byte)| !byte.is_ascii_whitespace())?;
    let seen = &seen[..=last];
    let ends_with = |text: &str| {
        let start = seen.len().checked_sub(text.len());
        start.is_some_and(|start| find(&seen[start..], text).is_some())
    };
    if ends_with("this session is no longer connected. please close this window.")
        && find(seen, "connection has closed").is_some()
    {
        return Some(End::ThrownOut);
    }
    ends_with("the write socket has closed. exiting.").then_some(End::InputEnded)
}

/// Returns whether `rmvterm` said that it sent its command. It says so
/// whether or not a terminal was open.
pub fn close_sent(said: &[u8]) -> bool {
    find(&without_nuls(said), "close command sent").is_some()
}

/// The bytes that are not NUL, in lower case, with their places.
fn without_nuls(said: &[u8]) -> Vec<(usize, u8)> {
    let places = said.iter().map(u8::to_ascii_lowercase).enumerate();
    places.filter(|(_, byte)| *byte != 0).collect()
}

/// Returns the place after the first `text`, an index of `seen`.
fn find(seen: &[(usize, u8)], text: &str) -> Option<usize> {
    let same = |window: &[(usize, u8)]| window.iter().map(|(_, byte)| *byte).eq(text.bytes());
    let start = seen.windows(text.len()).position(same)?;
    Some(start + text.len())
}

/// The message ends with a blank, a line end and two blanks; those that have
/// arrived belong to it.
fn console_start(seen: &[(usize, u8)], place: usize, all: usize) -> usize {
    let rest = seen.iter().skip(place);
    let frame = rest
        .zip(b" \r\n  ")
        .take_while(|((_, byte), want)| byte == *want);
    let next = place + frame.count();
    seen.get(next).map_or(all, |(start, _)| *start)
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! capture {
        ($name:literal) => {
            include_bytes!(concat!("../../tests/fixtures/hmc/", $name, ".txt"))
        };
    }

    fn with_nuls(said: &[u8]) -> Vec<u8> {
        said.iter().flat_map(|byte| [0, *byte]).collect()
    }

    #[test]
    fn an_opening_is_pending_until_it_is_complete() {
        let said = capture!("mkvterm-open");
        let done = said.windows(10).position(|w| w == b"Completed.").unwrap() + 10;
        for length in 0..done {
            assert_eq!(opening(&said[..length]), Opening::Pending, "{length}");
        }
        for length in done..=said.len() {
            let console = length;
            assert_eq!(opening(&said[..length]), Opening::Open { console });
        }
    }

    #[test]
    fn the_console_begins_behind_the_message() {
        let mut said = capture!("mkvterm-open").to_vec();
        let console = said.len();
        said.extend(b"\r\nlogin: already open for this partition");
        assert_eq!(opening(&said), Opening::Open { console });
        let Opening::Open { console } = opening(&with_nuls(&said)) else {
            panic!("not open");
        };
        assert_eq!(with_nuls(&said)[console..][..6], *b"\r\0\n\0l\0");
    }

    #[test]
    fn a_terminal_that_is_held_is_told() {
        for (said, expected) in [
            (&capture!("mkvterm-busy")[..], Opening::Busy),
            (&capture!("mkvterm-other-console")[..], Opening::Elsewhere),
        ] {
            assert_eq!(opening(said), expected);
            assert_eq!(opening(&with_nuls(said)), expected);
        }
        let refused = b"HSCL8012 The partition named x was not found.\n";
        assert_eq!(opening(refused), Opening::Pending);
    }

    #[test]
    fn ends_are_told_from_what_the_console_printed() {
        let thrown = &capture!("mkvterm-thrown-out")[..];
        let ended = &capture!("mkvterm-input-ended")[..];
        for (said, expected) in [(thrown, End::ThrownOut), (ended, End::InputEnded)] {
            let after = [b"login: root\r\n", said].concat();
            assert_eq!(end(&after), Some(expected));
            assert_eq!(end(&with_nuls(&after)), Some(expected));
            assert_eq!(end(&[&after[..], b"$ "].concat()), None);
            assert_eq!(end(&[&after[..], &after].concat()), Some(expected));
            assert_eq!(end(&said[..said.len() - 12]), None);
        }
        for said in [&b""[..], b"\0\0", b"\n\n", capture!("mkvterm-open")] {
            assert_eq!(end(said), None);
        }
    }

    #[test]
    fn rmvterm_says_that_it_sent_its_command() {
        assert!(close_sent(capture!("rmvterm")));
        assert!(!close_sent(
            b"HSCL8012 The partition named x was not found.\n"
        ));
    }
}
