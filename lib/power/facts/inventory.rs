//! `rinv`: what a node is made of. The texts are xCAT's (`PPCinv.pm`), but
//! those of `mem` and `proc`, which it does not have for HMCs.

use std::str::FromStr;

use serde_json::{Map, Value, json};

use super::{Fact, Facts, Sheet, Telling, or_refused, typed};
use crate::hmc::record::Record;
use crate::hmc::refusal::printable;
use crate::power::systems::Job;
use crate::power::{Machine, NotDone};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory(Vec<Item>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Model,
    Serial,
    Bus,
    Config,
    Firm,
    Mem,
    Proc,
}

/// The word is nothing that an HMC can be asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid command: {0}")]
pub struct BadItem(String);

impl FromStr for Inventory {
    type Err = BadItem;

    fn from_str(word: &str) -> Result<Self, BadItem> {
        Ok(Inventory(match word {
            "model" => vec![Item::Model],
            "serial" => vec![Item::Serial],
            "bus" => vec![Item::Bus],
            "config" => vec![Item::Config],
            "firm" => vec![Item::Firm],
            "mem" => vec![Item::Mem],
            "proc" => vec![Item::Proc],
            "all" => vec![
                Item::Model,
                Item::Serial,
                Item::Bus,
                Item::Config,
                Item::Firm,
            ],
            other => return Err(BadItem(other.to_owned())),
        }))
    }
}

impl Inventory {
    /// Whether firmware is asked for, which takes an HMC three times as long
    /// as other questions (xCAT waits so long, too).
    pub fn is_slow(&self) -> bool {
        self.0.contains(&Item::Firm)
    }
}

impl Telling for Inventory {
    fn facts(&self, sheet: &Sheet, job: &Job) -> Result<Facts, NotDone> {
        self.0.iter().map(|item| item.fact(sheet, job)).collect()
    }
}

const CONFIG: &str = "Machine Configuration Info";
const BUS: &str = "I/O Bus Information";

/// Columns of `lslic` with xCAT's texts for them.
const LEVELS: [(&str, &str); 12] = [
    ("ecnumber", "Release Level  "),
    ("activated_level", "Active Level   "),
    ("installed_level", "Installed Level"),
    ("accepted_level", "Accepted Level "),
    ("curr_ecnumber_a", "Release Level A"),
    ("curr_level_a", "Level A        "),
    ("curr_ecnumber_b", "Release Level B"),
    ("curr_level_b", "Level B        "),
    ("curr_ecnumber_primary", "Release Level Primary"),
    ("curr_level_primary", "Level Primary  "),
    ("curr_ecnumber_secondary", "Release Level Secondary"),
    ("curr_level_secondary", "Level Secondary"),
];

const LPAR_MEMORY: &[(&str, &str)] = &[
    ("curr_mem", "Total Memory (MB)"),
    ("curr_min_mem", "Minimum Memory (MB)"),
    ("curr_max_mem", "Maximum Memory (MB)"),
    ("run_mem", "Running Memory (MB)"),
    ("mem_mode", "Memory Mode"),
];

const SYSTEM_MEMORY: &[(&str, &str)] = &[
    ("installed_sys_mem", "Total Memory (MB)"),
    ("configurable_sys_mem", "Configurable Memory (MB)"),
    ("curr_avail_sys_mem", "Available Memory (MB)"),
    ("sys_firmware_mem", "Firmware Memory (MB)"),
];

const LPAR_PROCESSORS: &[(&str, &str)] = &[
    ("curr_procs", "Number of Processors"),
    ("curr_min_procs", "Minimum Processors"),
    ("curr_max_procs", "Maximum Processors"),
    ("curr_proc_mode", "Processor Mode"),
    ("curr_proc_units", "Processing Units"),
    ("curr_sharing_mode", "Sharing Mode"),
    ("curr_uncap_weight", "Uncapped Weight"),
];

const SYSTEM_PROCESSORS: &[(&str, &str)] = &[
    ("installed_sys_proc_units", "Number of Processors"),
    (
        "configurable_sys_proc_units",
        "Configurable Processing Units",
    ),
    ("curr_avail_sys_proc_units", "Available Processing Units"),
];

impl Item {
    fn fact(self, sheet: &Sheet, job: &Job) -> Result<Fact, NotDone> {
        let frame = job.machine == Machine::Frame;
        match self {
            Item::Model => {
                let label = "Machine Type/Model";
                let told = sheet
                    .identity()
                    .map(|it| Fact::new(label, "model", it.model()));
                or_refused(told, &["Machine Type/Model: "])
            }
            Item::Serial => {
                let label = "Serial Number";
                let told = sheet.identity();
                let told = told.map(|it| Fact {
                    members: vec![("serial", json!(it.serial()))],
                    ..Fact::new(label, "serial", it.serial())
                });
                or_refused(told, &["Serial Number: "])
            }
            Item::Bus if frame => Ok(only(
                BUS,
                "bus",
                "Bus information only available for CEC/LPAR",
            )),
            Item::Bus => or_refused(bus(sheet, job), &[BUS, ""]),
            Item::Config | Item::Mem | Item::Proc if frame => Ok(only(
                CONFIG,
                "config",
                "Information only available for CEC/LPAR",
            )),
            Item::Config => match config(sheet, job) {
                Err(reason @ NotDone::Hmc(_)) if reason.is_answer() => Ok(unknown_config(reason)),
                told => or_refused(told, &[CONFIG, ""]),
            },
            Item::Firm => or_refused(sheet.firmware().map(firmware), &[]),
            Item::Mem => {
                let columns = by_machine(job, LPAR_MEMORY, SYSTEM_MEMORY);
                let told = sheet.memory(job).map(|row| table(row, "memory", columns));
                or_refused(told, &[])
            }
            Item::Proc => {
                let columns = by_machine(job, LPAR_PROCESSORS, SYSTEM_PROCESSORS);
                let told = sheet.processors(job);
                or_refused(told.map(|row| table(row, "processors", columns)), &[])
            }
        }
    }
}

/// What an HMC refused to tell: xCAT has its words in both lines.
fn unknown_config(reason: NotDone) -> Fact {
    Fact {
        lines: vec![
            CONFIG.to_owned(),
            format!("Number of Processors: {reason}"),
            format!("Total Memory (MB): {reason}"),
        ],
        members: Vec::new(),
        refused: Some(reason),
    }
}

type Columns = &'static [(&'static str, &'static str)];

fn by_machine(job: &Job, lpar: Columns, system: Columns) -> Columns {
    match job.machine {
        Machine::Lpar { .. } => lpar,
        Machine::Cec | Machine::Frame => system,
    }
}

/// What this kind of node does not have: a refusal, as in xCAT.
fn only(head: &str, key: &'static str, text: &'static str) -> Fact {
    Fact {
        members: vec![(key, Value::Null)],
        ..Fact::refused(&[head, ""], NotDone::NotHere(text))
    }
}

/// All slots of the system, for an LPAR too, as in xCAT.
fn bus(sheet: &Sheet, job: &Job) -> Result<Fact, NotDone> {
    let slots = sheet.slots()?;
    if let Machine::Lpar { .. } = job.machine {
        sheet.state(job)?;
    }
    let line = |slot: &crate::hmc::health::Slot| {
        printable(&format!(
            "{},{},{}",
            slot.location, slot.bus, slot.description
        ))
    };
    let member = |slot: &crate::hmc::health::Slot| {
        json!({
            "drc_name": slot.location,
            "bus_id": typed(&slot.bus),
            "description": slot.description,
        })
    };
    let head = [BUS.to_owned()];
    Ok(Fact {
        lines: head.into_iter().chain(slots.iter().map(line)).collect(),
        members: vec![("bus", slots.iter().map(member).collect())],
        refused: None,
    })
}

fn config(sheet: &Sheet, job: &Job) -> Result<Fact, NotDone> {
    let first = |columns: Columns| columns.first().copied().unwrap_or_default();
    let (processors, _) = first(by_machine(job, LPAR_PROCESSORS, SYSTEM_PROCESSORS));
    let (memory, _) = first(by_machine(job, LPAR_MEMORY, SYSTEM_MEMORY));
    let value = |row: &Record, name| row.text(name).unwrap_or("0").to_owned();
    let processors = value(sheet.processors(job)?, processors);
    let memory = value(sheet.memory(job)?, memory);
    Ok(Fact {
        lines: vec![
            CONFIG.to_owned(),
            format!("Number of Processors: {}", printable(&processors)),
            format!("Total Memory (MB): {}", printable(&memory)),
        ],
        members: vec![
            ("processors", typed(&processors)),
            ("memory_mb", typed(&memory)),
        ],
        refused: None,
    })
}

fn firmware(levels: &Record) -> Fact {
    table(levels, "firmware", &LEVELS)
}

/// The columns that the row has.
fn table(row: &Record, key: &'static str, columns: &[(&str, &str)]) -> Fact {
    let mut object = Map::new();
    let mut lines = Vec::new();
    for (name, label) in columns {
        if let Some(value) = row.text(name) {
            lines.push(format!("{label}: {}", printable(value)));
            // Levels and serial numbers are no numbers, whatever they look like.
            let value = if key == "firmware" {
                json!(value)
            } else {
                typed(value)
            };
            object.insert((*name).to_owned(), value);
        }
    }
    Fact {
        lines,
        members: vec![(key, Value::Object(object))],
        refused: None,
    }
}
