//! The command line of an HMC, typed both ways.
//!
//! [`record`] reads the format of listings, [`refusal`] what an HMC says in
//! place of an answer, [`level`] holds what differs between HMC versions.

pub mod level;
pub mod record;
pub mod refusal;
