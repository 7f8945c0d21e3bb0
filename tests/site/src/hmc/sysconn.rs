//! `lssysconn`: connections to service processors and frame controllers.

use super::Scene;
use super::args::{Args, Takes};
use super::level::Facts;
use super::lssyscfg::known;
use super::messages;
use super::record::{Row, print};
use super::reply::Reply;

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Reply {
    list(scene, words).unwrap_or_else(|refusal| refusal)
}

fn list(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::parse(words, OPTIONS)?;
    args.no_operands()?;
    if args.required("-r")? != "all" {
        return Err(Reply::refused(messages::missing("-r")));
    }
    let mut rows = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for at in scene.systems() {
        let cec = &mut scene.world.cecs[at];
        let up = cec.connected();
        let state = if up { "Connected" } else { cec.state.now() }.to_owned();
        let mut facts = Facts::new();
        facts
            .set("type_model_serial_num", cec.mtms())
            .set("sp", if up { "primary" } else { "unavailable" })
            .set("sp_phys_loc", "unavailable")
            .set("ipaddr", &cec.spec.ip)
            .set("state", state)
            .mark("error", !up);
        if !up {
            let code = cec.spec.connection_error.clone();
            facts.set(
                "connection_error_code",
                code.unwrap_or_else(|| CONNECTING.to_owned()),
            );
        }
        for section in ["sysconn.sys", "sysconn.frame"] {
            names.extend(known(cec.level, section));
        }
        rows.push(cec.level.row("sysconn.sys", &facts));
    }
    rows.extend(frame_rows(scene));
    Ok(print(&rows, &names, &args.listing()?, &scene.texts()))
}

/// The code of a connection that does not come up (capture).
const CONNECTING: &str = "Connecting  0000-0000-00000000";

fn frame_rows(scene: &Scene) -> Vec<Row> {
    let mut rows = Vec::new();
    let Some(first) = scene.systems().first().copied() else {
        return rows;
    };
    let level = scene.world.cecs[first].level;
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
