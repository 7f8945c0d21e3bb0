//! Command lines for the journal, without the passwords in them.

use crate::schema::{ColumnKind, TABLES};

/// The command line for the journal: the program's name without its folder,
/// the arguments quoted where a shell would need it, passwords hidden.
pub fn command_line(words: impl Iterator<Item = String>) -> String {
    let words = words.enumerate().map(|(number, word)| match number {
        0 => word.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => hide_secret(&word),
    });
    let quoted = words.map(|w| shlex::try_quote(&w).map_or(w.clone(), |q| q.into_owned()));
    quoted.collect::<Vec<_>>().join(" ")
}

/// Hides the value of `attribute=value` where it may be a password.
fn hide_secret(word: &str) -> String {
    let Some((name, rest)) = word.split_once('=') else {
        return word.to_owned();
    };
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.trim_end_matches(['!', '^', ',', '+']);
    let columns = TABLES.iter().flat_map(|t| t.columns);
    let secret = columns
        .filter(|c| c.kind == ColumnKind::Secret)
        .any(|c| c.name == last);
    let known = name.to_lowercase();
    if !secret && !known.contains("passw") {
        return word.to_owned();
    }
    let sign = rest.chars().next().filter(|c| ['=', '~'].contains(c));
    format!(
        "{name}={}********",
        sign.map_or(String::new(), String::from)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_sees_the_command_without_passwords() {
        let line = |words: &[&str]| command_line(words.iter().map(|w| (*w).to_owned()));
        let typed = [
            "/opt/bin/mkdef",
            "-o",
            "hmc 1",
            "password=abc123",
            "usercomment=it's",
        ];
        assert_eq!(
            line(&typed),
            "mkdef -o 'hmc 1' 'password=********' \"usercomment=it's\""
        );
        for secret in [
            "bmcpassword=x",
            "passwd.HMC=x",
            "ppchcp.password,=x",
            "pdu.authkey=x",
        ] {
            assert!(
                !hide_secret(secret).contains('x'),
                "{}",
                hide_secret(secret)
            );
        }
        assert_eq!(hide_secret("password=~abc"), "password=~********");
        assert_eq!(hide_secret("mgt==hmc"), "mgt==hmc");
    }
}
