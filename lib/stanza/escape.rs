//! Values that a plain line cannot carry.
//!
//! A line loses blanks at the ends of a value, one pair of double quotes
//! around it, and everything after a newline. Two notations carry them:
//!
//! - a value in double quotes gets a second pair: `""x""` is `"x"`. xCAT
//!   reads it so too.
//! - a value with a newline or with blanks at an end, or one that looks like
//!   this notation, is written `$'…'` as the shell does, with `\n`, `\r`,
//!   `\t`, `\'` and `\\`.
//!
//! All other values stand as they are, `#`, `=`, single quotes and blanks
//! within included.

use std::borrow::Cow;

/// What Perl calls a blank.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Without the blanks at both ends. Looks at bytes: this is run for every line.
pub(super) fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    let Some(start) = bytes.iter().position(|byte| !is_blank(*byte)) else {
        return "";
    };
    let end = bytes
        .iter()
        .rposition(|byte| !is_blank(*byte))
        .unwrap_or(start);
    &text[start..=end]
}

/// A value as it stands after the `=`.
pub fn written(value: &str) -> Cow<'_, str> {
    if needs_dollar(value) {
        return Cow::Owned(dollar(value));
    }
    if unquoted(value).is_some() {
        return Cow::Owned(format!("\"{value}\""));
    }
    Cow::Borrowed(value)
}

/// A name as it stands before the `:`.
pub fn written_name(name: &str) -> Cow<'_, str> {
    if needs_dollar(name) || default_type(name).is_some() || name.starts_with('#') {
        return Cow::Owned(dollar(name));
    }
    Cow::Borrowed(name)
}

/// The value of a trimmed text after the `=`.
pub(super) fn read(text: &str) -> Cow<'_, str> {
    if let Some(inside) = dollar_inside(text) {
        return inside;
    }
    // Like xCAT, blanks within the quotes go too.
    Cow::Borrowed(unquoted(text).map_or(text, trim))
}

/// The name of a trimmed text before the `:`; none for what needs no second look.
pub(super) fn read_name(text: &str) -> Option<String> {
    dollar_inside(text).map(Cow::into_owned)
}

/// The object type of a default stanza's name.
pub(super) fn default_type(name: &str) -> Option<&str> {
    name.strip_prefix("default-")
        .filter(|kind| !kind.is_empty() && !kind.contains('-'))
}

fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

fn needs_dollar(value: &str) -> bool {
    trim(value).len() < value.len()
        || value.contains('\n')
        || (value.starts_with("$'") && value.ends_with('\''))
}

fn dollar(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 8);
    text.push_str("$'");
    for c in value.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\'' | '\\' => text.extend(['\\', c]),
            c => text.push(c),
        }
    }
    text.push('\'');
    text
}

/// What `$'…'` stands for; none if the text is something else, such as `$'a'b'`.
fn dollar_inside(text: &str) -> Option<Cow<'_, str>> {
    let inside = text.strip_prefix("$'")?.strip_suffix('\'')?;
    let mut value = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => return None,
            '\\' => match chars.next()? {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                c @ ('\'' | '\\') => value.push(c),
                _ => return None,
            },
            c => value.push(c),
        }
    }
    Some(Cow::Owned(value))
}
