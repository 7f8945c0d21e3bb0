//! `chsyspwd`: passwords of service processors.

use std::collections::BTreeMap;

use super::Scene;
use super::args::{Args, Takes};
use super::reply::Reply;
use super::state::Cec;
use super::{frames, messages};

const OPTIONS: &[(&str, Takes)] = &[
    ("-t", Takes::Value),
    ("-m", Takes::Value),
    ("-e", Takes::Value),
    ("--passwd", Takes::Value),
    ("--newpasswd", Takes::Value),
];

/// What it asks for when it is not given (documented; texts assumed).
pub const ASKS: &[(&str, &str)] = &[
    ("--passwd", "Enter the current password: "),
    ("--newpasswd", "Enter the new password: "),
    ("--newpasswd", "Retype the new password: "),
];

/// Runs the command. A password alone logs in to a system in Failed Authentication.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, OPTIONS)?;
    let kind = args.required("-t")?;
    if !["access", "admin", "general"].contains(&kind) {
        return Err(Reply::refused(messages::missing("-t")));
    }
    if args.has("-m") == args.has("-e") {
        return Err(Reply::refused(messages::missing("-m or -e")));
    }
    // An empty one stands for one that was never set (assumed).
    let old = args.value("--passwd");
    let old = old.ok_or_else(|| Reply::refused(messages::missing("--passwd")))?;
    let known = |current: &str| match old == current {
        true => Ok(()),
        false => Err(Reply::refused(messages::WRONG_PASSWORD)),
    };
    if let Some(name) = args.value("-e") {
        let at = frames::named(scene, name)?;
        let frame = &mut scene.world.frames[at];
        known(current(kind, &frame.passwords, frame.password.as_ref()))?;
        let new = args.required("--newpasswd")?;
        frame.passwords.insert(kind.to_owned(), new.to_owned());
        return Ok(());
    }
    let at = scene.system(args.required("-m")?)?;
    let cec = &mut scene.world.cecs[at];
    let state = cec.state.now().to_owned();
    let failed = state.starts_with("Failed Auth");
    // Without the access password the others cannot be reached (assumed).
    let answers = failed && kind == "access" || state.starts_with("Pending Auth");
    if !cec.connected() && !answers {
        return Err(Reply::refused(messages::no_connection(&state)));
    }
    known(of_cec(cec, kind))?;
    if failed && !args.has("--newpasswd") {
        cec.state.go(&[(0, "Operating")]);
        return Ok(());
    }
    let new = args.required("--newpasswd")?.to_owned();
    cec.passwords.insert(kind.to_owned(), new);
    if answers && kind == "access" {
        cec.state.go(&[(0, "Operating")]);
    }
    Ok(())
}

/// A password of the service processor of a system.
pub fn of_cec<'a>(cec: &'a Cec, kind: &str) -> &'a str {
    current(kind, &cec.passwords, cec.spec.password.as_ref())
}

/// What a password is: what it was changed to, else that of the description. Those of the
/// factory are known from programs that set them for the first time.
fn current<'a>(
    kind: &str,
    changed: &'a BTreeMap<String, String>,
    first: Option<&'a String>,
) -> &'a str {
    let own = changed.get(kind).or(first);
    match (own.map(String::as_str), kind) {
        (None, _) => "abc123",
        (Some(""), "admin") => "admin",
        (Some(""), "general") => "general",
        (Some(own), _) => own,
    }
}
