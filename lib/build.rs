//! Compiles `schema/` into the static tables that `lib/schema` declares, so
//! that no command reads a file for them.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    description: String,
    keys: Vec<String>,
    required: Option<Vec<String>>,
    node_column: Option<String>,
    column: Vec<Column>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    kind: Option<String>,
    check: Option<String>,
    words: Option<Vec<String>>,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    name: String,
    description: String,
    key: String,
    borrows: Option<Borrows>,
    #[serde(default)]
    attribute: Vec<Attribute>,
}

/// Attributes that an object type shares with another one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Borrows {
    from: String,
    except_table: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attribute {
    name: String,
    column: String,
    row: toml::Table,
    only_if: Option<String>,
    former: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    key: Vec<SiteKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteKey {
    name: String,
    default: Option<String>,
    check: Option<String>,
    words: Option<Vec<String>>,
    description: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let schema = Path::new("../schema");
    println!("cargo::rerun-if-changed=../schema");
    let tables: Vec<Table> = load(&schema.join("tables"))?;
    let objects: Vec<Object> = load(&schema.join("objects"))?;
    let site: Site = read(&schema.join("site.toml"))?;
    let mut out = String::new();
    write_tables(&mut out, &tables)?;
    write_objects(&mut out, &tables, &objects)?;
    write_site(&mut out, &site)?;
    fs::write(PathBuf::from(env_out()?).join("schema.rs"), out)?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo hands OUT_DIR over in the environment"
)]
fn env_out() -> Result<String, env::VarError> {
    env::var("OUT_DIR")
}

/// What a file of `tables/` or `objects/` describes; it bears its name.
trait Named {
    fn name(&self) -> &str;
}

impl Named for Table {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for Object {
    fn name(&self) -> &str {
        &self.name
    }
}

/// Reads every file of a folder, in the order of the names.
fn load<T: Named + for<'a> Deserialize<'a>>(folder: &Path) -> Result<Vec<T>, Box<dyn Error>> {
    let mut files = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()?;
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let item: T = read(&file)?;
        if file != folder.join(format!("{}.toml", item.name())) {
            return Err(format!("{}: name is {:?}", file.display(), item.name()).into());
        }
        all.push(item);
    }
    all.sort_by(|a, b| a.name().cmp(b.name()));
    Ok(all)
}

fn read<T: for<'a> Deserialize<'a>>(file: &Path) -> Result<T, Box<dyn Error>> {
    fs::read_to_string(file)
        .map_err(Into::into)
        .and_then(|text| toml::from_str(&text).map_err(Box::<dyn Error>::from))
        .map_err(|e| format!("{}: {e}", file.display()).into())
}

fn write_tables(out: &mut String, tables: &[Table]) -> Result<(), Box<dyn Error>> {
    writeln!(out, "/// All tables, in alphabetical order.")?;
    writeln!(out, "pub static TABLES: [Table; {}] = [", tables.len())?;
    for table in tables {
        let required = table.required.as_ref().unwrap_or(&table.keys);
        for name in table.keys.iter().chain(required).chain(&table.node_column) {
            position(table, name)?;
        }
        write!(
            out,
            "Table {{ name: {:?}, description: {:?}, keys: &{:?}, required: &{required:?}, node_column: {:?}, columns: &[",
            table.name, table.description, table.keys, table.node_column
        )?;
        for column in &table.column {
            let kind = match column.kind.as_deref() {
                None => "Text",
                Some("serial") => "Serial",
                Some("secret") => "Secret",
                Some(other) => return Err(format!("{}: kind {other:?}", table.name).into()),
            };
            write!(
                out,
                "Column {{ name: {:?}, kind: ColumnKind::{kind}, check: {}, description: {:?} }}, ",
                column.name,
                check(
                    &column.name,
                    column.check.as_deref(),
                    column.words.as_deref()
                )?,
                column.description
            )?;
        }
        writeln!(out, "] }},")?;
    }
    writeln!(out, "];")?;
    Ok(())
}

/// The form of the values, as `lib/schema/value.rs` calls it.
fn check(name: &str, check: Option<&str>, words: Option<&[String]>) -> Result<String, String> {
    let form = match (check, words) {
        (None, None) => return Ok("None".into()),
        (None, Some(words)) => return Ok(format!("Some(Check::Words(&{words:?}))")),
        (Some("mac"), None) => "Mac",
        (Some("ips"), None) => "Ips",
        (Some("nicips"), None) => "NicIps",
        (Some("interfaces"), None) => "Interfaces",
        (Some("network"), None) => "Network",
        (Some("mask"), None) => "Mask",
        (Some("ranges"), None) => "Ranges",
        (Some("names"), None) => "Names",
        (Some("number"), None) => "Number",
        (Some("flag"), None) => "Flag",
        (Some(other), None) => return Err(format!("{name}: check {other:?}")),
        (Some(_), Some(_)) => return Err(format!("{name}: either check or words")),
    };
    Ok(format!("Some(Check::{form})"))
}

fn write_objects(
    out: &mut String,
    tables: &[Table],
    objects: &[Object],
) -> Result<(), Box<dyn Error>> {
    writeln!(out, "/// All object types, in alphabetical order.")?;
    writeln!(
        out,
        "pub static OBJECTS: [ObjectType; {}] = [",
        objects.len()
    )?;
    for object in objects {
        write!(
            out,
            "ObjectType {{ name: {:?}, description: {:?}, key: {:?}, attributes: &[",
            object.name, object.description, object.key
        )?;
        for attribute in object.attribute.iter().chain(borrowed(object, objects)?) {
            write_attribute(out, tables, attribute)
                .map_err(|e| format!("{}.{}: {e}", object.name, attribute.name))?;
        }
        writeln!(out, "] }},")?;
    }
    writeln!(out, "];")?;
    Ok(())
}

/// The attributes that a type shares with another one.
fn borrowed<'a>(object: &Object, objects: &'a [Object]) -> Result<Vec<&'a Attribute>, String> {
    let Some(Borrows { from, except_table }) = &object.borrows else {
        return Ok(Vec::new());
    };
    let lender = objects
        .iter()
        .find(|o| o.name == *from)
        .ok_or_else(|| format!("{}: no object type {from}", object.name))?;
    let own = format!("{except_table}.");
    let shared = lender.attribute.iter();
    Ok(shared.filter(|a| !a.column.starts_with(&own)).collect())
}

fn write_attribute(
    out: &mut String,
    tables: &[Table],
    attribute: &Attribute,
) -> Result<(), Box<dyn Error>> {
    let (table, column) = attribute
        .column
        .split_once('.')
        .ok_or("column is table.column")?;
    let number = tables
        .iter()
        .position(|t| t.name == table)
        .ok_or_else(|| format!("no table {table}"))?;
    let column = position(&tables[number], column)?;
    let mut row = String::new();
    for (name, value) in &attribute.row {
        let value = value.as_str().ok_or("a row's values are strings")?;
        let key = position(&tables[number], name)?;
        match value {
            "$name" => write!(row, "({key}, RowKey::ObjectName), ")?,
            fixed => write!(row, "({key}, RowKey::Fixed({fixed:?})), ")?,
        }
    }
    let only_if = match &attribute.only_if {
        None => "None".to_string(),
        Some(text) => {
            let (name, value) = text.split_once('=').ok_or("only_if is attribute=value")?;
            format!("Some(Condition {{ attribute: {name:?}, value: {value:?} }})")
        }
    };
    write!(
        out,
        "Attribute {{ name: {:?}, table: &TABLES[{number}], column: {column}, row: &[{row}], only_if: {only_if}, former: {:?}, description: {:?} }}, ",
        attribute.name,
        attribute.former,
        attribute
            .description
            .as_ref()
            .unwrap_or(&tables[number].column[column].description)
    )?;
    Ok(())
}

/// The place of a column in its table.
fn position(table: &Table, name: &str) -> Result<usize, String> {
    table
        .column
        .iter()
        .position(|c| c.name == name)
        .ok_or_else(|| format!("table {} has no column {name}", table.name))
}

fn write_site(out: &mut String, site: &Site) -> Result<(), Box<dyn Error>> {
    writeln!(out, "/// The well-known keys of the site table, sorted.")?;
    writeln!(
        out,
        "pub static SITE_KEYS: [SiteKey; {}] = [",
        site.key.len()
    )?;
    for key in &site.key {
        writeln!(
            out,
            "SiteKey {{ name: {:?}, default: {:?}, check: {}, description: {:?} }},",
            key.name,
            key.default,
            check(&key.name, key.check.as_deref(), key.words.as_deref())?,
            key.description
        )?;
    }
    writeln!(out, "];")?;
    Ok(())
}
