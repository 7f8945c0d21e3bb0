//! `lslic`: firmware levels of managed systems and frames.

use super::Scene;
use super::args::{Args, Takes};
use super::frames;
use super::level::Facts;
use super::lssyscfg::{home_level, known, reachable};
use super::messages;
use super::record::print;
use super::reply::Reply;

const OPTIONS: &[(&str, Takes)] = &[
    ("-m", Takes::Value),
    ("-e", Takes::Value),
    ("-t", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];

/// Runs the command. Of the synopsis (documented) the repositories and `-w` are not there.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    if args.has("-e") && !frames::known_to(scene) {
        return Err(Reply::refused(messages::unknown_option("-e")));
    }
    match (args.has("-m"), args.has("-e")) {
        (true, false) => match args.value("-t") {
            None | Some("sys") => system(scene, &args),
            Some(_) => Err(Reply::refused(messages::missing("-t"))),
        },
        (false, true) => match args.value("-t") {
            None | Some("power") => frame(scene, &args),
            Some(_) => Err(Reply::refused(messages::missing("-t"))),
        },
        _ => Err(Reply::refused(messages::missing("-m or -e"))),
    }
}

fn system(scene: &mut Scene, args: &Args) -> Result<Reply, Reply> {
    let at = reachable(scene, args)?;
    let cec = &scene.world.cecs[at];
    let mut facts = Facts::new();
    facts.set("mtms", cec.mtms());
    facts.extend(&cec.spec.lic);
    let row = cec.level.row("lic.sys", &facts);
    let names = known(cec.level, "lic.sys");
    Ok(print(&[row], &names, &args.listing()?, &scene.texts()))
}

fn frame(scene: &mut Scene, args: &Args) -> Result<Reply, Reply> {
    let at = frames::named(scene, args.required("-e")?)?;
    let level = home_level(scene);
    let frame = &scene.world.frames[at];
    let mut facts = Facts::new();
    facts.set("mtms", frames::mtms(frame));
    facts.extend(&frame.lic);
    let row = level.row("lic.power", &facts);
    let names = known(level, "lic.power");
    Ok(print(&[row], &names, &args.listing()?, &scene.texts()))
}
