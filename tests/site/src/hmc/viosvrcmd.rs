//! `viosvrcmd`: commands of a virtual I/O server, run through the console.

use super::Scene;
use super::args::{Args, Takes};
use super::lssyscfg::reachable;
use super::reply::Reply;
use super::{messages, vios};

const OPTIONS: &[(&str, Takes)] = &[
    ("-m", Takes::Value),
    ("-p", Takes::Value),
    ("--id", Takes::Value),
    ("-c", Takes::Value),
];

/// Runs the command. The server must answer through RMC.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    let at = reachable(scene, &args)?;
    let command = args.required("-c")?.to_owned();
    let timing = scene.world.timing.clone();
    let cec = &mut scene.world.cecs[at];
    let lpar = cec.partition(args.value("-p"), args.value("--id"))?;
    let server = &mut cec.lpars[lpar];
    if !server.vioserver() {
        return Err(Reply::refused(messages::vios_failed(
            "The partition is not a Virtual I/O Server.",
        )));
    }
    if !server.rmc_active(&timing) {
        return Err(Reply::refused(messages::no_rmc(server.spec.id)));
    }
    let words: Vec<&str> = command.split_whitespace().collect();
    match vios::run(cec, lpar, &words) {
        Ok(text) => Ok(Reply::said(text)),
        Err(text) => Err(Reply::refused(messages::vios_failed(&text))),
    }
}
