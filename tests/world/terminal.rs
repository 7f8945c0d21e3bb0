//! A command on a terminal of its own.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::{World, bin_folder};

/// What is typed goes to the command, what it shows comes back. The command is
/// ended when this is dropped.
pub struct Terminal {
    /// `None` once it is hung up.
    control: Option<File>,
    child: Child,
    said: Vec<u8>,
}

impl Terminal {
    /// Starts one of our commands, with this terminal as its only one.
    pub fn start(world: &World, program: &str, arguments: &[&str]) -> Self {
        Self::of_size(world, program, arguments, (200, 50))
    }

    /// The same on a terminal of so many columns and rows.
    pub fn of_size(
        world: &World,
        program: &str,
        arguments: &[&str],
        (columns, rows): (u16, u16),
    ) -> Self {
        // setsid(1) makes it the controlling terminal.
        let mut command = world.command("/usr/bin/setsid");
        command.arg("--ctty").arg(bin_folder().join(program));
        command.args(arguments);
        Self::of(command, (columns, rows))
    }

    fn of(mut command: Command, (columns, rows): (u16, u16)) -> Self {
        let control = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC);
        let control: OwnedFd = control.unwrap();
        grantpt(&control).unwrap();
        unlockpt(&control).unwrap();
        tcsetwinsize(&control, size(columns, rows)).unwrap();
        let path = ptsname(&control, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let user_end = || rustix::fs::open(&path, flags, Mode::empty()).unwrap();
        let child = command
            .stdin(user_end())
            .stdout(user_end())
            .stderr(user_end())
            .spawn()
            .unwrap();
        Terminal {
            control: Some(control.into()),
            child,
            said: Vec::new(),
        }
    }

    fn control(&mut self) -> &mut File {
        self.control.as_mut().expect("it is hung up")
    }

    /// Reads what is there by now, or comes within this time.
    fn read(&mut self, wait: Duration) -> bool {
        let control = self.control();
        let mut sources = [PollFd::new(control, PollFlags::IN)];
        let wait = Timespec::try_from(wait).unwrap();
        if poll(&mut sources, Some(&wait)).unwrap_or(0) == 0 {
            return true;
        }
        let mut bytes = [0; 4096];
        match control.read(&mut bytes) {
            Ok(count @ 1..) => {
                self.said.extend(&bytes[..count]);
                true
            }
            // Nobody has the other end any more.
            _ => false,
        }
    }

    /// Waits until this is shown, behind what was waited for before; gives what
    /// was shown in between.
    #[track_caller]
    pub fn heard(&mut self, text: impl AsRef<[u8]>) -> String {
        let text = text.as_ref();
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let place = self.said.windows(text.len()).position(|part| part == text);
            if let Some(place) = place {
                let rest = self.said.split_off(place + text.len());
                let said = std::mem::replace(&mut self.said, rest);
                return String::from_utf8_lossy(&said).replace('\r', "");
            }
            let open = self.read(Duration::from_millis(100));
            assert!(
                open && Instant::now() < end,
                "not {:?} but {:?}",
                String::from_utf8_lossy(text),
                String::from_utf8_lossy(&self.said)
            );
        }
    }

    /// Types.
    pub fn say(&mut self, text: impl AsRef<[u8]>) {
        self.control().write_all(text.as_ref()).unwrap();
    }

    /// Changes its size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        tcsetwinsize(self.control().as_fd(), size(columns, rows)).unwrap();
    }

    /// Whether keys are handed on as they are typed, and not echoed.
    pub fn is_raw(&mut self) -> bool {
        let modes = tcgetattr(self.control().as_fd()).unwrap();
        let cooked = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        !modes.local_modes.intersects(cooked)
    }

    /// Takes the terminal away, as a window that is closed does.
    pub fn hang_up(&mut self) {
        self.control = None;
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end of the command: how it ended, and what it showed last.
    #[track_caller]
    pub fn end(&mut self) -> (ExitStatus, String) {
        let (status, said) = self.wait();
        self.said.clear();
        (status, said.replace('\r', ""))
    }

    #[track_caller]
    fn wait(&mut self) -> (ExitStatus, String) {
        let end = Instant::now() + Duration::from_secs(60);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "it does not end");
            match self.control {
                Some(_) => drop(self.read(Duration::from_millis(20))),
                None => thread::sleep(Duration::from_millis(20)),
            }
        };
        while self.control.is_some() && self.read(Duration::ZERO) {
            let length = self.said.len();
            if !self.read(Duration::from_millis(20)) || self.said.len() == length {
                break;
            }
        }
        let said = String::from_utf8_lossy(&self.said).into_owned();
        (status, said)
    }

    /// All that was shown up to the end, and the exit code.
    #[track_caller]
    pub fn all(mut self) -> (String, Option<i32>) {
        let (status, said) = self.wait();
        (said, status.code())
    }

    /// [`Terminal::end`] with this exit code; gives what was shown last.
    #[track_caller]
    pub fn ends(&mut self, code: i32) -> String {
        let (status, said) = self.end();
        assert_eq!(status.code(), Some(code), "{said}");
        said
    }

    /// [`Terminal::end`] by this signal.
    #[track_caller]
    pub fn ends_by(&mut self, signal: i32) -> String {
        let (status, said) = self.end();
        assert_eq!(status.signal(), Some(signal), "{said}");
        said
    }
}

fn size(columns: u16, rows: u16) -> Winsize {
    Winsize {
        ws_col: columns,
        ws_row: rows,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
