//! The configuration of partitions: their profiles listed, partitions made,
//! changed and removed.
//!
//! | file | subject |
//! |---|---|
//! | [`list`] | the profiles of partitions and systems |
//! | `problem` `partitions` | why something is not done; the partitions of a system |

mod list;
mod partitions;
mod problem;

pub use list::{Listed, Which, document, lines, list, rows};
pub use problem::Problem;
