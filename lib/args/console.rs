//! The console of an LPAR on this process's terminal.

use std::cell::RefCell;
use std::io::{self, BufRead};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use crate::context::Context;
use crate::error::{Error, Result, chain};
use crate::power::console::{self, Answer, Held, Raw, Seat};
use crate::power::{Hardware, Stop};
use crate::report;

/// How often a signal is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// How long an answer is waited for until the console is tried again.
const AGAIN: Duration = Duration::from_secs(60);

/// How a console is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// It is taken over from whoever has it, else after a question.
    pub force: bool,
    /// On a terminal: where it cannot be shown or has ended, it is tried again
    /// a minute later, or when the user says so.
    pub stay: bool,
}

/// Shows the console of the one node of `hardware`, through its HMC, until the
/// user leaves it.
///
/// # Errors
/// The node cannot be used, the console was not opened, or was lost.
pub fn console(cx: &mut Context, hardware: &Hardware, manner: Manner) -> Result<()> {
    let stop = cx.stop()?;
    let interactive = cx.is_interactive();
    let node = hardware.nodes.first().map_or("", |node| &node.name);
    loop {
        let result = once(cx, hardware, manner, &stop)?;
        if interactive {
            cx.report.line("\r")?;
            cx.report.flush()?;
        }
        let Err(error) = result else {
            return Ok(());
        };
        let text = format!("{node}: {}", chain(&error));
        let wait = (!error.is_refused_login()).then_some(AGAIN);
        if !manner.stay || !interactive || stop.is_set() || !again(&text, wait, &stop) {
            return Err(Error::Refused(text));
        }
    }
}

/// Shows it once.
fn once(
    cx: &mut Context,
    hardware: &Hardware,
    manner: Manner,
    stop: &Stop,
) -> Result<Result<(), console::Error>> {
    let ssh = cx.ssh(hardware.settings.persist)?;
    let interactive = cx.is_interactive();
    let said = cx.said();
    let stdin = io::stdin();
    let kept = RefCell::new(None);
    let mut asked = false;
    let mut ask = |held| {
        // Keys are for the answer now.
        drop(kept.borrow_mut().take());
        match (held, interactive) {
            (Held::Before, _) if manner.force => Answer::TakeOver,
            (_, false) => Answer::Leave,
            (held, true) => offered(held, &mut asked, stop),
        }
    };
    let output = cx.report.out();
    Ok(hardware.reach(&ssh, said, |points| {
        let mut seat = Seat {
            input: stdin.as_fd(),
            output,
            take_over: &mut ask,
            opened: &mut || {
                *kept.borrow_mut() = Raw::set(io::stdin().as_fd())?;
                Ok(())
            },
            stop,
        };
        console::console(hardware, points, &ssh, &mut seat)
    }))
}

/// Says why there is no console, and waits until it is to be tried again: this
/// long at most, or until somebody types Enter. False if it is to be left.
fn again(why: &str, wait: Option<Duration>, stop: &Stop) -> bool {
    report::ask(&match wait {
        Some(wait) => format!(
            "{why}\r\nTrying again in {} s, or at Enter.\r\n",
            wait.as_secs()
        ),
        None => format!("{why}\r\nTrying again at Enter.\r\n"),
    });
    match typed(wait, stop) {
        Typed::Line(_) | Typed::Nothing => true,
        Typed::End => false,
    }
}

/// What was typed.
enum Typed {
    /// A line.
    Line(String),
    /// Nothing in time.
    Nothing,
    /// There is nobody any more.
    End,
}

/// Waits for a line.
fn typed(wait: Option<Duration>, stop: &Stop) -> Typed {
    let stdin = io::stdin();
    let begun = Instant::now();
    while !console::is_typed(stdin.as_fd(), LOOK) {
        if stop.is_set() {
            return Typed::End;
        }
        if wait.is_some_and(|wait| begun.elapsed() > wait) {
            return Typed::Nothing;
        }
    }
    let mut line = String::new();
    match stdin.lock().read_line(&mut line) {
        Ok(1..) => Typed::Line(line),
        _ => Typed::End,
    }
}

/// Asks, once, whether the console is to be taken over.
fn offered(held: Held, asked: &mut bool, stop: &Stop) -> Answer {
    if !std::mem::replace(asked, true) {
        report::ask(match held {
            Held::Before => "The console is in use. Take it over? [y/N] ",
            Held::Taken => {
                "\r\nAnother session has taken the console over; it comes back when it is free.\r\n\
                 Take it back now? [y/N] "
            }
        });
    }
    let answer = typed(Some(AGAIN), stop);
    *asked = matches!(answer, Typed::Nothing);
    match answer {
        Typed::Nothing => Answer::Look,
        Typed::Line(line) if matches!(line.trim(), "y" | "Y" | "yes") => Answer::TakeOver,
        Typed::Line(_) | Typed::End => Answer::Leave,
    }
}
