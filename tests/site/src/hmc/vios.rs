//! The command line of a virtual I/O server, as far as consoles are asked for it: `ioslevel`,
//! `lsnports` and `lsmap`.
//!
//! The layouts are captured; which devices there are follows from the virtual adapters of the
//! partitions: a `vhost` or `vfchost` for each client adapter that points to the server.

use std::collections::BTreeMap;

use super::state::{Cec, RUNNING};

/// One device: field name → value, in the order of the listing.
type Device = BTreeMap<&'static str, String>;

/// Runs a command; a failure is the server's own text.
pub fn run(cec: &mut Cec, at: usize, words: &[&str]) -> Result<String, String> {
    match words {
        ["ioslevel"] => Ok(level(cec, at)),
        ["lsnports", rest @ ..] => ports(cec, at, rest),
        ["lsmap", rest @ ..] => maps(cec, at, rest),
        [name, ..] => Err(format!("rksh: {name}:  not found.")),
        [] => Ok(String::new()),
    }
}

fn level(cec: &Cec, at: usize) -> String {
    let os = &cec.lpars[at].spec.os;
    format!("{}\n", os.strip_prefix("VIOS ").unwrap_or(os))
}

/// Options of the listings: what stands alone, `-field` with its names, `-fmt` with its
/// delimiter.
#[derive(Default)]
struct Options<'a> {
    flags: Vec<&'a str>,
    fields: Vec<String>,
    delimiter: Option<&'a str>,
    adapter: Option<&'a str>,
}

fn options<'a>(words: &[&'a str], flags: &[&str]) -> Result<Options<'a>, String> {
    let mut options = Options::default();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        match *word {
            "-field" => {
                while let Some(field) = words.next_if(|next| !next.starts_with('-')) {
                    options.fields.push(field.to_lowercase());
                }
            }
            "-fmt" => options.delimiter = words.next().copied(),
            "-vadapter" => options.adapter = words.next().copied(),
            flag if flags.contains(&flag) => options.flags.push(flag),
            other => return Err(format!("Option flag is not valid: {other}")),
        }
    }
    Ok(options)
}

/// Rows of the asked fields with a delimiter.
fn delimited(devices: &[Device], fields: &[String], delimiter: &str) -> Result<String, String> {
    let mut text = String::new();
    for device in devices {
        let mut values = Vec::new();
        for field in fields {
            let value = device.get(field.as_str());
            values.push(value.ok_or_else(|| format!("Field name is not valid: {field}"))?);
        }
        let row: Vec<&str> = values.into_iter().map(String::as_str).collect();
        text.push_str(&row.join(delimiter));
        text.push('\n');
    }
    Ok(text)
}

const PORT_FIELDS: [&str; 7] = [
    "name", "physloc", "fabric", "tports", "aports", "swwpns", "awwpns",
];

fn ports(cec: &Cec, at: usize, words: &[&str]) -> Result<String, String> {
    let options = options(words, &[])?;
    let device = |port: &BTreeMap<String, String>| -> Device {
        let value = |name: &'static str| (name, port.get(name).cloned().unwrap_or_default());
        PORT_FIELDS.into_iter().map(value).collect()
    };
    let devices: Vec<Device> = cec.lpars[at].spec.fcs.iter().map(device).collect();
    if let Some(delimiter) = options.delimiter {
        let all = PORT_FIELDS.map(str::to_owned).to_vec();
        let fields = if options.fields.is_empty() {
            all
        } else {
            options.fields
        };
        return delimited(&devices, &fields, delimiter);
    }
    if devices.is_empty() {
        return Err("There are no NPIV capable ports on this system.".to_owned());
    }
    let mut text = format!(
        "{:<16} {:<30} {} {:>6} {:>6} {:>6} {:>7}\n",
        "name", "physloc", "fabric", "tports", "aports", "swwpns", "awwpns"
    );
    for port in &devices {
        text.push_str(&format!(
            "{:<16} {:<30} {:>6} {:>6} {:>6} {:>6} {:>7}\n",
            port["name"],
            port["physloc"],
            port["fabric"],
            port["tports"],
            port["aports"],
            port["swwpns"],
            port["awwpns"]
        ));
    }
    Ok(text)
}

fn maps(cec: &mut Cec, at: usize, words: &[&str]) -> Result<String, String> {
    let options = options(words, &["-all", "-npiv", "-net"])?;
    if !options.flags.contains(&"-all") && options.adapter.is_none() {
        return Err("Missing required option: -all or -vadapter".to_owned());
    }
    let kinds = (
        options.flags.contains(&"-npiv"),
        options.flags.contains(&"-net"),
    );
    let (mut devices, show): (Vec<Device>, fn(&Device) -> String) = match kinds {
        (false, false) => (scsi(cec, at), scsi_block),
        (true, false) => (npiv(cec, at), npiv_block),
        (false, true) => (net(cec, at), net_block),
        (true, true) => return Err("Option flags -npiv and -net exclude each other".to_owned()),
    };
    let key = match kinds {
        (false, false) => "svsa",
        (true, _) => "name",
        _ => "svea",
    };
    if let Some(adapter) = options.adapter {
        devices.retain(|device| device.get(key).is_some_and(|name| name == adapter));
        if devices.is_empty() {
            return Err(format!(
                "Device \"{adapter}\" is not in the list of virtual adapters."
            ));
        }
    }
    if let Some(delimiter) = options.delimiter {
        if options.fields.is_empty() {
            return Err("Missing required option: -field".to_owned());
        }
        return delimited(&devices, &options.fields, delimiter);
    }
    if !options.fields.is_empty() {
        return Err("Missing required option: -fmt".to_owned());
    }
    let blocks: Vec<String> = devices.iter().map(show).collect();
    Ok(blocks.join("\n"))
}

/// The client adapters of a kind that point to a server, by the server's slot: the client, its
/// slot and the server's slot.
fn clients(cec: &Cec, at: usize, fibre: bool) -> Vec<(usize, String, u32)> {
    let name = &cec.lpars[at].spec.name;
    let mut list = Vec::new();
    for (client, lpar) in cec.lpars.iter().enumerate() {
        let adapters = if fibre {
            &lpar.spec.fc
        } else {
            &lpar.spec.scsi
        };
        for adapter in adapters {
            let is = |field: &str, value: &str| adapter.get(field).is_some_and(|v| v == value);
            let slot = adapter.get("remote_slot_num").and_then(|s| s.parse().ok());
            if let (true, true, Some(slot)) = (
                is("adapter_type", "client"),
                is("remote_lpar_name", name),
                slot,
            ) {
                let own = adapter.get("slot_num").cloned().unwrap_or_default();
                list.push((client, own, slot));
            }
        }
    }
    list.sort_by_key(|(_, _, slot)| *slot);
    list
}

/// `U9117.MMA.10F6F3D-V1-C12`.
fn location(cec: &Cec, id: u32, slot: impl std::fmt::Display) -> String {
    let machine = cec.spec.type_model.replace('-', ".");
    format!("U{machine}.{}-V{id}-C{slot}", cec.spec.serial)
}

fn scsi(cec: &Cec, at: usize) -> Vec<Device> {
    let id = cec.lpars[at].spec.id;
    let clients = clients(cec, at, false).into_iter().enumerate();
    clients
        .map(|(number, (client, _, slot))| {
            let client = &cec.lpars[client].spec;
            BTreeMap::from([
                ("svsa", format!("vhost{number}")),
                ("physloc", location(cec, id, slot)),
                ("clientid", format!("0x{:08x}", client.id)),
                ("vtd", format!("vtscsi{number}")),
                ("status", "Available".to_owned()),
                ("lun", "0x8100000000000000".to_owned()),
                ("backing", format!("hdisk{}", number + 1)),
                ("bdphysloc", format!("U78A0.001.DNWHZS4-P2-D{}", number + 2)),
                ("mirrored", "false".to_owned()),
            ])
        })
        .collect()
}

fn scsi_block(device: &Device) -> String {
    format!(
        "{:<15} {:<44} {}\n{:-<15} {:-<44} {:-<18}\n{:<15} {:<44} {}\n\n{:<21} {}\n{:<21} {}\n{:<21} {}\n{:<21} {}\n{:<21} {}\n{:<21} {}\n",
        "SVSA",
        "Physloc",
        "Client Partition ID",
        "",
        "",
        "",
        device["svsa"],
        device["physloc"],
        device["clientid"],
        "VTD",
        device["vtd"],
        "Status",
        device["status"],
        "LUN",
        device["lun"],
        "Backing device",
        device["backing"],
        "Physloc",
        device["bdphysloc"],
        "Mirrored",
        device["mirrored"],
    )
}

fn npiv(cec: &mut Cec, at: usize) -> Vec<Device> {
    let id = cec.lpars[at].spec.id;
    let port = cec.lpars[at].spec.fcs.first().cloned().unwrap_or_default();
    let value = |name: &str| port.get(name).cloned().unwrap_or_default();
    let mut devices = Vec::new();
    for (number, (client, own, slot)) in clients(cec, at, true).into_iter().enumerate() {
        let running = cec.lpars[client].state.now() == RUNNING;
        let drc = location(cec, cec.lpars[client].spec.id, own);
        let when = |text: String| if running { text } else { String::new() };
        let spec = &cec.lpars[client].spec;
        let os = spec.os.split([' ', '/']).next().unwrap_or_default();
        let status = if running {
            "LOGGED_IN"
        } else {
            "NOT_LOGGED_IN"
        };
        let flags = match (running, port.is_empty()) {
            (true, _) => "a<LOGGED_IN,STRIP_MERGE>",
            (false, false) => "4<NOT_LOGGED>",
            (false, true) => "1<NOT_MAPPED,NOT_CONNECTED>",
        };
        devices.push(BTreeMap::from([
            ("name", format!("vfchost{number}")),
            ("physloc", location(cec, id, slot)),
            ("clntid", spec.id.to_string()),
            ("clntname", when(spec.name.clone())),
            ("clntos", when(os.to_owned())),
            ("status", status.to_owned()),
            ("fc", value("name")),
            ("fcphysloc", value("physloc")),
            ("ports", if running { "2" } else { "0" }.to_owned()),
            ("flags", flags.to_owned()),
            ("vfcclient", when("fcs0".to_owned())),
            ("vfcclientdrc", when(drc)),
        ]));
    }
    devices
}

fn npiv_block(device: &Device) -> String {
    format!(
        "{:<13} {:<34} {:<6} {:<14} {:<7}\n{:-<13} {:-<34} {:-<6} {:-<14} {:-<7}\n{:<13} {:<34} {:>6} {:<14} {:<7}\n\nStatus:{}\nFC name:{:<24}FC loc code:{}\nPorts logged in:{}\nFlags:{}\nVFC client name:{:<16}VFC client DRC:{}\n",
        "Name",
        "Physloc",
        "ClntID",
        "ClntName",
        "ClntOS",
        "",
        "",
        "",
        "",
        "",
        device["name"],
        device["physloc"],
        device["clntid"],
        device["clntname"],
        device["clntos"],
        device["status"],
        device["fc"],
        device["fcphysloc"],
        device["ports"],
        device["flags"],
        device["vfcclient"],
        device["vfcclientdrc"],
    )
}

fn net(cec: &Cec, at: usize) -> Vec<Device> {
    let spec = &cec.lpars[at].spec;
    let trunks = spec.eth.iter();
    let trunks = trunks.filter(|eth| eth.get("is_trunk").is_some_and(|trunk| trunk == "1"));
    trunks
        .enumerate()
        .map(|(number, eth)| {
            let slot = eth.get("slot_num").cloned().unwrap_or_default();
            BTreeMap::from([
                ("svea", format!("ent{}", 4 + number)),
                ("physloc", format!("{}-T1", location(cec, spec.id, slot))),
                ("sea", format!("ent{}", 8 + number)),
                ("backing", format!("ent{number}")),
                ("status", "Available".to_owned()),
                (
                    "bdphysloc",
                    format!("U78A0.001.DNWHZS4-P1-C6-T{}", number + 1),
                ),
            ])
        })
        .collect()
}

fn net_block(device: &Device) -> String {
    format!(
        "{:<6} {}\n{:-<6} {:-<44}\n{:<6} {}\n\n{:<21} {}\n{:<21} {}\n{:<21} {}\n{:<21} {}\n",
        "SVEA",
        "Physloc",
        "",
        "",
        device["svea"],
        device["physloc"],
        "SEA",
        device["sea"],
        "Backing device",
        device["backing"],
        "Status",
        device["status"],
        "Physloc",
        device["bdphysloc"],
    )
}
