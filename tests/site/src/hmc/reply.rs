//! What a command answers: text on stdout and an exit status.

use std::sync::Arc;

use super::vterm::Vterm;

/// The answer of one HMC command.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// Text on stdout, lines ended by `\n`. An HMC writes its refusals there too.
    pub text: String,
    /// Exit status, 0 or 1.
    pub status: u8,
    /// Text that follows later: the milliseconds to wait, and what is printed then.
    pub tail: Vec<(u64, String)>,
    /// The terminal that `mkvterm` opened: the session goes on with it.
    pub vterm: Option<Arc<Vterm>>,
}

impl Reply {
    /// An accepted change: nothing printed, status 0.
    pub fn done() -> Self {
        Self::default()
    }

    /// A listing or other text, status 0; the last line is ended.
    pub fn said(text: impl Into<String>) -> Self {
        Self {
            text: ended(text.into()),
            ..Self::default()
        }
    }

    /// A refusal: its text on stdout, status 1.
    pub fn refused(text: impl Into<String>) -> Self {
        Self {
            text: ended(text.into()),
            status: 1,
            ..Self::default()
        }
    }
}

impl Reply {
    /// All that it prints.
    pub fn whole(&self) -> String {
        let mut text = self.text.clone();
        text.extend(self.tail.iter().map(|(_, later)| later.as_str()));
        text
    }
}

fn ended(mut text: String) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
