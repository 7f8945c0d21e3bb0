//! The tests of the commands, as a user runs them: one executable.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod commands;
mod display;
mod documents;
mod dry_run;
mod examples;
mod faults;
mod golden;
mod golden_hmc;
mod manual;
mod progress;
mod reliability;
mod tree;
mod values;
mod world;
