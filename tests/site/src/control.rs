//! The control socket of a site: how `simsite tell` and `simsite show` reach it.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;

use crate::site::Shared;
use crate::{Error, Event, Fault, Via};

/// Where the control socket of a site is.
pub fn socket(dir: &Path) -> PathBuf {
    dir.join("control")
}

/// Sends one request to a running site and returns its answer.
///
/// # Errors
/// When no site runs in `dir`, or when it refuses the request.
pub fn ask(dir: &Path, request: &str) -> Result<String, Error> {
    let path = socket(dir);
    let io = |e| Error::Io(path.clone(), e);
    let mut stream = UnixStream::connect(&path).map_err(io)?;
    stream.write_all(request.as_bytes()).map_err(io)?;
    stream.shutdown(std::net::Shutdown::Write).map_err(io)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(io)?;
    match answer.strip_prefix("error: ") {
        Some(text) => Err(Error::Request(text.trim_end().to_owned())),
        None => Ok(answer),
    }
}

/// Answers requests until the runtime ends. To be called inside the runtime.
pub fn listen(dir: &Path, site: &Arc<Shared>) -> Result<(), Error> {
    let path = socket(dir);
    // Left by a site that was killed.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).map_err(|e| Error::Io(path, e))?;
    let site = site.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = String::new();
            if stream.read_to_string(&mut request).await.is_ok() {
                let answer = answer(&site, &request).unwrap_or_else(|e| format!("error: {e}\n"));
                // Who does not wait for the answer does not get it.
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    });
    Ok(())
}

fn answer(site: &Shared, request: &str) -> Result<String, Error> {
    let words: Vec<&str> = request.split_whitespace().collect();
    match words.as_slice() {
        ["show"] => Ok(show(site)),
        [host, "heal"] => {
            site.host(host)?.heal();
            Ok(String::new())
        }
        // A name may hold blanks, so it ends at the word `state`.
        [.., _] if request.contains(" state ") => {
            let (name, state) = request.split_once(" state ").unwrap_or_default();
            site.set_state(name.trim(), state.trim())?;
            Ok(String::new())
        }
        [host, fault @ ..] if !fault.is_empty() => {
            let at = fault
                .iter()
                .position(|word| *word == "on")
                .unwrap_or(fault.len());
            let command = fault.get(at + 1..).filter(|words| !words.is_empty());
            let fault = Fault::parse(&fault[..at]).map_err(Error::Request)?;
            site.host(host)?
                .fault(command.map(|words| words.join(" ")).as_deref(), fault);
            Ok(String::new())
        }
        _ => Err(Error::Request(
            "say `HOST FAULT [on COMMAND]`, `HOST heal` or `SYSTEM[/LPAR] state STATE`".to_owned(),
        )),
    }
}

fn show(site: &Shared) -> String {
    let mut text = String::new();
    for (name, state) in site.state() {
        // A string takes all that is written to it.
        let _ = writeln!(text, "{name}: {state}");
    }
    for event in site.log.events() {
        text.push_str(&line(&event));
        text.push('\n');
    }
    text
}

fn line(event: &Event) -> String {
    match event {
        Event::Connection { host } => format!("{host} connection"),
        Event::Login {
            host,
            user,
            method,
            accepted,
        } => {
            let outcome = if *accepted { "accepted" } else { "refused" };
            format!("{host} login {user} {method} {outcome}")
        }
        Event::SessionRefused { host } => format!("{host} session refused"),
        Event::Command { host, line, via } => {
            let via = if *via == Via::Exec { "exec" } else { "shell" };
            format!("{host} {via} {line}")
        }
        Event::Abandoned { host, line } => format!("{host} abandoned {line}"),
        Event::ShellInjection { host, command } => format!("{host} INJECTION {command}"),
    }
}
