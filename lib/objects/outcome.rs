//! What a change of definitions came to, as values for whoever reports it.

/// Something to be told, in the order in which it came up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A part of what was asked for was not done: the exit code becomes 1.
    Error(String),
    /// Done, but worth a look.
    Warning(String),
    /// What was done.
    Info(String),
}

/// What a command did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is to be told.
    pub notes: Vec<Note>,
    /// The objects that were made, changed or removed.
    pub changed: Vec<String>,
    /// Nothing is to be changed: the change is to be dropped.
    pub is_void: bool,
}

impl Outcome {
    pub(super) fn error(&mut self, text: impl Into<String>) {
        self.notes.push(Note::Error(text.into()));
    }

    pub(super) fn errors(&mut self, texts: Vec<String>) {
        self.notes.extend(texts.into_iter().map(Note::Error));
    }

    pub(super) fn warning(&mut self, text: impl Into<String>) {
        self.notes.push(Note::Warning(text.into()));
    }

    pub(super) fn info(&mut self, text: impl Into<String>) {
        self.notes.push(Note::Info(text.into()));
    }
}

/// The sentence for names that no object of a type has (scripts match on it).
pub fn not_found(name: &str, kind: &str) -> String {
    format!("Could not find an object named '{name}' of type '{kind}'.")
}

/// The sentence for an attribute that a type does not have.
pub fn not_valid(attribute: &str, kind: &str) -> String {
    format!("'{attribute}' is not a valid attribute name for an object type of '{kind}'.")
}
