//! One file for each command.

mod xcat;
