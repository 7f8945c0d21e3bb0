//! The table `mac`.

use crate::db::{self, Change};
use crate::power::settings::columns;

/// Writes the MAC addresses of nodes.
///
/// # Errors
/// The database cannot be written.
pub fn store(change: &Change<'_>, macs: &[(String, String)]) -> Result<(), db::Error> {
    let Some((table, [node, mac])) = columns("mac", ["node", "mac"]) else {
        return Ok(());
    };
    for (name, address) in macs {
        change.set(table, &[(node, name)], &[(mac, Some(address))])?;
    }
    Ok(())
}
