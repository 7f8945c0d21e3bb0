//! Which consoles nodes have, and conserver's configuration of them:
//! `makeconservercf`. The text of that is in [`mod@file`].

mod file;

use std::collections::BTreeMap;

use crate::db::{self, Names, Place, Reading, Snapshot};
use crate::power::settings::columns;

pub use file::{Common, Entries, file};

/// How a console is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Through the HMC of an LPAR: `cons=hmc`.
    Hmc,
    /// Through a terminal server, which conserver talks with itself.
    Server(Server),
    /// Through a terminal server of this kind, but it or its port is not named.
    Incomplete(String),
    /// By another method, which there is no program for.
    Other(String),
}

/// A port of a terminal server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `cyclades` or `mrv`.
    pub kind: String,
    /// Its name or address.
    pub host: String,
    /// The number of the port.
    pub port: u16,
}

/// Kinds of terminal servers, and what conserver is told of them; xCAT's lines.
const KINDS: [(&str, &str); 2] = [
    (
        "cyclades",
        "default cyclades { type host; portbase 7000; portinc 1; }\n",
    ),
    (
        "mrv",
        "default mrv { type host; portbase 2000; portinc 100; }\n",
    ),
];

impl Way {
    /// What the columns `cons`, `termserver` and `termport` say.
    fn new(method: &str, host: &str, port: &str) -> Self {
        let kind = method.to_owned();
        match (method, port.parse()) {
            ("hmc", _) => Way::Hmc,
            (_, Ok(port)) if is_server(method) && is_host(host) => Way::Server(Server {
                kind,
                host: host.to_owned(),
                port,
            }),
            _ if is_server(method) => Way::Incomplete(kind),
            _ => Way::Other(kind),
        }
    }
}

fn is_server(method: &str) -> bool {
    KINDS.iter().any(|(kind, _)| *kind == method)
}

/// The console of a node, as it is defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// `cons`; of a node with a serial port and no `cons`, its `mgt`.
    pub way: Way,
    /// The host that serves it, if that is named.
    pub conserver: Option<String>,
    /// `consoleondemand`, if it is set.
    pub on_demand: Option<bool>,
}

/// Reads which consoles nodes have. Nodes without one are left out.
///
/// # Errors
/// The database cannot be read.
pub fn read(
    snapshot: &Snapshot<'_>,
    names: Names<'_>,
) -> Result<BTreeMap<String, Console>, db::Error> {
    let mut consoles = BTreeMap::new();
    let wanted = [
        "cons",
        "serialport",
        "mgt",
        "conserver",
        "consoleondemand",
        "termserver",
        "termport",
    ];
    let Some((nodehm, at)) = columns("nodehm", wanted) else {
        return Ok(consoles);
    };
    let mut places: Vec<_> = at
        .iter()
        .filter_map(|at| Place::of_node(nodehm, *at))
        .collect();
    if let Some((ppc, [kind])) = columns("ppc", ["nodetype"]) {
        places.extend(Place::of_node(ppc, kind));
    }
    snapshot.node_values(names, &places, Reading::Inherited, |row| {
        let text = |at| row.get(at).map(|v| v.text.into_owned()).unwrap_or_default();
        let method = match (text(0), text(1)) {
            (method, _) if !method.is_empty() => method,
            (_, port) if !port.is_empty() => text(2),
            _ => return Ok(()),
        };
        // These have none, whatever their groups say.
        if ["hmc", "fsp", "bpa", "ivm", "cec", "frame"].contains(&text(7).as_str()) {
            return Ok(());
        }
        let on_demand = match text(4).to_lowercase().as_str() {
            "1" | "yes" => Some(true),
            "0" | "no" => Some(false),
            _ => None,
        };
        let conserver = Some(text(3)).filter(|host| !host.is_empty());
        let console = Console {
            way: Way::new(&method, &text(5), &text(6)),
            conserver,
            on_demand,
        };
        consoles.insert(row.name.to_owned(), console);
        Ok::<_, db::Error>(())
    })?;
    Ok(consoles)
}

/// Reads which host serves a node's console, if one is named.
///
/// # Errors
/// The database cannot be read.
pub fn conserver_of(snapshot: &Snapshot<'_>, node: &str) -> Result<Option<String>, db::Error> {
    let names = [node.to_owned()];
    let mut consoles = read(snapshot, Names::These(&names))?;
    Ok(consoles.remove(node).and_then(|console| console.conserver))
}

/// Whether this can stand in the file as a host.
pub fn is_host(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/' | '_');
    !text.is_empty() && text.chars().all(plain)
}
