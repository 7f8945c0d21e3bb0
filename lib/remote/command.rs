//! A remote command as words, and the one function that quotes them.

use std::borrow::Cow;
use std::fmt;

/// A command for another machine: a program and its arguments, as words.
///
/// It becomes text for the remote shell in one place, [`Command::to_shell`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Command {
    words: Vec<String>,
    /// The places of words that nobody may be shown.
    secrets: Vec<usize>,
    /// Whether no shell reads it there.
    bare: bool,
}

impl Command {
    /// A command without arguments.
    pub fn new(program: impl Into<String>) -> Self {
        Command {
            words: vec![program.into()],
            secrets: Vec::new(),
            bare: false,
        }
    }

    /// It is for a host that has no shell, and takes words as they stand:
    /// brackets are harmless there, and quotes would be part of the word. Other
    /// characters are quoted still, for safety: such a host refuses them.
    #[must_use]
    pub fn without_shell(mut self) -> Self {
        self.bare = true;
        self
    }

    /// Adds one argument. Whatever its characters, it arrives as one word.
    #[must_use]
    pub fn arg(mut self, word: impl Into<String>) -> Self {
        self.words.push(word.into());
        self
    }

    /// Adds several arguments.
    #[must_use]
    pub fn args<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.words.extend(words.into_iter().map(Into::into));
        self
    }

    /// Adds one argument that is a password, or holds one: it is shown nowhere
    /// but to the host.
    #[must_use]
    pub fn secret(mut self, word: impl Into<String>) -> Self {
        self.secrets.push(self.words.len());
        self.arg(word)
    }

    /// The program and its arguments.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The command line for a POSIX shell, secrets and all: for the host only.
    /// What people see is [`Command`]'s `Display`.
    pub fn to_shell(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|word| self.quoted(word)).collect();
        words.join(" ")
    }

    fn quoted<'w>(&self, word: &'w str) -> Cow<'w, str> {
        match self.bare && !word.is_empty() && word.chars().all(|c| harmless(c) || "[]".contains(c))
        {
            true => Cow::Borrowed(word),
            false => quote(word),
        }
    }
}

/// The command line with `********` for each secret.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |(place, word)| match self.secrets.contains(&place) {
            true => Cow::Borrowed("********"),
            false => self.quoted(word),
        };
        let words = self.words.iter().map(String::as_str).enumerate();
        let words: Vec<_> = words.map(shown).collect();
        f.write_str(&words.join(" "))
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({self})")
    }
}

/// Quotes one word for sh, bash (the HMC's restricted one too) and ksh.
///
/// Single quotes alone are used, because inside them no shell changes
/// anything; a single quote itself becomes `'\''`. Words of harmless characters
/// stay as they are, so that commands are easy to read in `-V` output.
/// NUL cannot stand in a command line, a transport refuses it.
pub fn quote(word: &str) -> Cow<'_, str> {
    if !word.is_empty() && word.chars().all(harmless) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

/// Whether no shell changes the character.
fn harmless(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ',' | '/' | ':' | '@' | '+' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process;

    #[test]
    fn a_secret_is_for_the_host_only() {
        let command = Command::new("mksysconn").arg("--passwd").secret("it's me");
        assert_eq!(command.to_string(), "mksysconn --passwd ********");
        assert!(!format!("{command:?}").contains("me'"));
        assert_eq!(command.to_shell(), r"mksysconn --passwd 'it'\''s me'");
    }

    #[test]
    fn brackets_are_harmless_where_there_is_no_shell() {
        let command = Command::new("bootseq").arg("-T").arg("system:blade[1]");
        assert_eq!(command.to_shell(), "bootseq -T 'system:blade[1]'");
        let command = command.without_shell();
        assert_eq!(command.to_shell(), "bootseq -T system:blade[1]");
        assert_eq!(
            command.arg("$(x)").to_shell(),
            "bootseq -T system:blade[1] '$(x)'"
        );
    }

    /// What `shell` makes of the words, each followed by a NUL.
    fn through(shell: &str, words: &[String]) -> Vec<u8> {
        let command = Command::new("printf").arg(r"%s\0").args(words);
        let output = process::Command::new(shell)
            .arg("-c")
            .arg(command.to_shell())
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}");
        output.stdout
    }

    fn survive(words: &[String]) {
        let expected: Vec<u8> = words
            .iter()
            .flat_map(|word| word.bytes().chain([0]))
            .collect();
        for shell in ["sh", "bash"] {
            assert_eq!(through(shell, words), expected, "{shell}: {words:?}");
        }
    }

    #[test]
    fn awkward_words_survive_the_shell() {
        let words = [
            "",
            "-n",
            "--",
            "a b",
            "a\nb",
            "\n",
            "'",
            "''",
            "\"",
            "\\",
            "\\'",
            "$(touch x)",
            "`touch x`",
            "$HOME",
            "~",
            "*",
            "?",
            "[a]",
            "{a,b}",
            "a=b",
            "#",
            "!",
            "!!",
            ";",
            "&",
            "|",
            "<",
            ">",
            "\t",
            "\r",
            "é",
            "a,b \"c\" $(touch x)",
            "if",
            "%1",
            "^a^b",
            "=ls",
        ];
        survive(&words.map(String::from));
        for word in words {
            survive(&[word.to_owned()]);
        }
        assert!(!std::path::Path::new("x").exists());
    }

    #[test]
    fn harmless_words_stay_readable() {
        let command = Command::new("lssyscfg")
            .args([
                "-r",
                "lpar",
                "-m",
                "Server-9117-MMB-SN10",
                "-F",
                "name,lpar_id",
            ])
            .arg("--filter")
            .arg("lpar_names=a b");
        assert_eq!(
            command.to_string(),
            "lssyscfg -r lpar -m Server-9117-MMB-SN10 -F name,lpar_id --filter 'lpar_names=a b'"
        );
    }

    #[test]
    fn a_program_is_never_an_assignment() {
        assert_eq!(Command::new("a=b").to_shell(), "'a=b'");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_words_survive_the_shell(
            words in prop::collection::vec("(?s)[^\\x00]{0,12}|[-'\"\\\\$`\\n !~#*;&|<>(){}\\[\\]=a]{0,12}", 1..20)
        ) {
            survive(&words);
        }
    }
}
