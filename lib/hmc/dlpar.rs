//! Dynamic partitioning: what partitions have now, and changes while they run.

use std::fmt;
use std::str::FromStr;

use super::ask::{Ask, Garbled, number, on, silent, table};
use super::mtms::Mtms;
use super::record::Value;

/// Processing units, in hundredths: `0.3` is 30.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Units(pub u64);

impl FromStr for Units {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let part = part.trim_end_matches('0');
        if !digits(whole) || part.len() > 2 || !(part.is_empty() || digits(part)) {
            return Err(());
        }
        let whole: u64 = whole.parse().map_err(|_| ())?;
        let part: u64 = format!("{part:0<2}").parse().map_err(|_| ())?;
        let units = whole.checked_mul(100).and_then(|all| all.checked_add(part));
        units.map(Units).ok_or(())
    }
}

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}.{}", self.0 / 100, self.0 % 100 / 10),
            _ => write!(f, "{}.{:02}", self.0 / 100, self.0 % 100),
        }
    }
}

/// What a partition has now of one kind, and within what it can change while
/// it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range<T> {
    /// The least.
    pub min: T,
    /// What it has.
    pub now: T,
    /// The most.
    pub max: T,
}

/// What a partition has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held<R> {
    /// Its number.
    pub lpar: u32,
    /// What it has.
    pub range: R,
}

/// The processors of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processors {
    /// Virtual ones where they are shared, else real ones.
    pub procs: Range<u64>,
    /// Processing units, where they are shared.
    pub units: Option<Range<Units>>,
}

/// `lshwres -r mem --level lpar`: the memory of the partitions of a system, in
/// megabytes.
pub fn memory(system: &Mtms) -> Ask<Vec<Held<Range<u64>>>> {
    let columns = ["lpar_id", "curr_min_mem", "curr_mem", "curr_max_mem"];
    table(
        on("lshwres -r mem", system).args(["--level", "lpar"]),
        columns,
        |[id, min, now, max]| {
            Ok(Held {
                lpar: number(id)?,
                range: range("memory", [min, now, max])?,
            })
        },
    )
}

/// `lshwres -r mem --level sys`: the megabytes that memory is given out in.
pub fn region_size(system: &Mtms) -> Ask<u64> {
    let rows = table(
        on("lshwres -r mem", system).args(["--level", "sys"]),
        ["mem_region_size", "curr_avail_sys_mem"],
        |[size, _]| value("mem_region_size", size),
    );
    let read = rows.read;
    Ask {
        command: rows.command,
        read: Box::new(move |text| read(text)?.pop().ok_or(Garbled::Missing("the system"))),
    }
}

/// `lshwres -r proc --level lpar`: the processors of the partitions of a system.
pub fn processors(system: &Mtms) -> Ask<Vec<Held<Processors>>> {
    let columns = [
        "lpar_id",
        "curr_min_procs",
        "curr_procs",
        "curr_max_procs",
        "curr_min_proc_units",
        "curr_proc_units",
        "curr_max_proc_units",
    ];
    table(
        on("lshwres -r proc", system).args(["--level", "lpar"]),
        columns,
        |[id, min, now, max, min_units, units, max_units]| {
            let shared = units.text().is_some();
            let units = || range("processing units", [min_units, units, max_units]);
            Ok(Held {
                lpar: number(id)?,
                range: Processors {
                    procs: range("processors", [min, now, max])?,
                    units: shared.then(units).transpose()?,
                },
            })
        },
    )
}

fn range<T: FromStr>(column: &'static str, values: [&Value; 3]) -> Result<Range<T>, Garbled> {
    let [min, now, max] = values.map(|text| value(column, text));
    Ok(Range {
        min: min?,
        now: now?,
        max: max?,
    })
}

fn value<T: FromStr>(column: &'static str, value: &Value) -> Result<T, Garbled> {
    value.as_str().parse().map_err(|_| Garbled::Value {
        column,
        value: value.to_string(),
    })
}

/// Whether something is given to a partition or taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It gets more.
    Add,
    /// It gets less.
    Remove,
}

impl Direction {
    pub(super) fn word(self) -> &'static str {
        match self {
            Direction::Add => "a",
            Direction::Remove => "r",
        }
    }
}

/// `chhwres -r mem`: gives or takes memory, in megabytes.
pub fn change_memory(system: &Mtms, lpar: u32, direction: Direction, amount: u64) -> Ask<()> {
    let command = on("chhwres -r mem", system).args(["-o", direction.word(), "--id"]);
    silent(command.args([lpar.to_string(), "-q".to_owned(), amount.to_string()]))
}

/// `chhwres -r proc`: gives or takes processors, processing units, or both.
pub fn change_processors(
    system: &Mtms,
    lpar: u32,
    direction: Direction,
    procs: Option<u64>,
    units: Option<Units>,
) -> Ask<()> {
    let command = on("chhwres -r proc", system).args(["-o", direction.word(), "--id"]);
    let mut command = command.arg(lpar.to_string());
    if let Some(procs) = procs {
        command = command.arg("--procs").arg(procs.to_string());
    }
    if let Some(units) = units {
        command = command.arg("--procunits").arg(units.to_string());
    }
    silent(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system() -> Mtms {
        "9117-MMA*10F6F3D".parse().unwrap()
    }

    #[test]
    fn units_are_hundredths() {
        for (text, units) in [
            ("0.3", 30),
            ("1", 100),
            ("2.0", 200),
            ("0.05", 5),
            ("1.250", 125),
        ] {
            assert_eq!(text.parse(), Ok(Units(units)), "{text}");
        }
        for bad in ["", ".5", "1.234", "-1", "1.x", "null"] {
            assert_eq!(bad.parse::<Units>(), Err(()), "{bad}");
        }
        let shown = [Units(30), Units(200), Units(125), Units(5)].map(|units| units.to_string());
        assert_eq!(shown, ["0.3", "2.0", "1.25", "0.05"]);
    }

    #[test]
    fn what_partitions_have_is_read() {
        let rows =
            (processors(&system()).read)("7,1,2,4,null,null,null\n8,1,1,2,0.2,1.0,2.0\n").unwrap();
        assert_eq!(
            rows[0].range.procs,
            Range {
                min: 1,
                now: 2,
                max: 4
            }
        );
        assert_eq!(rows[0].range.units, None);
        let units = Range {
            min: Units(20),
            now: Units(100),
            max: Units(200),
        };
        assert_eq!(rows[1].range.units, Some(units));
        let rows = (memory(&system()).read)("7,1024,8192,16384\n").unwrap();
        assert_eq!(rows[0].range.now, 8192);
        assert_eq!((region_size(&system()).read)("128,13696\n"), Ok(128));
        assert!((memory(&system()).read)("7,1024,x,16384\n").is_err());
    }

    #[test]
    fn the_words_are_those_that_hmcs_know() {
        let sent = [
            change_memory(&system(), 7, Direction::Add, 1024),
            change_processors(&system(), 7, Direction::Remove, Some(1), Some(Units(50))),
            change_processors(&system(), 7, Direction::Add, None, Some(Units(5))),
        ]
        .map(|ask| ask.command.to_shell());
        assert_eq!(
            sent,
            [
                "chhwres -r mem -m '9117-MMA*10F6F3D' -o a --id 7 -q 1024",
                "chhwres -r proc -m '9117-MMA*10F6F3D' -o r --id 7 --procs 1 --procunits 0.5",
                "chhwres -r proc -m '9117-MMA*10F6F3D' -o a --id 7 --procunits 0.05",
            ]
        );
        assert_eq!(
            memory(&system()).command.to_shell(),
            "lshwres -r mem -m '9117-MMA*10F6F3D' --level lpar -F lpar_id,curr_min_mem,curr_mem,curr_max_mem"
        );
    }
}
