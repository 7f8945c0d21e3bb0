//! An object type made ready for work: its attributes by name, and where each
//! of them lies under which condition.

use crate::db::Place;
use crate::schema::{Attribute, Condition, OBJECTS, ObjectType, RowKey, Table, object_type};

/// A type of object, with its attributes in the byte order of their names.
///
/// An attribute's place in that order is called its *slot*.
#[derive(Debug)]
pub struct Kind {
    /// The type in the schema.
    pub object: &'static ObjectType,
    /// How its objects are stored.
    pub form: Form,
    attributes: Vec<Slot>,
    conditions: Vec<Deciding>,
    key: Option<&'static Attribute>,
}

/// How the objects of a type are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Rows of many tables, and what their groups give them.
    Node,
    /// Rows of many tables; members are found in `nodelist.groups`.
    Group,
    /// One object: every row of `site` is an attribute.
    Site,
    /// A row, and further attributes as rows of `monsetting`.
    Monitoring,
    /// Rows that the software writes itself, numbered.
    Log,
    /// A row in each of one or a few tables.
    Rows,
}

/// An attribute and all its places.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) name: &'static str,
    /// In the order of the schema: the last one that holds counts.
    pub(super) places: Vec<SlotPlace>,
}

/// A place, and the condition under which it is the attribute's.
#[derive(Debug)]
pub(super) struct SlotPlace {
    pub(super) attribute: &'static Attribute,
    /// The number of the condition.
    pub(super) condition: Option<u32>,
}

/// An attribute that decides where others lie, and the words that it is asked
/// for, each with the number of its condition.
#[derive(Debug)]
struct Deciding {
    slot: usize,
    words: Vec<(u32, &'static str)>,
}

/// The conditions that hold for an object, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Holding(u64);

impl Holding {
    pub(super) fn has(self, condition: Option<u32>) -> bool {
        condition.is_none_or(|bit| self.0 & (1 << bit) != 0)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Kind {
    /// Prepares a type by its name; `None` if there is no such type.
    pub fn named(name: &str) -> Option<Self> {
        object_type(name).map(Self::of)
    }

    /// All types but the logs, which may be very long.
    pub fn all() -> Vec<Self> {
        let all = OBJECTS.iter().map(Self::of);
        all.filter(|kind| kind.form != Form::Log).collect()
    }

    /// Prepares a type.
    pub fn of(object: &'static ObjectType) -> Self {
        let form = Form::of(object);
        // `site` names its first setting where others name their key.
        let key_name = if form == Form::Site { "" } else { object.key };
        let mut places: Vec<&'static Attribute> = object.attributes.iter().collect();
        places.retain(|a| a.name != key_name);
        // Places of one name stay in the order of the schema.
        places.sort_by_key(|a| a.name);
        let same_name = || places.chunk_by(|a, b| a.name == b.name);
        let names: Vec<&'static str> = same_name().map(|places| places[0].name).collect();
        let mut numbered = Numbered::default();
        let mut slot_place = |attribute: &&'static Attribute| SlotPlace {
            attribute,
            condition: attribute.only_if.map(|c| numbered.number(c, &names)),
        };
        let attributes = same_name()
            .map(|places| Slot {
                name: places[0].name,
                places: places.iter().map(&mut slot_place).collect(),
            })
            .collect();
        Self {
            object,
            form,
            attributes,
            conditions: numbered.deciding,
            key: object.places(key_name).next(),
        }
    }

    /// The type's name.
    pub fn name(&self) -> &'static str {
        self.object.name
    }

    /// The slot of an attribute; `None` if the type has none of that name.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.attributes.binary_search_by(|a| a.name.cmp(name)).ok()
    }

    /// The slot of an attribute that is called as early versions of xCAT did.
    pub fn former_slot(&self, name: &str) -> Option<usize> {
        let attribute = self
            .object
            .attributes
            .iter()
            .find(|a| a.former == Some(name))?;
        self.slot(attribute.name)
    }

    /// The name of the attribute in a slot.
    pub fn attribute(&self, slot: usize) -> &'static str {
        self.attributes[slot].name
    }

    /// How many attributes the type has.
    pub fn len(&self) -> usize {
        self.attributes.len()
    }

    /// Whether the type has no attributes at all.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// Whether any attribute name may be given to its objects.
    pub fn is_open(&self) -> bool {
        matches!(self.form, Form::Site | Form::Monitoring)
    }

    pub(super) fn places(&self, slot: usize) -> &[SlotPlace] {
        &self.attributes[slot].places
    }

    /// Whether where the attribute lies depends on another one.
    pub(super) fn is_conditional(&self, slot: usize) -> bool {
        self.places(slot).iter().any(|p| p.condition.is_some())
    }

    /// The slots of the attributes that decide where others lie.
    pub(super) fn deciding(&self) -> impl Iterator<Item = usize> + '_ {
        self.conditions.iter().map(|d| d.slot)
    }

    /// The conditions that hold for these values of the deciding attributes.
    pub(super) fn holding<'v>(&self, value: impl Fn(usize) -> Option<&'v str>) -> Holding {
        let mut bits = 0;
        for deciding in &self.conditions {
            if let Some(value) = value(deciding.slot) {
                bits |= deciding.bits(value);
            }
        }
        Holding(bits)
    }

    /// What an attribute's condition asks for: the deciding attribute, and the
    /// words of which it must have one.
    pub(super) fn asks(&self, slot: usize) -> (&'static str, Vec<&'static str>) {
        let conditions: Vec<Condition> = self
            .places(slot)
            .iter()
            .filter_map(|p| p.attribute.only_if)
            .collect();
        let attribute = conditions.first().map_or("", |c| c.attribute);
        let mut words: Vec<_> = conditions.iter().map(|c| c.value).collect();
        words.sort_unstable();
        words.dedup();
        (attribute, words)
    }

    /// Where the name of an object stands: its table and column. `None` for
    /// types without a table of their own.
    pub(super) fn key_place(&self) -> Option<Place> {
        self.key.map(Place::from)
    }

    /// Every table that holds rows of such objects, with the column that
    /// names them.
    pub(super) fn tables(&self) -> Vec<(&'static Table, usize)> {
        let mut tables: Vec<(&'static Table, usize)> = Vec::new();
        for attribute in self.object.attributes {
            let column = attribute.row.iter().find(|k| k.1 == RowKey::ObjectName);
            let Some(&(column, _)) = column else { continue };
            let same =
                |t: &(&'static Table, usize)| std::ptr::eq(t.0, attribute.table) && t.1 == column;
            if !tables.iter().any(same) {
                tables.push((attribute.table, column));
            }
        }
        tables
    }
}

impl Form {
    fn of(object: &ObjectType) -> Self {
        match object.name {
            "node" => Self::Node,
            "group" => Self::Group,
            "site" => Self::Site,
            "monitoring" => Self::Monitoring,
            "auditlog" | "eventlog" => Self::Log,
            _ => Self::Rows,
        }
    }
}

impl Deciding {
    /// The words are letters and digits (a test holds that), so that xCAT's
    /// `=~ /\bword\b/` is a comparison with each word of the value.
    fn bits(&self, value: &str) -> u64 {
        let mut bits = 0;
        for part in value.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
            let same = self.words.iter().filter(|w| w.1 == part);
            bits |= same.fold(0, |bits, word| bits | 1 << word.0);
        }
        bits
    }
}

/// Gives each different condition a number.
#[derive(Default)]
struct Numbered {
    deciding: Vec<Deciding>,
    count: u32,
}

impl Numbered {
    /// `names` are those of the slots.
    fn number(&mut self, condition: Condition, names: &[&str]) -> u32 {
        let slot = names.binary_search(&condition.attribute);
        let slot = slot.unwrap_or(usize::MAX);
        let deciding = match self.deciding.iter().position(|d| d.slot == slot) {
            Some(known) => &mut self.deciding[known],
            None => {
                self.deciding.push(Deciding {
                    slot,
                    words: Vec::new(),
                });
                let last = self.deciding.len() - 1;
                &mut self.deciding[last]
            }
        };
        if let Some((number, _)) = deciding.words.iter().find(|w| w.1 == condition.value) {
            return *number;
        }
        let number = self.count;
        self.count += 1;
        deciding.words.push((number, condition.value));
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_stand_in_the_order_of_their_names() {
        for object in &OBJECTS {
            let kind = Kind::of(object);
            let names: Vec<_> = (0..kind.len()).map(|s| kind.attribute(s)).collect();
            assert!(names.is_sorted(), "{}", kind.name());
            assert!(kind.form == Form::Site || !names.contains(&object.key));
            assert!(kind.conditions.iter().all(|d| d.slot < kind.len()));
            let conditions: usize = kind.conditions.iter().map(|d| d.words.len()).sum();
            assert!(conditions <= 64, "they are bits of a u64");
            let words = kind.conditions.iter().flat_map(|d| &d.words);
            for (_, word) in words {
                assert!(word.chars().all(char::is_alphanumeric), "{word}");
            }
        }
    }

    #[test]
    fn a_condition_holds_where_the_word_stands() {
        let node = Kind::named("node").unwrap();
        let nodetype = node.slot("nodetype").unwrap();
        let holding = node.holding(|slot| (slot == nodetype).then_some("ppc,osi"));
        let tables = |name: &str| {
            let places = node.places(node.slot(name).unwrap()).iter();
            let holding = places.filter(|p| holding.has(p.condition));
            holding.map(|p| p.attribute.table.name).collect::<Vec<_>>()
        };
        assert_eq!(tables("username"), ["ppchcp"]);
        assert!(tables("hwtype").is_empty());
        let (attribute, words) = node.asks(node.slot("pprofile").unwrap());
        assert_eq!((attribute, words), ("mgt", vec!["fsp", "hmc", "ivm"]));
    }
}
