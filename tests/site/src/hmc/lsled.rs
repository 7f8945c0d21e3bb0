//! `lsled`: the attention LEDs of a system and of its partitions.

use super::Scene;
use super::args::{Args, Takes};
use super::level::Facts;
use super::lssyscfg::{chosen_lpars, known, reachable};
use super::messages;
use super::record::{Row, print};
use super::reply::Reply;
use super::state::Cec;

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-m", Takes::Value),
    ("-t", Takes::Value),
    ("--filter", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];

/// Runs the command for `-r sa`, the system attention LED.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    if args.required("-r")? != "sa" {
        return Err(Reply::refused(messages::missing("-r")));
    }
    let kind = args.required("-t")?.to_owned();
    let at = reachable(scene, &args)?;
    let texts = scene.texts();
    let cec = &mut scene.world.cecs[at];
    let (section, rows) = match kind.as_str() {
        "phys" => ("led.phys", vec![system(cec, "led.phys", &args)?]),
        "virtualsys" => (
            "led.virtualsys",
            vec![system(cec, "led.virtualsys", &args)?],
        ),
        "virtuallpar" => ("led.virtuallpar", partitions(cec, &args)?),
        _ => return Err(Reply::refused(messages::missing("-t"))),
    };
    let names = known(cec.level, section);
    Ok(print(&rows, &names, &args.listing()?, &texts))
}

fn system(cec: &Cec, section: &str, args: &Args) -> Result<Row, Reply> {
    args.filters(&[])?;
    let mut facts = Facts::new();
    if let Some(state) = &cec.spec.led {
        facts.set("state", state);
    }
    Ok(cec.level.row(section, &facts))
}

fn partitions(cec: &mut Cec, args: &Args) -> Result<Vec<Row>, Reply> {
    if !cec.hypervisor() {
        return Err(Reply::refused(messages::NOT_OPERATING));
    }
    let filters = args.filters(&["lpar_names", "lpar_ids"])?;
    let row = |at: usize| {
        let spec = &cec.lpars[at].spec;
        let mut facts = Facts::new();
        facts.set("lpar_id", spec.id).set("lpar_name", &spec.name);
        if let Some(state) = &spec.led {
            facts.set("state", state);
        }
        cec.level.row("led.virtuallpar", &facts)
    };
    Ok(chosen_lpars(cec, &filters)?.into_iter().map(row).collect())
}
