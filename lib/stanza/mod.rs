//! Stanza files, read and written as streams.
