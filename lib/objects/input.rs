//! What is to be defined or changed, as it comes: names with the same
//! attributes for all, or stanzas one by one.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::rc::Rc;

use super::assign::{Assignments, AttributeError};
use super::error::Error;
use super::kind::{Form, Kind};
use super::names::{self, BadName};
use super::outcome::Outcome;
use crate::check;
use crate::db::Snapshot;
use crate::stanza;

/// So many objects are looked up together.
pub(super) const BATCH: usize = 1000;

/// The sentence at the end of what was not all done (scripts match on it).
pub(super) const ONE_OR_MORE: &str =
    "One or more errors occured when attempting to create or modify xCAT object definitions.";

/// The objects of a command.
pub enum Definitions<'a> {
    /// Named on the command line, with the same attributes for all.
    Named {
        /// Their type.
        kind: Kind,
        /// Their names.
        names: Vec<String>,
        /// `attribute=value`
        attributes: Vec<(String, String)>,
    },
    /// A stanza file.
    Stanzas(stanza::Reader<Box<dyn BufRead + 'a>>),
}

/// One object and what is asked for it.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) kind: Rc<Kind>,
    pub(super) assignments: Rc<Assignments>,
}

impl Definition {
    /// What tells it from others.
    pub(super) fn id(&self) -> (&'static str, String) {
        (self.kind.name(), self.name.clone())
    }
}

impl Definitions<'_> {
    /// Whether one object may come several times.
    pub(super) fn may_repeat(&self) -> bool {
        matches!(self, Self::Stanzas(_))
    }
}

/// The types that were met, each prepared once.
#[derive(Default)]
pub(super) struct Kinds(HashMap<String, Rc<Kind>>);

impl Kinds {
    pub(super) fn get(&mut self, name: &str) -> Option<Rc<Kind>> {
        if let Some(known) = self.0.get(name) {
            return Some(Rc::clone(known));
        }
        let kind = Rc::new(Kind::named(name)?);
        self.0.insert(name.to_owned(), Rc::clone(&kind));
        Some(kind)
    }
}

/// Reads definitions and checks what needs no database.
pub(super) struct Reading<'a> {
    source: Source<'a>,
    /// Whether a bad name or attribute means that nothing is done at all, as
    /// with `mkdef`; `chdef` leaves it out and goes on.
    strict: bool,
    fatal: bool,
    outcome: Outcome,
    /// Complaints that were made already: not once a node.
    said: HashSet<String>,
    capitals: Vec<String>,
    met: bool,
    /// Whether text between stanzas was complained about.
    refuses_text: bool,
}

enum Source<'a> {
    Named {
        kind: Rc<Kind>,
        names: std::vec::IntoIter<String>,
        assignments: Rc<Assignments>,
    },
    Stanzas(Box<stanza::Reader<Box<dyn BufRead + 'a>>>),
}

impl<'a> Reading<'a> {
    pub(super) fn new(definitions: Definitions<'a>, strict: bool) -> Self {
        let mut problems = Vec::new();
        let source = match definitions {
            Definitions::Stanzas(reader) => Source::Stanzas(Box::new(reader)),
            Definitions::Named {
                kind,
                names,
                attributes,
            } => {
                let object = match names.as_slice() {
                    [one] => Some(one.as_str()),
                    _ => None,
                };
                let assignments =
                    Assignments::parse(&kind, object, attributes, |p| problems.push(p));
                Source::Named {
                    assignments: Rc::new(assignments),
                    kind: Rc::new(kind),
                    names: names.into_iter(),
                }
            }
        };
        let mut reading = Self {
            source,
            strict,
            fatal: false,
            outcome: Outcome::default(),
            said: HashSet::new(),
            capitals: Vec::new(),
            met: false,
            refuses_text: false,
        };
        for problem in problems {
            reading.attribute_problem(&problem);
        }
        reading
    }

    /// The next definition whose name and attributes are in order.
    pub(super) fn next(&mut self, kinds: &mut Kinds) -> Result<Option<Definition>, Error> {
        loop {
            let Some(definition) = self.take(kinds)? else {
                return Ok(None);
            };
            self.met = true;
            if let Some(definition) = definition
                && self.name_is_good(&definition)
            {
                return Ok(Some(definition));
            }
        }
    }

    /// The next definition; `Some(None)` for one that was complained about.
    fn take(&mut self, kinds: &mut Kinds) -> Result<Option<Option<Definition>>, Error> {
        let stanza = match &mut self.source {
            Source::Named {
                kind,
                names,
                assignments,
            } => {
                return Ok(names.next().map(|name| {
                    Some(Definition {
                        name,
                        kind: Rc::clone(kind),
                        assignments: Rc::clone(assignments),
                    })
                }));
            }
            Source::Stanzas(reader) => reader.next().transpose()?,
        };
        let Some(stanza) = stanza else {
            return Ok(None);
        };
        let Some(kind) = stanza.kind.as_deref() else {
            self.fatal(format!(
                "No objtype value was specified for '{}'. Cannot create object definition.",
                names::shown(&stanza.name)
            ));
            return Ok(Some(None));
        };
        let Some(kind) = kinds.get(kind) else {
            self.fatal(Error::NoSuchType(kind.to_owned()).to_string());
            return Ok(Some(None));
        };
        let mut problems = Vec::new();
        let assignments = Assignments::parse(&kind, Some(&stanza.name), stanza.attributes, |p| {
            problems.push(p);
        });
        for problem in &problems {
            self.attribute_problem(problem);
        }
        Ok(Some(Some(Definition {
            name: stanza.name,
            kind,
            assignments: Rc::new(assignments),
        })))
    }

    fn name_is_good(&mut self, definition: &Definition) -> bool {
        let name = names::shown(&definition.name);
        let text = match names::check(&definition.kind, &definition.name) {
            Ok(()) => {
                if definition.kind.form == Form::Node && names::has_capitals(&name) {
                    self.capitals.push(name);
                }
                return true;
            }
            Err(BadName::Domain) => {
                format!("The object name '{name}' is invalid, Cannot use '.' in node name.")
            }
            Err(BadName::Characters) => format!(
                "The object name '{name}' is invalid, please refer to \"man xcatdb\" \
                 for the valid \"xCAT Object Name Format\""
            ),
        };
        self.fatal |= self.strict;
        self.outcome.error(text);
        false
    }

    fn attribute_problem(&mut self, problem: &AttributeError) {
        self.fatal(problem.to_string());
    }

    fn fatal(&mut self, text: String) {
        self.fatal |= self.strict;
        if self.said.insert(text.clone()) {
            self.outcome.error(text);
        }
    }

    /// Makes text between stanzas an error where the site wants values
    /// checked; says whether it is one.
    pub(super) fn refuse_text(&mut self, snapshot: &Snapshot<'_>) -> Result<bool, Error> {
        let Source::Stanzas(reader) = &self.source else {
            return Ok(false);
        };
        let lines: Vec<String> = reader
            .passed_over()
            .iter()
            .map(ToString::to_string)
            .collect();
        if lines.is_empty() || !check::is_strict(snapshot)? {
            return Ok(false);
        }
        self.refuses_text = true;
        for line in lines {
            self.fatal(line);
        }
        self.fatal("Nothing was changed: the site key strictvalues is set.".into());
        Ok(true)
    }

    /// Whether nothing may be done at all.
    pub(super) fn is_fatal(&self) -> bool {
        self.fatal
    }

    /// Whether anything was complained about that makes the whole command
    /// fail in `chdef`.
    pub(super) fn has_complaints(&self) -> bool {
        !self.said.is_empty()
    }

    /// Whether any object came.
    pub(super) fn has_met(&self) -> bool {
        self.met
    }

    /// The names of new nodes that have capital letters.
    pub(super) fn capitals(&self) -> &[String] {
        &self.capitals
    }

    /// What there was to complain about.
    pub(super) fn into_complaints(mut self) -> Outcome {
        if !self.met && self.outcome.notes.is_empty() {
            self.outcome.error("No object names were provided.");
        }
        if let Source::Stanzas(reader) = &self.source
            && !self.refuses_text
        {
            for line in reader.passed_over() {
                self.outcome.warning(format!("{line}; it is passed over"));
            }
        }
        if self.strict && !self.fatal && !self.capitals.is_empty() {
            self.outcome.warning(capitals(&self.capitals));
        }
        self.outcome
    }
}

pub(super) fn capitals(names: &[String]) -> String {
    format!(
        "The node name '{}' contains capital letters which may not be resolved correctly \
         by the dns server.",
        names.join(",")
    )
}
