//! What an administrator does through HMCs.
//!
//! Three phases, apart from one another: *gather* from the database, as plain
//! data ([`Hardware`]); *fan out* to the HMCs without it ([`each_system`]; [`scan`] finds what
//! they manage, [`switch`] powers partitions and systems on and off and tells
//! their state); *commit* what was learnt ([`definitions`] again). So no lock is
//! held while a host is slow, and no host waits for another's deadline.

pub mod definitions;
mod hardware;
mod node;
mod not_done;
pub mod overview;
mod request;
pub mod scan;
pub mod settings;
mod switch;
mod systems;
pub mod vm;

pub use hardware::Hardware;
pub use node::{Machine, PowerNode};
pub use not_done::NotDone;
pub use request::{BadOp, Done, Op, Outcome, Request};
pub use switch::switch;
pub use systems::{Job, Out, System, each_system, in_order};
