//! `xcat`: all commands in one executable.

fn main() {}
