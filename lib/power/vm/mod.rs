//! The configuration of partitions: their profiles listed, partitions made,
//! changed and removed.
//!
//! | file | subject |
//! |---|---|
//! | `list` | the profiles of partitions and systems |
//! | `plan` `make` `copy` | partitions made: as copies, from a file, by attributes |
//! | `attributes` `file` | what is typed, and files as `lsvm` writes them |
//! | `sending` | changes sent one after the other, or only told |
//! | `problem` `partitions` | why something is not done; the partitions of a system |

mod attributes;
mod copy;
mod file;
mod list;
mod make;
mod partitions;
mod plan;
mod problem;
mod sending;

pub use attributes::{Assignment, BadAttribute, Sign, parse};
pub use file::{BadFile, Row, read, read_file, read_stream};
pub use list::{Listed, Which, document, lines, list, rows};
pub use make::{NewLpar, make};
pub use plan::{Form, Plan, gather, plan};
pub use problem::Problem;
pub use sending::{Done, Way};
