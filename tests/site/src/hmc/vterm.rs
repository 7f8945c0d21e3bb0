//! `mkvterm` and `rmvterm`: who holds the console of a partition.

use std::sync::Arc;

use tokio::sync::Notify;

use super::args::{Args, Takes};
use super::lssyscfg::reachable;
use super::messages;
use super::reply::Reply;
use super::{Scene, World};

const OPTIONS: &[(&str, Takes)] = &[
    ("-m", Takes::Value),
    ("-p", Takes::Value),
    ("--id", Takes::Value),
];

/// The bytes of a terminal that is being opened (capture).
pub const OPENING: &str = "\r\n Open in progress  \r\n ";
/// The bytes of one that is open (capture).
pub const OPENED: &str = "\r\n Open Completed. \r\n  ";
/// The bytes when another session holds it (capture); the status is 0.
const HELD: &str = "\r\n A terminal session is already open for this partition. \r\n Only one open session is allowed for a partition. \r\n Exiting.... ";
/// The bytes when a session on another console holds it (words known, layout assumed).
const ELSEWHERE: &str = "\r\n Open in progress  \r\n \r\n The open failed. \r\n -The session may already be open on another management console \r\n ";
/// The bytes for a holder that `rmvterm` throws out (capture). Its session stays open and silent.
pub const THROWN_OUT: &str = "\r\n Connection has closed \r\n\r\n\r\n This session is no longer connected. Please close this window.\n\n\n ";
/// What the end of the input leads to (capture).
pub const INPUT_ENDED: &str = " The write socket has closed. Exiting.\n";

/// A partition: its system and its id.
pub type Key = (String, u32);

/// An open terminal.
#[derive(Debug)]
pub struct Vterm {
    /// The partition it shows.
    pub key: Key,
    /// The console that holds it.
    pub hmc: String,
    /// Told when `rmvterm` takes it away.
    pub closed: Notify,
}

/// Runs `mkvterm`. The caller goes on with the terminal of the reply.
pub fn open(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let key = partition(scene, words)?;
    let own = &scene.console.spec.name;
    let text = match scene.world.vterms.get(&key) {
        Some(holder) if holder.hmc == *own => HELD,
        Some(_) => ELSEWHERE,
        None => {
            let vterm = Arc::new(Vterm {
                key: key.clone(),
                hmc: own.clone(),
                closed: Notify::new(),
            });
            scene.world.vterms.insert(key, vterm.clone());
            return Ok(Reply {
                vterm: Some(vterm),
                ..Reply::default()
            });
        }
    };
    Ok(Reply {
        text: text.to_owned(),
        ..Reply::default()
    })
}

/// Runs `rmvterm`: says the same whether or not a terminal was open.
pub fn close(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let key = partition(scene, words)?;
    take(scene.world, &key);
    Ok(Reply::said("Close command sent"))
}

/// Takes a terminal from whoever holds it.
pub fn take(world: &mut World, key: &Key) {
    if let Some(vterm) = world.vterms.remove(key) {
        vterm.closed.notify_one();
    }
}

fn partition(scene: &mut Scene, words: &[String]) -> Result<Key, Reply> {
    let args = Args::options(words, OPTIONS)?;
    let at = reachable(scene, &args)?;
    let cec = &mut scene.world.cecs[at];
    if !cec.hypervisor() {
        return Err(Reply::refused(messages::NOT_OPERATING));
    }
    let lpar = cec.partition(args.value("-p"), args.value("--id"))?;
    Ok((cec.spec.name.clone(), cec.lpars[lpar].spec.id))
}
