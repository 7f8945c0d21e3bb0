//! Commands of a VIOS, run through the HMC's `viosvrcmd`.
//!
//! The VIOS's text comes as it is; what it looks like where the VIOS refuses
//! is not known for all levels: a code like `[VIOSE01010001-0056]` stands in
//! it, and `viosvrcmd` ends with another status than 0 (assumed).

use super::Mtms;
use super::ask::{Ask, Garbled, on};
use super::record::{Record, Value};

/// `viosvrcmd`: what a command of the VIOS printed.
pub fn told(system: &Mtms, id: u32, command: &str) -> Ask<String> {
    Ask {
        command: on("viosvrcmd", system).args(["--id", &id.to_string(), "-c", command]),
        read: Box::new(|text| Ok(text.to_owned())),
    }
}

/// The rows of a VIOS's table, by the names in its first line. Values hold no
/// blanks.
///
/// # Errors
/// A row has more fields than there are names.
pub fn table(text: &str) -> Result<Vec<Record>, Garbled> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let names: Vec<_> = lines
        .next()
        .into_iter()
        .flat_map(str::split_whitespace)
        .collect();
    let row = |line: &str| {
        let values: Vec<_> = line.split_whitespace().collect();
        if values.len() > names.len() {
            return Err(Garbled::Missing("a name for each column"));
        }
        let fields = names.iter().zip(values);
        let fields = fields.map(|(name, value)| ((*name).to_owned(), Value::new(value)));
        Ok(Record::new(fields.collect()))
    };
    lines.map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_one_word() {
        let system = "9117-MMA*10F6F3D".parse().unwrap();
        assert_eq!(
            told(&system, 1, "lsmap -all").command.to_shell(),
            "viosvrcmd -m '9117-MMA*10F6F3D' --id 1 -c 'lsmap -all'"
        );
    }

    #[test]
    fn a_table_is_read_by_its_heads() {
        let text = "name  physloc                    fabric tports aports swwpns awwpns\n\
                    fcs0  U78AA.001.VYRGU0Q-P1-C5-T1  1      64     62     2048   2023\n";
        let rows = table(text).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].text("aports"), Some("62"));
        assert!(table("name\na b\n").is_err());
        assert!(table("").unwrap().is_empty());
    }
}
