//! What `xcat --install` puts where, and the completions.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use clap_complete::{Shell, generate};
use xcat::context::Context;
use xcat::error::{Error, Result};

use crate::{COMMANDS, Entry, PAGES};

/// Where a shell looks for the completions of a command, below a prefix.
const COMPLETIONS: [(Shell, &str, &str, &str); 3] = [
    (Shell::Bash, "share/bash-completion/completions", "", ""),
    (Shell::Zsh, "share/zsh/site-functions", "_", ""),
    (Shell::Fish, "share/fish/vendor_completions.d", "", ".fish"),
];

/// Installs the running executable below `folder`; what stood there under the
/// same names is replaced.
pub fn install(folder: &Path, cx: &mut Context) -> Result<()> {
    let bin = folder.join("bin");
    make_folder(&bin)?;
    install_executable(&bin)?;
    for command in COMMANDS {
        let link = bin.join(command.name);
        remove(&link)?;
        symlink("xcat", &link).map_err(|e| failed("make the link", &link, e))?;
        for (shell, place, before, after) in COMPLETIONS {
            let place = folder.join(place);
            make_folder(&place)?;
            let file = place.join(format!("{before}{}{after}", command.name));
            write(&file, &completion(command, shell))?;
        }
    }
    for (section, name, text) in PAGES {
        let place = folder.join("share/man").join(section);
        make_folder(&place)?;
        write(&place.join(name), text.as_bytes())?;
    }
    cx.report.line(format_args!(
        "{} commands and {} manual pages are installed below {}",
        COMMANDS.len(),
        PAGES.len(),
        folder.display()
    ))
}

/// Prints the completions of all commands, one after the other.
pub fn print_completions(shell: Shell, cx: &mut Context) -> Result<()> {
    for command in COMMANDS {
        cx.report
            .out()
            .write_all(&completion(command, shell))
            .map_err(Error::Output)?;
    }
    Ok(())
}

/// The completion script of one command.
pub(crate) fn completion(command: &Entry, shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    generate(
        shell,
        &mut (command.definition)(),
        command.name,
        &mut script,
    );
    script
}

/// Copies this executable, under a new name first: one that runs cannot be
/// overwritten.
fn install_executable(bin: &Path) -> Result<()> {
    let this =
        std::env::current_exe().map_err(|e| failed("find", Path::new("this executable"), e))?;
    let (new, place) = (bin.join(".xcat.new"), bin.join("xcat"));
    remove(&new)?;
    fs::copy(&this, &new).map_err(|e| failed("write", &new, e))?;
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755))
        .map_err(|e| failed("make executable", &new, e))?;
    fs::rename(&new, &place).map_err(|e| failed("write", &place, e))
}

fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| failed("make the folder", folder, e))
}

fn write(file: &Path, text: &[u8]) -> Result<()> {
    fs::write(file, text).map_err(|e| failed("write", file, e))
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(failed("replace", file, e)),
        _ => Ok(()),
    }
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::File {
        action,
        path: path.display().to_string(),
        source,
    }
}
