//! Why nothing at all was done with object definitions.

use super::{condition, index};
use crate::db;
use crate::noderange::{self, ResolveError};
use crate::stanza;

/// A failure that ends a command; what concerns single objects is a
/// [`Note`](super::Note) instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The node database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The nodes and groups could not be looked up.
    #[error(transparent)]
    Index(index::Error),
    /// A noderange is wrong.
    #[error(transparent)]
    Noderange(Box<noderange::Error>),
    /// A noderange could not be resolved.
    #[error(transparent)]
    Resolve(Box<ResolveError<index::Error>>),
    /// A condition of `-w` or of a dynamic group is wrong.
    #[error(transparent)]
    Condition(#[from] condition::Error),
    /// A stanza file is malformed.
    #[error("the stanzas cannot be used, nothing was changed")]
    Stanza(#[source] Box<stanza::Error>),
    /// There is no such type of object.
    #[error("Type '{0}' is not a valid xCAT object type.")]
    NoSuchType(String),
    /// The request cannot be carried out; the text says why.
    #[error("{0}")]
    Refused(String),
}

impl From<index::Error> for Error {
    fn from(error: index::Error) -> Self {
        match error {
            index::Error::Db(error) => Self::Db(error),
            other => Self::Index(other),
        }
    }
}

impl From<ResolveError<index::Error>> for Error {
    fn from(error: ResolveError<index::Error>) -> Self {
        match error {
            ResolveError::Noderange(error) => error.into(),
            ResolveError::Index(error) => error.into(),
            other => Self::Resolve(other.into()),
        }
    }
}

impl From<noderange::Error> for Error {
    fn from(error: noderange::Error) -> Self {
        Self::Noderange(error.into())
    }
}

impl From<stanza::Error> for Error {
    fn from(error: stanza::Error) -> Self {
        Self::Stanza(error.into())
    }
}
