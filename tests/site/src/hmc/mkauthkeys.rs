//! `mkauthkeys`: the authorised keys of the login user.

use super::Scene;
use super::args::{Args, Takes};
use super::messages;
use super::reply::Reply;

const OPTIONS: &[(&str, Takes)] = &[
    ("--add", Takes::Value),
    ("-a", Takes::Value),
    ("--remove", Takes::Value),
    ("-r", Takes::Value),
    ("--test", Takes::Nothing),
    ("--ip", Takes::Value),
    ("-u", Takes::Value),
    ("--passwd", Takes::Value),
    ("-g", Takes::Nothing),
];

/// Runs the command: `--add KEY`, `--remove COMMENT`, `--ip HMC -u USER --test`.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    let user = args.value("-u").unwrap_or(&scene.console.user).to_owned();
    let keys = &mut scene.console.keys;
    if let Some(key) = args.value("--add").or(args.value("-a")) {
        if russh::keys::PublicKey::from_openssh(key).is_err() {
            return Err(Reply::refused(messages::missing("--add")));
        }
        keys.push(key.to_owned());
        return Ok(Reply::done());
    }
    if let Some(comment) = args.value("--remove").or(args.value("-r")) {
        keys.retain(|key| key.splitn(3, ' ').nth(2) != Some(comment));
        return Ok(Reply::done());
    }
    if args.has("--ip") && args.has("--test") {
        // No console of the site has exchanged keys with another.
        return Err(Reply::refused(format!(
            "HSCL3653 The Secure Shell (SSH) communication configuration between the source and destination management consoles has not been set up properly for the remote user {user}. Run the mkauthkeys command to set up the SSH communication authentication keys"
        )));
    }
    Err(Reply::refused(messages::missing("--add or --remove")))
}
