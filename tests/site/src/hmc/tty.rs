//! The console of a partition as its terminal shows it: a login of the operating system, the
//! firmware prompt, nothing while it is off. What it looks like is that of real systems in
//! outline; no capture of a whole session was available.

use super::state::{OPEN_FIRMWARE, RUNNING};

/// What a partition is at this moment, as its console shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// State (`Running`, `Open Firmware` …).
    pub state: String,
    /// Operating system as RMC tells it.
    pub os: String,
    /// Partition name, which is also its host name.
    pub name: String,
    /// Password of its root or padmin user.
    pub password: String,
}

/// Where the dialogue with the user stands.
#[derive(Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Nothing was shown yet.
    #[default]
    Blank,
    Login,
    Password(String),
    Shell(String),
    Firmware,
}

/// One console. It keeps its place when the terminal that shows it changes.
#[derive(Debug, Default)]
pub struct Tty {
    stage: Stage,
    line: Vec<u8>,
    shown: Option<String>,
}

impl Tty {
    /// What appears by itself when the state has changed since the last time.
    pub fn turned(&mut self, screen: &Screen) -> String {
        let before = self.shown.replace(screen.state.clone());
        let Some(before) = before.filter(|before| *before != screen.state) else {
            return String::new();
        };
        self.line.clear();
        self.stage = Stage::Blank;
        match screen.state.as_str() {
            "Starting" => "\r\n          -\r\n Elapsed time since release of system processors: 3 mins 20 secs\r\n".to_owned(),
            // A network boot or a boot from disk has ended in the operating system.
            RUNNING if before == "Starting" || before == OPEN_FIRMWARE => {
                self.stage = Stage::Login;
                format!("{}{}", self.booted(screen), login(screen))
            }
            OPEN_FIRMWARE => {
                self.stage = Stage::Firmware;
                "\r\n0 > ".to_owned()
            }
            _ => String::new(),
        }
    }

    fn booted(&self, screen: &Screen) -> String {
        match screen.os.split([' ', '/']).next() {
            Some("Linux") => format!("\r\nWelcome to {}\r\n", screen.os),
            _ => "\r\nSaving Base Customize Data to boot disk\r\nStarting the sync daemon\r\nSystem initialization completed.\r\n".to_owned(),
        }
    }

    /// What a typed byte makes it show.
    pub fn typed(&mut self, byte: u8, screen: &Screen) -> Vec<u8> {
        match (screen.state.as_str(), &self.stage) {
            (RUNNING, Stage::Firmware) => self.stage = Stage::Blank,
            (OPEN_FIRMWARE, stage) if *stage != Stage::Firmware => {
                self.stage = Stage::Firmware;
                return "\r\n0 > ".into();
            }
            (RUNNING | OPEN_FIRMWARE, _) => {}
            _ => return Vec::new(),
        }
        match byte {
            b'\r' | b'\n' => {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
                self.entered(&line, screen).into()
            }
            8 | 127 => match self.line.pop() {
                Some(_) if self.echoes() => "\x08 \x08".into(),
                _ => Vec::new(),
            },
            // The interrupt key of a shell.
            3 if matches!(self.stage, Stage::Shell(_)) => {
                self.line.clear();
                format!("^C\r\n{}", prompt(screen)).into()
            }
            byte if byte >= b' ' && self.stage != Stage::Blank => {
                self.line.push(byte);
                match self.echoes() {
                    true => vec![byte],
                    false => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn echoes(&self) -> bool {
        !matches!(self.stage, Stage::Password(_))
    }

    fn entered(&mut self, line: &str, screen: &Screen) -> String {
        match std::mem::take(&mut self.stage) {
            Stage::Blank => {
                self.stage = Stage::Login;
                login(screen)
            }
            Stage::Login if line.is_empty() => {
                self.stage = Stage::Login;
                login(screen)
            }
            Stage::Login => {
                self.stage = Stage::Password(line.to_owned());
                match kind(screen) {
                    "Linux" => "\r\nPassword: ".to_owned(),
                    _ => format!("\r\n{line}'s Password: "),
                }
            }
            Stage::Password(user) => self.logged_in(&user, line, screen),
            Stage::Shell(user) => self.command(user, line, screen),
            Stage::Firmware => {
                self.stage = Stage::Firmware;
                match line.trim() {
                    "" => "\r\n0 > ".to_owned(),
                    word => format!("\r\n{word} unknown word\r\n0 > "),
                }
            }
        }
    }

    fn logged_in(&mut self, user: &str, password: &str, screen: &Screen) -> String {
        let owner = if kind(screen) == "VIOS" {
            "padmin"
        } else {
            "root"
        };
        if user == owner && password == screen.password {
            self.stage = Stage::Shell(user.to_owned());
            return format!("\r\n{}", prompt(screen));
        }
        self.stage = Stage::Login;
        let refusal = match kind(screen) {
            "Linux" => "Login incorrect",
            _ => "[compat]: 3004-007 You entered an invalid login name or password.",
        };
        format!("\r\n{refusal}\r\n{}", login(screen).trim_start())
    }

    fn command(&mut self, user: String, line: &str, screen: &Screen) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match words.as_slice() {
            [] => String::new(),
            ["exit" | "logout"] => {
                self.stage = Stage::Login;
                return login(screen);
            }
            ["hostname"] | ["uname", "-n"] => format!("{}\r\n", screen.name),
            ["date"] => format!("{}\r\n", crate::clock::plain()),
            ["echo", rest @ ..] => format!("{}\r\n", rest.join(" ")),
            [name, ..] => format!("ksh: {name}:  not found.\r\n"),
        };
        self.stage = Stage::Shell(user);
        format!("\r\n{answer}{}", prompt(screen))
    }
}

fn kind(screen: &Screen) -> &str {
    screen.os.split([' ', '/']).next().unwrap_or_default()
}

fn prompt(screen: &Screen) -> &'static str {
    match kind(screen) {
        "VIOS" => "$ ",
        _ => "# ",
    }
}

fn login(screen: &Screen) -> String {
    match kind(screen) {
        "Linux" => format!("\r\n\r\n{} login: ", screen.name),
        "VIOS" => "\r\n\r\nIBM Virtual I/O Server\r\n\r\nlogin: ".to_owned(),
        _ => "\r\n\r\nAIX Version 7\r\nCopyright IBM Corporation, 1982, 2020.\r\nConsole login: "
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(state: &str, os: &str) -> Screen {
        Screen {
            state: state.into(),
            os: os.into(),
            name: "node01".into(),
            password: "secret".into(),
        }
    }

    fn all(tty: &mut Tty, text: &str, screen: &Screen) -> String {
        let shown: Vec<u8> = text
            .bytes()
            .flat_map(|byte| tty.typed(byte, screen))
            .collect();
        String::from_utf8(shown).unwrap()
    }

    #[test]
    fn a_user_logs_in_without_the_password_being_shown() {
        let aix = screen(RUNNING, "AIX 7.3 7300-02-01-2346");
        let mut tty = Tty::default();
        assert!(all(&mut tty, "\r", &aix).ends_with("Console login: "));
        assert_eq!(all(&mut tty, "root\r", &aix), "root\r\nroot's Password: ");
        let refused = all(&mut tty, "wrong\r", &aix);
        assert!(refused.starts_with("\r\n[compat]: 3004-007 ") && !refused.contains("wrong"));
        all(&mut tty, "root\rsecret\r", &aix);
        assert_eq!(
            all(&mut tty, "hostname\r", &aix),
            "hostname\r\nnode01\r\n# "
        );
    }

    #[test]
    fn what_is_off_is_silent_and_firmware_prompts() {
        let mut tty = Tty::default();
        assert_eq!(all(&mut tty, "hello\r", &screen("Not Activated", "")), "");
        let firmware = screen(OPEN_FIRMWARE, "");
        assert_eq!(all(&mut tty, "\r", &firmware), "\r\n0 > ");
        assert_eq!(
            all(&mut tty, "x\r", &firmware),
            "x\r\nx unknown word\r\n0 > "
        );
    }

    #[test]
    fn every_byte_is_echoed_as_it_is() {
        let mut tty = Tty::default();
        let firmware = screen(OPEN_FIRMWARE, "");
        all(&mut tty, "\r", &firmware);
        for byte in 0x80..=0xff {
            assert_eq!(tty.typed(byte, &firmware), [byte]);
        }
    }

    #[test]
    fn a_boot_is_seen() {
        let mut tty = Tty::default();
        assert_eq!(tty.turned(&screen("Not Activated", "")), "");
        assert!(tty.turned(&screen("Starting", "")).contains("Elapsed time"));
        let text = tty.turned(&screen(RUNNING, "Linux/SuSE 5.14.21 15.4"));
        assert!(text.ends_with("node01 login: "), "{text}");
    }
}
