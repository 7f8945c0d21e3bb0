//! Machine type, model and serial number: the name of a machine that never
//! changes.

use std::fmt;
use std::str::FromStr;

/// A managed system or frame as every HMC knows it, written `9117-MMA*10F6F3D`.
///
/// User-defined names change, and a system without connection is *named* by
/// its address; this stays. Both parts consist of letters, digits and dashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mtms {
    model: String,
    serial: String,
}

impl Mtms {
    /// Returns the machine of type-model `model`, `9117-MMA`, with this serial
    /// number; nothing if one of them is empty, a nothing of the HMC's, or has
    /// a character that no such number has.
    pub fn new(model: &str, serial: &str) -> Option<Self> {
        let part = |text: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let known = !matches!(text, "" | "none" | "null" | "unavailable");
            known && text.len() <= 32 && text.chars().all(plain)
        };
        (part(model) && part(serial)).then(|| Mtms {
            model: model.to_owned(),
            serial: serial.to_owned(),
        })
    }

    /// Machine type and model: `9117-MMA`.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Serial number: `10F6F3D`.
    pub fn serial(&self) -> &str {
        &self.serial
    }
}

impl fmt::Display for Mtms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}*{}", self.model, self.serial)
    }
}

/// A machine that an HMC is asked about: systems and frames are named by
/// different options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// A managed system (`-m`).
    System(Mtms),
    /// A frame (`-e`).
    Frame(Mtms),
}

/// The text is not `type-model*serial`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a machine type, model and serial number such as 9117-MMA*10F6F3D")]
pub struct BadMtms(String);

impl FromStr for Mtms {
    type Err = BadMtms;

    fn from_str(text: &str) -> Result<Self, BadMtms> {
        let parts = text.split_once('*');
        let mtms = parts.and_then(|(model, serial)| Mtms::new(model, serial));
        mtms.ok_or_else(|| BadMtms(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_it_is_read() {
        for text in ["9117-MMA*10F6F3D", "8286-42A*218CA0V", "0000-BMC*10013019"] {
            assert_eq!(text.parse::<Mtms>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn nothings_and_shell_characters_are_no_machines() {
        for text in [
            "",
            "9117-MMA",
            "unavailable*1",
            "9117-MMA*",
            "9117-MMA*$(id)",
            "a*b*c",
        ] {
            assert!(text.parse::<Mtms>().is_err(), "{text}");
        }
    }
}
