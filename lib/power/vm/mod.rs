//! The configuration of partitions: their profiles listed, partitions made,
//! changed and removed.
//!
//! | file | subject |
//! |---|---|
//! | `list` | the profiles of partitions and systems |
//! | `plan` `make` `copy` | partitions made: as copies, from a file, by attributes |
//! | `attributes` `file` | what is typed, and files as `lsvm` writes them |
//! | `change` `other` | profiles changed, and exchanged for others |
//! | `dynamic` `slots` | running partitions changed with them |
//! | `remove` | partitions removed |
//! | `defined` | their definitions |
//! | `problem` `partitions` | why something is not done; the partitions of a system |

mod attributes;
mod change;
mod copy;
mod defined;
mod dynamic;
mod file;
mod list;
mod make;
mod other;
mod partitions;
mod plan;
mod problem;
mod remove;
mod slots;

pub use attributes::{Assignment, BadAttribute, Sign, parse};
pub use change::{Changed, Request, Wanted, change};
pub use defined::{define_lpars, lpars_of, remove_nodes, set_profile};
pub use file::{BadFile, Row, read, read_file, read_stream};
pub use list::{Listed, Which, document, lines, list, rows};
pub use make::{NewLpar, make};
pub use plan::{Form, Plan, gather, plan};
pub use problem::Problem;
pub use remove::{Removed, What, remove};
