//! A set of names, kept as a list: most sets are made in order and never searched.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::natural;
use super::tree::{Action, Item};

/// Names, in natural order without repetition as long as `ordered` holds.
#[derive(Debug, Clone)]
pub(super) struct Names {
    list: Vec<String>,
    ordered: bool,
    /// A list of this length is rid of names that come twice, lest
    /// `all,all,all,…` fill the memory.
    full: usize,
}

/// The least [`Names::full`].
const FULL: usize = 1 << 16;

impl Default for Names {
    fn default() -> Self {
        Self::known(Vec::new(), true)
    }
}

impl From<Vec<String>> for Names {
    fn from(list: Vec<String>) -> Self {
        let ordered = list.len() < 2;
        Self::known(list, ordered)
    }
}

impl Names {
    /// Names of which the caller knows whether they are in order, each once.
    pub fn known(list: Vec<String>, ordered: bool) -> Self {
        Self {
            list,
            ordered,
            full: FULL,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn list(&self) -> &[String] {
        &self.list
    }

    /// Those whose flag is set, and the others.
    pub fn split(self, flags: &[bool]) -> (Self, Vec<String>) {
        let mut others = Vec::new();
        let mut flags = flags.iter();
        let mut list = self.list;
        list.retain_mut(|name| {
            let kept = flags.next().copied().unwrap_or(false);
            if !kept {
                others.push(std::mem::take(name));
            }
            kept
        });
        (Self::known(list, self.ordered), others)
    }

    pub fn add(&mut self, mut more: Self) {
        self.ordered = match (self.list.last(), more.list.first()) {
            (None, _) => more.ordered,
            (_, None) => self.ordered,
            (Some(last), Some(first)) => {
                self.ordered && more.ordered && natural::compare(last, first) == Ordering::Less
            }
        };
        if self.list.is_empty() {
            self.list = more.list;
        } else {
            self.list.append(&mut more.list);
        }
        if !self.ordered && self.list.len() >= self.full {
            natural::sort(&mut self.list);
            self.ordered = true;
            self.full = FULL.max(2 * self.list.len());
        }
    }

    /// Takes the other's names away.
    pub fn remove(&mut self, other: &Self) {
        if self.is_empty() || other.is_empty() {
            return;
        }
        let gone: HashSet<&str> = other.list.iter().map(String::as_str).collect();
        self.list.retain(|name| !gone.contains(name.as_str()));
    }

    /// Leaves the names that the other has too. The smaller side is hashed.
    pub fn keep(&mut self, other: &Self) {
        if other.list.len() <= self.list.len() {
            let kept: HashSet<&str> = other.list.iter().map(String::as_str).collect();
            self.list.retain(|name| kept.contains(name.as_str()));
            return;
        }
        let ours: HashSet<&str> = self.list.iter().map(String::as_str).collect();
        let found: HashSet<&str> = other
            .list
            .iter()
            .filter_map(|name| ours.get(name.as_str()).copied())
            .collect();
        let kept: Vec<bool> = self
            .list
            .iter()
            .map(|name| found.contains(name.as_str()))
            .collect();
        let mut kept = kept.into_iter();
        self.list.retain(|_| kept.next().unwrap_or(false));
    }

    /// The names in natural order, each once.
    pub fn into_sorted(mut self) -> Vec<String> {
        if !self.ordered {
            natural::sort(&mut self.list);
        }
        self.list
    }
}

/// What a level adds and what it excludes: exclusion wins wherever it stands,
/// until the two are settled.
#[derive(Default)]
pub(super) struct Sides {
    pub added: Names,
    pub excluded: Names,
}

impl Sides {
    /// Takes in the names of an item.
    pub fn take(&mut self, item: &Item, names: Names) {
        if item.divides {
            self.settle();
        }
        match item.action {
            Action::Add => self.added.add(names),
            Action::Exclude => self.excluded.add(names),
            Action::Keep => self.added.keep(&names),
        }
        if item.divides {
            self.settle();
        }
    }

    /// Excludes what is to be excluded, once and for all.
    pub fn settle(&mut self) {
        self.added.remove(&std::mem::take(&mut self.excluded));
    }

    pub fn less(mut self) -> Names {
        self.settle();
        self.added
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_come_again_and_again_are_not_all_kept() {
        let some = || Names::from((0..1000).map(|n| format!("n{n}")).collect::<Vec<_>>());
        let mut names = Names::default();
        for _ in 0..200 {
            names.add(some());
            assert!(names.list().len() < FULL + 1000);
        }
        assert_eq!(names.into_sorted().len(), 1000);
    }
}
