//! The one error type of the commands, and its exit code.
//!
//! Modules have their own small enums; here they meet. A text says what was
//! wrong and never repeats its source's text: [`chain`] joins them.

use std::io;

use crate::db;
use crate::history;
use crate::hosts;
use crate::noderange::{self, ResolveError};
use crate::objects::{self, index};
use crate::power::{bootseq, order, rspconfig, settings, vm};
use crate::tables;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The command line is wrong; the usage is shown with it.
    #[error("{0}")]
    Usage(String),
    /// The request cannot be carried out as asked; the text says why.
    #[error("{0}")]
    Refused(String),
    /// The node database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// An operation on tables was refused.
    #[error(transparent)]
    Tables(#[from] tables::Error),
    /// The history could not be shown or changed.
    #[error(transparent)]
    History(#[from] history::Error),
    /// Rows could not be put into a table.
    #[error(transparent)]
    Load(#[from] tables::load::Error),
    /// An edited table was not taken.
    #[error(transparent)]
    Edit(#[from] tables::edit::Error),
    /// A hosts file could not be changed.
    #[error(transparent)]
    Hosts(#[from] hosts::file::Error),
    /// A dump could not be written or restored.
    #[error(transparent)]
    Archive(#[from] tables::archive::Error),
    /// The environment or a configuration file says something unusable.
    #[error("{0}")]
    Configuration(String),
    /// A file could not be read or written.
    #[error("cannot {action} {path}")]
    File {
        /// What was tried: read, write …
        action: &'static str,
        /// Which file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Standard output could not be written.
    #[error("cannot write the output")]
    Output(#[source] io::Error),
    /// Everything was said as it happened; only the exit code is left.
    #[error("")]
    Reported,
}

impl Error {
    /// The exit code: 1 (xCAT uses it for bad usage too), or 141 where the
    /// reader of our output went away, as a shell would report it.
    pub fn code(&self) -> u8 {
        if self.is_closed_pipe() { 141 } else { 1 }
    }

    /// Whether the reader of our output went away: not worth a message.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(e) if e.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<vm::BadAttribute> for Error {
    fn from(bad: vm::BadAttribute) -> Self {
        Error::Usage(bad.to_string())
    }
}

impl From<bootseq::BadSequence> for Error {
    fn from(bad: bootseq::BadSequence) -> Self {
        Error::Usage(bad.to_string())
    }
}

impl From<vm::BadFile> for Error {
    fn from(bad: vm::BadFile) -> Self {
        Error::Refused(bad.to_string())
    }
}

impl From<settings::Error> for Error {
    fn from(error: settings::Error) -> Self {
        match error {
            settings::Error::Db(error) => error.into(),
            other => Self::Configuration(chain(&other)),
        }
    }
}

impl From<rspconfig::Error> for Error {
    fn from(error: rspconfig::Error) -> Self {
        match error {
            rspconfig::Error::Site(error) => error.into(),
            rspconfig::Error::Setting(bad) => Self::Usage(bad.to_string()),
        }
    }
}

impl From<order::Error> for Error {
    fn from(error: order::Error) -> Self {
        match error {
            order::Error::Db(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<noderange::Error> for Error {
    fn from(error: noderange::Error) -> Self {
        match error.problem {
            // There is nothing to point at.
            noderange::Problem::Empty => Self::Refused(error.to_string()),
            _ => Self::Refused(format!("{error}\n{}", error.place)),
        }
    }
}

impl From<objects::Error> for Error {
    fn from(error: objects::Error) -> Self {
        match error {
            objects::Error::Db(error) => error.into(),
            objects::Error::Index(error) => error.into(),
            objects::Error::Noderange(error) => (*error).into(),
            objects::Error::Resolve(error) => (*error).into(),
            other => Self::Refused(chain(&other)),
        }
    }
}

impl From<index::Error> for Error {
    fn from(error: index::Error) -> Self {
        match error {
            index::Error::Db(error) => error.into(),
            other => Self::Refused(chain(&other)),
        }
    }
}

impl From<ResolveError<index::Error>> for Error {
    fn from(error: ResolveError<index::Error>) -> Self {
        match error {
            ResolveError::Noderange(error) => error.into(),
            ResolveError::Index(error) => error.into(),
            // The names themselves say enough, and scripts match the line.
            ResolveError::Unknown { .. } => Self::Refused(error.to_string()),
            other => {
                let place = other.place().map(|p| format!("\n{p}"));
                Self::Refused(chain(&other) + &place.unwrap_or_default())
            }
        }
    }
}

/// What the operations return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The texts of an error and its causes, joined by `: `. A cause that its
/// parent already shows (a transparent wrapper) stands once; one that says the
/// same with more before it (SQLite's code) takes the place of its parent.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut last = error.to_string();
    let mut text = last.clone();
    let mut cause = error.source();
    while let Some(next) = cause {
        let next_text = next.to_string();
        if !text.ends_with(&next_text) {
            match next_text.ends_with(&last) {
                true => text.truncate(text.len() - last.len()),
                false => text.push_str(": "),
            }
            text.push_str(&next_text);
            last = next_text;
        }
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_joined_once() {
        let error = Error::File {
            action: "read",
            path: "/x.stanza".into(),
            source: io::Error::other("no such file"),
        };
        assert_eq!(chain(&error), "cannot read /x.stanza: no such file");
        let sqlite = rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some("database disk image is malformed".into()),
        );
        assert_eq!(
            chain(&db::Error::Corrupt(sqlite)),
            "the database file is damaged: Error code 11: database disk image is malformed"
        );
        let closed = Error::Output(io::ErrorKind::BrokenPipe.into());
        assert_eq!((closed.code(), error.code()), (141, 1));
    }
}
