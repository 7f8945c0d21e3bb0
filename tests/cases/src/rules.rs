//! What a command line may do here: run the commands of the database and some
//! harmless tools, and touch nothing outside of the case's own folder.
//!
//! The rules name what is allowed. They guard against what cases for a test
//! cluster do as a matter of course (install packages, restart services, clear
//! folders of the machine), not against a case that means harm.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::shell::{self, Simple, Word};

/// Our commands that need nothing but the database.
const DATABASE: [&str; 19] = [
    "mkdef",
    "chdef",
    "lsdef",
    "rmdef",
    "nodels",
    "nodeadd",
    "nodech",
    "noderm",
    "nodegrpch",
    "tabdump",
    "tabedit",
    "tabch",
    "chtab",
    "gettab",
    "tabgrep",
    "tabrestore",
    "tabprune",
    "dumpxCATdb",
    "restorexCATdb",
];

/// Tools that only read.
const READING: [&str; 32] = [
    "echo", "printf", "cat", "grep", "egrep", "fgrep", "diff", "cmp", "ls", "wc", "head", "tail",
    "sort", "uniq", "cut", "tr", "true", "false", "test", "[", "[[", "seq", "expr", "basename",
    "dirname", "pwd", "cd", ":", "exit", "uname", "for", "export",
];

/// Tools that write or remove the files they are told.
const WRITING: [&str; 7] = ["rm", "mkdir", "rmdir", "cp", "mv", "touch", "tee"];

/// A script of sed that only prints, removes or replaces lines.
#[expect(clippy::expect_used, reason = "the tests compile it")]
static SED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(s/.*/.*/[gpI0-9]*|s\|.*\|.*\|[gpI0-9]*|s#.*#.*#[gpI0-9]*|[0-9,$]+[pd]|/[^/]*/[pd])$",
    )
    .expect("a fixed pattern")
});

/// Looks whether a command line stays within the rules: `own` is the folder
/// that it may use, `bin` has our commands.
///
/// # Errors
/// What it needs beyond them.
pub fn judge(line: &str, own: &Path, bin: &Path) -> Result<(), String> {
    let ground = Ground { own, bin };
    shell::parse(line)?
        .iter()
        .try_for_each(|simple| ground.judge(simple))
}

struct Ground<'a> {
    own: &'a Path,
    bin: &'a Path,
}

impl Ground<'_> {
    fn judge(&self, simple: &Simple) -> Result<(), String> {
        simple.writes.iter().try_for_each(|w| self.writable(w))?;
        simple.reads.iter().try_for_each(|w| self.readable(w))?;
        let Some((program, arguments)) = simple.words.split_first() else {
            return Ok(());
        };
        if program.computed {
            return Err("a command that is computed".into());
        }
        let name = program.text.as_str();
        if WRITING.contains(&name) {
            return arguments.iter().try_for_each(|w| self.writable(w));
        }
        match name {
            "sed" => self.sed(arguments),
            "perl" => self.perl(arguments),
            "awk" if arguments.iter().any(|w| acts(&w.text)) => Err("awk beyond printing".into()),
            "awk" => Ok(()),
            _ if READING.contains(&name) => Ok(()),
            _ if DATABASE.contains(&name) && self.bin.join(name).exists() => Ok(()),
            _ => Err(name.to_owned()),
        }?;
        arguments.iter().try_for_each(|w| self.readable(w))
    }

    /// A file that is written: below the case's folder, and known beforehand.
    fn writable(&self, word: &Word) -> Result<(), String> {
        let text = word.text.as_str();
        let known = !text.starts_with(['$', '`', '~']) && !climbs(text);
        let here = !text.starts_with('/') || text == "/dev/null" || self.is_own(text);
        match known && here {
            true => Ok(()),
            false => Err(format!("to write {text}")),
        }
    }

    /// An argument: it may look like a path (`/node.*` is a noderange), but
    /// names nothing of the machine.
    fn readable(&self, word: &Word) -> Result<(), String> {
        let text = word.text.as_str();
        let Some(path) = text.trim_start_matches('^').strip_prefix('/') else {
            return match climbs(text) {
                true => Err(text.to_owned()),
                false => Ok(()),
            };
        };
        let top = path.split('/').next().unwrap_or_default();
        let machine = top.is_empty() || Path::new("/").join(top).exists();
        let allowed = text == "/dev/null" || self.is_own(text.trim_start_matches('^'));
        match (machine && !allowed) || climbs(text) {
            true => Err(text.to_owned()),
            false => Ok(()),
        }
    }

    fn is_own(&self, path: &str) -> bool {
        Path::new(path).starts_with(self.own)
    }

    fn sed(&self, arguments: &[Word]) -> Result<(), String> {
        let in_place = arguments.iter().any(|w| w.text.starts_with("-i"));
        let mut others = arguments.iter().filter(|w| !w.text.starts_with('-'));
        let script = others.next().is_some_and(|w| SED.is_match(&w.text));
        match script {
            false => Err("sed beyond replacing".into()),
            true if in_place => others.try_for_each(|w| self.writable(w)),
            true => Ok(()),
        }
    }

    /// `perl -pi -e 's/…/…/g' file`, which stands for `sed -i`.
    fn perl(&self, arguments: &[Word]) -> Result<(), String> {
        match arguments {
            [way, e, script, files @ ..]
                if way.text == "-pi"
                    && e.text == "-e"
                    && script.text.starts_with("s/")
                    && SED.is_match(&script.text)
                    && !script.text.contains(['{', '@']) =>
            {
                files.iter().try_for_each(|w| self.writable(w))
            }
            _ => Err("perl".into()),
        }
    }
}

fn climbs(text: &str) -> bool {
    text.split('/').any(|part| part == "..")
}

/// Whether a program of awk does more than print.
fn acts(program: &str) -> bool {
    program.contains(['|', '>', '`']) || program.contains("system") || program.contains("getline")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(line: &str) -> Result<(), String> {
        let bin = tempfile::tempdir().unwrap();
        for name in DATABASE.into_iter().filter(|name| *name != "tabedit") {
            std::fs::write(bin.path().join(name), "").unwrap();
        }
        judge(line, Path::new("/tmp/own"), bin.path())
    }

    #[test]
    fn what_keeps_to_the_database_and_its_own_files_may_run() {
        for line in [
            "mkdef -t node -o n1,n2 groups=all | grep n1",
            "lsdef -l n1 -z > /tmp/own/n1.stanza 2>/dev/null",
            "perl -pi -e 's/a/b/g' /tmp/own/n1.stanza",
            "cat /tmp/own/n1.stanza |sed 's/x:/y:/g' >/tmp/own/n2",
            "sed -n '1p' file; sed -i 's|a|b|' file",
            "nodels /node.*",
            "nodels ^/tmp/own/list",
            "rm -rf /tmp/own/db file",
            "x=`lsdef | grep n1`; if [[ $x =~ \"n1\" ]]; then echo $x; noderm n1; fi",
            "chtab key=rsh site.value=/opt/xcat/bin/rcp",
            "lsdef -t site|awk -F= '{print $2}'",
        ] {
            assert_eq!(judged(line), Ok(()), "{line}");
        }
    }

    #[test]
    fn what_reaches_the_machine_is_named() {
        for (line, needs) in [
            ("rm -rf /var/tmp/x", "to write /var/tmp/x"),
            ("rm -rf /", "to write /"),
            ("rm -rf $dir", "to write $dir"),
            ("rm -rf /tmp/own/../x", "to write /tmp/own/../x"),
            ("mkdir -p /install", "to write /install"),
            ("echo x > /etc/hosts", "to write /etc/hosts"),
            ("rm -rf ~/x", "to write ~/x"),
            ("cat /etc/passwd", "/etc/passwd"),
            ("dumpxCATdb -p /etc", "/etc"),
            ("nodels ^/etc/hosts", "^/etc/hosts"),
            ("cd ../..", "../.."),
            ("service xcatd restart", "service"),
            ("echo `xdsh n1 date`", "xdsh"),
            ("mkdef n1 groups=all && makedns n1", "makedns"),
            ("echo 'x' | $y", "a command that is computed"),
            ("find . -delete", "find"),
            ("tabedit site", "tabedit"),
            ("sed -e 's/a/b/e' f", "sed beyond replacing"),
            ("sed 'w /etc/x' f", "sed beyond replacing"),
            ("sed -i 's/a/b/' /etc/hosts", "to write /etc/hosts"),
            ("perl -e 'unlink 1'", "perl"),
            ("perl -pi -e 's/a/@{[`id`]}/' f", "perl"),
            ("awk '{system(\"id\")}'", "awk beyond printing"),
            ("cat << E\nE", "the shell's '<<'"),
            ("trap 'rm x' EXIT", "trap"),
        ] {
            assert_eq!(judged(line), Err(needs.to_owned()), "{line}");
        }
    }
}
