//! Faults that a host can be told to have.

use std::time::Duration;

/// A way a host misbehaves until it is healed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nobody listens: connections are refused.
    Down,
    /// Nothing is read from or written to any connection, old or new, until it is healed:
    /// a host that hangs, or a network that swallows packets.
    Freeze,
    /// Connections are accepted and nothing is ever sent.
    Silent,
    /// The SSH banner is sent and nothing after it.
    BannerOnly,
    /// Every login is refused.
    RefuseLogin,
    /// Logins succeed, sessions are never answered.
    HangAfterLogin,
    /// A command never ends.
    Hang,
    /// A command takes that much longer.
    Slow(Duration),
    /// The connection is cut in the middle of a command's answer. What the command does is done.
    Drop,
    /// The connection is cut when a command arrives, before anything is done.
    Cut,
    /// A command answers binary garbage with status 0.
    Garbage,
    /// A command answers without end.
    Endless,
    /// A command's answer comes byte by byte, one in this time.
    Drip(Duration),
    /// The host key is another one than before.
    ChangeHostKey,
    /// Changes are refused: another task holds the system.
    Busy,
    /// Commands are refused for want of authority.
    NoAuthority,
    /// Answers are in Polish.
    Polish,
}

impl Fault {
    /// Reads the words of `simsite tell`: `hang`, `slow 2s`, `drip 100ms` …
    pub fn parse(words: &[&str]) -> Result<Self, String> {
        match words {
            ["down"] => Ok(Self::Down),
            ["freeze"] => Ok(Self::Freeze),
            ["silent"] => Ok(Self::Silent),
            ["banner-only"] => Ok(Self::BannerOnly),
            ["refuse-login"] => Ok(Self::RefuseLogin),
            ["hang-after-login"] => Ok(Self::HangAfterLogin),
            ["hang"] => Ok(Self::Hang),
            ["slow", time] => Ok(Self::Slow(duration(time)?)),
            ["drop"] => Ok(Self::Drop),
            ["cut"] => Ok(Self::Cut),
            ["garbage"] => Ok(Self::Garbage),
            ["endless"] => Ok(Self::Endless),
            ["drip"] => Ok(Self::Drip(Duration::from_secs(1))),
            ["drip", time] => Ok(Self::Drip(duration(time)?)),
            ["change-host-key"] => Ok(Self::ChangeHostKey),
            ["busy"] => Ok(Self::Busy),
            ["no-authority"] => Ok(Self::NoAuthority),
            ["polish"] => Ok(Self::Polish),
            _ => Err(format!("no such fault: {}", words.join(" "))),
        }
    }
}

/// Reads `2s` or `150ms`.
fn duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("not a time like 2s or 150ms: {text}");
    if let Some(number) = text.strip_suffix("ms") {
        return Ok(Duration::from_millis(number.parse().map_err(|_| bad())?));
    }
    let number = text.strip_suffix('s').ok_or_else(bad)?;
    Ok(Duration::from_secs(number.parse().map_err(|_| bad())?))
}

/// The faults of one host.
#[derive(Debug, Default)]
pub struct Faults(Vec<(Option<String>, Fault)>);

impl Faults {
    /// Adds a fault, for all commands or for those whose line contains a text.
    pub fn add(&mut self, command: Option<String>, fault: Fault) {
        self.0.push((command, fault));
    }

    /// Forgets all faults.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether the host has this fault, whatever the command.
    pub fn has(&self, fault: &Fault) -> bool {
        self.0
            .iter()
            .any(|(command, known)| command.is_none() && known == fault)
    }

    /// The faults that hit a command line.
    pub fn of_command(&self, line: &str) -> Vec<Fault> {
        let hit =
            |command: &Option<String>| command.as_ref().is_none_or(|text| line.contains(text));
        let hits = self.0.iter().filter(|(command, _)| hit(command));
        hits.map(|(_, fault)| fault.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_from_words() {
        assert_eq!(
            Fault::parse(&["slow", "2s"]),
            Ok(Fault::Slow(Duration::from_secs(2)))
        );
        assert_eq!(
            Fault::parse(&["drip", "5ms"]),
            Ok(Fault::Drip(Duration::from_millis(5)))
        );
        assert!(Fault::parse(&["slow", "x"]).is_err());
        assert!(Fault::parse(&["explode"]).is_err());
    }

    #[test]
    fn a_fault_of_a_command_spares_the_others() {
        let mut faults = Faults::default();
        faults.add(Some("-r lpar".into()), Fault::Hang);
        assert_eq!(faults.of_command("lssyscfg -r lpar -m x"), [Fault::Hang]);
        assert!(faults.of_command("lssyscfg -r sys").is_empty());
        assert!(!faults.has(&Fault::Hang));
    }
}
