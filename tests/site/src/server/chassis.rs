//! A session of a chassis: one command, or a prompt that reads commands.

use super::editor::{Edit, Editor};
use super::terminal::{Input, Terminal};
use crate::chassis::Place;
use crate::fault::Fault;
use crate::host::Host;
use crate::log::{Event, Via};

/// Runs one command line of an exec channel; the status is 0 whatever it answers.
pub async fn exec(host: &Host, terminal: &Terminal, line: &str) -> u8 {
    record(host, line, Via::Exec);
    let answer = answer(host, terminal, line, &mut Place::default()).await;
    terminal.write(&answer.unwrap_or_default()).await;
    0
}

/// Reads commands at a prompt until `exit` or the end of the input.
pub async fn prompt(host: &Host, terminal: &Terminal, echo: bool) -> u8 {
    let mut place = Place::default();
    let mut editor = Editor::new(echo);
    terminal.raw(place.prompt().as_bytes()).await;
    while let Some(Input::Bytes(bytes)) = terminal.input().await {
        for byte in bytes {
            match editor.feed(byte) {
                Edit::Show(text) => terminal.raw(&text).await,
                Edit::Interrupt => {
                    terminal.raw(editor.interrupted()).await;
                    terminal.raw(place.prompt().as_bytes()).await;
                }
                Edit::End => return 0,
                Edit::Line(line) => {
                    terminal.raw(editor.line_end()).await;
                    if !line.trim().is_empty() {
                        record(host, &line, Via::Shell);
                    }
                    let Some(text) = answer(host, terminal, &line, &mut place).await else {
                        return 0;
                    };
                    terminal.write(&text).await;
                    terminal.raw(place.prompt().as_bytes()).await;
                }
            }
        }
    }
    0
}

fn record(host: &Host, line: &str, via: Via) {
    host.log.add(Event::Command {
        host: host.name.clone(),
        line: line.to_owned(),
        via,
    });
}

async fn answer(host: &Host, terminal: &Terminal, line: &str, place: &mut Place) -> Option<String> {
    tokio::time::sleep(host.command_latency()).await;
    for fault in host.faults_of(line) {
        match fault {
            Fault::Slow(time) => tokio::time::sleep(time).await,
            Fault::Hang => std::future::pending::<()>().await,
            Fault::Cut => terminal.cut().await,
            Fault::NoAuthority => {
                return Some("User does not have the authority to issue this command.\n".into());
            }
            _ => {}
        }
    }
    let text = host.chassis(line, place);
    if let (Some(text), true) = (&text, host.faults_of(line).contains(&Fault::Drop)) {
        // What was asked for is done; the end of the answer does not come.
        let half: String = text.chars().take(text.chars().count() / 2).collect();
        terminal.write(&half).await;
        terminal.cut().await;
    }
    text
}
