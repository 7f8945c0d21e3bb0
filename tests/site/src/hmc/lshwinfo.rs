//! `lshwinfo`: temperatures, voltages and currents of a frame.

use super::Scene;
use super::args::{Args, Takes};
use super::frames;
use super::level::Facts;
use super::lssyscfg::{home_level, known};
use super::messages;
use super::record::{Row, print};
use super::reply::Reply;

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-e", Takes::Value),
    ("-m", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];

/// Runs the command. `-m` (assumed) leaves one system of the frame.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    if !frames::known_to(scene) {
        // Only frames report; a console without them refuses the option.
        return Err(Reply::refused(messages::unknown_option("-e")));
    }
    let kind = args.required("-r")?.to_owned();
    let at = frames::named(scene, args.required("-e")?)?;
    let level = home_level(scene);
    let (section, rows) = match kind.as_str() {
        "frame" if !args.has("-m") => {
            let frame = &scene.world.frames[at];
            let mut facts = Facts::new();
            facts.set("type_model_serial_num", frames::mtms(frame));
            facts.extend(&frame.hardware);
            ("hwinfo.frame", vec![level.row("hwinfo.frame", &facts)])
        }
        "sys" => ("hwinfo.sys", cages(scene, &args, at)?),
        _ => return Err(Reply::refused(messages::missing("-r"))),
    };
    Ok(print(
        &rows,
        &known(level, section),
        &args.listing()?,
        &scene.texts(),
    ))
}

/// A row for each managed system in the frame.
fn cages(scene: &mut Scene, args: &Args, at: usize) -> Result<Vec<Row>, Reply> {
    let only = match args.value("-m") {
        Some(name) => Some(scene.system(name)?),
        None => None,
    };
    let level = home_level(scene);
    let mut rows = Vec::new();
    for (number, system) in &scene.world.frames[at].cages {
        let cecs = &scene.world.cecs;
        let found = cecs.iter().position(|cec| &cec.spec.name == system);
        let Some(cec) = found.filter(|cec| only.is_none_or(|only| only == *cec)) else {
            continue;
        };
        let mut facts = Facts::new();
        facts
            .set("cage_num", number)
            .set("type_model_serial_num", cecs[cec].mtms());
        if let Some(degrees) = cecs[cec].spec.temperature {
            facts.set("temperature", degrees);
        }
        rows.push(level.row("hwinfo.sys", &facts));
    }
    Ok(rows)
}
