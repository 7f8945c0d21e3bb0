//! The user's editor on texts of ours.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};

/// A folder for texts that only their owner can read; it goes with the value
/// unless it is kept.
#[derive(Debug)]
pub struct Desk {
    folder: PathBuf,
    kept: bool,
}

impl Drop for Desk {
    fn drop(&mut self) {
        if !self.kept {
            // What is left of it is the user's and unreadable to others.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Desk {
    /// Makes the folder below another one.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(below: &Path) -> Result<Self> {
        let mut number = std::process::id();
        loop {
            let folder = below.join(format!("tabedit.{number}"));
            match DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => {
                    let kept = false;
                    return Ok(Self { folder, kept });
                }
                // Somebody's leavings: they are not ours to use.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                    number = number.wrapping_add(1);
                }
                Err(source) => return Err(failed("make", &folder, source)),
            }
        }
    }

    /// Where a text lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Lays a text down.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put(&self, name: &str, text: &str) -> Result<()> {
        let path = self.path(name);
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|source| failed("write", &path, source))
    }

    /// The text as it is now.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn text(&self, name: &str) -> Result<String> {
        let path = self.path(name);
        let text = fs::metadata(&path).and_then(|data| match data.is_file() {
            true => fs::read_to_string(&path),
            false => Err(io::Error::other("it is no regular file any more")),
        });
        text.map_err(|source| failed("read", &path, source))
    }

    /// Starts the editor on texts and waits for its end. `editor` may have
    /// arguments of its own; no shell sees it.
    ///
    /// # Errors
    /// It cannot be started, or says that it failed.
    pub fn edit(&self, editor: &str, names: &[String]) -> Result<()> {
        let words = shlex::split(editor).unwrap_or_default();
        let Some((program, arguments)) = words.split_first() else {
            return Err(Error::Configuration(format!(
                "TABEDITOR or EDITOR is no command: {editor}"
            )));
        };
        let ended = Command::new(program)
            .args(arguments)
            .args(names)
            .current_dir(&self.folder)
            .status()
            .map_err(|source| failed("start", Path::new(program), source))?;
        if ended.success() {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "{program} failed ({ended}): nothing was changed"
        )))
    }

    /// Leaves the folder where it is; gives its place.
    pub fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.folder.clone()
    }
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::File {
        action,
        path: path.display().to_string(),
        source,
    }
}
