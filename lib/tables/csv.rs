//! CSV read: what `tabdump` prints, and what people and spreadsheets make of
//! it.
//!
//! The first line is `#` and the names of columns. A value stands in double
//! quotes, with quotes in it doubled, and may run over lines; a value without
//! quotes reaches to the next comma. Blanks at the end of a row are dropped,
//! values that are missing there are empty, and blank lines between rows are
//! passed over. A row is in memory at a time.

use std::io::{self, BufRead};
use std::ops::Range;

/// The longest row, in bytes: a quote that is never closed must not read a
/// whole disk.
const LONGEST: usize = 64 << 20;

/// What is wrong with a CSV file, and in which line (from 1).
#[derive(Debug, thiserror::Error)]
#[error("{line}: {problem}")]
pub struct Error {
    /// The line in which the faulty row begins.
    pub line: u64,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a CSV file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(io::Error),
    /// The first line does not name the columns.
    #[error("the header line starting with # is missing")]
    NoHeader,
    /// A quote stands in a value that does not begin with one.
    #[error("a value with \" in it does not begin with \" (double the quotes in it)")]
    Opening,
    /// A closing quote is followed by something else than a comma.
    #[error("a \" is neither doubled nor the end of its value")]
    Unescaped,
    /// The file ends in a value.
    #[error("a \" is never closed")]
    Unclosed,
    /// Bytes that are no text.
    #[error("this is not UTF-8 (iconv converts it)")]
    NotUtf8,
    /// A row beyond any sense.
    #[error("the row is longer than {} MiB (is a \" never closed?)", LONGEST >> 20)]
    TooLong,
}

/// Reads rows one after another.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    /// Lines read so far.
    lines: u64,
    /// The line in which the row begins.
    first: u64,
    raw: Vec<u8>,
    /// Where `raw` ends but for blanks.
    end: usize,
    /// The row's values without quotes, one after another.
    text: Vec<u8>,
    spans: Vec<Range<usize>>,
}

/// The values of one row.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    text: &'r str,
    spans: &'r [Range<usize>],
}

impl<'r> Record<'r> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// A value; `None` if it is empty or missing.
    pub fn get(&self, number: usize) -> Option<&'r str> {
        let span = self.spans.get(number)?.clone();
        self.text.get(span).filter(|text| !text.is_empty())
    }
}

impl<R: BufRead> Reader<R> {
    /// Reads from here.
    pub fn new(input: R) -> Self {
        Self {
            input,
            lines: 0,
            first: 1,
            raw: Vec::new(),
            end: 0,
            text: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// An error in the last row.
    fn error(&self, problem: Problem) -> Error {
        let line = self.first;
        Error { line, problem }
    }

    /// Reads the names of the columns. Spreadsheets put them in quotes and a
    /// byte order mark before them.
    ///
    /// # Errors
    /// It cannot be read, or does not begin with `#`.
    pub fn header(&mut self) -> Result<Vec<String>, Error> {
        self.load()?;
        let line = std::str::from_utf8(&self.raw).map_err(|_| self.error(Problem::NotUtf8))?;
        let line = line.trim_start_matches('\u{feff}').replace('"', "");
        let names = line
            .strip_prefix('#')
            .ok_or_else(|| self.error(Problem::NoHeader))?;
        let names = names.trim_end().trim_end_matches(',');
        Ok(names.split(',').map(|n| n.trim().to_owned()).collect())
    }

    /// Reads the next row, which [`Reader::record`] then gives; tells in which
    /// line it begins, or `None` after the last.
    ///
    /// # Errors
    /// The file cannot be read or is no CSV.
    pub fn next_line(&mut self) -> Result<Option<u64>, Error> {
        self.text.clear();
        self.spans.clear();
        loop {
            self.first = self.lines + 1;
            if !self.load()? {
                return Ok(None);
            }
            if self.end > 0 {
                break;
            }
        }
        self.parse()?;
        if std::str::from_utf8(&self.text).is_err() {
            return Err(self.error(Problem::NotUtf8));
        }
        Ok(Some(self.first))
    }

    /// The row that was read last.
    pub fn record(&self) -> Record<'_> {
        Record {
            // It was checked when it was read; the check is worth little time.
            text: std::str::from_utf8(&self.text).unwrap_or_default(),
            spans: &self.spans,
        }
    }

    /// Reads the next line; tells whether there was one.
    fn load(&mut self) -> Result<bool, Error> {
        self.raw.clear();
        let mut bounded = io::Read::take(&mut self.input, LONGEST as u64 + 1);
        if let Err(error) = bounded.read_until(b'\n', &mut self.raw) {
            return Err(self.error(Problem::Read(error)));
        }
        if self.raw.len() + self.text.len() > LONGEST {
            return Err(self.error(Problem::TooLong));
        }
        self.end = self.raw.trim_ascii_end().len();
        self.lines += u64::from(!self.raw.is_empty());
        Ok(!self.raw.is_empty())
    }

    /// Takes the row that begins in the loaded line apart.
    fn parse(&mut self) -> Result<(), Error> {
        let mut at = 0;
        loop {
            let start = self.text.len();
            if self.raw.get(at) == Some(&b'"') {
                at = self.quoted(at + 1)?;
            } else {
                let rest = &self.raw[at..self.end(at)];
                let length = rest.iter().position(|&b| b == b',').unwrap_or(rest.len());
                let value = &rest[..length];
                if value.contains(&b'"') {
                    return Err(self.error(Problem::Opening));
                }
                self.text.extend_from_slice(value);
                at += length;
            }
            self.spans.push(start..self.text.len());
            if at >= self.end(at) {
                return Ok(());
            }
            if self.raw[at] != b',' {
                return Err(self.error(Problem::Unescaped));
            }
            at += 1;
        }
    }

    /// Where the row ends in the loaded line, blanks dropped.
    fn end(&self, at: usize) -> usize {
        self.end.max(at)
    }

    /// Takes the rest of a value in quotes, over lines; gives the place behind
    /// its closing quote.
    fn quoted(&mut self, mut at: usize) -> Result<usize, Error> {
        loop {
            let rest = &self.raw[at..];
            let Some(quote) = rest.iter().position(|&b| b == b'"') else {
                self.text.extend_from_slice(rest);
                if !self.load()? {
                    return Err(self.error(Problem::Unclosed));
                }
                at = 0;
                continue;
            };
            self.text.extend_from_slice(&rest[..quote]);
            at += quote + 1;
            if self.raw.get(at) != Some(&b'"') {
                return Ok(at);
            }
            self.text.push(b'"');
            at += 1;
        }
    }
}

/// Appends a value as `tabdump` prints it.
pub fn put_value(line: &mut String, value: Option<&str>) {
    let Some(value) = value else { return };
    line.push('"');
    for (number, piece) in value.split('"').enumerate() {
        if number > 0 {
            line.push_str("\"\"");
        }
        line.push_str(piece);
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Row = Vec<Option<String>>;

    fn read(text: &str) -> Result<(Vec<String>, Vec<Row>), String> {
        let mut reader = Reader::new(text.as_bytes());
        let header = reader.header().map_err(|e| e.to_string())?;
        let mut rows = Vec::new();
        while reader.next_line().map_err(|e| e.to_string())?.is_some() {
            let row = reader.record();
            let values = (0..row.len()).map(|n| row.get(n).map(str::to_owned));
            rows.push(values.collect());
        }
        Ok((header, rows))
    }

    fn row(values: &[&str]) -> Row {
        let filled = values.iter().map(|v| Some(*v).filter(|v| !v.is_empty()));
        filled.map(|v| v.map(str::to_owned)).collect()
    }

    #[test]
    fn what_people_and_spreadsheets_write_is_read() {
        for (text, want) in [
            ("#a,b\n\"1\",\"2\"\n", vec![row(&["1", "2"])]),
            ("#a,b\n1,2", vec![row(&["1", "2"])]),
            ("\"#a\",\"b\"\r\n\"1\",2  \r\n\r\n", vec![row(&["1", "2"])]),
            ("\u{feff}#a, b ,,\n1,\n", vec![row(&["1", ""])]),
            ("#a,b\n\n  \n1\n", vec![row(&["1"])]),
            ("#a,b\n\"x \n\ny\",2\n", vec![row(&["x \n\ny", "2"])]),
            ("#a,b\n#1,a b\n", vec![row(&["#1", "a b"])]),
            ("#a,b\n\"\",\"\"\n", vec![row(&["", ""])]),
            ("#a,b\n,,\"\"\"\"\n", vec![row(&["", "", "\""])]),
            ("#a,b\n", vec![]),
        ] {
            let (header, rows) = read(text).unwrap();
            assert_eq!((header, rows), (vec!["a".into(), "b".into()], want));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, want) in [
            ("", "1: the header line starting with # is missing"),
            ("a,b\n", "1: the header line starting with # is missing"),
            ("#a\n\n\"1\n2\n", "3: a \" is never closed"),
            (
                "#a\n\"1\n2\"\nx\"y\n",
                "4: a value with \" in it does not begin",
            ),
            ("#a\n\"1\"2\n", "2: a \" is neither doubled nor the end"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(want), "{text}: {error}");
        }
        let latin = b"#a\n1\n\xe9\n";
        let mut reader = Reader::new(&latin[..]);
        reader.header().unwrap();
        reader.next_line().unwrap();
        let error = reader.next_line().unwrap_err().to_string();
        assert!(error.starts_with("3: this is not UTF-8"), "{error}");
    }

    #[test]
    fn a_megabyte_is_a_value_and_a_quote_that_is_never_closed_ends() {
        let value = "é\"\n#=,".repeat(150_000);
        let mut line = String::from("#a\n");
        put_value(&mut line, Some(&value));
        assert_eq!(read(&line).unwrap().1, [row(&[&value])]);
        let endless = io::Read::chain(&b"#a\n\""[..], io::repeat(b'x'));
        let mut reader = Reader::new(io::BufReader::new(endless));
        reader.header().unwrap();
        let error = reader.next_line().unwrap_err().to_string();
        assert!(
            error.starts_with("2: the row is longer than 64 MiB"),
            "{error}"
        );
    }

    /// Looking for the end of the row once a value would take days.
    #[test]
    fn many_empty_values_before_many_blanks_are_read_at_once() {
        let (commas, blanks) = (",".repeat(2_000_000), " ".repeat(30_000_000));
        let (_, rows) = read(&format!("#a\n{commas}{blanks}\n1\n")).unwrap();
        assert_eq!((rows[0].len(), rows.len()), (2_000_001, 2));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(
            rows in proptest::collection::vec(
                proptest::collection::vec("([\"\n\r#=,| a]|\\PC){0,12}", 1..6),
                0..8,
            )
        ) {
            let mut text = String::from("#a\n");
            let mut want: Vec<Row> = Vec::new();
            for values in &rows {
                let row = row(&values.iter().map(String::as_str).collect::<Vec<_>>());
                for (number, value) in row.iter().enumerate() {
                    if number > 0 {
                        text.push(',');
                    }
                    put_value(&mut text, value.as_deref());
                }
                text.push('\n');
                // A row of one empty value is a blank line.
                if row != [None] {
                    want.push(row);
                }
            }
            prop_assert_eq!(read(&text).unwrap().1, want);
        }

        #[test]
        fn no_bytes_make_it_panic(text in "([\",\n#a]|\\PC){0,60}") {
            let _ = read(&format!("#a\n{text}"));
        }
    }
}
