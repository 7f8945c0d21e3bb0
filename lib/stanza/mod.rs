//! Stanza files, read and written as streams.
//!
//! The format is xCAT's xcatstanzafile(5): a header `name:`, then lines
//! `attribute=value`. [`Reader`] keeps one stanza at a time, with the defaults
//! of `default-<type>:` stanzas merged in; [`Writer`] prints what `lsdef -z`
//! and `rscan -z` print. What is written reads back the same: values that
//! plain lines cannot carry are quoted, see `escape`.

mod escape;
mod reader;
mod writer;

#[cfg(test)]
mod tests;

pub use escape::{written, written_name};
pub use reader::{Error, MAX_LINE, MAX_STANZA, Problem, Reader};
pub use writer::Writer;

/// One definition, with the defaults that hold at its place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stanza {
    /// The object's name.
    pub name: String,
    /// `objtype`; none if neither the stanza nor the caller named one.
    pub kind: Option<String>,
    /// In the order of the file, each name once (the last value counts), then
    /// the defaults that the stanza does not set. `objtype` is not among them.
    pub attributes: Vec<(String, String)>,
    /// Where the header stands, from 1.
    pub line: u64,
}
