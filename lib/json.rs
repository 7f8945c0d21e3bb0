//! Arrays that `--json` prints, line by line: one element is written as it
//! comes, whatever their number.

use serde_json::Value;

/// The lines of one array. An element is a line of its own.
#[derive(Debug, Default)]
pub struct Array {
    begun: bool,
}

impl Array {
    /// The line of the next element.
    pub fn line(&mut self, element: &Value) -> String {
        let sign = if self.begun { ',' } else { '[' };
        self.begun = true;
        format!("{sign}{element}")
    }

    /// The last line.
    pub fn end(&self) -> &'static str {
        if self.begun { "]" } else { "[]" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_one_document() {
        assert_eq!(Array::default().end(), "[]");
        let mut array = Array::default();
        let mut text = String::new();
        for element in ["a\nb", "\"c\""] {
            text += &array.line(&element.into());
            text.push('\n');
        }
        text += array.end();
        assert_eq!(text.lines().count(), 3);
        let read: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, ["a\nb", "\"c\""]);
    }
}
