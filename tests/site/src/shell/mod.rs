//! The restricted shell of an HMC: a faithful reader of command lines, few tools.

mod expand;
mod parse;
mod run;
mod tools;
mod words;

pub use run::{Outcome, Shell};
