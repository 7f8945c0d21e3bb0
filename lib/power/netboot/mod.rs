//! Network boots through `lpar_netboot`, which takes minutes for each LPAR:
//! `rnetboot`, and the adapters as Open Firmware sees them (`getmacs -D`).
//!
//! | file | subject |
//! |---|---|
//! | `plan` | what the database says: addresses, adapter, operating system |
//! | `run` | LPARs at the same time, each told of step by step |
//! | `boot`, `discover` | the two uses |
//! | `monitor` | waiting for what comes after a boot |
//! | `error` | why an LPAR was not booted |
//! | `status` | what is written about a node that was booted |

mod boot;
mod discover;
mod error;
mod monitor;
mod plan;
mod run;
mod status;

pub use boot::{Boot, boot};
pub use discover::{Discover, discover};
pub use error::Error;
pub use monitor::{Course, Patience, monitor};
pub use plan::{Given, Plan, addresses, plans};
pub use run::Event;
pub use status::set_booted;
