//! `lsrefcode`: reference codes of partitions and service processors.

use super::Scene;
use super::args::{Args, Takes};
use super::level::Facts;
use super::lssyscfg::{chosen_lpars, known, reachable};
use super::messages;
use super::record::print;
use super::reply::Reply;

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-m", Takes::Value),
    ("-s", Takes::Value),
    ("-n", Takes::Value),
    ("--filter", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    let kind = args.required("-r")?.to_owned();
    let count = match args.value("-n").map(str::parse::<usize>) {
        None => 1,
        Some(Ok(count)) if count > 0 => count,
        Some(_) => return Err(Reply::refused(messages::missing("-n"))),
    };
    let at = reachable(scene, &args)?;
    let texts = scene.texts();
    let cec = &mut scene.world.cecs[at];
    let mut rows = Vec::new();
    let section = match kind.as_str() {
        "lpar" => {
            if args.has("-s") {
                return Err(Reply::refused(messages::unknown_option("-s")));
            }
            let filters = args.filters(&["lpar_names", "lpar_ids"])?;
            for lpar in chosen_lpars(cec, &filters)?
                .into_iter()
                .map(|at| &cec.lpars[at])
            {
                let blank = [String::new()];
                let codes = if lpar.refcodes.is_empty() {
                    &blank[..]
                } else {
                    &lpar.refcodes
                };
                for code in codes.iter().take(count) {
                    let mut facts = Facts::new();
                    facts
                        .set("lpar_name", &lpar.spec.name)
                        .set("lpar_id", lpar.spec.id)
                        .set("time_stamp", crate::clock::american())
                        .set("refcode", code);
                    rows.push(cec.level.row("refcode.lpar", &facts));
                }
            }
            "refcode.lpar"
        }
        "sys" => {
            args.filters(&[])?;
            if !matches!(args.value("-s"), None | Some("p" | "s")) {
                return Err(Reply::refused(messages::missing("-s")));
            }
            let mut facts = Facts::new();
            // The secondary service processor shows nothing here.
            let code = match args.value("-s") {
                Some("s") => "",
                _ => &cec.spec.refcode,
            };
            facts
                .set("refcode_num", 0)
                .set("time_stamp", crate::clock::american())
                .set("refcode", code);
            rows.push(cec.level.row("refcode.sys", &facts));
            "refcode.sys"
        }
        _ => return Err(Reply::refused(messages::missing("-r"))),
    };
    Ok(print(
        &rows,
        &known(cec.level, section),
        &args.listing()?,
        &texts,
    ))
}
