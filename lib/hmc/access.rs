//! Who may log in to an HMC: authorised keys and passwords of its users.

use super::ask::{Ask, silent, words};
use super::mtms::Mtms;
use super::session::Error;

/// The file of authorised keys of an HMC user, as xCAT reads it.
pub fn authorized_keys(user: &str) -> Ask<Vec<String>> {
    let command = words("cat").arg(format!("/home/{user}/.ssh/authorized_keys2"));
    Ask {
        command,
        read: Box::new(|text| Ok(text.lines().map(str::to_owned).collect())),
    }
}

/// Whether [`authorized_keys`] failed because there is no such file: `cat` says
/// so without a code, in the language of the session.
pub fn is_no_keys(error: &Error) -> bool {
    matches!(error, Error::Refused { refusal, .. } if refusal.code.is_none() && refusal.status == 1)
}

/// `mkauthkeys --add`: lets the owner of a key log in.
pub fn add_key(line: &str) -> Ask<()> {
    silent(words("mkauthkeys --add").arg(line))
}

/// `mkauthkeys --remove`: removes all keys with this comment.
pub fn remove_keys(comment: &str) -> Ask<()> {
    silent(words("mkauthkeys --remove").arg(comment))
}

/// `chhmcusr -t passwd`: sets the password of a user. It could be asked for by
/// the HMC instead, but only on a terminal; here it is among the words of the
/// command, which are shown to nobody but the HMC.
pub fn set_password(user: &str, new: &str) -> Ask<()> {
    let command = words("chhmcusr -u").arg(user).args(["-t", "passwd", "-v"]);
    silent(command.secret(new))
}

/// `chsyspwd`: sets a password of a system's service processor, or of the
/// controller of a frame: `access`, `admin` or `general`; `old` is the one that
/// it has. Both are among the words of the command, as xCAT sends them:
/// `chsyspwd` asks for what is left out, but whether it does so without a
/// terminal is not known. That an empty `--passwd` stands for a password that
/// was never set is assumed.
pub fn set_system_password(
    kind: &str,
    (machine, frame): (&Mtms, bool),
    (old, new): (&str, &str),
) -> Ask<()> {
    let option = if frame { "-e" } else { "-m" };
    let command = words("chsyspwd -t").arg(kind);
    let command = command.arg(option).arg(machine.to_string());
    let command = command.arg("--passwd").secret(old);
    silent(command.arg("--newpasswd").secret(new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_for_the_hmc_only() {
        let ask = set_password("hscroot", "new, secret");
        assert_eq!(
            ask.command.to_string(),
            "chhmcusr -u hscroot -t passwd -v ********"
        );
        assert!(ask.command.to_shell().ends_with("-v 'new, secret'"));
        let system = "9117-MMA*10F6F3D".parse().unwrap();
        let ask = set_system_password("access", (&system, false), ("", "new"));
        assert_eq!(
            ask.command.to_string(),
            "chsyspwd -t access -m '9117-MMA*10F6F3D' --passwd ******** --newpasswd ********"
        );
        assert!(
            ask.command
                .to_shell()
                .ends_with("--passwd '' --newpasswd new")
        );
    }
}
