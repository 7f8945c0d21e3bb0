//! Reading words: quotes, escapes and substitutions.

use super::parse::{ParseError, Part, Word};

/// A line and how far it has been read.
pub struct Reader {
    chars: Vec<char>,
    /// Position of the next character.
    pub at: usize,
}

impl Reader {
    /// A line from its start.
    pub fn new(line: &str) -> Self {
        Self {
            chars: line.chars().collect(),
            at: 0,
        }
    }

    /// The next character, left where it is.
    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The next character, taken.
    pub fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += usize::from(c.is_some());
        c
    }

    /// Takes a text if it stands there.
    pub fn eat(&mut self, text: &str) -> bool {
        let end = self.at + text.chars().count();
        let there = self
            .chars
            .get(self.at..end)
            .is_some_and(|c| c.iter().copied().eq(text.chars()));
        if there {
            self.at = end;
        }
        there
    }
}

/// Whether a character may stand in a variable's name.
pub fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Reads one word, quotes and substitutions included.
pub fn word(reader: &mut Reader) -> Result<Word, ParseError> {
    let mut word = Word::new();
    while let Some(c) = reader.peek() {
        match c {
            ' ' | '\t' | '\n' | '\r' | ';' | '|' | '&' | '(' | ')' | '<' | '>' => break,
            '\\' => {
                reader.at += 1;
                match reader.next() {
                    Some('\n') => {}
                    Some(c) => push(&mut word, c),
                    None => push(&mut word, '\\'),
                }
            }
            '\'' => {
                reader.at += 1;
                word.push(Part::Empty);
                loop {
                    match reader.next() {
                        Some('\'') => break,
                        Some(c) => push(&mut word, c),
                        None => return Err(ParseError::Unclosed('\'')),
                    }
                }
            }
            '"' => {
                reader.at += 1;
                word.push(Part::Empty);
                double_quoted(reader, &mut word)?;
            }
            '$' | '`' => substitution(reader, &mut word, false)?,
            c => {
                reader.at += 1;
                push(&mut word, c);
            }
        }
    }
    Ok(word)
}

fn push(word: &mut Word, c: char) {
    match word.last_mut() {
        Some(Part::Text(text)) => text.push(c),
        _ => word.push(Part::Text(c.to_string())),
    }
}

fn double_quoted(reader: &mut Reader, word: &mut Word) -> Result<(), ParseError> {
    loop {
        match reader.peek() {
            None => return Err(ParseError::Unclosed('"')),
            Some('"') => {
                reader.at += 1;
                return Ok(());
            }
            Some('\\') => {
                reader.at += 1;
                match reader.next() {
                    Some('\n') => {}
                    Some(c @ ('$' | '`' | '"' | '\\')) => push(word, c),
                    Some(c) => {
                        push(word, '\\');
                        push(word, c);
                    }
                    None => return Err(ParseError::Unclosed('"')),
                }
            }
            Some('$' | '`') => substitution(reader, word, true)?,
            Some(c) => {
                reader.at += 1;
                push(word, c);
            }
        }
    }
}

/// Reads what starts with `$` or a backtick; a lone `$` is text.
fn substitution(reader: &mut Reader, word: &mut Word, quoted: bool) -> Result<(), ParseError> {
    if reader.eat("`") {
        let script = backticks(reader)?;
        word.push(Part::Command { script, quoted });
    } else if reader.eat("$(") {
        let script = until_paren(reader)?;
        word.push(Part::Command { script, quoted });
    } else if !quoted && reader.eat("$'") {
        word.push(Part::Empty);
        escaped(reader, word)?;
    } else if !quoted && reader.eat("$\"") {
        word.push(Part::Empty);
        double_quoted(reader, word)?;
    } else if reader.eat("${") {
        let mut name = String::new();
        loop {
            match reader.next() {
                Some('}') => break,
                Some(c) => name.push(c),
                None => return Err(ParseError::Unclosed('}')),
            }
        }
        word.push(Part::Variable { name, quoted });
    } else {
        reader.at += 1;
        let mut name = String::new();
        match reader.peek() {
            Some(c @ ('?' | '$' | '#' | '0'..='9' | '@' | '*' | '!')) => {
                name.push(c);
                reader.at += 1;
            }
            _ => {
                while let Some(c) = reader.peek().filter(|c| is_name(*c)) {
                    name.push(c);
                    reader.at += 1;
                }
            }
        }
        if name.is_empty() {
            push(word, '$');
        } else {
            word.push(Part::Variable { name, quoted });
        }
    }
    Ok(())
}

fn backticks(reader: &mut Reader) -> Result<String, ParseError> {
    let mut script = String::new();
    loop {
        match reader.next() {
            Some('`') => return Ok(script),
            Some('\\') => match reader.next() {
                Some(c @ ('`' | '\\' | '$')) => script.push(c),
                Some(c) => script.extend(['\\', c]),
                None => return Err(ParseError::Unclosed('`')),
            },
            Some(c) => script.push(c),
            None => return Err(ParseError::Unclosed('`')),
        }
    }
}

/// The text up to the `)` that closes the substitution, quotes and nesting respected.
fn until_paren(reader: &mut Reader) -> Result<String, ParseError> {
    let start = reader.at;
    let mut depth = 1;
    let mut quote = None;
    while let Some(c) = reader.next() {
        match (quote, c) {
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return Ok(reader.chars[start..reader.at - 1].iter().collect());
                }
            }
            (None | Some('"'), '\\') => reader.at += 1,
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    Err(ParseError::Unclosed(')'))
}

/// Reads `$'…'`, where a backslash starts an escape as in C.
fn escaped(reader: &mut Reader, word: &mut Word) -> Result<(), ParseError> {
    loop {
        let c = match reader.next() {
            None => return Err(ParseError::Unclosed('\'')),
            Some('\'') => return Ok(()),
            Some('\\') => match reader.next() {
                None => return Err(ParseError::Unclosed('\'')),
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('a') => '\x07',
                Some('e') => '\x1b',
                Some('x') => number(reader, 16, 2),
                Some('0'..='7') => {
                    reader.at -= 1;
                    number(reader, 8, 3)
                }
                Some(c @ ('\\' | '\'' | '"' | '?')) => c,
                Some(c) => {
                    push(word, '\\');
                    c
                }
            },
            Some(c) => c,
        };
        push(word, c);
    }
}

/// A character by its number.
fn number(reader: &mut Reader, radix: u32, digits: usize) -> char {
    let mut value = 0;
    for _ in 0..digits {
        let Some(digit) = reader.peek().and_then(|c| c.to_digit(radix)) else {
            break;
        };
        value = value * radix + digit;
        reader.at += 1;
    }
    char::from_u32(value).unwrap_or('\u{fffd}')
}
