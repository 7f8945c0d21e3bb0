//! The ordinary programs that an HMC user may run, as far as scripts use them.

use super::run::Outcome;

/// Runs a tool; `None` when there is none of that name.
pub fn run(words: &[String], input: &str, host: &str) -> Option<Outcome> {
    let (name, rest) = words.split_first()?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    Some(match name.as_str() {
        "echo" => echo(&rest),
        "true" | ":" => Outcome::status(0),
        "false" => Outcome::status(1),
        "date" => date(&rest),
        "uname" => uname(&rest, host),
        "hostname" => Outcome::said(format!("{host}\n")),
        "cat" => cat(&rest, input),
        "grep" | "egrep" => grep(&rest, input),
        "head" => head(&rest, input),
        "cut" => cut(&rest, input),
        "sort" => sort(&rest, input),
        "wc" => wc(&rest, input),
        "ls" => ls(&rest),
        _ => return None,
    })
}

fn usage(name: &str, text: &str) -> Outcome {
    Outcome::failed(format!("{name}: {text}\n"), 2)
}

fn echo(words: &[&str]) -> Outcome {
    match words {
        ["-n", rest @ ..] => Outcome::said(rest.join(" ")),
        words => Outcome::said(words.join(" ") + "\n"),
    }
}

fn date(words: &[&str]) -> Outcome {
    match words {
        [] => Outcome::said(crate::clock::plain() + "\n"),
        [format] if format.starts_with('+') => {
            Outcome::said(crate::clock::format(&format[1..]) + "\n")
        }
        [word, ..] => Outcome::failed(format!("date: invalid date `{word}'\n"), 1),
    }
}

fn uname(words: &[&str], host: &str) -> Outcome {
    match words {
        [] | ["-s"] => Outcome::said("Linux\n".into()),
        ["-n"] => Outcome::said(format!("{host}\n")),
        _ => usage("uname", "unsupported option"),
    }
}

fn cat(words: &[&str], input: &str) -> Outcome {
    match words {
        [] | ["-"] => Outcome::said(input.to_owned()),
        [file, ..] => Outcome::failed(format!("cat: {file}: No such file or directory\n"), 1),
    }
}

fn ls(words: &[&str]) -> Outcome {
    match words.iter().find(|word| !word.starts_with('-')) {
        None => Outcome::status(0),
        Some(file) => Outcome::failed(
            format!("ls: cannot access {file}: No such file or directory\n"),
            2,
        ),
    }
}

/// Fixed strings with `^` and `$` anchors, which is what scripts use here.
fn grep(words: &[&str], input: &str) -> Outcome {
    let (mut quiet, mut invert, mut fold, mut count) = (false, false, false, false);
    let mut pattern = None;
    for word in words {
        match word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            Some(letters) if pattern.is_none() => {
                for letter in letters.chars() {
                    match letter {
                        'q' => quiet = true,
                        'v' => invert = true,
                        'i' => fold = true,
                        'c' => count = true,
                        'F' | 'E' => {}
                        other => return usage("grep", &format!("invalid option -- '{other}'")),
                    }
                }
            }
            _ if pattern.is_none() => pattern = Some(*word),
            _ => {
                return Outcome::failed(format!("grep: {word}: No such file or directory\n"), 2);
            }
        }
    }
    let Some(pattern) = pattern else {
        return usage("grep", "pattern missing");
    };
    let lower = |text: &str| {
        if fold {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let pattern = lower(pattern);
    let hit = |line: &&str| matches(&pattern, &lower(line)) != invert;
    let hits: Vec<&str> = input.lines().filter(hit).collect();
    let status = u8::from(hits.is_empty());
    let text = match (quiet, count) {
        (true, _) => String::new(),
        (false, true) => format!("{}\n", hits.len()),
        (false, false) => hits.iter().map(|line| format!("{line}\n")).collect(),
    };
    Outcome {
        status,
        ..Outcome::said(text)
    }
}

fn matches(pattern: &str, line: &str) -> bool {
    let (start, pattern) = pattern
        .strip_prefix('^')
        .map_or((false, pattern), |p| (true, p));
    let (end, pattern) = pattern
        .strip_suffix('$')
        .map_or((false, pattern), |p| (true, p));
    match (start, end) {
        (true, true) => line == pattern,
        (true, false) => line.starts_with(pattern),
        (false, true) => line.ends_with(pattern),
        (false, false) => line.contains(pattern),
    }
}

fn head(words: &[&str], input: &str) -> Outcome {
    let count = match words {
        [] => Some(10),
        ["-n", number] => number.parse().ok(),
        [word] => word
            .trim_start_matches("-n")
            .trim_start_matches('-')
            .parse()
            .ok(),
        _ => None,
    };
    match count {
        Some(count) => Outcome::said(
            input
                .lines()
                .take(count)
                .map(|line| format!("{line}\n"))
                .collect(),
        ),
        None => usage("head", "invalid number of lines"),
    }
}

fn cut(words: &[&str], input: &str) -> Outcome {
    let (mut delimiter, mut fields) = ('\t', None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (option, glued) = word.split_at(2.min(word.len()));
        let value = if glued.is_empty() {
            words.next().copied().unwrap_or("")
        } else {
            glued
        };
        match option {
            "-d" => delimiter = value.chars().next().unwrap_or('\t'),
            "-f" => fields = ranges(value),
            _ => return usage("cut", "unsupported option"),
        }
    }
    let Some(fields) = fields else {
        return usage(
            "cut",
            "you must specify a list of bytes, characters, or fields",
        );
    };
    let kept = |line: &str| {
        if !line.contains(delimiter) {
            return line.to_owned();
        }
        let parts = line.split(delimiter).enumerate();
        let wanted =
            parts.filter(|(at, _)| fields.iter().any(|(a, b)| (a..=b).contains(&&(at + 1))));
        let wanted: Vec<&str> = wanted.map(|(_, part)| part).collect();
        wanted.join(&delimiter.to_string())
    };
    Outcome::said(input.lines().map(|line| kept(line) + "\n").collect())
}

/// `1,3-4,6-` as pairs.
fn ranges(text: &str) -> Option<Vec<(usize, usize)>> {
    let bound = |text: &str, open: usize| {
        if text.is_empty() {
            Some(open)
        } else {
            text.parse().ok()
        }
    };
    text.split(',')
        .map(|part| match part.split_once('-') {
            Some((from, to)) => Some((bound(from, 1)?, bound(to, usize::MAX)?)),
            None => part.parse().ok().map(|n| (n, n)),
        })
        .collect()
}

fn sort(words: &[&str], input: &str) -> Outcome {
    let mut lines: Vec<&str> = input.lines().collect();
    lines.sort_unstable();
    match words {
        [] => {}
        ["-u"] => lines.dedup(),
        ["-r"] => lines.reverse(),
        _ => return usage("sort", "unsupported option"),
    }
    Outcome::said(lines.iter().map(|line| format!("{line}\n")).collect())
}

fn wc(words: &[&str], input: &str) -> Outcome {
    match words {
        ["-l"] => Outcome::said(format!("{}\n", input.matches('\n').count())),
        _ => usage("wc", "unsupported option"),
    }
}
