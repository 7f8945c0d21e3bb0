//! What an HMC tells of the condition of machines: slots, levels, reference
//! codes, temperatures, voltages, serviceable events.

use super::ask::{Ask, Garbled, listing, machine, on, table, words};
use super::mtms::Mtms;
use super::record::{self, Record};
use super::{Resource, refusal};
use crate::remote::Command;

/// A slot of a managed system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Location code, `U789D.001.DQDF3D-P1-C1`.
    pub location: String,
    /// Number of its bus.
    pub bus: String,
    /// What is in it, in the language of the session.
    pub description: String,
}

/// A serviceable event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Problem number, counted by the HMC.
    pub problem: u64,
    /// Reference code.
    pub refcode: String,
    /// `Open`, `Closed`, …
    pub status: String,
    /// When the HMC made the entry, as it writes dates.
    pub created: String,
    /// When it was seen last.
    pub last: String,
    /// How often it was seen again.
    pub duplicates: String,
    /// What happened, in the language of the session.
    pub text: String,
    /// The HMC that analysed it.
    pub hmc: String,
}

/// `lssyscfg -F type_model,serial_num`: what a machine says that it is.
pub fn identity(of: &Resource) -> Ask<Mtms> {
    let command = match of {
        Resource::System(system) => on("lssyscfg -r sys", system),
        Resource::Frame(frame) => in_frame("lssyscfg -r frame", frame),
    };
    let rows = table(command, ["type_model", "serial_num"], |[model, serial]| {
        machine(model, serial)
    });
    let read = rows.read;
    Ask {
        command: rows.command,
        read: Box::new(move |text| read(text)?.pop().ok_or(Garbled::Missing("the machine"))),
    }
}

/// `lshwres -r io --rsubtype slot`: the slots of a system.
pub fn slots(system: &Mtms) -> Ask<Vec<Slot>> {
    let command = words("lshwres -r io --rsubtype slot -m").arg(system.to_string());
    let columns = ["drc_name", "bus_id", "description"];
    table(command, columns, |[location, bus, description]| {
        Ok(Slot {
            location: location.to_string(),
            bus: bus.to_string(),
            description: description.to_string(),
        })
    })
}

/// `lslic -t power -e`: the firmware levels of a frame.
pub fn frame_firmware(frame: &Mtms) -> Ask<Vec<Record>> {
    listing(in_frame("lslic -t power", frame), |records| {
        Ok(records.to_vec())
    })
}

/// `lsrefcode -r lpar`: the last reference code of each partition, with
/// `lpar_id` and `refcode`. That all are listed without a filter is assumed.
pub fn lpar_refcodes(system: &Mtms) -> Ask<Vec<Record>> {
    listing(on("lsrefcode -r lpar", system), |records| {
        Ok(records.to_vec())
    })
}

/// `lsrefcode -r sys -s`: the last reference code of one service processor:
/// `p` is the primary, `s` the secondary.
pub fn system_refcodes(system: &Mtms, side: &'static str) -> Ask<Vec<Record>> {
    let command = on("lsrefcode -r sys", system).args(["-s", side]);
    listing(command, |records| Ok(records.to_vec()))
}

/// `lshwinfo -r sys -e`: the temperatures of the systems in a frame, in degrees
/// Celsius. No answer of a real HMC was seen; the command is xCAT's.
pub fn temperatures(frame: &Mtms) -> Ask<Vec<(String, String)>> {
    let command = in_frame("lshwinfo -r sys", frame);
    let columns = ["type_model_serial_num", "temperature"];
    table(command, columns, |[system, degrees]| {
        Ok((system.to_string(), degrees.to_string()))
    })
}

/// `lshwinfo -r frame -e -F`: all values of a frame, without their names. xCAT
/// takes the first six for three voltages and three currents; no answer of a
/// real HMC was seen.
pub fn frame_values(frame: &Mtms) -> Ask<Vec<String>> {
    let read = |text: &str| {
        let line = text.lines().find(|line| !line.trim().is_empty());
        let count = line.map_or(0, |line| line.split(',').count());
        if count < 6 || refusal::is_nothing(text, Some(count)) {
            return Err(Garbled::Missing("three voltages and three currents"));
        }
        let rows = record::lists(text, ',', count)?;
        let row = rows.first().into_iter().flatten();
        Ok(row.map(ToString::to_string).collect())
    };
    Ask {
        command: in_frame("lshwinfo -r frame", frame).arg("-F"),
        read: Box::new(read),
    }
}

/// `lssvcevents -t hardware -d 0`: all events about a machine.
pub fn events(of: &Resource) -> Ask<Vec<Event>> {
    let command = words("lssvcevents -t hardware -d 0");
    let command = match of {
        Resource::System(system) => command.arg("-m").arg(system.to_string()),
        Resource::Frame(frame) => command.arg("-e").arg(frame.to_string()),
    };
    let columns = [
        "problem_num",
        "refcode",
        "status",
        "created_time",
        "last_time",
        "duplicate_count",
        "text",
        "analyzing_hmc",
    ];
    table(
        command,
        columns,
        |[number, refcode, status, created, last, count, text, hmc]| {
            let problem = number.as_str().parse().map_err(|_| Garbled::Value {
                column: "problem_num",
                value: number.to_string(),
            })?;
            Ok(Event {
                problem,
                refcode: refcode.to_string(),
                status: status.to_string(),
                created: created.to_string(),
                last: last.to_string(),
                duplicates: count.to_string(),
                text: text.to_string(),
                hmc: hmc.to_string(),
            })
        },
    )
}

/// `chsvcevent -o close`: closes an event. Success is silence (assumed, as for
/// all changes).
pub fn close_event(event: &Event) -> Ask<()> {
    let command = words("chsvcevent -o close -p").arg(event.problem.to_string());
    Ask {
        command: command.arg("-h").arg(&event.hmc),
        read: Box::new(|_| Ok(())),
    }
}

fn in_frame(line: &str, frame: &Mtms) -> Command {
    words(line).arg("-e").arg(frame.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_frame_are_read_by_position() {
        let frame: Mtms = "9458-100*99201WM".parse().unwrap();
        let ask = frame_values(&frame);
        assert_eq!(
            ask.command.to_shell(),
            "lshwinfo -r frame -e '9458-100*99201WM' -F"
        );
        let values = (ask.read)("208,209,207,8,9,7,9458-100*99201WM\n").unwrap();
        assert_eq!(values[..6], ["208", "209", "207", "8", "9", "7"]);
        assert!((ask.read)("No results were found.\n").is_err());
        assert!((ask.read)("").is_err());
    }

    #[test]
    fn an_event_with_commas_in_its_text_is_one_row() {
        let ask = events(&Resource::System("9117-MMA*10F6F3D".parse().unwrap()));
        let text =
            "12,B3030001,Open,11/22/2026 00:00:00,11/22/2026 00:00:00,0,\"It, failed\",hmc01\n";
        let events = (ask.read)(text).unwrap();
        assert_eq!(
            (events[0].problem, events[0].text.as_str()),
            (12, "It, failed")
        );
        assert!((ask.read)("No results were found.\n").unwrap().is_empty());
        assert_eq!(
            close_event(&events[0]).command.to_shell(),
            "chsvcevent -o close -p 12 -h hmc01"
        );
    }
}
