//! A simulated site: HMCs and LPARs behind a real SSH server on loopback.

fn main() {}
