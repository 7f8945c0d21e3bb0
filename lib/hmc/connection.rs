//! The master connections to HMCs: shown, tried, opened and closed, several at
//! once, told in order.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask;
use super::level::Level;
use super::retry::{self, Retry};
use super::session::{Error, Hmc};
use crate::remote::{Closed, Ending, Failure, Limits, OpenSsh, State, Target, fan_out};

/// What is to be done with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Tell whether it is open, as far as this machine knows.
    Show,
    /// Let the HMC answer through it; close it if nothing comes.
    Probe,
    /// Open it.
    Open,
    /// Close it.
    Close(Ending),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is in this state.
    State(State),
    /// It was opened.
    Created,
    /// It was open already.
    Existed(State),
    /// It was to be closed.
    Closed(Closed),
}

/// The line that says what came of it, as the LPAR-Tool does; `None` if nothing
/// did. `alone` says that this is the only HMC: then the line on an opened
/// connection does without the name.
pub fn line(hmc: &str, alone: bool, told: &Result<Told, Failure>) -> Option<String> {
    let named = |text: String| match alone {
        true => text,
        false => format!("{hmc}: {text}"),
    };
    let told = match told {
        Ok(told) => *told,
        Err(Failure::Dead { .. }) => Told::State(State::NotConnected),
        Err(_) => return None,
    };
    Some(match told {
        Told::State(state) => format!("{hmc}: {state}"),
        Told::Created => named("master connection created".to_owned()),
        Told::Existed(state) => named(format!("already connected: {state}")),
        Told::Closed(Closed::Absent) => format!("{hmc}: not connected"),
        Told::Closed(Closed::Ended) => format!("connection to {hmc} terminated"),
        Told::Closed(Closed::Ending) => {
            format!("connection to {hmc} ends with the commands that run through it")
        }
    })
}

/// The state of a connection as JSON, with the process that holds it; `None` if
/// it is not known.
pub fn document(hmc: &str, told: &Result<Told, Failure>) -> Option<Value> {
    let (state, pid) = match told {
        Ok(Told::State(State::Running(pid))) => ("running", Some(pid)),
        Ok(Told::State(State::NotConnected)) | Err(Failure::Dead { .. }) => ("not connected", None),
        _ => return None,
    };
    Some(json!({"hmc": hmc, "state": state, "pid": pid}))
}

/// The bounds of the work.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Of each connection.
    pub limits: Limits,
    /// How often an HMC is tried that cannot be reached.
    pub tries: u32,
    /// How many HMCs are worked on at the same time.
    pub width: usize,
}

/// Does it for each target, and tells `each` what came of it in the order of
/// the targets, as soon as those before are done.
pub fn each(
    ssh: &OpenSsh,
    targets: &[Target],
    deed: Deed,
    bounds: &Bounds,
    each: impl FnMut(&str, Result<Told, Failure>),
) {
    in_order(
        targets,
        bounds,
        |target| one(ssh, target, deed, bounds),
        each,
    );
}

/// Asks each target for its software level, and tells `each` in the same way.
pub fn levels(
    ssh: &OpenSsh,
    targets: &[Target],
    bounds: &Bounds,
    each: impl FnMut(&str, Result<Level, Error>),
) {
    let transport = Retry::new(ssh, bounds.tries);
    let ask = ask::level();
    let level = |target: &Target| {
        let hmc = Hmc {
            transport: &transport,
            target,
            limits: bounds.limits,
        };
        hmc.ask(&ask)
    };
    in_order(targets, bounds, level, each);
}

/// Does `work` for each target, and tells `each` in their order.
pub(super) fn in_order<T: Send>(
    targets: &[Target],
    bounds: &Bounds,
    work: impl Fn(&Target) -> T + Sync,
    mut each: impl FnMut(&str, T),
) {
    let mut early = BTreeMap::new();
    let mut next = 0;
    fan_out(targets, bounds.width, work, |index, result| {
        early.insert(index, result);
        while let Some(result) = early.remove(&next) {
            each(&targets[next].name, result);
            next += 1;
        }
    });
}

fn one(ssh: &OpenSsh, target: &Target, deed: Deed, bounds: &Bounds) -> Result<Told, Failure> {
    let limits = &bounds.limits;
    match deed {
        Deed::Show => ssh.state(target).map(Told::State),
        Deed::Probe => ssh.probe(target, limits).map(Told::State),
        Deed::Open => {
            let opened = retry::again(bounds.tries, retry::PAUSE, || ssh.connect(target, limits))?;
            match opened {
                true => Ok(Told::Created),
                false => ssh.state(target).map(Told::Existed),
            }
        }
        Deed::Close(ending) => ssh.disconnect(target, ending).map(Told::Closed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_lpar_tool() {
        let running = State::Running(8446);
        let table = [
            (Told::State(running), "hmcg01: Master running (pid=8446)"),
            (Told::State(State::NotConnected), "hmcg01: not connected"),
            (Told::Created, "master connection created"),
            (
                Told::Existed(running),
                "already connected: Master running (pid=8446)",
            ),
            (
                Told::Closed(Closed::Ended),
                "connection to hmcg01 terminated",
            ),
            (Told::Closed(Closed::Absent), "hmcg01: not connected"),
        ];
        for (told, text) in table {
            let said = line("hmcg01", true, &Ok(told));
            assert_eq!(said.as_deref(), Some(text));
        }
        assert_eq!(
            line("hmcg01", false, &Ok(Told::Created)).as_deref(),
            Some("hmcg01: master connection created")
        );
    }
}
