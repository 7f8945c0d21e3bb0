//! What the transport depends on, and the ssh command line that follows from it.

use std::fmt;
use std::path::PathBuf;
use std::process;

use super::persist::Persist;
use super::target::Target;

/// Takes one line of what is being done.
pub type Verbose = Box<dyn Fn(&str) + Send + Sync>;

/// All that the transport depends on, gathered by the caller.
pub struct Settings {
    /// The ssh client: `ssh`, to be found in the PATH, or a path.
    pub ssh_program: PathBuf,
    /// The ssh configuration in place of the user's own (`XCAT_SSH_CONFIG`).
    pub config_file: Option<PathBuf>,
    /// Where control sockets may be; see [`control_dir`]. It is made when it is
    /// first needed.
    pub control_dirs: Vec<PathBuf>,
    /// How long a connection outlives its last command.
    pub persist: Persist,
    /// The program that ssh runs to be told a stored password: our own
    /// executable, which finds [`super::askpass::VARIABLE`] in its environment
    /// and calls [`super::askpass::answer`].
    pub askpass_program: PathBuf,
    /// Whether ssh may ask on the terminal for what is not stored.
    pub interactive: bool,
    /// Is told what is done, a line at a time, without secrets (`-V`).
    pub verbose: Option<Verbose>,
    /// Told before ssh asks on the terminal, with true, and afterwards.
    pub prompting: fn(bool),
}

impl Settings {
    pub(super) fn say(&self, line: &str) {
        if let Some(verbose) = &self.verbose {
            verbose(line);
        }
    }

    /// ssh with what is the same for each call. A master keeps its working
    /// directory for hours, so it gets one that is never to be unmounted.
    pub(super) fn ssh(&self) -> process::Command {
        let mut command = process::Command::new(&self.ssh_program);
        command.env("LC_ALL", "C").current_dir("/");
        if let Some(file) = &self.config_file {
            command.arg("-F").arg(file);
        }
        command
    }

    /// The last words of the command line: nothing behind `--` is an option.
    pub(super) fn host(&self, command: &mut process::Command, target: &Target) {
        if let Some(user) = &target.user {
            command.arg("-l").arg(user);
        }
        command.arg("--").arg(&target.address);
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("ssh_program", &self.ssh_program)
            .field("config_file", &self.config_file)
            .field("control_dirs", &self.control_dirs)
            .field("persist", &self.persist)
            .field("interactive", &self.interactive)
            .finish_non_exhaustive()
    }
}
