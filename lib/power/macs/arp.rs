//! The MAC addresses that this machine's network has told (`getmacs --arp`).

use std::fs;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(50);

/// Port of the discard service: what is sent there is to disturb nobody.
const DISCARD: u16 = 9;

/// Where Linux shows whom it knows.
const NEIGHBOURS: &str = "/proc/net/arp";

/// What the network told about an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arp {
    /// Its MAC address, with colons.
    Mac(String),
    /// Nobody answered, or it is not on a network of this machine.
    Silent,
}

/// Asks the networks of this machine who has these addresses, all at once.
/// They are asked with a datagram, which needs no rights.
///
/// # Errors
/// The system's list of neighbours cannot be read.
pub fn by_arp(addresses: &[Ipv4Addr]) -> io::Result<Vec<Arp>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    for address in addresses {
        // An address that nothing leads to has no entry either.
        let _ = socket.send_to(&[], (*address, DISCARD));
    }
    let end = Instant::now() + PATIENCE;
    loop {
        let known = neighbours(Path::new(NEIGHBOURS))?;
        let of = |address: &Ipv4Addr| {
            let entry = known.iter().find(|(known, _)| known == address);
            entry.map_or(Arp::Silent, |(_, mac)| Arp::Mac(mac.clone()))
        };
        let found: Vec<Arp> = addresses.iter().map(of).collect();
        if !found.contains(&Arp::Silent) || Instant::now() >= end {
            return Ok(found);
        }
        thread::sleep(PAUSE);
    }
}

fn neighbours(path: &Path) -> io::Result<Vec<(Ipv4Addr, String)>> {
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
        assert_eq!(neighbours(file.path()).unwrap(), [expected]);
    }

    #[test]
    fn this_machine_is_no_neighbour() {
        let found = by_arp(&[Ipv4Addr::LOCALHOST]).unwrap();
        assert_eq!(found, [Arp::Silent]);
    }
}
