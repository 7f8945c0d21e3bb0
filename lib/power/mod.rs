//! What an administrator does through HMCs.
//!
//! Three phases, apart from one another: *gather* from the database, as plain
//! data ([`settings`], [`definitions`]); *fan out* to the HMCs without it ([`scan`] finds what
//! they manage, [`switch`] powers partitions and systems on and off and tells
//! their state); *commit* what was learnt ([`definitions`] again). So no lock is
//! held while a host is slow, and no host waits for another's deadline.

pub mod definitions;
mod request;
pub mod scan;
pub mod settings;
mod switch;

pub use request::{BadOp, Done, NotDone, Op, Outcome, PowerNode, Request};
pub use switch::switch;
