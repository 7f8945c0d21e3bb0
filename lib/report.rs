//! What a command says: the only place that writes to a user, and where the
//! exit code is added up.
//!
//! xCAT's client prints (`Client.pm`, `handle_response`): information and data
//! on standard output; `Error: TEXT` and `Warning: TEXT` on standard error;
//! for one node `NODE: TEXT`, `NODE: Error: TEXT`. An error makes the exit
//! code 1, a warning does not.

mod outcomes;

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::termios::tcgetwinsize;

use crate::error::{Error, Result, chain};
use crate::objects::{Note, Said};

/// Collects what a command has to say.
pub struct Report {
    out: BufWriter<Box<dyn Write>>,
    err: Box<dyn Write>,
    code: u8,
    verbose: bool,
    terminal: bool,
    /// Whether somebody reads standard output as it is written.
    watched: bool,
    /// Whether a progress line stands on the terminal.
    progress: bool,
    /// The first output that could not be written while work went on.
    unwritten: Result<()>,
}

/// A line on standard error from a thread that has no [`Report`] at hand: what
/// `-V` shows while hosts are asked.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// A question on standard error; the answer is typed behind it.
pub fn ask(text: &str) {
    let mut err = io::stderr();
    let _ = write!(err, "{text}").and_then(|()| err.flush());
}

/// Whether somebody is being asked on the terminal by another program.
static PROMPTING: AtomicBool = AtomicBool::new(false);

/// Told when another program begins to ask something on the terminal, and when
/// that is over: no progress line stands there meanwhile.
pub fn prompting(begins: bool) {
    PROMPTING.store(begins, Ordering::SeqCst);
    if begins && io::stderr().is_terminal() {
        let _ = io::stderr().write_all(CLEAR.as_bytes());
    }
}

/// Clears the line that the cursor is on.
const CLEAR: &str = "\r\x1b[K";

/// How many columns the terminal behind standard error has, two at least.
fn width() -> usize {
    let size = tcgetwinsize(io::stderr()).map_or(0, |size| size.ws_col);
    match size {
        0 => 80,
        columns => usize::from(columns.max(2)),
    }
}

impl Report {
    /// Speaks to the process's own streams.
    pub fn to_user() -> Self {
        let terminal = io::stderr().is_terminal();
        Self {
            terminal,
            watched: io::stdout().is_terminal(),
            ..Self::new(Box::new(io::stdout()), Box::new(io::stderr()))
        }
    }

    /// Speaks to these writers.
    pub fn new(out: Box<dyn Write>, err: Box<dyn Write>) -> Self {
        Self {
            out: BufWriter::with_capacity(64 * 1024, out),
            err,
            code: 0,
            verbose: false,
            terminal: false,
            watched: false,
            progress: false,
            unwritten: Ok(()),
        }
    }

    /// Shows what [`Report::verbose`] is told (`-V`).
    pub fn set_verbose(&mut self, verbose: bool) {
        self.verbose = verbose;
    }

    /// Whether `-V` was given.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Whether standard output is a terminal.
    pub fn is_watched(&self) -> bool {
        self.watched
    }

    /// What a listing of definitions says.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn said(&mut self, said: Said<'_>) -> Result<()> {
        match said {
            Said::Text(text) => self.text(text)?,
            Said::Error(text) => self.error(text),
        }
        Ok(())
    }

    /// Standard output itself, for listings.
    pub fn out(&mut self) -> &mut impl Write {
        &mut self.out
    }

    /// A line on standard output.
    ///
    /// # Errors
    /// It cannot be written; if the reader went away, the command ends
    /// quietly.
    pub fn line(&mut self, text: impl Display) -> Result<()> {
        self.clear_progress();
        writeln!(self.out, "{text}").map_err(Error::Output)
    }

    /// Lines of a listing on standard output, each with its newline.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn text(&mut self, lines: &str) -> Result<()> {
        self.clear_progress();
        self.out.write_all(lines.as_bytes()).map_err(Error::Output)
    }

    /// Pieces of a listing on standard output, one after the other.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn words<const N: usize>(&mut self, words: [&str; N]) -> Result<()> {
        self.clear_progress();
        let mut write = |word: &str| self.out.write_all(word.as_bytes());
        words
            .into_iter()
            .try_for_each(&mut write)
            .map_err(Error::Output)
    }

    /// A node's line on standard output: `NODE: TEXT`.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn node(&mut self, node: &str, text: impl Display) -> Result<()> {
        self.line(format_args!("{node}: {text}"))
    }

    /// `Error: TEXT` on standard error; the exit code becomes 1.
    pub fn error(&mut self, text: impl Display) {
        self.code |= 1;
        self.diagnostic(format_args!("Error: {text}"));
    }

    /// `Warning: TEXT` on standard error.
    pub fn warning(&mut self, text: impl Display) {
        self.diagnostic(format_args!("Warning: {text}"));
    }

    /// `NODE: Error: TEXT` on standard error; the exit code becomes 1.
    pub fn node_error(&mut self, node: &str, text: impl Display) {
        self.code |= 1;
        self.diagnostic(format_args!("{node}: Error: {text}"));
    }

    /// Puts a failed write off until the command ends: work on hosts that was
    /// begun goes on, though nobody may hear of it.
    pub fn later(&mut self, written: Result<()>) {
        // Whoever looks on sees each outcome as it comes.
        let flushed = match self.watched {
            true => written.and_then(|()| self.flush()),
            false => written,
        };
        if self.unwritten.is_ok() {
            self.unwritten = flushed;
        }
    }

    /// Hands on what was said so far: what comes next takes its time.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(Error::Output)
    }

    /// `NODE: Warning: TEXT` on standard error.
    pub fn node_warning(&mut self, node: &str, text: impl Display) {
        self.diagnostic(format_args!("{node}: Warning: {text}"));
    }

    /// What an operation on definitions has to tell, in its order.
    ///
    /// # Errors
    /// As [`Report::line`].
    pub fn notes<'n>(&mut self, notes: impl IntoIterator<Item = &'n Note>) -> Result<()> {
        for note in notes {
            match note {
                Note::Error(text) => self.error(text),
                Note::Warning(text) => self.warning(text),
                Note::Info(text) => self.line(text)?,
            }
        }
        Ok(())
    }

    /// A line on standard error if `-V` was given.
    pub fn verbose(&mut self, text: impl Display) {
        if self.verbose {
            self.diagnostic(text);
        }
    }

    /// Makes the exit code 1 without a word: the text already says it.
    pub fn fail(&mut self) {
        self.code |= 1;
    }

    /// Shows how far long work has come, on a terminal only; the line gives
    /// way to the next one.
    /// With `-V` the lines that it tells are the progress.
    pub fn progress(&mut self, text: impl Display) {
        if self.terminal && !self.verbose && !PROMPTING.load(Ordering::SeqCst) {
            self.clear_progress();
            // What was printed before stands before.
            let _ = self.out.flush();
            // A line that is broken by the terminal could not be taken back.
            let text: String = text.to_string().chars().take(width() - 1).collect();
            let _ = write!(self.err, "{text}").and_then(|()| self.err.flush());
            self.progress = true;
        }
    }

    /// [`Report::progress`] of work on several: `2 of 5 HMCs`.
    pub fn count(&mut self, done: usize, all: usize, what: &str) {
        if done < all {
            self.progress(format_args!("{done} of {all} {what}"));
        }
    }

    fn clear_progress(&mut self) {
        if self.progress {
            let _ = write!(self.err, "{CLEAR}");
            self.progress = false;
        }
    }

    /// Standard error cannot be complained about: a failure there is dropped.
    fn diagnostic(&mut self, text: impl Display) {
        self.clear_progress();
        // What was printed before stands before, on a shared terminal.
        let _ = self.out.flush();
        let _ = writeln!(self.err, "{text}");
    }

    /// Says what ended the command, if anything is left to say, and gives the
    /// exit code.
    pub fn finish(mut self, result: Result<()>) -> ExitCode {
        self.clear_progress();
        let unwritten = std::mem::replace(&mut self.unwritten, Ok(()));
        let result = result.and(unwritten);
        let result = result.and_then(|()| self.out.flush().map_err(Error::Output));
        if let Err(error) = result {
            self.code |= error.code();
            if !error.is_closed_pipe() && !matches!(error, Error::Reported) {
                self.diagnostic(format_args!("Error: {}", chain(&error)));
            }
        }
        let _ = self.out.flush();
        // The buffer is not to be written a second time when it is dropped.
        let (_, _) = self.out.into_parts();
        ExitCode::from(self.code)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A writer that can be looked at afterwards.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Kept {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_go_where_xcats_go() {
        let (out, err) = (Kept::default(), Kept::default());
        let mut report = Report::new(Box::new(out.clone()), Box::new(err.clone()));
        report.node("n1", "Running").unwrap();
        report.warning("careful");
        report.node_error("n2", "gone");
        report.verbose("not shown");
        report.progress("not on a terminal");
        let code = report.finish(Ok(()));
        assert_eq!(out.text(), "n1: Running\n");
        assert_eq!(err.text(), "Warning: careful\nn2: Error: gone\n");
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(1)));
    }

    #[test]
    fn what_could_not_be_written_is_said_at_the_end() {
        let err = Kept::default();
        let mut report = Report::new(Box::new(Closed), Box::new(err.clone()));
        let told = report.line("x".repeat(100_000));
        report.later(told);
        report.later(Ok(()));
        let code = report.finish(Ok(()));
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(141)));
    }

    #[test]
    fn a_reader_that_went_away_ends_the_command_quietly() {
        let err = Kept::default();
        let mut report = Report::new(Box::new(Closed), Box::new(err.clone()));
        let long = "x".repeat(100_000);
        let result = report.line(long);
        let code = report.finish(result);
        assert_eq!(err.text(), "");
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(141)));
    }
}
