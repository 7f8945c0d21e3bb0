//! `rvitals`: how a node is. The texts are xCAT's (`PPCvitals.pm`).

use std::str::FromStr;

use serde_json::{Value, json};

use super::{Fact, Facts, Sheet, Telling, or_refused, typed};
use crate::hmc::record::Record;
use crate::hmc::refusal::printable;
use crate::power::switch::is_on;
use crate::power::systems::Job;
use crate::power::{Machine, NotDone};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vitals(Vec<Vital>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vital {
    Temp,
    Voltage,
    State,
    Power,
    Lcds,
}

/// The word is nothing that an HMC can be asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadVital {
    /// xCAT knows it for nodes that are reached without an HMC.
    #[error("Command {0} is not valid when the nodes' hcp is hmc")]
    NotByHmc(String),
    /// There is no such word.
    #[error("Invalid command: {0}")]
    Unknown(String),
}

impl FromStr for Vitals {
    type Err = BadVital;

    fn from_str(word: &str) -> Result<Self, BadVital> {
        Ok(Vitals(match word {
            "temp" => vec![Vital::Temp],
            "voltage" => vec![Vital::Voltage],
            "state" => vec![Vital::State],
            "power" => vec![Vital::Power],
            "lcds" => vec![Vital::Lcds],
            "all" => vec![
                Vital::Temp,
                Vital::Voltage,
                Vital::State,
                Vital::Power,
                Vital::Lcds,
            ],
            "rackenv" => return Err(BadVital::NotByHmc(word.to_owned())),
            other => return Err(BadVital::Unknown(other.to_owned())),
        }))
    }
}

impl Telling for Vitals {
    fn facts(&self, sheet: &Sheet, job: &Job) -> Result<Facts, NotDone> {
        let fact = |vital: &Vital| match vital {
            Vital::Temp => or_refused(temperature(sheet, job), &["System Temperature: "]),
            Vital::Voltage => or_refused(voltage(sheet, job), &["Frame Voltages: "]),
            Vital::State => {
                let state = sheet.state(job);
                let told = state.map(|state| Fact::new("System State", "state", state));
                or_refused(told, &["System State: "])
            }
            Vital::Power => {
                let told = sheet.state(job).map(|state| power(job, state));
                or_refused(told, &["Current Power Status: "])
            }
            Vital::Lcds => or_refused(lcds(sheet, job), &["Current LCD: "]),
        };
        self.0.iter().map(fact).collect()
    }
}

fn power(job: &Job, state: &str) -> Fact {
    let text = match (job.machine, is_on(state)) {
        // It has two power controllers, which say no more than their state.
        (Machine::Frame, _) => state,
        (_, true) => "on",
        (_, false) => "off",
    };
    Fact::new("Current Power Status", "power", text)
}

fn temperature(sheet: &Sheet, job: &Job) -> Result<Fact, NotDone> {
    const LABEL: &str = "System Temperature";
    let without = |text| Ok(Fact::without(LABEL, "temperature_c", text));
    if job.machine == Machine::Frame {
        return without("Only available for CEC/LPAR");
    }
    let Some(frame) = &job.node.frame else {
        return without("Not available (No BPA)");
    };
    let system = sheet.mtms().to_string();
    let all = sheet.temperatures(frame)?;
    let Some((_, degrees)) = all.iter().find(|(name, _)| *name == system) else {
        return Err(NotDone::NotInFrame {
            system: sheet.mtms().clone(),
            frame: frame.clone(),
        });
    };
    let text = match degrees.parse::<f64>() {
        Ok(celsius) => {
            let fahrenheit = ((celsius * 18.0 + 320.0) * 10.0).round() / 100.0;
            format!("{degrees} C ({fahrenheit} F)")
        }
        Err(_) => printable(degrees),
    };
    Ok(Fact {
        members: vec![("temperature_c", typed(degrees))],
        ..Fact::new(LABEL, "temperature_c", &text)
    })
}

fn voltage(sheet: &Sheet, job: &Job) -> Result<Fact, NotDone> {
    if job.machine != Machine::Frame {
        // Two blanks, as in xCAT.
        return Ok(Fact::without(
            "Frame Voltages",
            "voltages",
            " Only available for BPA",
        ));
    }
    let labels = [
        ("Frame Voltage (Vab)", "V"),
        ("Frame Voltage (Vbc)", "V"),
        ("Frame Voltage (Vca)", "V"),
        ("Frame Current  (Ia)", "A"),
        ("Frame Current  (Ib)", "A"),
        ("Frame Current  (Ic)", "A"),
    ];
    let values = sheet.values()?;
    let lines = labels.iter().zip(values);
    let lines = lines.map(|((label, unit), value)| format!("{label}: {}{unit}", printable(value)));
    let part = |from: usize, to: usize| -> Value {
        values
            .iter()
            .take(to)
            .skip(from)
            .map(|value| typed(value))
            .collect()
    };
    Ok(Fact {
        lines: lines.collect(),
        members: vec![("voltages", part(0, 3)), ("currents", part(3, 6))],
        refused: None,
    })
}

/// What the operator panel shows. As in xCAT a code is its first word.
fn lcds(sheet: &Sheet, job: &Job) -> Result<Fact, NotDone> {
    let code = |row: &Record| row.text("refcode").unwrap_or_default().to_owned();
    let codes: Vec<String> = match job.machine {
        Machine::Frame => return Ok(Fact::without("Current LCD", "lcds", "Not available")),
        Machine::Lpar { id } => {
            sheet.state(job)?;
            let own = |row: &&Record| row.text("lpar_id") == Some(id.to_string().as_str());
            let row = sheet.lpar_codes()?.iter().find(own);
            vec![row.map(code).unwrap_or_default()]
        }
        Machine::Cec => {
            let primary = sheet.codes("p")?.first().map(code).unwrap_or_default();
            // A system need not have a second service processor.
            let secondary = sheet.codes("s");
            let secondary = secondary.ok().and_then(|rows| rows.first().map(code));
            [Some(primary), secondary].into_iter().flatten().collect()
        }
    };
    let line = |(number, code): (usize, &String)| {
        let word: String = code
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let shown = if word.is_empty() { "blank" } else { &word };
        format!("Current LCD{number}: {shown}")
    };
    Ok(Fact {
        lines: (1..).zip(&codes).map(line).collect(),
        members: vec![("lcds", json!(codes))],
        refused: None,
    })
}
