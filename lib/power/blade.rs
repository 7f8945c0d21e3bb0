//! Switching and asking the power of nodes in chassis, through the chassis
//! managers.

use super::line::Line;
use super::request::{Op, Outcome};
use super::switch::its_state;
use super::{Done, NotDone};
use crate::hmc::chassis::{Power, power_state, set_power};

/// Carries out `op` on the node in a bay. What is told is what xCAT tells of
/// such nodes (`blade.pm`); what is as wanted already is left alone.
pub(super) fn in_bay(bay: u32, op: Op, line: &mut Line<'_>) -> Outcome {
    let deed: fn(bool) -> (Option<Power>, &'static str) = match op {
        Op::Stat => |on| (None, word(on)),
        Op::On => |on| ((!on).then_some(Power::On), "on"),
        Op::Off => |on| (on.then_some(Power::Off), "off"),
        Op::SoftOff => |on| (on.then_some(Power::SoftOff), "softoff"),
        Op::Reset => |_| (Some(Power::Cycle), "reset"),
        Op::Boot => |on| match on {
            true => (Some(Power::Cycle), "on reset"),
            false => (Some(Power::On), "off on"),
        },
        Op::OnStandby | Op::OsShutdown | Op::Of | Op::Sms => {
            return Err(NotDone::Unsupported {
                op: op.word(),
                hwtype: "blade",
            });
        }
    };
    let question = power_state(bay);
    let is_on = line.ask(&question);
    let (power, words) = deed(is_on.map_err(|error| NotDone::Hmc(vec![error]))?);
    if !op.changes() {
        return Ok(Done::State(words.to_owned()));
    }
    let Some(power) = power else {
        return Ok(Done::Power { words, sent: false });
    };
    line.send(&set_power(bay, power), |look| {
        Ok(its_state(word(look.ask(&question)?)))
    })?;
    match line.done() {
        Done::Success => Ok(Done::Power { words, sent: true }),
        told => Ok(told),
    }
}

fn word(is_on: bool) -> &'static str {
    match is_on {
        true => "on",
        false => "off",
    }
}
