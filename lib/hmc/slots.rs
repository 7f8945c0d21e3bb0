//! Physical I/O slots: whose they are, and giving them while partitions run.

use super::ask::{Ask, on, silent, table};
use super::dlpar::Direction;
use super::mtms::Mtms;

/// A slot and who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The number of its connector (DRC index), hexadecimal: `21010200`.
    pub index: String,
    /// The partition that has it.
    pub lpar: Option<u32>,
}

/// `lshwres -r io --rsubtype slot`: the slots of a system.
pub fn held(system: &Mtms) -> Ask<Vec<Held>> {
    let command = on("lshwres -r io --rsubtype slot", system);
    table(command, ["drc_index", "lpar_id"], |[index, lpar]| {
        Ok(Held {
            index: index.to_string(),
            lpar: lpar.as_str().parse().ok(),
        })
    })
}

/// `chhwres -r io -o a`, `-o r`: gives a slot to a partition or takes it.
pub fn change(system: &Mtms, lpar: u32, direction: Direction, index: &str) -> Ask<()> {
    let command = on("chhwres -r io --rsubtype slot", system);
    let command = command.args(["-o", direction.word(), "--id"]);
    silent(command.args([&lpar.to_string(), "-l", index]))
}

/// `chhwres -r io -o m`: takes a slot from one partition and gives it to
/// another.
pub fn hand_over(system: &Mtms, [from, to]: [u32; 2], index: &str) -> Ask<()> {
    let command = on("chhwres -r io --rsubtype slot", system);
    let command = command.args(["-o", "m", "--id", &from.to_string()]);
    silent(command.args(["--tid", &to.to_string(), "-l", index]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_hmc() {
        let system = "9117-MMA*10F6F3D".parse().unwrap();
        let rows = (held(&system).read)("21010200,1\n21010202,none\n21010203,null\n").unwrap();
        let lpars: Vec<_> = rows.iter().map(|row| row.lpar).collect();
        assert_eq!(lpars, [Some(1), None, None]);
        let shell = |ask: Ask<()>| ask.command.to_shell();
        assert_eq!(
            shell(change(&system, 9, Direction::Remove, "21010200")),
            "chhwres -r io --rsubtype slot -m '9117-MMA*10F6F3D' -o r --id 9 -l 21010200"
        );
        assert_eq!(
            shell(hand_over(&system, [1, 9], "21010200")),
            "chhwres -r io --rsubtype slot -m '9117-MMA*10F6F3D' -o m --id 1 --tid 9 -l 21010200"
        );
    }
}
