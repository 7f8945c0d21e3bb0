//! Stanzas as `lsdef -z` and `rscan -z` print them.

use std::io::{self, Write};

use super::escape;

/// Writes stanzas one by one.
pub struct Writer<W> {
    out: W,
    /// Before each stanza.
    gap: &'static str,
    indent: &'static str,
}

impl<W: Write> Writer<W> {
    /// As `lsdef -z`: a head line, a blank line before each stanza, four blanks before each attribute.
    ///
    /// # Errors
    /// What writing the head line reports.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(b"# <xCAT data object stanza file>\n")?;
        Ok(Self {
            out,
            gap: "\n",
            indent: "    ",
        })
    }

    /// As `rscan -z`: no head line, no blank lines, a tab before each attribute.
    pub fn scan(out: W) -> Self {
        Self {
            out,
            gap: "",
            indent: "\t",
        }
    }

    /// Writes one stanza: `objtype`, then the attributes in the order given.
    ///
    /// # Errors
    /// `InvalidInput` for names that no header or attribute line can carry
    /// (an `=` in either; an attribute that is empty, begins with `#`, or has
    /// blanks at an end or a newline), and what writing reports.
    pub fn stanza<'a>(
        &mut self,
        name: &str,
        kind: &'a str,
        attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> io::Result<()> {
        if name.is_empty() || name.contains('=') {
            return Err(unwritable("object", name));
        }
        let Self { out, gap, indent } = self;
        writeln!(out, "{gap}{}:", escape::written_name(name))?;
        for (attribute, value) in std::iter::once(("objtype", kind)).chain(attributes) {
            let unfit = attribute.is_empty()
                || attribute.starts_with('#')
                || attribute.contains(['=', '\n']);
            if unfit || escape::trim(attribute).len() < attribute.len() {
                return Err(unwritable("attribute", attribute));
            }
            for piece in [indent, attribute, "=", &escape::written(value), "\n"] {
                out.write_all(piece.as_bytes())?;
            }
        }
        Ok(())
    }

    /// Hands the output back, flushed.
    ///
    /// # Errors
    /// What flushing reports.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

fn unwritable(what: &str, name: &str) -> io::Error {
    let text = format!("a stanza file cannot carry an {what} called {name:?}");
    io::Error::new(io::ErrorKind::InvalidInput, text)
}
