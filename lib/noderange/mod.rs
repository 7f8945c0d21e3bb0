//! Noderanges: text to a tree, a tree to nodes, nodes back to text.
//!
//! | module | what it does | knows |
//! |---|---|---|
//! | [`ranges`] | padded integer ranges with steps, counted before they are written out | numbers |
//! | `word` | one word: `n1-n10`, `n10+3`, `10-15`, or just a name | text |
//! | `grammar` | the whole text to a `tree` with byte spans | text |
//! | `value` | comparisons and regular expressions within it | text |
//! | `spell` | ranges and brackets written out as names | text |
//! | `literal` | tree → names, as they stand | text |
//! | `resolve` | tree × an index handed in → nodes | the [`Index`] |
//! | [`fold()`] | names → the shortest text that expands to them | names |
//! | [`natural`] | the order in which people list names: n2 before n10 | names |
//!
//! The language is xCAT's noderange(3); the answers agree with xCAT 2.19
//! wherever it yields nodes. Where xCAT answers a mistake with silence, an
//! [`Error`] points at the place. Nothing here reads a file or a database.

mod error;
mod fold;
mod grammar;
mod literal;
mod names;
pub mod natural;
pub mod ranges;
mod resolve;
mod spell;
mod tree;
mod value;
mod word;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

pub use error::{Error, FileError, Place, Problem, ResolveError};
pub use fold::fold;
pub use grammar::parse;
pub use literal::expand_names;
pub use resolve::{Index, Resolved, resolve};
pub use tree::{ColumnTest, Comparison, Expr};

/// The most names one noderange may stand for; counted before any is made.
pub const MAX_NAMES: u64 = 1_000_000;
/// The longest noderange, in bytes.
pub const MAX_LENGTH: usize = 16 << 20;
/// How deep parentheses may be nested.
pub const MAX_DEPTH: usize = 64;
