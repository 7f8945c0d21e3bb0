//! Words, quotes and operators of a command line, as bash reads them.

use super::words::{Reader, is_name, word};

/// A piece of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Literal text; unquoted text may be split or globbed, which nothing matches.
    Text(String),
    /// `$NAME`, `$?`; `quoted` inside double quotes.
    Variable { name: String, quoted: bool },
    /// `$(…)` or backticks.
    Command { script: String, quoted: bool },
    /// Quotes around nothing: the word exists though it is empty.
    Empty,
}

/// A word before expansion.
pub type Word = Vec<Part>;

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The operator: `>`, `>>`, `<`, `>&`.
    pub operator: &'static str,
    /// File descriptor on its left.
    pub fd: u8,
    /// What stands on its right.
    pub target: Word,
}

/// One command: assignments, words, redirections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simple {
    /// `NAME=value` before the command.
    pub assignments: Vec<(String, Word)>,
    /// Command and arguments.
    pub words: Vec<Word>,
    /// Redirections.
    pub redirects: Vec<Redirect>,
}

/// What must hold for a pipeline to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Always: first, or after `;`.
    Always,
    /// After `&&`.
    Succeeded,
    /// After `||`.
    Failed,
}

/// Pipelines in order.
pub type Script = Vec<(When, Vec<Simple>)>;

/// Why a line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseError {
    /// A quote or substitution is not closed; more lines may close it.
    Unclosed(char),
    /// The line ends after an operator that wants a command.
    UnexpectedEnd,
    /// A token that cannot stand there.
    Unexpected(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(Word),
    Operator(&'static str),
    Redirect(&'static str, u8),
    Newline,
}

const OPERATORS: [&str; 7] = ["&&", "||", ";", "|", "&", "(", ")"];

/// Reads a line (or several).
pub fn parse(line: &str) -> Result<Script, ParseError> {
    let mut tokens = tokens(line)?.into_iter().peekable();
    let mut script: Script = Vec::new();
    let mut when = When::Always;
    let mut pipeline: Vec<Simple> = Vec::new();
    let mut simple = Simple::default();
    let mut wants = false;
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(word) => {
                if let Some(reserved) = reserved(&simple, &word) {
                    return Err(ParseError::Unexpected(reserved.to_owned()));
                }
                add_word(&mut simple, word);
                wants = false;
            }
            Token::Redirect(operator, fd) => {
                let Some(Token::Word(target)) = tokens.next() else {
                    return Err(ParseError::Unexpected("newline".into()));
                };
                simple.redirects.push(Redirect {
                    operator,
                    fd,
                    target,
                });
                wants = false;
            }
            Token::Newline if simple == Simple::default() && pipeline.is_empty() => {}
            Token::Newline if wants => {}
            Token::Operator(name @ ("(" | ")")) => return Err(ParseError::Unexpected(name.into())),
            Token::Operator(_) if simple == Simple::default() => {
                let Token::Operator(name) = token else {
                    continue;
                };
                return Err(ParseError::Unexpected(name.into()));
            }
            Token::Operator("|") => {
                pipeline.push(std::mem::take(&mut simple));
                wants = true;
            }
            Token::Operator(_) | Token::Newline => {
                pipeline.push(std::mem::take(&mut simple));
                script.push((when, std::mem::take(&mut pipeline)));
                when = match token {
                    Token::Operator("&&") => When::Succeeded,
                    Token::Operator("||") => When::Failed,
                    _ => When::Always,
                };
                wants = when != When::Always;
            }
        }
    }
    if simple != Simple::default() {
        pipeline.push(simple);
        script.push((when, pipeline));
    } else if wants {
        return Err(ParseError::UnexpectedEnd);
    }
    Ok(script)
}

/// Words that are no commands. Loops and conditions are not known here, so the words that
/// open them are refused like those that close them.
const RESERVED: &[&str] = &[
    "!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if",
    "in", "select", "then", "time", "until", "while", "[[",
];

fn reserved(simple: &Simple, word: &Word) -> Option<&'static str> {
    let [Part::Text(text)] = word.as_slice() else {
        return None;
    };
    let first = *simple == Simple::default();
    RESERVED
        .iter()
        .find(|reserved| first && *reserved == text)
        .copied()
}

fn add_word(simple: &mut Simple, word: Word) {
    if simple.words.is_empty()
        && let Some((name, value)) = assignment(&word)
    {
        simple.assignments.push((name, value));
        return;
    }
    simple.words.push(word);
}

fn assignment(word: &Word) -> Option<(String, Word)> {
    let Some(Part::Text(first)) = word.first() else {
        return None;
    };
    let (name, rest) = first.split_once('=')?;
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || !name.chars().all(is_name) {
        return None;
    }
    let mut value = vec![Part::Text(rest.to_owned())];
    value.extend(word[1..].iter().cloned());
    Some((name.to_owned(), value))
}

fn tokens(line: &str) -> Result<Vec<Token>, ParseError> {
    let mut reader = Reader::new(line);
    let mut tokens = Vec::new();
    'next: while let Some(c) = reader.peek() {
        match c {
            ' ' | '\t' | '\r' => reader.at += 1,
            '\n' => {
                reader.at += 1;
                tokens.push(Token::Newline);
            }
            '#' => {
                while reader.peek().is_some_and(|c| c != '\n') {
                    reader.at += 1;
                }
            }
            _ => {
                if let Some((operator, fd)) = redirect(&mut reader) {
                    tokens.push(Token::Redirect(operator, fd));
                    continue 'next;
                }
                for operator in OPERATORS {
                    if reader.eat(operator) {
                        tokens.push(Token::Operator(operator));
                        continue 'next;
                    }
                }
                tokens.push(Token::Word(word(&mut reader)?));
            }
        }
    }
    Ok(tokens)
}

fn redirect(reader: &mut Reader) -> Option<(&'static str, u8)> {
    let start = reader.at;
    let digit = reader.peek().and_then(|c| c.to_digit(10));
    reader.at += usize::from(digit.is_some());
    for (operator, fd) in [(">>", 1), (">&", 1), (">", 1), ("<", 0)] {
        if reader.eat(operator) {
            return Some((
                operator,
                digit.and_then(|d| u8::try_from(d).ok()).unwrap_or(fd),
            ));
        }
    }
    reader.at = start;
    None
}
