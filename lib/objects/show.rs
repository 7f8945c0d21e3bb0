//! How an object is shown: the lines of `lsdef`, of a stanza file, of `-c`.
//! [`tell`](super::tell) tells whole listings.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::kind::{Form, Kind};
use super::nics;
use super::origin::Defaults;
use super::read::{Entry, Found};
use crate::db::Expander;
use crate::schema::{Attribute, ColumnKind, HIDDEN};
use crate::stanza::{written, written_name};

/// The first line of a stanza file.
const STANZA_HEADER: &str = "# <xCAT data object stanza file>";

/// How objects are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `name  (type)`
    Names,
    /// `name (type)`, as xCAT has it for objects of all types.
    AllNames,
    /// `Object name: name`, then a line for each attribute.
    Long,
    /// The same with the type behind the name.
    LongWithType,
    /// A line `name: attribute=value` for each attribute.
    Compact,
    /// A stanza, with an empty line before it.
    Stanza,
    /// The first line of a stanza, with an empty line before it.
    StanzaNames,
    /// An element of a JSON array.
    Json,
}

/// What was asked for, as far as it decides the layout.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Attributes, not only names.
    pub long: bool,
    /// A stanza file.
    pub stanza: bool,
    /// One line for each value.
    pub compact: bool,
    /// A JSON document.
    pub json: bool,
    /// Objects of all types.
    pub all: bool,
    /// Of so many types.
    pub types: usize,
}

impl Layout {
    /// The layout for what was asked.
    pub fn of(asked: Asked) -> Self {
        match (asked.long, asked.all, asked.types) {
            _ if asked.json => Self::Json,
            (true, ..) if asked.stanza => Self::Stanza,
            (false, ..) if asked.stanza => Self::StanzaNames,
            (true, ..) if asked.compact => Self::Compact,
            (true, _, 1) => Self::Long,
            (true, ..) => Self::LongWithType,
            (false, true, _) => Self::AllNames,
            (false, false, _) => Self::Names,
        }
    }

    /// What stands before all objects.
    pub(super) fn opening(self) -> String {
        match self {
            Layout::Stanza | Layout::StanzaNames => format!("{STANZA_HEADER}\n"),
            _ => String::new(),
        }
    }
}

/// How values are shown.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// The layout.
    pub layout: Layout,
    /// Whether each value is followed by the table where it lies (`-V`).
    pub places: bool,
    /// Whether each value is followed by whose it is (`--blame`).
    pub blame: bool,
    /// Whether passwords are shown as asterisks.
    pub hides_secrets: bool,
    /// Whether the attributes of a node's image follow its own (`--osimage`).
    pub images: bool,
}

/// Writes objects as text.
#[derive(Debug)]
pub(super) struct Show<'a> {
    /// The type of the objects.
    pub(super) kind: &'a Kind,
    /// How they are shown.
    pub(super) manner: Manner,
    /// The attributes, shown even if they have no value; `None` for all that
    /// have one.
    pub(super) wanted: Option<Vec<(&'a str, &'a [String])>>,
    /// Whether only the names are asked for.
    pub(super) names_only: bool,
    /// Computes what adapters of a node have.
    pub(super) expander: Expander,
}

impl Show<'_> {
    /// Appends the lines of an object.
    pub(super) fn object(&self, object: &Found<'_>, out: &mut String) {
        let (name, kind) = (object.name, self.kind.name());
        match self.manner.layout {
            Layout::Names => return out.extend([name, "  (", kind, ")\n"]),
            Layout::AllNames => return out.extend([name, " (", kind, ")\n"]),
            Layout::StanzaNames => return out.extend(["\n", &written_name(name), ":\n"]),
            Layout::Long => out.extend(["Object name: ", name, "\n"]),
            Layout::LongWithType => out.extend(["Object name: ", name, "  (", kind, ")\n"]),
            Layout::Stanza => {
                out.extend(["\n", &written_name(name), ":\n    objtype=", kind, "\n"]);
            }
            Layout::Compact | Layout::Json => {}
        }
        self.values(object, |attribute, text, place| {
            self.line(name, attribute, text.unwrap_or_default(), place, out);
        });
    }

    /// Hands each attribute that is to be shown to `each`, with its value and
    /// where it lies.
    fn values(
        &self,
        object: &Found<'_>,
        mut each: impl FnMut(&str, Option<&str>, Option<&Entry<'_>>),
    ) {
        match &self.wanted {
            None => {
                for entry in &object.values {
                    self.value(object.name, entry, &[], &mut each);
                }
            }
            Some(wanted) => {
                for &(attribute, adapters) in wanted {
                    let found = object
                        .values
                        .binary_search_by(|e| e.name.as_ref().cmp(attribute));
                    match found {
                        Ok(place) => {
                            self.value(object.name, &object.values[place], adapters, &mut each);
                        }
                        // A free attribute that is not there is not shown,
                        // nor one of adapters that has none.
                        Err(_) if self.kind.is_open() || nics::holds_adapters(attribute) => {}
                        Err(_) => each(attribute, None, None),
                    }
                }
            }
        }
    }

    /// An object as JSON: `type`, `name`, `attributes`.
    pub(super) fn json(&self, object: &Found<'_>) -> Value {
        let mut attributes = Map::new();
        if !self.names_only {
            self.values(object, |attribute, text, _| {
                attributes.insert(attribute.to_owned(), text.into());
            });
        }
        json!({"type": self.kind.name(), "name": object.name, "attributes": attributes})
    }

    fn value(
        &self,
        object: &str,
        entry: &Entry<'_>,
        adapters: &[String],
        each: &mut impl FnMut(&str, Option<&str>, Option<&Entry<'_>>),
    ) {
        let (name, text) = (entry.name.as_ref(), entry.text.as_ref());
        let by_adapter = nics::holds_adapters(name) && !self.kind.is_open() && nics::is_plain(text);
        if !by_adapter {
            let is_secret = |a: &Attribute| a.column().kind == ColumnKind::Secret;
            let hides = self.manner.hides_secrets && entry.attribute.is_some_and(is_secret);
            let text = if hides && !text.is_empty() {
                HIDDEN
            } else {
                text
            };
            return each(name, Some(text), Some(entry));
        }
        let wanted = |nic: &str| adapters.is_empty() || adapters.iter().any(|a| a == nic);
        for (nic, value) in nics::adapters(text).filter(|a| wanted(a.0)) {
            // Each adapter's value is one of its own; a group hands it on.
            let value = match self.kind.form {
                Form::Node => self.expander.expand(object, value),
                _ => Some(value.into()),
            };
            if let Some(value) = value {
                let name = format!("{name}.{nic}");
                each(&name, Some(&value), Some(entry));
            }
        }
    }

    fn line(
        &self,
        object: &str,
        name: &str,
        text: &str,
        entry: Option<&Entry<'_>>,
        out: &mut String,
    ) {
        match self.manner.layout {
            Layout::Compact => out.extend([object, ": ", name, "=", text]),
            Layout::Stanza => out.extend(["    ", name, "=", &written(text)]),
            _ => out.extend(["    ", name, "=", text]),
        }
        if self.manner.places && self.manner.layout != Layout::Stanza && !text.is_empty() {
            self.place(name, entry.and_then(|e| e.attribute), out);
        }
        if let Some(entry) = entry.filter(|_| self.manner.blame) {
            out.push_str(&blame(entry));
        }
        out.push('\n');
    }

    /// Where a value lies, as xCAT writes it.
    fn place(&self, name: &str, place: Option<&Attribute>, out: &mut String) {
        // Writing to a String cannot fail.
        let _ = match (place, self.kind.form) {
            (Some(attribute), _) => {
                let table = attribute.table;
                let keys: Vec<&str> = attribute
                    .row
                    .iter()
                    .map(|key| table.columns[key.0].name)
                    .collect();
                let (table, keys, column) = (table.name, keys.join(" "), attribute.column().name);
                write!(out, "\t(Table:{table} - Key:{keys} - Column:{column})")
            }
            (None, Form::Site) => write!(out, "\t(Table:site - Key:{name})"),
            (None, Form::Monitoring) => write!(out, "\t(Table:monsetting)"),
            (None, _) => Ok(()),
        };
    }
}

/// Whose a value is.
fn blame(entry: &Entry<'_>) -> String {
    let origin = entry.origin;
    let mut text = match (origin.defaults, origin.group) {
        (Some(Defaults::Only), _) => "xcatdefaults".to_owned(),
        (_, Some(group)) => format!("group {group}"),
        (_, None) => "own".to_owned(),
    };
    for given in origin.joined {
        text.extend([" and group ", &given.group]);
    }
    let stored = entry.text.as_ref();
    let by_adapter = nics::holds_adapters(&entry.name) && stored.contains("!|");
    let pattern = origin.pattern.or(by_adapter.then_some(stored));
    if origin.defaults == Some(Defaults::Before) {
        text.insert_str(0, "xcatdefaults and ");
    }
    if let Some(pattern) = pattern {
        text = format!("{text}, from {pattern}");
    }
    format!("  ({text})")
}
