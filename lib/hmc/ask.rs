//! The commands that are sent to an HMC, each with the reader of its answer.
//!
//! Listings are asked for with `-F`, columns in a known order, and never one
//! column alone (see [`refusal::is_nothing`]). The words are those that xCAT
//! sends, so that whatever has answered xCAT answers these.

use super::level::{Level, Vpd};
use super::mtms::Mtms;
use super::record::{self, Record, Value};
use super::refusal;
use crate::remote::Command;

/// A command with the reader of what it prints when it succeeds.
pub struct Ask<A> {
    /// What is sent.
    pub command: Command,
    pub(super) read: Reader<A>,
}

/// A command that has nothing to say when it succeeds.
pub(super) fn silent(command: Command) -> Ask<()> {
    Ask {
        command,
        read: Box::new(|_| Ok(())),
    }
}

/// Reads an answer.
pub(super) type Reader<A> = Box<dyn Fn(&str) -> Result<A, Garbled> + Send + Sync>;

/// Why an answer could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Garbled {
    /// It is not in the format of a listing.
    #[error(transparent)]
    Format(#[from] record::Error),
    /// A value is none that its column can have.
    #[error("{value:?} is no {column}")]
    Value {
        /// The column.
        column: &'static str,
        /// What stood there.
        value: String,
    },
    /// The answer lacks what it always has.
    #[error("it does not name {0}")]
    Missing(&'static str),
    /// It is no answer but a refusal, which only the reader could tell.
    #[error("{0}")]
    Refused(String),
}

/// A frame: a rack with its own power control (POWER5 to POWER7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The machine.
    pub mtms: Mtms,
    /// User-defined name.
    pub name: String,
    /// Frame number.
    pub number: String,
}

/// A slot of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cage {
    /// Cage number.
    pub number: String,
    /// The machine in it, where there is one.
    pub holds: Option<Mtms>,
}

/// A managed system (CEC).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// User-defined name, or the address of a system without connection.
    pub name: String,
    /// The machine; not known while it has never been connected.
    pub mtms: Option<Mtms>,
    /// Address of its service processor.
    pub address: String,
    /// `Operating`, `No Connection`, `Power Off`, …
    pub state: String,
}

/// A logical partition, VIOSs among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lpar {
    /// Name; any characters.
    pub name: String,
    /// Number within its system.
    pub id: u32,
    /// The profile it is activated with by default, where there is one.
    pub default_profile: Option<String>,
    /// The profile it was last activated with, where there is one.
    pub current_profile: Option<String>,
}

/// The state of a logical partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LparState {
    /// Name; any characters.
    pub name: String,
    /// Number within its system.
    pub id: u32,
    /// `Running`, `Not Activated`, `Open Firmware`, …
    pub state: String,
}

/// A connection of the HMC to a service processor or a frame's controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The machine; not known while it has never been connected.
    pub mtms: Option<Mtms>,
    /// `sys` or `frame`.
    pub kind: String,
    /// `primary`, `secondary`, `a`, `b`; not known while not connected.
    pub side: Option<String>,
    /// Address of the service processor.
    pub address: String,
    /// `Connected`, `No Connection`, `Failed Authentication`, …
    pub state: String,
    /// Why it is not connected, with its code.
    pub error: Option<String>,
}

/// `lshmc -v`: the HMC as a machine.
pub fn vpd() -> Ask<Vpd> {
    listing(words("lshmc -v"), |records| {
        let vpd = records.first().and_then(Vpd::read);
        vpd.ok_or(Garbled::Missing("a machine"))
    })
}

/// `lshmc -V`: the software level of the HMC.
pub fn level() -> Ask<Level> {
    Ask {
        command: words("lshmc -V"),
        read: Box::new(|text| Level::from_version(text).ok_or(Garbled::Missing("a version"))),
    }
}

/// `lssysconn -r all`: all connections of the HMC.
pub fn connections() -> Ask<Vec<Connection>> {
    listing(words("lssysconn -r all"), |records| {
        records.iter().map(connection).collect()
    })
}

/// `lssyscfg -r frame`: all frames. Refused from V10 on, where there are none.
pub fn frames() -> Ask<Vec<Frame>> {
    let columns = [
        "type_model",
        "serial_num",
        "name",
        "frame_num",
        "ipaddr_a",
        "ipaddr_b",
    ];
    table(
        words("lssyscfg -r frame"),
        columns,
        |[model, serial, name, number, ..]| {
            Ok(Frame {
                mtms: machine(model, serial)?,
                name: name.to_string(),
                number: number.to_string(),
            })
        },
    )
}

/// `lssyscfg -r cage`: the cages of a frame.
pub fn cages(frame: &Mtms) -> Ask<Vec<Cage>> {
    let command = words("lssyscfg -r cage -e").arg(frame.to_string());
    table(
        command,
        ["cage_num", "type_model_serial_num"],
        |[number, holds]| {
            Ok(Cage {
                number: number.to_string(),
                holds: holds.text().and_then(|text| text.parse().ok()),
            })
        },
    )
}

/// `lssyscfg -r sys`: all managed systems.
pub fn systems() -> Ask<Vec<System>> {
    let columns = ["name", "type_model", "serial_num", "ipaddr", "state"];
    table(
        words("lssyscfg -r sys"),
        columns,
        |[name, model, serial, address, state]| {
            let known = model.text().is_some() && serial.text().is_some();
            Ok(System {
                name: name.to_string(),
                mtms: known.then(|| machine(model, serial)).transpose()?,
                address: address.to_string(),
                state: state.to_string(),
            })
        },
    )
}

/// `lssyscfg -r sys -m`: the state of one managed system.
pub fn system_state(system: &Mtms) -> Ask<String> {
    let command = on("lssyscfg -r sys", system);
    let rows = table(command, ["name", "state"], |[_, state]| {
        Ok(state.to_string())
    });
    let read = rows.read;
    Ask {
        command: rows.command,
        read: Box::new(move |text| read(text)?.pop().ok_or(Garbled::Missing("the system"))),
    }
}

/// `lssyscfg -r frame -e`: the state of one frame, of both its power
/// controllers: `Standby/Standby`.
pub fn frame_state(frame: &Mtms) -> Ask<String> {
    let command = words("lssyscfg -r frame -e").arg(frame.to_string());
    let rows = table(command, ["name", "state"], |[_, state]| {
        Ok(state.to_string())
    });
    let read = rows.read;
    Ask {
        command: rows.command,
        read: Box::new(move |text| read(text)?.pop().ok_or(Garbled::Missing("the frame"))),
    }
}

/// `lssyscfg -r lpar`: the partitions of a system, with their profiles.
pub fn lpars(system: &Mtms) -> Ask<Vec<Lpar>> {
    let columns = ["name", "lpar_id", "default_profile", "curr_profile"];
    table(
        on("lssyscfg -r lpar", system),
        columns,
        |[name, id, default, current]| {
            Ok(Lpar {
                name: name.to_string(),
                id: number(id)?,
                default_profile: profile(default),
                current_profile: profile(current),
            })
        },
    )
}

/// `lssyscfg -r lpar`: the states of the partitions of a system.
pub fn lpar_states(system: &Mtms) -> Ask<Vec<LparState>> {
    let columns = ["name", "lpar_id", "state"];
    table(
        on("lssyscfg -r lpar", system),
        columns,
        |[name, id, state]| {
            Ok(LparState {
                name: name.to_string(),
                id: number(id)?,
                state: state.to_string(),
            })
        },
    )
}

pub(super) fn words(line: &str) -> Command {
    let mut words = line.split_whitespace();
    Command::new(words.next().unwrap_or_default()).args(words)
}

pub(super) fn on(line: &str, system: &Mtms) -> Command {
    words(line).arg("-m").arg(system.to_string())
}

pub(super) fn listing<A: 'static>(
    command: Command,
    read: fn(&[Record]) -> Result<A, Garbled>,
) -> Ask<A> {
    let read = move |text: &str| {
        if refusal::is_nothing(text, None) {
            return read(&[]);
        }
        read(&record::records(text)?)
    };
    Ask {
        command,
        read: Box::new(read),
    }
}

pub(super) fn table<A: 'static, const N: usize>(
    command: Command,
    columns: [&'static str; N],
    read: fn([&Value; N]) -> Result<A, Garbled>,
) -> Ask<Vec<A>> {
    let rows = move |text: &str| {
        if refusal::is_nothing(text, Some(N)) {
            return Ok(Vec::new());
        }
        let rows = record::lists(text, ',', N)?;
        rows.iter()
            .map(|row| read(std::array::from_fn(|column| &row[column])))
            .collect()
    };
    Ask {
        command: command.arg("-F").arg(columns.join(",")),
        read: Box::new(rows),
    }
}

fn connection(record: &Record) -> Result<Connection, Garbled> {
    let text = |name| record.text(name).map(str::to_owned);
    let state = text("state").ok_or(Garbled::Missing("the state of a connection"))?;
    Ok(Connection {
        mtms: record
            .text("type_model_serial_num")
            .and_then(|text| text.parse().ok()),
        kind: text("resource_type").unwrap_or_default(),
        side: text("sp").or_else(|| text("side")),
        address: text("ipaddr").unwrap_or_default(),
        state,
        error: text("connection_error_code"),
    })
}

pub(super) fn machine(model: &Value, serial: &Value) -> Result<Mtms, Garbled> {
    let mtms = Mtms::new(model.as_str(), serial.as_str());
    mtms.ok_or_else(|| Garbled::Value {
        column: "type, model and serial number",
        value: format!("{model}*{serial}"),
    })
}

pub(super) fn number(id: &Value) -> Result<u32, Garbled> {
    let parsed = id.as_str().parse();
    parsed.map_err(|_| Garbled::Value {
        column: "lpar_id",
        value: id.to_string(),
    })
}

/// A partition that was activated with its current configuration names the
/// HMC's own profile `last*valid*configuration`, which no `chsysstate -f` takes.
pub(super) fn profile(value: &Value) -> Option<String> {
    let name = value.text()?;
    (name != "last*valid*configuration").then(|| name.to_owned())
}

#[cfg(test)]
#[path = "ask_tests.rs"]
mod tests;
