//! One session channel: exec, a shell on a terminal, or a shell fed by a pipe.

use std::sync::Arc;

use russh::server::{Handle, Msg};
use russh::{Channel, ChannelMsg, ChannelReadHalf, Pty};
use tokio::sync::{mpsc, oneshot};

use super::accept::Cutter;
use super::chassis;
use super::editor::{Edit, Editor};
use super::terminal::{Input, Terminal};
use crate::host::Host;
use crate::log::{Event, Via};
use crate::shell::Shell;

/// What a client asked for before the session starts.
struct Setup {
    pty: bool,
    echo: bool,
    environment: Vec<(String, String)>,
}

/// Serves a session until it ends or the client goes away.
pub async fn run(host: Arc<Host>, cutter: Cutter, handle: Handle, mut channel: Channel<Msg>) {
    let id = channel.id();
    let mut setup = Setup {
        pty: false,
        echo: true,
        environment: Vec::new(),
    };
    let command = loop {
        match channel.wait().await {
            Some(ChannelMsg::RequestPty { terminal_modes, .. }) => {
                setup.pty = true;
                setup.echo = !terminal_modes.contains(&(Pty::ECHO, 0));
                let _ = handle.channel_success(id).await;
            }
            Some(ChannelMsg::SetEnv {
                variable_name,
                variable_value,
                ..
            }) => {
                setup.environment.push((variable_name, variable_value));
            }
            Some(ChannelMsg::Exec { command, .. }) => {
                break Some(String::from_utf8_lossy(&command).into_owned());
            }
            Some(ChannelMsg::RequestShell { .. }) => break None,
            Some(ChannelMsg::RequestSubsystem { .. } | ChannelMsg::RequestX11 { .. }) => {
                let _ = handle.channel_failure(id).await;
            }
            Some(ChannelMsg::Close) | None => return,
            Some(_) => {}
        }
    };
    let _ = handle.channel_success(id).await;
    let (reader, writer) = channel.split();
    let (feed, input) = mpsc::unbounded_channel();
    let (gone, mut closed) = oneshot::channel();
    tokio::spawn(pump(reader, feed, gone));
    let terminal = Terminal::new(writer, setup.pty, input, cutter);
    let mut shell = Shell::new(host.clone(), terminal.clone());
    for (name, value) in &setup.environment {
        if matches!(name.as_str(), "LANG" | "LC_ALL") {
            shell.set(name, value);
        }
    }
    let line = command.clone();
    let work = async {
        if host.is_chassis() {
            return match command {
                Some(line) => chassis::exec(&host, &terminal, &line).await,
                None => chassis::prompt(&host, &terminal, setup.pty && setup.echo).await,
            };
        }
        match command {
            Some(line) => {
                record(&host, &line, Via::Exec);
                // A command string is always read to its end.
                let _ = shell.line(&line, true).await;
            }
            None if setup.pty => interactive(&host, &mut shell, &terminal, setup.echo).await,
            None => piped(&host, &mut shell, &terminal).await,
        }
        shell.last_status()
    };
    tokio::select! {
        status = work => terminal.end(status).await,
        _ = &mut closed => if let Some(line) = line {
            host.log.add(Event::Abandoned { host: host.name.clone(), line });
        }
    }
}

/// Moves what the client sends into a queue, so that a busy session blocks no other.
async fn pump(
    mut reader: ChannelReadHalf,
    feed: mpsc::UnboundedSender<Input>,
    gone: oneshot::Sender<()>,
) {
    while let Some(message) = reader.wait().await {
        let input = match message {
            ChannelMsg::Data { data } => Input::Bytes(data.to_vec()),
            ChannelMsg::Eof => Input::End,
            ChannelMsg::Close => break,
            _ => continue,
        };
        if feed.send(input).is_err() {
            break;
        }
    }
    // The session may have ended first.
    let _ = gone.send(());
}

fn record(host: &Host, line: &str, via: Via) {
    host.log.add(Event::Command {
        host: host.name.clone(),
        line: line.to_owned(),
        via,
    });
}

/// A login shell on a terminal.
async fn interactive(host: &Arc<Host>, shell: &mut Shell, terminal: &Terminal, echo: bool) {
    let date = crate::clock::format("%a %b %e %T %Y");
    terminal
        .raw(format!("Last login: {date} from 127.0.0.1\r\n").as_bytes())
        .await;
    terminal.raw(shell.prompt().as_bytes()).await;
    let mut editor = Editor::new(echo);
    let mut pending = String::new();
    while let Some(input) = terminal.input().await {
        // The end of input does not end a terminal.
        let Input::Bytes(bytes) = input else { continue };
        for byte in bytes {
            match editor.feed(byte) {
                Edit::Show(text) => terminal.raw(&text).await,
                Edit::Interrupt => {
                    pending.clear();
                    terminal.raw(editor.interrupted()).await;
                    terminal.raw(shell.prompt().as_bytes()).await;
                }
                Edit::End => {
                    terminal.raw(b"logout\r\n").await;
                    return;
                }
                Edit::Line(line) => {
                    terminal.raw(editor.line_end()).await;
                    pending.push_str(&line);
                    record_line(host, &line);
                    if shell.line(&pending, false).await.is_err() {
                        pending.push('\n');
                        terminal.raw(b"> ").await;
                        continue;
                    }
                    pending.clear();
                    if shell.ended() {
                        terminal.raw(b"logout\r\n").await;
                        return;
                    }
                    terminal.raw(shell.prompt().as_bytes()).await;
                }
            }
        }
    }
}

fn record_line(host: &Host, line: &str) {
    if !line.trim().is_empty() {
        record(host, line, Via::Shell);
    }
}

/// A shell without a terminal reads its commands from a pipe, without prompt or echo.
async fn piped(host: &Arc<Host>, shell: &mut Shell, terminal: &Terminal) {
    let mut text = Vec::new();
    let mut pending = String::new();
    loop {
        let ended = match terminal.input().await {
            Some(Input::Bytes(bytes)) => {
                text.extend(bytes);
                false
            }
            Some(Input::End) => true,
            None => return,
        };
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let rest = text.split_off(end + 1);
            let line = std::mem::replace(&mut text, rest);
            if run_piped(host, shell, &mut pending, &line).await {
                return;
            }
        }
        if ended {
            run_piped(host, shell, &mut pending, &text).await;
            return;
        }
    }
}

/// Runs a line; `true` when the shell has ended.
async fn run_piped(host: &Arc<Host>, shell: &mut Shell, pending: &mut String, line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    record_line(host, line.trim_end_matches('\n'));
    pending.push_str(&line);
    if shell.line(pending, false).await.is_ok() {
        pending.clear();
    }
    shell.ended()
}
