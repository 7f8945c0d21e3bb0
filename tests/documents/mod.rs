//! The documents that users of other tools follow, typed line by line.

mod aix_mksysb_clone;
mod ssh_masters;
