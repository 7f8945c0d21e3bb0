//! The attributes that a definition sets, looked up in the schema once.

use super::kind::Kind;
use super::nics;
use super::outcome::not_valid;

/// Attributes and the values that they are to have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Assignments {
    /// Attributes of the type, by slot; each once.
    pub(super) slots: Vec<(usize, String)>,
    /// `nicips.eth0=…`: slot, adapter, value.
    pub(super) nics: Vec<(usize, String, String)>,
    /// Attributes of types that take any name.
    pub(super) free: Vec<(String, String)>,
}

/// Why an attribute cannot be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// The type has no such attribute.
    #[error("{}", not_valid(.name, .kind))]
    Unknown {
        /// The attribute.
        name: String,
        /// The type.
        kind: &'static str,
    },
    /// It is the object's name, and says another one.
    #[error(
        "'{name}={value}' does not rename '{object}': 'chdef -t {kind} -o {object} -n {value}' does"
    )]
    OtherName {
        /// The attribute.
        name: String,
        /// What it was to be.
        value: String,
        /// The object.
        object: String,
        /// The type.
        kind: &'static str,
    },
    /// It holds a character that no table can hold.
    #[error("the value of '{0}' has a NUL character in it")]
    Nul(String),
}

impl Assignments {
    /// Takes attributes and values as they were written. A later one for the
    /// same attribute counts.
    pub(super) fn parse(
        kind: &Kind,
        object: Option<&str>,
        pairs: impl IntoIterator<Item = (String, String)>,
        mut problem: impl FnMut(AttributeError),
    ) -> Self {
        let mut all = Self::default();
        for (name, value) in pairs {
            if value.contains('\0') {
                problem(AttributeError::Nul(name));
            } else if let Err(error) = all.take(kind, object, &name, value) {
                problem(error);
            }
        }
        all
    }

    fn take(
        &mut self,
        kind: &Kind,
        object: Option<&str>,
        name: &str,
        value: String,
    ) -> Result<(), AttributeError> {
        if let Some(slot) = kind.slot(name) {
            self.put(slot, value);
            return Ok(());
        }
        if let Some((base, nic)) = nics::split(name)
            && let Some(slot) = kind.slot(base)
        {
            self.nics.retain(|n| n.0 != slot || n.1 != nic);
            self.nics.push((slot, nic.to_owned(), value));
            return Ok(());
        }
        if kind.is_open() {
            self.free.retain(|f| f.0 != name);
            self.free.push((name.to_owned(), value));
            return Ok(());
        }
        if let Some(slot) = kind.former_slot(name) {
            self.put(slot, value);
            return Ok(());
        }
        if name != kind.object.key {
            return Err(AttributeError::Unknown {
                name: name.to_owned(),
                kind: kind.name(),
            });
        }
        match object {
            Some(object) if object != value => Err(AttributeError::OtherName {
                name: name.to_owned(),
                value,
                object: object.to_owned(),
                kind: kind.name(),
            }),
            _ => Ok(()),
        }
    }

    /// Sets an attribute, in place of what it was to be.
    pub(super) fn set(&mut self, slot: usize, value: &str) {
        self.put(slot, value.to_owned());
    }

    fn put(&mut self, slot: usize, value: String) {
        match self.slots.iter_mut().find(|s| s.0 == slot) {
            Some(known) => known.1 = value,
            None => self.slots.push((slot, value)),
        }
    }

    /// Forgets an attribute; gives what it was to be.
    pub(super) fn remove(&mut self, slot: usize) -> Option<String> {
        let place = self.slots.iter().position(|s| s.0 == slot)?;
        Some(self.slots.remove(place).1)
    }

    /// What an attribute is to be.
    pub(super) fn get(&self, slot: usize) -> Option<&str> {
        let (_, value) = self.slots.iter().find(|s| s.0 == slot)?;
        Some(value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.nics.is_empty() && self.free.is_empty()
    }

    /// The values to be written, with those of adapters put together.
    pub(super) fn values<'v>(
        &'v self,
        adapters: &'v [(usize, String)],
    ) -> Vec<(usize, Option<&'v str>)> {
        let whole = |slot: &usize| !adapters.iter().any(|a| a.0 == *slot);
        let all = self.slots.iter().filter(|s| whole(&s.0)).chain(adapters);
        all.map(|(slot, value)| (*slot, Some(value.as_str())))
            .collect()
    }

    /// The free attributes to be written.
    pub(super) fn free_values(&self) -> Vec<(&str, Option<&str>)> {
        let all = self.free.iter();
        all.map(|(name, value)| (name.as_str(), Some(value.as_str())))
            .collect()
    }

    /// Adds those of a later stanza for the same object.
    pub(super) fn merge(&mut self, later: &Self) {
        for (slot, value) in &later.slots {
            self.set(*slot, value);
        }
        for nic in &later.nics {
            self.nics.retain(|n| n.0 != nic.0 || n.1 != nic.1);
            self.nics.push(nic.clone());
        }
        for free in &later.free {
            self.free.retain(|f| f.0 != free.0);
            self.free.push(free.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_told_apart() {
        let node = Kind::named("node").unwrap();
        let mut problems = Vec::new();
        let pairs = [
            ("mgt", "hmc"),
            ("nicips.eth0", "10.0.0.1"),
            ("MGT", "x"),
            ("node", "n1"),
            ("node", "n2"),
            ("os", "a\0b"),
            ("mgt", "fsp"),
        ];
        let pairs = pairs.map(|(n, v)| (n.to_owned(), v.to_owned()));
        let all = Assignments::parse(&node, Some("n1"), pairs, |p| problems.push(p.to_string()));
        assert_eq!(all.slots, [(node.slot("mgt").unwrap(), "fsp".to_owned())]);
        assert_eq!(all.nics.len(), 1);
        assert_eq!(
            problems,
            [
                "'MGT' is not a valid attribute name for an object type of 'node'.",
                "'node=n2' does not rename 'n1': 'chdef -t node -o n1 -n n2' does",
                "the value of 'os' has a NUL character in it",
            ]
        );
        let site = Kind::named("site").unwrap();
        let all = Assignments::parse(
            &site,
            None,
            ["1", "2"].map(|v| ("mine".to_owned(), v.to_owned())),
            |_| {},
        );
        assert_eq!(all.free, [("mine".to_owned(), "2".to_owned())]);
    }
}
