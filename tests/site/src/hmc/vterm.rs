//! `mkvterm` and `rmvterm`: who holds the console of a partition.

use super::Scene;
use super::args::{Args, Takes};
use super::lssyscfg::reachable;
use super::messages;
use super::reply::Reply;

const OPTIONS: &[(&str, Takes)] = &[
    ("-m", Takes::Value),
    ("-p", Takes::Value),
    ("--id", Takes::Value),
];

/// The bytes of a terminal that opens (capture).
pub const OPENED: &str = "\r\n Open in progress  \r\n \r\n Open Completed. \r\n  ";
/// The bytes when another session holds it (capture); the status is 0.
const HELD: &str = "\r\n A terminal session is already open for this partition. \r\n Only one open session is allowed for a partition. \r\n Exiting.... ";

/// Runs `mkvterm`. The caller keeps the channel open after [`OPENED`].
pub fn open(scene: &mut Scene, words: &[String]) -> Reply {
    let key = match partition(scene, words) {
        Ok(key) => key,
        Err(refusal) => return refusal,
    };
    let text = if scene.console.vterms.insert(key) {
        OPENED
    } else {
        HELD
    };
    Reply {
        text: text.to_owned(),
        ..Reply::default()
    }
}

/// Runs `rmvterm`: says the same whether or not a terminal was open.
pub fn close(scene: &mut Scene, words: &[String]) -> Reply {
    match partition(scene, words) {
        Ok(key) => {
            scene.console.vterms.remove(&key);
            Reply::said("Close command sent")
        }
        Err(refusal) => refusal,
    }
}

fn partition(scene: &mut Scene, words: &[String]) -> Result<(String, u32), Reply> {
    let args = Args::parse(words, OPTIONS)?;
    args.no_operands()?;
    let at = reachable(scene, &args)?;
    let cec = &scene.world.cecs[at];
    let found = match (args.value("-p"), args.value("--id")) {
        (Some(name), None) => cec
            .lpars
            .iter()
            .find(|lpar| lpar.spec.name == name)
            .ok_or_else(|| messages::no_partition(name)),
        (None, Some(id)) => cec
            .lpars
            .iter()
            .find(|lpar| lpar.spec.id.to_string() == id)
            .ok_or_else(|| messages::no_partition_id(id)),
        _ => Err(messages::missing("-p or --id")),
    };
    let lpar = found.map_err(Reply::refused)?;
    Ok((cec.spec.name.clone(), lpar.spec.id))
}
