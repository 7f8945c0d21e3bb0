//! The MAC addresses that this machine's network has told (`getmacs --arp`).

use std::collections::HashMap;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::power::NotDone;
use crate::power::netboot::Error;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(50);

/// Port of the discard service: what is sent there is to disturb nobody.
const DISCARD: u16 = 9;

/// Where Linux shows whom it knows.
const NEIGHBOURS: &str = "/proc/net/arp";

/// Asks the networks of this machine which MAC addresses these nodes have, all
/// at once. They are asked with a datagram, which needs no rights.
///
/// # Errors
/// The system's list of neighbours cannot be read.
pub fn by_arp(nodes: &[(String, Option<Ipv4Addr>)]) -> io::Result<Vec<Result<String, NotDone>>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    let addresses: Vec<Ipv4Addr> = nodes.iter().filter_map(|(_, address)| *address).collect();
    for address in &addresses {
        // An address that nothing leads to has no entry either.
        let _ = socket.send_to(&[], (*address, DISCARD));
    }
    let end = Instant::now() + PATIENCE;
    let known = loop {
        let known = neighbours(Path::new(NEIGHBOURS))?;
        let all = addresses.iter().all(|address| known.contains_key(address));
        if all || Instant::now() >= end {
            break known;
        }
        thread::sleep(PAUSE);
    };
    let answer = |(name, address): &(String, Option<Ipv4Addr>)| match address {
        None => Err(Error::NoAddress { name: name.clone() }.into()),
        Some(address) => known.get(address).cloned().ok_or(NotDone::NoNeighbour),
    };
    Ok(nodes.iter().map(answer).collect())
}

fn neighbours(path: &Path) -> io::Result<HashMap<Ipv4Addr, String>> {
    let text = fs::read_to_string(path)?;
    Ok(text.lines().filter_map(neighbour).collect())
}

/// Reads `10.0.0.9 0x1 0x2 00:14:5e:b5:57:88 * eth0`. Entries without the flag
/// 2 are not answered yet.
fn neighbour(line: &str) -> Option<(Ipv4Addr, String)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [address, _, flags, mac, ..] = words[..] else {
        return None;
    };
    let flags = u32::from_str_radix(flags.strip_prefix("0x")?, 16).ok()?;
    let complete = flags & 2 != 0;
    let address = address.parse().ok()?;
    complete.then(|| (address, mac.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answered_neighbours_are_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "IP address       HW type     Flags       HW address            Mask     Device\n\
            192.168.0.10     0x1         0x2         00:14:5E:B5:57:88     *        eth0\n\
            192.168.0.11     0x1         0x0         00:00:00:00:00:00     *        eth0\n";
        fs::write(file.path(), text).unwrap();
        let expected = (
            Ipv4Addr::new(192, 168, 0, 10),
            "00:14:5e:b5:57:88".to_owned(),
        );
        assert_eq!(neighbours(file.path()).unwrap(), [expected].into());
    }

    #[test]
    fn this_machine_is_no_neighbour() {
        let nodes = [("n1".to_owned(), Some(Ipv4Addr::LOCALHOST))];
        let found = by_arp(&nodes).unwrap();
        assert_eq!(found, [Err(NotDone::NoNeighbour)]);
    }

    #[test]
    fn a_node_without_an_address_cannot_be_asked_for() {
        let found = by_arp(&[("n1".to_owned(), None)]).unwrap();
        let name = "n1".to_owned();
        assert_eq!(found, [Err(Error::NoAddress { name }.into())]);
    }
}
