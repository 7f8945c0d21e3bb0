//! The values of attributes: which of an attribute's places is the one that
//! holds for an object.

use std::borrow::Cow;

use crate::db::Place;
use crate::schema::{Attribute, ObjectType};

/// So many conditions may hang on one another (`mtm` on `mgt` on …).
const DEPTH: usize = 8;

/// Attributes to be read, and those that decide where they stand.
#[derive(Debug)]
pub struct Attributes {
    object: &'static ObjectType,
    attributes: Vec<&'static Attribute>,
    places: Vec<Place>,
}

impl Attributes {
    /// Gathers what must be read for these attributes of a type. Names that it
    /// does not have are passed over: they have no value.
    pub fn new<'n>(object: &'static ObjectType, names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut attributes: Vec<&'static Attribute> = Vec::new();
        let mut wanted: Vec<&str> = names.into_iter().collect();
        while let Some(name) = wanted.pop() {
            if attributes.iter().any(|a| a.name == name) {
                continue;
            }
            for attribute in object.places(name) {
                attributes.push(attribute);
                wanted.extend(attribute.only_if.map(|c| c.attribute));
            }
        }
        let places = attributes.iter().map(|a| Place::from(*a)).collect();
        Self {
            object,
            attributes,
            places,
        }
    }

    /// What is to be read, for [`Snapshot::node_values`](crate::db::Snapshot::node_values).
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// An attribute's value, with `read` giving what stands at a place. Where
    /// several places hold, the last with a value counts, as in xCAT.
    pub fn value<'v>(
        &self,
        name: &str,
        read: &dyn Fn(usize) -> Option<Cow<'v, str>>,
    ) -> Option<Cow<'v, str>> {
        self.value_at(name, read, DEPTH)
    }

    fn value_at<'v>(
        &self,
        name: &str,
        read: &dyn Fn(usize) -> Option<Cow<'v, str>>,
        depth: usize,
    ) -> Option<Cow<'v, str>> {
        let depth = depth.checked_sub(1)?;
        let places = self.attributes.iter().enumerate().rev();
        places
            .filter(|(_, attribute)| attribute.name == name)
            .find_map(|(place, attribute)| {
                let holds = attribute.only_if.is_none_or(|condition| {
                    self.value_at(condition.attribute, read, depth)
                        .is_some_and(|value| has_word(&value, condition.value))
                });
                if holds { read(place) } else { None }
            })
    }

    /// The type whose attributes these are.
    pub fn object(&self) -> &'static ObjectType {
        self.object
    }
}

/// Whether the word stands in the value with no letter, digit or `_` beside it
/// (xCAT: `=~ /\bword\b/`).
pub fn has_word(value: &str, word: &str) -> bool {
    let part_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    value.match_indices(word).any(|(start, found)| {
        let before = value[..start].chars().next_back();
        let after = value[start + found.len()..].chars().next();
        !before.is_some_and(part_of_a_word) && !after.is_some_and(part_of_a_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::object_type;

    #[test]
    fn a_word_stands_alone() {
        for (value, word, want) in [
            ("ppc,osi", "ppc", true),
            ("hmc", "hmc", true),
            ("hmc2", "hmc", false),
            ("my_hmc", "hmc", false),
            ("xhmc hmc", "hmc", true),
            ("", "hmc", false),
        ] {
            assert_eq!(has_word(value, word), want, "{value}");
        }
    }

    #[test]
    fn the_condition_decides_which_place_counts() {
        let node = object_type("node").unwrap();
        let attributes = Attributes::new(node, ["id", "nosuch"]);
        let value = |mgt: &'static str| {
            attributes
                .value("id", &|place| {
                    let place = &attributes.places()[place];
                    let column = place.table.columns[place.column].name;
                    let value = if column == "mgt" {
                        mgt
                    } else {
                        place.table.name
                    };
                    Some(value.into())
                })
                .map(Cow::into_owned)
        };
        assert_eq!(value("blade").as_deref(), Some("mp"));
        assert_eq!(value("hmc").as_deref(), Some("ppc"));
        assert_eq!(
            attributes.value("nosuch", &|_| Some("x".into())),
            None,
            "an attribute that the type does not have"
        );
    }
}
