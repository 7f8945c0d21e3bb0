//! Connections of an HMC to service processors and frame controllers: listed
//! with all their attributes, made, removed.

use super::ask::{Ask, silent, words};
use super::record::{self, Record};
use super::refusal;

/// `lssysconn -r all`: all connections, all attributes.
pub fn rows() -> Ask<Vec<Record>> {
    Ask {
        command: words("lssysconn -r all"),
        read: Box::new(|text| match refusal::is_nothing(text, None) {
            true => Ok(Vec::new()),
            false => Ok(record::records(text)?),
        }),
    }
}

/// `mksysconn`: connects to the service processor at an address, or to the
/// controller of a frame. The password stands on the command line on the HMC:
/// whether `mksysconn` can be told it otherwise without a terminal is not
/// known.
pub fn make(address: &str, frame: bool, password: &str) -> Ask<()> {
    let kind = if frame { "frame" } else { "sys" };
    let command = words("mksysconn --ip").arg(address).args(["-r", kind]);
    silent(command.arg("--passwd").secret(password))
}

/// `rmsysconn`: ends the connection to an address, and forgets it.
pub fn remove(address: &str) -> Ask<()> {
    silent(words("rmsysconn -o remove --ip").arg(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_that_xcat_sends() {
        let make = make("10.0.1.1", false, "it's").command;
        assert_eq!(
            make.to_shell(),
            r"mksysconn --ip 10.0.1.1 -r sys --passwd 'it'\''s'"
        );
        assert!(!make.to_string().contains("it"), "{make}");
        assert_eq!(
            remove("10.0.1.1").command.to_shell(),
            "rmsysconn -o remove --ip 10.0.1.1"
        );
    }
}
