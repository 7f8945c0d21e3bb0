//! Rows of an overview, and what is shown of them.

use serde_json::json;

use crate::hmc::record::Value;

/// A row: an LPAR, a system, a profile, an adapter.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The attributes, as listings name them. The first of a name counts.
    pub fields: Vec<(String, Value)>,
}

impl Row {
    /// The value of an attribute, as it was printed.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let field = self.fields.iter().find(|(have, _)| have == name);
        field.map(|(_, value)| value)
    }

    /// The text of an attribute; nothing for each of the four nothings.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::text)
    }

    /// Sets an attribute that listings do not have.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = Value::new(&value.into());
        self.fields.push((name.to_owned(), value));
    }
}

/// A column of a view: its head, and the attribute that it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The head, in capitals. In small letters it is a name of the attribute.
    pub head: &'static str,
    /// The attribute, as listings name it.
    pub attribute: &'static str,
}

/// What is shown of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A table with heads.
    Table,
    /// Only the values of these attributes: a line a row, commas between.
    Values,
    /// A JSON array of objects.
    Json,
}

/// The text of rows: the attributes `names` of each, under `heads`. In JSON a
/// number is a number where the whole value is one, and nothing is `null`.
pub fn shown(rows: &[Row], heads: &[String], names: &[String], form: Shown) -> String {
    let values = |row: &Row| -> Vec<String> {
        let text = |name: &String| row.text(name).unwrap_or_default().to_owned();
        names.iter().map(text).collect()
    };
    match form {
        Shown::Table => {
            let rows: Vec<_> = rows.iter().map(values).collect();
            crate::listing::lines(heads, &rows)
        }
        Shown::Values => {
            let line = |row: &Row| {
                let fields: Vec<_> = values(row).into_iter().map(field).collect();
                fields.join(",") + "\n"
            };
            rows.iter().map(line).collect()
        }
        Shown::Json => {
            let mut array = crate::json::Array::default();
            let mut text = String::new();
            for row in rows {
                let member = |(head, name): (&String, &String)| {
                    (
                        head.to_lowercase(),
                        row.text(name).map_or(json!(null), typed),
                    )
                };
                let object = heads.iter().zip(names).map(member).collect();
                text += &array.line(&serde_json::Value::Object(object));
                text.push('\n');
            }
            text + array.end() + "\n"
        }
    }
}

/// A value between commas, as an HMC prints it. One alone is not quoted either
/// if it holds commas, for then it is quoted by the HMC already.
fn field(value: String) -> String {
    match value.contains(['"', '\n']) || (value.contains(',') && !value.starts_with('"')) {
        true => format!("\"{}\"", value.replace('"', "\"\"")),
        false => value,
    }
}

/// A number that JSON writes in the same way; else a text: `0123` and `1.10`
/// stay what they are.
fn typed(text: &str) -> serde_json::Value {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Number(number)) if number.to_string() == text => number.into(),
        _ => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &[(&str, &str)]) -> Row {
        let mut row = Row::default();
        for (name, value) in fields {
            row.set(name, *value);
        }
        row
    }

    fn text(form: Shown) -> String {
        let rows = [
            row(&[("name", "aix01"), ("mem", "8192"), ("os", "AIX 7.1, TL3")]),
            row(&[("name", "aix02"), ("mem", "null"), ("os", "Unknown")]),
        ];
        let heads = ["NAME", "MEM", "OS"].map(str::to_owned);
        let names = ["name", "mem", "os"].map(str::to_owned);
        shown(&rows, &heads, &names, form)
    }

    #[test]
    fn nothing_is_a_dash_an_empty_field_and_null() {
        assert_eq!(
            text(Shown::Table),
            "NAME   MEM   OS\naix01  8192  AIX 7.1, TL3\naix02  -     Unknown\n"
        );
        assert_eq!(
            text(Shown::Values),
            "aix01,8192,\"AIX 7.1, TL3\"\naix02,,Unknown\n"
        );
        assert_eq!(
            text(Shown::Json),
            "[{\"mem\":8192,\"name\":\"aix01\",\"os\":\"AIX 7.1, TL3\"}\n\
             ,{\"mem\":null,\"name\":\"aix02\",\"os\":\"Unknown\"}\n]\n"
        );
    }

    #[test]
    fn only_whole_numbers_are_numbers() {
        assert_eq!(typed("0.5"), json!(0.5));
        assert_eq!(typed("012"), json!("012"));
        assert_eq!(typed("1.10"), json!("1.10"));
        assert_eq!(typed("true"), json!("true"));
    }
}
