//! The text of conserver's configuration.
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
//! A terminal server has such a part, too, with `TS` in place of `CONS`. What
//! stands between no such lines stays, but for the blocks `access *` and
//! `default *` at the beginning, which are made anew each time, and the lines on
//! the kinds of terminal servers, which come before these.

use std::collections::{BTreeMap, BTreeSet};

use super::{Console, KINDS, Way};
use crate::remote::quote;

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
    /// The names of this host, of those that serve consoles.
    pub own_names: Vec<String>,
    /// Whether this is the host that serves nodes of which none is named.
    pub is_master: bool,
}

/// What is to be done with the entries of nodes.
#[derive(Debug, Clone, Copy)]
pub enum Entries<'a> {
    /// These nodes' are made anew, all others of xCAT removed.
    All(&'a BTreeMap<String, Console>),
    /// These nodes' are removed, and made anew of those that have consoles.
    These(&'a BTreeSet<String>, &'a BTreeMap<String, Console>),
    /// These nodes' are removed.
    Without(&'a BTreeSet<String>),
    /// Those of nodes other than these are removed.
    Only(&'a BTreeSet<String>),
}

/// The file that comes from `old`, and the nodes whose entries were removed
/// without new ones.
pub fn file(old: &str, common: &Common, entries: Entries<'_>) -> (String, Vec<String>) {
    let none = BTreeMap::new();
    let made = match entries {
        Entries::All(consoles) | Entries::These(_, consoles) => consoles,
        Entries::Without(_) | Entries::Only(_) => &none,
    };
    let servers: BTreeMap<&str, &str> = made
        .values()
        .filter_map(|console| match &console.way {
            Way::Server(server) => Some((server.host.as_str(), server.kind.as_str())),
            _ => None,
        })
        .collect();
    let (kept, gone) = without(old, &|kind, name| match (kind, entries) {
        ("CONS", Entries::These(nodes, _) | Entries::Without(nodes)) => nodes.contains(name),
        ("CONS", Entries::Only(nodes)) => !nodes.contains(name),
        ("TS", Entries::These(..)) => servers.contains_key(name),
        ("CONS" | "TS", Entries::All(_)) => true,
        _ => false,
    });
    let mut text = head(common);
    for (kind, line) in KINDS {
        if servers.values().any(|used| *used == kind) || old.contains(line) {
            text += line;
        }
    }
    // Before all consoles, also those that stay.
    for (host, kind) in servers {
        text += &format!(
            "#xCAT BEGIN {host} TS\ndefault {host} {{\n  include {kind};\n  host {host};\n}}\n#xCAT END {host} TS\n"
        );
    }
    let new = made
        .iter()
        .filter_map(|(node, console)| entry(node, console, common));
    text += &kept;
    text.extend(new);
    let gone = gone.into_iter().filter(|node| !made.contains_key(node));
    (text, gone.collect())
}

/// The lines of `old` that stay, and the nodes whose entries were left out:
/// those of which `removed`, told `CONS` and the node or `TS` and the terminal
/// server, says so.
fn without(old: &str, removed: &dyn Fn(&str, &str) -> bool) -> (String, Vec<String>) {
    let mut kept = String::new();
    let mut gone = Vec::new();
    let mut within: Option<(&str, &str)> = None;
    let mut block = false;
    for line in old.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (words.as_slice(), within) {
            (["#xCAT", "BEGIN", name, kind], None) if removed(kind, name) => {
                if *kind == "CONS" {
                    gone.push((*name).to_owned());
                }
                within = Some((name, kind));
            }
            (["#xCAT", "END", name, kind], Some(own)) if own == (*name, *kind) => within = None,
            (_, Some(_)) => {}
            _ if KINDS.iter().any(|(_, kind)| kind.trim_end() == line) => {}
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

/// The entry of a node; `None` if its console cannot be shown.
fn entry(node: &str, console: &Console, common: &Common) -> Option<String> {
    let elsewhere = console.conserver.as_ref();
    let elsewhere = elsewhere.filter(|host| !common.own_names.contains(host));
    let mut text = format!("#xCAT BEGIN {node} CONS\nconsole {node} {{\n");
    match &console.way {
        Way::Hmc => text += "  type exec;\n",
        Way::Server(server) => {
            text += &format!(" include {};\n port {};\n", server.host, server.port);
        }
        Way::Incomplete(_) | Way::Other(_) => return None,
    }
    match (elsewhere, &console.way) {
        (Some(host), _) => text += &format!("  master {host};\n"),
        (None, Way::Hmc) => {
            let words: Vec<_> = common.program.iter().map(|word| quote(word)).collect();
            text += &format!("  exec {} {};\n", words.join(" "), quote(node));
        }
        (None, _) => {}
    }
    match console.on_demand {
        Some(true) if !common.on_demand => text += "  options ondemand;\n",
        Some(false) if common.on_demand => text += "  options !ondemand;\n",
        _ => {}
    }
    Some(text + &format!("}}\n#xCAT END {node} CONS\n"))
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
                way: Way::Hmc,
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
        let none = BTreeSet::new();
        let (text, _) = file(old, &common(), Entries::These(&none, &consoles(&[])));
        let kept = "# mine\nconfig * { sslrequired no; }\nconsole tape {\n  type device;\n}\n";
        assert_eq!(text, format!("{HEAD}{kept}"));
    }

    #[test]
    fn terminal_servers_stand_before_their_consoles() {
        let way = |method, host, port| Way::new(method, host, port);
        assert_eq!(way("mrv", "ts1", ""), Way::Incomplete("mrv".to_owned()));
        assert_eq!(way("mrv", "", "3"), Way::Incomplete("mrv".to_owned()));
        assert_eq!(way("ipmi", "ts1", "3"), Way::Other("ipmi".to_owned()));
        let mut all = consoles(&[("n1", None), ("n2", Some("sn1")), ("n3", None)]);
        all.get_mut("n1").unwrap().way = way("mrv", "ts1", "3");
        all.get_mut("n2").unwrap().way = way("mrv", "ts1", "4");
        let (text, _) = file("", &common(), Entries::All(&all));
        let server =
            "#xCAT BEGIN ts1 TS\ndefault ts1 {\n  include mrv;\n  host ts1;\n}\n#xCAT END ts1 TS\n";
        let console = |node: &str, port: &str| {
            format!("#xCAT BEGIN {node} CONS\nconsole {node} {{\n include ts1;\n port {port};\n")
        };
        let expected = format!(
            "{HEAD}{}{server}{}}}\n#xCAT END n1 CONS\n{}  master sn1;\n}}\n#xCAT END n2 CONS\n{}",
            KINDS[1].1,
            console("n1", "3"),
            console("n2", "4"),
            part("n3", "exec /opt/xcat/bin/rcons -f n3")
        );
        assert_eq!(text, expected);
        // One more changes only its own, and the server still stands first.
        let mut more = consoles(&[("n4", None)]);
        more.get_mut("n4").unwrap().way = way("mrv", "ts1", "5");
        let names = BTreeSet::from(["n4".to_owned()]);
        let (again, _) = file(&text, &common(), Entries::These(&names, &more));
        let fourth = format!("{}}}\n#xCAT END n4 CONS\n", console("n4", "5"));
        assert_eq!(again, format!("{expected}{fourth}"));
        // Nodes without a console any more lose their entry; so do all.
        let (text, _) = file(&again, &common(), Entries::These(&names, &BTreeMap::new()));
        assert!(text.contains("n3") && !text.contains("n4"), "{text}");
        let (text, _) = file(&again, &common(), Entries::All(&BTreeMap::new()));
        assert_eq!(text, format!("{HEAD}{}", KINDS[1].1));
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
