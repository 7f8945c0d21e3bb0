//! The tables and object types, compiled in from `schema/`.
