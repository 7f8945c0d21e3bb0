//! The console of an LPAR on this process's terminal.

use std::cell::RefCell;
use std::io::{self, BufRead};
use std::os::fd::AsFd;

use crate::context::Context;
use crate::error::{Error, Result, chain};
use crate::power::Hardware;
use crate::power::console::{self, Raw, Seat};
use crate::report;

/// Shows the console of the one node of `hardware`, through its HMC, until the
/// user leaves it. One that somebody has is taken over if `force`, else if the
/// user says so.
///
/// # Errors
/// The node cannot be used, the console was not opened, or was lost.
pub fn console(cx: &mut Context, hardware: &Hardware, force: bool) -> Result<()> {
    let ssh = cx.ssh(hardware.settings.persist)?;
    let stop = cx.stop()?;
    let interactive = cx.is_interactive();
    let said = cx.said();
    let stdin = io::stdin();
    let kept = RefCell::new(None);
    let mut ask = || force || (interactive && offered());
    let output = cx.report.out();
    let result = hardware.reach(&ssh, said, |points| {
        let mut seat = Seat {
            input: stdin.as_fd(),
            output,
            take_over: &mut ask,
            opened: &mut || {
                *kept.borrow_mut() = Raw::set(io::stdin().as_fd())?;
                Ok(())
            },
            stop: &stop,
        };
        console::console(hardware, points, &ssh, &mut seat)
    });
    drop(kept);
    if interactive {
        cx.report.line("\r")?;
    }
    let node = hardware.nodes.first().map_or("", |node| &node.name);
    result.map_err(|error| Error::Refused(format!("{node}: {}", chain(&error))))
}

/// Asks whether the console is to be taken over.
fn offered() -> bool {
    report::ask("The console is in use. Take it over? [y/N] ");
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
