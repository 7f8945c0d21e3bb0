//! The commands that change the configuration of partitions and systems.
//!
//! What they set is one record in the format of listings, given to `-i` as one
//! word: a list is a quoted field, quotes inside it are doubled. So the quotes
//! that the manual pages of HMCs show with backslashes are never written here;
//! [`Command`] quotes the word for the shell. Success is silence.

use super::ask::{Ask, on, silent};
use super::mtms::Mtms;
use super::record::Record;
use crate::remote::Command;

/// `mksyscfg -r lpar`: makes a partition with its first profile.
pub fn make_lpar(system: &Mtms, record: &Record) -> Ask<()> {
    with(on("mksyscfg -r lpar", system), record)
}

/// `mksyscfg -r prof`: makes another profile of a partition.
pub fn make_profile(system: &Mtms, record: &Record) -> Ask<()> {
    with(on("mksyscfg -r prof", system), record)
}

/// `chsyscfg -r prof`: changes attributes of a profile, which `name` and
/// `lpar_id` name.
pub fn change_profile(system: &Mtms, record: &Record) -> Ask<()> {
    with(on("chsyscfg -r prof", system), record)
}

/// `chsyscfg -r sys`: makes a partition the service partition of a system, or
/// none.
pub fn set_service_partition(system: &Mtms, lpar: Option<u32>) -> Ask<()> {
    let mut record = Record::default();
    let id = lpar.map_or_else(|| "none".to_owned(), |id| id.to_string());
    record.set("service_lpar_id", &id);
    with(on("chsyscfg -r sys", system), &record)
}

/// `rmsyscfg -r lpar`: removes a partition with all its profiles.
pub fn remove_lpar(system: &Mtms, lpar: u32) -> Ask<()> {
    silent(on("rmsyscfg -r lpar", system).args(["--id".to_owned(), lpar.to_string()]))
}

fn with(command: Command, record: &Record) -> Ask<()> {
    silent(command.arg("-i").arg(record.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_one_word_with_the_quotes_that_hmcs_want() {
        let system = "9117-MMA*10F6F3D".parse().unwrap();
        let mut record = Record::default();
        record.set("name", "it's \"a,b\"");
        record.set("min_mem", "1024");
        record.set(
            "virtual_scsi_adapters",
            "3/client/1/vios1/19/1,4/client/2/vios2/19/1",
        );
        record.set(
            "virtual_fc_adapters",
            "\"4/client/1/v/22/c05,c06/1\",5/client/1/v/23//1",
        );
        record.set("min_mem", "2048");
        assert_eq!(
            make_lpar(&system, &record).command.to_shell(),
            "mksyscfg -r lpar -m '9117-MMA*10F6F3D' -i '\"name=it'\\''s \"\"a,b\"\"\",min_mem=2048,\
             \"virtual_scsi_adapters=3/client/1/vios1/19/1,4/client/2/vios2/19/1\",\
             \"virtual_fc_adapters=\"\"4/client/1/v/22/c05,c06/1\"\",5/client/1/v/23//1\"'"
        );
        assert_eq!(
            set_service_partition(&system, None).command.to_shell(),
            "chsyscfg -r sys -m '9117-MMA*10F6F3D' -i 'service_lpar_id=none'"
        );
        assert_eq!(
            remove_lpar(&system, 7).command.to_shell(),
            "rmsyscfg -r lpar -m '9117-MMA*10F6F3D' --id 7"
        );
    }
}
