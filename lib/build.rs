//! Compiles `schema/` into Rust tables.

fn main() {}
