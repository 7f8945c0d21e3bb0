//! Frames: racks with power controllers, which consoles list up to V9.

use super::Scene;
use super::args::Args;
use super::level::Facts;
use super::lssyscfg::{home_level, known};
use super::messages;
use super::record::{Row, print};
use super::reply::Reply;
use super::state::Cec;
use crate::config::FrameConfig;

/// Whether the console still knows frames; from V10 on it does not (capture).
pub fn known_to(scene: &Scene) -> bool {
    let version = &scene.console.spec.version;
    version.starts_with("V7") || version.starts_with("V8") || version.starts_with("V9")
}

/// `9458-100*99201WM`.
pub fn mtms(frame: &FrameConfig) -> String {
    format!("{}*{}", frame.type_model, frame.serial)
}

/// `lssyscfg -r frame`.
pub fn list(scene: &mut Scene, args: &Args) -> Result<Reply, Reply> {
    args.filters(&[])?;
    let chosen = match args.value("-e") {
        Some(name) => vec![named(scene, name)?],
        None => all(scene),
    };
    let level = home_level(scene);
    let rows: Vec<Row> = chosen
        .into_iter()
        .map(|at| {
            let frame = &scene.world.frames[at];
            let mut facts = Facts::new();
            facts
                .set("name", &frame.name)
                .set("type_model", &frame.type_model)
                .set("serial_num", &frame.serial)
                .set("frame_num", frame.number)
                .set("ipaddr_a", &frame.ip[0])
                .set("ipaddr_b", &frame.ip[1])
                .set("state", "Standby/Standby");
            level.row("frame", &facts)
        })
        .collect();
    Ok(print(
        &rows,
        &known(level, "frame"),
        &args.listing()?,
        &scene.texts(),
    ))
}

/// `lssyscfg -r cage`.
pub fn cages(scene: &mut Scene, args: &Args) -> Result<Reply, Reply> {
    let at = named(scene, args.required("-e")?)?;
    let level = home_level(scene);
    let mut rows = Vec::new();
    for (number, system) in &scene.world.frames[at].cages {
        let cec = scene.world.cecs.iter().find(|cec| &cec.spec.name == system);
        let mut facts = Facts::new();
        facts
            .set("cage_num", number)
            .set("cage_loc", format!("P1-C{number}"))
            .set(
                "type_model_serial_num",
                cec.map_or_else(|| "none".to_owned(), Cec::mtms),
            );
        rows.push(level.row("cage", &facts));
    }
    Ok(print(
        &rows,
        &known(level, "cage"),
        &args.listing()?,
        &scene.texts(),
    ))
}

/// The frames of this console, as indexes.
pub fn all(scene: &Scene) -> Vec<usize> {
    let at = |name: &String| {
        scene
            .world
            .frames
            .iter()
            .position(|frame| &frame.name == name)
    };
    scene.console.spec.frames.iter().filter_map(at).collect()
}

/// The frame that `-e` names: its name or `tttt-mmm*sssssss`.
pub fn named(scene: &Scene, name: &str) -> Result<usize, Reply> {
    all(scene)
        .into_iter()
        .find(|at| {
            let frame = &scene.world.frames[*at];
            frame.name == name || mtms(frame) == name
        })
        .ok_or_else(|| Reply::refused(messages::no_frame(name)))
}
