//! Object definitions: define, change, list, remove.

pub mod condition;
