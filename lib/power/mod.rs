//! What an administrator does through HMCs.
//!
//! Three phases, apart from one another: *gather* from the database, as plain
//! data ([`Hardware`]); *fan out* to the HMCs without it ([`each_system`]; [`scan`] finds what
//! they manage, [`switch`] powers partitions and systems on and off and tells
//! their state, in the [`order`] that the deps table wants: [`Plan`]); *commit*
//! what was learnt ([`definitions`] again). So no lock is
//! held while a host is slow, and no host waits for another's deadline.

pub mod access;
mod blade;
pub mod bootseq;
mod chassis;
pub mod connections;
pub mod console;
pub mod consoles;
pub mod definitions;
pub mod facts;
mod hardware;
mod line;
pub mod macs;
pub mod netboot;
mod node;
mod not_done;
pub mod order;
pub mod overview;
pub mod passwords;
mod plan;
mod progress;
mod request;
pub mod rspconfig;
pub mod scan;
pub mod settings;
mod status;
mod stop;
mod switch;
mod systems;
pub mod vm;
mod watch;

pub use chassis::Bay;
pub use hardware::Hardware;
pub use line::{Done, Way};
pub use node::{Machine, PowerNode};
pub use not_done::NotDone;
pub use plan::Plan;
pub use progress::Said;
pub use request::{BadOp, Course, Op, Outcome, Request};
pub use stop::Stop;
pub use switch::switch;
pub use systems::{Job, Out, System, each_machine, each_system, in_order};
pub use watch::{BadWatch, Watch};
