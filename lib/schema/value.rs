//! What values a column takes, as far as that can be said: a value that is
//! none of them is stored all the same, with a warning, or refused where the
//! site wants that (`strictvalues`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Column, Table, site_key};

/// A form of values (`check` and `words` in `schema/`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// `MAC`, or `MAC!name|MAC!name`: 6, 8 or 20 bytes in hexadecimal; or the
    /// location code of an adapter.
    Mac,
    /// IPv4 or IPv6 addresses with commas between.
    Ips,
    /// `adapter!address|address,adapter!…`
    NicIps,
    /// `name:address,-suffix:address`
    Interfaces,
    /// The address of a network, an IPv6 one perhaps with its length.
    Network,
    /// A netmask, or the length of the prefix.
    Mask,
    /// `first-last` or `address/length`, several with `,` or `;` between.
    Ranges,
    /// Host names or addresses, with commas or blanks between.
    Names,
    /// A number that is not negative.
    Number,
    /// Yes or no, in one of the usual ways.
    Flag,
    /// These words, with commas between, in capitals or not.
    Words(&'static [&'static str]),
}

/// What [`Check::Flag`] takes.
const FLAGS: [&str; 12] = [
    "0", "1", "y", "n", "yes", "no", "true", "false", "enable", "disable", "on", "off",
];

/// A word in the place of an address: `<xcatmaster>`.
fn is_placeholder(text: &str) -> bool {
    text.starts_with('<') && text.ends_with('>')
}

impl Check {
    /// Whether a value has this form. An empty one has, and so has one that is
    /// computed from a node's name, `|…|`.
    pub fn accepts(self, value: &str) -> bool {
        let value = value.trim();
        if value.is_empty() || value.starts_with('|') || value.contains("!|") {
            return true;
        }
        let list = || value.split(',').map(str::trim).filter(|p| !p.is_empty());
        match self {
            Self::Mac => value.split('|').all(is_mac),
            Self::Ips => list().all(|ip| is_ip(ip) || is_placeholder(ip)),
            Self::NicIps => list().all(|nic| match nic.split_once('!') {
                Some((name, ips)) => !name.is_empty() && ips.split('|').all(is_ip),
                None => false,
            }),
            Self::Interfaces => list().all(|part| {
                let parts = part.split_once('!').or_else(|| part.split_once(':'));
                parts.is_some_and(|(name, ip)| is_name(name) && is_ip(ip))
            }),
            Self::Network => match value.split_once('/') {
                Some((net, length)) => is_ip(net) && is_length(length),
                None => is_ip(value),
            },
            Self::Mask => is_mask(value),
            Self::Ranges => value.split([',', ';']).all(|range| is_range(range.trim())),
            Self::Names => value
                .split([',', ' '])
                .filter(|n| !n.is_empty())
                .all(|name| is_name(name) || is_placeholder(name)),
            Self::Number => value.bytes().all(|b| b.is_ascii_digit()),
            Self::Flag => FLAGS.iter().any(|f| value.eq_ignore_ascii_case(f)),
            Self::Words(words) => {
                list().all(|word| words.iter().any(|w| w.eq_ignore_ascii_case(word)))
            }
        }
    }

    /// What such values are, to go on from `write`.
    pub fn wanted(self) -> String {
        match self {
            Self::Mac => "a MAC address such as 02:00:00:00:00:0a, or MAC!NAME|MAC!NAME".into(),
            Self::Ips => "an IPv4 or IPv6 address, such as 10.0.0.1".into(),
            Self::NicIps => {
                "addresses of adapters, such as en0!10.0.0.1|10.0.0.2,en1!10.1.0.1".into()
            }
            Self::Interfaces => "interfaces and their addresses, such as -en1:10.1.0.7".into(),
            Self::Network => "the address of a network, such as 10.0.0.0 or fd59::/64".into(),
            Self::Mask => "a netmask such as 255.255.255.0, or /64".into(),
            Self::Ranges => "a range of addresses, such as 10.0.0.100-10.0.0.199".into(),
            Self::Names => "host names or addresses, with commas between".into(),
            Self::Number => "a number".into(),
            Self::Flag => "yes or no, or 1 or 0".into(),
            Self::Words([one]) => one.to_string(),
            Self::Words(words) => {
                let (last, others) = words.split_last().unwrap_or((&"", &[]));
                format!("{} or {last}", others.join(", "))
            }
        }
    }
}

/// The form of the values of a column; in the table `site` that of the key's.
/// `key` gives what the row holds in a column.
pub fn check_of<'k>(
    table: &Table,
    column: &Column,
    key: impl FnOnce() -> Option<&'k str>,
) -> Option<Check> {
    if table.name == "site" && column.name == "value" {
        return key().and_then(site_key)?.check;
    }
    column.check
}

/// A MAC address; or the location code of an adapter, which `rnetboot` takes in
/// its place where the address is not known.
fn is_mac(text: &str) -> bool {
    let mac = text.split('!').next().unwrap_or_default().trim();
    if mac.starts_with('U') && mac.contains("-T") {
        return mac
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    }
    let is_hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
    let bytes = match mac.split([':', '-', '.']).collect::<Vec<_>>().as_slice() {
        // NIM and HMCs leave a zero at the beginning out.
        [whole] if is_hex(whole) => whole.len().div_ceil(2),
        // Of three groups, as switches write them.
        [a, b, c] if [a, b, c].iter().all(|p| p.len() == 4 && is_hex(p)) => 6,
        parts if parts.iter().all(|p| matches!(p.len(), 1 | 2) && is_hex(p)) => parts.len(),
        _ => 0,
    };
    matches!(bytes, 6 | 8 | 20)
}

fn is_ip(text: &str) -> bool {
    text.trim().parse::<IpAddr>().is_ok()
}

fn is_length(text: &str) -> bool {
    text.parse::<u8>().is_ok_and(|length| length <= 128)
}

fn is_mask(text: &str) -> bool {
    if let Ok(mask) = text.parse::<Ipv4Addr>() {
        let bits = u32::from(mask);
        return bits.leading_ones() + bits.trailing_zeros() >= u32::BITS;
    }
    is_length(text.strip_prefix('/').unwrap_or(text)) || text.parse::<Ipv6Addr>().is_ok()
}

fn is_range(text: &str) -> bool {
    if let Some((net, length)) = text.split_once('/') {
        return is_ip(net) && is_length(length);
    }
    match text.split_once('-') {
        Some((first, last)) => is_ip(first) && is_ip(last),
        None => text.is_empty(),
    }
}

fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "._:-".contains(c);
    !text.is_empty() && text.chars().all(allowed) && (!is_number_with_dots(text) || is_ip(text))
}

/// What is written like an address is one.
fn is_number_with_dots(text: &str) -> bool {
    text.contains('.') && text.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_forms() {
        const WORDS: Check = Check::Words(&["ppc", "osi", "NIM"]);
        for (check, good, bad) in [
            (
                Check::Mac,
                &[
                    "02:00:00:00:00:0a",
                    "02-00-00-00-00-0A",
                    "02000000000a",
                    "fef9dfb7c60",
                    "0200.0000.000a",
                    "2:0:0:0:0:a",
                    "02:00:00:00:00:0a!n1|02:00:00:00:00:0b!*NOIP*",
                    "80:00:00:48:fe:80",
                    "00:02:c9:03:00:0e:6d:51",
                    "|node(\\d+)|02:00:00:00:00:($1)|",
                    "",
                ][..],
                &[
                    "zzz",
                    "02:00:00:00:00",
                    "02:00:00:00:00:0g",
                    "n1!02:00:00:00:00:0a",
                ][..],
            ),
            (
                Check::Ips,
                &["10.0.0.1", "fe80::1", "10.0.0.1,10.0.0.2", "<xcatmaster>"],
                &["999.1.2.3", "10.0.0", "n1", "10.0.0.1/24"],
            ),
            (
                Check::NicIps,
                &[
                    "en0!10.0.0.1|10.0.0.2,en1!fe80::1",
                    "en0!|n(\\d+)|10.0.0.($1)|",
                ],
                &["10.0.0.1", "en0!n1", "!10.0.0.1"],
            ),
            (
                Check::Interfaces,
                &["-en1:10.1.0.7,x:10.2.0.7", "v6!fe80::1"],
                &["en1", "en1:n7", "-en1:10.1.0"],
            ),
            (
                Check::Network,
                &["10.0.0.0", "fd59::/64"],
                &["10.0.0", "fd59::/999", "net1"],
            ),
            (
                Check::Mask,
                &["255.255.255.224", "0.0.0.0", "255.255.255.255", "/64", "64"],
                &["255.0.255.0", "/200", "mask", "255.255"],
            ),
            (
                Check::Ranges,
                &["10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9;10.0.1.0/28"],
                &["10.0.0.1", "1-9"],
            ),
            (
                Check::Names,
                &[
                    "hmc1",
                    "hmc1,10.0.0.9",
                    "a.b.c d",
                    "fe80::1",
                    "<xcatmaster>",
                    "Server-9117_1",
                ],
                &["hmc 1!", "a;b", "999.1.2.3", "$(x)"],
            ),
            (Check::Number, &["0", "115200"], &["-1", "one", "1.5"]),
            (Check::Flag, &["yes", "1", "N", "True"], &["2", "maybe"]),
            (WORDS, &["ppc,osi", "PPC", "nim"], &["pcp", "ppc,x"]),
        ] {
            for value in good {
                assert!(check.accepts(value), "{check:?}: {value}");
            }
            for value in bad {
                assert!(!check.accepts(value), "{check:?}: {value}");
            }
        }
        assert_eq!(WORDS.wanted(), "ppc, osi or NIM");
    }
}
