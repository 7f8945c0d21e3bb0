//! Reads a shell's command line as far as one must to say which programs it
//! runs, with which words, and which files it opens. Nothing is run here.

/// A word of a command line, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// Its text; what the shell puts in stands there as it is written.
    pub text: String,
    /// Something is put in only when it runs: `$x`, `$(…)`, `` `…` ``.
    pub computed: bool,
}

/// One program with its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Simple {
    /// The program and its arguments; without what is assigned before.
    pub words: Vec<Word>,
    /// Files that are written to: `> file`.
    pub writes: Vec<Word>,
    /// Files that are read from: `< file`.
    pub reads: Vec<Word>,
}

/// Words after which a command begins anew.
const KEYWORDS: [&str; 14] = [
    "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "!", "{", "}", "in", "time",
];

/// Takes a command line apart, with what stands in `$(…)` and `` `…` ``.
///
/// # Errors
/// What is not understood; then nothing can be said about the line.
pub fn parse(text: &str) -> Result<Vec<Simple>, String> {
    let mut reader = Reader {
        rest: text,
        found: Vec::new(),
        now: Simple::default(),
        word: None,
        place: Place::Word,
    };
    reader.line()?;
    Ok(reader.found)
}

/// What a word that ends is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Word,
    Write,
    Read,
    /// The text of `<<<`.
    Here,
}

struct Reader<'t> {
    rest: &'t str,
    found: Vec<Simple>,
    now: Simple,
    word: Option<Word>,
    place: Place,
}

impl<'t> Reader<'t> {
    fn line(&mut self) -> Result<(), String> {
        while let Some(c) = self.rest.chars().next() {
            match c {
                ' ' | '\t' => {
                    self.skip(1);
                    self.end_word();
                }
                '#' if self.word.is_none() => {
                    let end = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.skip(end);
                }
                '\n' | ';' | '|' | '(' | ')' => {
                    self.skip(1);
                    self.end_command();
                }
                '&' => self.ampersand(),
                '<' | '>' => self.redirection()?,
                _ => self.piece(c)?,
            }
        }
        self.end_command();
        Ok(())
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    /// `&`, `&&`, or the beginning of `&> file`.
    fn ampersand(&mut self) {
        self.skip(1);
        if self.rest.starts_with('>') {
            self.end_word();
        } else {
            self.end_command();
        }
    }

    fn redirection(&mut self) -> Result<(), String> {
        // A number before the sign is a file descriptor.
        let number = |w: &Word| w.text.bytes().all(|b| b.is_ascii_digit());
        if self.word.as_ref().is_some_and(number) {
            self.word = None;
        }
        self.end_word();
        for (sign, place) in [
            ("<<<", Some(Place::Here)),
            ("<<", None),
            ("<(", None),
            (">(", None),
            ("<>", None),
            (">>", Some(Place::Write)),
            (">|", Some(Place::Write)),
            (">&", Some(Place::Write)),
            ("<&", Some(Place::Read)),
            (">", Some(Place::Write)),
            ("<", Some(Place::Read)),
        ] {
            if !self.rest.starts_with(sign) {
                continue;
            }
            self.skip(sign.len());
            self.place = place.ok_or_else(|| format!("the shell's '{sign}'"))?;
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            if sign.ends_with('&') {
                let end = self
                    .rest
                    .find(|c: char| !c.is_ascii_digit() && c != '-')
                    .unwrap_or(self.rest.len());
                if end > 0 {
                    self.skip(end);
                    self.place = Place::Word;
                }
            }
            break;
        }
        Ok(())
    }

    /// A quoted or plain piece of a word.
    fn piece(&mut self, first: char) -> Result<(), String> {
        let mut word = self.word.take().unwrap_or_default();
        match first {
            '\'' => {
                self.skip(1);
                word.text.push_str(self.until('\'')?);
            }
            '"' => {
                self.skip(1);
                self.double_quoted(&mut word)?;
            }
            '\\' => {
                self.skip(1);
                self.escaped(&mut word);
            }
            '$' | '`' => self.computed(&mut word)?,
            c => {
                self.skip(c.len_utf8());
                word.text.push(c);
            }
        }
        self.word = Some(word);
        Ok(())
    }

    fn escaped(&mut self, word: &mut Word) {
        if let Some(c) = self.rest.chars().next() {
            self.skip(c.len_utf8());
            if c != '\n' {
                word.text.push(c);
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), String> {
        loop {
            match self.rest.chars().next() {
                None => return Err("an open quotation".into()),
                Some('"') => {
                    self.skip(1);
                    return Ok(());
                }
                Some('$' | '`') => self.computed(word)?,
                Some('\\') if self.rest[1..].starts_with(['"', '\\', '$', '`', '\n']) => {
                    self.skip(1);
                    self.escaped(word);
                }
                Some(c) => {
                    self.skip(c.len_utf8());
                    word.text.push(c);
                }
            }
        }
    }

    /// The text up to a sign, which is taken too.
    fn until(&mut self, sign: char) -> Result<&'t str, String> {
        let (text, rest) = self.rest.split_once(sign).ok_or("an open quotation")?;
        self.rest = rest;
        Ok(text)
    }

    /// `$x`, `${x}`, `$(…)`, `` `…` ``; what runs inside counts, too.
    fn computed(&mut self, word: &mut Word) -> Result<(), String> {
        let start = self.rest;
        if start.starts_with("$((") || start.starts_with("$'") {
            let sign = if start.starts_with("$(") { "$((" } else { "$'" };
            return Err(format!("the shell's '{sign}'"));
        }
        if start.starts_with("$(") {
            self.skip(2);
            let end = closing(self.rest).ok_or("an open '$('")?;
            self.found.extend(parse(&self.rest[..end])?);
            self.skip(end + 1);
        } else if start.starts_with('`') {
            self.skip(1);
            let inner = self.until('`')?;
            self.found.extend(parse(inner)?);
        } else if start.starts_with("${") {
            self.skip(2);
            let inner = self.until('}')?;
            if inner.contains(['$', '`', '(']) {
                return Err(format!("the shell's '${{{inner}}}'"));
            }
        } else {
            self.skip(1);
            let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let end = self.rest.find(|c| !name(c)).unwrap_or(self.rest.len());
            let special = usize::from(self.rest.starts_with(['?', '#', '@', '*', '!', '$']));
            if end.max(special) == 0 {
                word.text.push('$');
                return Ok(());
            }
            self.skip(end.max(special));
        }
        word.text.push_str(&start[..start.len() - self.rest.len()]);
        word.computed = true;
        Ok(())
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        match std::mem::replace(&mut self.place, Place::Word) {
            Place::Write => self.now.writes.push(word),
            Place::Read => self.now.reads.push(word),
            Place::Here => {}
            Place::Word if self.now.words.is_empty() && assigns(&word.text) => {}
            Place::Word if self.now.words.is_empty() && KEYWORDS.contains(&&*word.text) => {}
            Place::Word => self.now.words.push(word),
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        self.place = Place::Word;
        let simple = std::mem::take(&mut self.now);
        if simple != Simple::default() {
            self.found.push(simple);
        }
    }
}

/// Whether this is `NAME=…`.
fn assigns(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Where the parenthesis that is open at the beginning is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    let mut quote = None;
    for (place, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(place);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Programs with arguments, files that are written, files that are read.
    fn seen(line: &str) -> Vec<String> {
        let words = |words: &[Word], sign: &str| -> String {
            words
                .iter()
                .map(|w| format!("{sign}[{}{}]", w.text, if w.computed { "!" } else { "" }))
                .collect()
        };
        parse(line)
            .unwrap()
            .iter()
            .map(|s| words(&s.words, "") + &words(&s.writes, ">") + &words(&s.reads, "<"))
            .collect()
    }

    #[test]
    fn programs_words_and_files_are_found() {
        for (line, want) in [
            ("lsdef -t node", vec!["[lsdef][-t][node]"]),
            (
                "a|b && c;d||e & f",
                vec!["[a]", "[b]", "[c]", "[d]", "[e]", "[f]"],
            ),
            ("X=1 Y='2 3' nodels 10-20", vec!["[nodels][10-20]"]),
            ("X=1", vec![]),
            ("echo 'a b'\"c\\\"d\"\\ e >f", vec!["[echo][a bc\"d e]>[f]"]),
            ("a 2>/dev/null >>b 2>&1 <c", vec!["[a]>[/dev/null]>[b]<[c]"]),
            ("a &>b", vec!["[a]>[b]"]),
            ("cat <<< 'text' | b", vec!["[cat]", "[b]"]),
            (
                "v=`lsdef -i x | cut -d= -f2`; rm $v",
                vec!["[lsdef][-i][x]", "[cut][-d=][-f2]", "[rm][$v!]"],
            ),
            (
                "a \"$(b ')' | c)-${d}\"",
                vec!["[b][)]", "[c]", "[a][$(b ')' | c)-${d}!]"],
            ),
            (
                "if [ $? -eq 0 ]; then a; else b; fi",
                vec!["[[][$?!][-eq][0][]]", "[a]", "[b]"],
            ),
            (
                "if [[ $x =~ \"n\" ]]; then a; fi",
                vec!["[[[][$x!][=~][n][]]]", "[a]"],
            ),
            (
                "awk '{print $1}' # and so on\nb",
                vec!["[awk][{print $1}]", "[b]"],
            ),
            ("echo 'two\nlines' $", vec!["[echo][two\nlines][$]"]),
            ("chdef n1 mgt= ip==2", vec!["[chdef][n1][mgt=][ip==2]"]),
        ] {
            assert_eq!(seen(line), want, "{line}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for line in [
            "cat << EOF",
            "a <(b)",
            "echo 'open",
            "echo \"open",
            "a $((1+2))",
            "a `b",
            "a $(b",
            "a ${b:-$(c)}",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
