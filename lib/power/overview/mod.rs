//! Overviews of LPARs, managed systems and VIOSs as LPAR-Tool users know them:
//! a table of a few attributes, picked by selections.
//!
//! [`Scope`] says which systems are asked and which of their LPARs are meant;
//! a [`View`] which listings are asked for and what is shown of them;
//! [`gather`] asks all listings of all systems at the same time and lays what
//! they say together to rows; a [`Selection`] picks among those.

mod gather;
mod row;
mod scope;
mod select;
mod view;
pub mod vios;

pub use gather::{Failed, gather};
pub use row::{Column, Row, Shown, shown};
pub use scope::{Asked, Bad, Scope, Scoped};
pub use select::{BadSelection, Selection};
pub use view::{
    LPAR_MEMORY, LPAR_PROCESSORS, LPAR_PROFILES, LPAR_SLOTS, LPAR_STATUS, MS_FIRMWARE, MS_MEMORY,
    MS_PROCESSORS, MS_STATUS, NoAttribute, View,
};
pub use vios::STATUS as VIOS_STATUS;
