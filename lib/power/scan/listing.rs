//! The texts of `rscan`: table, stanzas, XML, JSON.
//!
//! The first three are byte for byte what xCAT prints, so that its scripts read ours; each ends
//! with a line end and is followed by an empty line when printed as a message.

use std::fmt::Write;

use serde_json::json;

use super::name::model_group;
use super::{Found, Kind, Merge, Mode};
use crate::hmc::refusal::printable;
use crate::json::Array;

/// The form of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A table.
    Table,
    /// `-z`: stanzas.
    Stanzas,
    /// `-x`: XML.
    Xml,
    /// `--json`: an array.
    Json,
}

impl Form {
    /// Lists what was found.
    pub fn text(self, found: &[Found]) -> String {
        match self {
            Form::Table => table(found),
            Form::Stanzas => stanzas(found),
            Form::Xml => xml(found),
            Form::Json => json(found),
        }
    }

    /// Lists what is defined after `-w`; what was changed by `-u`.
    pub fn merged(self, merge: &Merge, mode: Mode) -> String {
        match (mode, self) {
            (Mode::Write, _) => self.text(&merge.nodes),
            (Mode::Update, Form::Table) => {
                format!("#Updated following nodes:\n{}", table(&merge.changed()))
            }
            (Mode::Update, _) => self.text(&merge.changed()),
        }
    }

    /// Says what was changed, a comment in the form's own notation for each
    /// line, so that whoever reads the listing passes over it.
    /// JSON has no comments.
    pub fn changes(self, merge: &Merge) -> Vec<String> {
        let comment = |line: String| match self {
            Form::Xml => Some(format!("<!-- {} -->", line.replace("--", "- -"))),
            Form::Table | Form::Stanzas => Some(format!("# {line}")),
            Form::Json => None,
        };
        merge.summary().into_iter().filter_map(comment).collect()
    }
}

/// The table: type, name, id, type-model, serial number, side. The side is
/// that of service processors, which HMCs do not list as such: it stays empty.
pub fn table(found: &[Found]) -> String {
    let mut rows: Vec<_> = found
        .iter()
        .map(|found| (found, printable(&found.name)))
        .collect();
    rows.sort_by_cached_key(|(found, name)| {
        let parent = (found.mtm.clone(), found.serial.clone(), found.id.clone());
        (format!("{}{name}", found.kind.as_str()), parent)
    });
    let longest = rows.iter().map(|(_, name)| name.chars().count()).max();
    let width = longest.unwrap_or(0).max("name".len()) + 2;
    let mut text = row(["type", "name", "id", "type-model", "serial-number"], width);
    for (found, name) in rows {
        let kind = found.kind.as_str();
        text += &row([kind, &name, &found.id, &found.mtm, &found.serial], width);
    }
    text
}

fn row([kind, name, id, mtm, serial]: [&str; 5], width: usize) -> String {
    let side = if kind == "type" { "side" } else { "" };
    format!("{kind:<8}{name:<width$}{id:<8}{mtm:<12}{serial:<15}{side:<6}\n")
}

/// Stanzas for `mkdef -z`. HMCs are left out: they are defined already.
pub fn stanzas(found: &[Found]) -> String {
    let mut text = String::new();
    for found in nodes(found) {
        let _ = writeln!(text, "{}:\n\tobjtype=node", found.name);
        for (name, value) in attributes(found) {
            let _ = writeln!(text, "\t{name}={}", printable(&value));
        }
    }
    text
}

/// XML, one `Node` element a thing, HMCs left out.
pub fn xml(found: &[Found]) -> String {
    let mut text = String::new();
    for found in nodes(found) {
        let mut attributes = attributes(found);
        attributes.push(("node", found.name.clone()));
        attributes.sort();
        text += "  <Node>\n";
        for (name, value) in attributes {
            let _ = writeln!(text, "    <{name}>{}</{name}>", escaped(&value));
        }
        text += "  </Node>\n";
    }
    text
}

/// JSON: an array with an object for each thing, HMCs among them, in the order
/// of their names.
pub fn json(found: &[Found]) -> String {
    let mut all: Vec<&Found> = found.iter().collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let mut array = Array::default();
    let mut text = String::new();
    for found in all {
        let known = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        text += &array.line(&json!({
            "type": found.kind.as_str(),
            "name": found.name,
            "id": known(&found.id),
            "mtm": known(&found.mtm),
            "serial": known(&found.serial),
            "hcp": found.hcp,
            "pprofile": known(&found.profile),
            "parent": known(&found.parent),
        }));
        text.push('\n');
    }
    text + array.end()
}

fn nodes(found: &[Found]) -> Vec<&Found> {
    let mut nodes: Vec<_> = found
        .iter()
        .filter(|found| found.kind != Kind::Hmc)
        .collect();
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    nodes
}

/// The attributes in the order of xCAT's stanzas. A partition has no machine
/// type and serial number of its own.
fn attributes(found: &Found) -> Vec<(&'static str, String)> {
    let lpar = found.kind == Kind::Lpar;
    let own = |value: &str| {
        if lpar {
            String::new()
        } else {
            value.to_owned()
        }
    };
    let kind = found.kind.as_str();
    let group = model_group(&found.mtm).filter(|_| !lpar);
    vec![
        ("nodetype", found.kind.node_type().to_owned()),
        ("id", found.id.clone()),
        ("mtm", own(&found.mtm)),
        ("serial", own(&found.serial)),
        ("hcp", found.hcp.join(",")),
        ("pprofile", found.profile.clone()),
        ("parent", found.parent.clone()),
        ("mgt", "hmc".to_owned()),
        (
            "cons",
            if lpar {
                "hmc".to_owned()
            } else {
                String::new()
            },
        ),
        ("hwtype", kind.to_owned()),
        (
            "groups",
            [kind, "all"]
                .into_iter()
                .chain(group)
                .collect::<Vec<_>>()
                .join(","),
        ),
    ]
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    printable(&text.replace('>', "&gt;").replace('"', "&quot;"))
}
