//! `lspartition`: the partitions that RMC knows.

use super::Scene;
use super::args::{Args, Takes};
use super::messages;
use super::reply::Reply;
use super::state::{Cec, Lpar};

const OPTIONS: &[(&str, Takes)] = &[
    ("-dlpar", Takes::Nothing),
    ("-i", Takes::Nothing),
    ("-ix", Takes::Nothing),
];

/// Runs the command with one of its three forms (captures; of Linux partitions there is none).
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    let timing = scene.world.timing.clone();
    let mut known = Vec::new();
    for at in scene.systems() {
        let cec = &mut scene.world.cecs[at];
        for lpar in 0..cec.lpars.len() {
            if !cec.lpars[lpar].spec.rmc_ip.is_empty() {
                let active = cec.hypervisor() && cec.lpars[lpar].rmc_active(&timing);
                known.push(entry(cec, lpar, active));
            }
        }
    }
    let entries = known.iter().enumerate();
    let short = |extended: bool| -> String {
        let list: Vec<String> = known.iter().map(|entry| entry.short(extended)).collect();
        list.join(";") + "\n"
    };
    match (args.has("-dlpar"), args.has("-i"), args.has("-ix")) {
        (true, false, false) => Ok(Reply::said(
            entries
                .map(|(at, entry)| entry.long(at))
                .collect::<String>(),
        )),
        (false, true, false) => Ok(Reply::said(short(false))),
        (false, false, true) => Ok(Reply::said(short(true))),
        _ => Err(Reply::refused(messages::missing("-dlpar, -i or -ix"))),
    }
}

struct Entry {
    id: u32,
    mtms: String,
    ip: String,
    active: bool,
    vios: bool,
    os: [String; 3],
}

fn entry(cec: &Cec, at: usize, active: bool) -> Entry {
    let lpar: &Lpar = &cec.lpars[at];
    Entry {
        id: lpar.spec.id,
        mtms: cec.mtms(),
        ip: lpar.spec.rmc_ip.clone(),
        active,
        vios: lpar.vioserver(),
        os: operating_system(&lpar.spec.os),
    }
}

/// `AIX 7.1 7100-03-05-1524` in its three parts; a VIOS says it is an AIX (capture).
fn operating_system(os: &str) -> [String; 3] {
    let mut words = os.split(' ').map(str::to_owned);
    let mut next = || words.next().unwrap_or_default();
    let (name, version, level) = (next(), next(), next());
    match name.as_str() {
        "VIOS" => ["AIX".into(), "6.1".into(), "6100-09-07-1614".into()],
        _ => [name, version, level],
    }
}

impl Entry {
    fn long(&self, at: usize) -> String {
        let [name, version, level] = &self.os;
        let (capable, commands, pinned) = match (self.active, self.vios) {
            (false, _) => ("0x2f", "0x0b, 0x0b", 0),
            (true, true) => ("0x14f9f", "0x4000003a, 0x3a", 3070),
            (true, false) => ("0x2c5f", "0x4000001b, 0x1b", 1981),
        };
        format!(
            "<#{at}> Partition:<{}*{}, , {}>\n       Active:<{}>, OS:<{name}, {version}, {level}>, DCaps:<{capable}>, CmdCaps:<{commands}>, PinnedMem:<{pinned}>\n",
            self.id,
            self.mtms,
            self.ip,
            u8::from(self.active),
        )
    }

    fn short(&self, extended: bool) -> String {
        let active = if self.active { 3 } else { 0 };
        let plain = format!("{},{},{active}", self.id, self.ip);
        match extended {
            true => format!("{plain},,{},{}", self.os[0], self.os[1]),
            false => plain,
        }
    }
}
