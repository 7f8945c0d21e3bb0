//! Standard input: who or what is behind it, and what comes from it.

use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::os::fd::AsFd;

use super::Context;
use crate::error::{Error, Result};
use crate::power::console::Raw;
use crate::report;

/// The longest line that [`Context::secret`] reads, in bytes.
const LONGEST_SECRET: u64 = 4096;

impl Context {
    /// Whether there is somebody to ask.
    pub fn is_interactive(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// The next line of standard input, without its end. On a terminal it is
    /// asked for, and what is typed is not shown.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn secret(&self, prompt: &str) -> Result<String> {
        let failed = |source| Error::File {
            action: "read",
            path: "standard input".into(),
            source,
        };
        let stdin = io::stdin();
        let silent = Raw::silent(stdin.as_fd()).map_err(failed)?;
        if silent.is_some() {
            report::ask(prompt);
        }
        let mut line = String::new();
        let read = stdin.lock().take(LONGEST_SECRET).read_line(&mut line);
        if silent.is_some() {
            report::say("");
        }
        read.map_err(failed)?;
        line.truncate(line.trim_end_matches(['\r', '\n']).len());
        Ok(line)
    }

    /// Standard input.
    pub fn stdin(&self) -> impl BufRead + use<> {
        BufReader::with_capacity(64 * 1024, io::stdin())
    }
}
