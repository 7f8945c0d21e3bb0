//! What `lpar_netboot` prints.
//!
//! It talks of its progress in lines of `#`, with `-v` in lines of
//! `lpar_netboot Status:` too; fails with `lpar_netboot:`, at times with exit
//! status 0 (see [`refusal`](super::refusal)); and with `-M` ends with a table
//! of the adapters it found. The table has grown with the HMCs:
//!
//! ```text
//! ent U9117.MMA.10F6F3D-V5-C3-T1 1e0e122a930d /vdevice/l-lan@30000003
//! ent U9105.22A.7812345-V1-C2-T0 621072d17102 /vdevice/l-lan@30000002 n/a virtual
//! ```
//!
//! Its head names the columns in the language of the session and is not read.
//! No complete answer to `-M -D` of a real HMC was seen, only its table.

use std::fmt;

use super::ask::Garbled;
use super::refusal::complaint;

/// A network adapter as Open Firmware sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// `ent`, or `hfi-ent` on POWER7 775.
    pub kind: String,
    /// Location code, `U9105.22A.7812345-V1-C2-T0`. Its last part is `-T0` for
    /// the first port on POWER10, `-T1` before.
    pub location: String,
    /// MAC address, 12 lower-case hexadecimal digits without colons.
    pub mac: String,
    /// Path in the device tree, `/vdevice/l-lan@30000002`.
    pub path: String,
    /// Result of the ping; `None` where the row has no such column.
    pub ping: Option<Ping>,
    /// Kind of device; `None` where the row has no such column.
    pub device: Option<Device>,
}

/// Whether the server answered a ping through an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ping {
    /// `successful`.
    Successful,
    /// `unsuccessful`.
    Unsuccessful,
    /// `n/a`: no ping was asked for (`-D`).
    NotTried,
}

/// What an adapter is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// `physical`: a card, or a port of one.
    Physical,
    /// `virtual`: attached to a virtual switch of the hypervisor.
    Virtual,
}

/// Reads the table of adapters that `lpar_netboot -M -n` ends with.
///
/// # Errors
/// A row that is none, and a table without any: an LPAR without adapters is a
/// refusal, so the answer broke off.
pub fn adapters(text: &str) -> Result<Vec<Adapter>, Garbled> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        match adapter(line) {
            Some(adapter) => found.push(adapter),
            None if is_row(line, !found.is_empty()) => {
                return Err(Garbled::Value {
                    column: "row of adapters",
                    value: line.to_owned(),
                });
            }
            None => {}
        }
    }
    if found.is_empty() {
        return Err(Garbled::Missing("an adapter"));
    }
    Ok(found)
}

/// The head of the table of adapters, as printed; `None` where no line begins
/// as one.
pub fn head(text: &str) -> Option<&str> {
    let head = |line: &&str| {
        let words = line.trim_start_matches('#').trim_start();
        line.starts_with('#') && words.starts_with("Type")
    };
    text.lines().map(str::trim).find(head)
}

/// Checks that `lpar_netboot` handed the partition over to its boot image:
/// its last line is `# Finished.`, as xCAT wants it too.
///
/// # Errors
/// The answer ends before that. One with a line of `lpar_netboot:` is a
/// refusal and does not come here.
pub fn booted(text: &str) -> Result<(), Garbled> {
    let words = |line: &str| line.trim_start_matches([' ', '#']).trim_end().to_owned();
    match text.lines().any(|line| words(line) == "Finished.") {
        true => Ok(()),
        false => Err(Garbled::Missing("the end of the network boot")),
    }
}

/// Returns why `lpar_netboot` failed, on one line, its progress left out:
/// the first line of `lpar_netboot:` and all that follows. Made for the text
/// of a [`Refusal`](super::refusal::Refusal), which holds all that was said.
pub fn failure(text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find_map(complaint)?;
    let rest = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| complaint(line).unwrap_or(line));
    Some(
        std::iter::once(first)
            .chain(rest)
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// The row of the table.
impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Adapter {
            kind,
            location,
            mac,
            path,
            ..
        } = self;
        write!(f, "{kind} {location} {mac} {path}")?;
        if let Some(ping) = self.ping {
            write!(f, " {ping}")?;
        }
        match self.device {
            Some(device) => write!(f, " {device}"),
            None => Ok(()),
        }
    }
}

/// The word of the table.
impl fmt::Display for Ping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ping::Successful => "successful",
            Ping::Unsuccessful => "unsuccessful",
            Ping::NotTried => "n/a",
        })
    }
}

/// The word of the table.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Device::Physical => "physical",
            Device::Virtual => "virtual",
        })
    }
}

fn adapter(line: &str) -> Option<Adapter> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (&[kind, location, mac, path], rest) = words.split_first_chunk()?;
    let (ping, device) = match *rest {
        [] => (None, None),
        [word] => match (ping(word), device(word)) {
            (None, None) => return None,
            known => known,
        },
        [result, kind] => (Some(ping(result)?), Some(device(kind)?)),
        _ => return None,
    };
    Some(Adapter {
        kind: kind.to_owned(),
        location: location.to_owned(),
        mac: plain_mac(mac)?,
        path: path.starts_with('/').then(|| path.to_owned())?,
        ping,
        device,
    })
}

/// Whether a line that could not be read should have been one of the table:
/// it begins as one, or stands in it.
fn is_row(line: &str, in_table: bool) -> bool {
    let kind = line.split_whitespace().next().unwrap_or("#");
    let talk = kind.starts_with('#') || kind.starts_with("lpar_netboot");
    matches!(kind, "ent" | "hfi-ent") || (in_table && !talk)
}

fn ping(word: &str) -> Option<Ping> {
    Some(match word {
        "successful" => Ping::Successful,
        "unsuccessful" => Ping::Unsuccessful,
        "n/a" => Ping::NotTried,
        _ => return None,
    })
}

fn device(word: &str) -> Option<Device> {
    Some(match word {
        "physical" => Device::Physical,
        "virtual" => Device::Virtual,
        _ => return None,
    })
}

fn plain_mac(word: &str) -> Option<String> {
    let digits = word.replace(':', "").to_ascii_lowercase();
    let hex = digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then_some(digits)
}

#[cfg(test)]
#[path = "netboot_tests.rs"]
mod tests;
