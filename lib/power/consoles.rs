//! conserver's configuration: `makeconservercf`.
//!
//! Each node has a part of the file between two lines, as in xCAT, whose files
//! are taken over so:
//!
//! ```text
//! #xCAT BEGIN node01 CONS
//! console node01 {
//!   type exec;
//!   exec /opt/xcat/bin/rcons -f node01;
//! }
//! #xCAT END node01 CONS
//! ```
//!
//! What stands between no such lines stays, but for the blocks `access *` and
//! `default *` at the beginning, which are made anew each time.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::{self, Names, Place, Reading, Snapshot};
use crate::power::settings::columns;
use crate::remote::quote;

/// The console of a node, as it is defined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Console {
    /// `cons`; of a node with a serial port and no `cons`, its `mgt`.
    pub method: String,
    /// The host that serves it, if that is named.
    pub conserver: Option<String>,
    /// `consoleondemand`, if it is set.
    pub on_demand: Option<bool>,
}

/// What all consoles of a file have.
#[derive(Debug, Clone, Default)]
pub struct Common {
    /// Addresses and hosts from which consoles may be reached, beside this one.
    pub trusted: Vec<String>,
    /// Site `consoleondemand`: consoles are connected only while somebody
    /// watches.
    pub on_demand: bool,
    /// The program that shows a console, followed by its words.
    pub program: Vec<String>,
    /// The names of this host.
    pub own_names: Vec<String>,
}

/// What is to be done with the entries of nodes.
#[derive(Debug, Clone, Copy)]
pub enum Entries<'a> {
    /// These nodes' are made anew, all others of xCAT removed.
    All(&'a BTreeMap<String, Console>),
    /// These nodes' are made anew.
    These(&'a BTreeMap<String, Console>),
    /// These nodes' are removed.
    Without(&'a BTreeSet<String>),
    /// Those of nodes other than these are removed.
    Only(&'a BTreeSet<String>),
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
    let wanted = ["cons", "serialport", "mgt", "conserver", "consoleondemand"];
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
        if ["hmc", "fsp", "bpa", "ivm", "cec", "frame"].contains(&text(5).as_str()) {
            return Ok(());
        }
        let on_demand = match text(4).to_lowercase().as_str() {
            "1" | "yes" => Some(true),
            "0" | "no" => Some(false),
            _ => None,
        };
        let conserver = Some(text(3)).filter(|host| !host.is_empty());
        let console = Console {
            method,
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

/// Whether consoles of this method can be shown.
pub fn is_known(method: &str) -> bool {
    method == "hmc"
}

/// The file that comes from `old`, and the nodes whose entries were removed
/// without new ones.
pub fn file(old: &str, common: &Common, entries: Entries<'_>) -> (String, Vec<String>) {
    let removed = |node: &str| match entries {
        Entries::All(_) => true,
        Entries::These(consoles) => consoles.contains_key(node),
        Entries::Without(nodes) => nodes.contains(node),
        Entries::Only(nodes) => !nodes.contains(node),
    };
    let (kept, gone) = without(old, &removed);
    let made = match entries {
        Entries::All(consoles) | Entries::These(consoles) => Some(consoles),
        Entries::Without(_) | Entries::Only(_) => None,
    };
    let known = made.into_iter().flatten();
    let known = known.filter(|(_, console)| is_known(&console.method));
    let new: String = known
        .map(|(node, console)| entry(node, console, common))
        .collect();
    let gone = gone
        .into_iter()
        .filter(|node| made.is_none_or(|made| !made.contains_key(node)));
    (head(common) + &kept + &new, gone.collect())
}

/// The lines of `old` that stay, and whose entries were left out.
fn without(old: &str, removed: &dyn Fn(&str) -> bool) -> (String, Vec<String>) {
    let mut kept = String::new();
    let mut gone = Vec::new();
    let mut within: Option<String> = None;
    let mut block = false;
    for line in old.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (words.as_slice(), &within) {
            (["#xCAT", "BEGIN", node, "CONS"], None) if removed(node) => {
                gone.push((*node).to_owned());
                within = Some((*node).to_owned());
            }
            (["#xCAT", "END", node, "CONS"], Some(own)) if own == node => within = None,
            (_, Some(_)) => {}
            (["access" | "default", "*", ..], None) => block = !line.contains('}'),
            _ if block => block = !line.contains('}'),
            _ => {
                kept.push_str(line);
                kept.push('\n');
            }
        }
    }
    (kept, gone)
}

fn head(common: &Common) -> String {
    let mut text = "access * {\n  trusted 127.0.0.1;\n".to_owned();
    for host in &common.trusted {
        text += &format!("  trusted {host};\n");
    }
    text += "}\ndefault * {\n  logfile /var/log/consoles/&;\n  timestamp 1lab;\n  rw *;\n  master localhost;\n";
    if common.on_demand {
        text += "  options ondemand;\n";
    }
    text + "}\n"
}

fn entry(node: &str, console: &Console, common: &Common) -> String {
    let elsewhere = console.conserver.as_ref();
    let elsewhere = elsewhere.filter(|host| !common.own_names.contains(host));
    let mut text = format!("#xCAT BEGIN {node} CONS\nconsole {node} {{\n  type exec;\n");
    text += &match elsewhere {
        Some(host) => format!("  master {host};\n"),
        None => {
            let words: Vec<_> = common.program.iter().map(|word| quote(word)).collect();
            format!("  exec {} {};\n", words.join(" "), quote(node))
        }
    };
    match console.on_demand {
        Some(true) if !common.on_demand => text += "  options ondemand;\n",
        Some(false) if common.on_demand => text += "  options !ondemand;\n",
        _ => {}
    }
    text + &format!("}}\n#xCAT END {node} CONS\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common() -> Common {
        Common {
            program: ["/opt/xcat/bin/rcons", "-f"].map(str::to_owned).to_vec(),
            own_names: vec!["mn".to_owned()],
            ..Common::default()
        }
    }

    fn consoles(nodes: &[(&str, Option<&str>)]) -> BTreeMap<String, Console> {
        let console = |(node, host): &(&str, Option<&str>)| {
            let console = Console {
                method: "hmc".to_owned(),
                conserver: host.map(str::to_owned),
                on_demand: None,
            };
            ((*node).to_owned(), console)
        };
        nodes.iter().map(console).collect()
    }

    const HEAD: &str = "access * {\n  trusted 127.0.0.1;\n}\ndefault * {\n  logfile /var/log/consoles/&;\n  timestamp 1lab;\n  rw *;\n  master localhost;\n}\n";

    fn part(node: &str, how: &str) -> String {
        format!(
            "#xCAT BEGIN {node} CONS\nconsole {node} {{\n  type exec;\n  {how};\n}}\n#xCAT END {node} CONS\n"
        )
    }

    #[test]
    fn entries_are_those_of_xcat() {
        let all = consoles(&[("n1", None), ("n2", Some("mn")), ("n3", Some("sn1"))]);
        let (text, gone) = file("", &common(), Entries::All(&all));
        let own = |node: &str| part(node, &format!("exec /opt/xcat/bin/rcons -f {node}"));
        let expected = format!(
            "{HEAD}{}{}{}",
            own("n1"),
            own("n2"),
            part("n3", "master sn1")
        );
        assert_eq!((text.as_str(), gone.len()), (expected.as_str(), 0));
        // Doing so again changes nothing.
        assert_eq!(file(&text, &common(), Entries::All(&all)).0, text);
        let some = consoles(&[("n1", None)]);
        let (fewer, gone) = file(&text, &common(), Entries::All(&some));
        assert_eq!(fewer, format!("{HEAD}{}", own("n1")));
        assert_eq!(gone, ["n2", "n3"]);
        let removed = BTreeSet::from(["n1".to_owned()]);
        let (fewer, gone) = file(&text, &common(), Entries::Without(&removed));
        assert_eq!(
            fewer,
            format!("{HEAD}{}{}", own("n2"), part("n3", "master sn1"))
        );
        assert_eq!(gone, ["n1"]);
        let (fewer, gone) = file(&text, &common(), Entries::Only(&removed));
        assert_eq!(fewer, format!("{HEAD}{}", own("n1")));
        assert_eq!(gone, ["n2", "n3"]);
    }

    #[test]
    fn what_others_wrote_stays() {
        let old = "# mine\nconfig * { sslrequired no; }\naccess * {\n  trusted 10.0.0.9;\n}\nconsole tape {\n  type device;\n}\ndefault * { rw bob; }\n";
        let (text, _) = file(old, &common(), Entries::These(&consoles(&[])));
        let kept = "# mine\nconfig * { sslrequired no; }\nconsole tape {\n  type device;\n}\n";
        assert_eq!(text, format!("{HEAD}{kept}"));
    }

    #[test]
    fn on_demand_is_said_where_it_differs() {
        let mut all = consoles(&[("n1", None)]);
        all.get_mut("n1").unwrap().on_demand = Some(false);
        let mut common = common();
        assert!(!file("", &common, Entries::All(&all)).0.contains("ondemand"));
        common.on_demand = true;
        common.trusted = vec!["10.0.0.1".to_owned()];
        let (text, _) = file("", &common, Entries::All(&all));
        assert!(text.contains("  options ondemand;\n}\n#xCAT"), "{text}");
        assert!(
            text.contains("  options !ondemand;\n}\n#xCAT END n1"),
            "{text}"
        );
        assert!(text.contains("  trusted 10.0.0.1;\n"), "{text}");
    }
}
