//! `chsyspwd`: passwords of service processors.

use super::Scene;
use super::args::{Args, Takes};
use super::reply::Reply;
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
pub fn run(scene: &mut Scene, words: &[String]) -> Reply {
    change(scene, words).map_or_else(|refusal| refusal, |()| Reply::done())
}

fn change(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::parse(words, OPTIONS)?;
    args.no_operands()?;
    let kind = args.required("-t")?;
    if !["access", "admin", "general"].contains(&kind) {
        return Err(Reply::refused(messages::missing("-t")));
    }
    if args.has("-m") == args.has("-e") {
        return Err(Reply::refused(messages::missing("-m or -e")));
    }
    if let Some(name) = args.value("-e") {
        let at = frames::named(scene, name)?;
        let (old, new) = (args.required("--passwd")?, args.required("--newpasswd")?);
        let frame = &mut scene.world.frames[at];
        let known = frame.password.as_deref().unwrap_or("abc123");
        if old != known {
            return Err(Reply::refused(messages::WRONG_PASSWORD));
        }
        frame.password = Some(new.to_owned());
        return Ok(());
    }
    let at = scene.system(args.required("-m")?)?;
    let cec = &mut scene.world.cecs[at];
    let state = cec.state.now().to_owned();
    let answers = state.starts_with("Failed Auth") || state.starts_with("Pending Auth");
    if !cec.connected() && !answers {
        return Err(Reply::refused(messages::no_connection(&state)));
    }
    if args.required("--passwd")? != cec.password(kind) {
        return Err(Reply::refused(messages::WRONG_PASSWORD));
    }
    if state.starts_with("Failed Auth") && !args.has("--newpasswd") {
        cec.state.go(&[(0, "Operating")]);
        return Ok(());
    }
    let new = args.required("--newpasswd")?.to_owned();
    cec.passwords.insert(kind.to_owned(), new);
    if answers {
        cec.state.go(&[(0, "Operating")]);
    }
    Ok(())
}
