//! Network boots through `lpar_netboot`, which takes minutes for each LPAR:
//! `rnetboot`, and the adapters as Open Firmware sees them (`getmacs -D`).
//!
//! | file | subject |
//! |---|---|
//! | `plan` | what the database says: adapter, operating system, the way of the boot |
//! | `networks`, `addresses` | the networks of the database, and the addresses of names |
//! | `run` | LPARs at the same time, each told of step by step |
//! | `boot`, `discover` | the two uses |
//! | `error` | why an LPAR was not booted |

mod addresses;
mod boot;
mod discover;
mod error;
mod networks;
mod plan;
mod run;

pub use addresses::addresses;
pub use boot::Boot;
pub use discover::{Discover, discover};
pub use error::Error;
pub use plan::{Given, Plan, gather};
pub use run::Event;
