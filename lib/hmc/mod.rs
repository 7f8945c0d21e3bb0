//! The command line of an HMC, typed both ways.
//!
//! [`record`] reads the format of listings, [`refusal`] what an HMC says in
//! place of an answer, [`level`] holds what differs between HMC versions.
//! [`ask`] has a function for each question, [`change`] for each command that
//! switches something; what they return is asked of one HMC ([`Hmc`]) or of
//! whichever of several answers ([`Points`]). [`connection`] shows, opens and
//! closes the connections themselves. What is no listing has a reader of its
//! own: [`netboot`] for `lpar_netboot`, which [`boot`] words, [`vterm`] for the texts around an
//! LPAR's console, [`rmc`] for `lspartition`. The manager of a [`chassis`] is asked
//! in the same way.
//!
//! Nothing here sets a locale: an HMC's restricted shell may not take a
//! `LC_ALL=C` in front of a command, and none was seen to. Codes and the shape
//! of answers are matched instead, never sentences.

pub mod access;
pub mod adapters;
pub mod ask;
pub mod boot;
pub mod change;
pub mod chassis;
mod choose;
pub mod configure;
pub mod connection;
pub mod dlpar;
mod gate;
pub mod health;
pub mod level;
mod mtms;
pub mod netboot;
pub mod profile;
pub mod record;
pub mod refusal;
pub mod resources;
mod retry;
pub mod rmc;
mod session;
pub mod slots;
pub mod status;
pub mod sysconn;
pub mod vios;
pub mod vterm;

#[cfg(test)]
mod capture_tests;
#[cfg(test)]
mod listing_tests;

pub use choose::{Points, Turn};
pub use mtms::{BadMtms, Mtms, Resource};
pub use retry::Retry;
pub use session::{Error, Hmc};
