//! `mksysconn` and `rmsysconn`: which service processors a console is connected to.

use super::Scene;
use super::args::{Args, Takes};
use super::reply::Reply;
use super::{chsyspwd, frames, messages};

const MAKE: &[(&str, Takes)] = &[
    ("--ip", Takes::Value),
    ("-r", Takes::Value),
    ("-u", Takes::Value),
    ("--passwd", Takes::Value),
    ("-o", Takes::Value),
    ("--force", Takes::Nothing),
];
const REMOVE: &[(&str, Takes)] = &[
    ("-o", Takes::Value),
    ("--ip", Takes::Value),
    ("-m", Takes::Value),
    ("-e", Takes::Value),
];

/// Runs `mksysconn`.
pub fn make(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, MAKE)?;
    if args.has("-o") {
        // Automatic discovery needs the console to be a DHCP server; here it finds nothing.
        let alone = ["--ip", "-r", "-u", "--passwd"]
            .iter()
            .all(|o| !args.has(o));
        return match (args.value("-o"), alone) {
            (Some("auto"), true) => Ok(()),
            _ => Err(Reply::refused(messages::missing("-o"))),
        };
    }
    let ip = args.required("--ip")?.to_owned();
    if ip.parse::<std::net::IpAddr>().is_err() {
        return Err(Reply::refused(messages::missing("--ip")));
    }
    match args.value("-r") {
        None | Some("sys") => system(scene, &ip, args.value("--passwd")),
        Some("frame") if frames::known_to(scene) => frame(scene, &ip),
        Some(_) => Err(Reply::refused(messages::missing("-r"))),
    }
}

fn system(scene: &mut Scene, ip: &str, password: Option<&str>) -> Result<(), Reply> {
    let connected = scene.console.spec.systems.clone();
    let known = scene.world.cecs.iter_mut().find(|cec| cec.spec.ip == ip);
    let Some(cec) = known else {
        // Nobody answers there: a connection that never comes about.
        if scene.console.unanswered.iter().any(|known| known == ip) {
            return Err(Reply::refused(messages::connected(ip)));
        }
        scene.console.unanswered.push(ip.to_owned());
        return Ok(());
    };
    if connected.contains(&cec.spec.name) {
        return Err(Reply::refused(messages::connected(ip)));
    }
    scene.console.spec.systems.push(cec.spec.name.clone());
    if password.is_some_and(|given| given != chsyspwd::of_cec(cec, "access")) {
        cec.state.go(&[(0, "Failed Authentication")]);
    }
    Ok(())
}

fn frame(scene: &mut Scene, ip: &str) -> Result<(), Reply> {
    let known = scene.world.frames.iter();
    let found = known
        .into_iter()
        .find(|frame| frame.ip.iter().any(|own| own == ip));
    let Some(frame) = found else {
        scene.console.unanswered.push(ip.to_owned());
        return Ok(());
    };
    if scene.console.spec.frames.contains(&frame.name) {
        return Err(Reply::refused(messages::connected(ip)));
    }
    scene.console.spec.frames.push(frame.name.clone());
    Ok(())
}

/// Runs `rmsysconn`.
pub fn remove(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, REMOVE)?;
    if args.required("-o")? != "remove" {
        return Err(Reply::refused(messages::missing("-o")));
    }
    match (args.value("--ip"), args.value("-m"), args.value("-e")) {
        (Some(ip), None, None) => by_address(scene, ip),
        (None, Some(name), None) => {
            let at = scene.system(name)?;
            forget_system(scene, at);
            Ok(())
        }
        (None, None, Some(name)) => {
            let at = frames::named(scene, name)?;
            forget_frame(scene, at);
            Ok(())
        }
        _ => Err(Reply::refused(messages::missing("--ip, -m or -e"))),
    }
}

fn by_address(scene: &mut Scene, ip: &str) -> Result<(), Reply> {
    let own = scene.systems();
    let system = own
        .into_iter()
        .find(|at| scene.world.cecs[*at].spec.ip == ip);
    let frame = frames::all(scene)
        .into_iter()
        .find(|at| scene.world.frames[*at].ip.iter().any(|own| own == ip));
    let waiting = scene.console.unanswered.iter().position(|own| own == ip);
    match (system, frame, waiting) {
        (Some(at), _, _) => forget_system(scene, at),
        (_, Some(at), _) => forget_frame(scene, at),
        (_, _, Some(at)) => drop(scene.console.unanswered.remove(at)),
        _ => return Err(Reply::refused(messages::not_connected(ip))),
    }
    Ok(())
}

fn forget_system(scene: &mut Scene, at: usize) {
    let name = &scene.world.cecs[at].spec.name;
    scene.console.spec.systems.retain(|own| own != name);
}

fn forget_frame(scene: &mut Scene, at: usize) {
    let name = &scene.world.frames[at].name;
    scene.console.spec.frames.retain(|own| own != name);
}
