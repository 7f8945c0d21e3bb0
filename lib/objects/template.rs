//! Templates: what `mkdef --template` fills in, and `lsdef --template` shows.
//!
//! A template is one of ours (`share/templates`, compiled in) or an object
//! that is defined; ours goes first, as in xCAT (`DBobjectdefs.pm`).

use super::error::Error;
use super::every::all_names;
use super::index::{NodeIndex, Surroundings};
use super::kind::{Form, Kind};
use super::list::{Listing, add_defaults, default_scripts};
use super::nics;
use super::origin::Origin;
use super::read::{Entry, Found, Reader};
use super::show::{Layout, Manner, Show};
use super::tell::Said;
use crate::db::{self, Expander, Snapshot};
use crate::json::Array;
use crate::noderange::Index as _;
use crate::stanza;

/// Those of nodes; the other types have none.
const NODES: &str = include_str!("../../share/templates/node.stanza");

/// What stands before the explanation of an attribute that must be given, and
/// of one that may be.
const MANDATORY: &str = "MANDATORY:";
const OPTIONAL: &str = "OPTIONAL:";

/// A template of ours.
struct Template {
    name: String,
    /// In the byte order of their names.
    attributes: Vec<(String, String)>,
}

/// Our templates of a type, in the byte order of their names.
fn ours(kind: &Kind) -> Result<Vec<Template>, Error> {
    if kind.form != Form::Node {
        return Ok(Vec::new());
    }
    let stanzas = stanza::Reader::new(NODES.as_bytes(), "the templates of nodes");
    let template = |stanza: stanza::Stanza| Template {
        name: stanza.name,
        attributes: stanza.attributes,
    };
    Ok(stanzas
        .map(|s| s.map(template))
        .collect::<Result<_, stanza::Error>>()?)
}

/// Adds what a template says to the attributes that were given for new
/// objects, which go before it.
///
/// # Errors
/// There is no such template, it is one of the new objects itself, or an
/// attribute that it asks for was not given.
pub fn fill(
    snapshot: &Snapshot<'_>,
    surroundings: Surroundings<'_>,
    kind: &Kind,
    template: &str,
    names: &[String],
    attributes: &mut Vec<(String, String)>,
) -> Result<(), Error> {
    if template.contains(',') {
        return Err(Error::Refused(
            "Only 1 template object definition should be specified for mkdef!".into(),
        ));
    }
    let found = ours(kind)?.into_iter().find(|t| t.name == template);
    let mut more = match found {
        Some(template) => template.demand(attributes)?,
        None => {
            if names.iter().any(|n| n == template) {
                return Err(Error::Refused(
                    "The template node cannot be the same as the node to create.".into(),
                ));
            }
            of_object(snapshot, surroundings, kind, template)?
        }
    };
    more.retain(|m| !attributes.iter().any(|given| given.0 == m.0));
    attributes.splice(0..0, more);
    Ok(())
}

impl Template {
    /// As if it were an object of the database.
    fn as_object(&self) -> Found<'_> {
        let entry = |(name, text): &'_ (String, String)| Entry {
            name: name.clone().into(),
            text: text.clone().into(),
            attribute: None,
            origin: Origin::default(),
        };
        Found {
            name: &self.name,
            defined: true,
            values: self.attributes.iter().map(entry).collect(),
        }
    }

    /// What it fills in.
    ///
    /// # Errors
    /// An attribute that must be given was not.
    fn demand(self, given: &[(String, String)]) -> Result<Vec<(String, String)>, Error> {
        let is_given = |name: &str| given.iter().any(|g| g.0 == name && !g.1.is_empty());
        let missing: Vec<String> = self
            .attributes
            .iter()
            .filter(|a| a.1.starts_with(MANDATORY) && !is_given(&a.0))
            .map(|(name, text)| {
                let means = text.trim_start_matches(MANDATORY);
                format!("The attribute \"{name}\" must be specified! ({means})")
            })
            .collect();
        if !missing.is_empty() {
            return Err(Error::Refused(missing.join("\n")));
        }
        let says = |value: &str| !value.starts_with(MANDATORY) && !value.starts_with(OPTIONAL);
        Ok(self.attributes.into_iter().filter(|a| says(&a.1)).collect())
    }
}

/// What an object has, as attributes for another one. What is computed from
/// its name is not for another.
fn of_object(
    snapshot: &Snapshot<'_>,
    surroundings: Surroundings<'_>,
    kind: &Kind,
    name: &str,
) -> Result<Vec<(String, String)>, Error> {
    let mut defined = kind.form == Form::Group && {
        let all = all_names(snapshot, kind)?;
        all.iter().any(|n| n == name)
    };
    let mut attributes: Vec<(String, String)> = Vec::new();
    let reader = Reader::new(kind, 0..kind.len());
    reader.read(snapshot, Some(&[name.to_owned()]), |found| {
        defined |= found.defined;
        for entry in found.values.iter().filter(|e| e.origin.pattern.is_none()) {
            by_adapter(entry, &mut attributes);
        }
        Ok::<_, db::Error>(())
    })?;
    if !defined {
        return Err(Error::Refused(format!(
            "Could not find the template object named '{name}' of type '{}'.",
            kind.name()
        )));
    }
    if kind.form == Form::Group {
        let is_dynamic = |a: &(String, String)| a.0 == "grouptype" && a.1 == "dynamic";
        let dynamic = attributes.iter().any(is_dynamic);
        attributes.retain(|a| a.0 != "members");
        if !dynamic {
            let index = NodeIndex::new(snapshot, surroundings);
            let members = index.members(name)?.unwrap_or_default();
            attributes.push(("members".into(), members.join(",")));
        }
    }
    Ok(attributes)
}

/// An attribute of a template as it would be given; one of adapters for each
/// of them, so that another may be given beside it.
fn by_adapter(entry: &Entry<'_>, attributes: &mut Vec<(String, String)>) {
    let (name, text) = (entry.name.to_string(), entry.text.to_string());
    if !nics::holds_adapters(&name) || !nics::is_plain(&text) {
        return attributes.push((name, text));
    }
    let adapters = nics::adapters(&text).filter(|a| !a.1.starts_with('|'));
    attributes.extend(adapters.map(|(nic, value)| (format!("{name}.{nic}"), value.to_owned())));
}

/// Lists our templates of these types: all, or those that are named. As with
/// nodes, the scripts that run on all of them stand there too.
///
/// # Errors
/// The database cannot be read, or what `say` returns.
pub fn show_templates<E: From<Error>>(
    snapshot: &Snapshot<'_>,
    kinds: &[Kind],
    listing: &Listing,
    manner: Manner,
    mut say: impl FnMut(Said<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut text = manner.layout.opening();
    let mut array = Array::default();
    let defaults = match listing.defaults {
        true => default_scripts(snapshot)?,
        false => Vec::new(),
    };
    let mut missing = listing.names.clone().unwrap_or_default();
    for kind in kinds {
        let show = Show {
            kind,
            manner,
            wanted: listing.wanted.as_ref().map(|w| w.of(kind).collect()),
            names_only: listing.names_only,
            expander: Expander::default(),
        };
        for template in ours(kind)? {
            let named = listing.names.as_ref();
            if named.is_some_and(|names| !names.contains(&template.name)) {
                continue;
            }
            missing.retain(|n| *n != template.name);
            let mut object = template.as_object();
            add_defaults(&mut object, &defaults, listing);
            if !(listing.conditions.iter()).all(|c| c.holds(object.get(&c.subject))) {
                continue;
            }
            match manner.layout {
                Layout::Json => text += &(array.line(&show.json(&object)) + "\n"),
                _ => show.object(&object, &mut text),
            }
        }
    }
    if manner.layout == Layout::Json {
        text += &format!("{}\n", array.end());
    } else if text.is_empty() && missing.is_empty() {
        text.push_str("Could not find any object definitions to display.\n");
    }
    say(Said::Text(&text))?;
    missing.iter().try_for_each(|name| {
        let text = format!("Could not find {name} in xCAT templates.");
        say(Said::Error(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_say_what_nodes_have() {
        let node = Kind::named("node").unwrap();
        let templates = ours(&node).unwrap();
        assert!(templates.is_sorted_by_key(|t| &t.name));
        for template in &templates {
            let names = || template.attributes.iter().map(|a| &a.0);
            assert!(names().is_sorted(), "{}", template.name);
            assert!(names().any(|n| n == "groups"), "{}", template.name);
            for name in names() {
                assert!(node.slot(name).is_some(), "{}: {name}", template.name);
            }
        }
        assert!(ours(&Kind::named("group").unwrap()).unwrap().is_empty());
    }

    #[test]
    fn what_must_be_given_is_asked_for() {
        let template = || Template {
            name: "t".into(),
            attributes: [
                ("groups", "all"),
                ("ip", "OPTIONAL:x"),
                ("mtm", "MANDATORY:the type"),
            ]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .into(),
        };
        let given = |value: &str| [("mtm".to_owned(), value.to_owned())];
        assert_eq!(
            template().demand(&given("9117-MMA")).unwrap(),
            [("groups".to_owned(), "all".to_owned())]
        );
        assert_eq!(
            template().demand(&given("")).unwrap_err().to_string(),
            "The attribute \"mtm\" must be specified! (the type)"
        );
    }
}
