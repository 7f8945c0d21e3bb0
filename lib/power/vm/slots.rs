//! Physical slots of partitions that run: which are to be given and taken.

use std::fmt;

use super::attributes::{Assignment, Sign};
use super::problem::Problem;
use crate::hmc::Mtms;
use crate::hmc::ask::Ask;
use crate::hmc::dlpar::Direction;
use crate::hmc::profile::Partition;
use crate::hmc::record::Value;
use crate::hmc::slots::{Held, change, hand_over, held};
use crate::power::NotDone;
use crate::power::line::Look;

/// The attribute of profiles.
pub(super) const IO_SLOTS: &str = "io_slots";

/// What is to be done with one slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    index: String,
    deed: Deed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Change(Direction),
    /// It is taken from this partition.
    From(u32),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deed = match self.deed {
            Deed::Change(Direction::Add) => "added",
            Deed::Change(Direction::Remove) => "removed",
            Deed::From(_) => "moved",
        };
        write!(f, "slot {} {deed}", self.index)
    }
}

impl Step {
    /// The command.
    pub fn ask(&self, system: &Mtms, lpar: u32) -> Ask<()> {
        match self.deed {
            Deed::Change(direction) => change(system, lpar, direction, &self.index),
            Deed::From(from) => hand_over(system, [from, lpar], &self.index),
        }
    }

    /// Whose the slot is now.
    pub fn seen(&self, system: &Mtms, look: &Look<'_>) -> Result<String, NotDone> {
        let all = look.ask(&held(system))?;
        let index = &self.index;
        let own = all.iter().find(|slot| slot.index == *index);
        Ok(match own.and_then(|slot| slot.lpar) {
            Some(lpar) => format!("the slot {index} belongs to the LPAR with id {lpar}"),
            None => format!("the slot {index} belongs to no LPAR"),
        })
    }

    /// The slot, if it is taken from another partition.
    pub fn moved(&self) -> Option<&str> {
        matches!(self.deed, Deed::From(_)).then_some(self.index.as_str())
    }
}

/// The connectors in a list of slots, and whether each is required.
fn elements(list: &Value) -> Vec<(String, bool)> {
    let element = |text: &String| {
        let mut parts = text.split('/');
        let index = parts.next().unwrap_or_default().to_owned();
        (index, parts.nth(1) == Some("1"))
    };
    list.elements().iter().map(element).collect()
}

/// What the partitions of a system have.
pub(super) struct Slots<'t> {
    /// The slots of the system.
    pub all: &'t [Held],
    /// Its partitions.
    pub lpars: &'t [Partition],
    /// The `io_slots` of the profile that a partition runs with.
    pub profile: &'t dyn Fn(&Partition) -> Option<Value>,
    /// The partition that slots may be taken from.
    pub from: Option<&'t Partition>,
}

impl Slots<'_> {
    /// What is to be done so that a partition has what its profile will say. With
    /// `=` that is all that it has, else the slots that are named.
    pub fn plan(&self, lpar: &Partition, change: &Assignment) -> Result<Vec<Step>, Problem> {
        let named = elements(&Value::new(&change.value));
        let named: Vec<_> = named.into_iter().map(|(index, _)| index).collect();
        let is_named = |index: &str| named.iter().any(|name| name.eq_ignore_ascii_case(index));
        let own = self.all.iter().filter(|slot| slot.lpar == Some(lpar.id));
        let gone = own.filter(|slot| match change.sign {
            Sign::Set => !is_named(&slot.index),
            Sign::Remove => is_named(&slot.index),
            Sign::Add => false,
        });
        let mut steps = Vec::new();
        for slot in gone {
            self.is_not_required(lpar, &slot.index)?;
            steps.push(Step {
                index: slot.index.clone(),
                deed: Deed::Change(Direction::Remove),
            });
        }
        let added = named.iter().filter(|_| change.sign != Sign::Remove);
        for index in added {
            steps.extend(self.added(lpar, index)?);
        }
        Ok(steps)
    }

    fn added(&self, lpar: &Partition, index: &str) -> Result<Option<Step>, Problem> {
        let found = |slot: &&Held| slot.index.eq_ignore_ascii_case(index);
        let slot = self.all.iter().find(found);
        let slot = slot.ok_or_else(|| Problem::NoSlot(index.to_owned()))?;
        let deed = match (slot.lpar, self.from) {
            (Some(id), _) if id == lpar.id => return Ok(None),
            (None, _) => Deed::Change(Direction::Add),
            (Some(id), Some(from)) if id == from.id => {
                self.is_not_required(from, &slot.index)?;
                Deed::From(id)
            }
            (Some(id), _) => {
                let owner = self.lpars.iter().find(|lpar| lpar.id == id);
                return Err(Problem::SlotTaken {
                    index: slot.index.clone(),
                    owner: owner.map_or_else(|| id.to_string(), |lpar| lpar.name.clone()),
                });
            }
        };
        Ok(Some(Step {
            index: slot.index.clone(),
            deed,
        }))
    }

    fn is_not_required(&self, lpar: &Partition, index: &str) -> Result<(), Problem> {
        let list = (self.profile)(lpar).as_ref().map(elements);
        let is = |(own, required): &(String, bool)| *required && own.eq_ignore_ascii_case(index);
        match list.is_some_and(|list| list.iter().any(is)) {
            true => Err(Problem::SlotRequired {
                index: index.to_owned(),
                lpar: lpar.name.clone(),
            }),
            false => Ok(()),
        }
    }
}

/// The list without these slots; none if it has none of them.
pub(super) fn without(list: &Value, gone: &[&str]) -> Option<Assignment> {
    let have = list.elements();
    let stays = |element: &&String| {
        let index = element.split('/').next().unwrap_or_default();
        !gone.iter().any(|gone| gone.eq_ignore_ascii_case(index))
    };
    let kept: Vec<_> = have.iter().filter(stays).collect();
    let left = Value::of_elements(&kept);
    (kept.len() < have.len()).then(|| Assignment::set(IO_SLOTS, left.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lpar(id: u32) -> Partition {
        Partition {
            name: format!("lpar{id}"),
            id,
            state: "Running".to_owned(),
            default_profile: None,
            current_profile: None,
            rmc: true,
        }
    }

    #[test]
    fn slots_are_given_and_taken() {
        let all: Vec<_> = [
            ("21010200", Some(1)),
            ("2101020A", Some(9)),
            ("21010202", None),
        ]
        .into_iter()
        .map(|(index, lpar)| Held {
            index: index.to_owned(),
            lpar,
        })
        .collect();
        let lpars = [lpar(1), lpar(9)];
        let required = |lpar: &Partition| {
            let list = if lpar.id == 9 {
                "2101020A/none/1"
            } else {
                "none"
            };
            Some(Value::new(list))
        };
        let plan = |id: usize, sign, value: &str, from: Option<&Partition>| {
            let slots = Slots {
                all: &all,
                lpars: &lpars,
                profile: &required,
                from,
            };
            let change = Assignment {
                name: IO_SLOTS.to_owned(),
                sign,
                value: value.to_owned(),
            };
            let steps = slots.plan(&lpars[id], &change);
            let text = |step: &Step| step.to_string();
            match steps {
                Ok(steps) => steps.iter().map(text).collect::<Vec<_>>().join(", "),
                Err(problem) => problem.to_string(),
            }
        };
        let from = Some(&lpars[0]);
        assert_eq!(
            plan(0, Sign::Set, "21010202//0", None),
            "slot 21010200 removed, slot 21010202 added"
        );
        assert_eq!(plan(0, Sign::Add, "21010200//0", None), "");
        assert_eq!(plan(0, Sign::Set, "none", None), "slot 21010200 removed");
        assert_eq!(plan(0, Sign::Remove, "21010202//", None), "");
        assert_eq!(
            plan(1, Sign::Add, "21010200//1", from),
            "slot 21010200 moved"
        );
        for (told, text) in [
            (
                plan(1, Sign::Remove, "2101020a//", None),
                "the slot 2101020A is required by \"lpar9\"",
            ),
            (
                plan(1, Sign::Add, "21010200//", None),
                "the slot 21010200 belongs to the LPAR \"lpar1\"",
            ),
            (
                plan(1, Sign::Add, "21999999//", None),
                "the system has no I/O slot 21999999",
            ),
        ] {
            assert!(told.starts_with(text), "{told}");
        }
        let list = Value::new("21010200/none/1,21010201/none/0");
        assert_eq!(
            without(&list, &["21010201"]).unwrap().value,
            "21010200/none/1"
        );
        assert_eq!(without(&list, &["21010209"]), None);
    }
}
