//! `lssysconn`: connections to service processors and frame controllers.

use super::Scene;
use super::args::{Args, Takes};
use super::level::Facts;
use super::lssyscfg::{home_level, known};
use super::messages;
use super::record::{Row, print};
use super::reply::Reply;

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    if args.required("-r")? != "all" {
        return Err(Reply::refused(messages::missing("-r")));
    }
    let mut rows = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for at in scene.systems() {
        let cec = &mut scene.world.cecs[at];
        let (sp, state, error) = connection(cec.state.now());
        let error = error.map(|text| cec.spec.connection_error.clone().unwrap_or(text.to_owned()));
        let mut facts = Facts::new();
        facts
            .set("type_model_serial_num", cec.mtms())
            .set("sp", sp)
            .set("sp_phys_loc", "unavailable")
            .set("ipaddr", &cec.spec.ip)
            .set("state", state)
            .mark("error", error.is_some());
        if let Some(error) = error {
            facts.set("connection_error_code", error);
        }
        for section in ["sysconn.sys", "sysconn.frame"] {
            names.extend(known(cec.level, section));
        }
        rows.push(cec.level.row("sysconn.sys", &facts));
    }
    let level = home_level(scene);
    for ip in &scene.console.unanswered {
        let mut facts = Facts::new();
        facts
            .set("type_model_serial_num", "unavailable")
            .set("sp", "unavailable")
            .set("sp_phys_loc", "unavailable")
            .set("ipaddr", ip)
            .set("state", "No Connection")
            .set("connection_error_code", "Connecting  0000-0000-00000000")
            .mark("error", true);
        rows.push(level.row("sysconn.sys", &facts));
    }
    if names.is_empty() {
        names = known(level, "sysconn.sys");
    }
    rows.extend(frame_rows(scene));
    Ok(print(&rows, &names, &args.listing()?, &scene.texts()))
}

/// Side, state and error code of the connection to a system in a state (the codes are
/// captures).
fn connection(state: &str) -> (&'static str, String, Option<&'static str>) {
    match state {
        "No Connection" => (
            "unavailable",
            state.into(),
            Some("Connecting  0000-0000-00000000"),
        ),
        "Failed Authentication" => (
            "primary",
            state.into(),
            Some("Incorrect password 0802-0001-00000026"),
        ),
        "Version Mismatch" => (
            "primary",
            state.into(),
            Some("Connection not allowed 0009-0008-00000000"),
        ),
        pending if pending.starts_with("Pending Authentication") => ("primary", state.into(), None),
        _ => ("primary", "Connected".into(), None),
    }
}

fn frame_rows(scene: &Scene) -> Vec<Row> {
    let mut rows = Vec::new();
    let level = home_level(scene);
    for name in &scene.console.spec.frames {
        for frame in scene
            .world
            .frames
            .iter()
            .filter(|frame| &frame.name == name)
        {
            for (side, ip) in ["a", "b"].iter().zip(&frame.ip) {
                let mut facts = Facts::new();
                facts
                    .set(
                        "type_model_serial_num",
                        format!("{}*{}", frame.type_model, frame.serial),
                    )
                    .set("side", side)
                    .set("ipaddr", ip)
                    .set("state", "Connected");
                rows.push(level.row("sysconn.frame", &facts));
            }
        }
    }
    rows
}
