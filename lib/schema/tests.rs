//! What a person could forget or mistype in `schema/`.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Descriptions longer than this do not fit a terminal's help.
const LONGEST: usize = 400;

/// All descriptions, each with the place where it stands.
fn descriptions() -> Vec<(String, &'static str)> {
    let mut all = Vec::new();
    for table in &TABLES {
        all.push((format!("tables/{}.toml", table.name), table.description));
        for column in table.columns {
            let place = format!("tables/{}.toml, column {}", table.name, column.name);
            all.push((place, column.description));
        }
    }
    for object in &OBJECTS {
        all.push((format!("objects/{}.toml", object.name), object.description));
        for attribute in object.attributes {
            let place = format!("objects/{}.toml, {}", object.name, attribute.name);
            all.push((place, attribute.description));
        }
    }
    for key in &SITE_KEYS {
        all.push((format!("site.toml, {}", key.name), key.description));
    }
    all
}

/// The first value that stands twice.
fn repeated<T: Ord>(values: impl IntoIterator<Item = T>) -> Option<T> {
    let mut seen = BTreeSet::new();
    for value in values {
        if seen.contains(&value) {
            return Some(value);
        }
        seen.insert(value);
    }
    None
}

#[test]
fn everything_is_described_by_short_plain_sentences() {
    for (place, text) in descriptions() {
        assert!(!text.is_empty(), "schema/{place} has no description");
        assert!(text.ends_with('.'), "schema/{place}: no full stop: {text}");
        assert!(text.len() <= LONGEST, "schema/{place}: too long: {text}");
        assert!(
            text.bytes().all(|b| (b' '..=b'~').contains(&b)),
            "schema/{place}: other than one line of ASCII: {text}"
        );
        assert!(!text.contains("  "), "schema/{place}: two blanks: {text}");
        assert_eq!(text.trim(), text, "schema/{place}: blanks around the text");
    }
}

#[test]
fn the_columns_of_a_table_are_told_apart_by_their_descriptions() {
    for table in &TABLES {
        let texts = table.columns.iter().map(|c| c.description);
        assert_eq!(repeated(texts), None, "{}", table.name);
    }
}

#[test]
fn attributes_of_different_names_are_told_apart_by_their_descriptions() {
    for object in &OBJECTS {
        let mut names = BTreeMap::new();
        for attribute in object.attributes {
            let column = (attribute.table.name, attribute.column);
            let other = names
                .entry((column, attribute.description))
                .or_insert(attribute.name);
            assert_eq!(
                *other,
                attribute.name,
                "{}: both lie in {}.{} with the same description",
                object.name,
                attribute.table.name,
                attribute.column().name
            );
        }
    }
}

#[test]
fn names_are_unique() {
    assert_eq!(repeated(TABLES.iter().map(|t| t.name)), None);
    assert_eq!(repeated(OBJECTS.iter().map(|o| o.name)), None);
    assert_eq!(repeated(SITE_KEYS.iter().map(|k| k.name)), None);
    for table in &TABLES {
        let names = table.columns.iter().map(|c| c.name);
        assert_eq!(repeated(names), None, "{}", table.name);
    }
    for object in &OBJECTS {
        let places = object.attributes.iter().map(|a| {
            let condition = a.only_if.map(|c| (c.attribute, c.value));
            (a.name, condition)
        });
        assert_eq!(repeated(places), None, "{}", object.name);
    }
}

#[test]
fn names_fit_a_command_line() {
    let tables = TABLES.iter().map(|t| t.name);
    let columns = TABLES.iter().flat_map(|t| t.columns).map(|c| c.name);
    let attributes = OBJECTS.iter().flat_map(|o| o.attributes).map(|a| a.name);
    for name in tables.chain(columns).chain(attributes) {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
        assert!(!name.is_empty() && name.bytes().all(fits), "{name:?}");
    }
}

#[test]
fn tables_are_found_by_name() {
    assert!(TABLES.is_sorted_by_key(|t| t.name), "table() halves");
    assert_eq!(table("nodelist").unwrap().keys, ["node"]);
    assert!(table("nosuch").is_none());
}

#[test]
fn site_keys_are_found_by_name() {
    assert!(SITE_KEYS.is_sorted_by_key(|k| k.name), "site_key() halves");
    assert_eq!(site_key("maxssh").unwrap().default, Some("8"));
    assert_eq!(site_key("domain").unwrap().default, None);
    assert!(site_key("Domain").is_none());
}

#[test]
fn every_table_has_a_key_and_can_be_switched_off() {
    for table in &TABLES {
        assert!(!table.keys.is_empty(), "{}", table.name);
        assert!(table.position("disable").is_some(), "{}", table.name);
    }
}

#[test]
fn a_node_column_is_part_of_the_key() {
    for table in &TABLES {
        if let Some(column) = table.node_column {
            assert!(table.keys.contains(&column), "{}", table.name);
        }
    }
}

#[test]
fn a_key_column_called_node_is_the_node_column() {
    for table in TABLES.iter().filter(|t| t.keys.contains(&"node")) {
        assert_eq!(table.node_column, Some("node"), "{}", table.name);
    }
}

#[test]
fn the_name_of_an_object_is_one_of_its_attributes() {
    for object in &OBJECTS {
        assert!(
            object.places(object.key).next().is_some(),
            "{}",
            object.name
        );
    }
}

#[test]
fn every_attribute_says_in_which_row_it_lies() {
    for object in &OBJECTS {
        for attribute in object.attributes {
            let place = format!("{}.{}", object.name, attribute.name);
            assert!(!attribute.row.is_empty(), "{place}");
            for (column, value) in attribute.row {
                let name = attribute.table.columns[*column].name;
                // Networks, for one, are named by a column outside the key.
                let named = *value == RowKey::ObjectName && name == object.key;
                assert!(
                    attribute.table.keys.contains(&name) || named,
                    "{place}: {name}"
                );
            }
        }
    }
}

#[test]
fn a_condition_names_an_attribute_of_its_object() {
    for object in &OBJECTS {
        for condition in object.attributes.iter().filter_map(|a| a.only_if) {
            assert!(
                object.places(condition.attribute).next().is_some(),
                "{}: {}",
                object.name,
                condition.attribute
            );
        }
    }
}

#[test]
fn a_group_has_the_attributes_of_a_node_but_not_its_states() {
    let group = object_type("group").unwrap();
    for attribute in object_type("node").unwrap().attributes {
        let shared = group.attributes.iter().any(|a| {
            a.name == attribute.name
                && a.only_if == attribute.only_if
                && a.table.name == attribute.table.name
        });
        assert_eq!(
            shared,
            attribute.table.name != "nodelist",
            "{}",
            attribute.name
        );
    }
}
