//! Object definitions: define, change, list, remove.
//!
//! | file | subject |
//! |---|---|
//! | `define` `change` `one` `remove` `rename` | what `mkdef`, `chdef`, `rmdef` and `chdef -n` do |
//! | `list` `show` `tell` `image` `describe` | what `lsdef` finds, how it is shown, what attributes mean |
//! | `group` `members` `network` | what only groups and networks have |
//! | `input` `assign` `operand` `names` `nics` | what is asked for: stanzas, attributes, noderanges |
//! | `kind` `read` `origin` `store` | a type's attributes and their places; reading and writing them |
//! | `every` `settings` | which objects there are; rows that are an attribute each |
//! | `index` `nodelist` `attribute` `condition` | nodes and groups as noderanges ask for them; `-w` |
//! | `template` | what `mkdef --template` fills in |
//! | `outcome` `error` | what a command did, and why it could not |

pub mod attribute;
pub mod condition;
pub mod index;

mod assign;
mod change;
mod define;
mod describe;
mod error;
mod every;
mod group;
mod image;
mod input;
mod kind;
mod list;
mod members;
pub mod names;
mod network;
pub mod nics;
mod nodelist;
mod one;
pub mod operand;
mod origin;
mod outcome;
mod read;
mod remove;
mod rename;
mod settings;
mod show;
mod store;
mod tell;
mod template;

pub use assign::AttributeError;
pub use change::{Change, Mode, change};
pub use define::{Define, define};
pub use describe::describe;
pub use error::Error;
pub use group::check_conditions;
pub use input::Definitions;
pub use kind::{Form, Kind};
pub use list::{Counts, Item, Listing, Wanted, list};
pub use origin::{Defaults, Origin};
pub use outcome::{Note, Outcome, not_found, not_valid};
pub use read::{CLUSTERSITE, Entry, Found};
pub use remove::{Doomed, remove};
pub use rename::rename;
pub use show::{Asked, Layout, Manner};
pub use tell::{Said, show};
pub use template::{fill, show_templates};

/// What is wrong with an image's options for an NFS root.
fn osimage_problem(kind: &Kind, options: Option<&str>) -> Option<String> {
    let writable = options?.split(',').any(|o| o.trim() == "rw");
    (kind.name() == "osimage" && writable).then(|| {
        "nfsrootopts cannot contain 'rw'; statelite NFS roots are always read-only".to_owned()
    })
}
