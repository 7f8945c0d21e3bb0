//! Expansion of words: variables, substitutions, splitting; and what bash says of bad syntax.

use super::parse::{ParseError, Part, Word, parse};
use super::run::Shell;

impl Shell {
    /// Expands a word: variables and substitutions, then splitting at unquoted blanks.
    pub(super) async fn expand(&mut self, word: &Word, errors: &mut String) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        let mut open = false;
        for part in word {
            let (text, quoted) = match part {
                Part::Text(text) => (text.clone(), true),
                Part::Empty => (String::new(), true),
                Part::Variable { name, quoted } => (self.variable(name), *quoted),
                Part::Command { script, quoted } => {
                    (self.substitute(script, errors).await, *quoted)
                }
            };
            if quoted {
                append(&mut fields, &mut open, &text);
                continue;
            }
            if text.is_empty() {
                continue;
            }
            let blank = |c: char| c.is_ascii_whitespace();
            if text.starts_with(blank) {
                open = false;
            }
            for piece in text.split_ascii_whitespace() {
                append(&mut fields, &mut open, piece);
                open = false;
            }
            open = !text.ends_with(blank);
        }
        if word.as_slice() == [Part::Text("~".to_owned())] {
            fields = vec![self.variable("HOME")];
        }
        if let (Some(Part::Text(text)), [first, ..]) = (word.first(), fields.as_mut_slice())
            && text.starts_with("~/")
        {
            first.replace_range(..1, &self.variable("HOME"));
        }
        fields
    }

    fn variable(&self, name: &str) -> String {
        match name {
            "?" => self.status.to_string(),
            "#" => "0".to_owned(),
            "0" => "bash".to_owned(),
            "$" => "4711".to_owned(),
            name => self.variables.get(name).cloned().unwrap_or_default(),
        }
    }

    async fn substitute(&mut self, script: &str, errors: &mut String) -> String {
        let parsed = match parse(script) {
            Ok(parsed) => parsed,
            Err(error) => {
                errors.push_str(&syntax_error(&error, script, false));
                return String::new();
            }
        };
        let before = std::mem::replace(&mut self.substitution, true);
        let outcome = self.collect(&parsed).await;
        self.substitution = before;
        errors.push_str(&outcome.err);
        outcome.out.trim_end_matches('\n').to_owned()
    }
}

fn append(fields: &mut Vec<String>, open: &mut bool, text: &str) {
    match fields.last_mut().filter(|_| *open) {
        Some(field) => field.push_str(text),
        None => fields.push(text.to_owned()),
    }
    *open = true;
}

/// What bash prints about a line that it cannot read.
pub fn syntax_error(error: &ParseError, line: &str, command_string: bool) -> String {
    let place = if command_string {
        "bash: -c: line 0: "
    } else {
        "bash: "
    };
    match error {
        ParseError::Unclosed(c) => format!(
            "{place}unexpected EOF while looking for matching `{c}'\n{}syntax error: unexpected end of file\n",
            place.replace("line 0", "line 1")
        ),
        ParseError::UnexpectedEnd => {
            format!(
                "{}syntax error: unexpected end of file\n",
                place.replace("line 0", "line 1")
            )
        }
        ParseError::Unexpected(token) if command_string => {
            format!("{place}syntax error near unexpected token `{token}'\n{place}`{line}'\n")
        }
        ParseError::Unexpected(token) => {
            format!("{place}syntax error near unexpected token `{token}'\n")
        }
    }
}
