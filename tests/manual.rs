//! The manual pages that are made from the schema: one a table, and the lists
//! in xcatdb(5). `UPDATE=1 cargo test --test main manual` writes them anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use xcat::schema::{
    self, Attribute, Check, Column, ColumnKind, ObjectType, RowKey, SiteKey, Table,
};

/// Where the pages lie.
const FOLDER: &str = "man/man5";

/// What stands before a list in xcatdb(5) that is made from the schema, and
/// behind it.
const LIST: &str = ".\\\" made from schema/: ";
const END: &str = ".\\\" end of what is made from schema/";

/// Whether a page is made from the schema as a whole.
pub fn is_made(page: &Path) -> bool {
    let stem = page.file_stem().and_then(|s| s.to_str());
    page.parent().is_some_and(|p| p.ends_with(FOLDER)) && stem.and_then(schema::table).is_some()
}

/// The manual page of a table.
fn table_page(table: &Table) -> String {
    let mut page = format!(
        "{LIST}tables/{name}.toml\n.Dd November 21, 2026\n.Dt {upper} 5\n.Os\n.Sh NAME\n.Nm {name}\n",
        name = table.name,
        upper = table.name.to_uppercase(),
    );
    writeln!(page, ".Nd {}", title(table.description)).unwrap();
    page.push_str(".Sh DESCRIPTION\n");
    page.push_str(&prose(table.description));
    page.push_str(".Pp\n");
    page.push_str(&rows(table));
    page.push_str(".Sh COLUMNS\n.Bl -tag -width Ds\n");
    for (place, column) in table.columns.iter().enumerate() {
        writeln!(page, ".It Va {}", column.name).unwrap();
        page.push_str(&column_text(column));
        page.push_str(&attributes(table, place));
    }
    page.push_str(".El\n");
    if table.name == "site" {
        page.push_str(&site_keys());
    }
    page.push_str(
        ".Sh SEE ALSO\n.Xr chdef 1 ,\n.Xr lsdef 1 ,\n.Xr xcatdb 5 ,\n.Xr chtab 8 ,\n.Xr tabdump 8\n",
    );
    page
}

/// The beginning of a description, for the line that apropos(1) shows.
fn title(description: &str) -> &str {
    let end = description.find(['.', ':', ';', '(']);
    description[..end.unwrap_or(description.len())].trim_end()
}

/// How rows are told apart, and what a row of a group means.
fn rows(table: &Table) -> String {
    let mut text = format!("A row is told from others by\n{}", names(table.keys, "and"));
    let more: Vec<&str> = table
        .required
        .iter()
        .copied()
        .filter(|c| !table.keys.contains(c))
        .collect();
    if !more.is_empty() {
        write!(text, "It must have\n{}", names(&more, "and")).unwrap();
    }
    match table.node_column {
        Some(column) if table.name != "nodelist" => write!(
            text,
            "A row with the name of a group in\n.Va {column}\n\
             gives its values to those members of the group that have none of their own.\n"
        )
        .unwrap(),
        _ => {}
    }
    text
}

/// Names with commas, the last one with a word and the full stop.
fn names(names: &[&str], word: &str) -> String {
    let last = names.len() - 1;
    names
        .iter()
        .enumerate()
        .map(|(place, name)| match place {
            _ if place == last => format!(".Va {name} .\n"),
            _ if place + 1 == last => format!(".Va {name}\n{word}\n"),
            _ => format!(".Va {name} ,\n"),
        })
        .collect()
}

fn column_text(column: &Column) -> String {
    let mut text = prose(column.description);
    if column.kind == ColumnKind::Serial {
        text.push_str("The database counts it up.\n");
    }
    if let Some(check) = column.check.filter(|_| column.name != "disable") {
        text.push_str(&checked(check));
    }
    text
}

/// What values are checked for.
fn checked(check: Check) -> String {
    prose(&format!("Checked to be {}.", check.wanted()))
}

/// Which attributes of which objects lie in a column.
fn attributes(table: &Table, place: usize) -> String {
    if table.name == "site" {
        return String::new();
    }
    let mut found: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    for object in &schema::OBJECTS {
        for (name, limits) in of_object(object, table, place) {
            let objects = found.entry((name, limits.text())).or_default();
            // What is said of nodes first holds for groups, too.
            match object.name {
                "node" => objects.insert(0, object.name),
                other => objects.push(other),
            }
        }
    }
    let mut text = String::new();
    for ((name, limits), objects) in found {
        writeln!(text, ".Pp\nAttribute\n.Va {name}\nof").unwrap();
        text.push_str(&prose(&format!("{}{limits}.", objects.join(" and "))));
    }
    text
}

/// When and in which row a column is an attribute's place.
#[derive(Default)]
struct Limits {
    /// Another attribute, and the values of it.
    only_if: BTreeMap<&'static str, Vec<&'static str>>,
    /// Another column, and what it holds.
    rows: BTreeMap<&'static str, &'static str>,
}

impl Limits {
    fn text(&self) -> String {
        let mut text = String::new();
        for (attribute, values) in &self.only_if {
            write!(text, " where {attribute} is {}", values.join(" or ")).unwrap();
        }
        for (column, value) in &self.rows {
            write!(text, ", in the row whose {column} is {value}").unwrap();
        }
        text
    }
}

/// The attributes of an object type that lie in a column.
fn of_object(object: &ObjectType, table: &Table, place: usize) -> BTreeMap<&'static str, Limits> {
    let here = |a: &&Attribute| a.table.name == table.name && a.column == place;
    let mut found: BTreeMap<&str, Limits> = BTreeMap::new();
    for attribute in object.attributes.iter().filter(here) {
        let limits = found.entry(attribute.name).or_default();
        if let Some(condition) = attribute.only_if {
            let values = limits.only_if.entry(condition.attribute).or_default();
            values.push(condition.value);
            values.sort_unstable();
        }
        for (column, key) in attribute.row {
            if let RowKey::Fixed(value) = key {
                limits
                    .rows
                    .insert(attribute.table.columns[*column].name, value);
            }
        }
    }
    found
}

fn site_keys() -> String {
    let mut text = String::from(
        ".Sh KEYS\nThese keys have a meaning; others may be stored, too.\n.Bl -tag -width Ds\n",
    );
    for SiteKey {
        name,
        default,
        check,
        description,
    } in &schema::SITE_KEYS
    {
        writeln!(text, ".It Va {name}").unwrap();
        text.push_str(&prose(description));
        if let Some(default) = default {
            text.push_str(&prose(&format!("Without a row: {default}.")));
        }
        if let Some(check) = check {
            text.push_str(&checked(*check));
        }
    }
    text + ".El\n"
}

/// Running text in mdoc: a line for each sentence, none too long.
fn prose(text: &str) -> String {
    let mut lines = vec![String::new()];
    let mut ended = false;
    for word in text.split_whitespace() {
        let begins = word.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
        let line = lines.last_mut().unwrap();
        if !line.is_empty() && (line.len() + word.len() > 76 || (ended && begins)) {
            lines.push(escaped(word));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&escaped(word));
        }
        ended = word.ends_with('.');
    }
    lines
        .iter()
        .map(|line| match line.starts_with(['.', '\'']) {
            true => format!("\\&{line}\n"),
            false => format!("{line}\n"),
        })
        .collect()
}

/// A word whose signs mdoc shows as they are.
fn escaped(word: &str) -> String {
    let mut text = String::new();
    for (place, sign) in word.char_indices() {
        match sign {
            '\\' => text.push_str("\\e"),
            '~' => text.push_str("\\(ti"),
            '^' => text.push_str("\\(ha"),
            '`' => text.push_str("\\(ga"),
            '-' if place == 0 => text.push_str("\\-"),
            sign => text.push(sign),
        }
    }
    text
}

/// A list for xcatdb(5).
fn list(name: &str) -> String {
    let items: Vec<(String, &str)> = match name {
        "tables" => schema::TABLES
            .iter()
            .map(|t| (format!("Xr {} 5", t.name), t.description))
            .collect(),
        "objects" => schema::OBJECTS
            .iter()
            .map(|o| (format!("Cm {}", o.name), o.description))
            .collect(),
        _ => panic!("xcatdb(5) wants a list of {name}"),
    };
    let mut text = String::from(".Bl -tag -width Ds\n");
    for (item, description) in items {
        write!(text, ".It {item}\n{}", prose(description)).unwrap();
    }
    text + ".El\n"
}

/// A page with its lists made anew.
fn with_lists(page: &str) -> String {
    let mut out = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if let Some(name) = line.strip_prefix(LIST) {
            assert!(lines.any(|l| l == END), "the list of {name} has no end");
            out.push_str(&list(name));
            out.push_str(END);
            out.push('\n');
        }
    }
    out
}

fn page_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(FOLDER)
        .join(format!("{name}.5"))
}

#[test]
fn the_pages_say_what_the_schema_says() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is told by its environment, too"
    )]
    let update = std::env::var_os("UPDATE").is_some();
    let mut pages: Vec<(PathBuf, String)> = schema::TABLES
        .iter()
        .map(|t| (page_file(t.name), table_page(t)))
        .collect();
    let database = page_file("xcatdb");
    let written = fs::read_to_string(&database).unwrap();
    pages.push((database, with_lists(&written)));
    let mut old = Vec::new();
    for (file, text) in pages {
        if fs::read_to_string(&file).ok().as_deref() == Some(text.as_str()) {
            continue;
        }
        if update {
            fs::write(&file, text).unwrap();
        } else {
            old.push(file);
        }
    }
    assert!(
        old.is_empty(),
        "UPDATE=1 cargo test --test main manual\nwrites anew: {old:?}"
    );
}

#[test]
fn text_is_mdoc_that_shows_it_as_it_is() {
    assert_eq!(
        prose("As in C:\\x. Then -V and a-b, ~x. .profile"),
        "As in C:\\ex.\nThen \\-V and a-b, \\(tix. .profile\n"
    );
    let long = prose(&"word ".repeat(40));
    assert!(long.lines().all(|l| l.len() <= 78), "{long}");
    assert_eq!(prose("'x"), "\\&'x\n");
}

#[test]
fn a_page_tells_keys_columns_and_attributes() {
    let page = table_page(schema::table("vm").unwrap());
    for part in [
        ".Dt VM 5\n",
        "A row is told from others by\n.Va node .\n",
        "gives its values to those members",
        ".It Va cpus\n",
        "Attribute\n.Va vmcpus\nof\nnode and group.\n",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let page = table_page(schema::table("ppcdirect").unwrap());
    for part in [
        "by\n.Va hcp\nand\n.Va username .\n",
        "Attribute\n.Va passwd.HMC\nof\n",
        "where mgt is bpa or fsp, in the row whose username is HMC.\n",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let page = table_page(schema::table("site").unwrap());
    assert!(page.contains(".It Va maxssh\n"), "{page}");
}
