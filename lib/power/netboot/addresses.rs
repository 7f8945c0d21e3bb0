//! The IPv4 addresses of names.

use std::collections::HashMap;
use std::net::{Ipv4Addr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::plan::places;
use crate::db::{self, Names, Reading, Snapshot};

/// How long the system's resolver is waited for, for one name.
const RESOLVER: Duration = Duration::from_secs(10);

/// Reads the IPv4 addresses of nodes, in their order: from the table `hosts`,
/// else from the system's resolver.
///
/// # Errors
/// The database cannot be read.
pub fn addresses(
    snapshot: &Snapshot<'_>,
    names: &[String],
) -> Result<Vec<Option<Ipv4Addr>>, db::Error> {
    let mut addresses = Addresses::read(snapshot, names)?;
    Ok(names.iter().map(|name| addresses.of(name)).collect())
}

/// IPv4 addresses of names: what they are themselves, the table `hosts`, the
/// system's resolver.
pub(super) struct Addresses {
    known: HashMap<String, Option<Ipv4Addr>>,
}

impl Addresses {
    /// Reads the table.
    pub fn read(snapshot: &Snapshot<'_>, names: &[String]) -> Result<Self, db::Error> {
        let mut known = HashMap::new();
        let places = places(&[("hosts", "ip")]);
        snapshot.node_values(Names::These(names), &places, Reading::Inherited, |row| {
            if let Some(address) = row.get(0).and_then(|value| value.text.parse().ok()) {
                known.insert(row.name.to_owned(), Some(address));
            }
            Ok::<_, db::Error>(())
        })?;
        Ok(Addresses { known })
    }

    /// The address of a name.
    pub fn of(&mut self, name: &str) -> Option<Ipv4Addr> {
        if name.is_empty() {
            return None;
        }
        if let Ok(address) = name.parse() {
            return Some(address);
        }
        let known = self.known.entry(name.to_owned());
        *known.or_insert_with(|| resolve(name))
    }
}

/// Asks the system's resolver, which has no deadline of its own that could be
/// relied on.
fn resolve(name: &str) -> Option<Ipv4Addr> {
    let (sender, receiver) = mpsc::channel();
    let asked = (name.to_owned(), 0);
    thread::spawn(move || {
        let found = asked.to_socket_addrs().ok();
        let v4 = |address: std::net::SocketAddr| match address.ip() {
            std::net::IpAddr::V4(address) => Some(address),
            std::net::IpAddr::V6(_) => None,
        };
        // Nobody waits any more: then it is too late.
        let _ = sender.send(found.and_then(|mut all| all.find_map(v4)));
    });
    receiver.recv_timeout(RESOLVER).ok().flatten()
}
