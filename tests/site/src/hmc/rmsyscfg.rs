//! `rmsyscfg`: partitions and profiles removed.

use super::Scene;
use super::args::{Args, Takes};
use super::lssyscfg::reachable;
use super::messages;
use super::reply::Reply;
use super::state::{Cec, NOT_ACTIVATED};

const OPTIONS: &[(&str, Takes)] = &[
    ("-r", Takes::Value),
    ("-m", Takes::Value),
    ("-n", Takes::Value),
    ("-p", Takes::Value),
    ("--id", Takes::Value),
    ("--vioscfg", Takes::Nothing),
    ("--vdisk", Takes::Nothing),
];

/// Runs the command. What `--vioscfg` and `--vdisk` remove on the VIOS is not part of a site.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, OPTIONS)?;
    let kind = args.required("-r")?.to_owned();
    let at = reachable(scene, &args)?;
    let cec = &mut scene.world.cecs[at];
    if !cec.hypervisor() {
        return Err(Reply::refused(messages::NOT_OPERATING));
    }
    match kind.as_str() {
        "lpar" if args.has("-p") => Err(Reply::refused(messages::unknown_option("-p"))),
        "lpar" => partition(cec, &args),
        "prof" => profile(cec, &args),
        _ => Err(Reply::refused(messages::missing("-r"))),
    }
}

fn partition(cec: &mut Cec, args: &Args) -> Result<(), Reply> {
    if args.has("-n") == args.has("--id") {
        return Err(Reply::refused(messages::missing("-n or --id")));
    }
    let at = cec.partition(args.value("-n"), args.value("--id"))?;
    if cec.lpars[at].state.now() != NOT_ACTIVATED {
        return Err(Reply::refused(messages::NOT_INACTIVE));
    }
    let gone = cec.lpars.remove(at);
    for slot in &mut cec.spec.slot {
        if slot.get("lpar_name") == Some(&gone.spec.name) {
            slot.remove("lpar_name");
            slot.remove("lpar_id");
        }
    }
    // Adapters of others keep the number of the partition that is gone, but not its name.
    for lpar in &mut cec.lpars {
        for adapter in lpar.spec.scsi.iter_mut().chain(&mut lpar.spec.fc) {
            if adapter.get("remote_lpar_name") == Some(&gone.spec.name) {
                adapter.insert("remote_lpar_name".to_owned(), String::new());
            }
        }
    }
    Ok(())
}

fn profile(cec: &mut Cec, args: &Args) -> Result<(), Reply> {
    let name = args.required("-n")?;
    let at = cec.partition(args.value("-p"), args.value("--id"))?;
    let lpar = &mut cec.lpars[at];
    if lpar.profile(name).is_none() {
        return Err(Reply::refused(messages::no_profile(name)));
    }
    if lpar.default_profile == name {
        return Err(Reply::refused(messages::DEFAULT_PROFILE));
    }
    lpar.spec.profile.retain(|profile| profile.name != name);
    Ok(())
}
