//! Changing a group, or making it on the way.

use super::{
    DYNAMIC, SEPARATOR, STATIC, no_attributes, no_conditions, no_such_node, nodes_of, nodes_that,
    set, two_sources, value,
};
use crate::db::Change;
use crate::objects::assign::Assignments;
use crate::objects::change::{Change as Request, Mode};
use crate::objects::error::Error;
use crate::objects::input::Definition;
use crate::objects::kind::Kind;
use crate::objects::members::Members;
use crate::objects::one::{self, Changed, One};
use crate::objects::outcome::Outcome;
use crate::objects::store::Store;

/// A group that `chdef` changes or makes.
pub(in crate::objects) struct Changing<'m, 'c, 'db> {
    pub(in crate::objects) change: &'c Change<'db>,
    pub(in crate::objects) store: &'m mut Store<'c, 'db>,
    pub(in crate::objects) members: &'m Members<'c, 'db>,
    pub(in crate::objects) request: &'m Request<'m>,
    pub(in crate::objects) exists: bool,
    pub(in crate::objects) outcome: &'m mut Outcome,
}

impl Changing<'_, '_, '_> {
    /// Changes the group's members and attributes.
    pub(in crate::objects) fn apply(mut self, definition: &Definition) -> Result<Changed, Error> {
        let Definition {
            name,
            kind,
            assignments,
        } = definition;
        let mut assignments = (**assignments).clone();
        let stored = one::stored(self.change, kind, name, ["grouptype", "wherevals"])?;
        let was_dynamic = stored.get("grouptype").is_some_and(|t| t == DYNAMIC);
        let dynamic = match value(kind, &assignments, "grouptype") {
            _ if was_dynamic => true,
            Some(grouptype) => grouptype == DYNAMIC,
            None => self.request.dynamic && !self.exists,
        };
        if let Some(problem) = self.unfit(name, kind, &assignments, dynamic, was_dynamic) {
            self.outcome.error(problem);
            return Ok(Changed::Failed);
        }
        let conditions = self.request.conditions;
        if !conditions.is_empty() {
            set(
                kind,
                &mut assignments,
                "wherevals",
                &conditions.join(SEPARATOR),
            );
        }
        let moved = !dynamic && self.move_members(name, kind, &mut assignments)?;
        if !self.exists {
            self.set_type(kind, &mut assignments, dynamic);
        }
        let done = match assignments.is_empty() {
            true => Changed::Nothing,
            false => self.store_own(definition, assignments, dynamic)?,
        };
        Ok(match (done, moved) {
            (Changed::Nothing, true) => Changed::Done,
            (done, _) => done,
        })
    }

    /// Changes what the group's own row holds.
    fn store_own(
        &mut self,
        definition: &Definition,
        assignments: Assignments,
        dynamic: bool,
    ) -> Result<Changed, Error> {
        let one = One {
            change: self.change,
            store: self.store,
        };
        let definition = Definition {
            assignments: assignments.into(),
            ..definition.clone()
        };
        let delimiter = if dynamic { SEPARATOR } else { "," };
        let mode = if self.exists {
            self.request.mode
        } else {
            Mode::Set
        };
        let done = one.apply(&definition, mode, delimiter, !self.exists, self.outcome)?;
        self.store.groups_changed();
        Ok(done)
    }

    fn unfit(
        &self,
        name: &str,
        kind: &Kind,
        assignments: &Assignments,
        dynamic: bool,
        was_dynamic: bool,
    ) -> Option<String> {
        let has_conditions =
            !self.request.conditions.is_empty() || value(kind, assignments, "wherevals").is_some();
        if (self.request.dynamic || was_dynamic) && !assignments.is_empty() {
            return Some(no_attributes(name));
        }
        if dynamic && !self.exists && !has_conditions {
            return Some(no_conditions(name));
        }
        let members = value(kind, assignments, "members").is_some();
        (!dynamic && members && !self.request.conditions.is_empty()).then(two_sources)
    }

    /// Changes who is in a static group, if the definition says so. The table
    /// only says `static`.
    fn move_members(
        &mut self,
        name: &str,
        kind: &Kind,
        assignments: &mut Assignments,
    ) -> Result<bool, Error> {
        let list = kind
            .slot("members")
            .and_then(|slot| assignments.remove(slot));
        let wanted = match (&list, value(kind, assignments, "wherevals")) {
            (Some(list), _) if !list.is_empty() => {
                nodes_of(self.change, self.members, self.request.surroundings, list)?
            }
            (None, Some(wherevals)) => nodes_that(self.change, wherevals.split(SEPARATOR))?,
            (Some(_), _) => Vec::new(),
            (None, None) => return Ok(false),
        };
        let (nodes, strangers) = self.members.divide(wanted)?;
        for node in strangers {
            self.outcome.error(no_such_node(&node));
        }
        if self.request.mode == Mode::Minus {
            let strangers = self.members.remove(name, &nodes)?;
            for node in &strangers {
                self.outcome
                    .error(format!("{node} is not a member of '{name}'."));
            }
            return Ok(strangers.len() < nodes.len());
        }
        if self.request.mode == Mode::Set && self.exists {
            // Those who stay too: as in xCAT, the group is the last of their
            // lists then, and gives way to the others.
            let leave = self.members.of(name)?;
            self.members.remove(name, &leave)?;
        }
        self.members.add(name, &nodes)?;
        let none = list.is_some_and(|list| list.is_empty());
        set(kind, assignments, "members", if none { "" } else { STATIC });
        Ok(true)
    }

    fn set_type(&self, kind: &Kind, assignments: &mut Assignments, dynamic: bool) {
        set(
            kind,
            assignments,
            "grouptype",
            if dynamic { DYNAMIC } else { STATIC },
        );
        let listed = value(kind, assignments, "members").is_some();
        if dynamic && (self.request.dynamic || listed) {
            set(kind, assignments, "members", DYNAMIC);
        }
    }
}
