//! Object definitions: define, change, list, remove.

pub mod attribute;
pub mod condition;
pub mod index;
