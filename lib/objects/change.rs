//! Changing objects: `chdef`.

use std::collections::HashSet;
use std::rc::Rc;

use super::define::no_groups;
use super::error::Error;
use super::group;
use super::index::Surroundings;
use super::input::{BATCH, Definition, Definitions, Kinds, ONE_OR_MORE, Reading, capitals};
use super::kind::{Form, Kind};
use super::members::Members;
pub use super::one::Mode;
use super::one::{Before, Changed, One, before};
use super::outcome::Outcome;
use super::read::Reader;
use super::store::Store;
use super::{names, network};
use crate::db;

/// What `chdef` is asked beside the objects.
pub struct Change<'a> {
    /// What is done with the values.
    pub mode: Mode,
    /// New groups are dynamic (`-d`).
    pub dynamic: bool,
    /// The conditions of `-w`, as they were written.
    pub conditions: &'a [String],
    /// Whether the objects are listed in place of their number (`-V`).
    pub verbose: bool,
    /// What noderanges need.
    pub surroundings: &'a Surroundings<'a>,
}

/// Changes objects, and makes those that are not there, in a change that is
/// still to be ended.
///
/// # Errors
/// The stanzas cannot be read or the database cannot be written: then the
/// change is to be dropped.
pub fn change(
    change: &db::Change<'_>,
    definitions: Definitions<'_>,
    request: &Change<'_>,
) -> Result<Outcome, Error> {
    let mut run = Run {
        change,
        request,
        seen: definitions.may_repeat().then(HashSet::new),
        store: Store::new(change),
        groups: Vec::new(),
        outcome: Outcome::default(),
        created: Vec::new(),
        failed: false,
    };
    let mut kinds = Kinds::default();
    let mut reading = Reading::new(definitions, false);
    let mut batch: Vec<Definition> = Vec::new();
    let mut inside: HashSet<String> = HashSet::new();
    while let Some(definition) = reading.next(&mut kinds)? {
        if definition.kind.form == Form::Group {
            run.groups.push(definition);
            continue;
        }
        let other = |d: &Definition| !Rc::ptr_eq(&d.kind, &definition.kind);
        let full = batch.len() >= BATCH || inside.contains(&definition.name);
        if full || batch.first().is_some_and(other) {
            run.flush(&mut batch)?;
            inside.clear();
        }
        inside.insert(definition.name.clone());
        batch.push(definition);
    }
    run.flush(&mut batch)?;
    run.change_groups()?;
    let is_void = reading.refuse_text(change)?;
    run.failed |= reading.has_complaints();
    let capitals = reading.capitals().to_vec();
    let nothing_came = !reading.has_met();
    let complaints = reading.into_complaints().notes;
    if nothing_came {
        run.outcome.notes = complaints;
        run.outcome.is_void = is_void;
        return Ok(run.outcome);
    }
    let mut outcome = run.finish(complaints, &capitals);
    outcome.is_void = is_void;
    Ok(outcome)
}

struct Run<'c, 'db, 'a> {
    change: &'c db::Change<'db>,
    request: &'a Change<'a>,
    /// What was changed, where an object may come twice.
    seen: Option<HashSet<(&'static str, String)>>,
    store: Store<'c, 'db>,
    groups: Vec<Definition>,
    outcome: Outcome,
    created: Vec<String>,
    failed: bool,
}

impl Run<'_, '_, '_> {
    fn flush(&mut self, batch: &mut Vec<Definition>) -> Result<(), Error> {
        let Some(kind) = batch.first().map(|d| Rc::clone(&d.kind)) else {
            return Ok(());
        };
        let before = before(self.change, &kind, batch, self.request.mode)?;
        let nothing = Before::default();
        for definition in batch.drain(..) {
            let before = before.get(&definition.name).unwrap_or(&nothing);
            if let Some(problems) = self.unfit(&definition, before)? {
                self.failed = true;
                self.outcome.errors(problems);
                continue;
            }
            let mut one = One {
                change: self.change,
                store: &mut self.store,
            };
            let fresh = !before.defined && kind.form != Form::Site;
            let definition = with_defaults(definition, fresh);
            let (mode, outcome) = (self.request.mode, &mut self.outcome);
            let done = one.write(&definition, before, mode, ",", fresh, outcome)?;
            self.count(done, &definition, fresh);
        }
        Ok(())
    }

    /// Counts an object once, however many stanzas change it.
    fn count(&mut self, done: Changed, definition: &Definition, fresh: bool) {
        let name = || definition.name.clone();
        match done {
            Changed::Done => {
                let seen = self.seen.as_mut();
                if seen.is_none_or(|seen| seen.insert(definition.id())) {
                    self.outcome.changed.push(name());
                }
                if fresh {
                    self.created.push(name());
                }
            }
            Changed::Nothing => {}
            Changed::Failed => self.failed = true,
        }
    }

    /// Why an object cannot be changed or made.
    fn unfit(
        &mut self,
        definition: &Definition,
        before: &Before,
    ) -> Result<Option<Vec<String>>, Error> {
        let Definition {
            name,
            kind,
            assignments,
        } = definition;
        let value = |attribute: &str| {
            let slot = kind.slot(attribute)?;
            let old = before.values.get(&slot).map(String::as_str);
            assignments.get(slot).or(old).filter(|v| !v.is_empty())
        };
        let mut problems = Vec::new();
        if kind.form == Form::Log {
            problems.push(format!(
                "Objects of type '{}' are written by the software itself.",
                kind.name()
            ));
        } else if !before.defined && kind.form == Form::Node && value("groups").is_none() {
            problems.push(no_groups(name));
        } else if !before.defined && kind.form != Form::Site && self.request.mode == Mode::Minus {
            problems.push(not_there(name));
        } else if kind.name() == "network" && !assignments.is_empty() {
            problems.extend(network::unfit(
                self.change,
                name,
                value("net"),
                value("mask"),
            )?);
        }
        if self.request.mode != Mode::Minus {
            problems.extend(super::osimage_problem(kind, value("nfsrootopts")));
        }
        Ok((!problems.is_empty()).then_some(problems))
    }

    /// Groups come last: their members may be made by the same stanzas.
    fn change_groups(&mut self) -> Result<(), Error> {
        let definitions = std::mem::take(&mut self.groups);
        let Some(kind) = definitions.first().map(|d| Rc::clone(&d.kind)) else {
            return Ok(());
        };
        let created: HashSet<&String> = self.created.iter().collect();
        let mut known = group::known(self.change, &kind)?;
        let new_lists =
            super::every::groups_of_nodes(self.change, |n| !created.contains(&n.to_owned()))?;
        let stored = stored_groups(self.change, &kind, &definitions)?;
        known.retain(|g| new_lists.contains(g) || stored.contains(g));
        let members = Members::new(self.change, definitions.len())?;
        for definition in definitions {
            let exists = known.contains(&definition.name);
            if !exists && self.request.mode == Mode::Minus {
                self.failed = true;
                self.outcome.error(not_there(&definition.name));
                continue;
            }
            let changing = group::Changing {
                change: self.change,
                store: &mut self.store,
                members: &members,
                request: self.request,
                exists,
                outcome: &mut self.outcome,
            };
            let done = changing.apply(&definition)?;
            self.count(done, &definition, !exists);
            known.insert(definition.name);
        }
        Ok(())
    }

    fn finish(mut self, complaints: Vec<super::Note>, capital: &[String]) -> Outcome {
        self.outcome.notes.splice(0..0, complaints);
        let (count, outcome) = (self.outcome.changed.len(), &mut self.outcome);
        if self.failed {
            outcome.error(ONE_OR_MORE);
        } else if self.request.verbose {
            list_changed(outcome);
        } else if count == 0 {
            outcome.info("No object definitions have been created or modified.");
        } else {
            outcome.info(format!(
                "{count} object definitions have been created or modified."
            ));
            if !self.created.is_empty() {
                let created = self.created.join(",");
                outcome.info(format!(
                    "New object definitions '{created}' have been created."
                ));
            }
            let created: HashSet<&String> = self.created.iter().collect();
            let new = |name: &&String| created.contains(name);
            let capital: Vec<String> = capital.iter().filter(new).cloned().collect();
            if !capital.is_empty() {
                outcome.warning(capitals(&capital));
            }
        }
        self.outcome
    }
}

/// The answer of `-V`.
fn list_changed(outcome: &mut Outcome) {
    if outcome.changed.is_empty() {
        return outcome.info("No database was updated");
    }
    let mut names = outcome.changed.clone();
    names.sort();
    outcome.info("The database was updated for the following objects:\n");
    names.into_iter().for_each(|name| outcome.info(name));
}

/// A new image without a type is one for NIM, as in xCAT.
fn with_defaults(mut definition: Definition, fresh: bool) -> Definition {
    let kind = &definition.kind;
    if fresh
        && kind.name() == "osimage"
        && let Some(slot) = kind.slot("imagetype")
        && definition.assignments.get(slot).is_none()
    {
        let mut more = (*definition.assignments).clone();
        more.set(slot, "NIM");
        definition.assignments = Rc::new(more);
    }
    definition
}

/// Those of the groups that have a row of their own.
fn stored_groups(
    change: &db::Change<'_>,
    kind: &Kind,
    groups: &[Definition],
) -> Result<HashSet<String>, Error> {
    let names: Vec<String> = groups.iter().map(|d| d.name.clone()).collect();
    let mut stored = HashSet::new();
    Reader::new(kind, []).read(change, Some(&names), |found| {
        if found.defined {
            stored.insert(found.name.to_owned());
        }
        Ok::<_, db::Error>(())
    })?;
    Ok(stored)
}

fn not_there(name: &str) -> String {
    format!(
        "The '-m' option is not valid since the '{}' definition does not exist.",
        names::shown(name)
    )
}
