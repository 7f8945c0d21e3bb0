//! Making objects: `mkdef`.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::error::Error;
use super::every::groups_of_nodes;
use super::group;
use super::index::Surroundings;
use super::input::{BATCH, Definition, Definitions, Kinds, ONE_OR_MORE, Reading};
use super::kind::{Form, Holding, Kind};
use super::members::Members;
use super::one::One;
use super::outcome::Outcome;
use super::read::Reader;
use super::store::{Store, with_adapters};
use super::{names, network, operand, remove};
use crate::db::{self, Change};

/// What `mkdef` is asked beside the objects.
pub struct Define<'a> {
    /// Objects that are there already are made anew.
    pub force: bool,
    /// Groups are dynamic (`-d`).
    pub dynamic: bool,
    /// The conditions of `-w`, as they were written.
    pub conditions: &'a [String],
    /// What noderanges need.
    pub surroundings: &'a Surroundings<'a>,
}

/// Makes objects in a change that is still to be ended. Each is made whole or not at all, with a word in the outcome;
/// an attribute or a name that cannot be, and a malformed stanza, mean that
/// nothing is made.
///
/// # Errors
/// The stanzas cannot be read or the database cannot be written: then the
/// change is to be dropped.
pub fn define(
    change: &Change<'_>,
    definitions: Definitions<'_>,
    request: &Define<'_>,
) -> Result<Outcome, Error> {
    if let Definitions::Named { kind, names, .. } = &definitions
        && kind.form == Form::Node
    {
        operand::refuse_groups(change, request.surroundings, names)?;
    }
    let mut run = Run::new(change, request, definitions.may_repeat());
    let mut reading = Reading::new(definitions, true);
    let mut batch: Vec<Definition> = Vec::new();
    let mut inside: HashSet<String> = HashSet::new();
    while let Some(definition) = reading.next(&mut run.kinds)? {
        if reading.is_fatal() {
            continue;
        }
        if definition.kind.form == Form::Group {
            run.groups.push(definition);
            continue;
        }
        let other = |d: &Definition| !Rc::ptr_eq(&d.kind, &definition.kind);
        // Networks are compared with those that are there.
        let alone = definition.kind.name() == "network";
        let repeated = run.repeats(&definition) || inside.contains(&definition.name);
        if batch.len() >= BATCH || repeated || alone || batch.first().is_some_and(other) {
            run.flush(&mut batch)?;
            inside.clear();
        }
        if run.remembers {
            inside.insert(definition.name.clone());
        }
        batch.push(definition);
    }
    reading.refuse_text(change)?;
    if reading.is_fatal() {
        let mut outcome = reading.into_complaints();
        outcome.is_void = true;
        return Ok(outcome);
    }
    run.outcome.notes = reading.into_complaints().notes;
    run.flush(&mut batch)?;
    run.complain_about_the_rest();
    run.define_groups()?;
    Ok(run.finish())
}

/// What became of a name in this run.
enum State {
    Made,
    /// It was there before and stays as it was.
    Kept,
    /// It cannot be made as it is; a later stanza may complete it.
    Open(Box<Definition>, Vec<String>),
}

struct Run<'c, 'db, 'a> {
    change: &'c Change<'db>,
    request: &'a Define<'a>,
    kinds: Kinds,
    store: Store<'c, 'db>,
    /// Whether names may come twice, so that they must be remembered.
    remembers: bool,
    states: HashMap<&'static str, HashMap<String, State>>,
    /// Open ones in the order in which they came.
    open: Vec<(&'static str, String)>,
    groups: Vec<Definition>,
    outcome: Outcome,
    failed: bool,
}

impl<'c, 'db, 'a> Run<'c, 'db, 'a> {
    fn new(change: &'c Change<'db>, request: &'a Define<'a>, remembers: bool) -> Self {
        Self {
            change,
            request,
            kinds: Kinds::default(),
            store: Store::new(change),
            remembers,
            states: HashMap::new(),
            open: Vec::new(),
            groups: Vec::new(),
            outcome: Outcome::default(),
            failed: false,
        }
    }

    fn repeats(&self, definition: &Definition) -> bool {
        let states = self.states.get(definition.kind.name());
        self.remembers && states.is_some_and(|s| s.contains_key(&definition.name))
    }

    /// Makes a batch of objects of one type, none of them twice in it.
    fn flush(&mut self, batch: &mut Vec<Definition>) -> Result<(), Error> {
        let Some(kind) = batch.first().map(|d| Rc::clone(&d.kind)) else {
            return Ok(());
        };
        let defined = self.defined(&kind, batch)?;
        let mut good: Vec<(Definition, [Holding; 2])> = Vec::new();
        for mut definition in batch.drain(..) {
            let states = self.states.entry(kind.name()).or_default();
            match states.remove(&definition.name) {
                None => {}
                Some(State::Made) => {
                    self.complete(&definition)?;
                    self.remember(&definition, State::Made);
                    continue;
                }
                Some(State::Kept) => {
                    self.remember(&definition, State::Kept);
                    continue;
                }
                Some(State::Open(earlier, _)) => {
                    let mut whole = (*earlier.assignments).clone();
                    whole.merge(&definition.assignments);
                    definition.assignments = Rc::new(whole);
                }
            }
            if defined.contains(&definition.name) && !self.request.force {
                self.complain_that_it_exists(&definition);
                self.remember(&definition, State::Kept);
                continue;
            }
            match self.judge(&definition)? {
                Ok(sources) => {
                    self.remember(&definition, State::Made);
                    good.push((definition, sources));
                }
                Err(problems) => self.leave_open(definition, problems),
            }
        }
        let replaced = good
            .iter()
            .map(|g| &g.0.name)
            .filter(|n| defined.contains(*n));
        let replaced: Vec<String> = replaced.cloned().collect();
        remove::rows(self.change, &kind, &replaced)?;
        for (definition, sources) in &good {
            self.make(definition, *sources)?;
        }
        Ok(())
    }

    /// As in xCAT, a network that is there already makes the command fail.
    fn complain_that_it_exists(&mut self, definition: &Definition) {
        let name = &definition.name;
        if definition.kind.name() != "network" {
            return self.outcome.warning(exists(name));
        }
        self.failed = true;
        self.outcome.error(format!(
            "A network definition called '{name}' already exists. Run again with '-f' option \
             to force replace."
        ));
    }

    fn defined(&self, kind: &Kind, batch: &[Definition]) -> Result<HashSet<String>, Error> {
        let names: Vec<String> = batch.iter().map(|d| d.name.clone()).collect();
        let mut defined = HashSet::new();
        Reader::new(kind, []).read(self.change, Some(&names), |found| {
            if found.defined {
                defined.insert(found.name.to_owned());
            }
            Ok::<_, db::Error>(())
        })?;
        Ok(defined)
    }

    /// Whether an object can be made, and what decides where it lies; or why
    /// it cannot.
    fn judge(
        &mut self,
        definition: &Definition,
    ) -> Result<Result<[Holding; 2], Vec<String>>, Error> {
        let Definition {
            name,
            kind,
            assignments,
        } = definition;
        let value = |attribute: &str| {
            let slot = kind.slot(attribute)?;
            assignments.get(slot).filter(|v| !v.is_empty())
        };
        let mut of_groups = Holding::default();
        match kind.form {
            Form::Node => {
                let Some(groups) = value("groups") else {
                    return Ok(Err(vec![no_groups(name)]));
                };
                of_groups = self.store.of_groups(kind, groups)?;
            }
            Form::Log => {
                return Ok(Err(vec![format!(
                    "Objects of type '{}' are written by the software itself.",
                    kind.name()
                )]));
            }
            _ if kind.name() == "network" => {
                if let Some(problem) =
                    network::unfit(self.change, name, value("net"), value("mask"))?
                {
                    return Ok(Err(vec![problem]));
                }
            }
            _ => {}
        }
        let sources = [Store::deciding(kind, assignments), of_groups];
        let mut unmet = Store::unmet(kind, assignments, &sources);
        unmet.extend(super::osimage_problem(kind, value("nfsrootopts")));
        Ok(if unmet.is_empty() {
            Ok(sources)
        } else {
            Err(unmet)
        })
    }

    fn make(&mut self, definition: &Definition, sources: [Holding; 2]) -> Result<(), Error> {
        let Definition {
            name,
            kind,
            assignments,
        } = definition;
        if assignments.is_empty() {
            self.failed = true;
            self.outcome.error(format!(
                "No attributes were specified for '{name}', skipping to the next object."
            ));
            return Ok(());
        }
        let adapters = with_adapters(assignments, |_| None);
        let values = assignments.values(&adapters);
        let outcome = &mut self.outcome;
        let fresh = kind.form != Form::Site;
        self.store
            .write(kind, name, &values, &sources, fresh, outcome)?;
        self.store
            .write_free(kind, name, &assignments.free_values())?;
        self.outcome.changed.push(name.clone());
        Ok(())
    }

    /// Adds a later stanza to an object that this run made.
    fn complete(&mut self, definition: &Definition) -> Result<(), Error> {
        let mut more = Outcome::default();
        let change = One {
            change: self.change,
            store: &mut self.store,
        };
        if !change.set(definition, &mut more)? {
            self.failed = true;
        }
        self.outcome.notes.append(&mut more.notes);
        Ok(())
    }

    fn remember(&mut self, definition: &Definition, state: State) {
        if self.remembers {
            let states = self.states.entry(definition.kind.name()).or_default();
            states.insert(definition.name.clone(), state);
        }
    }

    fn leave_open(&mut self, definition: Definition, problems: Vec<String>) {
        let id = definition.id();
        self.open.push(id.clone());
        let state = State::Open(Box::new(definition), problems);
        self.states.entry(id.0).or_default().insert(id.1, state);
    }

    /// What could not be made, and no later stanza completed.
    fn complain_about_the_rest(&mut self) {
        for (kind, name) in std::mem::take(&mut self.open) {
            let state = self.states.get_mut(kind).and_then(|s| s.remove(&name));
            if let Some(State::Open(_, problems)) = state {
                self.failed = true;
                self.outcome.errors(problems);
            }
        }
    }

    /// Groups come last: their members may be made by the same stanzas.
    fn define_groups(&mut self) -> Result<(), Error> {
        let definitions = std::mem::take(&mut self.groups);
        let Some(kind) = definitions.first().map(|d| Rc::clone(&d.kind)) else {
            return Ok(());
        };
        let states = self.states.get("node").into_iter().flatten();
        let made = states.filter(|(_, state)| matches!(state, State::Made));
        let made: HashSet<String> = made.map(|(name, _)| name.clone()).collect();
        let mut known: HashSet<String> = groups_of_nodes(self.change, |node| !made.contains(node))?
            .into_iter()
            .collect();
        let names: Vec<Definition> = definitions.clone();
        known.extend(self.defined(&kind, &names)?);
        let members = Members::new(self.change, definitions.len())?;
        for definition in definitions {
            let group = group::Making {
                change: self.change,
                store: &mut self.store,
                members: &members,
                request: self.request,
                made: &made,
                exists: known.contains(&definition.name),
                outcome: &mut self.outcome,
            };
            self.failed |= !group.make(&definition)?;
            known.insert(definition.name);
        }
        Ok(())
    }

    fn finish(mut self) -> Outcome {
        match (self.failed, self.outcome.changed.len()) {
            (true, _) => self.outcome.error(ONE_OR_MORE),
            (false, 0) => self
                .outcome
                .error("0 object definitions have been created or modified."),
            (false, count) => {
                self.outcome.info(format!(
                    "{count} object definitions have been created or modified."
                ));
            }
        }
        self.outcome
    }
}

pub(super) fn exists(name: &str) -> String {
    format!(
        "A definition for '{}' already exists. No changes will be made.  \
         Run again with '-f' option to force replace.",
        names::shown(name)
    )
}

pub(super) fn no_groups(name: &str) -> String {
    format!("Attribute 'groups' is not specified for node '{name}', skipping to the next node.")
}
