//! Object definitions: define, change, list, remove.
