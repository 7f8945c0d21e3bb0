//! Drives the simulated site with the real OpenSSH client.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

mod access;
mod adapters;
mod captures;
mod client;
mod configuration;
mod console;
mod faults;
mod inventory;
mod login;
mod machines;
mod netboot;
mod power;
mod shell;
mod sites;
