//! The networks of the database.

use std::net::Ipv4Addr;

use crate::db::{self, Rows, Snapshot};
use crate::power::settings::columns;

/// A network of the database.
pub(super) struct Network {
    net: Ipv4Addr,
    /// Its netmask.
    pub mask: Ipv4Addr,
    /// Its gateway: an address, a name or `<xcatmaster>`.
    pub gateway: String,
    /// `mgtifname`: the interface of this machine on it.
    pub interface: String,
}

impl Network {
    /// Whether an address is one of it.
    pub fn has(&self, address: Ipv4Addr) -> bool {
        let mask = self.mask.to_bits();
        address.to_bits() & mask == self.net.to_bits() & mask
    }
}

/// The IPv4 networks, the narrowest first.
pub(super) fn networks(snapshot: &Snapshot<'_>) -> Result<Vec<Network>, db::Error> {
    let names = ["net", "mask", "gateway", "mgtifname", "disable"];
    let Some((table, [net, mask, gateway, interface, disable])) = columns("networks", names) else {
        return Ok(Vec::new());
    };
    let mut networks = Vec::new();
    let wanted = [net, mask, gateway, interface, disable];
    snapshot.rows(table, &wanted, Rows::All, |row| {
        let text = |at| row.get(at).unwrap_or_default().trim().to_owned();
        if let (Ok(net), Some(mask), true) = (
            text(0).parse(),
            netmask(&text(1)),
            db::is_enabled(row.get(4)),
        ) {
            networks.push(Network {
                net,
                mask,
                gateway: text(2),
                interface: text(3),
            });
        }
        Ok::<_, db::Error>(())
    })?;
    networks.sort_by_key(|network| u32::MAX - network.mask.to_bits());
    Ok(networks)
}

/// Reads `255.255.255.0`, `/24` or `24`.
fn netmask(text: &str) -> Option<Ipv4Addr> {
    if let Ok(mask) = text.parse() {
        return Some(mask);
    }
    let bits: u32 = text.trim_start_matches('/').parse().ok()?;
    let mask = u32::MAX.checked_shl(32u32.checked_sub(bits)?).unwrap_or(0);
    Some(Ipv4Addr::from_bits(mask))
}
