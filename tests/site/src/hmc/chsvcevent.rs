//! `chsvcevent`: closes serviceable events.

use super::Scene;
use super::args::{Args, Takes};
use super::messages;
use super::reply::Reply;

const OPTIONS: &[(&str, Takes)] = &[
    ("-o", Takes::Value),
    ("-p", Takes::Value),
    ("-h", Takes::Value),
];

/// Runs `chsvcevent -o close -p PROBLEM -h HMC` (form seen in use; that nothing
/// is printed and the text of the refusal are assumed).
pub fn run(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, OPTIONS)?;
    if args.required("-o")? != "close" {
        return Err(Reply::refused(messages::missing("-o")));
    }
    let (number, hmc) = (
        args.required("-p")?.to_owned(),
        args.required("-h")?.to_owned(),
    );
    let own = scene.console.spec.name.clone();
    let mut events = scene.console.spec.event.iter_mut();
    let event = events.find(|event| {
        let analyzing = event.get("analyzing_hmc").unwrap_or(&own);
        event.get("problem_num") == Some(&number) && *analyzing == hmc
    });
    let event = event.ok_or_else(|| Reply::refused(messages::missing("-p")))?;
    event.insert("status".to_owned(), "Closed".to_owned());
    Ok(())
}
