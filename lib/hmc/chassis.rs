//! The manager of a chassis (Flex CMM, BladeCenter AMM), asked as an HMC is: its
//! command line over ssh.
//!
//! It is no shell: a command is words, `-T` names its target, and quotes are
//! part of a word. Its exit status says nothing; what is neither `OK` nor what
//! was asked for is a refusal. Commands and words are those of its public
//! documentation. That it takes a command as ssh hands it over, without a
//! prompt, and that Power nodes take a boot sequence like others, is assumed.

use super::ask::{Ask, Garbled};
use crate::remote::Command;

/// A device in a boot sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// xCAT's name of it.
    pub name: &'static str,
    /// xCAT's other words for it.
    words: &'static [&'static str],
    /// The manager's words: the first is sent, all are understood.
    own: &'static [&'static str],
}

const fn device(
    name: &'static str,
    words: &'static [&'static str],
    own: &'static [&'static str],
) -> Device {
    Device { name, words, own }
}

/// The place of a sequence that has no device.
pub const NONE: Device = device("none", &[], &["nodev"]);

/// All of them, as xCAT has them (`blade.pm`).
const DEVICES: &[Device] = &[
    NONE,
    device("floppy", &["f"], &["floppy"]),
    device("cdrom", &["c", "cd", "dvd", "dvdrom"], &["cd"]),
    device("hd0", &["h", "hd", "harddisk", "harddisk0"], &["hd0"]),
    device("hd1", &["harddisk1"], &["hd1"]),
    device("hd2", &["harddisk2"], &["hd2"]),
    device("hd3", &["harddisk3"], &["hd3"]),
    device("hd4", &["harddisk4"], &["hd4"]),
    device("net", &["n", "network"], &["nw"]),
    device("iscsi", &[], &["iscsi"]),
    device("iscsicrit", &[], &["iscsicrt"]),
    device("usbflash", &["usb", "flash"], &["usbdisk", "usb"]),
    device("hypervisor", &[], &["hyper"]),
    device("uefi", &[], &["uefi"]),
    device("legacy", &[], &["legacy"]),
];

impl Device {
    /// The device that xCAT calls so.
    pub fn named(word: &str) -> Option<Self> {
        let is = |device: &&Device| device.name == word || device.words.contains(&word);
        DEVICES.iter().find(is).copied()
    }
}

/// How many devices a sequence has.
pub const PLACES: usize = 4;

/// The names of a sequence as xCAT tells it, the empty places at its end too.
pub fn names(sequence: &[String]) -> String {
    let empty = std::iter::repeat_n(NONE.name, PLACES.saturating_sub(sequence.len()));
    let names: Vec<_> = sequence.iter().map(String::as_str).chain(empty).collect();
    names.join(",")
}

/// `bootseq`: xCAT's names of the devices that the node in a bay boots from, in
/// their order. A device that xCAT does not know keeps the manager's word.
pub fn boot_sequence(bay: u32) -> Ask<Vec<String>> {
    Ask {
        command: at(Command::new("bootseq"), bay),
        read: Box::new(|text| {
            let lines: Vec<_> = text.lines().map(str::trim).collect();
            let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
            let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            match !lines.is_empty() && lines.iter().all(|line| line.chars().all(word)) {
                true => Ok(lines.into_iter().map(name).collect()),
                false => Err(Garbled::Refused(text.to_owned())),
            }
        }),
    }
}

/// `bootseq` with devices: the node in a bay boots from these from now on.
pub fn set_boot_sequence(bay: u32, devices: &[Device]) -> Ask<()> {
    let words = devices.iter().map(|device| device.own[0]);
    change(Command::new("bootseq").args(words), bay)
}

/// What can be done to the power of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// Switched on.
    On,
    /// Cut at once.
    Off,
    /// Its operating system is asked to shut down.
    SoftOff,
    /// Cut and switched on again; what is off comes on.
    Cycle,
}

/// `power -state`: whether the node in a bay is on.
pub fn power_state(bay: u32) -> Ask<bool> {
    Ask {
        command: at(Command::new("power").arg("-state"), bay),
        read: Box::new(|text| match text.trim() {
            "On" => Ok(true),
            "Off" => Ok(false),
            _ => Err(Garbled::Refused(text.to_owned())),
        }),
    }
}

/// `power`: switches the node in a bay.
pub fn set_power(bay: u32, power: Power) -> Ask<()> {
    let word = match power {
        Power::On => "-on",
        Power::Off => "-off",
        Power::SoftOff => "-softoff",
        Power::Cycle => "-cycle",
    };
    change(Command::new("power").arg(word), bay)
}

fn change(command: Command, bay: u32) -> Ask<()> {
    Ask {
        command: at(command, bay),
        read: Box::new(|text| match text.trim() {
            "OK" => Ok(()),
            _ => Err(Garbled::Refused(text.to_owned())),
        }),
    }
}

fn name(own: &str) -> String {
    let is = |device: &&Device| device.own.contains(&own);
    let found = DEVICES.iter().find(is);
    found.map_or(own, |device| device.name).to_owned()
}

fn at(command: Command, bay: u32) -> Command {
    let target = format!("system:blade[{bay}]");
    command.arg("-T").arg(target).without_shell()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_read_and_sent_in_the_managers_words() {
        let ask = boot_sequence(3);
        assert_eq!(ask.command.to_shell(), "bootseq -T system:blade[3]");
        let read = (ask.read)("nw\r\nhd0\nusbdisk\n").unwrap();
        assert_eq!(names(&read), "net,hd0,usbflash,none");
        let refused = (ask.read)("The target bay is empty.\n").unwrap_err();
        assert_eq!(refused.to_string(), "The target bay is empty.\n");
        assert!((ask.read)("").is_err() && (ask.read)("OK\n").is_err());
        let devices = ["n", "cd", "none"].map(|word| Device::named(word).unwrap());
        let ask = set_boot_sequence(3, &devices);
        assert_eq!(
            ask.command.to_shell(),
            "bootseq nw cd nodev -T system:blade[3]"
        );
        assert!((ask.read)("OK\n").is_ok() && (ask.read)("Invalid syntax.\n").is_err());
        assert_eq!(Device::named("hfi"), None);
    }

    #[test]
    fn power_is_on_or_off_and_nothing_else() {
        let ask = power_state(3);
        assert_eq!(ask.command.to_shell(), "power -state -T system:blade[3]");
        let state = |text| (ask.read)(text).map_err(|error| error.to_string());
        assert_eq!(state("On\r\n"), Ok(true));
        assert_eq!(state("Off\n"), Ok(false));
        let empty = "The target bay is empty.\n".to_owned();
        assert_eq!(state(&empty), Err(empty.clone()));
        assert!(state("").is_err() && state("OK\n").is_err());
        let sent = |power| set_power(14, power).command.to_shell();
        assert_eq!(sent(Power::On), "power -on -T system:blade[14]");
        assert_eq!(sent(Power::Off), "power -off -T system:blade[14]");
        assert_eq!(sent(Power::SoftOff), "power -softoff -T system:blade[14]");
        assert_eq!(sent(Power::Cycle), "power -cycle -T system:blade[14]");
        let ask = set_power(14, Power::On);
        assert!((ask.read)("OK\r\n").is_ok() && (ask.read)("Off\n").is_err());
    }
}
