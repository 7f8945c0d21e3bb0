//! How long a master connection outlives its last command, in OpenSSH's notation.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The meaning of `ControlPersist`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persist {
    /// `no`: the connection ends with its command. As the connection is opened
    /// before the command is, it is kept for one idle second.
    No,
    /// `yes` or `0`: until it is closed by hand or by the other side.
    Forever,
    /// Idle time, counted from the end of the last command.
    For(Duration),
}

/// A `ControlPersist` that OpenSSH would not accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a ControlPersist time: use yes, no, or a time such as 600, 10m, 8h or 1h30m")]
pub struct BadPersist(String);

impl Default for Persist {
    /// 600 s, as the LPAR-Tool has it.
    fn default() -> Self {
        Persist::For(Duration::from_secs(600))
    }
}

impl FromStr for Persist {
    type Err = BadPersist;

    /// Reads `yes`, `no` or a sum of numbers with the units of sshd_config(5):
    /// `s m h d w`, either case, seconds where none stands.
    fn from_str(text: &str) -> Result<Self, BadPersist> {
        match text {
            "yes" | "true" => Ok(Persist::Forever),
            "no" | "false" => Ok(Persist::No),
            _ => match seconds(text) {
                Some(0) => Ok(Persist::Forever),
                Some(sum) => Ok(Persist::For(Duration::from_secs(sum))),
                None => Err(BadPersist(text.to_owned())),
            },
        }
    }
}

/// The sum of a time such as `1h30m`. ssh keeps it in an `int`.
fn seconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().ok()?;
        let mut unit = rest[digits..].chars();
        let factor = match unit.next() {
            None | Some('s' | 'S') => 1,
            Some('m' | 'M') => 60,
            Some('h' | 'H') => 3600,
            Some('d' | 'D') => 86_400,
            Some('w' | 'W') => 604_800,
            Some(_) => return None,
        };
        rest = unit.as_str();
        sum = sum.checked_add(number.checked_mul(factor)?)?;
    }
    (!text.is_empty() && i32::try_from(sum).is_ok()).then_some(sum)
}

impl fmt::Display for Persist {
    /// The value for ssh's option, in seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Persist::No => f.write_str("1"),
            Persist::Forever => f.write_str("yes"),
            Persist::For(idle) => write!(f, "{}", idle.as_secs().max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_time_is_read() {
        let cases = [
            ("600", "600"),
            ("90s", "90"),
            ("10m", "600"),
            ("8h", "28800"),
            ("1d", "86400"),
            ("1w", "604800"),
            ("1h30m", "5400"),
            ("1H30M5", "5405"),
            ("0", "yes"),
            ("yes", "yes"),
            ("no", "1"),
        ];
        for (text, option) in cases {
            assert_eq!(
                text.parse::<Persist>().unwrap().to_string(),
                option,
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "8x",
            "h",
            "-1",
            "1h-",
            "8 h",
            "99999999999999999999",
            "9999999w",
            "ja",
        ] {
            let error = text.parse::<Persist>().unwrap_err();
            assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
        }
    }
}
