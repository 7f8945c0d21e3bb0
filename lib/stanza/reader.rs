//! Stanza files to stanzas, one at a time.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, ErrorKind};

use indexmap::IndexMap;

use super::Stanza;
use super::escape;
use crate::schema;

/// The longest line, in bytes.
pub const MAX_LINE: usize = 4 << 20;
/// The most that one stanza, or all defaults together, may hold, in bytes.
pub const MAX_STANZA: usize = 16 << 20;
/// So many lines that were passed over are kept.
const MAX_PASSED_OVER: usize = 20;

/// What is wrong with a stanza file, and where.
#[derive(Debug, thiserror::Error)]
#[error("{file}, line {line}: {problem}")]
pub struct Error {
    /// The name that [`Reader::new`] was given, such as `stdin`.
    pub file: String,
    /// From 1.
    pub line: u64,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Reading failed.
    #[error("reading failed: {0}")]
    Read(std::io::Error),
    /// Longer than [`MAX_LINE`].
    #[error("the line is longer than {MAX_LINE} bytes")]
    LongLine,
    /// More than [`MAX_STANZA`].
    #[error("the stanza {0:?} holds more than {MAX_STANZA} bytes")]
    LongStanza(String),
    /// Not UTF-8.
    #[error("the line is no UTF-8 text")]
    NotText,
    /// Neither a header nor an attribute.
    #[error("{0:?} is neither a header (\"name:\") nor an attribute (\"attribute=value\")")]
    Unknown(String),
    /// An attribute before the first header.
    #[error("the attribute {0:?} stands before the first header (\"name:\")")]
    NoHeader(String),
    /// `=value`.
    #[error("no attribute name stands before the \"=\"")]
    NoAttribute,
    /// `:`.
    #[error("no name stands before the \":\"")]
    NoName,
    /// An `objtype` in a default stanza that says something else than its header.
    #[error("the default stanza is for {header}, but its objtype is {objtype:?}")]
    OtherType {
        /// After `default-`.
        header: String,
        /// The attribute's value.
        objtype: String,
    },
}

/// Reads stanzas as they come. Ends after the first error.
///
/// Two stanzas of one name are both handed out: who must see that they are
/// one definition keeps the names.
pub struct Reader<R> {
    input: R,
    file: String,
    assumed: Option<String>,
    buffer: Vec<u8>,
    line: u64,
    defaults: Defaults,
    open: Open,
    passed_over: Vec<Error>,
    done: bool,
}

/// The stanza that the lines belong to.
enum Open {
    Nothing,
    Stanza(Draft),
    /// A default stanza of this type.
    Default(String),
}

/// A stanza of which more lines may come.
struct Draft {
    stanza: Stanza,
    /// Bytes so far.
    held: usize,
    /// The attributes ascend, so none comes twice.
    ascends: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `input`, which errors call `file` (`stdin`).
    pub fn new(input: R, file: impl Into<String>) -> Self {
        Self {
            input,
            file: file.into(),
            assumed: None,
            buffer: Vec::new(),
            line: 0,
            defaults: Defaults::default(),
            open: Open::Nothing,
            passed_over: Vec::new(),
            done: false,
        }
    }

    /// The type of stanzas that name none: what a command's `-t` says.
    #[must_use]
    pub fn assuming(mut self, kind: impl Into<String>) -> Self {
        self.assumed = Some(kind.into());
        self
    }

    /// Lines of text that were passed over so far, each with what is wrong
    /// with it; the first of them if they are many.
    pub fn passed_over(&self) -> &[Error] {
        &self.passed_over
    }

    fn read(&mut self) -> Result<Option<Stanza>, Problem> {
        while self.fill()? {
            let line = std::str::from_utf8(&self.buffer).map_err(|_| Problem::NotText)?;
            let line = escape::trim(line);
            if line.is_empty() || line.starts_with('#') || line == "<xCAT data object stanza file>"
            {
                continue;
            }
            match line.split_once('=') {
                Some((attribute, value)) => self.open.set(attribute, value, &mut self.defaults)?,
                None if is_text(line) => {
                    if self.passed_over.len() < MAX_PASSED_OVER {
                        self.passed_over.push(Error {
                            file: self.file.clone(),
                            line: self.line,
                            problem: unknown(line),
                        });
                    }
                }
                None => {
                    let next = header(line)?.at(self.line);
                    if let Open::Stanza(draft) = std::mem::replace(&mut self.open, next) {
                        return Ok(Some(self.finish(draft)));
                    }
                }
            }
        }
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Stanza(draft) => Ok(Some(self.finish(draft))),
            _ => Ok(None),
        }
    }

    /// The next line into the buffer; false at the end.
    fn fill(&mut self) -> Result<bool, Problem> {
        self.buffer.clear();
        self.line += 1;
        loop {
            let bytes = match self.input.fill_buf() {
                Ok([]) => return Ok(!self.buffer.is_empty()),
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Problem::Read(error)),
            };
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let used = end.unwrap_or(bytes.len());
            if self.buffer.len() + used > MAX_LINE {
                return Err(Problem::LongLine);
            }
            self.buffer.extend_from_slice(&bytes[..used]);
            self.input.consume(used + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    fn finish(&self, draft: Draft) -> Stanza {
        let Draft {
            mut stanza,
            ascends,
            ..
        } = draft;
        if !ascends {
            last_values(&mut stanza.attributes);
        }
        if stanza.kind.is_none() {
            stanza.kind.clone_from(&self.assumed);
        }
        if let Some(defaults) = stanza
            .kind
            .as_ref()
            .and_then(|kind| self.defaults.kinds.get(kind))
        {
            merge(&mut stanza.attributes, defaults);
        }
        stanza
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Stanza, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.read().map_err(|problem| Error {
            file: self.file.clone(),
            line: self.line,
            problem,
        });
        self.done = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

/// Whether a line is mere text, which xCAT passes over: several words that are
/// no header, and not an attribute's name and value without a sign.
fn is_text(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    words.next().is_some() && !line.ends_with(':') && !schema::is_attribute(first)
}

fn unknown(line: &str) -> Problem {
    Problem::Unknown(line.chars().take(60).collect())
}

/// What the header `name:` opens. All up to the last colon is the name: networks are called `fd59::/64`.
fn header(line: &str) -> Result<Open, Problem> {
    let Some(name) = line.strip_suffix(':') else {
        return Err(unknown(line));
    };
    let name = escape::trim(name);
    if name.is_empty() {
        return Err(Problem::NoName);
    }
    if let Some(kind) = escape::default_type(name) {
        return Ok(Open::Default(kind.to_owned()));
    }
    let name = escape::read_name(name).unwrap_or_else(|| name.to_owned());
    let stanza = Stanza {
        name,
        attributes: Vec::with_capacity(20),
        ..Stanza::default()
    };
    Ok(Open::Stanza(Draft {
        stanza,
        held: 0,
        ascends: true,
    }))
}

impl Open {
    fn at(mut self, line: u64) -> Self {
        if let Self::Stanza(draft) = &mut self {
            draft.stanza.line = line;
        }
        self
    }

    fn set(
        &mut self,
        attribute: &str,
        value: &str,
        defaults: &mut Defaults,
    ) -> Result<(), Problem> {
        let attribute = escape::trim(attribute);
        if attribute.is_empty() {
            return Err(Problem::NoAttribute);
        }
        let value = escape::read(escape::trim(value)).into_owned();
        match self {
            Self::Nothing => Err(Problem::NoHeader(attribute.to_owned())),
            Self::Stanza(draft) => draft.set(attribute, value),
            Self::Default(header) if attribute == "objtype" => {
                if *header == value {
                    return Ok(());
                }
                Err(Problem::OtherType {
                    header: header.clone(),
                    objtype: value,
                })
            }
            Self::Default(kind) => defaults.set(kind, attribute, value),
        }
    }
}

impl Draft {
    fn set(&mut self, attribute: &str, value: String) -> Result<(), Problem> {
        self.held += attribute.len() + value.len() + size_of::<(String, String)>();
        if self.held > MAX_STANZA {
            return Err(Problem::LongStanza(self.stanza.name.clone()));
        }
        if attribute == "objtype" {
            self.stanza.kind = (!value.is_empty()).then_some(value);
            return Ok(());
        }
        let attributes = &mut self.stanza.attributes;
        self.ascends &= attributes
            .last()
            .is_none_or(|(last, _)| last.as_str() < attribute);
        attributes.push((attribute.to_owned(), value));
        Ok(())
    }
}

/// What `default-<type>:` stanzas said so far.
#[derive(Default)]
struct Defaults {
    kinds: HashMap<String, IndexMap<String, String>>,
    /// Bytes in all of them.
    held: usize,
}

impl Defaults {
    /// Defaults add up; an empty value ends one.
    fn set(&mut self, kind: &str, attribute: &str, value: String) -> Result<(), Problem> {
        let own = self.kinds.entry(kind.to_owned()).or_default();
        let added = value.len();
        let gone = match own.get_mut(attribute) {
            Some(old) => std::mem::replace(old, value).len(),
            None => {
                self.held += attribute.len();
                own.insert(attribute.to_owned(), value);
                0
            }
        };
        self.held = self.held + added - gone;
        if self.held > MAX_STANZA {
            return Err(Problem::LongStanza(format!("default-{kind}")));
        }
        Ok(())
    }
}

/// Leaves each attribute at its first place with its last value.
fn last_values(attributes: &mut Vec<(String, String)>) {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<(String, String)> = Vec::with_capacity(attributes.len());
    if attributes.len() < 32 {
        for (name, value) in attributes.drain(..) {
            match kept.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = value,
                None => kept.push((name, value)),
            }
        }
    } else {
        for (name, value) in attributes.drain(..) {
            match first.get(&name) {
                Some(at) => kept[*at].1 = value,
                None => {
                    first.insert(name.clone(), kept.len());
                    kept.push((name, value));
                }
            }
        }
    }
    *attributes = kept;
}

/// Adds the defaults that are not set.
fn merge(attributes: &mut Vec<(String, String)>, defaults: &IndexMap<String, String>) {
    let missing: Vec<(String, String)> = {
        let set: HashSet<&str> = attributes.iter().map(|(name, _)| name.as_str()).collect();
        defaults
            .iter()
            .filter(|(name, value)| !value.is_empty() && !set.contains(name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    attributes.extend(missing);
}
