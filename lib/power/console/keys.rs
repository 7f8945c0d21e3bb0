//! What is typed at a console: for whom it is.

/// Where the typist is: `~.` at the beginning of a line leaves the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// At the beginning of a line.
    Start,
    /// After a `~` there.
    Tilde,
    /// Within a line.
    Within,
}

impl Keys {
    /// What of these bytes is for the console; `None` if it is to be left.
    /// `~~` at the beginning of a line is one `~`.
    pub fn pass(&mut self, typed: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(typed.len());
        for byte in typed {
            match (*self, byte) {
                (Keys::Start, b'~') => {
                    *self = Keys::Tilde;
                    continue;
                }
                (Keys::Tilde, b'.') => return None,
                (Keys::Tilde, b'~') => {}
                (Keys::Tilde, _) => bytes.push(b'~'),
                _ => {}
            }
            bytes.push(*byte);
            *self = match byte {
                b'\r' | b'\n' => Keys::Start,
                _ => Keys::Within,
            };
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pieces: &[&str]) -> Option<String> {
        let mut keys = Keys::Start;
        let mut all = Vec::new();
        for piece in pieces {
            all.extend(keys.pass(piece.as_bytes())?);
        }
        Some(String::from_utf8(all).unwrap())
    }

    #[test]
    fn tilde_dot_leaves_at_the_beginning_of_a_line_only() {
        let text = |pieces| typed(pieces).unwrap();
        assert_eq!(text(&["ls ~.\r"]), "ls ~.\r");
        assert_eq!(text(&["~", "~", ".\r"]), "~.\r");
        assert_eq!(text(&["~x\r~"]), "~x\r");
        assert_eq!(typed(&["~."]), None);
        assert_eq!(typed(&["ls\r", "~", "."]), None);
        assert_eq!(text(&["a~", "."]), "a~.");
    }
}
