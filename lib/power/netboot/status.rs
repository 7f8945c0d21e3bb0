//! What is written about a node that was booted.

use crate::db::{Db, Error};
use crate::power::Course;
use crate::power::status::write;

/// Writes that a node comes up: at once, so that it is not written over what
/// the node itself reports later on.
///
/// # Errors
/// The database cannot be written.
pub fn set_booted(db: &mut Db, node: &str) -> Result<(), Error> {
    write(db, [(node, Course::On)])
}
