//! The line editor of an interactive shell: echo, erase, interrupt, end of input.

/// What a typed byte leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Edit {
    /// Bytes to show.
    Show(Vec<u8>),
    /// A line is complete.
    Line(String),
    /// Control-C: the line is given up.
    Interrupt,
    /// Control-D on an empty line.
    End,
}

/// A line being typed. Like readline it echoes only where the terminal echoes, so a client
/// that has turned echo off sees answers alone.
pub struct Editor {
    line: Vec<u8>,
    echo: bool,
}

impl Editor {
    /// An empty line.
    pub fn new(echo: bool) -> Self {
        Self {
            line: Vec::new(),
            echo,
        }
    }

    /// What ends a typed line on the terminal.
    pub fn line_end(&self) -> &'static [u8] {
        if self.echo { b"\r\n" } else { b"" }
    }

    /// What control-C leaves on the terminal.
    pub fn interrupted(&self) -> &'static [u8] {
        if self.echo { b"^C\r\n" } else { b"" }
    }

    /// Takes one byte.
    pub fn feed(&mut self, byte: u8) -> Edit {
        match byte {
            b'\r' | b'\n' => {
                let line = std::mem::take(&mut self.line);
                Edit::Line(String::from_utf8_lossy(&line).into_owned())
            }
            3 => {
                self.line.clear();
                Edit::Interrupt
            }
            4 if self.line.is_empty() => Edit::End,
            8 | 127 => {
                let erased = self.line.pop().is_some();
                self.show(if erased { b"\x08 \x08" } else { b"" })
            }
            21 => {
                let erased = b"\x08 \x08".repeat(self.line.len());
                self.line.clear();
                self.show(&erased)
            }
            0..=31 => Edit::Show(Vec::new()),
            byte => {
                self.line.push(byte);
                self.show(&[byte])
            }
        }
    }

    fn show(&self, bytes: &[u8]) -> Edit {
        Edit::Show(if self.echo {
            bytes.to_vec()
        } else {
            Vec::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(editor: &mut Editor, bytes: &[u8]) -> (Vec<u8>, Vec<String>) {
        let (mut shown, mut lines) = (Vec::new(), Vec::new());
        for byte in bytes {
            match editor.feed(*byte) {
                Edit::Show(text) => shown.extend(text),
                Edit::Line(line) => lines.push(line),
                other => panic!("{other:?}"),
            }
        }
        (shown, lines)
    }

    #[test]
    fn typed_lines_are_echoed_and_edited() {
        let (shown, lines) = typed(&mut Editor::new(true), b"lsx\x7f -r\r");
        assert_eq!(shown, b"lsx\x08 \x08 -r");
        assert_eq!(lines, ["ls -r"]);
    }

    #[test]
    fn nothing_is_echoed_when_the_terminal_does_not() {
        let (shown, lines) = typed(&mut Editor::new(false), b"date\r");
        assert!(shown.is_empty());
        assert_eq!(lines, ["date"]);
    }
}
