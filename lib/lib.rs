//! What the xCAT commands share. This page is the map.
//!
//! A layer calls only what stands below it:
//!
//! | layer | modules | what it does |
//! |---|---|---|
//! | commands | `bin/*` (another package) | arguments, one call, report |
//! | surroundings | [`command`], [`context`], [`environment`], [`report`], [`error`], [`editor`] | argv to exit code; environment; messages |
//! | deeds | [`power`] | what an administrator does through an HMC |
//! | definitions | [`objects`] | nodes, groups, osimages, networks … as users see them |
//! | | [`tables`] | the same database as rows of tables, as `tabdump` shows them |
//! | | [`history`], [`check`] | what was changed, and undoing it; what does not fit together |
//! | | [`hosts`] | /etc/hosts from them |
//! | outside world | [`db`], [`hmc`], [`remote`] | tables; HMC commands and answers; ssh |
//! | | [`listing`], [`json`] | tables with columns, as text; arrays as JSON |
//! | model | [`noderange`], [`stanza`], [`schema`] | pure: no files, no database, no network |
//!
//! `db` knows no ssh, `remote` knows no tables, `hmc` knows neither clap nor
//! stdout, the model does no I/O. Nothing in this package prints or ends the
//! process, with one exception each: `report` writes, `environment` reads
//! the environment. `tests/tree.rs` holds these rules.

pub mod args;
pub mod check;
pub mod command;
pub mod context;
pub mod db;
pub mod editor;
pub mod environment;
pub mod error;
pub mod history;
pub mod hmc;
pub mod hosts;
pub mod json;
pub mod listing;
pub mod noderange;
pub mod objects;
pub mod power;
mod redact;
pub mod remote;
pub mod report;
pub mod schema;
pub mod stanza;
pub mod tables;
