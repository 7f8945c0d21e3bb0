//! The format of an HMC's listings.
//!
//! A listing is a sequence of CSV records, one a line. Without `-F` each field
//! is `attr=value`, and a value with a comma quotes the *whole* field:
//! `name=p1,"ipaddr=10.0.0.1,10.0.0.2"`. With `-F` a field is a value alone,
//! and the delimiter of the `-F` argument is the delimiter of the answer. A
//! quote inside a quoted field is doubled, so lists whose elements have commas
//! carry quotes twice: `"virtual_eth_adapters=""2/1/1/3,4,5/0/1"""`.
//!
//! Three surprises: a quoted field may span lines (`lshmc -V`), an attribute
//! that does not apply to a row is left out of it, and "nothing" is spelled in
//! four ways that mean different things ([`Value`]). The order of attributes
//! and of rows carries no meaning.
//!
//! Lines may end in `\r\n`, as they do on a terminal.

use std::fmt;

/// A value as an HMC prints it: some text, or one of its four nothings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The empty string: an empty set, or never set (`curr_profile=` of an
    /// LPAR that never ran).
    Empty,
    /// `none`: explicitly none (`io_slots=none`).
    None,
    /// `null`: does not apply to this row, or is not supported there.
    Null,
    /// `unavailable`: exists, but cannot be read now (a system powered off).
    Unavailable,
    /// Anything else.
    Text(String),
}

impl Value {
    /// Returns the value printed as `text`.
    pub fn new(text: &str) -> Self {
        match text {
            "" => Value::Empty,
            "none" => Value::None,
            "null" => Value::Null,
            "unavailable" => Value::Unavailable,
            _ => Value::Text(text.to_owned()),
        }
    }

    /// Returns what was printed. For columns that hold names: an LPAR may be
    /// called `none`.
    pub fn as_str(&self) -> &str {
        match self {
            Value::Empty => "",
            Value::None => "none",
            Value::Null => "null",
            Value::Unavailable => "unavailable",
            Value::Text(text) => text,
        }
    }

    /// Returns the text, and nothing for each of the four nothings.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the value of a list of these elements; `none` of no elements.
    pub fn of_elements<E: AsRef<str>>(elements: &[E]) -> Self {
        let quoted = |element: &E| match element.as_ref() {
            plain if !plain.contains([',', '"']) => plain.to_owned(),
            other => format!("\"{}\"", other.replace('"', "\"\"")),
        };
        match elements {
            [] => Value::None,
            _ => Value::new(&elements.iter().map(quoted).collect::<Vec<_>>().join(",")),
        }
    }

    /// Returns the elements of a list value, quotes taken off:
    /// `"1/2,3/1",4` has the elements `1/2,3/1` and `4`. A nothing has none.
    /// A value that is not a list is its own single element.
    pub fn elements(&self) -> Vec<String> {
        let Some(text) = self.text() else {
            return Vec::new();
        };
        match split(text, ',') {
            Ok(lines) => lines.into_iter().flat_map(|line| line.fields).collect(),
            Err(_) => vec![text.to_owned()],
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A row of attributes with their values, in the order printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    fields: Vec<(String, Value)>,
}

impl Record {
    /// Returns a record of these attributes.
    pub fn new(fields: Vec<(String, Value)>) -> Self {
        Record { fields }
    }

    /// Returns the value of an attribute, if the row has that attribute.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let field = self.fields.iter().find(|(have, _)| have == name);
        field.map(|(_, value)| value)
    }

    /// Returns the text of an attribute; nothing if the row has no such
    /// attribute or its value is a nothing.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::text)
    }

    /// Gives an attribute a value: in its place if the record has it, else at
    /// the end.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = Value::new(value);
        match self.fields.iter_mut().find(|(have, _)| have == name) {
            Some((_, old)) => *old = value,
            None => self.fields.push((name.to_owned(), value)),
        }
    }

    /// Takes an attribute away.
    pub fn remove(&mut self, name: &str) {
        self.fields.retain(|(have, _)| have != name);
    }

    /// Returns all attributes in the order printed.
    pub fn fields(&self) -> &[(String, Value)] {
        &self.fields
    }
}

/// Writes the record as an HMC does, without a line end.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, value)) in self.fields.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            let field = format!("{name}={value}");
            if field.contains([',', '"', '\n', '\r']) {
                write!(f, "\"{}\"", field.replace('"', "\"\""))?;
            } else {
                f.write_str(&field)?;
            }
        }
        Ok(())
    }
}

/// Why an answer is not in the format of a listing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A quoted field has no end.
    #[error("line {line}: a quote is not closed")]
    Open {
        /// The line on which the field begins, from 1.
        line: usize,
    },
    /// Something stands between a closing quote and the next delimiter.
    #[error("line {line}: text after a closing quote")]
    AfterQuote {
        /// The line, from 1.
        line: usize,
    },
    /// A field of a record is not `attr=value`.
    #[error("line {line}: a field without an attribute name")]
    NoName {
        /// The line, from 1.
        line: usize,
    },
    /// A row has not the columns that were asked for.
    #[error("line {line}: {found} values where {expected} were asked for")]
    Columns {
        /// The line, from 1.
        line: usize,
        /// How many values stand there.
        found: usize,
        /// How many were asked for.
        expected: usize,
    },
}

/// Reads an answer without `-F`: a record a row.
pub fn records(text: &str) -> Result<Vec<Record>, Error> {
    split(text, ',')?.into_iter().map(record).collect()
}

/// Reads an answer without `-F`: each row as it stands there, with its record.
pub(super) fn rows(text: &str) -> Result<Vec<(String, Record)>, Error> {
    let row = |line: Line<'_>| Ok((line.text.to_owned(), record(line)?));
    split(text, ',')?.into_iter().map(row).collect()
}

/// Reads an answer to `-F`: `columns` values a row.
pub fn lists(text: &str, delimiter: char, columns: usize) -> Result<Vec<Vec<Value>>, Error> {
    let rows = split(text, delimiter)?;
    rows.into_iter().map(|line| list(&line, columns)).collect()
}

/// Reads an answer to `-F … --header`: records named by the first line. No
/// line at all is no records: an HMC prints no header over nothing.
pub fn headed(text: &str, delimiter: char) -> Result<Vec<Record>, Error> {
    let mut lines = split(text, delimiter)?.into_iter();
    let Some(head) = lines.next() else {
        return Ok(Vec::new());
    };
    let row = |line: Line<'_>| {
        let values = list(&line, head.fields.len())?;
        let names = head.fields.iter().cloned();
        Ok(Record::new(names.zip(values).collect()))
    };
    lines.map(row).collect()
}

fn record(line: Line<'_>) -> Result<Record, Error> {
    let mut fields = Vec::with_capacity(line.fields.len());
    for field in &line.fields {
        // The first `=` only: connection_error_code and SR-IOV values have more.
        let Some((name, value)) = field.split_once('=') else {
            return Err(Error::NoName { line: line.number });
        };
        fields.push((name.trim_start().to_owned(), Value::new(value)));
    }
    Ok(Record::new(fields))
}

fn list(line: &Line<'_>, columns: usize) -> Result<Vec<Value>, Error> {
    if line.fields.len() != columns {
        return Err(Error::Columns {
            line: line.number,
            found: line.fields.len(),
            expected: columns,
        });
    }
    Ok(line.fields.iter().map(|field| Value::new(field)).collect())
}

/// A line of fields, quotes taken off. With quoted fields it may cover
/// several lines of text; `number` is the first.
pub(super) struct Line<'t> {
    pub(super) number: usize,
    pub(super) text: &'t str,
    pub(super) fields: Vec<String>,
}

/// Splits CSV text; blank lines are not rows.
pub(super) fn split(text: &str, delimiter: char) -> Result<Vec<Line<'_>>, Error> {
    let mut scanner = Scanner::new(text);
    let mut lines = Vec::new();
    while !scanner.rest.is_empty() {
        let (number, from) = (scanner.line, scanner.rest);
        let mut fields = Vec::new();
        loop {
            fields.push(scanner.field(delimiter)?);
            if !scanner.take(delimiter) {
                break;
            }
        }
        let text = &from[..from.len() - scanner.rest.len()];
        scanner.take_line_end();
        if fields != [""] {
            lines.push(Line {
                number,
                text,
                fields,
            });
        }
    }
    Ok(lines)
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Scanner<'a> {
    fn new(rest: &'a str) -> Self {
        Scanner { rest, line: 1 }
    }

    fn take(&mut self, wanted: char) -> bool {
        let after = self.rest.strip_prefix(wanted);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn at_line_end(&self) -> bool {
        self.rest.is_empty()
            || self.rest == "\r"
            || self.rest.starts_with(['\n'])
            || self.rest.starts_with("\r\n")
    }

    fn take_line_end(&mut self) {
        self.take('\r');
        if self.take('\n') {
            self.line += 1;
        }
    }

    fn field(&mut self, delimiter: char) -> Result<String, Error> {
        if self.take('"') {
            return self.quoted(delimiter);
        }
        let end = self.rest.find([delimiter, '\n']).unwrap_or(self.rest.len());
        let field = &self.rest[..end];
        // A carriage return belongs to the line end that follows it.
        let field = match self.rest[end..].starts_with(delimiter) {
            true => field,
            false => field.strip_suffix('\r').unwrap_or(field),
        };
        self.rest = &self.rest[field.len()..];
        Ok(field.to_owned())
    }

    fn quoted(&mut self, delimiter: char) -> Result<String, Error> {
        let start = self.line;
        let mut field = String::new();
        loop {
            let Some(end) = self.rest.find('"') else {
                return Err(Error::Open { line: start });
            };
            let part = &self.rest[..end];
            self.line += part.matches('\n').count();
            field.push_str(part);
            self.rest = &self.rest[end + 1..];
            if !self.take('"') {
                break;
            }
            field.push('"');
        }
        if !self.at_line_end() && !self.rest.starts_with(delimiter) {
            return Err(Error::AfterQuote { line: self.line });
        }
        Ok(with_plain_line_ends(field))
    }
}

/// Takes the carriage returns before line ends away, however many.
fn with_plain_line_ends(field: String) -> String {
    if !field.contains("\r\n") {
        return field;
    }
    let mut lines: Vec<&str> = field.split('\n').collect();
    if let Some((_last, others)) = lines.split_last_mut() {
        for line in others {
            *line = line.trim_end_matches('\r');
        }
    }
    lines.join("\n")
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
