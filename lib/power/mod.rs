//! What an administrator does through HMCs.
//!
//! Plain data in, outcomes out: the caller reads the database before and
//! writes what was learnt after; nothing here knows tables, prints, or waits
//! for one host longer than its deadline while others could be served.
//!
//! [`scan`] finds what HMCs manage, and what that changes in the definitions;
//! [`switch`] powers partitions and systems on and off and tells their state.

mod request;
pub mod scan;
mod switch;

pub use request::{BadOp, Done, NotDone, Op, Outcome, PowerNode, Request};
pub use switch::switch;
