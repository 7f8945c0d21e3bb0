//! Values that are computed from the node's name.

use std::borrow::Cow;

/// The value for this node; `None` if it comes out empty.
pub(super) fn expand<'v>(_node: &str, value: &'v str) -> Option<Cow<'v, str>> {
    Some(value.into())
}
